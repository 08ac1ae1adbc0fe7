"""What a layer can be asked of its symbolic calls."""

from __future__ import annotations

from jaxcnn.layers import symbolic
from jaxcnn.layers.call_record import agreed_shape, node_at, only_tensors
from jaxcnn.layers.symbolic.tensor import Calls, GraphLayer, Node, shapes
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.user_layer import Update
from jaxcnn.runtime.types import PyTree


def calls_on_outputs(self: GraphLayer) -> list[Node]:
    """The calls of other layers on the outputs of this one."""
    return [node for node in self.calls_of_outputs.values() if not node.hidden]


def set_calls_on_outputs(self: GraphLayer, nodes: list[Node]) -> None:
    """Programs that cut a model's last layers off set it; the calls themselves stay."""
    self.calls_of_outputs = Calls({id(node): node for node in nodes})


def get_input_at(self: GraphLayer, node_index: int) -> PyTree:
    """The symbolic input of the layer's call number `node_index`."""
    return node_at(self, node_index).given


def get_output_at(self: GraphLayer, node_index: int) -> PyTree:
    """The symbolic output of the layer's call number `node_index`."""
    return node_at(self, node_index).outputs


def get_input_shape_at(self: GraphLayer, node_index: int) -> PyTree:
    """The input shape of the layer's call number `node_index`."""
    return shapes(get_input_at(self, node_index))


def get_output_shape_at(self: GraphLayer, node_index: int) -> PyTree:
    """The output shape of the layer's call number `node_index`."""
    return shapes(get_output_at(self, node_index))


def input_of(self: GraphLayer) -> PyTree:
    """The symbolic input of a layer that was called once."""
    return only_tensors(self, "input")


def output_of(self: GraphLayer) -> PyTree:
    """The symbolic output of a layer that was called once."""
    return only_tensors(self, "output")


def input_shape_of(self: GraphLayer) -> PyTree:
    """The input shape, when all calls agree."""
    return agreed_shape(self, "input")


def output_shape_of(self: GraphLayer) -> PyTree:
    """The output shape, when all calls agree."""
    return agreed_shape(self, "output")


def get_input_mask_at(self: GraphLayer, node_index: int) -> PyTree:
    """The mask of the input of the layer's call number `node_index`, None without one."""
    return symbolic.masks_of(get_input_at(self, node_index))


def get_output_mask_at(self: GraphLayer, node_index: int) -> PyTree:
    """The mask of the output of the layer's call number `node_index`, None without one."""
    return symbolic.masks_of(get_output_at(self, node_index))


def input_mask_of(self: GraphLayer) -> PyTree:
    """The mask of the input of a layer that was called once, None without one."""
    return symbolic.masks_of(only_tensors(self, "input"))


def output_mask_of(self: GraphLayer) -> PyTree:
    """The mask of the output of a layer that was called once, None without one."""
    return symbolic.masks_of(only_tensors(self, "output"))


def compute_mask(self: GraphLayer, inputs: PyTree, mask: PyTree = None) -> PyTree:
    """The mask of the output for an input and its mask, None without one.

    A layer of your own may override it; here a layer with `supports_masking` passes masks on.

    Raises:
        TypeError: the layer does not support masks, and there is one.
    """
    return symbolic.computed_mask(self, inputs, mask)


def get_updates_for(self: GraphLayer, inputs: PyTree = None) -> list[Update]:
    """The updates of the call on these inputs; for None those that depend on no inputs."""
    updates: list[Update] = symbolic.updates_for(self, inputs)
    return updates


def get_losses_for(self: GraphLayer, inputs: PyTree = None) -> list[TensorLike]:
    """What the call on these inputs adds to the loss; for None what depends on no inputs."""
    losses: list[TensorLike] = symbolic.losses_for(self, inputs)
    return losses
