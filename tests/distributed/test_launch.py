"""Jobs of several processes: what they print, how they end, and how they are asked about.

The scripts do not use JAX: what is tested is who is started with what, and what is said of it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from jaxcnn.distributed import job_folder
from jaxcnn.distributed.launch import main

SCRIPT = """
import os, sys, time
number, count = int(os.environ["JAX_PROCESS_ID"]), os.environ["JAX_NUM_PROCESSES"]
print("number", number, "of", count, os.environ["JAX_COORDINATOR_ADDRESS"])
if sys.argv[1:] == ["fail"] and number == 1:
    sys.exit("the disk of process 1 is full")
if sys.argv[1:] in (["fail"], ["wait"]):
    time.sleep(60)
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return str(path)


def test_every_machine_is_told_what_to_run(script, capsys, monkeypatch):
    assert main(["--machines", "a,b", "--processes", "3", script, "--lr", "0.1"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    common = f"--machines a,b --processes 3 {script} --lr 0.1"
    assert first == f"a: python -m jaxcnn.launch --machine 0 {common}"
    assert second == f"b: python -m jaxcnn.launch --machine 1 {common}"
    arguments = second.removeprefix("b: python -m jaxcnn.launch ").split()
    assert main(arguments) == 0
    said = sorted(capsys.readouterr().out.splitlines())
    assert said == [f"[{n}] number {n} of 6 a:8476" for n in (3, 4, 5)]


def test_what_each_prints_is_kept_and_the_job_can_be_asked_about(script, tmp_path, capsys):
    folder = tmp_path / "logs"
    assert main(["--processes", "2", "--logs", str(folder), script]) == 0
    assert (folder / "process-1.log").read_text().startswith("number 1 of 2 127.0.0.1:")
    capsys.readouterr()
    assert main(["--status", str(folder)]) == 0
    assert capsys.readouterr().out == "2 processes on 1 machine; 2 done\n"


def test_the_first_that_failed_is_shown_first(script, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("jaxcnn.distributed.launch.GRACE", 0.2)
    folder = tmp_path / "logs"
    assert main(["--processes", "3", "--logs", str(folder), script, "fail"]) == 1
    out = capsys.readouterr().out
    assert "[launch] process 1 ended with status 1; ending the others." in out
    assert out.endswith("    the disk of process 1 is full\n")
    assert main(["--status", str(folder)]) == 1
    line = capsys.readouterr().out
    assert line.startswith("3 processes on 1 machine; 3 failed, first process 1 on ")
    assert re.search(
        r" which ended with status 1 after \d+ s: the disk of process 1 is full\n$", line
    )


def test_a_running_job_and_one_that_vanished(script, tmp_path, capsys):
    folder = tmp_path / "logs"
    command = [sys.executable, "-m", "jaxcnn.launch", "--processes", "2", "--logs", folder, script]
    job = subprocess.Popen([*command, "wait"], stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not all(job_folder.last_lines(folder / f"process-{n}.log", 1) for n in (0, 1)):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert main(["--status", str(folder)]) == 0
    assert "2 running, each heard of in the last" in capsys.readouterr().out
    job.kill()
    job.wait()
    for record in job_folder.read(folder):
        os.kill(record.pid, signal.SIGKILL)
    while any(record.alive for record in job_folder.read(folder)):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert main(["--status", str(folder)]) == 1
    assert "2 failed, first process 0 on" in (line := capsys.readouterr().out)
    assert "which vanished: number 0 of 2" in line


def test_records_of_several_machines_are_one_job(tmp_path, capsys):
    for machine, host in enumerate(("a", "b")):
        record = job_folder.Record(machine, host, 1, time.time() - 40)
        job_folder.write(tmp_path, machine, [record if machine else record.with_end(-9)])
        job_folder.log_of(tmp_path, machine).write_text("words\n")
    assert [json.loads((tmp_path / f"machine-{n}.json").read_text())[0]["host"] for n in (0, 1)]
    assert main(["--status", str(tmp_path)]) == 1
    line = capsys.readouterr().out
    assert line.startswith("2 processes on 2 machines; 1 running, each heard of in the last 0 s; ")
    assert line.endswith("process 0 on a, which ended with signal SIGKILL after 40 s: words\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "which script is to run"),
        (["--machines", "a,b", "--machine", "2", "SCRIPT"], "--machines names 2; they are counted"),
        (["--machine", "1", "SCRIPT"], "--machine is 1, but --machines names 0"),
        (["--processes", "0", "SCRIPT"], "'0' is not a whole number of 1 or more"),
        (["nothing.py"], "there is no file nothing.py"),
    ],
)
def test_what_cannot_be_launched(arguments, message, script, capsys):
    with pytest.raises(SystemExit) as ended:
        main([script if word == "SCRIPT" else word for word in arguments])
    assert ended.value.code == 2 and message in capsys.readouterr().err


def test_a_folder_without_a_job(tmp_path, capsys):
    assert main(["--status", str(tmp_path)]) == 2
    assert "has no records of a job; launch it with --logs" in capsys.readouterr().err


def test_a_job_goes_on_when_nobody_reads_what_it_prints(tmp_path):
    script = tmp_path / "talk.py"
    script.write_text("for i in range(20000): print(i)")
    command = [sys.executable, "-m", "jaxcnn.launch", "--processes", "2", "--logs", "logs"]
    job = subprocess.Popen(
        [*command, str(script)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with job.stdout, job.stderr:
        job.stdout.readline()
        job.stdout.close()  # as by `| head -n 1`
        said = job.stderr.read()
    assert job.wait(timeout=60) == 0 and b"Traceback" not in said
    for number in (0, 1):
        lines = job_folder.log_of(tmp_path / "logs", number).read_text().splitlines()
        assert lines[-1] == "19999"
