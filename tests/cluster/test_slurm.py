"""The template for SLURM on a SLURM: asked to end, requeued, killed, cancelled, out of time."""

import csv
import os
import re
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from .slurm import ROOT, Slurm, missing

TEMPLATE = ROOT / "experiments" / "cluster" / "slurm.sh"
SMALL = "--sample --samples 128 --batch-size 32 --every 1000"
EPOCHS = 8
METRICS = ("loss", "acc", "val_loss", "val_acc")

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there is one")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    slurm = Slurm(tmp_path_factory.mktemp("slurm"))
    yield slurm
    slurm.stop()


class Job:
    """A script on both nodes: the template with its program."""

    def __init__(self, cluster, name, epochs=EPOCHS, options="", script=TEMPLATE):
        self.cluster, self.folder = cluster, cluster.folder / name
        self.log = cluster.folder / f"{name}.log"
        options = (
            f"--nodes=2 --ntasks-per-node=1 --gpus-per-node=0 --cpus-per-task=1 "
            f"--output={self.log} {options}"
        )
        self.number = cluster.submit(
            options,
            script,
            f"{SMALL} --epochs {epochs}" if script == TEMPLATE else f"epochs={epochs} slowly=0.5",
            CHECKPOINTS=str(self.folder),
            PYTHONPATH=str(ROOT),
            PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        )

    @property
    def said(self):
        return self.log.read_text() if self.log.exists() else ""

    def wait_for_epoch(self, epoch):
        self.cluster.wait_for(lambda: f"Epoch {epoch}/" in self.said, f"epoch {epoch}", 300)

    def wait_for_step(self, step):
        self.cluster.wait_for(lambda: self.steps() >= step, f"step {step}", 300)

    def steps(self):
        """The newest step of which process 0 of `by_steps` has told."""
        return max(map(int, re.findall(r"^0: done (\d+)$", self.said, re.MULTILINE)), default=0)

    def wait_for_end(self):
        return self.cluster.wait_for_end(self.number, 300)

    def restarts(self):
        return int(self.cluster.facts(self.number)["Restarts"])

    def result(self):
        """Losses and accuracies of all epochs, in training and validation, digit by digit."""
        with open(f"{self.folder}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        return [[row[key] for key in ("epoch", *METRICS)] for row in rows]


@pytest.fixture(scope="module")
def undisturbed_job(cluster):
    return Job(cluster, "undisturbed")


@pytest.fixture
def undisturbed(undisturbed_job):
    assert undisturbed_job.wait_for_end() == "COMPLETED", undisturbed_job.said[-3000:]
    return undisturbed_job.result()


def test_asked_to_end_it_saves_is_requeued_and_ends_with_the_same_bits(cluster, undisturbed_job):
    job = Job(cluster, "asked")
    job.wait_for_epoch(2)
    cluster.run(f"scancel --signal=TERM {job.number}")
    # The other goes on beside it.
    for each in (undisturbed_job, job):
        assert each.wait_for_end() == "COMPLETED", each.said[-3000:]
    assert job.restarts() == 1 and undisturbed_job.restarts() == 0
    assert re.search(r"Asked to end: the state after step \d+ is in", job.said)
    assert job.result() == undisturbed_job.result()


@pytest.mark.slow
def test_a_node_that_dies_costs_the_job_its_place_but_no_epoch(cluster, undisturbed):
    job = Job(cluster, "killed")
    job.wait_for_epoch(4)
    cluster.kill_node("n2")
    cluster.wait_for(lambda: job.restarts() == 1, "requeued job", 120)
    cluster.nodes["n2"] = cluster.start_node("n2")
    assert job.wait_for_end() == "COMPLETED", job.said[-3000:]
    assert "Resumed at" in job.said
    assert job.result() == undisturbed


@pytest.mark.slow
def test_before_the_time_is_up_it_saves_and_is_requeued(cluster):
    # Two minutes before the end, as the template has it: a minute after the start.
    job = Job(cluster, "late", epochs=10_000, options="--time=3")
    cluster.wait_for(lambda: job.restarts() == 1, "requeued job", 240)
    assert re.search(r"Asked to end: the state after step \d+ is in", job.said)
    cluster.wait_for(lambda: "Resumed at" in job.said, "second life", 240)
    cluster.run(f"scancel {job.number}")
    assert job.wait_for_end() == "CANCELLED"


@pytest.mark.slow
def test_what_was_cancelled_goes_on_where_it_is_submitted_again(cluster, undisturbed):
    first = Job(cluster, "cancelled")
    first.wait_for_epoch(4)
    cluster.run(f"scancel {first.number}")
    assert first.wait_for_end() == "CANCELLED" and first.restarts() == 0
    cluster.wait_for(lambda: "Asked to end" in first.said, "save", 60)
    again = Job(cluster, "cancelled")
    assert again.wait_for_end() == "COMPLETED", again.said[-3000:]
    assert "Resumed at" in again.said
    assert again.result() == undisturbed


@pytest.fixture(scope="module")
def by_steps(cluster):
    """The template with the program of `test_jobs`, whose process 0 tells of each step."""
    program = '"$SLURM_SUBMIT_DIR/experiments/cluster/train.py" --checkpoints "$checkpoints"'
    other = (
        '"$SLURM_SUBMIT_DIR/tests/cluster/job.py" "$checkpoints-result" "checkpoints=$checkpoints"'
    )
    text = TEMPLATE.read_text()
    assert text.count(program) == 1
    script = cluster.folder / "by_steps.sh"
    script.write_text(text.replace(program, other))
    return script


@pytest.fixture(scope="module")
def undisturbed_by_steps(cluster, by_steps):
    job = Job(cluster, "undisturbed_by_steps", 10, script=by_steps)
    assert job.wait_for_end() == "COMPLETED", job.said[-3000:]
    return dict(np.load(f"{job.folder}-result_0.npz"))


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_asked_to_end_at_any_moment(cluster, by_steps, undisturbed_by_steps, moment):
    """SIGTERM at a random time, to the job or to one process alone: all leave within two calls,
    with status 75, are requeued and go on to the same bits.
    """
    job = Job(cluster, f"moment{moment}", 10, script=by_steps)
    job.wait_for_step(5)
    time.sleep(np.random.default_rng(moment).uniform(0, 3))
    if moment % 3 == 2:
        cluster.run(f"scancel --signal=TERM {job.number}")
    else:
        # The script of the job is number 0, too, but of no step.
        for pid in cluster.processes(f"SLURM_PROCID={moment % 3}", "SLURM_STEP_ID=0"):
            os.kill(pid, signal.SIGTERM)
    asked = job.steps()
    cluster.wait_for(lambda: "Asked to end: the state after" in job.said, "save", 60)
    (left,) = map(int, re.findall(r"Asked to end: the state after step (\d+) is in", job.said))
    print(f"moment {moment}: asked after step {asked}, left after step {left}")
    assert left <= asked + 3  # two, and one of which the log may not have told yet
    assert job.wait_for_end() == "COMPLETED", job.said[-3000:]
    assert job.restarts() == 1 and "exit code 75" in job.said
    result = np.load(f"{job.folder}-result_0.npz")
    for name in undisturbed_by_steps.keys() - {k for k in result if k.startswith("began")}:
        np.testing.assert_array_equal(result[name], undisturbed_by_steps[name], err_msg=name)
