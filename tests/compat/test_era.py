"""What scripts of 2015 to 2019 had of Python, NumPy and h5py, and have under the alias."""

import subprocess
import sys

import pytest

SCRIPT = """
import fractions, inspect, random, re, textwrap
import numpy as np

random.seed(1)
assert random.sample({5}, 1) == [5] and random.Random(2).sample({4}, 1) == [4]
assert random.sample([7], 1) == [7]
rows = (np.full(2, i) for i in range(3))
assert np.vstack(rows).tolist() == [[0, 0], [1, 1], [2, 2]]
assert np.stack(a for a in np.eye(2)).shape == (2, 2)
assert np.hstack([np.zeros(2), np.ones(1)]).tolist() == [0, 0, 1]
assert np.linspace(0, 1, 7 / 2).tolist() == [0, 0.5, 1] and np.linspace(0, 1).shape == (50,)
assert np.copy([[1, 2], [3]]).tolist() == [[1, 2], [3]] and np.copy([1]).dtype.kind == "i"
# As NumPy 1.16 has them.
rows = [[3], [1, 2], [3, 0]]
assert np.max(rows) == np.amax(rows) == [3, 0] and np.min(rows) == np.amin(rows) == [1, 2]
assert np.sum(rows) == [3, 1, 2, 3, 0] and np.shape(rows) == (3,) and np.ndim(rows) == 1
assert np.size([np.ones(2), np.zeros(3)]) == 2
assert np.max([[1, 5], [7, 2]], axis=1).tolist() == [5, 7]
assert fractions.gcd(12, 18) == 6
names = inspect.getargspec(lambda a, b=2, *rest: a)
assert names.args == ["a", "b"] and names.varargs == "rest" and names.defaults == (2,)
assert np.in1d([1, 2], [2]).tolist() == [False, True]
assert np.asfarray([1, 2]).dtype == np.float64
assert np.mat([[1, 2]]).shape == (1, 2) and np.NINF < 0 < np.infty
# As Python 3.6 splits them.
assert re.split(r"(\\W+)?", "to the hall.") == ["to", " ", "the", " ", "hall", ".", ""]
assert re.split("x*", "xyxay") == ["", "y", "ay"] and re.split("x*", "xyxay", 1) == ["", "yxay"]
assert re.split("(x)?(y)?", "axbc") == ["a", "x", None, "bc"] and re.split("x*", "") == [""]
assert re.split(",", "a,b") == ["a", "b"] and textwrap.wrap("a b", 1) == ["a", "b"]
assert np.round_(0.6) == 1 and np.trapz([0, 1, 1]) == 1.5
print("ran")
"""
FILES = """
import h5py, json
from keras.models import Sequential
from keras.layers import Conv1D, Dense, Flatten

with h5py.File("made.h5") as made:
    made["x"] = [1.0, 2.0]
    made.attrs["text"] = "a\u00e4"
read = h5py.File("made.h5")
assert read["x"].value.tolist() == [1, 2] and read.attrs["text"] == "a\u00e4"
model = Sequential([Conv1D(4, 3, input_shape=(20, 4)), Flatten(), Dense(2)])
model.compile("sgd", "mse")
model.save("model.h5")
stored = h5py.File("model.h5", "r")
assert stored.attrs["keras_version"] == b"2.2.4"
config = json.loads(stored.attrs["model_config"].decode("utf-8"))
layers = config["config"]["layers"]
assert [layer["class_name"] for layer in layers] == ["Conv1D", "Flatten", "Dense"]
first = layers[0]["config"]
assert first["batch_input_shape"] == [None, 20, 4] and first["data_format"] == "channels_last"
trained = json.loads(stored.attrs["training_config"].decode("utf-8"))
expected = {"lr": 0.009999999776482582, "momentum": 0.0, "decay": 0.0, "nesterov": False}
assert trained["optimizer_config"] == {"class_name": "SGD", "config": expected}
assert trained["metrics"] == []
with h5py.File("memory", driver="core", backing_store=False) as memory:
    memory["x"] = [3.0]
    memory.flush()
    assert memory.fid.get_file_image()[1:4] == b"HDF"
text = json.loads(model.to_json())
assert text["keras_version"] == "2.2.4" and text["config"] == config["config"]
print("ran")
"""


@pytest.mark.parametrize("script", [SCRIPT, FILES], ids=["words", "files"])
def test_a_script_has_what_it_had(script, tmp_path):
    (tmp_path / "old.py").write_text(script)
    command = [sys.executable, "-m", "jaxcnn.compat", "--keras", "2.2", "old.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "ran", run.stderr
