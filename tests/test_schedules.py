"""Learning-rate schedules, against those of the real Keras 3."""

import os

import numpy as np
import pytest

from jaxcnn import optimizers
from jaxcnn.optimizers import schedules

os.environ["KERAS_BACKEND"] = "jax"

CASES = [
    ("ExponentialDecay", (0.1, 4, 0.5), {}),
    ("ExponentialDecay", (0.1, 4, 0.5), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 4, 0.5), {}),
    ("InverseTimeDecay", (0.1, 4, 0.5), {"staircase": True}),
    ("PiecewiseConstantDecay", ([2, 5], [0.1, 0.2, 0.3]), {}),
    ("PolynomialDecay", (0.1, 4), {"power": 2.0}),
    ("PolynomialDecay", (0.1, 4), {"cycle": True}),
    ("CosineDecay", (0.1, 4), {"alpha": 0.1}),
    ("CosineDecay", (0.1, 4), {"warmup_target": 0.5, "warmup_steps": 3}),
    ("CosineDecayRestarts", (0.1, 3), {"m_mul": 0.5, "alpha": 0.1}),
    ("CosineDecayRestarts", (0.1, 3), {"t_mul": 1.0}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CASES)
def test_the_formulas_of_keras(name, args, kwargs):
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.optimizers.schedules, name)(*args, **kwargs)
    ours = getattr(schedules, name)(*args, **kwargs)
    for step in range(11):
        np.testing.assert_allclose(ours(step), theirs(step), rtol=1e-4, atol=1e-8)
    assert ours.get_config() == theirs.get_config()
    assert schedules.deserialize(schedules.serialize(ours)) == ours


def test_an_optimizer_describes_its_schedule():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(0.1, 4, 0.5))
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.lr == optimizer.lr
    with pytest.raises(ValueError, match=r"the classes in optimizers\.schedules have one"):
        optimizers.serialize(optimizers.SGD(lambda step: 0.1))
    with pytest.raises(ValueError, match="2 boundaries need one value more; there are 2"):
        schedules.PiecewiseConstantDecay([1, 2], [1, 2])
    with pytest.raises(NotImplementedError, match="LearningRateSchedule must define"):
        schedules.LearningRateSchedule()(0)
