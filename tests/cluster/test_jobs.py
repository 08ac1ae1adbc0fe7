"""Many devices and many processes give what one device gives, and a job that is disturbed loses
nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.training.folder import held_by_this_job

JOB = str(Path(__file__).with_name("job.py"))
MAPPED_JOB = str(Path(__file__).with_name("mapped_job.py"))
ROOT = str(Path(__file__).parents[2])


def run(result, *settings, program=JOB, processes=0, devices=1, timeout=240):
    """One process with so many devices, or a launched job; (exit status, what it printed)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JAX_COORD")}
    environment["PYTHONPATH"] = ROOT
    if processes:
        launch = ["-m", "jaxcnn.launch", "--processes", str(processes), "--devices", str(devices)]
    else:
        launch, environment["XLA_FLAGS"] = [], f"--xla_force_host_platform_device_count={devices}"
    command = [sys.executable, *launch, program, str(result), *settings]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout + done.stderr


def trained(folder, name, *settings, **how):
    status, printed = run(folder / name, *settings, **how)
    assert status == 0, printed[-3000:]
    return dict(np.load(folder / f"{name}_0.npz"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def alone(folder):
    """What one device gives."""
    return trained(folder, "alone", "distribute=")


def assert_equal(found, expected, tolerance=1e-5, exact=False):
    for name in expected:
        if name == "devices" or name.startswith("began_"):
            continue
        if exact:
            np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
        else:
            np.testing.assert_allclose(
                found[name], expected[name], atol=tolerance, rtol=tolerance, err_msg=name
            )


@pytest.mark.parametrize("settings", [[], ["fsdp=1"], ["model=2"]], ids=["data", "fsdp", "rules"])
def test_eight_devices(folder, alone, settings):
    found = trained(folder, f"eight{len(settings)}", *settings, devices=8)
    assert found["devices"] == 8
    assert_equal(found, alone)


@pytest.mark.slow
def test_each_device_can_have_batch_statistics_of_its_own(folder, alone):
    found = trained(folder, "local", "local=8", devices=8)
    assert_equal(found, trained(folder, "parted", "distribute=", "local=8"))
    assert not np.allclose(found["history_loss"], alone["history_loss"], rtol=1e-3)


def test_two_processes(folder, alone):
    status, printed = run(folder / "two", "fsdp=1", processes=2, devices=2)
    assert status == 0, printed[-3000:]
    first, second = (dict(np.load(folder / f"two_{i}.npz")) for i in (0, 1))
    assert first["devices"] == 4
    assert_equal(first, alone)
    assert_equal(second, first, exact=True)
    assert printed.count("Epoch 1/4") == 1  # progress comes from one process only
    assert "[0] Epoch 1/4" in printed


def test_each_process_gives_its_part_of_the_batches(folder):
    expected = trained(folder, "ordered", "distribute=", "data=ordered")
    assert_equal(trained(folder, "shares", "data=shares", processes=2), expected)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_each_process_reads_its_share_of_a_file_beyond_memory(tmp_path):
    """A file of holes, which takes no room on the disk; its pages count as memory when read."""
    count = 20 * 10**9 // (64 * 64 * 3 * 4) // 256 * 256
    with open(tmp_path / "images", "wb") as file:
        file.truncate(count * 64 * 64 * 3 * 4)
    settings = [str(tmp_path / "images"), str(count), "256"]
    status, printed = run(
        tmp_path / "read", *settings, program=MAPPED_JOB, processes=2, timeout=1800
    )
    assert status == 0, printed[-3000:]
    for process in (0, 1):
        rows, most = map(int, (tmp_path / f"read_{process}.txt").read_text().split())
        print(f"process {process}: {rows} of {count} rows, at most {most} MiB")
        assert rows == count // 2 and most < 1500


# (processes, devices of each, whether the weights are cut); 0: a process that no launcher started
FORMS = [(0, 1, ""), (0, 8, ""), (0, 8, "1"), (2, 1, ""), (2, 4, "1"), (4, 2, "1")]
PAIRS = [(i, (i + step) % len(FORMS)) for step in (1, 3) for i in range(len(FORMS))]


def trained_by(form, folder, name, *settings):
    processes, devices, fsdp = FORMS[form]
    size = {"processes": processes, "devices": devices}
    return trained(folder, name, f"fsdp={fsdp}", *settings, **size)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=[f"{FORMS[i]} to {FORMS[j]}" for i, j in PAIRS])
def test_a_checkpoint_of_any_number_is_read_by_any_other(folder, alone, pair):
    """By other numbers of processes and devices, with and without weights that are cut: restored to
    the bit, and trained on to what one device gives.
    """
    writer, reader = pair
    half = folder / f"half{writer}"
    if not half.with_name(f"{half.name}_0.npz").exists():
        trained_by(writer, folder, half.name, "epochs=2", f"checkpoints={half}_kept")
    written = dict(np.load(half.with_name(f"{half.name}_0.npz")))
    name = f"rest{writer}{reader}"
    shutil.copytree(f"{half}_kept", folder / f"{name}_kept")
    place = f"checkpoints={folder / f'{name}_kept'}"
    rest = trained_by(reader, folder, name, place, "resume=1")
    assert len(rest["history_loss"]) == 4
    for key in [key for key in written if key.startswith("weight_")]:
        np.testing.assert_array_equal(rest[key.replace("weight", "began")], written[key])
    assert_equal(rest, alone, tolerance=5e-6)  # 12 updates with sums in another order


@pytest.mark.slow
def test_asked_to_end_it_saves_and_goes_on_to_the_same_bits(folder):
    settings = ["epochs=8", "every=1"]
    expected = trained(folder, "whole", *settings, f"checkpoints={folder / 'whole'}", processes=2)
    place = f"checkpoints={folder / 'asked'}"
    status, printed = run(folder / "asked", *settings, place, "terminate=1", processes=2)
    assert status == 75, printed[-3000:]
    assert "Asked to end: the state after step" in printed
    assert_equal(trained(folder, "asked", *settings, place, processes=2), expected, exact=True)


def test_a_single_process_asked_to_end(folder):
    expected = trained(
        folder, "single", "distribute=", "epochs=4", f"checkpoints={folder / 'single'}"
    )
    place = f"checkpoints={folder / 'single_asked'}"
    status, printed = run(folder / "single_asked", "distribute=", place, "terminate=1")
    assert status == 75, printed[-3000:]
    assert_equal(trained(folder, "single_asked", "distribute=", place), expected, exact=True)


@pytest.mark.slow
def test_a_killed_process_ends_the_job_and_the_restart_loses_nothing(folder):
    expected = trained(folder, "calm", f"checkpoints={folder / 'calm'}", processes=2)
    place = f"checkpoints={folder / 'killed'}"
    began = time.monotonic()
    status, printed = run(folder / "killed", place, "die=1", processes=2)
    assert status == 128 + 9 and "process 1 ended with signal SIGKILL" in printed, printed[-3000:]
    assert time.monotonic() - began < 120
    assert_equal(trained(folder, "killed", place, processes=2), expected, exact=True)


def test_processes_that_differ_are_told(folder):
    status, printed = run(folder / "differ", "differ=1", processes=2)
    assert status != 0
    assert (
        "The processes are not about to do the same" in printed
        and "of process 1 differs" in printed
    )


def test_a_missing_coordinator(folder):
    program = "import jaxcnn.distributed.context as d; d.join_job(timeout=2)"
    wiring = {
        "JAX_COORDINATOR_ADDRESS": "127.0.0.1:1",
        "JAX_NUM_PROCESSES": "2",
        "JAX_PROCESS_ID": "1",
    }
    environment = {**os.environ, **wiring, "PYTHONPATH": ROOT}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    assert "Process 1 could not reach process 0 at 127.0.0.1:1 within 2 s" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_killed_at_any_moment(folder, moment, alone):
    """kill -9 of one process at a random time, perhaps in the middle of a save, and go on: the same
    bits.
    """
    settings = ["epochs=12", "every=1"]
    if not (folder / "reference_0.npz").exists():
        trained(folder, "reference", *settings, f"checkpoints={folder / 'reference'}", processes=2)
    expected = dict(np.load(folder / "reference_0.npz"))
    place = f"checkpoints={folder / f'moment{moment}'}"
    environment = {**os.environ, "PYTHONPATH": ROOT}
    command = [
        sys.executable,
        "-m",
        "jaxcnn.launch",
        "--processes",
        "2",
        "--devices",
        "1",
        JOB,
        str(folder / "m"),
    ]
    job = subprocess.Popen(
        [*command, *settings, place], env=environment, stdout=subprocess.PIPE, text=True
    )
    time.sleep(np.random.default_rng(moment).uniform(4, 12))
    children = subprocess.run(
        ["pgrep", "-P", str(job.pid)], capture_output=True, text=True
    ).stdout.split()
    if children:
        os.kill(int(children[moment % len(children)]), 9)
    job.communicate(timeout=120)
    assert_equal(
        trained(folder, f"moment{moment}", *settings, place, processes=2), expected, exact=True
    )


@pytest.mark.slow
def test_a_job_of_two_processes_holds_its_folder_and_respects_that_of_another(folder):
    place = folder / "held"
    place.mkdir()
    with held_by_this_job(place):
        status, printed = run(folder / "second", f"checkpoints={place}", processes=2)
    assert status and f"Another job writes its checkpoints into {place}" in printed
    assert f"process {os.getpid()} on host" in printed
    trained(folder, "second", f"checkpoints={place}", processes=2)
    assert {path.name for path in place.iterdir()} > {".lock"}


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_asked_to_end_at_any_moment(folder, moment):
    """SIGTERM at a random time, to the launcher or to one process alone: all leave within two
    calls, with status 75, and go on to the same bits.
    """
    place = f"checkpoints={folder / f'asked{moment}'}"
    launch = [sys.executable, "-m", "jaxcnn.launch", "--processes", "2", "--devices", "1", JOB]
    done, asked_at = 0, None
    delay = np.random.default_rng(moment).uniform(0, 3)
    with subprocess.Popen(
        [*launch, str(folder / "m"), "epochs=10", "slowly=0.5", place],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        text=True,
    ) as job:
        for line in job.stdout:
            if not line.startswith("[0] done"):
                continue
            done = int(line.split()[-1])
            if done == 5:
                children = subprocess.run(
                    ["pgrep", "-P", str(job.pid)], capture_output=True, text=True
                ).stdout.split()
                targets = [job.pid, *map(int, children)]
                time.sleep(delay)
                os.kill(targets[moment % 3], signal.SIGTERM)
                asked_at = time.monotonic()
        status = job.wait()
    assert status == 75
    # Half a second a step: those that passed while the test slept, and two.
    assert done - 5 <= delay / 0.5 + 2, (done, delay)
    assert time.monotonic() - asked_at < 60
    if moment % 5 == 0:
        expected = trained(folder, "ten", "epochs=10", f"checkpoints={folder / 'ten'}", processes=2)
        ended = trained(folder, f"asked{moment}", "epochs=10", place, processes=2)
        assert_equal(ended, expected, exact=True)
