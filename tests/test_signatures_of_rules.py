"""Names, order and defaults of arguments as the sources state them (second book, 1.7 to 1.10), in
Keras 2.0.4.
"""

import inspect
import subprocess
import sys

import pytest

from jaxcnn import activations, constraints, initializers, losses, metrics, regularizers

SIGNATURES = [
    (initializers.Zeros, {}),
    (initializers.Ones, {}),
    (initializers.Constant, {"value": 0}),
    (initializers.RandomNormal, {"mean": 0.0, "stddev": 0.05, "seed": None}),
    (initializers.RandomUniform, {"minval": -0.05, "maxval": 0.05, "seed": None}),
    (initializers.TruncatedNormal, {"mean": 0.0, "stddev": 0.05, "seed": None}),
    (
        initializers.VarianceScaling,
        {"scale": 1.0, "mode": "fan_in", "distribution": "normal", "seed": None},
    ),
    (initializers.Orthogonal, {"gain": 1.0, "seed": None}),
    (initializers.Identity, {"gain": 1.0}),
    *(
        (getattr(initializers, f"{name}_uniform"), {"seed": None})
        for name in ("lecun", "glorot", "he")
    ),
    *(
        (getattr(initializers, f"{name}_normal"), {"seed": None})
        for name in ("lecun", "glorot", "he")
    ),
    (regularizers.L1L2, {"l1": 0.0, "l2": 0.0}),
    (regularizers.l1, {"l": 0.01}),
    (regularizers.l2, {"l": 0.01}),
    (regularizers.l1_l2, {"l1": 0.01, "l2": 0.01}),
    (constraints.MaxNorm, {"max_value": 2, "axis": 0}),
    (constraints.NonNeg, {}),
    (constraints.UnitNorm, {"axis": 0}),
    (constraints.MinMaxNorm, {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}),
    (activations.softmax, {"x": None, "axis": -1}),
    (activations.elu, {"x": None, "alpha": 1.0}),
    # The last is one of Keras 2.2.
    (activations.relu, {"x": None, "alpha": 0.0, "max_value": None, "threshold": 0.0}),
    (metrics.top_k_categorical_accuracy, {"y_true": None, "y_pred": None, "k": 5}),
    *(
        (loss, {"y_true": None, "y_pred": None})
        for loss in (losses.mse, losses.hinge, losses.poisson, losses.cosine)
    ),
]


@pytest.mark.parametrize(
    ("thing", "expected"), SIGNATURES, ids=lambda v: getattr(v, "__name__", "")
)
def test_signature(thing, expected):
    found = {
        p.name: None if p.default is p.empty else p.default
        for p in inspect.signature(thing).parameters.values()
    }
    assert list(found.items()) == list(expected.items())


def test_importing_the_rules_touches_no_device():
    rooms = "activations, constraints, initializers, losses, metrics, optimizers, regularizers"
    check = (
        f"from jaxcnn import {rooms}; from jax._src import xla_bridge; "
        "assert not xla_bridge._backends"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
