"""Smaller things that users saw: a sentence says what to write, or the thing works."""

import io
import subprocess
import sys

import numpy as np
import pytest

from jaxcnn.callbacks import Callback, EarlyStopping
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential, load_model
from jaxcnn.preprocessing.image import ImageDataGenerator

X, Y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")


@pytest.fixture
def model():
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model


def test_weights_by_names_of_which_none_is_in_the_file(model, tmp_path):
    model.save_weights(tmp_path / "w.h5")
    other = Sequential([Dense(1, input_shape=(2,), name="other")])
    with pytest.warns(UserWarning, match=r"nothing was loaded, as no layer .*\(other\)"):
        other.load_weights(tmp_path / "w.h5", by_name=True)


def test_one_callback_that_is_not_in_a_list(model):
    with pytest.raises(TypeError, match=r"a list of callbacks; given one EarlyStopping: write"):
        model.fit(X, Y, verbose=0, callbacks=EarlyStopping())


@pytest.mark.parametrize(
    ("x", "advice"),
    [
        (np.array([[1, "a"]], object), r"x\.astype\(float\)"),
        (np.array([np.ones(2), np.ones(3)], object), "must be padded first"),
    ],
)
def test_objects_that_are_no_numbers(model, x, advice):
    with pytest.raises(TypeError, match=advice):
        model.predict(x)


def test_a_sparse_matrix(model):
    scipy = pytest.importorskip("scipy.sparse")
    sparse = scipy.csr_matrix(X)
    np.testing.assert_array_equal(model.predict(sparse), model.predict(X))
    expected = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(sparse, scipy.coo_matrix(Y), verbose=0) == expected
    model.fit(sparse, Y, verbose=0, validation_split=0.5)


def test_a_program_without_a_console(model, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    model.fit(X, Y, epochs=1, verbose=1)
    model.fit(X, Y, epochs=1, verbose=2)
    monkeypatch.setattr(sys, "stdout", io.StringIO())


def test_early_stopping_puts_the_best_weights_back_after_ctrl_c(model):
    class Press(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    best = EarlyStopping("loss", restore_best_weights=True, patience=9, baseline=None)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[best, Press()])
    assert all(map(np.array_equal, model.get_weights(), best.best_weights))


def test_a_path_that_begins_at_home(model, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    model.save("~/m.h5")
    assert (tmp_path / "m.h5").exists()
    assert np.array_equal(load_model("~/m.h5").predict(X), model.predict(X))


def test_images_are_made_by_threads_where_processes_are_asked_for():
    flow = ImageDataGenerator().flow(np.ones((4, 2, 2, 1)), np.ones((4, 1)), batch_size=2)
    from jaxcnn.layers import Flatten

    network = Sequential([Flatten(input_shape=(2, 2, 1)), Dense(1)])
    network.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="made by threads.*Leave out use_multiprocessing"):
        network.fit_generator(flow, 2, epochs=1, verbose=0, workers=2, use_multiprocessing=True)


FIRST_OF_ALL = np.arange(10) // 5  # in order


@pytest.mark.parametrize("y", [FIRST_OF_ALL, FIRST_OF_ALL[:, None], FIRST_OF_ALL.astype("f")])
def test_a_validation_of_one_class(y):
    images = np.ones((10, 2, 2, 1))
    split = ImageDataGenerator(validation_split=0.4)
    for subset in ("training", "validation"):
        with pytest.raises(ValueError, match=r"have different classes.*: 1 in one.*shuffle images"):
            split.flow(images, y, subset=subset)
    with pytest.warns(UserWarning, match="have different classes"):
        split.flow(images, np.eye(2)[FIRST_OF_ALL], subset="validation")


@pytest.mark.parametrize("y", [np.arange(10) % 2, np.linspace(0, 1, 10), np.eye(2)[[0, 1] * 5]])
def test_a_validation_of_all_classes_or_of_none(y, recwarn):
    ImageDataGenerator(validation_split=0.4).flow(np.ones((10, 2, 2, 1)), y, subset="validation")
    assert not recwarn


NAMES = [".", "..", "a/b", "/a", "b//c", "a/../b", "a/kernel:0", "a:0", "ä", "a b", " "]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", ["m.h5", "m.keras", "w.weights.h5"])
def test_a_layer_of_any_name_is_saved(tmp_path, name, file):
    model = Sequential(
        [Dense(2, input_shape=(2,), name="a"), Dense(2, name=name), Dense(1, name="b")]
    )
    if "weights" in file:
        model.save_weights(tmp_path / file)
        again = Sequential.from_config(model.get_config())
        again.load_weights(tmp_path / file)
    else:
        model.save(tmp_path / file)
        again = load_model(tmp_path / file)
    assert [layer.name for layer in again.layers] == ["a", name, "b"]
    assert np.array_equal(again.predict(X), model.predict(X))


def test_two_layers_that_are_one_in_hdf5(tmp_path):
    model = Sequential([Dense(2, input_shape=(2,), name="a"), Dense(1, name="a/./")])
    with pytest.raises(ValueError, match=r"'a' and 'a/\./' have one name in an HDF5 .*'.keras'"):
        model.save(tmp_path / "m.h5")
    model.save(tmp_path / "m.keras")
    assert np.array_equal(load_model(tmp_path / "m.keras").predict(X), model.predict(X))


READER_THAT_LEAVES = """
import numpy as np
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

model = Sequential([Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
x, y = np.ones((4, 2)), np.ones((4, 1))
for verbose in (1, 2):
    model.fit(x, y, epochs=200, verbose=verbose)
model.save_weights("after.h5")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way")
def test_a_reader_of_the_output_that_leaves(tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-c", READER_THAT_LEAVES],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "Epoch 1/200\n"
    run.stdout.close()
    with run.stderr:
        errors = run.stderr.read()
    assert run.wait() == 0, errors
    assert (tmp_path / "after.h5").exists()
    assert errors.count("Nobody reads the output any more") == 1
    assert "Exception" not in errors
