"""The tools that Flax has for every module."""

import flax.linen as fnn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from flax.nnx import bridge

import jaxcnn as jc
from jaxcnn import nn
from jaxcnn.layers import BatchNormalization, Conv2D, Dense, Flatten


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


def trained():
    """A model, and images and targets for it."""
    model = jc.Sequential(
        [Conv2D(4, 3, input_shape=(8, 8, 1)), BatchNormalization(), Flatten(), Dense(2)]
    )
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    x, y = rng.random((16, 8, 8, 1), np.float32), rng.random((16, 2), np.float32)
    model.fit(x, y, epochs=1, verbose=0)
    return model, x, y


def test_tabulate_of_a_model():
    model, x, _ = trained()
    table = model.module.tabulate(jax.random.key(0), x, console_kwargs={"width": 200})
    assert all(name in table for name in ("Graph", "Conv2D", "BatchNormalization", "Dense"))


def test_a_model_goes_to_nnx_with_its_weights_and_back():
    model, x, y = trained()
    module = bridge.lazy_init(bridge.ToNNX(model.module, rngs=nnx.Rngs(0)), x)
    attributes = bridge.variables.linen_vars_to_nnx_attrs(model.variables)
    for name, value in attributes.items():
        setattr(module, name, value)
    np.testing.assert_allclose(module(x), model.predict(x), atol=1e-6)

    optimizer = nnx.Optimizer(module, optax.sgd(0.1), wrt=nnx.Param)

    @nnx.jit
    def step(module, optimizer):
        def loss(module):
            return jnp.mean((module(x, train=True, mutable=["batch_stats"]) - y) ** 2)

        value, gradients = nnx.value_and_grad(loss)(module)
        optimizer.update(module, gradients)
        return value

    losses = [float(step(module, optimizer)) for _ in range(5)]
    assert losses[-1] < losses[0]
    before = model.predict(x)
    model.set_variables(
        bridge.variables.nnx_attrs_to_linen_vars({name: vars(module)[name] for name in attributes})
    )
    np.testing.assert_allclose(model.predict(x), module(x), atol=1e-6)
    assert np.abs(model.predict(x) - before).max() > 1e-3
