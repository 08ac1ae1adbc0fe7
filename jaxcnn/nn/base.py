"""What every jaxcnn module shares: declared weights, argument checks at construction, masks, padded
batches.

A module is a plain ``flax.linen.Module``: hyper-parameters are dataclass fields,
``module.init(key, x)`` makes the variables, ``module.apply(variables, x, train=True, ...)`` is a
pure function of them. Collections:

* ``params``: arrays that training moves;
* ``batch_stats``: running statistics, replaced by the forward pass in training mode;
* ``state``: the carried state of stateful recurrent layers;
* ``losses``: penalties that the forward pass adds to the loss (only written when the caller makes
  it mutable).
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import regularizers
from jaxcnn.nn.traits import Traits


@dataclass(frozen=True)
class WeightSpec:
    """One declared weight of a module: where it lives, how it starts, and what constrains it after
    an update.
    """

    path: tuple[str, ...]
    collection: str
    shape: tuple[int, ...]
    dtype: Any
    initializer: Callable
    constraint: Callable | None


_declared: contextvars.ContextVar[list[WeightSpec] | None] = contextvars.ContextVar(
    "declared_weights", default=None
)
_valid_rows: contextvars.ContextVar[jax.Array | None] = contextvars.ContextVar(
    "valid_rows", default=None
)
_batch_parts: contextvars.ContextVar[int] = contextvars.ContextVar("batch_parts", default=1)


@contextlib.contextmanager
def declared_weights() -> Iterator[list[WeightSpec]]:
    """Collect the `WeightSpec` of every weight that modules declare while being traced inside the
    block.
    """
    specs: list[WeightSpec] = []
    token = _declared.set(specs)
    try:
        yield specs
    finally:
        _declared.reset(token)


@contextlib.contextmanager
def valid_rows(rows: jax.Array | None) -> Iterator[None]:
    """Say, while a module is traced, which rows of the batch are real: `rows` is (batch,), 1 real
    and 0 padding.

    A short last batch is padded to the full size so that nothing is compiled twice. Layers that
    look across rows (batch statistics, activity penalties) leave the padding out.
    """
    token = _valid_rows.set(rows)
    try:
        yield
    finally:
        _valid_rows.reset(token)


def current_valid_rows() -> jax.Array | None:
    """The rows named by the innermost `valid_rows` block: (batch,) of 1 and 0, or None when every
    row is real.
    """
    return _valid_rows.get()


@contextlib.contextmanager
def batch_parts(count: int) -> Iterator[None]:
    """Say, while a module is traced, that batch statistics are those of each of `count` equal parts
    of the batch.
    """
    token = _batch_parts.set(count)
    try:
        yield
    finally:
        _batch_parts.reset(token)


def current_batch_parts() -> int:
    """The number named by the innermost `batch_parts` block; 1 outside of any."""
    return _batch_parts.get()


class Layer(nn.Module):
    """Base of every jaxcnn module.

    Subclasses are dataclasses whose fields carry the Keras argument names and defaults. `checked`
    validates and normalises the fields once, at construction, so that a wrong argument is reported
    where it was written.
    """

    traits: ClassVar[Traits] = Traits()
    supports_masking: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name, value in self.checked().items():
            object.__setattr__(self, name, value)
        super().__post_init__()

    def checked(self) -> dict[str, Any]:
        """The fields that need resolving, as they should be stored; raises ValueError for what is
        not allowed.
        """
        return {}

    @property
    def mixes_rows(self) -> bool:
        """Whether a row of the output can depend on padding rows, so that a short batch must not be
        padded.
        """
        regularizer = getattr(self, "activity_regularizer", None)
        return regularizer is not None and not isinstance(regularizer, regularizers.L1L2)

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """The timestep mask of the output given those of the inputs: passed on by layers that
        support masking.
        """
        if self.supports_masking:
            return mask
        if any(m is not None for m in jax.tree.leaves(mask, is_leaf=lambda m: m is None)):
            raise ValueError(
                f"{self.label} does not support masking, but its input carries a mask (from "
                "Embedding(mask_zero=True) "
                "or Masking). Remove the mask before this layer or use a layer that supports it."
            )
        return None

    @property
    def label(self) -> str:
        """How error messages call this module: class, and name where it has one."""
        return f"{type(self).__name__} '{self.name}'" if self.name else type(self).__name__

    def weight(
        self,
        name: str,
        initializer: Callable,
        shape: tuple[int, ...],
        *,
        regularizer: Callable | None = None,
        constraint: Callable | None = None,
        collection: str = "params",
        dtype: Any = jnp.float32,
    ) -> jax.Array:
        """Declare and read a weight; its penalty, when it has a `regularizer`, goes into the
        ``losses`` collection.
        """
        specs = _declared.get()
        if specs is not None:
            specs.append(
                WeightSpec(
                    (*self.path, name), collection, tuple(shape), dtype, initializer, constraint
                )
            )
        if collection == "params":
            try:
                value = self.param(name, initializer, tuple(shape), dtype)
            except flax.errors.ScopeParamShapeError:
                found = jnp.shape(self.get_variable("params", name))
                raise ValueError(
                    f"{self.label}: this input needs '{name}' of shape {tuple(shape)}, but the "
                    "weights have shape "
                    f"{found}. Check the shape of the input and the layer before this one."
                ) from None
        else:
            value = self.variable(
                collection, name, lambda: initializer(self.make_rng("params"), shape, dtype)
            ).value
        if regularizer is not None and not self.is_initializing():
            # A shared layer runs several times in one pass, but its weights are penalised once:
            # keep the last.
            self.sow(
                "losses",
                f"{name}_regularizer",
                regularizer(value),
                reduce_fn=lambda _, new: new,
                init_fn=tuple,
            )
        return value

    def update(self, collection: str, name: str, value: jax.Array) -> None:
        """Replace a variable of a mutable collection (running statistics, carried state); a no-op
        otherwise.
        """
        if self.is_mutable_collection(collection) and not self.is_initializing():
            self.put_variable(collection, name, value)

    def penalise_activity(self, regularizer: Callable | None, outputs: jax.Array) -> None:
        """Add the penalty of the outputs, summed over the batch (Keras 2.0.4), leaving padding rows
        out.
        """
        if regularizer is None or self.is_initializing():
            return
        rows = current_valid_rows()
        if rows is not None:
            outputs = outputs * rows.reshape(rows.shape + (1,) * (outputs.ndim - 1)).astype(
                outputs.dtype
            )
        self.sow(
            "losses",
            "activity",
            regularizer(outputs),
            reduce_fn=lambda a, b: a + b,
            init_fn=lambda: 0.0,
        )
