"""A model as a graph: a box for each layer, an arrow for each tensor between two."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeGuard, cast

import jax

from jaxcnn.layers import Bidirectional, TimeDistributed
from jaxcnn.models.network import Network
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.utils.files import atomic_path
from jaxcnn.utils.packages import installed
from jaxcnn.visualization.boxes import Box, Frame, drawn_graph

if TYPE_CHECKING:
    import pydot
    from matplotlib.figure import Figure

    from jaxcnn.layers.base import Layer
    from jaxcnn.layers.symbolic.tensor import GraphLayer, SymbolicTensor

DIRECTIONS = ("TB", "LR", "BT", "RL")


@suggesting
def plot_model(
    model: Network,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
) -> Path | Figure:
    """Draw the layers of `model` and their connections.

    Graphviz draws where it is installed, with pydot, else matplotlib.

    Args:
        model: one whose input shape is known.
        to_file: the file to write; the suffix names the format (png, svg, pdf; with Graphviz others
            too; dot, for which pydot is needed). None to return a figure of matplotlib, which a
            notebook shows. Default: 'model.png'.
        show_shapes: whether each box shows the shapes of what goes in and comes out. Default:
            False.
        show_layer_names: whether it shows the layer's name before its class. Default: True.
        rankdir: from where to where: 'TB' top to bottom, 'LR' left to right, 'BT' or 'RL'. Default:
            'TB'.
        expand_nested: whether models used as layers are drawn as frames with their own layers
            inside; in matplotlib's drawing their boxes have the model's name. Default: False.
        dpi: dots an inch. Default: 96.

    Returns:
        The path, or the figure.

    Raises:
        ImportError: a .dot file without pydot.
        ValueError: the model does not know its input shape, an option is unknown, or a format.

    Examples:
        >>> jc.utils.plot_model(model, "model.png", show_shapes=True).name
        'model.png'

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/vis_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/vis_utils.py>
    """
    look = Look(show_shapes, show_layer_names, expand_nested)
    graph = graph_of(model, look, rankdir)
    if to_file is None:
        return drawn_graph(graph, rankdir)
    path = Path(to_file)
    path = path if path.suffix else path.with_suffix(".png")
    kind = path.suffix.removeprefix(".").lower()
    with atomic_path(path) as temporary:
        if kind == "dot":
            Path(temporary).write_text(dot_of(graph, rankdir, dpi).to_string(), encoding="utf-8")
        elif has_graphviz():
            Path(temporary).write_bytes(_drawn(dot_of(graph, rankdir, dpi), kind))
        else:
            drawn_graph(graph, rankdir).savefig(temporary, dpi=dpi, format=kind)
    return path


@suggesting
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
        show_shapes: whether the shapes of inputs and outputs are written. Default: False.
        show_layer_names: whether the names of layers are written. Default: True.
        rankdir: 'TB' from top to bottom, 'LR' from left to right. Default: 'TB'.
        expand_nested: whether models inside are drawn with their layers. Default: False.
        dpi: dots per inch. Default: 96.

    Raises:
        ImportError: pydot is missing.

    Examples:
        >>> jc.utils.model_to_dot(model).get_rankdir()
        'TB'

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/vis_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/vis_utils.py>
    """
    look = Look(show_shapes, show_layer_names, expand_nested)
    return dot_of(graph_of(model, look, rankdir), rankdir, dpi)


class Look(NamedTuple):
    """What is drawn of a model."""

    shapes: bool
    names: bool
    nested: bool


def graph_of(model: Network, look: Look, rankdir: str) -> Frame:
    """The boxes and arrows of a model.

    Raises:
        ValueError: the model does not know its input shape, or the direction is unknown.
    """
    if rankdir not in DIRECTIONS:
        raise ValueError(f"`rankdir` is {rankdir!r}; known are {', '.join(DIRECTIONS)}.")
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"Model {getattr(model, 'name', model)!r} does not know its input shape yet; build it "
            "first."
        )
    return framed(model, model.name, look)


