"""The inputs, nodes and outputs of a model of Keras before 1.0, which was built by their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from jaxcnn.compat.layers_of_0_3 import merged
from jaxcnn.layers import Input, Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.symbolic.tensor import GraphLayer, SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Config, Settings, Shape
from jaxcnn.saving.containers import hdf5
from jaxcnn.saving.dialects.configurations import Reader
from jaxcnn.saving.types import Filename
from jaxcnn.spellings.dialect import dialect

if TYPE_CHECKING:
    import h5py

# What descriptions of that time say of a layer besides its arguments.
BESIDES = ("cache_enabled", "custom_name")


class Merging(NamedTuple):
    """How several tensors become one; results of a shared node may stay apart."""

    merge_mode: str | None
    concat_axis: int
    dot_axes: int | Sequence[int]


class NamedNodes:
    """Inputs, nodes and outputs by name, and the functional model that they make.

    Attributes:
        nodes: name -> layer.
        inputs, outputs: name -> layer.
        input_order, output_order: their names in the order in which they were added.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Layer] = {}
        self.inputs: dict[str, GraphLayer] = {}
        self.outputs: dict[str, GraphLayer] = {}
        self.input_order: list[str] = []
        self.output_order: list[str] = []
        self.input_config: list[Config] = []
        self.node_config: list[Config] = []
        self.output_config: list[Config] = []
        self._tensors: dict[str, list[SymbolicTensor]] = {}  # several of a shared node
        self._results: list[SymbolicTensor] = []
        self._model: Model | None = None

    # -- building ----------------------------------------------------------------------------------

    def add_input(
        self,
        name: str,
        input_shape: Shape | None = None,
        batch_input_shape: Shape | None = None,
        dtype: str = "float",
    ) -> None:
        """Add an input.

        Args:
            name: a name that nothing else has.
            input_shape: of one sample. Default: None.
            batch_input_shape: with the batch size in front, in place of it. Default: None.
            dtype: 'float' or 'int'. Default: 'float'.
        """
        self._require_free(name)
        kind = None if dtype == "float" else "int32"
        shape = {"batch_shape": batch_input_shape} if batch_input_shape else {"shape": input_shape}
        tensor = Input(**shape, name=name, dtype=kind)
        self.inputs[name] = tensor.layer
        self._tensors[name] = [tensor]
        self.input_order.append(name)
        key = "batch_input_shape" if batch_input_shape else "input_shape"
        self.input_config.append(
            {"name": name, "dtype": dtype, key: batch_input_shape or input_shape}
        )

    def add_node(
        self,
        layer: Layer,
        name: str,
        input: str | None = None,
        inputs: Sequence[str] = (),
        merge_mode: str = "concat",
        concat_axis: int = -1,
        dot_axes: int | Sequence[int] = -1,
        create_output: bool = False,
    ) -> None:
        """Add a layer that computes from an input or node, or from several that are merged.

        Args:
            layer: which takes the name.
            name: a name that nothing else has.
            input: the name of what it takes. Default: None.
            inputs: the names of what it takes merged. Default: ().
            merge_mode: 'concat', 'sum', 'mul', 'ave', 'max', 'dot' or 'cos'. Default: 'concat'.
            concat_axis: the axis along which 'concat' joins. Default: -1.
            dot_axes: the axes of 'dot' and 'cos'. Default: -1.
            create_output: whether it is an output of the graph, too. Default: False.
        """
        self._require_free(name)
        layer.name = name
        merging = Merging(merge_mode, concat_axis, dot_axes)
        self._tensors[name] = [layer(self._taken(input, inputs, merging))]
        self.nodes[name] = layer
        self.node_config.append(
            {
                "name": name,
                "input": input,
                "inputs": list(inputs),
                **merging._asdict(),
                "create_output": create_output,
            }
        )
        self._model = None
        if create_output:
            self.add_output(name, input=name)

    def add_shared_node(
        self,
        layer: Layer,
        name: str,
        inputs: Sequence[str] = (),
        merge_mode: str | None = None,
        concat_axis: int = -1,
        dot_axes: int | Sequence[int] = -1,
        outputs: Sequence[str] = (),
        create_output: bool = False,
    ) -> None:
        """Add a layer that computes from each of several inputs or nodes by the same weights.

        Args:
            layer: which takes the name.
            name: a name that nothing else has.
            inputs: the names of what it takes. Default: ().
            merge_mode: how its results are merged; None leaves them apart. Default: None.
            concat_axis: the axis along which 'concat' joins. Default: -1.
            dot_axes: the axes of 'dot' and 'cos'. Default: -1.
            outputs: names of the results that are left apart. Default: ().
            create_output: whether they are outputs of the graph, too. Default: False.
        """
        for each in (name, *outputs):
            self._require_free(each)
        layer.name = name
        taken = [tensor for each in inputs for tensor in self._known(each)]
        results = [layer(tensor) for tensor in taken]
        self.nodes[name] = layer
        self.node_config.append(
            {
                "name": name,
                "inputs": list(inputs),
                **Merging(merge_mode, concat_axis, dot_axes)._asdict(),
                "outputs": list(outputs),
                "create_output": create_output,
            }
        )
        self._model = None
        if merge_mode:
            self._tensors[name] = [merged(results, merge_mode, concat_axis, dot_axes)]
            names = [name]
        else:
            self._tensors[name] = results
            self._tensors |= {
                each: [result] for each, result in zip(outputs, results, strict=False)
            }
            names = list(outputs)
        if create_output:
            for each in names:
                self.add_output(each, input=each)

    def add_output(
        self,
        name: str,
        input: str | None = None,
        inputs: Sequence[str] = (),
        merge_mode: str = "concat",
        concat_axis: int = -1,
        dot_axes: int | Sequence[int] = -1,
    ) -> None:
        """Name the value of a node, or of several that are merged, as an output.

        Args:
            name: a name that no other output has.
            input: the name of the node. Default: None.
            inputs: the names of several. Default: ().
            merge_mode: 'concat', 'sum', 'mul', 'ave', 'max', 'dot' or 'cos'. Default: 'concat'.
            concat_axis: the axis along which 'concat' joins. Default: -1.
            dot_axes: the axes of 'dot' and 'cos'. Default: -1.
        """
        if name in self.output_order:
            raise ValueError(f"Duplicate output identifier: {name}")
        merging = Merging(merge_mode, concat_axis, dot_axes)
        result = self._taken(input, inputs, merging)
        self.outputs[name] = result.layer
        self._results.append(result)
        self.output_order.append(name)
        self.output_config.append(
            {"name": name, "input": input, "inputs": list(inputs), **merging._asdict()}
        )
        self._model = None

    def _require_free(self, name: str) -> None:
        if name in self._tensors:
            raise ValueError(f"Duplicate node identifier: {name}")

    def _known(self, name: str) -> list[SymbolicTensor]:
        if name not in self._tensors:
            raise ValueError(
                f"Unknown node/input identifier: {name}. Known are {', '.join(self._tensors)}."
            )
        return self._tensors[name]

    def _taken(self, input: str | None, inputs: Sequence[str], merging: Merging) -> SymbolicTensor:
        """What a node or an output takes."""
        names = [*([input] if input else []), *inputs]
        if not names:
            raise ValueError("Graph: a node or an output needs an `input`, or several `inputs`.")
        tensors = [tensor for name in names for tensor in self._known(name)]
        if not inputs or merging.merge_mode is None:
            return tensors[0]
        return merged(tensors, merging.merge_mode, merging.concat_axis, merging.dot_axes)

    # -- the model inside --------------------------------------------------------------------------

    @property
    def model(self) -> Model:
        """The functional model from the inputs to the outputs."""
        if self._model is None:
            inputs = [self._tensors[name][0] for name in self.input_order]
            self._model = Model(inputs, list(self._results))
        return self._model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "_results" not in vars(self):
            raise AttributeError(f"Graph has no attribute {name!r}.")
        return getattr(self.model, name)

    @property
    def nb_input(self) -> int:
        """How many inputs there are."""
        return len(self.inputs)

    @property
    def nb_output(self) -> int:
        """How many outputs there are."""
        return len(self.outputs)

    @property
    def input_shape(self) -> Shape | dict[str, Shape]:
        """The shape of the one input, or those of all by name."""
        return _one_or_named({name: self._tensors[name][0] for name in self.input_order})

    @property
    def output_shape(self) -> Shape | dict[str, Shape]:
        """The shape of the one output, or those of all by name."""
        return _one_or_named(dict(zip(self.output_order, self._results, strict=True)))

    def count_params(self) -> int:
        """How many numbers the weights are."""
        return sum(layer.count_params() for layer in self.nodes.values())

    def get_weights(self) -> list[np.ndarray]:
        """The weights, node by node in the order in which they were added."""
        return [array for layer in self.nodes.values() for array in layer.get_weights()]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Set the weights.

        Args:
            weights: arrays as `get_weights` gives them.
        """
        rest = list(weights)
        for layer in self.nodes.values():
            count = len(layer.weights)
            layer.set_weights(rest[:count])
            rest = rest[count:]

    def save_weights(self, filepath: Filename, overwrite: bool = False) -> None:
        """Write the weights into an HDF5 file, as Keras 0.3 wrote those of a graph.

        Args:
            filepath: its name.
            overwrite: whether to replace a file that is there. Default: False.
        """

        def write(file: h5py.File) -> None:
            group = file.create_group("graph")
            weights = self.get_weights()
            group.attrs["nb_params"] = len(weights)
            for i, weight in enumerate(weights):
                group.create_dataset(f"param_{i}", data=weight)

        hdf5.write_file(filepath, overwrite, write)

    def load_weights(self, filepath: Filename) -> None:
        """Read weights that `save_weights` wrote.

        Args:
            filepath: its name.
        """
        with hdf5.opened(filepath) as file:
            if "graph" not in file:
                raise ValueError(f"{filepath} holds no weights of a Graph of Keras 0.3.")
            group = file["graph"]
            count = int(group.attrs["nb_params"])
            self.set_weights([group[f"param_{i}"][()] for i in range(count)])

    # -- descriptions ------------------------------------------------------------------------------

    def get_config(self) -> Config:
        """The description that Keras 0.3 gave, from which `model_from_json` makes it again."""
        nodes = {}
        for name, layer in self.nodes.items():
            described = dict(layer.get_config())
            described["custom_name"] = described.pop("name", name)
            nodes[name] = {"name": dialect().class_name(type(layer).__name__), **described}
        return {
            "name": "Graph",
            "input_config": self.input_config,
            "node_config": self.node_config,
            "output_config": self.output_config,
            "input_order": self.input_order,
            "output_order": self.output_order,
            "nodes": nodes,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Settings | None = None) -> Self:
        """A new graph from a description.

        Args:
            config: as `get_config` or a file of Keras 0.3 has it.
            custom_objects: name -> the user's class. Default: None.
        """
        graph = cls()
        for entry in config["input_config"]:
            graph.add_input(**entry)
        for entry in config["node_config"]:
            if entry["name"] not in config["nodes"]:
                continue  # a result of the shared node before
            described = dict(config["nodes"][entry["name"]])
            name = described.pop("name")
            for word in BESIDES:
                described.pop(word, None)
            with custom_object_scope(custom_objects):
                layer = LAYERS.deserialize(
                    Reader(1, safe_mode=True).layer({"class_name": name, "config": described})
                )
            add = graph.add_shared_node if "outputs" in entry else graph.add_node
            add(layer, **{**entry, "create_output": False})
        for entry in config["output_config"]:
            graph.add_output(**entry)
        return graph

    def to_json(self, **kwargs: Any) -> str:
        """`get_config` as a text; `kwargs` are for `json.dumps`."""
        return json.dumps(self.get_config(), default=lambda value: value.tolist(), **kwargs)


def _one_or_named(tensors: Mapping[str, SymbolicTensor]) -> Shape | dict[str, Shape]:
    shapes: dict[str, Shape] = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    return next(iter(shapes.values())) if len(shapes) == 1 else shapes
