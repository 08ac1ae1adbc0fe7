"""The tools that Flax has for every module."""

import flax.linen as fnn
import jax
import jax.numpy as jnp

from jaxcnn import nn


class Network(fnn.Module):
    @fnn.compact
    def __call__(self, x):
        x = nn.BatchNormalization()(nn.Conv2D(4, 3)(nn.ZeroPadding2D(1)(x)))
        x = nn.Flatten()(nn.MaxPooling2D(2)(x))
        return nn.Dense(3)(nn.Dropout(0.5)(nn.Reshape((4, 16))(x)))


def test_tabulate_names_every_module():
    table = Network().tabulate(
        jax.random.key(0), jnp.zeros((1, 8, 8, 1)), console_kwargs={"width": 200}
    )
    for name in ("ZeroPadding2D", "Conv2D", "BatchNormalization", "Flatten", "Dense"):
        assert name in table
