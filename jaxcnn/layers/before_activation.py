"""What made a tensor, as TensorFlow tells it: the activation at the end of a layer or model.

Programs take the numbers before a softmax by ``output.op.inputs[0]``.
"""

from __future__ import annotations

from typing import Any, cast

import flax.linen as linen

from jaxcnn import activations
from jaxcnn.layers import symbolic
from jaxcnn.layers.derived import ModuleLayer
from jaxcnn.layers.overridden import computed_with
from jaxcnn.layers.replaced import weights_in_force
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.nn import Activation, ReLU
from jaxcnn.nn.base import library_part

# What TensorFlow calls the operations of activations.
TYPES = {
    activations.softmax: "Softmax",
    activations.relu: "Relu",
    activations.sigmoid: "Sigmoid",
    activations.tanh: "Tanh",
    activations.elu: "Elu",
    activations.selu: "Selu",
    activations.softplus: "Softplus",
    activations.softsign: "Softsign",
}


def type_of_layer(module: linen.Module) -> str | None:
    """What TensorFlow calls the operation of a layer that is an activation alone, or None."""
    if not isinstance(module, ReLU) or module.threshold:
        return None
    if module.negative_slope:
        return "LeakyRelu" if module.max_value is None else None
    if module.max_value is None:
        return "Relu"
    return "Relu6" if module.max_value == 6 else None


class ActivationOp:
    """The activation that made a tensor.

    Attributes:
        type: TensorFlow's name for it.
        outputs: the tensor.
    """

    def __init__(self, kind: str, tensor: SymbolicTensor) -> None:
        self.type, self.outputs = kind, [tensor]
        self.name = f"{tensor.layer.name}/{kind}"
        self._call = tensor.layer.inbound_nodes[tensor.node_index]

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The tensor before the activation."""
        layer, call = cast(ModuleLayer, self._call.layer), self._call
        module = library_part(layer.module)
        if isinstance(module, Activation | ReLU):
            return list(call.inbound)
        store = layer.weights_store
        weights: dict[str, TensorLike] = weights_in_force(layer) or {
            spec.path[0]: store.variable((spec.collection, *spec.path))
            for spec in store.specs or ()
        }
        before = module.clone(activation=activations.get("linear"))
        mask = symbolic.masks_of(call.args[0])
        return [computed_with(weights, before, (call.args, call.kwargs), mask)]


class InnerOp(ActivationOp):
    """The activation at the end of a model that was called."""

    def __init__(self, inner: ActivationOp, tensor: SymbolicTensor) -> None:
        super().__init__(inner.type, tensor)
        self.name = f"{tensor.layer.name}/{inner.name}"
        self._inner = inner

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The tensor before the activation, by the part of the model up to there."""
        model, call = cast(Any, self._call.layer), self._call
        parts = [symbolic.Network(model.inputs, before) for before in self._inner.inputs]
        return [part(*call.args, **call.kwargs) for part in parts]


def op_of(tensor: SymbolicTensor) -> ActivationOp:
    """What made the output of a layer or model.

    Raises:
        AttributeError: it was no activation that TensorFlow has, or the layer has states,
            statistics or layers inside.
    """
    call = tensor.layer.inbound_nodes[tensor.node_index]
    layer: Any = tensor.layer
    if call.evaluated is None and len(call.inbound) and hasattr(layer, "outputs"):
        return InnerOp(op_of(layer.outputs[tensor.tensor_index]), tensor)
    plain = isinstance(layer, ModuleLayer) and call.evaluated is None and not layer.children
    specs = layer.weights_store.specs or ()
    if plain and all(s.collection == "params" and len(s.path) == 1 for s in specs):
        if (alone := type_of_layer(library_part(layer.module))) is not None:
            return ActivationOp(alone, tensor)
        function = getattr(library_part(layer.module), "activation", None)
        for known, kind in TYPES.items():
            if function is known or function == known.__name__:
                return ActivationOp(kind, tensor)
    raise AttributeError(
        f"{tensor!r} has no `op`: jaxcnn knows the operation of a tensor only where a layer ends "
        f"with one of the activations {', '.join(f.__name__ for f in TYPES)}."
    )
