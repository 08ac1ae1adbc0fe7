"""Which statistics of frozen layers training moves.

The answers are those of Keras 1.2.2 and 2.0.4, 2.2.4 and the Keras of
TensorFlow 1.13 for the same steps; a program that chose no old Keras has them rest as it compiled.
"""

import warnings

import numpy as np
import pytest

from jaxcnn.layers import BatchNormalization, Dense, Input, TimeDistributed
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings import dialect

NAMES = ("", "1.2", "2.0", "2.2", "tensorflow")
RNG = np.random.default_rng(0)
Y = RNG.normal(size=(16, 3)).astype("float32")


@pytest.fixture(autouse=True)
def without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of flags that have changed since compile
        yield


@pytest.fixture
def keras(request):
    dialect.speak({"": None, "tensorflow": "2.2"}.get(request.param, request.param))
    if request.param == "tensorflow":
        dialect.uses_tensorflow()
    yield request.param
    dialect.speak(None)


def norm(model):
    """The first BatchNormalization of a model."""
    return next(layer for layer in model.all_layers() if isinstance(layer, BatchNormalization))


def stack(**settings):
    return Sequential([Dense(3, input_shape=(3,)), BatchNormalization(**settings), Dense(3)])


def compiled(model):
    model.compile("sgd", "mse")
    return model


def moved(layer, model):
    """'M' where one batch for the model moves the mean of the layer's first normalization."""
    mean = norm(layer).get_weights()[-2]
    model.train_on_batch(RNG.normal(size=(16, 3)), Y)
    return ".M"[int(np.any(mean != norm(layer).get_weights()[-2]))]


def around(*models):
    inputs = outputs = Input((3,))
    for model in models:
        outputs = model(outputs)
    return Model(inputs, outputs)


def layer_frozen_before():
    model = stack()
    norm(model).trainable = False
    return moved(compiled(model), model)


def layer_made_frozen():
    model = compiled(stack(trainable=False))
    return moved(model, model)


def layer_frozen_after():
    model = compiled(stack())
    norm(model).trainable = False
    first = moved(model, model)
    norm(model).trainable = True
    return first + moved(model, model)


def layer_thawed_after():
    model = stack()
    norm(model).trainable = False
    compiled(model)
    norm(model).trainable = True
    return moved(model, model)


def layer_frozen_after_a_batch():
    model = compiled(stack())
    first = moved(model, model)
    norm(model).trainable = False
    return first + moved(model, model)


def evaluated_first():
    model = compiled(stack())
    model.evaluate(Y, Y, verbose=0)
    model.trainable = False
    return moved(model, model)


def model_frozen():
    model = stack()
    model.trainable = False
    return moved(compiled(model), model)


def discriminator_frozen():
    """Its own training, then that of the generator through it: each before and after a thaw."""
    generator, discriminator = stack(), compiled(stack())
    discriminator.trainable = False
    gan = compiled(around(generator, discriminator))
    first = moved(discriminator, discriminator) + moved(discriminator, gan) + moved(generator, gan)
    discriminator.trainable = True
    return first + moved(discriminator, discriminator) + moved(discriminator, gan)


def discriminator_thawed_in_turn():
    discriminator = compiled(stack())
    discriminator.trainable = False
    gan = compiled(around(stack(), discriminator))
    answer = ""
    for _ in range(2):
        discriminator.trainable = True
        answer += moved(discriminator, discriminator)
        discriminator.trainable = False
        answer += moved(discriminator, gan)
    return answer


def two_sides_of_a_wgan():
    generator, critic = stack(), stack()
    for part in (critic, *critic.layers):
        part.trainable = False
    first = compiled(around(generator, critic))
    for part in (critic, *critic.layers):
        part.trainable = True
    for part in (generator, *generator.layers):
        part.trainable = False
    second = compiled(around(generator, critic))
    return "".join(moved(layer, m) for m in (second, first) for layer in (critic, generator))


def base(when, part, add):
    """A base that is frozen before or after it is put in a model, or after compile; then thawed
    between two batches; then compiled again.
    """
    model = stack()
    frozen = {"layers": model.layers, "norm": [norm(model)], "model": [model]}[part]

    def freeze():
        for layer in frozen:
            layer.trainable = False

    if when == "before":
        freeze()
    whole = Sequential([model, Dense(3)]) if add else around(model, Dense(3))
    if when == "inside":
        freeze()
    compiled(whole)
    if when == "compiled":
        freeze()
    answer = moved(model, whole)
    for layer in frozen:
        layer.trainable = True
    return answer + moved(model, whole) + moved(model, compiled(whole))


def deep(when, part):
    """As `base`, two models deep; trained once, then compiled again."""
    inner = stack()
    middle = around(inner, Dense(3))
    frozen = {"norm": norm(inner), "inner": inner, "middle": middle}[part]
    if when == "before":
        frozen.trainable = False
    whole = around(middle)
    if when == "inside":
        frozen.trainable = False
    compiled(whole)
    if when == "compiled":
        frozen.trainable = False
    answer = moved(inner, whole)
    frozen.trainable = True
    return answer + moved(inner, compiled(whole))


def called_frozen_and_not():
    model, x, y = stack(), Input((3,)), Input((3,))
    before = model(x)
    norm(model).trainable = False
    after = model(y)
    both = compiled(Model([x, y], [before, after]))
    mean = norm(model).get_weights()[-2]
    both.train_on_batch([Y, Y], [Y, Y])
    answer = ".M"[int(np.any(mean != norm(model).get_weights()[-2]))]
    return (
        answer + moved(model, compiled(Model(y, after))) + moved(model, compiled(Model(x, before)))
    )


