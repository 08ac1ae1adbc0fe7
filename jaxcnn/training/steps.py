"""Pure training, evaluation and prediction steps: functions of a state (or variables) and a batch,
ready for `jit`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.nn.base import valid_rows
from jaxcnn.nn.graph import run
from jaxcnn.training.objective import Objective, simple_objective
from jaxcnn.training.state import TrainState, Tree

MUTABLE = ["batch_stats", "state", "losses"]


class Batch(NamedTuple):
    """One batch: `inputs` as the module takes them, a list of targets and of sample weights (None
    for all alike).

    `rows` is (batch,), 1 for real rows and 0 for padding, or None when every row is real.
    """

    inputs: Any
    targets: Any = None
    weights: Any = None
    rows: Any = None


AtNaN = Literal["halt", "skip"]  # what a step does where its loss or gradient is not finite
Step = Callable[[TrainState, Any], tuple[TrainState, dict[str, jax.Array]]]
Augment = Callable[[jax.Array, Any], Any]  # (key, inputs) -> inputs, changed at random


def train_step(
    module: nn.Module,
    loss: Any,
    optimizer: Any,
    *,
    metrics: Any = (),
    constraints: Mapping[tuple[str, ...], Callable] | None = None,
    fixed_statistics: Collection[tuple[str, ...]] = (),
    compute_dtype: Any = None,
    at_nan: AtNaN | None = None,
    augment: Augment | None = None,
    train: bool = True,
) -> Step:
    """Build ``step(state, batch) -> (state, logs)``: one update of the parameters, pure and ready
    for `jit`.

    Args:
        module: any Flax module that takes one argument and perhaps `train`.
        loss: a loss by name or function, or an `Objective` for several outputs.
        optimizer: an optax transformation or a `jaxcnn.optimizers` object.
        metrics: metrics by name or function, when `loss` is not an `Objective`.
        constraints: path within ``params`` -> function applied to that weight after the update.
        fixed_statistics: paths within ``batch_stats`` of running statistics that stay as they are.
        compute_dtype: dtype of the forward and backward pass, such as bfloat16; weights, statistics
            and losses stay float32.
        at_nan: "skip" leaves the state as it was, but for its step, at a step whose loss or
            gradient is not finite, and counts it; "halt" leaves it as it was from there on, and
            records the step.
        augment: ``(key, inputs) -> inputs``, pure, such as a
            `jaxcnn.preprocessing.image.Augmentation`: changes the inputs of each step at random, in
            the same shapes.
        train: whether the layers run in training mode; in inference mode they drop nothing and
            normalise by their running statistics.

    `batch` is ``(inputs, targets)``, ``(inputs, targets, sample_weights)`` or a `Batch`; `logs` are
    the loss and metrics of this batch, while ``state.metrics`` adds them up over batches when it
    was made for them.
    """
    objective = loss if isinstance(loss, Objective) else simple_objective(loss, metrics)

    def step(state: TrainState, batch: Any) -> tuple[TrainState, dict[str, jax.Array]]:
        batch = as_batch(batch, objective)
        key = step_key(state)
        batch = augmented(batch, key, augment)

        def loss_of(params: Tree) -> tuple[jax.Array, Any]:
            variables = replace(state, params=params).variables
            predictions, masks, changed = forward(
                module, variables, batch, key, compute_dtype, train
            )
            total, parts = objective.total(
                predictions, batch.targets, batch.weights, masks, batch.rows
            )
            penalty = sum(jax.tree.leaves(changed.pop("losses", {})))
            return total + penalty, (parts, predictions, masks, changed)

        (value, (parts, predictions, masks, changed)), gradients = jax.value_and_grad(
            loss_of, has_aux=True
        )(state.params)
        updates, opt_state = optimizer.update(gradients, state.opt_state, state.params)
        params = constrained(optax.apply_updates(state.params, updates), constraints)
        changed = unmoved(changed, state.collections, fixed_statistics)
        losses = {"loss": value, **parts}
        seen = losses, predictions, batch.targets, batch.weights, masks, batch.rows
        logs = objective.results(objective.update(objective.init_metrics(), *seen))
        new = replace(
            state,
            step=state.step + 1,
            params=params,
            collections={**state.collections, **changed},
            opt_state=opt_state,
            metrics=objective.update(state.metrics, *seen) if state.metrics else {},
        )
        if at_nan is not None:
            finite = [
                jnp.all(jnp.isfinite(array)) for array in (value, *jax.tree.leaves(gradients))
            ]
            new = {"halt": halted, "skip": skipped}[at_nan](state, new, jnp.all(jnp.stack(finite)))
        return new, logs

    return step


def eval_step(
    module: nn.Module,
    objective: Objective,
    *,
    compute_dtype: Any = None,
    key: jax.Array | None = None,
) -> Callable[[Tree, Tree, Any], tuple[Tree, Tree]]:
    """Build ``step(variables, sums, batch) -> (sums, state)``: the running sums of loss and metrics
    with a batch added.

    `state` is the collection of that name after the batch, which stateful layers go on with; {}
    where there are none. With a random `key` the layers run in training mode.
    """

    def step(variables: Tree, sums: Tree, batch: Any) -> tuple[Tree, Tree]:
        batch = as_batch(batch, objective)
        predictions, masks, changed = forward(
            module, variables, batch, key, compute_dtype, train=key is not None
        )
        total, parts = objective.total(predictions, batch.targets, batch.weights, masks, batch.rows)
        value = total + sum(jax.tree.leaves(changed.get("losses", {})))
        sums = objective.update(
            sums,
            {"loss": value, **parts},
            predictions,
            batch.targets,
            batch.weights,
            masks,
            batch.rows,
        )
        return sums, changed.get("state", {})

    return step


def predict_step(
    module: nn.Module, *, compute_dtype: Any = None, key: jax.Array | None = None
) -> Callable[[Tree, Any], Any]:
    """Build ``step(variables, inputs) -> outputs``: the forward pass; with a random `key` in
    training mode.
    """
    step = stateful_predict_step(module, compute_dtype=compute_dtype, key=key)
    return lambda variables, inputs: step(variables, inputs)[0]


def stateful_predict_step(
    module: nn.Module, *, compute_dtype: Any = None, key: jax.Array | None = None
) -> Callable[[Tree, Any], tuple[Any, dict[str, Any]]]:
    """`predict_step` that also returns the collection of states that recurrent layers carry on, {}
    without any.
    """

    def step(variables: Tree, inputs: Any) -> tuple[Any, dict[str, Any]]:
        bound = cast_floating({"variables": variables, "inputs": inputs}, compute_dtype)
        apply = nn.apply(
            lambda m: run(m, (bound["inputs"],), {}, None, train=key is not None)[0],
            module,
            mutable=["state"],
        )
        outputs, changed = apply(bound["variables"], rngs=streams(key))
        return cast_floating(outputs, jnp.float32 if compute_dtype is not None else None), dict(
            changed
        )

    return step


def forward(
    module: nn.Module, variables: Tree, batch: Batch, key: Any, compute_dtype: Any, train: bool
) -> tuple[list, list, Tree]:
    """(list of outputs, list of their masks, changed collections and losses); random layers need a
    `key` to train.
    """
    mutable = MUTABLE if train else ["state", "losses"]
    values = {**variables, "params": cast_floating(variables.get("params", {}), compute_dtype)}
    with valid_rows(batch.rows):
        apply = nn.apply(
            lambda m: run(m, (cast_floating(batch.inputs, compute_dtype),), {}, None, train),
            module,
            mutable=mutable,
        )
        (outputs, masks), changed = apply(values, rngs=streams(key))
    predictions = outputs if isinstance(outputs, list | tuple) else [outputs]
    masks = masks if isinstance(masks, list | tuple) else [masks] * len(predictions)
    return list(predictions), list(masks), dict(changed)


def streams(key: Any) -> dict[str, jax.Array] | None:
    """The random streams of a pass."""
    return None if key is None else {"dropout": key}


def step_key(state: TrainState) -> jax.Array:
    """The random key of the next step, a function of the seed and the step's number."""
    return jax.random.fold_in(jax.random.wrap_key_data(state.key), state.step)


