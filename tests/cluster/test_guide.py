"""The page on clusters: each command is run by a test, or said not to have been run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guides" / "cluster.md").read_text()
SBATCH = "sbatch --parsable {options}"
HERE = ("jaxcnn ", "python ")
# What the tests of a real SLURM (test_slurm.py, slurm.py) run, as they write it.
IN_SLURM = {
    "sbatch --time=04:00:00 experiments/cluster/slurm.sh --epochs 12": SBATCH,
    "scancel --signal=TERM $JOB": "scancel --signal=TERM {job.number}",
    "scontrol show job $JOB -o": "scontrol show job {job} -o",
    "scancel $JOB": "scancel {first.number}",
    "CHECKPOINTS=runs/mnist-1 sbatch experiments/cluster/slurm.sh --epochs 12": "CHECKPOINTS",
}


def commands():
    """Those of all blocks that are not titled "not run here"."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
    return [line for block in blocks for line in block.splitlines()]


def run(command, folder):
    words = shlex.split(command.replace("experiments/cluster", f"{ROOT}/experiments/cluster"))
    words[:1] = [sys.executable] if words[0] == "python" else [sys.executable, "-m", words[0]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_command_is_run_by_a_test_or_said_not_to_be():
    folder = Path(__file__).parent
    slurm = (folder / "test_slurm.py").read_text() + (folder / "slurm.py").read_text()
    assert len(commands()) > 8
    for command in commands():
        assert command.startswith(HERE) or IN_SLURM[command] in slurm, command


def test_blocks_of_other_clusters_are_said_not_to_have_been_run():
    blocks = re.findall(r"^```sh title=\"not run here\"\n(.*?)^```", PAGE, re.M | re.S)
    assert {block.split()[0] for block in blocks} == {
        "pip",
        "kubectl",
        "experiments/cluster/tpu_pod.sh",
    }


def test_the_commands_for_this_machine(tmp_path):
    (tmp_path / "runs").mkdir()
    launch, status = (c for c in commands() if "runs/logs" in c)
    said = run(launch, tmp_path)
    assert "Epoch 2/2" in said and (tmp_path / "runs" / "logs" / "process-1.log").exists()
    assert run(status, tmp_path) == "2 processes on 1 machine; 2 done\n"
    (machines,) = (c for c in commands() if "--machines" in c)
    assert [line[:3] for line in run(machines, tmp_path).splitlines()] == ["a: ", "b: "]
    assert "devices" in run("jaxcnn doctor", tmp_path)


@pytest.mark.slow
def test_the_dry_run(tmp_path):
    (dry,) = (c for c in commands() if "dry_run" in c)
    assert "8 devices, 64 samples each" in run(dry, tmp_path)
