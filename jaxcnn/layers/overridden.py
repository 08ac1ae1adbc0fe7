"""Layers of the library whose `call` a user has overridden in a subclass."""

from __future__ import annotations

import flax.linen as nn

from jaxcnn.layers.user_layer import RunsCall, bound_modules
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.types import PyTree


class OverriddenModule(RunsCall):
    """Runs the `call` of the subclass, in which ``super().call(x)`` is the layer of the library.

    The weights are those of the layer of the library, under their own names.
    """

    inner: nn.Module

    def setup(self) -> None:
        nn.share_scope(self, self.inner)

    @property
    def supports_masking(self) -> bool:  # type: ignore[override]
        return bool(getattr(self.inner, "supports_masking", False))

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return self.inner.compute_mask(inputs, mask)

    def run_call(self, args: tuple[PyTree, ...], kwargs: dict[str, PyTree], train: bool) -> PyTree:
        with bound_modules({id(self.layer): self.inner}), running_module(self, train):
            return self.layer.call(*args, **kwargs)
