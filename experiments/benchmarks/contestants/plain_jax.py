"""Hand-written JAX: a jitted step called in a Python loop, or a whole epoch on the device in one
call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Layer, Network


def forward(network: Network) -> Callable[..., Any]:
    """``f(params, x, key) -> (logits, batch statistics)``; without a key in inference mode."""
    import jax
    import jax.numpy as jnp

    def window(x: Any, size: int) -> Any:
        return jax.lax.reduce_window(
            x, -jnp.inf, jax.lax.max, (1, size, size, 1), (1, 2, 2, 1), "VALID"
        )

    def lstm(x: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
        def step(carry: Any, z: Any) -> Any:
            h, c = carry
            i, f, g, o = jnp.split(z + h @ recurrent, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zeros = jnp.zeros((len(x), len(recurrent)))
        return jax.lax.scan(step, (zeros, zeros), jnp.swapaxes(x @ kernel + bias, 0, 1))[0][0]

    def run(params: Any, statistics: list[Any], x: Any, key: Any, layers: tuple[Layer, ...]) -> Any:
        for i, (kind, *numbers) in enumerate(layers):
            if kind == "dense":
                kernel, bias = next(params)
                x = x @ kernel + bias
            elif kind == "conv":
                kernel, bias = next(params)
                dimensions = ("NHWC", "HWIO", "NHWC")
                stride, padding = (numbers[2], numbers[2]), numbers[3].upper()
                x = (
                    jax.lax.conv_general_dilated(
                        x, kernel, stride, padding, dimension_numbers=dimensions
                    )
                    + bias
                )
            elif kind == "norm":
                gamma, beta, mean, variance = next(params)
                if key is not None:
                    axes = tuple(range(x.ndim - 1))
                    mean, variance = jnp.mean(x, axes), jnp.var(x, axes)
                    statistics.append((mean, variance))
                x = (x - mean) * (gamma * jax.lax.rsqrt(variance + 1e-5)) + beta
            elif kind == "lstm":
                x = lstm(x, *next(params))
            elif kind == "relu":
                x = jax.nn.relu(x)
            elif kind in ("pool", "pool3"):
                x = window(x, 2 if kind == "pool" else 3)
            elif kind == "pad":
                x = jnp.pad(x, ((0, 0), 2 * tuple(numbers), 2 * tuple(numbers), (0, 0)))
            elif kind == "average":
                x = jnp.mean(x, (1, 2))
            elif kind == "dropout" and key is not None:
                keep = 1 - numbers[0]
                x = jnp.where(
                    jax.random.bernoulli(jax.random.fold_in(key, i), keep, x.shape), x / keep, 0
                )
            elif kind == "flatten":
                x = x.reshape(len(x), -1)
            elif kind == "residual":
                shortcut = run(params, statistics, x, key, numbers[1])
                x = run(params, statistics, x, key, numbers[0]) + shortcut
        return x

    def logits_of(params: list[Any], x: Any, key: Any = None) -> Any:
        statistics: list[Any] = []
        return run(iter(params), statistics, x, key, network.layers), statistics

    return logits_of


def train(
    network: Network, session: Session, *, whole_epochs: bool = False, precision: str | None = None
) -> None:
    import jax
    import jax.numpy as jnp
    import optax

    logits_of = forward(network)
    optimizer = {
        "rmsprop": lambda: optax.rmsprop(network.lr, decay=0.9, eps=1e-8, eps_in_sqrt=False),
        "adadelta": lambda: optax.adadelta(network.lr, rho=0.95, eps=1e-8),
        "sgd": lambda: optax.sgd(network.lr, momentum=0.9),
    }[network.optimizer]()

    def step(carry: Any, x: Any, y: Any) -> Any:
        params, opt_state, total, hits, count = carry

        def loss_of(params: Any) -> Any:
            low, pictures = jax.tree.map(lambda a: a.astype(precision or a.dtype), (params, x))
            logits, statistics = logits_of(
                low, pictures, jax.random.fold_in(jax.random.key(0), count)
            )
            logits, statistics = jax.tree.map(lambda a: a.astype(jnp.float32), (logits, statistics))
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(logits), -1)), (logits, statistics)

        (loss, (logits, statistics)), gradients = jax.value_and_grad(loss_of, has_aux=True)(params)
        updates, opt_state = optimizer.update(gradients, opt_state, params)
        hits = hits + jnp.sum(jnp.argmax(logits, -1) == jnp.argmax(y, -1))
        params = [moved(p, statistics) for p in optax.apply_updates(params, updates)]
        return params, opt_state, total + loss, hits, count + 1

    def moved(arrays: list[Any], statistics: list[Any]) -> list[Any]:
        """A normalisation's running statistics a tenth nearer to those of the batch."""
        if len(arrays) != 4:
            return arrays
        return [
            *arrays[:2],
            *(
                0.9 * old + 0.1 * new
                for old, new in zip(arrays[2:], statistics.pop(0), strict=True)
            ),
        ]

    @partial(jax.jit, donate_argnums=0)
    def epoch(carry: Any, x: Any, y: Any, order: Any) -> Any:
        return jax.lax.scan(
            lambda carry, chosen: (step(carry, x[chosen], y[chosen]), None), carry, order
        )[0]

    one_step = jax.jit(step, donate_argnums=0)
    generator = np.random.default_rng(0)
    x, y = network.data()
    if whole_epochs:
        x, y = jax.device_put((x, y))
    params = jax.tree.map(jnp.array, network.weights())
    opt_state = optimizer.init(params)
    session.begin()
    count = np.int32(0)
    for _ in range(session.epochs):
        session.epoch_begin()
        order = (
            generator.permutation(network.samples).reshape(-1, network.batch_size).astype(np.int32)
        )
        carry = params, opt_state, np.float32(0), np.int32(0), count
        if whole_epochs:
            carry = epoch(carry, x, y, order)
        else:
            for chosen in order:
                carry = one_step(carry, x[chosen], y[chosen])
                if session.mode == "first step":
                    session.first_step(float(carry[2]))
        params, opt_state, total, hits, count = carry
        int(hits)
        session.epoch_end(float(total) / network.steps)


def predict(network: Network, session: Session) -> None:
    import jax
    import jax.numpy as jnp

    logits_of, params, (x, _) = (
        forward(network),
        jax.tree.map(jnp.array, network.weights()),
        network.data(),
    )
    probabilities = jax.jit(lambda x: jax.nn.softmax(logits_of(params, x)[0]))
    starts = range(0, network.samples, network.batch_size)
    session.repeat(
        lambda: np.concatenate([probabilities(x[i : i + network.batch_size]) for i in starts])
    )
