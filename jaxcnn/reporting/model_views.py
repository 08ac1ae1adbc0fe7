"""The views of a model that the TensorBoard callback shows: weights, graph, outputs of layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from jaxcnn.layers.symbolic.tensor import symbolic_leaves
from jaxcnn.models import Model
from jaxcnn.models.network import Network
from jaxcnn.reporting.event_file import GraphNode

ACTIVATION_SAMPLES = 128
MOST_PIXELS = 1024  # of a side of the image of a weight matrix
MOST_KERNELS = 64  # of a side of the image of convolution kernels


def named_weights(model: Network, prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """(`layer/weight`, array) of every weight; in a nested model the names begin with its name."""
    for layer in model.layers:
        if isinstance(layer, Network):
            yield from named_weights(layer, f"{prefix}{layer.name}/")
            continue
        for owner, path in layer.weight_paths():
            within = path[1:] if owner is layer else (owner.name, *path[1:])
            yield prefix + "/".join((layer.name, *within)), np.asarray(owner.variable(path))


def weight_image(weight: np.ndarray) -> np.ndarray:
    """An array of any rank as an image (height, width).

    A vector is one row, a matrix is at least as wide as high. Convolution kernels (..., input,
    output) become tiles: a row of tiles for each input channel, a column for each filter.
    """
    if weight.ndim <= 1:
        return weight.reshape(1, -1)[:, :MOST_PIXELS]
    if weight.ndim == 2:
        matrix = weight.T if weight.shape[0] > weight.shape[1] else weight
        return matrix[:MOST_PIXELS, :MOST_PIXELS]
    kernels = weight[:, None] if weight.ndim == 3 else weight.reshape(-1, *weight.shape[-3:])
    kernels = kernels[:, :, :MOST_KERNELS, :MOST_KERNELS]  # (height, width, input, output)
    framed = np.pad(kernels, ((0, 1), (0, 1), (0, 0), (0, 0)), constant_values=kernels.min())
    height, width, rows, columns = framed.shape
    return framed.transpose(2, 0, 3, 1).reshape(rows * height, columns * width)


def layer_graph(model: Network) -> list[GraphNode]:
    """One node for each input and each call of a layer; a nested model is a box of nodes."""
    nodes = [
        GraphNode(tensor.layer.name, "InputLayer", (), [tensor.shape]) for tensor in model.inputs
    ]
    _add_calls(model, "", [node.name for node in nodes], nodes)
    return nodes


def _add_calls(
    network: Network, prefix: str, sources: Sequence[str], nodes: list[GraphNode]
) -> list[str]:
    """Add the calls of a network whose inputs come from `sources`; the nodes of its outputs."""
    made_by = {id(tensor): source for tensor, source in zip(network.inputs, sources, strict=True)}
    calls: dict[str, int] = {}
    for node in network.nodes:
        layer = node.layer
        calls[layer.name] = calls.get(layer.name, 0) + 1
        name = prefix + numbered(layer.name, calls[layer.name])
        outputs = symbolic_leaves(node.outputs)
        inputs = [made_by[id(tensor)] for tensor in node.inbound]
        if isinstance(layer, Network):
            makers = _add_calls(layer, name + "/", inputs, nodes)
        else:
            nodes.append(
                GraphNode(name, type(layer).__name__, inputs, [tensor.shape for tensor in outputs])
            )
            makers = [name] * len(outputs)
        made_by |= {id(tensor): maker for tensor, maker in zip(outputs, makers, strict=True)}
    return [made_by[id(tensor)] for tensor in network.outputs]


def numbered(name: str, count: int) -> str:
    """`name` the first time, then `name_2`, `name_3`, ..."""
    return name if count == 1 else f"{name}_{count}"


class ActivationModel:
    """The model that returns the outputs of all layers of a model at once."""

    def __init__(self, model: Network):
        tensors = [
            (node.layer.name, tensor)
            for node in model.nodes
            for tensor in symbolic_leaves(node.outputs)
        ]
        counts: dict[str, int] = {}
        self.names: list[str] = []
        for name, _ in tensors:
            counts[name] = counts.get(name, 0) + 1
            self.names.append(numbered(f"{name}_out", counts[name]))
        self.model = Model(
            model.inputs, [tensor for _, tensor in tensors], name=f"{model.name}_activations"
        )

    def outputs(self, validation_data: Sequence[np.ndarray | None]) -> list[tuple[str, np.ndarray]]:
        """(name, values) for each layer, from the first 128 samples of the validation inputs."""
        arrays = validation_data[: len(self.model.inputs)]
        inputs = [array[:ACTIVATION_SAMPLES] for array in arrays if array is not None]
        values = self.model.predict(
            inputs if len(inputs) > 1 else inputs[0], batch_size=ACTIVATION_SAMPLES
        )
        return list(zip(self.names, values if isinstance(values, list) else [values], strict=True))