def augmented(batch: Batch, key: jax.Array, augment: Augment | None) -> Batch:
    """The batch of the step with this key, its inputs changed by `augment`."""
    if augment is None:
        return batch
    inputs = augment(jax.random.fold_in(key, 1), batch.inputs)  # dropout has the key itself
    before, after = (jax.tree.map(jnp.shape, tree) for tree in (batch.inputs, inputs))
    if before != after:
        raise ValueError(
            f"`augment` must keep the shapes of the inputs, {before}; it returned {after}."
        )
    return batch._replace(inputs=inputs)


def as_batch(batch: Any, objective: Objective) -> Batch:
    """A tuple (inputs, targets[, sample_weights]) as a `Batch` with one target and one weight an
    output.
    """
    batch = batch if isinstance(batch, Batch) else Batch(*batch)
    count = len(objective.outputs)

    def listed(value: Any) -> list[Any]:
        values = (
            list(value)
            if isinstance(value, list | tuple)
            else [value] * (count if value is None else 1)
        )
        if len(values) != count:
            raise ValueError(
                f"The objective has {count} outputs; the batch has {len(values)} targets or "
                "weights."
            )
        return values

    return batch._replace(targets=listed(batch.targets), weights=listed(batch.weights))


def constrained(params: Tree, constraints: Mapping[tuple[str, ...], Callable] | None) -> Tree:
    """`params` with each constraint applied to its weight."""
    if not constraints:
        return params
    flat = flatten_dict(params)
    result: Tree = unflatten_dict(
        {p: constraints[p](v) if p in constraints else v for p, v in flat.items()}
    )
    return result


def unmoved(changed: Tree, before: Tree, fixed: Collection[tuple[str, ...]]) -> Tree:
    """The `changed` collections with the running statistics at the paths `fixed` as they were
    `before`.
    """
    if not fixed or "batch_stats" not in changed:
        return changed
    old, new = flatten_dict(before["batch_stats"]), flatten_dict(changed["batch_stats"])
    return {
        **changed,
        "batch_stats": unflatten_dict({p: old[p] if p in fixed else v for p, v in new.items()}),
    }


def halted(old: TrainState, new: TrainState, finite: jax.Array) -> TrainState:
    """`new` while everything was finite; else `old`, with the step that was not on record."""
    fine = finite & (old.nan_step < 0)
    kept: TrainState = jax.tree.map(lambda a, b: jnp.where(fine, b, a), old, new)
    first = jnp.where(finite | (old.nan_step >= 0), old.nan_step, old.step)
    return replace(kept, nan_step=first)


def skipped(old: TrainState, new: TrainState, finite: jax.Array) -> TrainState:
    """`new` where everything was finite; else `old`, with the step behind it and counted."""
    kept: TrainState = jax.tree.map(lambda a, b: jnp.where(finite, b, a), old, new)
    return replace(
        kept, step=new.step, skipped=old.skipped + jnp.where(finite, 0, 1).astype(jnp.int32)
    )


def cast_floating(tree: Any, dtype: Any) -> Any:
    """The floating-point arrays of a tree in `dtype`; None leaves them as they are."""
    if dtype is None:
        return tree
    return jax.tree.map(
        lambda x: x.astype(dtype) if jnp.issubdtype(x.dtype, jnp.floating) else x, tree
    )
