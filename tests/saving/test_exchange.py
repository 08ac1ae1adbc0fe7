"""Files that the real Keras 3 reads and writes: equal predictions in both directions, compiled or
not.
"""

import h5py
import jax
import keras
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential, load_model

from .conftest import graph, inputs_of, layer_cases, outputs, randomise, same, stack

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:keras", "ignore::DeprecationWarning")

CASES = [
    c for c in layer_cases.CASES if hasattr(keras.layers, c.layer) and "axis=[1, -1]" not in str(c)
]


def chain(case):
    symbols = case.symbols()
    model = Model(symbols, case.make()(symbols))
    layer_cases.randomise(model)
    return model


def case_inputs(case):
    return jax.tree.map(np.asarray, case.inputs())


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_layer_there_and_back_by_keras_archives(case, tmp_path):
    model, x, custom = chain(case), case_inputs(case), {"double": layer_cases.double}
    model.save(tmp_path / "m.keras")
    there = keras.models.load_model(tmp_path / "m.keras", custom_objects=custom)
    expected = outputs(model, x)
    same(outputs(there, x), expected)
    there.save_weights(tmp_path / "m.weights.h5")
    for name in ("again.keras", "again.h5"):
        there.save(tmp_path / name)
        back = load_model(tmp_path / name, custom)
        same(outputs(back, x), expected)
    layer_cases.randomise(back)
    back.load_weights(tmp_path / "m.weights.h5")
    same(outputs(back, x), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [c for c in CASES if c.layer != "Lambda" and not callable(c.arguments)], ids=str
)
def test_every_layer_by_hdf5(case, tmp_path):
    model, x = chain(case), case_inputs(case)
    model.save(tmp_path / "m.h5", keras="3")
    same(outputs(keras.models.load_model(tmp_path / "m.h5"), x), outputs(model, x))


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
@pytest.mark.parametrize("build", [stack, graph], ids=["Sequential", "functional"])
@pytest.mark.parametrize("compiled", [True, False])
def test_keras_reads_what_we_write(name, build, compiled, tmp_path):
    model = randomise(build())
    x = inputs_of(model)
    if compiled:
        loss = (
            ["categorical_crossentropy", "mse"]
            if len(model.outputs) > 1
            else "categorical_crossentropy"
        )
        model.compile("adam", loss)
        model.train_on_batch(x, [np.ones((3, *t.shape[1:])) for t in model.outputs])
    model.save(tmp_path / name, keras="3")
    there = keras.models.load_model(tmp_path / name)
    same(outputs(there, x), outputs(model, x))
    same(outputs(load_model(tmp_path / name), x), outputs(model, x))
    if compiled and name == "m.keras":
        assert int(there.optimizer.iterations.value) == 1
        ours = dict(model.optimizer_arrays())
        first = next(v for v in there.optimizer.variables if v.name.endswith("kernel_momentum"))
        name_of_first = next(k for k in ours if k.startswith("m/") and k.endswith("kernel"))
        np.testing.assert_allclose(first.numpy(), ours[name_of_first], atol=1e-7)


@pytest.mark.filterwarnings("ignore:.*training differs")  # of RMSprop
@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_we_read_what_keras_writes(name, tmp_path):
    randomise(graph()).save(tmp_path / "ours.keras")
    there = keras.models.load_model(tmp_path / "ours.keras")
    there.compile(
        keras.optimizers.RMSprop(0.01),
        ["categorical_crossentropy", "mse"],
        metrics=[["accuracy"], ["mae"]],
    )
    model = graph()
    x = inputs_of(model)
    y = [np.eye(2)[[0, 1, 0]], np.ones((3, 4, 3))]
    there.train_on_batch(x, y)
    there.save(tmp_path / name)
    loaded = load_model(tmp_path / name)
    same(outputs(loaded, x), outputs(there, x))
    assert int(loaded.optimizer_arrays()[0][1]) == 1
    assert float(loaded.optimizer.lr) == pytest.approx(0.01)
    slots = [a for n, a in loaded.optimizer_arrays()[1:]]
    same(slots, [v.numpy() for v in there.optimizer.variables[2:]])


