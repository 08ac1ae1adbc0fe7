"""A model's structure as a configuration, in the form of Keras 2, and back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence

import jax
import numpy as np

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import config_in_our_words
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.runtime.names import is_anonymous
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.bytecode import name_of, with_code
from jaxcnn.saving.types import Json, Network
from jaxcnn.spellings.dialect import lists_inputs


def described(layer: Layer | Network) -> Config:
    """The class and settings of a layer or model."""
    return {"class_name": type(layer).__name__, "config": config_in_our_words(layer)}


def sequential_config(model: Network) -> Config:
    """The name and each layer's class and settings, in order; the first says the input shape.

    Args:
        model: the model.

    Examples:
        >>> network = jc.Sequential([jc.layers.Dense(8, input_shape=(4,))], name="network")
        >>> sorted(jc.saving.sequential_config(network))
        ['layers', 'name']

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    layers = [described(layer) for layer in model.layers]
    if len(model.inputs) == 1 and layers:
        tensor, first = model.inputs[0], model.layers[0]
        network = isinstance(layers[0]["config"].get("layers"), list)
        if not lists_inputs() and (network or tensor.layer.name != f"{first.name}_input"):
            layers.insert(0, described(input_layer(tensor)))
        elif first.batch_input_shape is None and not network:
            layers[0]["config"] |= {
                "batch_input_shape": tuple(tensor.shape),
                "dtype": str(np.dtype(tensor.dtype)),
            }
    return {"name": model.name, **frozen(model), "layers": layers}


def input_layer(tensor: SymbolicTensor) -> InputLayer:
    """The layer of a model's input."""
    assert isinstance(tensor.layer, InputLayer)
    return tensor.layer


def frozen(model: Network) -> Config:
    """``{"trainable": False}`` for a model that is not trained as a whole, else nothing."""
    return {} if model.trainable else {"trainable": False}


def graph_config(model: Network) -> Config:
    """Every layer with its settings and calls, and which tensors are inputs and outputs.

    Args:
        model: the model.

    Examples:
        >>> image = jc.layers.Input((3,), name="image")
        >>> sorted(jc.saving.graph_config(jc.Model(image, jc.layers.Dense(2)(image))))
        ['input_layers', 'layers', 'name', 'output_layers']

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    calls = Calls(model)
    for level in model.node_levels:
        for node in level:
            refuse_captured(node)

    def inbound(node: Node) -> list[Json]:
        kwargs = {k: v for k, v in node.kwargs.items() if not isinstance(v, SymbolicTensor)}
        return [[*calls.reference(tensor), kwargs] for tensor in node.inbound]

    layers = [{"name": layer.name, **described(layer)} for layer in model.layers]
    calls.add_to(layers, inbound)
    return {
        "name": model.name,
        **frozen(model),
        "layers": layers,
        "input_layers": [calls.reference(tensor) for tensor in model.inputs],
        "output_layers": [calls.reference(tensor) for tensor in model.outputs],
    }


def refuse_captured(node: Node) -> None:
    """Raise ValueError where a layer's function uses tensors that it is not called on."""
    if node.evaluated is None or isinstance(node.layer, InputLayer):
        return
    inner = symbolic_leaves(node.evaluated.arguments)
    nodes, inputs = upstream(inner, {id(tensor) for tensor in node.inbound})
    others = [other.layer.name for other in reversed(nodes) if not other.hidden]  # nearest first
    others += [tensor.layer.name for tensor in inputs]
    if others:
        raise ValueError(
            f"Layer '{node.layer.name}' uses the output of '{others[0]}' inside its function, "
            "which no file of a model's structure can hold. Give the layer that tensor as an "
            "input, or save the weights alone by save_weights."
        )


