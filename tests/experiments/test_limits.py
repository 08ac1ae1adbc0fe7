"""The least time of kernels, from the text of compiled programs."""

import jax
import jax.numpy as jnp
import pytest

from experiments.benchmarks.limits import Pace, limits
from jaxcnn import ops
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.gru import gru
from jaxcnn.ops.lstm import lstm

FLOPS, BYTES = Pace(1.0, 1e30), Pace(1e30, 1.0)  # machines that wait for one of the two only


def longest(function, *arguments, pace):
    found = limits(jax.jit(function).lower(*arguments).compile().as_text(), pace)
    return max(found.values(), key=lambda limit: limit.seconds)


def test_a_product_multiplies_and_a_sum_moves_memory():
    a, b = jnp.ones((30, 20)), jnp.ones((20, 50))
    assert longest(jnp.dot, a, b, pace=FLOPS).seconds == 2 * 30 * 20 * 50
    assert longest(lambda a: jnp.sin(a) * 2, a, pace=BYTES).seconds == 2 * 4 * 600
    assert (
        longest(lambda a: jnp.sin(a[:, 3:5]), a, pace=BYTES).seconds <= 4 * 4 * 60
    )  # what is left out is not read


@pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")
def test_calls_of_onednn():
    x, kernel = jnp.ones((8, 10, 10, 4)), jnp.ones((3, 3, 4, 16))
    here = longest(ops.conv, x, kernel, pace=FLOPS)
    assert here.seconds == 2 * 8 * 64 * 9 * 4 * 16 and here.threads >= 1
    assert longest(ops.conv, x, kernel, pace=BYTES).seconds == 4 * (
        x.size + kernel.size + 8 * 64 * 16
    )
    states = jnp.zeros((2, 6))
    arguments = (jnp.ones((2, 5, 24)), jnp.ones((6, 24)), states, states)
    assert (
        longest(lambda *a: lstm(*a, StepSettings(True, False)), *arguments, pace=FLOPS).seconds
        == 2 * 2 * 5 * 24 * 6
    )
    arguments = (jnp.ones((2, 5, 18)), jnp.ones((6, 18)), states)
    assert (
        longest(lambda *a: gru(*a, StepSettings(True, False)), *arguments, pace=FLOPS).seconds
        == 2 * 2 * 5 * 18 * 6
    )
    wide = jnp.ones((128, 512))
    gradient = jax.grad(lambda kernel, x: (ops.dot(x, kernel) ** 2).sum())
    assert longest(gradient, jnp.ones((512, 128)), wide, pace=FLOPS).seconds == 2 * 128 * 512 * 128
