"""No figure of a source is invented, and none is missed without a reason."""

import csv
import os
import re
from pathlib import Path

import pytest

from experiments.figures import filled, lines, spread
from experiments.program import SOURCES, programs
from experiments.report import results
from experiments.sources import TABLE, Printed, printed

with open(TABLE, encoding="utf-8", newline="") as opened:
    ROWS = list(csv.DictReader(opened))
TEXTS = Path(os.environ.get("JAXCNN_SOURCES", Path(__file__).parents[3] / "shared"))
NAMES = [f"{row['program']}: {row['figure']}" for row in ROWS]
KEPT = results()


def numbers(text):
    return {float(number) for number in re.findall(r"\d*\.?\d+(?:e\d+)?", text)}


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_value_stands_in_its_quotation(row):
    assert row["program"] in programs()
    assert row["source"] in SOURCES and re.fullmatch(r"\d+(-\d+)?", row["line"])
    words = set(re.findall(r"[a-z_]{3,}", row["value"]))
    assert words - {"to"} <= set(re.findall(r"[a-z_]{3,}", row["quoted"]))
    quoted = numbers(row["quoted"])
    assert numbers(row["value"]) <= quoted | {round(number / 100, 6) for number in quoted}


@pytest.mark.skipif(not (TEXTS / "spec").exists(), reason="the inventories of the sources")
@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_quotation_stands_in_the_inventories(row):
    files = [*(TEXTS / "spec").glob("*.md"), *(TEXTS / "findings").glob("audit-*.md")]
    assert any(row["quoted"] in file.read_text(encoding="utf-8") for file in files)


def test_a_figure_has_one_row():
    assert len(set(NAMES)) == len(ROWS)


def test_only_the_table_says_what_a_source_prints():
    for name, entry in programs().items():
        text = Path(__import__(entry.main.__module__, fromlist=["main"]).__file__).read_text()
        assert "book=" not in text, name


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_missed_figure_says_why(name):
    result, program = KEPT[name], programs()[name].program
    recorded = {figure["name"]: figure for figure in result["figures"]}
    partial = result["changed"] or len(result["seeds"]) < program.seeds
    for figure, source in printed(name).items():
        if figure not in recorded:
            assert partial and figure in program.why, figure
        elif recorded[figure]["exact"] or not source.met(recorded[figure]["values"]):
            assert figure in program.why, figure
    assert set(program.why) <= set(printed(name))


@pytest.mark.parametrize("name", sorted(KEPT))
def test_no_seed_is_chosen(name):
    assert KEPT[name]["seeds"] == list(range(len(KEPT[name]["seeds"])))


@pytest.mark.parametrize("name", programs())
def test_data_are_described(name):
    assert programs()[name].data.startswith("Data: ")


def test_met():
    assert Printed(0.5, "", "", "").met([0.4, 0.6])
    assert Printed(0.5, "", "", "").met([0.5005])
    assert not Printed(0.5, "", "", "").met([0.51])
    assert Printed("0.79 to 0.81", "", "", "").met([0.8025])
    assert not Printed("0.79 to 0.81", "", "", "").met([0.83])
    assert Printed("queen", "", "", "").met(["queen"])
    assert not Printed([8, 7], "", "", "").met([[8, 1]])


def test_a_reason_is_told_once_and_empty_columns_are_left_out():
    program = programs()["c8_emotion"].program
    values = [{"name": f"validation loss at iteration {i}", "values": [9.0], "exact": False}
              for i in (100, 200)]  # fmt: skip
    first, second, *_ = lines({"program": "c8_emotion", "changed": [], "figures": values}, program)
    assert first.why == program.why["validation loss at iteration 100"]
    assert second.why == "as above"
    assert filled(["a", "b", "c"], [["1", "", ""], ["2", "", "3"]]) == (
        ["a", "c"],
        [["1", ""], ["2", "3"]],
    )


def test_lines_of_several_seeds_and_of_a_cut_run():
    program = programs()["u02_line"].program
    result = {"program": "u02_line", "changed": [], "figures": [
        {"name": "test cost", "values": [0.002, 0.004], "exact": False},
        {"name": "parameters", "value": 2, "expected": 2, "exact": True},
    ]}  # fmt: skip
    (line,) = lines(result, program)
    assert (line.source, line.ours) == ("0.0031367", "0.003 (0.002 to 0.004)")
    assert line.difference == "-0.0001367"
    (cut,) = lines(result | {"changed": ["samples=8"]}, program)
    assert cut.difference == "" and cut.source == line.source
    (absent,) = lines(result | {"figures": []}, program)
    assert absent.ours == "not in this run"
    assert spread(["a", "b", "a"]) == "a, b"
