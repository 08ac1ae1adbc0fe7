"""What saving promises: nothing half written, nothing half loaded, one clear sentence when
something is wrong.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import zipfile

import h5py
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn import optimizers
from jaxcnn.models import Model, Sequential, load_model, model_from_json
from jaxcnn.runtime.names import custom_object_scope, get_custom_objects
from jaxcnn.saving import load_exported

from .conftest import graph, inputs_of, outputs, randomise, same, stack

FORMATS = ["model.h5", "model.keras"]


def twice(x):
    return 2.0 * x


def odd_loss(y_true, y_pred):
    return ((y_true - y_pred) ** 4).mean(axis=-1)


class Scale(L.Layer):
    """A layer of a user's own."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.scale = self.add_weight("scale", (input_shape[-1],), "ones")

    def call(self, x):
        return x * self.scale * self.start

    def get_config(self):
        return super().get_config() | {"start": self.start}


@pytest.mark.parametrize(
    "name", ["model", "model.model", "a.b.hdf5", "new/folder/model.h5", "model.keras"]
)
def test_any_name_and_the_content_decides(tmp_path, name):
    model = randomise(graph())
    model.save(tmp_path / name)
    os.replace(tmp_path / name, tmp_path / "renamed.txt")
    loaded = load_model(tmp_path / "renamed.txt")
    assert loaded.get_config() == model.get_config() or name.endswith("keras")
    x = inputs_of(model)
    same(outputs(loaded, x), outputs(model, x), atol=0)
    randomise(loaded, seed=1)
    loaded.load_weights(tmp_path / "renamed.txt")
    same(outputs(loaded, x), outputs(model, x), atol=0)


SELDOM = ["sgd", "adagrad", "adadelta", "adamax", "adamw", "lion", "adam"]


@pytest.mark.parametrize(
    "optimizer",
    [
        "decay",
        "nadam",
        "momentum",
        "rmsprop",
        *(pytest.param(name, marks=pytest.mark.slow) for name in SELDOM),
    ],
)
def test_going_on_from_a_file_equals_not_stopping(tmp_path, optimizer):
    made = {
        "momentum": lambda: optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        "decay": lambda: optimizers.Adam(0.01, decay=0.1, amsgrad=True),
    }.get(optimizer, lambda: optimizer)
    x, y = np.random.default_rng(0).normal(size=(2, 8, 3)).astype("f4")
    model = Sequential(
        [L.Dense(4, activation="tanh", input_shape=(3,)), L.BatchNormalization(), L.Dense(3)]
    )
    model.compile(made(), "mse", metrics=["mae"])
    for _ in range(3):
        model.train_on_batch(x, y)
    loaded = []
    for name in FORMATS:
        model.save(tmp_path / name)
        loaded.append(load_model(tmp_path / name))
        assert load_model(tmp_path / name, compile=False).optimizer is None
        model.save(tmp_path / name, include_optimizer=False)
        assert load_model(tmp_path / name).optimizer is None
    for _ in range(2):
        expected = model.train_on_batch(x, y)
        assert [other.train_on_batch(x, y) for other in loaded] == [expected, expected]
    for other in loaded:
        for found, wanted in zip(other.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("name", FORMATS)
def test_objects_of_the_users_own(tmp_path, name):
    x = L.Input((3,))
    model = Model(x, Scale(2.0)(L.Lambda(twice)(L.Dense(3, activation=twice)(x))))
    model.compile("sgd", odd_loss, metrics=[odd_loss])
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 3)))
    model.save(tmp_path / name)
    custom = {"Scale": Scale, "twice": twice, "odd_loss": odd_loss}
    data = inputs_of(model)
    same(outputs(load_model(tmp_path / name, custom), data), outputs(model, data), atol=0)
    with custom_object_scope(custom):
        loaded = load_model(tmp_path / name)
    assert loaded.metrics_names == ["loss", "odd_loss"]
    assert "Scale" not in get_custom_objects()
    with pytest.raises(ValueError, match="twice"):
        load_model(tmp_path / name, {"Scale": Scale, "odd_loss": odd_loss})
    with pytest.warns(UserWarning, match=r"not compiled.*odd_loss"):
        assert load_model(tmp_path / name, {"Scale": Scale, "twice": twice}).optimizer is None
    load_model(tmp_path / name, {"Scale": Scale, "twice": twice}, compile=False)


@pytest.mark.parametrize("name", FORMATS)
def test_a_stack_on_a_model_with_two_inputs(tmp_path, name):
    a, b = L.Input((3,)), L.Input((2,))
    model = randomise(Sequential([Model([a, b], L.concatenate([a, b])), L.Dense(2)]))
    model.save(tmp_path / name)
    x = inputs_of(model)
    same(outputs(load_model(tmp_path / name), x), outputs(model, x), atol=0)


