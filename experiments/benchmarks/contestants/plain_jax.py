"""Hand-written JAX: a jitted step called in a Python loop, or a whole epoch on the device in one call."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Network


def train(network: Network, session: Session, *, whole_epochs: bool = False) -> None:
    import jax
    import jax.numpy as jnp
    import optax

    def logits_of(params: list[Any], x: Any, key: Any) -> Any:
        weights = iter(params)
        for i, (kind, *numbers) in enumerate(network.layers):
            if kind == "dense":
                x = x @ next(weights) + next(weights)
            elif kind == "conv":
                same = numbers[1].upper()
                x = jax.lax.conv_general_dilated(
                    x, next(weights), (1, 1), same, dimension_numbers=("NHWC", "HWIO", "NHWC")
                )
                x = x + next(weights)
            elif kind == "relu":
                x = jax.nn.relu(x)
            elif kind == "pool":
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            elif kind == "dropout":
                keep = 1 - numbers[0]
                x = jnp.where(jax.random.bernoulli(jax.random.fold_in(key, i), keep, x.shape), x / keep, 0)
            else:
                x = x.reshape(len(x), -1)
        return x

    if network.optimizer == "rmsprop":
        optimizer = optax.rmsprop(network.lr, decay=0.9, eps=1e-8, eps_in_sqrt=False)
    else:
        optimizer = optax.adadelta(network.lr, rho=0.95, eps=1e-8)

    def step(carry: Any, x: Any, y: Any) -> Any:
        params, opt_state, total, hits, count = carry

        def loss_of(params: Any) -> Any:
            logits = logits_of(params, x, jax.random.fold_in(jax.random.key(0), count))
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(logits), -1)), logits

        (loss, logits), gradients = jax.value_and_grad(loss_of, has_aux=True)(params)
        updates, opt_state = optimizer.update(gradients, opt_state, params)
        hits = hits + jnp.sum(jnp.argmax(logits, -1) == jnp.argmax(y, -1))
        return optax.apply_updates(params, updates), opt_state, total + loss, hits, count + 1

    @partial(jax.jit, donate_argnums=0)
    def epoch(carry: Any, x: Any, y: Any, order: Any) -> Any:
        return jax.lax.scan(lambda carry, chosen: (step(carry, x[chosen], y[chosen]), None), carry, order)[0]

    one_step = jax.jit(step, donate_argnums=0)
    generator = np.random.default_rng(0)
    x, y = network.data()
    if whole_epochs:
        x, y = jax.device_put((x, y))
    params = [jnp.array(w) for w in network.weights()]
    opt_state = optimizer.init(params)
    session.begin()
    count = np.int32(0)
    for _ in range(session.epochs):
        session.epoch_begin()
        order = generator.permutation(network.samples).reshape(-1, network.batch_size).astype(np.int32)
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
