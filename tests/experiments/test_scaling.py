"""The model of how far training scales: its tables, its limits, and the bytes that it predicts."""

import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from experiments.benchmarks import scaling as benchmark
from experiments.cluster import scaling
from experiments.cluster.collectives import Collective, collectives
from experiments.cluster.dry_run import described, devices_of, main, shapes_of
from experiments.cluster.scaling import (
    CLUSTERS,
    NETWORKS,
    Assumptions,
    efficiency,
    reduce_seconds,
    step,
)

ROOT = Path(__file__).parents[2]
PAGE = Path(scaling.__file__).with_name("SCALING.md")


@pytest.mark.parametrize("key", NETWORKS)
@pytest.mark.parametrize("batch", [64, 256])
def test_the_page_shows_what_the_model_says(key, batch):
    assert scaling.report(key, batch) in PAGE.read_text()


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
@pytest.mark.parametrize("cluster", CLUSTERS.values(), ids=list(CLUSTERS))
def test_efficiency_falls_from_one(network, cluster):
    found = [
        efficiency(network, cluster, devices, 64, Assumptions(0.1))
        for devices in (1, *scaling.SIZES)
    ]
    assert found[0] == 1.0 and found == sorted(found, reverse=True) and found[-1] > 0


def test_limits_of_the_formulas():
    cluster = replace(CLUSTERS["h100"], latency=0.0)
    assert reduce_seconds(1e9, 1, cluster) == 0.0
    assert reduce_seconds(1e9, 2, cluster) == pytest.approx(
        1e9 / cluster.inner
    )  # each sends half, twice
    # over many groups every device sends its eighth twice
    expected = 2 * 7 / 8 * 1e9 / cluster.inner + 2 * 1e9 / 8 / cluster.outer
    assert reduce_seconds(1e9, 80_000, cluster) == pytest.approx(expected, rel=1e-3)
    slow_input = replace(cluster, host_bytes=1e6)
    found = step(NETWORKS["p13"], slow_input, 8, 64, Assumptions(0.1))
    assert found.seconds == found.input == 64 * 3072 / 1e6


def test_numbers_of_the_cifar_network():
    """Parameters and operations as the library counts them."""
    import jax
    import numpy as np

    import jaxcnn as jc
    from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
    from jaxcnn.training.compile import prepare
    from jaxcnn.training.input import Data, whole_batch
    from jaxcnn.training.state import from_variables

    layers = []
    for filters in (32, 64):
        layers += [
            Conv2D(filters, 3, padding="same", activation="relu"),
            Conv2D(filters, 3, activation="relu"),
        ]
        layers += [MaxPooling2D(), Dropout(0.25)]
    rest = [Flatten(), Dense(512, activation="relu"), Dropout(0.5), Dense(10, activation="softmax")]
    model = jc.Sequential([jc.Input((32, 32, 3)), *layers, *rest])
    model.compile("sgd", "categorical_crossentropy")
    data = Data(np.zeros((8, 32, 32, 3), "float32"), np.zeros((8, 10), "float32"))
    batch = whole_batch(model, model.program, data)
    prepare(model, model.program, batch)
    state = jax.eval_shape(
        lambda variables: from_variables(variables, model.optimizer), model.variables
    )
    assert model.count_params() == NETWORKS["p13"].parameters
    found = model.functions.train.dispatcher.flops(state, batch) / 8
    assert found == pytest.approx(NETWORKS["p13"].flops, rel=0.05)


def test_sums_are_found_in_a_program():
    text = """
      %a = f32[16,256]{1,0} all-reduce(f32[16,256]{1,0} %x), replica_groups={}
      %b = (f32[10]{0}, bf16[]) all-reduce-start(%y, %z), channel_id=1
      %c = f32[5] add(%a, %b)
      %d = (f32[4]{0}, f32[32]{0:T(128)}) all-gather-start(%c), dimensions={0}
    """
    summed, started, gathered = collectives(text)
    assert (summed.kind, summed.size, started.size) == ("all-reduce", 4 * 16 * 256, 4 * 10 + 2)
    assert gathered == Collective("all-gather", 4 * 32)
    assert summed.sent(8) == 2 * 7 / 8 * 4 * 16 * 256 and gathered.sent(8) == 7 * 16
    assert Collective("reduce-scatter", 16).sent(8) == 7 * 16


def test_bytes_of_compiled_steps_are_those_predicted(capsys):
    assert benchmark.main(["--quick"]) == 0
    assert "2,678,824" in capsys.readouterr().out


def dry_run(*arguments):
    """In a process of its own, which has other devices than this one."""
    command = [sys.executable, "-m", "experiments.cluster.dry_run", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_step_is_compiled_for_devices_that_are_not_there():
    status, printed = dry_run("--network", "p12", "--batch", "4")
    assert status == 0 and "1,199,882 weights" in printed and "8 devices, 4 samples" in printed
    # gradients, and no more, go round the ring: 2 x 7/8 x 4 bytes each
    assert re.search(r"all-reduce +\| +1 \| 8\.01 \|", printed), printed


def test_weights_that_are_cut_are_gathered_and_take_less_memory():
    def state(printed):
        return float(re.search(r"state and batch +\| +([\d.]+)", printed)[1])

    _, whole = dry_run("--network", "p12", "--batch", "4")
    status, cut = dry_run("--network", "p12", "--batch", "4", "--fsdp")
    assert status == 0 and "all-gather" in cut and state(cut) < state(whole) / 4


@pytest.mark.slow
def test_what_is_predicted_from_is_what_the_page_predicts_from():
    network = described("resnet50", *shapes_of("resnet50", 4))
    expected = replace(NETWORKS["resnet50"], title="resnet50", flops=network.flops)
    assert network == expected
    assert network.flops == pytest.approx(NETWORKS["resnet50"].flops, rel=0.01)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("libtpu") is None, reason='needs libtpu: pip install ".[tpu]"')
def test_a_step_is_compiled_for_a_tpu():
    status, printed = dry_run("--network", "p12", "--devices", "tpu:v4:2x2x1")
    assert status == 0 and re.search(r"all-reduce +\| +1 \| 8\.01 \|", printed), printed


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            'ABORTED: libtpu multi-process lockfile. Run "$ sudo rm /tmp/libtpu_lockfile".',
            "Another process uses libtpu",
        ),
        ("INVALID_ARGUMENT: v4:2x2", "The topology 'v4:2x2' is not known: INVALID_ARGUMENT"),
    ],
)
def test_what_libtpu_refuses(monkeypatch, said, message):
    from jax.experimental import topologies

    def refuse(*arguments):
        raise RuntimeError(said)

    monkeypatch.setattr(topologies, "get_topology_desc", refuse)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    with pytest.raises(ValueError, match=message):
        devices_of("tpu:v4:2x2")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install"):
        devices_of("tpu:v4:2x2")


@pytest.mark.parametrize(
    ("devices", "said"),
    [("gpu:8", "cpu:8 or tpu:v4:2x2x1 are examples"), ("cpu:0", "cpu:8 or tpu:v4:2x2x1")],
)
def test_other_devices_are_refused(devices, said, capsys):
    with pytest.raises(SystemExit):
        main(["--devices", devices])
    assert said in capsys.readouterr().err
