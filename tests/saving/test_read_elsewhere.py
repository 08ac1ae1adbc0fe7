"""What we write is read by the real Keras 2.0.4, 2.2.4, tf-keras and Keras 3, and predicts alike.

`zoo/write_ours.py` writes, `zoo/read_ours.py` reads. The older ones are looked for in the folder
that `../era/make_env.sh` fills, or that ENVS names: FOLDER/k204, k224 and tf221 (tf-keras
beside TensorFlow). `pytest -s -m slow tests/saving/test_read_elsewhere.py` prints what became of
every class.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ENVS = Path(os.environ.get("ENVS") or HERE.parent / "envs")
# Name -> (its Python, its package, the dialect that is for it, others that it reads).
READERS = {
    "2.0.4": (ENVS / "k204/bin/python", "keras", ["2.0"], ["h5"]),
    "2.2.4": (ENVS / "k224/bin/python", "keras", ["2.2"], ["h5"]),
    "tf-keras": (ENVS / "tf221/bin/python", "tf_keras", ["2.2"], ["h5"]),
    "3": (Path(sys.executable), "keras", ["3", "3.keras"], ["keras"]),
}
# Channels first needs a GPU in TensorFlow, which reads the file well.
WELL = ("equal", "read, needs a GPU")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The folder with what we wrote, and its index by number."""
    folder = tmp_path_factory.mktemp("ours")
    command = [sys.executable, str(HERE / "zoo/write_ours.py"), str(folder)]
    subprocess.run(command, check=True, timeout=1800)
    index = json.loads((folder / "index.json").read_text())
    return folder, {entry["number"]: entry for entry in index}


def read_by(python, package, folder, dialects):
    """(number, dialect) -> what became of the file."""
    older = {} if python == Path(sys.executable) else {"PYTHONPATH": "", "XLA_FLAGS": ""}
    backend = "numpy" if python == Path(sys.executable) else "tensorflow"
    environment = {
        **os.environ,
        **older,
        "KERAS_NAME": package,
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(folder / "home"),
        "HOME": str(folder),
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }
    command = [str(python), "-W", "ignore", str(HERE / "zoo/read_ours.py"), str(folder), *dialects]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=3000, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    said = json.loads(run.stdout.splitlines()[-1])
    return {(number, dialect): outcome for number, dialect, outcome in said["results"]}


@pytest.mark.slow
@pytest.mark.parametrize("version", READERS)
def test_the_real_ones_predict_as_we_do(version, ours):
    python, package, own, others = READERS[version]
    if not python.exists():
        pytest.skip(f"Keras {version} is not in {python}: tests/era/make_env.sh, or ENVS")
    folder, index = ours
    results = read_by(python, package, folder, own + others)
    print_table(version, own[0], index, results)
    wrong = []
    for (number, dialect), outcome in results.items():
        entry = index[number]
        # Without keras= a file says all of the model, also what only later Keras has.
        later = own[0] in entry["refused"] or (version == "2.0.4" and "'reset_after'" in outcome)
        beyond = dialect in others and later
        if outcome not in WELL and not beyond:
            wrong.append((dialect, entry["kind"], entry["argument"], entry["value"], outcome))
    assert not wrong, wrong
    assert sum(outcome == "equal" for outcome in results.values()) > len(index) / 2


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.0.4", "2.2.4"])
def test_the_real_ones_continue_with_the_optimizers_state(version, tmp_path):
    python, _, (dialect, *_), _ = READERS[version]
    if not python.exists():
        pytest.skip(f"Keras {version} is not in {python}: tests/era/make_env.sh, or ENVS")
    script = [str(HERE / "zoo/optimizer_states.py")]
    program = [sys.executable, "-m", "jaxcnn.compat", "--keras", dialect]
    subprocess.run([*program, *script, "write", str(tmp_path), dialect], check=True, timeout=600)
    assert len(list(tmp_path.glob("*.h5"))) == 21
    environment = {**os.environ, "PYTHONPATH": "", "XLA_FLAGS": "", "KERAS_BACKEND": "tensorflow"}
    run = subprocess.run(
        [str(python), "-W", "ignore", *script, "read", str(tmp_path), dialect],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr[-2000:]


def print_table(version, dialect, index, results):
    """How many files of each class are equal, and what is refused at saving."""
    counts, reasons = defaultdict(Counter), defaultdict(set)
    for number, entry in index.items():
        kind = entry["kind"]
        if dialect in entry["refused"]:
            counts[kind]["refused"] += 1
            sentence = entry["refused"][dialect].split(": ", 1)[-1]
            reasons[kind].add(sentence.removeprefix("Keras ").split(", which is")[0])
        else:
            counts[kind][results[number, dialect].split(":")[0]] += 1
    print(f"\nKeras {version}, keras='{dialect}':")
    for kind, count in counts.items():
        said = ", ".join(f"{number} {outcome}" for outcome, number in count.items())
        print(f"  {kind}: {said}", *sorted(reasons[kind]), sep="; " if reasons[kind] else "")
