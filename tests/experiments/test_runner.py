"""The runner: its faults, its files, going on after an interruption, and the reports."""

import dataclasses
import json
from html.parser import HTMLParser

import jax
import numpy as np
import pytest

from experiments import __main__ as main_module
from experiments import gallery, gpu_runs, report
from experiments.__main__ import main
from experiments.data import DATA
from experiments.program import FOLDER, SOURCES, Entry, Program, find, programs
from experiments.run import execute, lines_together
from experiments.seeds import execute_seeds


def test_result(entry, tmp_path):
    result = execute(entry, tmp_path, quick=True, seed=3, changes=("note=b",))
    assert result == json.loads((tmp_path / "result.json").read_text())
    assert result["state"] == "passed"
    assert result["command"] == "python -m experiments run small --quick --seeds 3 --set note=b"
    assert result["settings"] == {"epochs": 2, "note": "b"}
    loss, parameters = result["figures"]
    assert loss["name"] == "loss" and len(loss["values"]) == 1 and not loss["exact"]
    assert parameters == {"name": "parameters", "value": 3, "expected": 3, "exact": True}
    assert {path.name for path in tmp_path.iterdir()} == {
        *("result.json", "training.png", "training.csv", "points.png", "model.h5"),
    }
    assert (tmp_path / "training.csv").read_text().splitlines()[0] == "epoch,loss"


def test_lines_over_one_scale_have_whole_steps():
    (axes,) = lines_together({"a": [3.0, 2.0], "b": [1.0, 2.0]}, "two", "pass").axes
    assert (axes.get_title(), axes.get_xlabel()) == ("two", "pass")
    assert [list(line.get_xdata()) for line in axes.get_lines()] == [[1, 2], [1, 2]]
    assert all(tick == int(tick) for tick in axes.get_xticks())


def test_only_a_whole_run_is_compared_with_the_source(entry, tmp_path, capsys):
    execute(entry, tmp_path / "full", quick=False)
    assert "(source: 0.01)" in capsys.readouterr().out
    execute(entry, tmp_path / "quick", quick=True)
    execute(entry, tmp_path / "cut", quick=False, changes=("epochs=1",))
    assert "source" not in capsys.readouterr().out


def test_several_seeds_are_one_result(entry, tmp_path):
    result = execute_seeds(entry, tmp_path, False, (0, 1, 2))
    assert result == json.loads((tmp_path / "result.json").read_text())
    assert result["seeds"] == [0, 1, 2] and result["command"].endswith("--full --seeds 0,1,2")
    loss, parameters = result["figures"]
    assert len(set(loss["values"])) == 3 and parameters["value"] == 3
    again = execute(entry, tmp_path / "again", False, 1)
    assert again["figures"][0]["values"] == loss["values"][1:2]
    assert (tmp_path / "points.png").exists() and (tmp_path / "training.csv").exists()


def test_seeds_that_are_done_are_not_run_again(entry, tmp_path):
    execute(entry, tmp_path / "seed0", False, 0)
    before = (tmp_path / "seed0/result.json").stat().st_mtime_ns
    execute_seeds(entry, tmp_path, False, (0, 1))
    assert (tmp_path / "seed0/result.json").stat().st_mtime_ns == before


def test_the_same_seed_gives_the_same_figures(entry, tmp_path):
    first, second, other = (
        execute(entry, tmp_path / str(i), True, seed)["figures"] for i, seed in enumerate((5, 5, 6))
    )
    assert first == second != other


def test_an_interrupted_run_goes_on(entry, tmp_path):
    def interrupted(run):
        run.settings.epochs = 1
        entry.main(run)
        raise KeyboardInterrupt

    whole = execute(entry, tmp_path / "whole", quick=False)
    with pytest.raises(KeyboardInterrupt):
        execute(
            Entry("small", "quickstart", entry.program, interrupted),
            tmp_path / "parts",
            quick=False,
        )
    assert not (tmp_path / "parts/result.json").exists()
    resumed = execute(entry, tmp_path / "parts", quick=False)
    assert resumed["resumed"] and not whole["resumed"]
    assert resumed["figures"] == whole["figures"]
    assert not execute(entry, tmp_path / "parts", quick=False)["resumed"]


def test_checkpoints_of_another_run_are_not_used(entry, tmp_path):
    def interrupted(run):
        entry.main(run)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(Entry("small", "quickstart", entry.program, interrupted), tmp_path, quick=False)
    assert not execute(entry, tmp_path, quick=False, seed=1)["resumed"]


def test_a_wrong_figure_fails_the_program(entry, tmp_path):
    wrong = Entry(
        "wrong", "quickstart", entry.program, lambda run: run.check("answer", np.float32(41), 42)
    )
    result = execute(wrong, tmp_path, quick=True)
    assert result["state"] == "failed"
    assert "answer is 41, expected 42" in result["error"]


def test_a_figure_of_the_source_that_is_not_recorded_fails_the_program(entry, tmp_path):
    result = execute(
        Entry("silent", "quickstart", entry.program, lambda run: None), tmp_path, quick=False
    )
    assert result["state"] == "failed" and "did not record the source's loss" in result["error"]


