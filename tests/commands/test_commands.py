"""The command line: help, quickly and for every command."""

import subprocess
import sys

import pytest

import jaxcnn
from jaxcnn import commands


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom jaxcnn import commands\n"
        "try: commands.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('matplotlib', 'tensorflow_datasets', 'orbax', 'h5py', 'PIL') if "
        "name in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    assert "doctor" in output
    assert output.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main([name, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: jaxcnn {name} ")
    summary = commands.COMMANDS[name][1]
    assert f"{summary[0].upper()}{summary[1:]}." in " ".join(printed.split())


def test_without_a_command_help_is_printed(capsys):
    assert commands.main([]) == 0
    assert "quickstart" in capsys.readouterr().out


def test_faces_alone_prints_its_actions(capsys):
    assert commands.main(["faces"]) == 0
    assert "watch" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["docter"], "jaxcnn: error: there is no command 'docter'. Did you mean 'doctor'?"),
        (["doctor", "--jsn"], "jaxcnn doctor: error: unrecognized arguments: --jsn"),
    ],
)
def test_misspelt_words_are_named(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main(arguments)
    assert ended.value.code == 2 and sentence in capsys.readouterr().err


def test_the_version(capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"jaxcnn {jaxcnn.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("quickstart", "--epochs", "0"),
        ("quickstart", "--epochs", "two"),
        ("classify", "x.png", "--top", "-1"),
        ("detect", "x.png", "--threshold", "3"),
        ("detect", "x.png", "--iou", "nan"),
        ("style", "x.png", "y.png", "--steps", "0"),
        ("style", "x.png", "y.png", "--noise", "2"),
        ("style", "x.png", "y.png", "--seed", "-1"),
        ("quickstart", "--seed", "one"),
        ("faces", "learn", "x", "--seed", "-1"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main(arguments)
    assert ended.value.code == 2
    assert f"argument {arguments[-2]}: {arguments[-1]!r} is not a" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (KeyboardInterrupt(), 130, "\njaxcnn doctor: interrupted.\n"),
        (FileNotFoundError(2, "No such file or directory", "x"), 1,
         "jaxcnn doctor: x: No such file or directory\n"),
        (ValueError("`rate` is 0."), 1, "jaxcnn doctor: `rate` is 0.\n"),
        (ImportError("needs cv2: pip install x"), 1, "jaxcnn doctor: needs cv2: pip install x\n"),
    ],
)  # fmt: skip
def test_an_end_before_its_time_is_one_sentence(error, status, sentence, monkeypatch, capsys):
    def run(parsed):
        raise error

    monkeypatch.setattr("jaxcnn.commands.doctor.run", run)
    assert commands.main(["doctor"]) == status
    assert capsys.readouterr().err == sentence


def test_a_reader_who_leaves_ends_the_command_silently():
    program = f"{sys.executable} -m jaxcnn doctor --json"
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | true"], capture_output=True, text=True
    )
    assert ended.stderr == "" and ended.returncode in (0, 141)
