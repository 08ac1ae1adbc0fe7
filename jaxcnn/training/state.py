"""The whole state of a training run as one pytree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import flax.linen as nn
import flax.struct
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.nn.graph import run
from jaxcnn.optimizers.base import Optimizer
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import Path, PyTree

if TYPE_CHECKING:  # it takes long to import and is needed in the first step
    import optax

Tree: TypeAlias = dict[str, PyTree]
# (a path within params, the path under which its array is stored) pairs.
Ties: TypeAlias = tuple[tuple[Path, Path], ...]
# (collection, the paths within it that are one array) pairs.
Shares: TypeAlias = tuple[tuple[str, tuple[Path, ...]], ...]
AnyOptimizer: TypeAlias = "Optimizer | optax.GradientTransformation"


@flax.struct.dataclass
class TrainState:
    """Everything that a training step reads and replaces.

    Args:
        step: int32 scalar, updates done so far; with `key` it fixes the random numbers of the next
            step.
        params: the arrays being trained, nested by layer.
        frozen: the arrays of ``params`` that are held fixed; no gradient and no optimizer state is
            made for them.
        collections: the other variables: ``batch_stats``, ``state``.
        opt_state: what the optimizer keeps, a tree of arrays of the shapes of the weights, and
            numbers.
        key: uint32 (2,), the seed of the run's random numbers.
        metrics: running sums of the loss and metrics since they were last reset.
        nan_step: int32 scalar, the step whose loss was first not finite, -1 while there is none.
        skipped: int32 scalar, steps since `metrics` was last reset that changed nothing, because
            their loss or gradient was not finite.
        ties: arrays that the module reads at several paths and that are stored at one. Default: ().

    Examples:
        >>> state = jc.training.init_state(jc.nn.Dense(1), jc.optimizers.SGD(), x)
        >>> state.step, sorted(state.params)
        (Array(0, dtype=int32), ['bias', 'kernel'])

    References:
        - Heek et al., "Flax 0.12.8: flax/training/train_state.py", 2026,
          <https://github.com/google/flax/blob/v0.12.8/flax/training/train_state.py>
    """

    step: jax.Array
    params: Tree
    frozen: Tree
    collections: Tree
    opt_state: PyTree
    key: jax.Array
    metrics: Tree
    nan_step: jax.Array
    skipped: jax.Array
    ties: Ties = flax.struct.field(pytree_node=False, default=())

    @property
    def variables(self) -> Tree:
        """The variables for ``module.apply``: all parameters and the other collections."""
        return {"params": tied(merge(self.params, self.frozen), self.ties), **self.collections}


def init_state(
    module: nn.Module,
    optimizer: AnyOptimizer,
    example: PyTree,
    *,
    seed: int | None = None,
    trainable: Mapping[str, PyTree] | None = None,
) -> TrainState:
    """A fresh state for `module` without any Keras around it.

    Args:
        module: any Flax module that takes one argument (an array, list or dict) and perhaps
            `train`.
        optimizer: an optax transformation or a `jaxcnn.optimizers` object.
        example: an input of the right shape and dtype; its values do not matter.
        seed: of the initial values and of the run; by default the one set by `set_random_seed`.
        trainable: tree of booleans like ``params``; False holds an array fixed. Default: None.

    Examples:
        >>> state = jc.training.init_state(jc.nn.Dense(1), jc.optimizers.SGD(), x)
        >>> state.params["kernel"].shape
        (2, 1)

    References:
        - Heek et al., "Flax 0.12.8: flax/training/train_state.py", 2026,
          <https://github.com/google/flax/blob/v0.12.8/flax/training/train_state.py>
    """
    seed = config.seed() if seed is None else seed
    key = jax.random.key(seed)
    forward = nn.init(lambda bound: run(bound, (example,), {}, None, train=False), module)
    variables = LeafJit(lambda key: forward({"params": key, "dropout": key}))(key)
    variables = {name: tree for name, tree in variables.items() if name != "losses"}
    return from_variables(variables, optimizer, trainable=trainable, seed=seed)


def from_variables(
    variables: Mapping[str, PyTree],
    optimizer: AnyOptimizer,
    *,
    trainable: Mapping[str, PyTree] | None = None,
    opt_state: PyTree = None,
    metrics: Tree | None = None,
    step: int = 0,
    seed: int = 0,
    ties: Ties = (),
) -> TrainState:
    """A state around existing variables."""
    params, frozen = split(variables.get("params", {}), trainable, ties)
    return TrainState(
        step=filled((), step, jnp.int32),
        params=params,
        frozen=frozen,
        collections={name: tree for name, tree in variables.items() if name != "params"},
        opt_state=optimizer.init(params) if opt_state is None else opt_state,
        key=jax.random.key_data(jax.random.key(seed)),
        metrics=metrics or {},
        nan_step=filled((), -1, jnp.int32),
        skipped=filled((), 0, jnp.int32),
        ties=ties,
    )


def split(
    params: Mapping[str, PyTree], trainable: Mapping[str, PyTree] | None, ties: Ties = ()
) -> tuple[Tree, Tree]:
    """(the trained, the fixed) parts of `params`, by a tree of booleans; None trains everything.

    Of tied arrays only the stored one is in either part.
    """
    if trainable is None:
        return dict(params), {}
    repeated = dict(ties)
    flat = {path: a for path, a in flatten_dict(dict(params)).items() if path not in repeated}
    mask = flatten_dict(dict(trainable))
    trained = {path: value for path, value in flat.items() if mask.get(path, True)}
    fixed = {path: value for path, value in flat.items() if path not in trained}
    return unflatten_dict(trained), unflatten_dict(fixed)


def merge(params: Tree, frozen: Tree) -> Tree:
    """The two parts of `split` put together again."""
    if not frozen:
        return params
    merged: Tree = unflatten_dict({**flatten_dict(params), **flatten_dict(frozen)})
    return merged


def tied(params: Tree, ties: Ties) -> Tree:
    """`params` with the arrays at all paths where the module reads them."""
    if not ties:
        return params
    flat = flatten_dict(params)
    everywhere: Tree = unflatten_dict({**flat, **{path: flat[stored] for path, stored in ties}})
    return everywhere
