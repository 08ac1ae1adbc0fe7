"""Errors name the page that tells more of them, and the page is there."""

import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import Sequential
from jaxcnn import backend as K
from jaxcnn.datasets import mnist
from jaxcnn.layers import LSTM, Conv2D, Dense, Input, Lambda, add
from jaxcnn.spellings.later import LATER
from jaxcnn.utils.packages import installed

from ..pages import DOCS

ROOMS = (jc.layers, jc.optimizers, jc.callbacks, jc.applications, jc.nn)


def network():
    model = jc.Sequential([Dense(3, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def wrong_shape(folder):
    network().fit(np.ones((6, 5)), np.zeros(6), verbose=0)


def wrong_labels(folder):
    network().fit(np.ones((6, 4)), np.full(6, 7), verbose=0)


def not_finite(folder):
    network().fit(np.full((6, 4), np.nan), np.zeros(6), verbose=0, nan="raise")


def damaged(folder):
    (folder / "model.h5").write_bytes(b"not a model")
    jc.models.load_model(folder / "model.h5")


def weights_absent(folder):
    jc.applications.SqueezeNet()


def data_absent(folder):
    mnist.load_data()


def unequal_lengths(folder):
    network().fit(np.ones((6, 4)), np.zeros(5), verbose=0)


def weights_of_other_shapes(folder):
    network().set_weights([np.ones((4, 2)), np.ones(2)])


def refused_code(folder):
    path = folder / "model.h5"
    with pytest.warns(UserWarning, match="safe_mode"):
        jc.Sequential([Lambda(lambda x: x + 1, input_shape=(4,))]).save(path)
    command = f"import jaxcnn as jc; jc.models.load_model({str(path)!r})"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    error = ValueError(run.stderr)
    for line in run.stderr.splitlines():
        if line.startswith("See "):
            error.add_note(line)
    raise error


def a_name_of_later_keras(folder):
    from jaxcnn.layers import MultiHeadAttention  # noqa: F401


@pytest.mark.parametrize(
    ("fault", "page"),
    [
        (unequal_lengths, "data"),
        (lambda _: network().predict(np.array([["a"] * 4])), "data"),
        (lambda _: network().fit(np.ones((6, 4)), np.ones(6), sample_weight=np.ones(5)), "data"),
        (weights_of_other_shapes, "weights"),
        (lambda _: network().set_weights([np.ones(3)]), "weights"),
        (refused_code, "files"),
        (lambda _: jc.Model(Input((3,)), Dense(2)(Input((3,)))), "graph"),
        (lambda _: jc.Model(Input((3,)), np.ones(3)), "graph"),
        (
            lambda _: jc.Sequential([Dense(2, input_shape=(4,))]).fit(np.ones((6, 4))),
            "not-compiled",
        ),
        (lambda _: Conv2D(4, 3)(Input((5,))), "shapes"),
        (lambda _: Conv2D(4, 9)(Input((5, 5, 1))), "shapes"),
        (lambda _: LSTM(4)(np.ones((2, 5), "f")), "shapes"),
        (lambda _: add([Input((3,)), Input((4,))]), "shapes"),
        (lambda _: network().layers[0](np.ones((2, 5), "f")), "shapes"),
        (lambda _: K.dot(np.ones((2, 4)), np.ones((7, 3))), "shapes"),
        (lambda _: K.dot(Input((4,)), np.ones((7, 3), "f")), "shapes"),
        (lambda _: Input((4,)) + Input((3,)), "shapes"),
        (lambda _: Lambda(lambda x: K.dot(x, np.ones((7, 3), "f")))(Input((4,))), "shapes"),
        (lambda _: network().compile("sgd", "msee"), "names"),
        (lambda _: network().compile("sgdd", "mse"), "names"),
        (lambda _: Dense(3, activation="rellu"), "names"),
        (lambda _: Dense(3, activaton="relu"), "names"),
        (lambda _: Dense(), "names"),
        (lambda _: Conv2D("many", 3), "names"),
        (lambda _: jc.optimizers.SGD(learningrate=0.1), "names"),
        (lambda _: jc.applications.VGG16(clases=3), "names"),
        (lambda _: network().fit(np.ones((6, 4)), np.zeros(6), epoch=3), "names"),
        (lambda _: network().fit(np.ones((6, 4)), np.zeros(6), epochs=1, nb_epoch=1), "names"),
        (lambda _: jc.callbacks.EarlyStopping(patence=3), "names"),
        (lambda _: K.sum(np.ones(3), axes=0), "names"),
        (lambda _: jc.preprocessing.image.ImageDataGenerator(rescal=1 / 255), "names"),
        (a_name_of_later_keras, "names"),
        (lambda _: installed("no_such_package", "It"), "missing"),
        (wrong_shape, "shapes"),
        (wrong_labels, "labels"),
        (not_finite, "not-finite"),
        (damaged, "files"),
        (weights_absent, "missing"),
        (data_absent, "missing"),
    ],
)
def test_an_error_names_its_page(fault, page, tmp_path, monkeypatch):
    for name in ("JAXCNN_HOME", "KERAS_HOME", "TFDS_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    with pytest.raises(Exception) as caught:
        fault(tmp_path)
    assert caught.value.__notes__ == [f"See docs/errors/{page}.md"]
    assert (DOCS / f"errors/{page}.md").is_file()


def refusing(*args, **kwargs):
    raise ValueError("no")


class OwnCallback(jc.callbacks.Callback):
    on_epoch_end = refusing


class OwnArray:
    shape, dtype, __len__ = (6, 4), np.dtype("float32"), lambda self: 6
    __getitem__ = __array__ = refusing


def fit(x=None, y=None, loss="mse", metrics=(), **settings):
    model = Sequential([Dense(3, input_shape=(4,))])
    model.compile("sgd", loss, metrics=list(metrics))
    x, y = np.ones((6, 4)) if x is None else x, np.ones((6, 3)) if y is None else y
    model.fit(x, y, verbose=0, **settings)


def own_generator():
    yield np.ones((6, 4)), np.ones((6, 3))
    refusing()


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Lambda(refusing)(Input((3,))),
        lambda: Lambda(lambda x: jnp.dot(x, np.ones((5, 2))))(Input((3,))),
        lambda: Lambda(lambda x: K.map_fn(refusing, x))(np.ones((2, 3), "f")),
        lambda: Dense(2, activation=refusing)(Input((3,))),
        lambda: Dense(2, kernel_initializer=refusing)(Input((3,))),
        lambda: Dense(2, kernel_regularizer=refusing, input_shape=(3,))(np.ones((2, 3))),
        lambda: fit(loss=refusing),
        lambda: fit(metrics=[refusing]),
        lambda: fit(callbacks=[OwnCallback()]),
        lambda: fit(OwnArray()),
        lambda: Sequential([Dense(3, input_shape=(4,))]).predict_generator(own_generator(), 2),
    ],
)
def test_what_code_of_a_user_raises_names_no_page(fault):
    with pytest.raises((ValueError, TypeError)) as caught:
        fault()
    assert not any("errors/" in note for note in getattr(caught.value, "__notes__", ()))


def test_a_name_that_is_imported_and_not_there():
    """Python hides the message of an AttributeError from who imports."""
    with pytest.raises(ImportError, match=r"'Densee'\. Did you mean 'Dense'\?"):
        from jaxcnn.layers import Densee  # noqa: F401
    with pytest.raises(ImportError, match=r"here any transformation of optax is an optimizer"):
        from jaxcnn.optimizers import Adafactor  # noqa: F401
    with pytest.raises(ImportError, match="lists the networks"):
        from jaxcnn.applications import ConvNeXtTiny  # noqa: F401
    with pytest.raises(ImportError, match="Highway is an old class"):
        from jaxcnn.layers import Highway  # noqa: F401
    with pytest.raises(AttributeError, match="Did you mean 'Huber'"):
        jc.losses.Hubber  # noqa: B018
    assert not hasattr(jc.layers, "MultiHeadAttention")


@pytest.mark.parametrize("name", sorted(LATER))
def test_names_of_later_versions_are_not_here(name):
    assert not any(hasattr(room, name) for room in ROOMS)


def test_the_address_of_the_documentation(monkeypatch):
    monkeypatch.setenv("JAXCNN_DOCS", "https://example.org/docs/")
    with pytest.raises(ValueError, match="needs 4 axes") as caught:
        Conv2D(4, 3)(Input((5,)))  # told within blocks within blocks
    assert caught.value.__notes__ == ["See https://example.org/docs/errors/shapes/"]
