"""The record of a layer's symbolic calls, and what can be asked of it."""

from __future__ import annotations

from typing import Any

from jaxcnn.layers.symbolic.tensor import Node, shapes


class CallRecord:
    """What was called symbolically: the part of `Layer` that is about nodes."""

    name: str
    inbound_nodes: list[Node]

    def _at(self, node_index: int, attribute: str) -> Any:
        if not 0 <= node_index < len(self.inbound_nodes):
            raise ValueError(
                f"Layer '{self.name}' has {len(self.inbound_nodes)} inbound nodes; node "
                f"{node_index} does not exist."
            )
        return getattr(self.inbound_nodes[node_index], attribute)

    def get_input_at(self, node_index: int) -> Any:
        """The symbolic input of the layer's call number `node_index`."""
        return self._at(node_index, "input_tensors")

    def get_output_at(self, node_index: int) -> Any:
        """The symbolic output of the layer's call number `node_index`."""
        return self._at(node_index, "outputs")

    def get_input_shape_at(self, node_index: int) -> Any:
        """The input shape of the layer's call number `node_index`."""
        return shapes(self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        """The output shape of the layer's call number `node_index`."""
        return shapes(self.get_output_at(node_index))

    def _only(self, kind: str) -> Any:
        if not self.inbound_nodes:
            raise AttributeError(
                f"Layer {self.name} has never been called and thus has no defined {kind}."
            )
        if len(self.inbound_nodes) > 1:
            raise AttributeError(
                f'Layer {self.name} has multiple inbound nodes, hence the notion of "layer {kind}" '
                "is ill-defined. "
                f"Use `get_{kind}_at(node_index)` instead."
            )
        return self._at(0, "input_tensors" if kind == "input" else "outputs")

    def _agreed_shape(self, kind: str) -> Any:
        get = self.get_input_shape_at if kind == "input" else self.get_output_shape_at
        found = [get(i) for i in range(len(self.inbound_nodes))]
        if not found:
            raise AttributeError(
                f"Layer {self.name} has never been called and thus has no defined {kind} shape."
            )
        if any(shape != found[0] for shape in found):
            raise AttributeError(
                f"Layer {self.name} has multiple inbound nodes with different {kind} shapes; "
                f"use `get_{kind}_shape_at(node_index)` instead."
            )
        return found[0]

    @property
    def input(self) -> Any:
        """The symbolic input of a layer that was called once."""
        return self._only("input")

    @property
    def output(self) -> Any:
        """The symbolic output of a layer that was called once."""
        return self._only("output")

    @property
    def input_shape(self) -> Any:
        """The input shape, when all calls agree."""
        return self._agreed_shape("input")

    @property
    def output_shape(self) -> Any:
        """The output shape, when all calls agree."""
        return self._agreed_shape("output")
