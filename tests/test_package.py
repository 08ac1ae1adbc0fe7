"""What a source distribution contains, and what builds and tests the package elsewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def test_the_library_is_compiled_where_it_can_be_and_left_out_elsewhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["build-system"]["build-backend"] == "scikit_build_core.build"
    build = project["tool"]["scikit-build"]
    linux, failed = build["overrides"]
    assert build["wheel"]["cmake"] is False and linux["wheel"]["cmake"] is True
    assert re.match(linux["if"]["platform-system"], "linux")
    assert failed == {"if": {"failed": True}, "wheel": {"cmake": False}}


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["", "/nowhere/c++"])
def test_what_is_built_has_every_file_of_the_package(tmp_path, compiler):
    """With a compiler and without: the source distribution, and the wheel that it makes."""
    pytest.importorskip("build", reason="needs build: pip install build")
    if not (ROOT / ".git").exists():
        pytest.skip("these tests are not beside the sources")
    environment = {**os.environ, **({"CXX": compiler} if compiler else {})}
    command = [sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, env=environment, check=True, timeout=900)
    (wheel,) = tmp_path.glob("*.whl")
    (sources,) = tmp_path.glob("*.tar.gz")
    of_wheel = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(sources) as archive:
        of_sources = {name.partition("/")[2] for name in archive.getnames()}
    library = "jaxcnn/ops/onednn/libjaxcnn_onednn.so"
    assert (library in of_wheel) == (not compiler) == (not wheel.stem.endswith("-any"))
    git = ["git", "-C", str(ROOT), "ls-files", "jaxcnn", "tests", "CMakeLists.txt"]
    tracked = set(subprocess.run(git, check=True, capture_output=True, text=True).stdout.split())
    assert tracked - of_sources == set()
    package = {name for name in tracked if name.startswith("jaxcnn/")}
    left_out = {
        n for n in package - of_wheel if not re.search(r"onednn/(\w+\.(cc|h)|headers.py)$", n)
    }
    assert left_out == set()


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
    assert {
        name.split("-")[0] for name in jobs["release"]["strategy"]["matrix"]["system"]
    } == systems
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert ".[test]" in container["postCreateCommand"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    named = re.search(r"^ARG EXTRAS=(.*)$", dockerfile, flags=re.MULTILINE)[1]
    assert set(named.split(",")) <= set(extras)


def test_the_release_is_compiled_for_the_c_library_of_2018():
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
