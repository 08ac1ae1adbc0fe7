"""A new model from another's structure."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import jax

from jaxcnn.layers.config_words import config_in_our_words, our_words
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor, symbolic_leaves
from jaxcnn.layers.variable import is_variable
from jaxcnn.models.model import Model
from jaxcnn.models.network import Network
from jaxcnn.models.sequential import Sequential
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.keywords import suggesting

N = TypeVar("N", bound=Network)


@suggesting
def clone_model(
    model: N, input_tensors: SymbolicTensor | Sequence[SymbolicTensor] | None = None
) -> N:
    """A model of the same layers and connections with new weights; it is not compiled.

    Layers of the user's own classes are made again from their `get_config`.

    Args:
        model: functional or a Sequential.
        input_tensors: what the new model begins with, one for each input: a symbolic tensor made by
            Input, or variables and arrays, whose values it takes; by default new inputs.

    Raises:
        ValueError: `input_tensors` are more or fewer than the inputs, or are computed from others.

    Examples:
        >>> jc.models.clone_model(model).count_params()
        3

    References:
        - Chollet et al., "Keras 2.2.4: keras/models.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/models.py>
    """
    used: dict[str, Any] = {type(layer).__name__: type(layer) for layer in model.all_layers()}
    functions = [getattr(layer, "function", None) for layer in model.all_layers()]
    used |= {f.__name__: f for f in functions if inspect.isfunction(f)}
    with custom_object_scope(used):
        if input_tensors is None:
            with our_words():
                return cast(N, type(model).from_config(config_in_our_words(model)))
        tensors = jax.tree.leaves(input_tensors, is_leaf=is_variable)
        return cast(N, on_tensors(model, [Input(tensor=tensor) for tensor in tensors]))


def on_tensors(model: Network, tensors: list[SymbolicTensor]) -> Network:
    """A model of new layers that begins with these tensors."""
    if len(tensors) != len(model.inputs) or not all(
        isinstance(tensor.layer, InputLayer) for tensor in tensors
    ):
        raise ValueError(
            f"clone_model: `input_tensors` are {tensors}; model '{model.name}' needs "
            f"{len(model.inputs)} made by Input."
        )
    with our_words():
        layers = {
            id(layer): type(layer).from_config(config_in_our_words(layer))
            for layer in model.layers
            if not isinstance(layer, InputLayer)
        }
    if isinstance(model, Sequential):
        first = cast(InputLayer, tensors[0].layer)
        return Sequential([first, *layers.values()], name=model.name)
    images = {id(old): new for old, new in zip(model.inputs, tensors, strict=True)}

    def image(leaf: PyTree) -> PyTree:
        return images[id(leaf)] if isinstance(leaf, SymbolicTensor) else leaf

    for node in (node for level in model.node_levels for node in level):
        if id(node.layer) in layers:
            args, kwargs = jax.tree.map(image, (node.args, node.kwargs))
            outputs = layers[id(node.layer)](*args, **kwargs)
            after = zip(symbolic_leaves(node.outputs), symbolic_leaves(outputs), strict=True)
            images |= {id(old): new for old, new in after}
    return Model(tensors, [image(tensor) for tensor in model.outputs], name=model.name)
