"""Layers of the library whose `call` or `build` a user has overridden in a subclass."""

from __future__ import annotations

from collections.abc import Mapping

import flax.linen as nn
import jax

from jaxcnn.layers.user_layer import MOVING, RunsCall, UserModule, bound_modules
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


class RebuiltModule(UserModule):
    """Runs the `build` and the `call` of the subclass.

    In them ``super().build(input_shape)`` declares the weights of the layer of the library, and
    ``super().call(x)`` is that layer with the weights of those names.
    """

    inner: nn.Module

    @property
    def supports_masking(self) -> bool:  # type: ignore[override]
        return bool(getattr(self.inner, "supports_masking", False))

    def mask_of_base(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return self.inner.compute_mask(inputs, mask)

    def own_modules(self, values: Mapping[int, jax.Array]) -> dict[int, nn.Module]:
        given: dict[str, dict[str, jax.Array]] = {}
        for variable in self.layer.weights_store.declared:
            given.setdefault(variable.path[0], {})[variable.label] = values[id(variable)]
        rngs = {"dropout": self.make_rng("dropout")} if self.has_rng("dropout") else {}
        return {id(self.layer): self.inner.bind(given, rngs=rngs, mutable=list(MOVING))}