def test_missing_data_skips(entry, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path / "empty"))
    needy = Entry(
        "needy", "quickstart", Program("Needs faces", ("T2",), data=("orl_faces",)), entry.main
    )
    result = execute(needy, tmp_path / "out", quick=True)
    assert result["state"] == "skipped" and result["needs"].startswith("ORL faces")
    assert "skipped: needs ORL faces" in capsys.readouterr().out
    needy = Entry(
        "needy",
        "quickstart",
        Program("Needs a package", ("T2",), packages=("no_such_package",)),
        entry.main,
    )
    assert execute(needy, tmp_path / "out", quick=True)["needs"] == "the package no_such_package"
    needy = Entry(
        "needy",
        "quickstart",
        Program("Needs a command", ("T2",), commands=("no-such",)),
        entry.main,
    )
    assert execute(needy, tmp_path / "out", quick=True)["needs"] == "the program no-such"
    jax.devices()  # from here on there are as many as there are
    needy = Entry("needy", "quickstart", Program("Needs devices", ("T2",), devices=99), entry.main)
    needs = execute(needy, tmp_path / "out", quick=True)["needs"]
    assert needs == "99 devices, which a process of its own has: run it alone"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "smal"], "There is no program 'smal'. Nearest: small"),
        (["run"], "Say which program"),
        (["run", "small", "--all"], "Say which program"),
        (["run", "small", "--set", "epoch=2"], "no setting 'epoch'. Nearest: epochs"),
        (["run", "small", "--set", "epochs"], "expected key=value"),
        (["run", "small", "--set", "epochs=many"], "expected a value such as 3 (int)"),
        (["run", "--all", "--set", "epochs=2"], "--set needs a program"),
    ],
)
def test_faults_of_the_command_line(arguments, message, only_small, tmp_path, capsys):
    assert main([*arguments, *(["--out", str(tmp_path)] if arguments[0] == "run" else [])]) == 2
    assert message in capsys.readouterr().err


def test_unknown_data_is_named():
    with pytest.raises(ValueError, match=r"Unknown data 'mnits'\. Nearest: mnist"):
        Program("A program", data=("mnits",))
    with pytest.raises(ValueError, match="`quick` has 'epoch'"):
        Program("A program", settings={"epochs": 2}, quick={"epoch": 1})


def test_programs_are_found_by_name_and_id(only_small, entry):
    assert find("small") is find("t1") is entry


def test_list_and_run_all(only_small, tmp_path, capsys):
    assert main(["run", "--all", "--quick", "--out", str(tmp_path)]) == 0
    assert "1 passed" in capsys.readouterr().out
    assert main(["list"]) == 0
    assert "A line" in capsys.readouterr().out


