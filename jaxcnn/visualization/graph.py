"""A model as a graph: a box for each layer, an arrow for each tensor between two."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeGuard, cast

import jax

from jaxcnn.layers import Bidirectional, TimeDistributed
from jaxcnn.models.network import Network
from jaxcnn.runtime.types import PyTree
from jaxcnn.utils.files import atomic_path

if TYPE_CHECKING:
    import pydot

    from jaxcnn.layers.base import Layer
    from jaxcnn.layers.symbolic.tensor import GraphLayer, SymbolicTensor

DIRECTIONS = ("TB", "LR", "BT", "RL")


def plot_model(
    model: Network,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
) -> Path:
    """Draw the layers of `model` and their connections.

    Args:
        model: one whose input shape is known.
        to_file: the file to write; the suffix names the format (png, svg, pdf, dot, ...), which
            Graphviz must know.
        show_shapes: whether each box shows the shapes of what goes in and comes out.
        show_layer_names: whether it shows the layer's name before its class.
        rankdir: from where to where: 'TB' top to bottom, 'LR' left to right, 'BT' or 'RL'.
        expand_nested: whether models used as layers are drawn as frames with their own layers
            inside.
        dpi: dots an inch.

    Returns:
        The path.

    Raises:
        ImportError: pydot or Graphviz is missing; the message says how to get it.
        ValueError: the model does not know its input shape, or an option is unknown.

    Examples:
        >>> jc.utils.plot_model(model, "model.png", show_shapes=True)
    """
    path = Path(to_file)
    kind = path.suffix.removeprefix(".").lower() or "png"
    graph = model_to_dot(
        model,
        show_shapes=show_shapes,
        show_layer_names=show_layer_names,
        rankdir=rankdir,
        expand_nested=expand_nested,
        dpi=dpi,
    )
    content = graph.to_string().encode() if kind == "dot" else _drawn(graph, kind)
    path = path if path.suffix else path.with_suffix(".png")
    with atomic_path(path) as temporary:
        Path(temporary).write_bytes(content)
    return path


def model_to_dot(
    model: Network,
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
) -> pydot.Dot:
    """The graph of `plot_model` as a ``pydot.Dot``.

    For a notebook, ``.create(prog='dot', format='svg')`` draws it.

    Args:
        model: one whose input shape is known.
        show_shapes: whether the shapes of inputs and outputs are written.
        show_layer_names: whether the names of layers are written.
        rankdir: 'TB' from top to bottom, 'LR' from left to right.
        expand_nested: whether models inside are drawn with their layers.
        dpi: dots per inch.

    Raises:
        ImportError: pydot is missing.

    Examples:
        >>> jc.utils.model_to_dot(model).get_rankdir()
        'TB'
    """
    try:
        import pydot
    except ImportError:
        raise ImportError("model_to_dot and plot_model need pydot: pip install pydot.") from None
    if rankdir not in DIRECTIONS:
        raise ValueError(f"`rankdir` is {rankdir!r}; known are {', '.join(DIRECTIONS)}.")
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"Model {getattr(model, 'name', model)!r} does not know its input shape yet; build it "
            "first."
        )
    graph = pydot.Dot(graph_type="digraph", rankdir=rankdir, concentrate="true", dpi=str(dpi))
    graph.set_node_defaults(shape="record")
    drawing = _Drawing(pydot, show_shapes, show_layer_names, expand_nested)
    drawing.draw(graph, model, model.name)
    return graph


class _Drawing:
    """Boxes and arrows of a model.

    A box is known by its path: the names of the models that it is in, and its own.
    """

    def __init__(
        self, pydot: ModuleType, show_shapes: bool, show_layer_names: bool, expand_nested: bool
    ) -> None:
        self.pydot = pydot
        self.show_shapes, self.show_layer_names, self.expand_nested = (
            show_shapes,
            show_layer_names,
            expand_nested,
        )
        self._keys: dict[str, str] = {}

    def key(self, path: str) -> str:
        """The name of a box in the graph, which needs no quotes."""
        return self._keys.setdefault(path, f"box{len(self._keys)}")

    def draw(self, graph: pydot.Graph, model: Network, path: str) -> None:
        relevant = {id(node) for level in model.nodes_by_depth for node in level}
        for layer in model.members:  # a Sequential model's `layers` leaves the inputs out
            inner = f"{path}/{layer.name}"
            if self._expanded(layer):
                frame = self.pydot.Cluster(
                    self.key(inner), label=_quoted(layer.name), style="dashed"
                )
                self.draw(frame, layer, inner)
                graph.add_subgraph(frame)
            else:
                graph.add_node(self.pydot.Node(self.key(inner), label=_quoted(self._label(layer))))
            for node in layer.inbound_nodes:
                if id(node) in relevant:
                    for i, tensor in enumerate(node.inbound):
                        source, goal = self._end(tensor, path), self._start(layer, i, inner)
                        graph.add_edge(self.pydot.Edge(self.key(source), self.key(goal)))

    def _expanded(self, layer: GraphLayer) -> TypeGuard[Network]:
        return self.expand_nested and isinstance(layer, Network)

    def _start(self, layer: GraphLayer, i: int, path: str) -> str:
        """The box that tensor `i` of a call goes to; in an expanded model, its input."""
        while self._expanded(layer):
            layer = layer.inputs[min(i, len(layer.inputs) - 1)].layer
            path, i = f"{path}/{layer.name}", 0
        return path

    def _end(self, tensor: SymbolicTensor, path: str) -> str:
        """The box that a tensor comes from; of an expanded model, the layer of this output."""
        layer, index = tensor.layer, tensor.tensor_index
        path = f"{path}/{layer.name}"
        while self._expanded(layer):
            inside = layer.outputs[index]
            layer, index = inside.layer, inside.tensor_index
            path = f"{path}/{layer.name}"
        return path

    def _label(self, layer: Layer) -> str:
        name, kind = layer.name, type(layer).__name__
        if isinstance(layer, TimeDistributed | Bidirectional):
            name, kind = f"{name}({layer.layer.name})", f"{kind}({type(layer.layer).__name__})"
        text = _escaped(f"{name}: {kind}" if self.show_layer_names else kind)
        if not self.show_shapes:
            return text
        inputs, outputs = _shapes(layer)
        return f"{text}|{{input:|output:}}|{{{{{_escaped(inputs)}}}|{{{_escaped(outputs)}}}}}"


def _shapes(layer: Layer) -> tuple[str, str]:
    """The shapes that go in and come out, 'multiple' where the calls of the layer differ."""
    outputs = [layer.get_output_shape_at(i) for i in range(len(layer.inbound_nodes))]
    inputs = [
        jax.tree.map(lambda tensor: tensor.shape, node.given) if node.inbound else outputs[i]
        for i, node in enumerate(layer.inbound_nodes)
    ]
    return _one_or_multiple(inputs), _one_or_multiple(outputs)


def _one_or_multiple(shapes: Sequence[PyTree]) -> str:
    return str(shapes[0]) if all(shape == shapes[0] for shape in shapes) else "multiple"


def _drawn(graph: pydot.Dot, kind: str) -> bytes:
    try:
        return cast(bytes, graph.create(prog="dot", format=kind))
    except FileNotFoundError:
        raise ImportError(
            "plot_model needs Graphviz, whose program `dot` was not found: install it with the "
            "system's packages (apt install graphviz, brew install graphviz, conda install "
            "graphviz), or write to a .dot file."
        ) from None
    except AssertionError as error:  # pydot's word for a failure of the program
        raise ValueError(f"Graphviz could not write the format {kind!r}: {error}") from None


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def _escaped(text: str) -> str:
    """Text without the signs that divide a box into fields."""
    return "".join(f"\\{sign}" if sign in "{}|<>" else sign for sign in text)
