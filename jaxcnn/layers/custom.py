"""Layers that users write in the Keras way: `build` makes weights, `call` computes; traced into a
pure module.

While `call` is traced, the attributes that hold the layer's `Variable` (``self.kernel``, also in
lists and dicts) are replaced by the values given to the module, and layers kept as attributes
compute with the weights nested under their names. So the user's code, written as if it had state,
becomes a function of its variables.
"""

from __future__ import annotations

import contextlib
import contextvars
import inspect
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import flax.linen as nn
import jax

from jaxcnn.layers.variable import Variable, given_values
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.runtime.context import running_module

if TYPE_CHECKING:
    from jaxcnn.layers.base import Layer

_bound: contextvars.ContextVar[Mapping[int, nn.Module]] = contextvars.ContextVar(
    "bound_modules", default=MappingProxyType({})
)


def bound_module(layer: Layer) -> nn.Module | None:
    """The module that stands for `layer` inside the user layer being traced, or None outside of
    one.
    """
    return _bound.get().get(id(layer))


class UserModule(ModuleBase):
    """The pure form of a user's layer: a function of its variables that runs the layer's `call`."""

    layer: Any

    @property
    def supports_masking(self) -> bool:  # type: ignore[override]
        return bool(getattr(self.layer, "supports_masking", False))

    @property
    def state_size(self) -> Any:
        """Of a cell, the width of its state or of each of them."""
        return self.layer.state_size

    @property
    def mixes_rows(self) -> bool:
        return True  # nothing is known about what `call` does

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        if (own := getattr(self.layer, "compute_mask", None)) is not None:
            return own(inputs, mask)
        return super().compute_mask(inputs, mask)

    @nn.compact
    def __call__(
        self, inputs: Any, *args: Any, train: bool = False, mask: Any = None, **kwargs: Any
    ) -> Any:
        layer: Layer = self.layer
        layer.build_once(jax.tree.map(lambda x: (None, *x.shape[1:]), inputs))
        values = {
            id(variable): self.weight(
                variable.label,
                variable.initializer,
                variable.shape,
                regularizer=variable.regularizer,
                constraint=variable.constraint,
                collection="params" if variable.trainable else "batch_stats",
                dtype=variable.dtype,
            )
            for variable in layer.declared
        }
        modules = {
            id(child): child.module.clone(parent=self, name=name)
            for name, child in layer.children.items()
        }
        accepted = inspect.signature(layer.call).parameters
        for name, value in (("mask", mask), ("training", train), ("train", train)):
            if name in accepted and name not in kwargs:
                kwargs[name] = value
        with (
            traced_values(layer, values),
            given_values(values),
            bound_modules(modules),
            running_module(self, train),
            layer.recording() as record,
        ):
            outputs = layer.call(inputs, *args, **kwargs)
        declared = {id(variable): variable for variable in layer.declared}
        declared |= {id(values[id(variable)]): variable for variable in layer.declared}
        for old, new in record.updates:
            variable = declared.get(id(old))
            if variable is None or variable.trainable:
                raise ValueError(
                    f"{self.label}: add_update takes (a weight made with trainable=False, its new "
                    "value)."
                )
            if train:
                self.update("batch_stats", variable.label, new)
        for i, loss in enumerate(record.losses):
            if not self.is_initializing():
                self.sow(
                    "losses", f"added_{i}", loss, reduce_fn=lambda a, b: a + b, init_fn=lambda: 0.0
                )
        return outputs


@contextlib.contextmanager
def bound_modules(modules: Mapping[int, nn.Module]) -> Iterator[None]:
    """Within the block the layers of these ids compute through these modules."""
    token = _bound.set({**_bound.get(), **modules})
    try:
        yield
    finally:
        _bound.reset(token)


@contextlib.contextmanager
def traced_values(layer: Any, values: Mapping[int, Any]) -> Iterator[None]:
    """Within the block the attributes of `layer` that hold a `Variable` hold its value in this
    trace.
    """

    def replaced(value: Any) -> Any:
        return jax.tree.map(
            lambda leaf: values.get(id(leaf), leaf),
            value,
            is_leaf=lambda leaf: isinstance(leaf, Variable),
        )

    own = {k: v for k, v in vars(layer).items() if not k.startswith("_") and holds_variable(v)}
    layer.__dict__.update({name: replaced(value) for name, value in own.items()})
    try:
        yield
    finally:
        layer.__dict__.update(own)


def holds_variable(value: Any) -> bool:
    """Whether an attribute is a `Variable` or a list, tuple or dict with one inside."""
    if isinstance(value, Variable):
        return True
    if isinstance(value, Mapping):
        return any(map(holds_variable, value.values()))
    return isinstance(value, list | tuple) and any(map(holds_variable, value))


class Record:
    """The losses and updates that a `call` adds while it is traced."""

    def __init__(self) -> None:
        self.losses: list[Any] = []
        self.updates: list[tuple[Any, Any]] = []
