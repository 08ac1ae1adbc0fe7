"""Layers of the library whose `call` or `build` a user has overridden in a subclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

import flax.linen as nn
import jax

from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall, symbolic_arguments, with_slots
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.user_layer import MOVING, RunsCall, UserModule, bound_modules
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.graph import run
from jaxcnn.runtime import context
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.types import PyTree


class OverriddenModule(RunsCall):
    """Runs the `call` of the subclass, in which ``super().call(x)`` is the layer of the library.

    The weights are those of the layer of the library, under their own names.
    """

    of_library: nn.Module

    def setup(self) -> None:
        nn.share_scope(self, self.of_library)

    def mask_of_base(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return mask_by(self.of_library, self.supports_masking, inputs, mask)

    def run_call(self, args: tuple[PyTree, ...], kwargs: dict[str, PyTree], train: bool) -> PyTree:
        with bound_modules({id(self.layer): self.of_library}), running_module(self, train):
            return self.layer.call(*args, **kwargs)


class StepsItself(Protocol):
    """A handle that says whether a subclass computes the steps over time."""

    def steps_itself(self) -> bool: ...


class RebuiltModule(UserModule):
    """Runs the `build` and the `call` of the subclass.

    In them ``super().build(input_shape)`` declares the weights of the layer of the library, and
    ``super().call(x)`` is that layer with the weights of those names.
    """

    of_library: nn.Module

    def mask_of_base(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return mask_by(self.of_library, self.supports_masking, inputs, mask)

    def own_modules(self, values: Mapping[int, jax.Array]) -> dict[int, nn.Module]:
        if cast(StepsItself, self.layer).steps_itself():
            return {}
        given: dict[str, dict[str, jax.Array]] = {}
        for variable in self.layer.weights_store.declared:
            given.setdefault(variable.path[0], {})[variable.label] = values[id(variable)]
        rngs = {"dropout": self.make_rng("dropout")} if self.has_rng("dropout") else {}
        return {id(self.layer): self.of_library.bind(given, rngs=rngs, mutable=list(MOVING))}


def on_the_graph(
    module: nn.Module, args: tuple[PyTree, ...], kwargs: Mapping[str, PyTree], mask: PyTree
) -> PyTree:
    """What the layer of the library computes from symbolic tensors and the weights of a subclass.

    Raises:
        TypeError: it moves statistics or states, or its subclass has not built it.
    """
    variables = module.layer.weights_store.declared if isinstance(module, RebuiltModule) else []
    if not isinstance(module, RebuiltModule) or any(v.path[0] in MOVING for v in variables):
        raise TypeError("The layer of the library computes arrays here, of which none are there.")
    return computed_with({v.label: v for v in variables}, module.of_library, (args, kwargs), mask)


def computed_with(
    weights: Mapping[str, TensorLike], module: nn.Module, given: PyTree, mask: PyTree
) -> PyTree:
    """The operation that computes a layer of the library with these weights, by their names.

    Args:
        given: the arguments of the layer, by position and by name.
    """

    def compute(params: dict[str, jax.Array], given: PyTree, mask: PyTree) -> PyTree:
        bound = module.bind({"params": params}, rngs={"dropout": context.next_key()})
        return run(bound, given[0], dict(given[1]), mask, bool(context.training()))[0]

    arguments = (dict(weights), given, mask)
    tensors = symbolic_arguments(arguments)
    return Operation(SavedCall("call", compute, with_slots(arguments, tensors)))(tensors)


def mask_by(inner: nn.Module, passes_on: bool, inputs: PyTree, mask: PyTree) -> PyTree:
    """The mask of the output as a layer of the library makes it, or as a subclass passes it on."""
    module = cast(ModuleBase, inner)
    if passes_on and type(module).compute_mask is ModuleBase.compute_mask:
        return mask
    return module.compute_mask(inputs, mask)
