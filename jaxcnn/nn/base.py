"""The base of every module: declared weights, argument checks at construction, masks, penalties.

A module is a plain ``flax.linen.Module``: hyperparameters are dataclass fields,
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
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, cast

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core import meta

from jaxcnn import constraints, initializers, regularizers
from jaxcnn.nn.batch import current_valid_rows
from jaxcnn.nn.explained import explained
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime import config
from jaxcnn.runtime.captures import Captured, with_arrays
from jaxcnn.runtime.docstrings import sections
from jaxcnn.runtime.nameless import from_pickle, to_pickle
from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import (
    ArrayFunction,
    Config,
    DTypeLike,
    Identifier,
    Path,
    PyTree,
    Settings,
)
from jaxcnn.spellings.stories import told_in


@dataclass(frozen=True)
class WeightSpec:
    """One declared weight of a module: its path, how it starts, what limits and penalises it."""

    path: Path
    collection: str
    shape: tuple[int, ...]
    dtype: DTypeLike
    initializer: ArrayFunction
    constraint: ArrayFunction | None
    regularizer: ArrayFunction | None = None


# Weights are declared deep inside other people's modules, which hand no list of them along.
_declared: ContextVar[list[WeightSpec]] = ContextVar("declared_weights")

# (id of a module, name of its weight) -> the array that it computes with instead
Replaced: TypeAlias = Mapping[tuple[int, str], jax.Array]
_replaced: ContextVar[Replaced] = ContextVar("replaced_weights", default=MappingProxyType({}))


# The field of a module around one of the library, of whose paths it is no part.
OF_LIBRARY = "of_library"


def library_part(module: Any) -> Any:
    """The module of the library inside the one of a user's subclass; any other as it is."""
    return getattr(module, OF_LIBRARY, module)


def replacing(tensors: Replaced) -> AbstractContextManager[object]:
    """Within the block modules compute with these arrays in place of their weights."""
    return scoped(_replaced, tensors)


def declared_weights() -> contextlib.AbstractContextManager[list[WeightSpec]]:
    """Collect the `WeightSpec` of every weight declared while a module is traced in the block.

    Examples:
        >>> with jc.nn.declared_weights() as weights:
        ...     variables = jc.nn.Dense(2).init(jax.random.key(0), jnp.ones((1, 3)))
        >>> [(weight.path, weight.shape) for weight in weights]
        [(('kernel',), (3, 2)), (('bias',), (2,))]
    """
    return scoped(_declared, [])


# Penalties are added deep inside modules that a function calls besides those of its model.
_penalties: ContextVar[bool] = ContextVar("penalties", default=True)


def without_penalties() -> contextlib.AbstractContextManager[bool]:
    """Within the block modules add nothing to the loss."""
    return scoped(_penalties, False)


def penalty_of(function: ArrayFunction | None, value: jax.Array) -> jax.Array | None:
    """The penalty of a weight or output, None without one.

    One that closes over tensors of the graph is among the losses of the graph instead.
    """
    if function is None or not penalties_count():
        return None
    with contextlib.suppress(Captured), with_arrays():
        amount: jax.Array = function(value)
        return amount
    return None


def penalties_count() -> bool:
    """Whether modules that run now may add to the loss."""
    return _penalties.get()


# The methods by which modules check their fields.
AT_CONSTRUCTION = {
    "amounts",
    "checked",
    "checked_format",
    "checked_rates",
    "require_output",
    "require_space",
    "several",
}