def test_weights_alone_in_the_layouts_of_keras_3(tmp_path):
    model = randomise(graph())
    x = inputs_of(model)
    model.save_weights(tmp_path / "w.weights.h5")
    model.save(tmp_path / "m.keras")
    there = keras.models.load_model(tmp_path / "m.keras")
    there.set_weights([0 * w for w in there.get_weights()])
    there.load_weights(tmp_path / "w.weights.h5")
    same(outputs(there, x), outputs(model, x))
    for name in ("w.weights.h5", "m.keras"):
        again = graph()
        again.load_weights(tmp_path / name)
        same(outputs(again, x), outputs(model, x))


def test_a_frozen_inner_model_keeps_its_flag_and_the_order_of_its_weights(tmp_path):
    inner = Sequential(
        [L.Dense(3, input_shape=(3,)), L.BatchNormalization(), L.Dense(3), L.BatchNormalization()]
    )
    inner.trainable = False
    model = randomise(Sequential([inner, L.Dense(2)]))
    x = inputs_of(model)
    for name in ("m.h5", "m.keras"):
        model.save(tmp_path / name, keras="3")
        same(outputs(keras.models.load_model(tmp_path / name), x), outputs(model, x))
        again = load_model(tmp_path / name)
        same(outputs(again, x), outputs(model, x))
        assert not again.layers[0].trainable and len(again.trainable_weights) == 2
    inner.trainable = True  # the file has another order than this model would write
    randomise(model, seed=3)
    model.load_weights(tmp_path / "m.h5")
    same(outputs(model, x), outputs(again, x))


def test_hard_sigmoid_is_another_function_in_keras_3(tmp_path):
    layers = [L.LSTM(2, input_shape=(4, 3)), L.Dense(2, activation="piecewise_sigmoid")]
    x = inputs_of(ours := Sequential([*layers, L.Dense(2, kernel_initializer="he_normal")]))
    for name in ("ours.keras", "ours.h5"):
        ours.save(tmp_path / name, keras="3")
        there = keras.models.load_model(tmp_path / name)
        same(outputs(there, x), outputs(ours, x))
        drawn = there.layers[2].kernel_initializer((100, 100))
        assert abs(np.std(drawn) / 0.1414 / 0.8796 - 1) < 0.03  # not widened, as in Keras 2.0
        lstm, dense, last = load_model(tmp_path / name).layers
        assert lstm.recurrent_activation.__name__ == "hard_sigmoid"
        assert dense.activation.__name__ == "piecewise_sigmoid"
        drawn = last.kernel_initializer(jax.random.key(0), (100, 100))
        assert abs(np.std(drawn) / 0.1414 / 0.8796 - 1) < 0.03
    theirs = keras.Sequential(
        [keras.Input((4, 3)), keras.layers.LSTM(2, recurrent_activation="hard_sigmoid")]
    )
    theirs.add(keras.layers.Dense(2, kernel_initializer="he_normal"))
    for name in ("theirs.keras", "theirs.h5"):
        theirs.save(tmp_path / name)
        same(outputs(again := load_model(tmp_path / name), x), outputs(theirs, x))
        drawn = again.layers[1].kernel_initializer(jax.random.key(0), (100, 100))
        assert abs(np.std(drawn) / 0.1414 - 1) < 0.03


DIFFERING = ("hinge", keras.losses.SquaredHinge(), "rmsprop", "adagrad")


@pytest.mark.parametrize("rule", DIFFERING, ids=["hinge", "SquaredHinge", "rmsprop", "adagrad"])
def test_what_training_differs_in_is_named_both_ways(rule, tmp_path):
    optimizer, loss = (rule, "mse") if rule in ("rmsprop", "adagrad") else ("sgd", rule)
    theirs = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    theirs.compile(optimizer, loss)
    for name in ("m.keras", "m.h5"):
        theirs.save(tmp_path / name)
        with pytest.warns(UserWarning, match=f"{name}: training differs. .* in Keras 3") as raised:
            ours = load_model(tmp_path / name)
        assert len(raised) == 1
        with pytest.warns(UserWarning, match=f"{name}: training differs. .* in Keras 3"):
            ours.save(tmp_path / name, keras="3")
        ours.save(tmp_path / "ours.keras")
        load_model(tmp_path / "ours.keras")


