"""Keras 1.2.2, 2.0.4 and 2.2.4 as referees: what they computed, and whether jaxcnn computes it too.

The tables in `cases` run unchanged under the real Keras (`run_old_keras.py`; its answers are in
`reference`) and, with `keras` standing for jaxcnn, here. `known.py` lists the differences that are
decided, with the reason of each; `open.txt` those that are still to be mended, which must fail.
Of the groups that take minutes the cases in `telling.txt` are always run.
"""

import importlib
import os
import sys
import tarfile
import warnings
from pathlib import Path

import pytest

from ..other_keras import set_aside

HERE = Path(__file__).parent
GROUPS = (
    "layers",
    "functions",
    "optimizers",
    "training",
    "printing",
    "preprocessing",
    "backend",
    "files",
    "configs",
    "keras1",
    "applications",
    "custom",
    "programs",
)
SLOW = {
    "functions",
    "layers",
    "optimizers",
    "training",
    "files",
    "keras1",
    "applications",
    "programs",
}  # minutes
OPEN = set((HERE / "open.txt").read_text(encoding="utf-8").splitlines())
TELLING = set((HERE / "telling.txt").read_text(encoding="utf-8").splitlines())


def helper(name):
    """A module beside this file, which the old Pythons import by its bare name."""
    if str(HERE) not in sys.path:
        sys.path.append(str(HERE))
    return importlib.import_module(name)


store = helper("store")
REFERENCE = {group: store.read(str(HERE / "reference" / f"{group}.xz")) for group in GROUPS}


@pytest.fixture(scope="session")
def era_files(tmp_path_factory):
    """The files that the old Keras wrote."""
    folder = tmp_path_factory.mktemp("era")
    with tarfile.open(HERE / "reference" / "files.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def as_keras(era_files, monkeypatch):
    """`keras` is jaxcnn, as for programs of the time; another Keras is put back afterwards."""
    from jaxcnn import compat

    monkeypatch.setenv("ERA_FOLDER", str(era_files))
    with set_aside():
        compat.install()
        yield


def cases(group):
    """The cases of a group; their modules are imported once, while `keras` is jaxcnn."""
    harness = helper("harness")
    module = next(m for m, names in harness.MODULES.items() if group in names)
    harness.groups([module])
    return harness.GROUPS[group]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        pytest.param(
            group,
            name,
            id=f"{group}: {name}",
            marks=[pytest.mark.slow] if group in SLOW and f"{group}: {name}" not in TELLING else [],
        )
        for group, answers in REFERENCE.items()
        for name in answers
    ],
)
def test_as_the_real_keras(group, name, as_keras, monkeypatch):
    monkeypatch.chdir(os.environ["ERA_FOLDER"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = helper("harness").run(cases(group)[name])
    compare = helper("compare")
    differences = [
        f"{era} [{key}] {reason}"
        for era, theirs in REFERENCE[group][name].items()
        for key, reason in compare.compare(group, theirs, ours) or []
        if compare.explanation(era, group, name, key) is None
    ]
    if f"{group}: {name}" in OPEN:
        assert differences, "equal now: take it out of open.txt"
        pytest.xfail(differences[0])
    assert not differences, "\n".join(differences[:8])
