"""Latency of one image: the ways agree, and the table compares them."""

import numpy as np
import pytest

from experiments.benchmarks import latency
from experiments.benchmarks.contestants.architectures import MODULES


def test_our_ways_agree(capfd):
    arguments = ["--quick", "--networks", "tiny", "--contestants", "jaxcnn"]
    assert latency.main(arguments) == 0
    ways = "predict, predict_on_batch, model(x), exported StableHLO"
    assert f"tiny, jaxcnn: {ways}" in capfd.readouterr().out


def test_a_way_that_differs_is_an_error(monkeypatch):
    right = np.full((1, 2), 0.5)
    ways = {"predict": lambda: right, "model(x)": lambda: right + 1e-4}
    monkeypatch.setattr(latency, "keras_ways", lambda name, network, image: ways)
    monkeypatch.setattr(latency, "Session", lambda mode: None)
    with pytest.raises(
        RuntimeError, match=r"tiny by model\(x\) differs from the first way: 0\.000"
    ):
        latency.take_part("jaxcnn", "tiny", "0", "check")


def test_a_turn_has_a_time_for_each_call():
    calls = []
    result = latency.turn(lambda: calls.append(0))
    assert len(calls) == len(result["ms"]) == latency.TURN and result["cpu_ms"] >= 0


def test_rows_are_multiples_of_the_first_way():
    turns = [
        {
            "predict": {"ms": [2.0, 4.0], "cpu_ms": 2.0},
            "model(x)": {"ms": [1.0, 1.0], "cpu_ms": 1.0},
        },
        {
            "predict": {"ms": [2.0, 2.0], "cpu_ms": 4.0},
            "model(x)": {"ms": [1.0, 9.0], "cpu_ms": 1.2},
        },
    ]
    first, second = latency.rows_of("net", {"jaxcnn": latency.gathered(turns)})
    assert first == ["net", "jaxcnn", "predict", "2", "3.94", "3", "1.00", "1.00"]
    assert second == ["net", "jaxcnn", "model(x)", "1", "8.76", "1.1", "0.37", "0.50"]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("MobileNet", 4_231_976),
        ("MobileNetV2", 3_504_872),
        ("ResNet50", 25_557_032),
        ("DenseNet121", 7_978_856),
    ],
)
def test_architectures_in_pytorch_have_the_published_number_of_parameters(name, parameters):
    torch = pytest.importorskip("torch")
    module = MODULES[name](64).eval()
    assert sum(p.numel() for p in module.parameters()) == parameters
    assert module(torch.zeros(2, 3, 64, 64)).shape == (2, 1000)