class Layer(nn.Module):
    """Base of every jaxcnn module.

    Subclasses are dataclasses whose fields carry the Keras argument names and defaults. `checked`
    validates and normalises the fields once, at construction, so that a wrong argument is reported
    where it was written.

    Examples:
        >>> import flax.linen as fnn
        >>> class Clip(jc.nn.Layer):
        ...     limit: float = 1.0
        ...     @fnn.compact
        ...     def __call__(self, x):
        ...         return jnp.clip(x, -self.limit, self.limit)
        >>> Clip(0.5).apply({}, jnp.array([-2.0, 0.25]))
        Array([-0.5 ,  0.25], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    traits: ClassVar[Traits] = Traits()
    supports_masking: ClassVar[bool] = False
    # What the docstring of a class of the library itself says of its arguments.
    specific: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        # They run at construction, when Flax's tools (`tabulate`) may not look into calls yet.
        for name in AT_CONSTRUCTION & cls.__dict__.keys():
            nn.nowrap(cls.__dict__[name])
        doc = cls.__dict__.get("__doc__")
        super().__init_subclass__(**options)
        if cls.__module__.startswith("jaxcnn."):
            cls.specific = sections(doc).get("Args", "")
            cls.__doc__ = explained(cls, doc) if doc else None

    def __post_init__(self) -> None:
        for name, value in self.checked().items():
            object.__setattr__(self, name, value)
        super().__post_init__()

    def __getstate__(self) -> Config:
        """The attributes; functions without names are pickled as code."""
        return to_pickle(vars(self))

    def __setstate__(self, state: Settings) -> None:
        vars(self).update(from_pickle(state))

    @nn.nowrap
    def checked(self) -> Config:
        """The fields that need resolving, as they are to be stored.

        Raises:
            ValueError: an argument is not allowed.
        """
        return {}

    @property
    def mixes_rows(self) -> bool:
        """Whether padding rows can change other rows, so that a short batch must not be padded."""
        regularizer = getattr(self, "activity_regularizer", None)
        return regularizer is not None and not isinstance(regularizer, regularizers.L1L2)

    @property
    def draws_anyway(self) -> bool:
        """Whether random numbers may be drawn in inference mode, too."""
        return False

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        """The timestep mask of the output: that of the input where the layer supports masking."""
        if self.supports_masking:
            return mask
        if any_mask(mask):
            raise ValueError(
                f"{self.label} does not support masking, but its input carries a mask (from "
                "Embedding(mask_zero=True) or Masking). Remove the mask before this layer or use a "
                "layer that supports it."
            )
        return None

    @property
    def label(self) -> str:
        """How error messages call this module: class, and name where it has one."""
        return f"{type(self).__name__} '{self.name}'" if self.name else type(self).__name__

    def weight(
        self,
        name: str,
        initializer: Identifier,
        shape: tuple[int, ...],
        *,
        regularizer: Identifier = None,
        constraint: Identifier = None,
        collection: str = "params",
        dtype: DTypeLike | None = None,
    ) -> jax.Array:
        """Declare and read a weight; the penalty of its `regularizer` goes into ``losses``.

        It is float32, or float64 where that is the number type of layers.
        """
        if dtype is None:
            dtype = jnp.float64 if config.floatx() == "float64" else jnp.float32
        if callable(initializer):  # also one whose first argument has another name than `key`
            start = cast(ArrayFunction, initializer)
        else:
            start = initializers.get(initializer)
        shape = tuple(shape)
        specs = _declared.get(None)
        if specs is not None:
            path = (*(step for step in self.path if step != OF_LIBRARY), name)
            limit = constraints.get(constraint)
            specs.append(
                WeightSpec(
                    path,
                    collection,
                    shape,
                    dtype,
                    initializer=start,
                    constraint=limit,
                    regularizer=regularizers.get(regularizer),
                )
            )
            start = initializers.blank(start)
        if collection == "params":
            value = parameter(self, name, start, shape, dtype)
        else:
            value = self.variable(
                collection, name, lambda: start(self.make_rng("params"), shape, dtype)
            ).value
        penalty = regularizers.get(regularizer)
        amount = None if self.is_initializing() else penalty_of(penalty, value)
        if amount is not None:
            # A shared layer runs several times in one pass, but its weights are penalised once:
            # keep the last.
            self.sow(
                "losses",
                f"{name}_regularizer",
                amount,
                reduce_fn=lambda _, new: new,
                init_fn=tuple,
            )
        return _replaced.get().get((id(self), name), value)

    def update(self, collection: str, name: str, value: jax.Array) -> None:
        """Replace a variable of a mutable collection (running statistics, carried state)."""
        if self.is_mutable_collection(collection) and not self.is_initializing():
            self.put_variable(collection, name, value)

    def penalise_activity(self, regularizer: Identifier, outputs: jax.Array) -> None:
        """Add the penalty of the outputs, a sum over the batch without its padding rows."""
        penalty = regularizers.get(regularizer)
        if penalty is None or self.is_initializing():
            return
        rows = current_valid_rows()
        if rows is not None:
            outputs = outputs * rows.reshape(rows.shape + (1,) * (outputs.ndim - 1)).astype(
                outputs.dtype
            )
        amount = penalty_of(penalty, outputs)
        if amount is not None:
            self.sow(
                "losses",
                "activity",
                amount,
                reduce_fn=lambda a, b: a + b,
                init_fn=lambda: 0.0,
            )


def any_mask(masks: PyTree) -> bool:
    """Whether any of the masks, arrays or None in a structure, is an array."""
    return bool(jax.tree.leaves(masks))


@told_in("shapes")
def parameter(
    layer: Layer, name: str, initializer: ArrayFunction, shape: tuple[int, ...], dtype: DTypeLike
) -> jax.Array:
    """Flax's `param`, without tracing the initializer to learn what shape to expect.

    Raises:
        ValueError: the stored array does not fit.
    """
    if not layer.has_variable("params", name):
        value: jax.Array = layer.param(name, initializer, shape, dtype)
        return value
    value = meta.unbox(layer.get_variable("params", name))
    # Not `jnp.shape`, in whose place jax2onnx puts one that gives arrays.
    if value.shape != shape:
        raise ValueError(
            f"{layer.label}: this input needs '{name}' of shape {shape}, but the weights have "
            f"shape {value.shape}. Check the shape of the input and the layer before this one."
        )
    return value