def test_list_says_how_to_get_what_is_missing(only_small, entry, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    data = ("mnist", "orl_faces", "tiny_yolo")
    needy = Program("Needs data", ("T2",), data=data, packages=("no_such_package",))
    monkeypatch.setattr(
        main_module, "programs", lambda: {"needy": Entry("needy", "quickstart", needy, entry.main)}
    )
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert "from jaxcnn.datasets import mnist; mnist.load_data()" in text
    assert f"cp -r orl_faces.npz {tmp_path}/home/datasets/ && " in text
    assert f"curl -L --create-dirs -o {tmp_path}/home/models/yolov3-tiny.weights http" in text
    assert text.rstrip().endswith("pip install no_such_package")


def test_report_writes_only_where_it_is_told(only_small, entry, tmp_path, capsys):
    assert main(["report"]) == 2
    assert "--to FOLDER" in capsys.readouterr().err
    execute(entry, tmp_path / "runs/small", quick=False)
    told = ["report", "--keep", str(tmp_path / "runs"), "--to", str(tmp_path / "kept")]
    assert main(told) == main(told) == 0
    new, _, _, replaced, _, _ = capsys.readouterr().out.splitlines()[-6:]
    assert new.startswith("new: ") and replaced.startswith("replaced: ")
    assert (tmp_path / "kept/RESULTS.md").exists()


def test_runs_to_be_made_are_those_that_were_cut_or_lack_seeds_or_all(entry, monkeypatch):
    long = dataclasses.replace(entry.program, minutes=120, seeds=3)
    known = {"small": entry, "long": dataclasses.replace(entry, name="long", program=long)}
    monkeypatch.setattr("experiments.gpu_runs.programs", lambda: known)
    whole = {"changed": [], "seeds": [0]}
    cut = {"changed": ["epochs=1"], "seeds": [0]}
    *_, row = gpu_runs.page({"small": cut, "long": whole | {"seeds": [0, 1, 2]}}).splitlines()
    assert row == "| T1 | `python -m experiments run small --full` | 0.00167 | cut by epochs=1 |"
    *_, row = gpu_runs.page({"small": whole, "long": whole}).splitlines()
    assert row == "| T1 | `python -m experiments run long --full` | 6 | 1 of 3 seeds |"
    *_, row = gpu_runs.page({"small": whole}).splitlines()
    assert row.endswith("| 6 | none |")


def test_the_committed_pages_are_those_of_the_results():
    results = report.results()
    assert (FOLDER / "GPU_RUNS.md").read_text(encoding="utf-8") == gpu_runs.page(results)


def test_every_id_belongs_to_one_program():
    ids = [number for entry in programs().values() for number in entry.program.ids]
    assert len(ids) == len(set(ids))
    assert {entry.source for entry in programs().values()} <= set(SOURCES)


def test_report_and_gallery(only_small, entry, tmp_path):
    runs, kept = tmp_path / "runs", tmp_path / "kept"
    execute(entry, runs / "small", quick=False)
    execute(entry, runs / "quick/small", quick=True)
    assert report.gather(runs, kept) == {"small": False}
    assert report.gather(runs, kept) == {"small": True}
    assert {path.name for path in (kept / "small").iterdir()} == {
        *("result.json", "training.png", "training.csv", "points.png"),
    }
    text = report.write(tmp_path / "RESULTS.md", kept).read_text()
    assert "| [small](#small) | loss | 0.01 |" in text and "| three epochs |" in text
    assert "|  | 1 checked |  | as expected |  |  |" in text
    assert '<img src="results/small/points.png" alt="A line: points" width="240">' in text
    assert "Checked: parameters: 3." in text
    assert "`python -m experiments run small --full --seeds 0`" in text

    page = gallery.write(tmp_path / "gallery.html", kept).read_text()
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert not tags.open
    assert tags.count["img"] == 1 and tags.count["article"] == 1
    assert 'src="http' not in page and 'href="http' not in page
    assert {"x": [1.0, 2.0, 3.0]}.items() <= json.loads(tags.data["application/json"]).items()


class Tags(HTMLParser):
    """Counts the tags of a page and sees that each is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.count, self.data, self.kind = [], {}, {}, None

    def handle_starttag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.kind = dict(attributes).get("type") if tag == "script" else None
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_data(self, data):
        if self.kind:
            self.data[self.kind] = data

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.kind = None


def test_the_source_s_own_weights_are_taken_where_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    alexnet = DATA["alexnet"]
    assert not alexnet.present() and alexnet.described()["kind"] == "substitute"
    (tmp_path / "models").mkdir()
    (tmp_path / "models/bvlc_alexnet.npy").touch()
    assert alexnet.present() and alexnet.has_own()
    assert alexnet.described() == {
        "title": "ImageNet weights of AlexNet",
        "kind": "real",
        "file": "bvlc_alexnet.npy",
    }


def test_the_source_s_own_word_vectors_are_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    assert not DATA["glove"].present()
    (tmp_path / "datasets/glove.6B.100d.txt").touch()
    assert DATA["glove"].present() and DATA["glove"].described() == {
        "title": "GloVe 6B, 100 numbers a word",
        "kind": "real",
        "file": "glove.6B.100d.txt",
    }


def test_the_list_has_a_header_over_its_columns_and_the_state_of_this_machine(
    only_small, entry, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(main_module, "RUNS", tmp_path)
    header, line = listed(capsys)
    assert line[header.index("what it shows") :].startswith("A line")
    column = header.index("here")
    assert line[column:].startswith("not run  ") and line[: column - 2].endswith("0.1")
    assert main(["run", "small", "--quick"]) == 0
    assert listed(capsys)[1][column:].startswith("done, quick")
    assert main(["run", "small"]) == 0
    assert listed(capsys)[1][column:].startswith("done  ")


def listed(capsys):
    """The header and the line of the one program."""
    capsys.readouterr()
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return lines[0], next(line for line in lines if line.startswith("small"))


def test_a_skipped_program_is_not_done(only_small, entry, tmp_path, monkeypatch, capsys):
    needy = Program("Needs a package", ("T2",), packages=("no_such_package",))
    entries = {"needy": Entry("needy", "quickstart", needy, entry.main)}
    monkeypatch.setattr(main_module, "programs", lambda: entries)
    monkeypatch.setattr(main_module, "find", entries.get)
    monkeypatch.setattr(main_module, "RUNS", tmp_path)
    assert main(["run", "needy"]) == 1
    assert "get it by: pip install no_such_package" in capsys.readouterr().out
    assert main(["run", "--all"]) == 0
    assert "skipped: needy" in capsys.readouterr().err
    assert main(["list"]) == 0
    assert "skipped" in capsys.readouterr().out


@pytest.mark.parametrize("seeds", ["x", "-1", "0,one"])
def test_seeds_are_whole_numbers(seeds, capsys):
    with pytest.raises(SystemExit):
        main(["run", "small", f"--seeds={seeds}"])
    assert "is not a whole number of 0 or more" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 0
    assert "list" in capsys.readouterr().out


def test_weights_that_are_published_come_with_their_address():
    line = DATA["mobilenet"].command()
    assert line.startswith("curl -L --create-dirs -o ") and "mobilenet_1_0_224_tf.h5 http" in line