class Calls:
    """The calls of a model's layers, numbered layer by layer: those that belong to the model."""

    def __init__(self, model: Network) -> None:
        self._model = model
        self._numbers: dict[int, int] = {}  # id of a node -> its number
        inside = {id(node) for level in model.node_levels for node in level}
        for layer in model.layers:
            nodes = [node for node in layer.inbound_nodes if id(node) in inside]
            self._numbers.update((id(node), number) for number, node in enumerate(nodes))

    def of(self, layer: Layer) -> Iterator[Node]:
        """The calls of a layer in order; an input is not called."""
        if not isinstance(layer, InputLayer):
            yield from (node for node in layer.inbound_nodes if id(node) in self._numbers)

    def add_to(self, layers: Sequence[Config], described: Callable[[Node], Json]) -> None:
        """Give the settings of the model's layers a description of the calls of each."""
        for settings, layer in zip(layers, self._model.layers, strict=True):
            settings["inbound_nodes"] = [described(node) for node in self.of(layer)]

    def reference(self, tensor: SymbolicTensor) -> list[Json]:
        """Where a tensor comes from: [layer, number of the call, number of the output]."""
        node = tensor.layer.inbound_nodes[tensor.node_index]
        return [tensor.layer.name, self._numbers[id(node)], tensor.tensor_index]


def build_graph(config: Settings) -> tuple[list[SymbolicTensor], list[SymbolicTensor]]:
    """(inputs, outputs) of the graph that `graph_config` described.

    Args:
        config: what `graph_config` returned.

    Raises:
        ValueError: a layer is called on what nothing makes.

    Examples:
        >>> image = jc.layers.Input((3,), name="image")
        >>> config = jc.saving.graph_config(jc.Model(image, jc.layers.Dense(2)(image)))
        >>> inputs, outputs = jc.saving.build_graph(config)
        >>> outputs[0].shape
        (None, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    layers: dict[str, Layer] = {}
    for entry in config["layers"]:
        if entry["name"] in layers:
            raise ValueError(f"The configuration has two layers called '{entry['name']}'.")
        layers[entry["name"]] = LAYERS.deserialize(entry)
    first_call = {name: len(layer.inbound_nodes) for name, layer in layers.items()}

    def tensor(reference: Sequence[Json]) -> SymbolicTensor | None:
        """The tensor that a reference names, or None where its layer was not called yet."""
        name, call, index = reference[:3]
        if name not in layers:
            raise ValueError(
                f"The configuration refers to a layer '{name}' that it does not contain."
            )
        layer = layers[name]
        number = call if isinstance(layer, InputLayer) else call + first_call[name]
        if number >= len(layer.inbound_nodes):
            return None
        leaves: list[SymbolicTensor] = jax.tree.leaves(layer.inbound_nodes[number].outputs)
        return leaves[index]

    waiting = {entry["name"]: list(entry["inbound_nodes"]) for entry in config["layers"]}
    while waiting := {name: calls for name, calls in waiting.items() if calls}:
        progress = False
        for name, calls in waiting.items():
            while calls:
                sources = [tensor(reference) for reference in calls[0]]
                if any(source is None for source in sources):
                    break
                kwargs: Config = next((r[3] for r in calls[0] if len(r) > 3), {})
                layers[name](sources[0] if len(sources) == 1 else sources, **kwargs)
                calls.pop(0)
                progress = True
        if not progress:
            raise ValueError(f"The layers {', '.join(waiting)} wait for inputs that nothing makes.")

    def ends(references: Sequence[Json]) -> list[SymbolicTensor]:
        listed = references if isinstance(references[0], list | tuple) else [references]
        return [t for t in map(tensor, listed) if t is not None]

    return ends(config["input_layers"]), ends(config["output_layers"])


def plain(value: object) -> Json:
    """NumPy numbers, arrays and dtypes, and functions, as JSON knows them: the `default` of
    ``json.dumps``.
    """
    if inspect.isfunction(value):
        return with_code(value) if is_anonymous(value) else name_of(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | jax.Array):
        return np.asarray(value).tolist()
    if isinstance(value, np.dtype | type):
        return str(np.dtype(value))
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be written as JSON.")
