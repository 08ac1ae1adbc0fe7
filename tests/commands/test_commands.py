"""The command line: help, quickly and for every command."""

import subprocess
import sys

import pytest

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
    summary = commands.COMMANDS[name][1].capitalize() + "."
    assert summary in " ".join(printed.split())
