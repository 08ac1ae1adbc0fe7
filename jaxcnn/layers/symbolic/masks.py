"""Masks as symbolic tensors, for functions that are evaluated on such."""

from __future__ import annotations

import itertools
from typing import cast

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.layers import naming
from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall, symbolic_arguments, with_slots
from jaxcnn.layers.symbolic.tensor import GraphLayer, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.user_layer import UserModule
from jaxcnn.layers.variable import is_variable
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.base import any_mask, library_part
from jaxcnn.nn.functions import MaskOf, WithMask
from jaxcnn.nn.merge import Merge
from jaxcnn.runtime.types import PyTree


class MaskLayer(Layer):
    """The layer that takes a mask from its tensor, or puts one to it."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__(name=naming.unique_name("mask"))
        self.pure = module
        self.weights_store.specs = ()

    def make_module(self) -> nn.Module:
        return self.pure


def masks_of(tensors: PyTree) -> PyTree:
    """The mask of each symbolic tensor in a structure, None where it has none."""

    def mask_of(tensor: PyTree) -> SymbolicTensor | None:
        masked = isinstance(tensor, SymbolicTensor) and tensor.mask_shape is not None
        return MaskLayer(MaskOf())(tensor) if masked else None

    return jax.tree.map(mask_of, tensors)


def with_masks(tensors: PyTree, masks: PyTree) -> PyTree:
    """The tensors with these masks, one for each or None, in place of what they have."""
    leaves, structure = jax.tree.flatten(tensors)
    given = jax.tree.leaves(masks, is_leaf=lambda mask: mask is None)
    if len(given) != len(leaves):
        given = [None] * len(leaves)
    changed = []
    for tensor, mask in zip(leaves, given, strict=True):
        if mask is not None or tensor.mask_shape is not None:
            tensor = MaskLayer(WithMask())([tensor] if mask is None else [tensor, mask])
        changed.append(tensor)
    return jax.tree.unflatten(structure, changed)


def computed_mask(layer: GraphLayer, inputs: PyTree, mask: PyTree) -> PyTree:
    """The mask of a layer's output for an input and its mask, arrays or symbolic tensors.

    Where the masks of a merge have values, only the shapes of the inputs are used.

    Raises:
        TypeError: the layer does not support masks, and there is one.
        ValueError: the layer does not support these masks.
    """
    outer = cast(ModuleBase, layer.module)
    module = cast(ModuleBase, library_part(outer))
    if isinstance(module, UserModule) or type(module).compute_mask is ModuleBase.compute_mask:
        if any_mask(mask) and not outer.supports_masking:
            raise TypeError(
                f"Layer {layer.name} does not support masking, but was passed a mask: {mask!r}"
            )
        return mask if outer.supports_masking else None
    if isinstance(module, Merge) and not symbolic_leaves(mask):
        masks = jax.tree.map(jnp.asarray, mask, is_leaf=is_variable)
        return module.compute_mask(shapes_alone(inputs, masks), masks)
    tensors = symbolic_arguments((inputs, mask))
    if not tensors:
        return module.compute_mask(*jax.tree.map(jnp.asarray, (inputs, mask), is_leaf=is_variable))
    arguments = with_slots((inputs, mask), tensors)
    return Operation(SavedCall("compute_mask", module.compute_mask, arguments))(tensors)


def shapes_alone(inputs: PyTree, masks: PyTree) -> PyTree:
    """The inputs, those without values by their shapes alone; unknown sizes are as in a mask."""
    known = [leaf.shape for leaf in jax.tree.leaves(masks)]
    unknown = None if known else 1  # without a mask no size counts

    def shape_of(leaf: PyTree) -> PyTree:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        longest = max(known, default=(), key=len)[: leaf.ndim]
        sizes = itertools.zip_longest(leaf.shape, longest, fillvalue=unknown)
        return jax.ShapeDtypeStruct([m if n is None else n for n, m in sizes], leaf.dtype)

    return jax.tree.map(shape_of, inputs)
