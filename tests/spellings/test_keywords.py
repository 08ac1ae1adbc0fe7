"""Keywords that are not known are refused with the nearest that is."""

import inspect

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Dense
from jaxcnn.spellings.keywords import Suggesting

from ..public import Public, arguments, publics

CLASSES = ["callbacks", "constraints", "initializers", "losses", "metrics", "optimizers.schedules"]
CLASSES += ["preprocessing.image", "preprocessing.sequence", "regularizers", "utils"]
FUNCTIONS = ["backend", *(f"datasets.{name}" for name in ("boston_housing", "cifar100", "mnist"))]
FUNCTIONS += ["datasets.imdb", "datasets.reuters"]
# of rooms that have other functions as well
NAMED = (
    *(getattr(jc.regularizers, name) for name in ("l1", "l2", "l1_l2", "L1", "L2")),
    *(getattr(jc.initializers, name) for name in ("glorot_uniform", "he_normal", "lecun_normal")),
    *(getattr(jc.models, name) for name in ("clone_model", "load_model", "save_model")),
    *(getattr(jc.saving, name) for name in ("load_weights", "save_weights", "export_onnx")),
    *(getattr(jc.utils, name) for name in ("get_file", "normalize", "plot_model")),
    *(jc.visualization.plot_history, jc.visualization.grad_cam, jc.visualization.saliency),
    *(jc.preprocessing.sequence.pad_sequences, jc.preprocessing.sequence.skipgrams),
    *(jc.preprocessing.text.one_hot, jc.preprocessing.image.load_img),
)


def listed() -> list[Public]:
    classes = [p for room in CLASSES for p in publics(room) if inspect.isclass(p.item)]
    functions = [p for room in FUNCTIONS for p in publics(room) if p.name != "get_word_index"]
    further = [Public("", item.__name__, item) for item in NAMED]
    classes = [p for p in classes if issubclass(p.item, Suggesting) and p.name != "KerasStyle"]
    return [p for p in (*classes, *functions, *further) if arguments(p.item)]


@pytest.mark.parametrize("public", listed(), ids=lambda public: f"{public.module}.{public.name}")
def test_the_nearest_keyword_is_named(public):
    word = max(arguments(public.item), key=len)
    with pytest.raises(TypeError, match=rf"^{public.item.__name__} .*Did you mean '{word}'\?"):
        public.item(**{f"{word}x": 1})


IMAGES = jc.preprocessing.image.ImageDataGenerator()
MODEL = jc.Sequential([Dense(2, input_shape=(4,))])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: MODEL.compile(optimiser="sgd", loss="mse"), "optimizer"),
        (lambda: MODEL.fit(np.ones((2, 4)), np.ones((2, 2)), epoch=3), "epochs"),
        (lambda: MODEL.evaluate(np.ones((2, 4)), batchsize=3), "batch_size"),
        (lambda: MODEL.summary(linelength=3), "line_length"),
        (lambda: MODEL.save("model.h5", over_write=True), "overwrite"),
        (lambda: MODEL.load_weights("model.h5", byname=True), "by_name"),
        (lambda: MODEL.get_layer(nam="a"), "name"),
        (lambda: jc.Sequential(layer=[]), "layers"),
        (lambda: Dense(unit=3), "units"),
        (lambda: jc.layers.Conv2D(3, kernel=3), "kernel_size"),
        (lambda: jc.layers.InputLayer(inputshape=(3,)), "input_shape"),
        (lambda: jc.callbacks.ModelCheckpoint("a", save_best=True), "save_best_only"),
        (lambda: jc.optimizers.Adam(beta1=0.9), "beta_1"),
        (
            lambda: jc.preprocessing.image.ImageDataGenerator().flow_from_directory(
                "a", targetsize=3
            ),
            "target_size",
        ),
    ],
)
def test_the_nearest_keyword_of_methods_and_layers(call, word):
    with pytest.raises(TypeError, match=rf"Did you mean '{word}'\?"):
        call()


def test_subclasses_of_users_take_their_own_arguments():
    class Mine(jc.callbacks.Callback):
        def __init__(self, period):
            self.period = period

    class Open(jc.callbacks.Callback):
        def __init__(self, **options):
            self.options = options

    assert Mine(period=3).period == 3 and Open(anything=1).options == {"anything": 1}
    with pytest.raises(TypeError, match=r"^Mine has no argument `periods`\. Did you mean 'period'"):
        Mine(periods=3)


@pytest.mark.parametrize(
    "base",
    [
        jc.callbacks.Callback,
        jc.constraints.Constraint,
        jc.initializers.Initializer,
        jc.losses.Loss,
        jc.metrics.Metric,
        jc.regularizers.Regularizer,
    ],
)
def test_a_class_of_a_user_without_an_init_takes_no_arguments(base):
    class Mine(base):
        share: float = 0.5

    assert Mine().share == 0.5
    with pytest.raises(TypeError, match=r"Mine takes no arguments, as it defines no __init__; .*8"):
        Mine(0.8)
    with pytest.raises(TypeError, match="Mine has no argument `share`"):
        Mine(share=0.8)