def shared(when):
    """A layer frozen between the compilation of two models that have it."""
    layer = BatchNormalization()
    first, second = around(layer, Dense(3)), around(layer, Dense(3))
    compiled(first)
    layer.trainable = False
    compiled(second)
    if when == "thawed":
        layer.trainable = True
    return moved(first, first) + moved(second, second)


def wrapped(wrapper_frozen):
    layer = TimeDistributed(BatchNormalization())
    x = Input((2, 3))
    model = compiled(Model(x, layer(x)))
    (layer if wrapper_frozen else layer.layer).trainable = False
    mean = norm(layer).get_weights()[-2]
    model.train_on_batch(RNG.normal(size=(4, 2, 3)), np.zeros((4, 2, 3)))
    return ".M"[int(np.any(mean != norm(layer).get_weights()[-2]))]


# What to do -> what moves without an old Keras, in 1.2 and 2.0, in 2.2, in that of TensorFlow.
ANSWERS = {
    (layer_frozen_before,): ". M . .",
    (layer_made_frozen,): ". M . .",
    (layer_frozen_after,): "MM MM .. ..",
    (layer_thawed_after,): ". M M M",
    (layer_frozen_after_a_batch,): "MM MM MM MM",
    (evaluated_first,): "M M . .",
    (model_frozen,): ". M . .",
    (discriminator_frozen,): "M.MM. MMMMM ..M.. .MM.M",
    (discriminator_thawed_in_turn,): "M.M. MMMM M.M. MMMM",
    (two_sides_of_a_wgan,): "M..M MMMM M... M.M.",
    (called_frozen_and_not,): "... MMM M.M ...",
    (base, "before", "layers", False): "..M MMM ... ..M",
    (base, "before", "norm", False): "..M MMM ... ..M",
    (base, "before", "model", False): "..M MMM ..M MMM",
    (base, "inside", "layers", False): "..M MMM MMM ..M",
    (base, "inside", "norm", False): "..M MMM MMM ..M",
    (base, "inside", "model", False): "..M MMM ..M MMM",
    (base, "compiled", "layers", False): "MMM MMM MMM ..M",
    (base, "compiled", "norm", False): "MMM MMM MMM ..M",
    (base, "compiled", "model", False): "MMM MMM ..M MMM",
    (base, "before", "layers", True): "..M MMM ... ..M",
    (base, "before", "norm", True): "..M MMM ... ..M",
    (base, "before", "model", True): "..M MMM ..M MMM",
    (base, "inside", "layers", True): "..M MMM MMM ..M",
    (base, "inside", "norm", True): "..M MMM MMM ..M",
    (base, "inside", "model", True): "..M MMM ..M MMM",
    (base, "compiled", "layers", True): "MMM MMM MMM ..M",
    (base, "compiled", "norm", True): "MMM MMM MMM ..M",
    (base, "compiled", "model", True): "MMM MMM ..M MMM",
    (deep, "before", "norm"): ".M MM .. .M",
    (deep, "before", "inner"): ".M MM .. MM",
    (deep, "before", "middle"): ".M MM .M MM",
    (deep, "inside", "norm"): ".M MM MM .M",
    (deep, "inside", "inner"): ".M MM MM MM",
    (deep, "inside", "middle"): ".M MM .M MM",
    (deep, "compiled", "norm"): "MM MM MM .M",
    (deep, "compiled", "inner"): "MM MM MM MM",
    (deep, "compiled", "middle"): "MM MM .M MM",
    (shared, ""): "M. MM .. ..",
    (shared, "thawed"): "M. MM MM MM",
    (wrapped, True): "M M . .",
    (wrapped, False): "M M . .",
}

# Those that are always run.
TELLING = (
    (layer_frozen_after,),
    (discriminator_frozen,),
    (called_frozen_and_not,),
    (base, "inside", "layers", True),
    (deep, "inside", "inner"),
    (wrapped, True),
)


@pytest.mark.parametrize(
    ("case", "keras"),
    [
        pytest.param(
            case,
            keras,
            id=" ".join([case[0].__name__, *map(str, case[1:]), keras]),
            marks=[] if keras != "1.2" and case in TELLING else [pytest.mark.slow],
        )
        for case in ANSWERS
        for keras in NAMES
    ],
    indirect=["keras"],
)
def test_statistics_of_frozen_layers_move_as_in_their_keras(case, keras):
    column = {"": 0, "1.2": 1, "2.0": 1, "2.2": 2, "tensorflow": 3}[keras]
    assert case[0](*case[1:]) == ANSWERS[case].split()[column]


@pytest.mark.parametrize("keras", NAMES, indirect=True)
def test_updates_of_a_model_are_those_of_layers_that_do_not_rest(keras):
    model = stack()
    whole = around(model, BatchNormalization())
    counts = [len(whole.updates)]
    norm(model).trainable = False
    counts += [len(whole.updates), len(model.updates)]
    whole.trainable = False
    counts += [len(whole.updates)]
    answers = {"": [4, 2, 0, 0], "2.2": [4, 4, 0, 0], "tensorflow": [4, 2, 0, 0]}
    assert counts == answers.get(keras, [4, 4, 2, 4])