def framed(model: Network, path: str, look: Look) -> Frame:
    """A model as a frame; a box is known by the names of the models that it is in, and its own."""
    frame = Frame(path, model.name, [], [], [])
    relevant = {id(node) for level in model.node_levels for node in level}
    for layer in model.members:  # a Sequential model's `layers` leaves the inputs out
        inner = f"{path}/{layer.name}"
        if _expanded(layer, look):
            frame.frames.append(framed(layer, inner, look))
        else:
            shapes = _shapes(layer) if look.shapes else None
            frame.boxes.append(Box(inner, _label(layer, look.names), shapes))
        for node in layer.inbound_nodes:
            if id(node) in relevant:
                for i, tensor in enumerate(node.inbound):
                    ends = _end(tensor, path, look), _start(layer, i, inner, look)
                    frame.arrows.append(ends)
    return frame


def _expanded(layer: GraphLayer, look: Look) -> TypeGuard[Network]:
    return look.nested and isinstance(layer, Network)


def _start(layer: GraphLayer, i: int, path: str, look: Look) -> str:
    """The box that tensor `i` of a call goes to; in an expanded model, its input."""
    while _expanded(layer, look):
        layer = layer.inputs[min(i, len(layer.inputs) - 1)].layer
        path, i = f"{path}/{layer.name}", 0
    return path


def _end(tensor: SymbolicTensor, path: str, look: Look) -> str:
    """The box that a tensor comes from; of an expanded model, the layer of this output."""
    layer, index = tensor.layer, tensor.tensor_index
    path = f"{path}/{layer.name}"
    while _expanded(layer, look):
        inside = layer.outputs[index]
        layer, index = inside.layer, inside.tensor_index
        path = f"{path}/{layer.name}"
    return path


def _label(layer: Layer, names: bool) -> str:
    name, kind = layer.name, type(layer).__name__
    if isinstance(layer, TimeDistributed | Bidirectional):
        name, kind = f"{name}({layer.layer.name})", f"{kind}({type(layer.layer).__name__})"
    return f"{name}: {kind}" if names else kind


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


def has_graphviz() -> bool:
    """Whether Graphviz and what speaks to it are installed."""
    return shutil.which("dot") is not None and importlib.util.find_spec("pydot") is not None


def dot_of(graph: Frame, rankdir: str, dpi: int) -> pydot.Dot:
    """Boxes and arrows in the language of Graphviz.

    Raises:
        ImportError: pydot is missing.
    """
    installed("pydot", "A graph in the language of Graphviz")
    import pydot

    keys: dict[str, str] = {}  # names that need no quotes

    def key(path: str) -> str:
        return keys.setdefault(path, f"box{len(keys)}")

    def fill(target: pydot.Graph, frame: Frame) -> None:
        for box in frame.boxes:
            target.add_node(pydot.Node(key(box.path), label=_quoted(_record(box))))
        for inner in frame.frames:
            cluster = pydot.Cluster(key(inner.path), label=_quoted(inner.label), style="dashed")
            fill(cluster, inner)
            target.add_subgraph(cast("pydot.Subgraph", cluster))
        for source, goal in frame.arrows:
            target.add_edge(pydot.Edge(key(source), key(goal)))

    dot = pydot.Dot(graph_type="digraph", rankdir=rankdir, concentrate="true", dpi=str(dpi))
    dot.set_node_defaults(shape="record")
    fill(dot, graph)
    return dot


def _record(box: Box) -> str:
    """A box with its shapes as Graphviz divides it."""
    text = _escaped(box.label)
    if box.shapes is None:
        return text
    inputs, outputs = map(_escaped, box.shapes)
    return f"{text}|{{input:|output:}}|{{{{{inputs}}}|{{{outputs}}}}}"


def _drawn(graph: pydot.Dot, kind: str) -> bytes:
    try:
        return cast(bytes, graph.create(prog="dot", format=kind))
    except AssertionError as error:  # pydot's word for a failure of the program
        raise ValueError(f"Graphviz could not write the format {kind!r}: {error}") from None


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def _escaped(text: str) -> str:
    """Text without the signs that divide a box into fields."""
    return "".join(f"\\{sign}" if sign in "{}|<>" else sign for sign in text)
