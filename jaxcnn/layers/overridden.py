"""Layers of the library whose `call` a user has overridden in a subclass."""

from __future__ import annotations

import flax.linen as nn

from jaxcnn.layers.user_layer import UserLayer, bound_modules
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.graph import call_parameters
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.types import PyTree


class OverriddenModule(ModuleBase):
    """Runs the `call` of the subclass, in which ``super().call(x)`` is the layer of the library.

    The weights are those of the layer of the library, under their own names.
    """

    layer: UserLayer
    inner: nn.Module

    def setup(self) -> None:
        nn.share_scope(self, self.inner)

    @property
    def supports_masking(self) -> bool:  # type: ignore[override]
        return bool(getattr(self.inner, "supports_masking", False))

    @property
    def mixes_rows(self) -> bool:
        return True  # nothing is known about what `call` does

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return self.inner.compute_mask(inputs, mask)

    def __call__(
        self,
        inputs: PyTree,
        *args: PyTree,
        train: bool = False,
        mask: PyTree = None,
        **kwargs: PyTree,
    ) -> PyTree:
        accepted = call_parameters(type(self.layer).call)
        for name, value in (("mask", mask), ("training", train), ("train", train)):
            if name in accepted and name not in kwargs:
                kwargs[name] = value
        with bound_modules({id(self.layer): self.inner}), running_module(self, train):
            return self.layer.call(inputs, *args, **kwargs)