def trained_on(optimizer, steps=3):
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    theirs.compile(optimizer, "mse")
    x, y = np.ones((2, 4), "float32"), np.zeros((2, 2), "float32")
    for _ in range(steps):
        theirs.train_on_batch(x, y)
    return theirs, x, y


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Nadam(0.1),
        lambda: keras.optimizers.Adam(0.1, weight_decay=0.5),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1)),
    ],
    ids=["Nadam", "weight_decay", "LossScaleOptimizer"],
)
def test_training_goes_on_as_in_keras_3(name, make, tmp_path):
    theirs, x, y = trained_on(make())
    theirs.save(tmp_path / name)
    ours = load_model(tmp_path / name)
    for model in (theirs, ours):
        model.train_on_batch(x, y)
    same(ours.get_weights(), theirs.get_weights(), 1e-5)


@pytest.mark.parametrize(
    "options", [{"use_ema": True}, {"gradient_accumulation_steps": 2}, {"loss_scale_factor": 2.0}]
)
def test_options_of_keras_3_that_are_not_here_are_named(options, tmp_path):
    theirs, *_ = trained_on(keras.optimizers.SGD(0.1, **options), steps=0)
    theirs.save(tmp_path / "m.keras")
    (name,) = options
    with pytest.warns(UserWarning, match=f"not compiled. SGD was saved with {name}="):
        assert load_model(tmp_path / "m.keras").optimizer is None


def test_branches_of_the_same_class_keep_their_weights(tmp_path):
    """Layers in a '.keras' file are numbered by class, so their order must be Keras's."""
    source = x = L.Input((6, 6, 2))
    for filters in (2, 3):
        parts = [
            L.Conv2D(filters, 1)(x),
            L.Conv2D(filters, 3, padding="same")(L.Conv2D(filters, 1)(x)),
        ]
        parts.append(L.Conv2D(filters, 1)(L.MaxPooling2D(3, strides=1, padding="same")(x)))
        x = L.concatenate(parts)
    model = randomise(Model(source, L.GlobalAveragePooling2D()(x)))
    x = inputs_of(model)
    for name in ("m.keras", "m.h5"):
        model.save(tmp_path / name, keras="3")
        same(outputs(keras.models.load_model(tmp_path / name), x), outputs(model, x))


def test_what_keras_3_can_and_we_cannot_is_refused_by_name(tmp_path):
    source = keras.Input((3,))
    keras.Model(source, keras.layers.Dense(2)(source) + 1.0).save(tmp_path / "operation.keras")
    with pytest.raises(ValueError, match="operation 'Add'"):
        load_model(tmp_path / "operation.keras")
    normal = keras.layers.LayerNormalization(rms_scaling=True, name="scaled")
    keras.Sequential([keras.Input((3,)), normal]).save(tmp_path / "scaled.keras")
    with pytest.raises(ValueError, match=r"'scaled'.*`?rms_scaling`?"):
        load_model(tmp_path / "scaled.keras")
    keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x + 1)]).save(
        tmp_path / "lambda.keras"
    )
    with pytest.raises(ValueError, match="safe_mode=False"):
        load_model(tmp_path / "lambda.keras")
    model = load_model(tmp_path / "lambda.keras", safe_mode=False)
    np.testing.assert_allclose(model.predict(np.zeros((1, 3))), np.ones((1, 3)))


def test_the_h5_layout_is_that_of_keras_2(tmp_path):
    model = stack()
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert set(file) == {"model_weights"} and file.attrs["keras_version"].startswith("2.")
        group = file["model_weights"]
        assert list(group.attrs["layer_names"]) == [layer.name.encode() for layer in model.layers]
        assert list(group["conv2d_1"].attrs["weight_names"]) == [
            b"conv2d_1/kernel:0",
            b"conv2d_1/bias:0",
        ]
        assert group["conv2d_1"]["conv2d_1/kernel:0"].shape == (3, 3, 2, 3)
