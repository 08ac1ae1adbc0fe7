"""What editors see: pyright accepts a correct program and finds faults, jedi shows signatures."""

import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jaxcnn as jc

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
LOSS_CLASSES = [name for name, item in jc.losses.registry.items().items() if inspect.isclass(item)]
FURTHER = {
    "applications": jc.applications.APPLICATIONS.names(),
    "callbacks": ["EarlyStopping", "ModelCheckpoint", "CSVLogger", "TensorBoard"],
    "initializers": ["he_normal", "glorot_uniform", "VarianceScaling", "get"],
    "losses": ["categorical_crossentropy", "huber", *LOSS_CLASSES],
    "metrics": ["AUC", "Precision"],
    "models": ["Model", "Sequential", "clone_model", "load_model", "save_model"],
    "optimizers": ["SGD", "Adam", "RMSprop", "Lion"],
    "training": ["init_state", "train_step"],
    "utils": ["to_categorical", "get_file", "plot_model"],
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """(file, line) of what strict pyright says of the two programs."""
    if importlib.util.find_spec("basedpyright") is None:
        pytest.skip('needs basedpyright: pip install ".[test]"')
    folder = tmp_path_factory.mktemp("pyright")
    (folder / "pyrightconfig.json").write_text(
        json.dumps(
            {
                "typeCheckingMode": "strict",
                "pythonVersion": ".".join(map(str, sys.version_info[:2])),
                "include": [str(HERE / name) for name in ("correct.py", "faults.py")],
                "extraPaths": [str(ROOT)],
            }
        )
    )
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(folder)]
    run = subprocess.run(
        [*command, "--pythonpath", sys.executable], capture_output=True, text=True, timeout=300
    )
    report = json.loads(run.stdout)
    assert report["summary"]["filesAnalyzed"] == 2, run.stdout
    return [
        (Path(entry["file"]).name, entry["range"]["start"]["line"] + 1, entry["message"])
        for entry in report["generalDiagnostics"]
    ]


def test_a_correct_program_has_no_complaints_from_strict_pyright(complaints):
    assert len((HERE / "correct.py").read_text().splitlines()) >= 150
    assert [entry for entry in complaints if entry[0] == "correct.py"] == []


def test_every_fault_has_a_complaint(complaints):
    lines = (HERE / "faults.py").read_text().splitlines()
    faults = {i for i, line in enumerate(lines, 1) if line.endswith("# fault")}
    assert len(faults) == 20
    assert faults <= {line for name, line, _ in complaints if name == "faults.py"}


@pytest.mark.slow
def test_the_correct_program_runs(tmp_path):
    run = subprocess.run(
        [sys.executable, str(HERE / "correct.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "JAXCNN_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    assert "(224, 224, 3)" in run.stdout


def test_jedi_shows_every_argument_default_and_docstring():
    jedi = pytest.importorskip("jedi", reason='needs jedi: pip install ".[test]"')
    project = jedi.Project(ROOT)
    names = [("layers", name) for name in jc.layers.__all__]
    names += [(module, name) for module, listed in FURTHER.items() for name in listed]
    names += [
        (network.__module__.removeprefix("jaxcnn."), name)
        for name, network in jc.applications.APPLICATIONS.items().items()
    ]
    names += [("applications.vgg16", "VGG16"), ("applications.resnet50", "ResNet50")]
    for module, name in names:
        item = getattr(importlib.import_module(f"jaxcnn.{module}"), name)
        if not callable(item):
            continue
        script = jedi.Script(f"from jaxcnn.{module} import {name}\n{name}(", project=project)
        (shown,) = script.get_signatures()
        seen = {p.name: p.description for p in shown.params}
        starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        for parameter in inspect.signature(item).parameters.values():
            if parameter.kind in starred:
                continue
            assert parameter.name in seen, (module, name, parameter.name)
            if parameter.default is not inspect.Parameter.empty:
                assert re.search(r"=.", seen[parameter.name]), (module, name, parameter.name)
        assert "Examples:" in shown.docstring(), (module, name)
