"""Words of Python and NumPy of 2015 to 2019 that a script under ``python -m jaxcnn.compat`` has."""

import subprocess
import sys

SCRIPT = """
import fractions, inspect, random
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
assert fractions.gcd(12, 18) == 6
names = inspect.getargspec(lambda a, b=2, *rest: a)
assert names.args == ["a", "b"] and names.varargs == "rest" and names.defaults == (2,)
assert np.in1d([1, 2], [2]).tolist() == [False, True]
assert np.asfarray([1, 2]).dtype == np.float64
assert np.mat([[1, 2]]).shape == (1, 2) and np.NINF < 0 < np.infty
assert np.round_(0.6) == 1 and np.trapz([0, 1, 1]) == 1.5
print("ran")
"""


def test_removed_words(tmp_path):
    (tmp_path / "old.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "jaxcnn.compat", "old.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "ran", run.stderr
