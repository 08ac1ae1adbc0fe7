"""Pure training, evaluation and prediction steps: functions of a state (or variables) and a batch,
ready for `jit`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.metrics import Metric
from jaxcnn.nn.batch import moving_statistics, valid_rows
from jaxcnn.nn.graph import run
from jaxcnn.runtime.types import ArrayFunction, DTypeLike, Identifier, Path, PyTree
from jaxcnn.spellings.dialect import chosen
from jaxcnn.training.objective import Objective, simple_objective
from jaxcnn.training.state import AnyOptimizer, Shares, TrainState, Tree

MUTABLE = ["batch_stats", "state", "losses"]


class Batch(NamedTuple):
    """One batch: `inputs` as the module takes them, a list of targets and of sample weights (None
    for all alike).

    `rows` is (batch,), 1 for real rows and 0 for padding, or None when every row is real. The
    arrays are NumPy's until the batch is on its way to the device.

    Args:
        inputs: arrays of any dtype as the module takes them, the batch in front.
        targets: a list with the targets of each output, an array (batch, ...) of any dtype; None
            where there are none.
        weights: a list with the float weights of samples, (batch,), of each output; None for all
            alike.
        rows: (batch,), 1 for real rows and 0 for padding; None when every row is real.

    Examples:
        >>> jc.training.Batch(x, [y]).rows is None
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """

    inputs: PyTree
    targets: PyTree = None
    weights: PyTree = None
    rows: PyTree = None


# How a step answers a loss or gradient that is not finite.
AtNaN: TypeAlias = Literal["halt", "skip"]
Step: TypeAlias = Callable[[TrainState, PyTree], tuple[TrainState, dict[str, jax.Array]]]
# (key, inputs) -> inputs, changed at random
Augment: TypeAlias = Callable[[jax.Array, PyTree], PyTree]


def train_step(
    module: nn.Module,
    loss: Identifier | Objective,
    optimizer: AnyOptimizer,
    *,
    metrics: Sequence[Identifier | Metric] = (),
    constraints: Mapping[Path, ArrayFunction] | None = None,
    fixed_statistics: Collection[Path] = (),
    shares: Shares = (),
    compute_dtype: DTypeLike | None = None,
    at_nan: AtNaN | None = None,
    augment: Augment | None = None,
    train: bool = True,
) -> Step:
    """Build ``step(state, batch) -> (state, logs)``: one update of the parameters, pure and ready
    for `jit`.

    `batch` is ``(inputs, targets)``, ``(inputs, targets, sample_weights)`` or a `Batch`; `logs` are
    the loss and metrics of this batch, while ``state.metrics`` adds them up over batches when it
    was made for them.

    Args:
        module: any Flax module that takes one argument and perhaps `train`.
        loss: a loss by name or function, or an `Objective` for several outputs.
        optimizer: an optax transformation or a `jaxcnn.optimizers` object.
        metrics: metrics by name or function, when `loss` is not an `Objective`. Default: ().
        constraints: path within ``params`` -> function applied to that weight after the update.
            Default: None.
        fixed_statistics: paths within ``batch_stats`` of running statistics that stay as they are.
            Default: ().
        shares: statistics and states that the module has at several paths and that are one.
            Default: ().
        compute_dtype: dtype of the forward and backward pass, such as bfloat16; weights, statistics
            and losses stay float32. Default: None.
        at_nan: "skip" leaves the state as it was, but for its step, at a step whose loss or
            gradient is not finite, and counts it; "halt" leaves it as it was from there on, and
            records the step. Default: None.
        augment: ``(key, inputs) -> inputs``, pure, such as a
            `jaxcnn.preprocessing.image.Augmentation`: changes the inputs of each step at random, in
            the same shapes. Default: None.
        train: whether the layers run in training mode; in inference mode they drop nothing and
            normalise by their running statistics. Default: True.

    Examples:
        >>> optimizer = jc.optimizers.SGD(0.1)
        >>> state = jc.training.init_state(jc.nn.Dense(1), optimizer, x)
        >>> step = jax.jit(jc.training.train_step(jc.nn.Dense(1), "mse", optimizer))
        >>> state, logs = step(state, (x, y))
        >>> sorted(logs), state.step
        (['loss'], Array(1, dtype=int32))

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """
    from optax import apply_updates

    objective = loss if isinstance(loss, Objective) else simple_objective(loss, metrics)

    def step(state: TrainState, batch: PyTree) -> tuple[TrainState, dict[str, jax.Array]]:
        batch = as_batch(batch, objective)
        key = step_key(state)
        batch = fed(augmented(batch, key, augment), objective, compute_dtype)

        def loss_of(params: Tree) -> tuple[jax.Array, PyTree]:
            variables = replace(state, params=params).variables
            predictions, masks, changed = forward(
                module,
                variables,
                batch,
                key=key,
                compute_dtype=compute_dtype,
                train=train,
                moves=train or chosen(),
            )
            outcome = predictions, batch.targets, batch.weights, masks, batch.rows
            total, parts = objective.total(*outcome)
            penalty = sum(jax.tree.leaves(changed.pop("losses", {})))
            return total + penalty, (parts, outcome, changed)

        # An optimizer that takes the loss as well asks for gradients itself, if it does.
        by_hand = getattr(optimizer, "takes_loss", False)
        differentiated = value_and_gradients(loss_of, state.params, required=not by_hand)
        (value, (parts, outcome, changed)), gradients = differentiated
        further = {"value": value} if by_hand else {}
        updates, opt_state = optimizer.update(gradients, state.opt_state, state.params, **further)
        params = constrained(apply_updates(state.params, updates), constraints)
        changed = unmoved(changed, state.collections, fixed_statistics)
        changed = joined(changed, state.collections, shares)
        losses = {"loss": value, **parts}
        logs = objective.results(objective.update(objective.init_metrics(), losses, *outcome))
        new = replace(
            state,
            step=state.step + 1,
            params=params,
            collections={**state.collections, **changed},
            opt_state=opt_state,
            metrics=objective.update(state.metrics, losses, *outcome) if state.metrics else {},
        )
        if at_nan is not None:
            finite = [
                jnp.all(jnp.isfinite(array)) for array in (value, *jax.tree.leaves(gradients))
            ]
            new = {"halt": halted, "skip": skipped}[at_nan](state, new, jnp.all(jnp.stack(finite)))
        return new, logs

    return step


def value_and_gradients(
    loss_of: Callable[[Tree], tuple[jax.Array, PyTree]], params: Tree, required: bool
) -> tuple[tuple[jax.Array, PyTree], Tree]:
    """`jax.value_and_grad` of a function that returns a loss and more.

    Raises:
        ValueError: for a loss that no parameter changes by a derivative, which training cannot make
            less, where gradients are `required`.
    """
    differentiated = []

    @jax.custom_jvp
    def noticed(loss: jax.Array) -> jax.Array:
        return loss

    # JAX asks for this only where the loss has a derivative by some parameter.
    @noticed.defjvp
    def _(losses: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
        differentiated.append(True)
        return losses[0], tangents[0]

    def noticed_loss_of(params: Tree) -> tuple[jax.Array, PyTree]:
        loss, further = loss_of(params)
        return noticed(loss), further

    result = jax.value_and_grad(noticed_loss_of, has_aux=True)(params)
    if required and not differentiated and jax.tree.leaves(params):
        raise ValueError(
            "The loss has no gradient by any weight that is trained, so that training would change "
            "nothing. `argmax`, `round`, `sign`, comparisons and `stop_gradient` have none: leave "
            "them out on the way from the weights to the loss, or freeze all layers "
            "(`trainable = False`) if no weight is to change."
        )
    return result


def eval_step(
    module: nn.Module,
    objective: Objective,
    *,
    compute_dtype: DTypeLike | None = None,
    key: jax.Array | None = None,
    train: bool | None = None,
) -> Callable[[Tree, Tree, PyTree], tuple[Tree, Tree]]:
    """Build ``step(variables, sums, batch) -> (sums, state)``: the running sums of loss and metrics
    with a batch added.

    `state` is the collection of that name after the batch, with which stateful layers continue; {}
    where there are none. With a random `key` the layers run in training mode, unless `train` says
    otherwise.

    Args:
        module: any Flax module that takes one argument and perhaps `train`.
        objective: what is measured.
        compute_dtype: dtype of the forward pass; None for that of the weights.
        key: key of random numbers, with which layers run in training mode; None for inference mode.
        train: whether layers run in training mode; None for whether there is a `key`.

    Examples:
        >>> of_output = jc.training.OutputObjective("loss", jc.losses.mean_squared_error)
        >>> objective = jc.training.Objective((of_output,))
        >>> step = jc.training.eval_step(model.module, objective)
        >>> sums, state = step(model.variables, objective.init_metrics(), jc.training.Batch(x, [y]))

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """

    mode = key is not None if train is None else train

    def step(variables: Tree, sums: Tree, batch: PyTree) -> tuple[Tree, Tree]:
        batch = fed(as_batch(batch, objective), objective, compute_dtype)
        noise = key if key is None else jax.random.fold_in(key, sums["loss"][1].astype(jnp.uint32))
        predictions, masks, changed = forward(
            module, variables, batch, key=noise, compute_dtype=compute_dtype, train=mode
        )
        outcome = predictions, batch.targets, batch.weights, masks, batch.rows
        total, parts = objective.total(*outcome)
        value = total + sum(jax.tree.leaves(changed.get("losses", {})))
        sums = objective.update(sums, {"loss": value, **parts}, *outcome)
        return sums, changed.get("state", {})

    return step


def predict_step(
    module: nn.Module, *, compute_dtype: DTypeLike | None = None, key: jax.Array | None = None
) -> Callable[[Tree, PyTree], PyTree]:
    """Build ``step(variables, inputs) -> outputs``: the forward pass; with a random `key` in
    training mode.

    Args:
        module: any Flax module that takes one argument and perhaps `train`.
        compute_dtype: dtype of the forward pass; None for that of the weights.
        key: key of random numbers, with which layers run in training mode; None for inference mode.

    Examples:
        >>> step = jax.jit(jc.training.predict_step(model.module))
        >>> step(model.variables, x).shape
        (4, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """
    step = stateful_predict_step(module, compute_dtype=compute_dtype, key=key)
    return lambda variables, inputs: step(variables, inputs)[0]


def stateful_predict_step(
    module: nn.Module,
    *,
    compute_dtype: DTypeLike | None = None,
    key: jax.Array | None = None,
    train: bool | None = None,
) -> Callable[[Tree, PyTree], tuple[PyTree, Tree]]:
    """`predict_step` that also returns the collections that the pass has changed: the ``state`` of
    recurrent layers, {} without any.
    """

    mode = key is not None if train is None else train

    def step(variables: Tree, inputs: PyTree) -> tuple[PyTree, Tree]:
        bound = cast_floating({"variables": variables, "inputs": inputs}, compute_dtype)
        apply = nn.apply(
            lambda m: run(m, (bound["inputs"],), {}, None, train=mode)[0],
            module,
            mutable=["state"],
        )
        outputs, changed = apply(bound["variables"], rngs=streams(key))
        outputs = cast_floating(outputs, None if compute_dtype is None else jnp.float32)
        return outputs, dict(changed)

    return step


def forward(
    module: nn.Module,
    variables: Tree,
    batch: Batch,
    *,
    key: jax.Array | None,
    compute_dtype: DTypeLike | None,
    train: bool,
    moves: bool | None = None,
) -> tuple[list[jax.Array], list[jax.Array | None], Tree]:
    """(list of outputs, list of their masks, changed collections and losses); random layers need a
    `key` to train. Weights are cast to `compute_dtype`, which the inputs have already. Running
    statistics move as `train` says, or `moves`.
    """
    moves = train if moves is None else moves
    mutable = MUTABLE if moves else ["state", "losses"]
    values = {**variables, "params": cast_floating(variables.get("params", {}), compute_dtype)}
    with valid_rows(batch.rows), moving_statistics(moves and not train):
        apply = nn.apply(
            lambda m: run(m, (batch.inputs,), {}, None, train),
            module,
            mutable=mutable,
        )
        (outputs, masks), changed = apply(values, rngs=streams(key))
    predictions = outputs if isinstance(outputs, list | tuple) else [outputs]
    masks = masks if isinstance(masks, list | tuple) else [masks] * len(predictions)
    return list(predictions), list(masks), dict(changed)


def streams(key: jax.Array | None) -> dict[str, jax.Array] | None:
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


def fed(batch: Batch, objective: Objective, compute_dtype: DTypeLike | None) -> Batch:
    """The batch with inputs in `compute_dtype`, and among them, as they are, the targets that the
    network computes with.
    """
    inputs = cast_floating(batch.inputs, compute_dtype)
    return batch._replace(inputs=objective.fed(inputs, batch.targets))


def as_batch(batch: PyTree, objective: Objective) -> Batch:
    """A tuple (inputs, targets[, sample_weights]) as a `Batch` with one target and one weight an
    output.
    """
    given: Batch = batch if isinstance(batch, Batch) else Batch(*batch)
    count = len(objective.outputs)

    def listed(value: PyTree) -> list[PyTree]:
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

    return given._replace(targets=listed(given.targets), weights=listed(given.weights))


def constrained(params: Tree, constraints: Mapping[Path, ArrayFunction] | None) -> Tree:
    """`params` with each constraint applied to its weight."""
    if not constraints:
        return params
    flat = flatten_dict(params)
    result: Tree = unflatten_dict(
        {p: constraints[p](v) if p in constraints else v for p, v in flat.items()}
    )
    return result


def unmoved(changed: Tree, before: Tree, fixed: Collection[Path]) -> Tree:
    """The `changed` collections with the running statistics at the paths `fixed`, and the states
    of their layers, as they were `before`.
    """
    if not fixed:
        return changed
    layers = {path[:-1] for path in fixed}

    def rests(collection: str, path: Path) -> bool:
        return path in fixed if collection == "batch_stats" else path[:-1] in layers

    result = dict(changed)
    for collection in {"batch_stats", "state"} & changed.keys():
        old, new = flatten_dict(before[collection]), flatten_dict(changed[collection])
        result[collection] = unflatten_dict(
            {path: old[path] if rests(collection, path) else value for path, value in new.items()}
        )
    return result


def joined(changed: Tree, before: Tree, shares: Shares) -> Tree:
    """The `changed` collections with each shared array alike at all its paths.

    Running statistics move by the sum of the moves at the paths, of which those that are alike come
    of one call, as models of the same tensor make it; a state is that of the last path.
    """
    result = dict(changed)
    for collection, paths in shares:
        if collection not in changed:
            continue
        flat = flatten_dict(result[collection])
        value = flat[paths[-1]]
        if collection == "batch_stats":
            old = flatten_dict(before[collection])[paths[0]]
            moves = [flat[path] - old for path in paths]
            rounding = 1e-6 * (1 + jnp.max(jnp.abs(old)))
            value = old + sum(
                jnp.where(alike(moves[:i], move, rounding), 0, move) for i, move in enumerate(moves)
            )
        result[collection] = unflatten_dict({**flat, **dict.fromkeys(paths, value)})
    return result


def alike(others: Sequence[jax.Array], array: jax.Array, rounding: jax.Array) -> jax.Array:
    """Whether an array is one of the others."""
    same = [jnp.all(jnp.abs(other - array) <= rounding) for other in others]
    return jnp.any(jnp.stack([*same, jnp.array(False)]))


def halted(old: TrainState, new: TrainState, finite: jax.Array) -> TrainState:
    """`new` while everything was finite; else `old`, with the first step that was not recorded."""
    running = old.nan_step < 0
    chosen: TrainState = jax.tree.map(lambda a, b: jnp.where(finite & running, b, a), old, new)
    return replace(chosen, nan_step=jnp.where(finite | ~running, old.nan_step, old.step))


def skipped(old: TrainState, new: TrainState, finite: jax.Array) -> TrainState:
    """`new` where everything was finite; else `old`, its step counted as done and as skipped."""
    chosen: TrainState = jax.tree.map(lambda a, b: jnp.where(finite, b, a), old, new)
    return replace(
        chosen, step=new.step, skipped=old.skipped + jnp.where(finite, 0, 1).astype(jnp.int32)
    )


def cast_floating(tree: PyTree, dtype: DTypeLike | None) -> PyTree:
    """The floating-point arrays of a tree in `dtype`; None leaves them as they are."""
    if dtype is None:
        return tree
    return jax.tree.map(
        lambda x: x.astype(dtype) if jnp.issubdtype(x.dtype, jnp.floating) else x, tree
    )
