"""Every oddity that the inventories of the sources list has a line in ERRATA.md."""

import re

import pytest

from experiments.program import FOLDER
from experiments.report import results

RANGES = {
    r"B{:02d}": [(1, 17), (20, 24), (30, 42), (50, 52), (60, 63), (70, 80)],
    r"X{:02d}": [(1, 35)],
    r"O{}": [(1, 28)],
}
IDS = [
    form.format(n)
    for form, ranges in RANGES.items()
    for first, last in ranges
    for n in range(first, last + 1)
]


@pytest.fixture(scope="module")
def rows():
    lines = (FOLDER / "ERRATA.md").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|")]


@pytest.mark.parametrize("number", IDS)
def test_oddity_has_a_line(number, rows):
    assert any(re.search(rf"\b{number}\b", row.split("|")[1]) for row in rows)


def test_the_row_of_epsilon_says_what_the_rows_of_p12_show(rows):
    (row,) = (row for row in rows if re.match(r"\| B15 \|", row))
    kept = {figure["name"]: figure for figure in results()["p12_mnist"]["figures"]}
    for name in (
        "Test accuracy",
        "with epsilon 1e-6: test accuracy",
        "test accuracy after 3 epochs",
    ):
        values = kept[name]["values"]
        assert f"{100 * sum(values) / len(values):.2f} %" in row, name


def test_every_line_has_four_parts(rows):
    assert all(len(re.split(r"(?<!\\)\|", row)) == 6 for row in rows)
