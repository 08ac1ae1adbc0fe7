"""What a source distribution contains, and what builds and tests the package elsewhere."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def test_a_source_distribution_has_every_file_of_the_package():
    if not (ROOT / "MANIFEST.in").is_file():
        pytest.skip("these tests are not beside the sources")
    included = next(
        line.split()[2:]
        for line in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()
        if line.startswith("recursive-include jaxcnn")
    )
    made = {".so", ".pyc"}
    others = [
        path.name
        for path in (ROOT / "jaxcnn").rglob("*")
        if path.is_file() and path.suffix not in {".py", *made}
    ]
    assert "conv.cc" in others and "support.h" in others
    missing = [n for n in others if not any(fnmatch.fnmatch(n, pattern) for pattern in included)]
    assert missing == []


def test_the_list_of_long_tests_names_tests_that_exist():
    for line in (ROOT / "tests" / "slow.txt").read_text().splitlines():
        path, name = line.split("::")
        assert f"def {name.split('[')[0]}(" in (ROOT / path).read_text(), line


def test_the_library_is_compiled_against_the_oldest_jaxlib_that_is_allowed():
    """An extension loads beside newer ones, and not beside older ones."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = next(r for r in project["build-system"]["requires"] if r.startswith("jaxlib"))
    allowed = next(r for r in project["project"]["dependencies"] if re.match(r"jax\W", r))
    lowest = re.fullmatch(r"jax>=(\d+)\.(\d+)", allowed)
    major, minor = map(int, lowest.groups())
    assert needed.startswith(f"jaxlib>={major}.{minor},<{major}.{minor + 1};")


def test_what_builds_and_tests_elsewhere_can_be_read():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())
    jobs = workflow["jobs"]
    systems = {
        row["system"].split("-")[0] for row in jobs["tests"]["strategy"]["matrix"]["include"]
    }
    assert systems == {"ubuntu", "macos", "windows"}
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert 'python -m pip install ".[test]"' in steps and ".ci/release artefacts" in steps
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert ".[test]" in container["postCreateCommand"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    named = re.search(r"^ARG EXTRAS=(.*)$", dockerfile, flags=re.MULTILINE)[1]
    assert set(named.split(",")) <= set(extras)


def test_the_compiler_may_have_several_words(tmp_path, monkeypatch):
    """As `zig c++` has, which compiles for an older C library than that of the machine."""
    build_backend = pytest.importorskip("jaxcnn.ops.onednn.build_backend")
    headers = tmp_path / "xla/ffi/api"
    monkeypatch.setattr(build_backend, "_installed", lambda _, name: headers / name)
    monkeypatch.setenv("CXX", "python -m ziglang c++ -target x86_64-linux-gnu.2.28")
    call = build_backend.compiler_call(tmp_path / "library.so")
    assert call[:6] == ["python", "-m", "ziglang", "c++", "-target", "x86_64-linux-gnu.2.28"]
    monkeypatch.delenv("CXX")
    assert build_backend.compiler_call(tmp_path / "library.so")[0] == "g++"
    release = (ROOT / ".ci/release").read_text()
    assert "x86_64-linux-gnu.2.28" in release and "--plat manylinux_2_28_x86_64" in release


def test_the_release_script_is_sound():
    script = ROOT / ".ci/release"
    assert os.access(script, os.X_OK)
    shellcheck = shutil.which("shellcheck") or Path(sys.executable).parent / "shellcheck"
    if not Path(shellcheck).exists():
        pytest.skip("needs shellcheck")
    checked = subprocess.run([shellcheck, script], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
