"""The roofline: what is counted of a step, its limit, and the picture."""

import json
import time

import jax.numpy as jnp
import pytest

from experiments.benchmarks import __main__ as suite
from experiments.benchmarks import roofline
from experiments.benchmarks.limits import Pace, Work, measure, work
from experiments.benchmarks.networks import NETWORKS


def test_work_of_a_program_is_the_sum_of_its_kernels():
    import jax

    def twice(a, b, c):
        return (a @ b) @ c

    shapes = (30, 20), (20, 50), (50, 10)
    program = jax.jit(twice).lower(*map(jnp.ones, shapes)).compile().as_text()
    done = work(program)
    assert done.flops == 2 * (30 * 20 * 50 + 30 * 50 * 10)
    assert done.bytes >= 4 * (30 * 20 + 20 * 50 + 50 * 10 + 30 * 10 + 2 * 30 * 50)


def test_the_limit_is_the_longer_of_products_and_memory():
    step = roofline.Step("small", Work(8e9, 2 * 2**30), 0.5, {"jaxcnn": 1.0, "torch": 2.0})
    quick, slow = Pace(80e9, 2**30), Pace(2e9, 2**32)
    assert step.limit(quick) == 2.0 and step.limit(slow) == 4.0
    row = dict(zip(roofline.HEADER, step.row(slow), strict=True))
    assert row["limit, CPU ms"] == "4e+03 (products)" and row["of the limit"] == "400%"
    assert row["of the kernels' limits"] == "50%" and row["PyTorch, of the limit"] == "200%"
    assert "memory" in step.row(quick)[4]


def test_the_work_of_a_network_is_that_of_its_layers(capsys):
    assert roofline.main(["--quick", "--networks", "mnist_cnn"]) == 0
    assert "0.99 of three forward passes" in capsys.readouterr().out


def test_counted_work_that_is_not_the_layers_is_a_failure(monkeypatch):
    nothing = roofline.Step("", Work(1.0, 1.0), 1.0, {})
    monkeypatch.setattr(roofline, "counted", lambda network, pace, took: nothing)
    assert roofline.main(["--quick", "--networks", "tiny"]) == 1


@pytest.mark.parametrize("clock", [time.process_time, time.perf_counter])
def test_the_pace_of_this_machine(clock):
    pace = measure(clock)
    assert pace.flops > 1e8 and pace.bytes > 1e7


def test_the_page_draws_the_roof(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "HERE", tmp_path)
    monkeypatch.setattr(roofline, "measure", lambda clock: Pace(5e10, 1e10))
    monkeypatch.setattr(roofline, "processor_time", lambda network, repeats: {"jaxcnn": 0.001})
    assert roofline.main(["--networks", "tiny", "--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "roofline.json").read_text())
    (title,) = result["roof"]["points"]
    assert title == f"{NETWORKS['tiny'].title}, {NETWORKS['tiny'].batch_size}"
    suite.publish(tmp_path)
    assert "50.0e9 times in float32 and moves 10.0 GB" in (tmp_path / "RESULTS.md").read_text()
    assert (tmp_path / "roofline.png").stat().st_size > 5_000
