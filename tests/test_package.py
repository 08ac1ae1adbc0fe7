"""What a source distribution contains."""

import fnmatch
from pathlib import Path

import pytest

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