def test_by_name_into_a_model_that_is_partly_the_same(tmp_path):
    old = randomise(
        Sequential([L.Dense(2, input_dim=3, name="dense_1"), L.Dense(3, name="dense_2")])
    )
    new = Sequential([L.Dense(2, input_dim=3, name="dense_1"), L.Dense(10, name="new_dense")])
    kept = new.get_weights()[2:]
    for name in ("w.h5", "m.h5", "w.weights.h5", "m.keras"):
        (old.save_weights if name.startswith("w") else old.save)(tmp_path / name)
        new.set_weights([0 * w for w in new.get_weights()[:2]] + kept)
        new.load_weights(tmp_path / name, by_name=True)
        for found, expected in zip(new.get_weights(), [*old.get_weights()[:2], *kept], strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["w.h5", "w.weights.h5"])
def test_shapes_that_do_not_fit(tmp_path, name):
    old = randomise(Sequential([L.Dense(2, input_dim=3, name="a"), L.Dense(3, name="b")]))
    old.save_weights(tmp_path / name)
    new = Sequential([L.Dense(2, input_dim=3, name="a"), L.Dense(5, name="b")])
    before = new.get_weights()
    with pytest.raises(
        ValueError,
        match=r"layer 'b' .* weights of shapes \[\(2, 5\), \(5,\)\].*\[\(2, 3\), \(3,\)\]",
    ):
        new.load_weights(tmp_path / name)
    for found, expected in zip(new.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)
    with pytest.warns(UserWarning, match=r"due to mismatch in .*layer 'b'"):
        new.load_weights(tmp_path / name, skip_mismatch=True)
    for found, expected in zip(
        new.get_weights(), [*old.get_weights()[:2], *before[2:]], strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    if name == "w.h5":
        with pytest.raises(
            ValueError, match=r"of 2 layers into model .* has 1 layers .* has a, b;"
        ):
            Sequential([L.Dense(2, input_dim=3)]).load_weights(tmp_path / name)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files(tmp_path, name):
    model = randomise(stack())
    model.save(tmp_path / name)
    before = model.get_weights()
    whole = (tmp_path / name).read_bytes()
    contents = [b"", b"no model at all", whole[: len(whole) // 2], whole[:2000]]
    if name.endswith("keras"):  # which has checksums
        contents.append(whole.replace(b"HDF", b"XXX"))
    for content in contents:
        (tmp_path / name).write_bytes(content)
        for load in (load_model, model.load_weights):
            with pytest.raises(ValueError, match="damaged"):
                load(tmp_path / name)
    for found, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)
    for load in (load_model, model.load_weights):
        with pytest.raises(FileNotFoundError, match="There is no file"):
            load(tmp_path / "nowhere.h5")


def test_files_that_lack_something(tmp_path):
    model = randomise(stack())
    before = model.get_weights()
    model.save(path := tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        del file["model_weights/dense_1/dense_1/kernel:0"]
    for load in (load_model, model.load_weights):
        with pytest.raises(ValueError, match="damaged or not a Keras file"):
            load(path)
    model.save_weights(path)
    with pytest.raises(ValueError, match="holds weights but no model"):
        load_model(path)
    model.save(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = file.attrs["model_config"][:300]
    with pytest.raises(ValueError, match="damaged"):
        load_model(path)
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("other.txt", "nothing")
    with pytest.raises(ValueError, match="damaged or not a Keras file"):
        load_model(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="not JSON"):
        model_from_json("{")
    with pytest.raises(ValueError, match="'class_name'"):
        model_from_json("{}")
    for found, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_long_lists_of_names_and_long_configurations(tmp_path):
    """HDF5 keeps attributes of at most 64 kB beside a group, so names are spread over several."""
    model = Sequential([L.Dense(1, input_shape=(1,), name="a" * 400)])
    for i in range(160):
        model.add(L.Dense(1, name=f"{i:03d}" + "b" * 400))
    for i in range(3):  # two of such a length are already too long
        model.add(L.Dense(1, name=f"{i}" + "c" * 2**15))
    randomise(model).save(tmp_path / "long.h5")
    with h5py.File(tmp_path / "long.h5") as file:
        assert "layer_names0" in file["model_weights"].attrs
    x = inputs_of(model)
    loaded = load_model(tmp_path / "long.h5")
    for found, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert loaded.layers[-1].name == model.layers[-1].name and x.shape == (3, 1)


def test_overwrite_has_to_be_allowed(tmp_path):
    model = stack()
    for save in (model.save, model.save_weights):
        for name in ("w.h5", "w.keras", "w.weights.h5"):
            save(tmp_path / name)
            with pytest.raises(FileExistsError, match="overwrite=True"):
                save(tmp_path / name, overwrite=False)


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")
@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_leaves_the_old_file(tmp_path, name):
    code = f"""
        import resource, signal
        from jaxcnn import layers as L
        from jaxcnn.models import Sequential, load_model
        path = {str(tmp_path / name)!r}
        Sequential([L.Dense(2, input_shape=(3,))]).save(path)
        old = open(path, "rb").read()
        model = Sequential([L.Dense(600, input_shape=(600,))])
        model.summary(print_fn=lambda line: None)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        try:
            model.save(path)
        except OSError as error:
            print("OSError", error.errno)
        assert open(path, "rb").read() == old
        print(load_model(path).count_params())
    """
    result = run(code)
    assert result.stdout.split() == ["OSError", "27", "8"], result.stderr
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", FORMATS)
def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path, name):
    code = f"""
        import os, signal
        from jaxcnn import layers as L
        from jaxcnn.models import Sequential
        path = {str(tmp_path / name)!r}
        Sequential([L.Dense(2, input_shape=(3,))]).save(path)
        def die(file):
            os.kill(os.getpid(), signal.SIGKILL)
        os.fsync = die  # everything is written, and nothing in its place yet
        Sequential([L.Dense(5, input_shape=(3,))]).save(path)
    """
    assert run(code).returncode == -signal.SIGKILL
    assert load_model(tmp_path / name).count_params() == 8


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        stack().save(tmp_path / "m.h5")
    tmp_path.chmod(0o700)


def test_saving_needs_no_tensorflow_and_no_keras(tmp_path):
    code = f"""
        import sys
        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("tensorflow", "keras", "tf_keras", "torch"):
                    raise ImportError(name + " was asked for")
        sys.meta_path.insert(0, Absent())
        from jaxcnn import layers as L
        from jaxcnn.models import Sequential, load_model, model_from_json, model_from_yaml
        from jaxcnn.saving import load_exported
        model = Sequential([L.Dense(2, input_shape=(3,))])
        model.compile("adam", "mse")
        for name in ("m.h5", "m.keras", "w.weights.h5"):
            path = {str(tmp_path)!r} + "/" + name
            (model.save_weights if name[0] == "w" else model.save)(path)
            model.load_weights(path)
        load_model({str(tmp_path)!r} + "/m.keras")
        model_from_json(model.to_json()), model_from_yaml(model.to_yaml())
        model.export({str(tmp_path)!r} + "/m.stablehlo")
        load_exported({str(tmp_path)!r} + "/m.stablehlo")
    """
    result = run(code)
    assert result.returncode == 0, result.stderr


# -- programs that run alone -----------------------------------------------------------------------


@pytest.mark.parametrize("build", [stack, graph], ids=["Sequential", "functional"])
def test_exported_programs_take_any_batch(tmp_path, build):
    model = randomise(build())
    model.export(tmp_path / "m.stablehlo")
    predict = load_exported(tmp_path / "m.stablehlo")
    for rows in (1, 5):
        x = inputs_of(model, rows)
        found = predict(*x) if isinstance(x, list) else predict(x)
        same(found if isinstance(found, list) else [found], outputs(model, x))
    with pytest.raises(TypeError, match="inputs"):
        predict(*range(7))


def test_an_exported_program_runs_without_the_models_code(tmp_path):
    source = L.Input((None, 3))
    model = randomise(Model(source, L.Dense(2)(L.GlobalMaxPooling1D()(Scale(2.0)(source)))))
    model.export(tmp_path / "m.stablehlo", platforms=["cpu"])
    x = np.random.default_rng(0).normal(size=(2, 7, 3)).astype("f4")
    np.save(tmp_path / "x.npy", x)
    code = f"""
        import numpy as np
        from jaxcnn.saving import load_exported
        folder = {str(tmp_path)!r}
        predict = load_exported(folder + "/m.stablehlo")
        np.save(folder + "/y.npy", predict(np.load(folder + "/x.npy")))
    """
    result = run(code)
    assert result.returncode == 0, result.stderr
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model.predict(x), rtol=1e-5, atol=1e-6)
    (tmp_path / "m.stablehlo").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not an exported model"):
        load_exported(tmp_path / "m.stablehlo")
    with pytest.raises(ValueError, match="input shape"):
        Sequential([L.Dense(2)]).export(tmp_path / "m.stablehlo")


def test_the_text_of_a_structure_is_plain_json():
    model = graph()
    described = json.loads(model.to_json(indent=2))
    assert described["class_name"] == "Model" and described["keras_version"].startswith("2.")
    again = model_from_json(json.dumps(described))
    assert again.to_json() == model.to_json()


def test_arrays_in_another_shape(tmp_path):
    convolution = Sequential([L.Conv2D(3, 1, input_shape=(1, 1, 4), name="a")])
    dense = Sequential([L.Dense(3, input_shape=(4,), name="a")])
    convolution.save_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="expects weights of shapes"):
        dense.load_weights(tmp_path / "w.h5")
    dense.load_weights(tmp_path / "w.h5", by_name=True, reshape=True)
    kernel = convolution.get_weights()[0]
    np.testing.assert_array_equal(dense.get_weights()[0], kernel.reshape(4, 3))
