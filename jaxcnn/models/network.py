"""A graph of layers: what it contains, in which order, and as one pure module."""

from __future__ import annotations

import contextlib
import html
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar, cast

import flax.linen as nn
import jax

from jaxcnn.layers import symbolic
from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.symbolic.operation import Operation, free_borrowed, weights_in
from jaxcnn.layers.symbolic.tensor import GraphLayer, Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.walk import source_node, upstream
from jaxcnn.layers.variable import is_variable
from jaxcnn.layers.weight_tree import each_once, with_inner
from jaxcnn.models.summary import print_summary
from jaxcnn.nn.graph import Call, Graph, Ref, Topology, WeightRef
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.names import distinct
from jaxcnn.runtime.types import ArrayLike, Path, PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.stories import told_in

T = TypeVar("T")


class NotAnInput(TypeError, ValueError):
    """A model from a tensor that a layer computes; Keras 2.2 calls it ValueError."""


class NotSymbolic(TypeError, ValueError):
    """Something else than symbolic tensors as inputs or outputs; Keras 2.2 calls it ValueError."""


class Disconnected(ValueError, RuntimeError):
    """A graph that needs an input which the model does not have; Keras 2 calls it RuntimeError."""


class Network(Layer):
    """The layers between `inputs` and `outputs`, usable as a layer itself.

    Args:
        inputs: a symbolic tensor or a list.
        outputs: a symbolic tensor or a list, from calling layers on the inputs.
        name: name of the layer; None for one with a counter.
        trainable: whether training may move the weights of its layers. Default: True.

    Attributes:
        inputs, outputs: the symbolic tensors between which the network lies.
        layers: in Keras's order; the user's to change.
        members: the same, with which the network works.
        nodes: the calls of layers in the order in which they run.
        node_levels: all calls, also those of the inputs, from the deepest level up.

    Examples:
        >>> image = jc.layers.Input((3,))
        >>> network = jc.models.Network(image, jc.layers.Dense(2)(image))
        >>> network(jnp.ones((5, 3))).shape
        (5, 2)

    References:
        - Chollet et al., "Keras 2.2.4: keras/engine/network.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/engine/network.py>
    """

    traits = Traits(network="graph")
    members: Sequence[Layer] = ()
    hidden: Sequence[Layer] = ()
    _names: Sequence[str] = ()  # of the layers, as they are in the module
    _remat = False
    _wide: Collection[int] = ()  # ids of calls

    def __init__(
        self, inputs: PyTree, outputs: PyTree, name: str | None = None, trainable: bool = True
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self.weights_store.specs = ()
        self.set_graph(inputs, outputs)

    @told_in("graph")
    def set_graph(self, inputs: PyTree, outputs: PyTree) -> None:
        """Make this the network from `inputs` to `outputs`, each one symbolic tensor or a list.

        Raises:
            NotSymbolic: something else than symbolic tensors.
            NotAnInput: a tensor among the inputs does not come from `Input`.
            ValueError: an input that is given twice; a cycle; several layers of one name.
            Disconnected: an input is missing.
        """
        inputs = with_sources(inputs)
        self.inputs: list[SymbolicTensor] = symbolic_leaves(inputs)
        self.outputs: list[SymbolicTensor] = symbolic_leaves(outputs)
        for argument, given in (("inputs", inputs), ("outputs", outputs)):
            leaves = jax.tree.leaves(given)
            if not leaves or not all(isinstance(leaf, SymbolicTensor) for leaf in leaves):
                raise NotSymbolic(
                    f"Model: `{argument}` must be symbolic tensors, from Input or from calling "
                    f"layers; given {given!r}."
                )
        for tensor in self.inputs:
            if not isinstance(tensor.layer, InputLayer):
                raise NotAnInput(
                    f"Model: the input {tensor!r} does not come from an Input but from a layer's "
                    "output."
                )
        if len({id(tensor) for tensor in self.inputs}) < len(self.inputs):
            raise ValueError("Model: an input is given more than once.")
        # As of every layer, there is a record of its calls; the first is the graph it is made from.
        graph_call = Node(self, (inputs,), {}, outputs=outputs)
        self.inbound_nodes = [graph_call, *self.inbound_nodes[1:]]
        self.nodes, self.node_levels, self.members = sorted_graph(self.inputs, self.outputs)
        self.layers = list(self.members)
        self.hidden: Sequence[Layer] = ()
        if any(node.evaluated is not None for node in self.nodes):
            self.nodes, self.hidden = self._with_functions()
        self._module = None

    def _with_functions(self) -> tuple[list[Node], list[Layer]]:
        """(all calls in order, also those inside of functions; layers that only those reach).

        Raises:
            Disconnected: a function uses a tensor of an input which the model does not have.
        """
        nodes, inputs = upstream(self.outputs, {id(tensor) for tensor in self.inputs})
        if inputs:
            raise Disconnected(
                f"Model '{self.name}': a function inside of it uses a tensor that is computed from "
                f"the input '{inputs[0].layer.name}', which is not among the model's inputs. Put "
                "it there, or give the function's layer that tensor as an input."
            )
        free_borrowed(nodes)
        members = {id(layer) for layer in self.members}
        inside = {id(layer) for member in self.members for layer in with_inner(member)}
        others = [node.layer for node in nodes if id(node.layer) not in members]
        inside |= {id(layer) for layer in others}
        owners = (variable.owner for node in nodes for variable in weights_in(node))
        others += [cast(Layer, owner) for owner in owners if id(owner) not in inside]
        require_unique_names([*self.members, *others])
        return nodes, [cast(Layer, layer) for layer in unique(others)]

    @property
    def children(self) -> dict[str, Layer]:
        """The layers of the network, without its inputs, by name."""
        layers = (*self.members, *self.hidden)
        return {layer.name: layer for layer in layers if not isinstance(layer, InputLayer)}

    @property
    def listed_children(self) -> dict[str, Layer]:
        """The `children` whose weights are the network's: not those inside of functions."""
        return {layer.name: layer for layer in self.members if not isinstance(layer, InputLayer)}

    @property
    def module(self) -> nn.Module:
        """The pure Flax module: ``model.module.apply(model.variables, x)``."""
        names: list[str] = []
        waiting: list[Layer] = [self]
        while waiting:  # in any order that is the same the next time; models are asked often
            for layer in waiting.pop().children.values():
                names.append(layer.name)
                if layer.children:
                    waiting.append(layer)
        if self._module is None or names != self._names:  # after a layer was renamed, too
            self._module, self._names = self.make_module(), names
        return self._module

    @property
    def remat(self) -> bool:
        """Whether training keeps only the values between blocks, and computes the others again.

        This saves memory on GPU and TPU and costs about one more forward pass; the results are the
        same. On CPU XLA reuses little of the freed memory. Set it before `compile`.
        """
        return self._remat

    @remat.setter
    def remat(self, value: bool) -> None:
        self._remat, self._module = bool(value), None

    @property
    def flattened_layers(self) -> list[Layer]:
        """The layers; of a stack that begins with merged models theirs in place of its first."""
        return list(self.layers)

    @property
    def input_names(self) -> list[str]:
        """The names of the input layers, in order."""
        return [tensor.layer.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that make the outputs.

        Of several by one layer they are name, name_1, ..., in programs for an old Keras all alike.
        """
        names = [tensor.layer.name for tensor in self.outputs]
        return names if chosen() else distinct(names)

    @property
    def input(self) -> PyTree:
        """The input, or the list of them."""
        return one_or_all(self.inputs)

    @property
    def output(self) -> PyTree:
        """The output, or the list of them."""
        return one_or_all(self.outputs)

    @property
    def input_shape(self) -> PyTree:
        """The shape of the input, or the list of shapes."""
        return one_or_all([tuple(tensor.shape) for tensor in self.inputs])

    @property
    def output_shape(self) -> PyTree:
        """The shape of the output, or the list of shapes."""
        return one_or_all([tuple(tensor.shape) for tensor in self.outputs])

    def extended(
        self, inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]
    ) -> Network:
        """The network between these tensors, which takes in this one.

        Operations beyond this one are those of losses, which are computed in float32.
        """
        network = Network(inputs, outputs, name=self.name)
        inside = {id(node) for node in self.nodes}
        further = [node for node in network.nodes if id(node) not in inside]
        network._wide = {id(node) for node in further if isinstance(node.layer, Operation)}
        return network

    def make_module(self) -> nn.Module:
        weights = self.weight_refs()
        indices = itertools.count()
        refs: dict[int, Ref] = {id(tensor): Ref(next(indices)) for tensor in self.inputs}
        calls = []

        def referred(leaf: PyTree) -> PyTree:
            return refs[id(leaf)] if isinstance(leaf, SymbolicTensor) else leaf

        for node in self.nodes:
            module, args, kwargs = node.module, node.args, node.kwargs
            if node.evaluated is not None:
                module, args, kwargs = node.evaluated.module, node.evaluated.arguments, {}
            args, kwargs = jax.tree.map(referred, (args, kwargs), is_leaf=is_variable)
            outputs = jax.tree.map(lambda _: Ref(next(indices)), node.outputs)
            pairs = zip(jax.tree.leaves(node.outputs), jax.tree.leaves(outputs), strict=True)
            refs.update((id(tensor), ref) for tensor, ref in pairs)
            used = {id(v): weights[id(v.owner), v.path] for v in weights_in(node)}
            name = node.layer.name
            calls.append(
                Call(
                    name,
                    module,
                    args,
                    kwargs,
                    outputs,
                    weights=used,
                    hidden=node.hidden,
                    wide=id(node) in self._wide,
                    rules=node.rules,
                )
            )
        results = one_or_all([refs[id(tensor)] for tensor in self.outputs])
        return Graph(Topology(tuple(self.input_names), tuple(calls), results), remat=self.remat)

    def weight_refs(self) -> dict[tuple[int, Path], WeightRef]:
        """Where the module finds the weights: (id of the owner, its path) -> path from here."""
        return {
            (id(owner), (spec.collection, *spec.path)): WeightRef(
                (spec.collection, *path), spec.shape, spec.dtype
            )
            for owner, spec, path in self.placed_weights()
        }

    def call(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """The outputs for other inputs, as calling the network gives them."""
        return self(inputs, *args, **kwargs)

    def run_internal_graph(self, inputs: PyTree, masks: PyTree = None) -> tuple[PyTree, ...]:
        """(outputs, masks, shapes) for symbolic inputs: each one of them, or a list of several.

        Args:
            inputs: the symbolic input, or a list.
            masks: theirs, None where the tensors have theirs already.

        Raises:
            NotImplementedError: other masks.
        """
        if jax.tree.leaves(masks):
            raise NotImplementedError(
                f"Model '{self.name}': run_internal_graph takes the masks that its inputs have; "
                "put a Masking layer before them."
            )
        outputs = symbolic_leaves(self(inputs))
        masks = [symbolic.masks_of(output) for output in outputs]
        listed = outputs, masks, [tuple(output.shape) for output in outputs]
        return tuple(one_or_all(values) for values in listed)

    def reset_states(self) -> None:
        """Set the states of all stateful recurrent layers to zeros."""
        for layer in self.all_layers():
            reset = getattr(layer, "reset_states", None)
            if reset is not None and getattr(layer, "stateful", False):
                reset()

    @suggesting
    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its `name` or by its `index` in `layers`.

        Args:
            name: of the layer. Default: None.
            index: its place in `layers`, also from the end; it goes before `name`. Default: None.

        Raises:
            ValueError: there is no such layer, or neither is given.
        """
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(
                    f"Model '{self.name}' has {len(self.layers)} layers; layer {index} does not "
                    "exist."
                )
            return self.layers[index]
        if name is None:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in self.layers]
        raise ValueError(
            f"No such layer: {name}.{closest(str(name), names)} The layers of '{self.name}': "
            f"{', '.join(names)}."
        )

    def listed_paths(self) -> list[tuple[Layer, Path]]:
        return each_once(entry for layer in self.members for entry in layer.weight_paths())

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace the weights by arrays of the same shapes, in the order of `get_weights`.

        For a program of an old Keras a model sets as many as there are, and warns, unless it is a
        Sequential of Keras 1.

        Args:
            weights: arrays of the shapes that `get_weights` returns.

        Raises:
            ValueError: another number of weights or another shape; nothing is replaced then.
        """
        stack_of_1 = dialect().of_keras_1 and self.traits.network == "stack"
        count = len(self.listed_paths())
        if chosen() and not stack_of_1 and len(weights) != count:
            warn_user(
                f"Model '{self.name}' has {count} weights; given {len(weights)}. As in Keras 1 "
                "and 2, as many as there are of both are set."
            )
            weights = [*weights[:count], *self.get_weights()[len(weights) :]]
        super().set_weights(weights)

    @suggesting
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], object] = print,
    ) -> None:
        """Print the table of layers, output shapes and parameter counts.

        Args:
            line_length: width in characters; 65, or 100 when the layers' connections are shown.
                Default: None.
            positions: the ends of the columns, as fractions of the width or in characters. Default:
                None.
            print_fn: called with each line. Default: `print`.
        """
        self.require_built()
        self.warn_of_changes()
        print_summary(self, line_length, positions, print_fn)

    def warn_of_changes(self) -> None:
        """Warn of what has changed since `compile`, of which models that are trained know."""

    def _repr_html_(self) -> str:
        """The summary, for notebooks."""
        lines: list[str] = [repr(self)]
        with contextlib.suppress(ValueError):  # input shapes are still to come
            self.summary(print_fn=lines.append)
        return f"<pre>{html.escape(chr(10).join(lines))}</pre>"

    def require_built(self) -> None:
        """Raise ValueError where layers or input shapes are still to come."""


def one_or_all(values: list[T]) -> T | list[T]:
    """The value of a list of one, or else the list."""
    return values[0] if len(values) == 1 else values


def sorted_graph(
    inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]
) -> tuple[list[Node], list[list[Node]], list[Layer]]:
    """(nodes to run in order, all nodes from the deepest level up, layers in Keras's order).

    The depth of a layer is its longest distance to an output. Layers are listed from the deepest,
    and within a depth in the order in which a walk back from the outputs first meets them.
    """
    known = {id(tensor) for tensor in inputs}
    first_met: dict[int, int] = {}
    finished: list[Node] = []
    done: set[int] = set()
    in_progress: set[int] = set()
    # The walk keeps a stack itself, because a deep network would exhaust Python's.
    for output in outputs:
        walk = [iter([output])]
        path: list[Node] = []
        while walk:
            tensor = next(walk[-1], None)
            if tensor is None:
                walk.pop()
                if path:
                    node = path.pop()
                    in_progress.discard(id(node))
                    done.add(id(node))
                    finished.append(node)
                continue
            node = source_node(tensor)
            if id(node) in in_progress:
                raise ValueError(f"The graph has a cycle through layer '{tensor.layer.name}'.")
            if isinstance(tensor.layer, InputLayer) and id(tensor) not in known:
                raise Disconnected(
                    f'Graph disconnected: cannot obtain value for tensor {tensor!r} at layer "'
                    f'{tensor.layer.name}", which is not among the inputs of the model.'
                )
            if id(node) not in done:
                first_met.setdefault(id(node.layer), len(first_met))
                in_progress.add(id(node))
                path.append(node)
                walk.append(iter(node.inbound))
    for tensor in inputs:
        unused = id(source_node(tensor)) not in done
        if unused:
            finished.append(source_node(tensor))
            first_met.setdefault(id(tensor.layer), -1)
        if unused and not any(tensor is used for used in upstream(outputs, ())[1]):
            warn_user(f"Model: the input '{tensor.layer.name}' leads to none of the outputs.")

    node_depth: dict[int, int] = {}
    layer_depth: dict[int, int] = {}
    for node in reversed(finished):
        depth = max(node_depth.get(id(node), 0), layer_depth.get(id(node.layer), 0))
        node_depth[id(node)] = layer_depth[id(node.layer)] = depth
        for source in node.inbound:
            below = id(source_node(source))
            node_depth[below] = max(node_depth.get(below, 0), depth + 1)

    layers = [cast(Layer, layer) for layer in unique(node.layer for node in finished)]
    layers.sort(key=lambda layer: (-layer_depth[id(layer)], first_met[id(layer)]))
    require_unique_names(layers)
    levels: dict[int, list[Node]] = {}
    for node in finished:
        levels.setdefault(node_depth[id(node)], []).append(node)
    by_depth = [levels[depth] for depth in sorted(levels, reverse=True)]
    runs = [node for level in by_depth for node in level if not isinstance(node.layer, InputLayer)]
    return runs, by_depth, layers


def require_unique_names(layers: Sequence[GraphLayer]) -> None:
    """Raise ValueError where different layers have the same name."""
    names = [layer.name for layer in unique(layers)]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(
            f"Model: layer names must be unique; used more than once: {', '.join(repeated)}."
        )


def unique(values: Iterable[T]) -> list[T]:
    """Each of the values once, in order."""
    return list({id(value): value for value in values}.values())


def with_sources(inputs: PyTree) -> PyTree:
    """Inputs of a model, those that functions of K computed replaced by what they come from.

    ``Input(tensor=...)`` returns such tensors.
    """
    given = symbolic_leaves(inputs)
    if not any(isinstance(tensor.layer, Operation) for tensor in given):
        return inputs
    sources = unique(
        source
        for tensor in given
        for source in (
            source_inputs(source_node(tensor)) if isinstance(tensor.layer, Operation) else [tensor]
        )
    )
    return sources if len(sources) > 1 else sources[0]


def source_inputs(last: Node) -> list[SymbolicTensor]:
    """The inputs that a call's outputs are computed from, each once."""
    inputs: dict[int, SymbolicTensor] = {}
    waiting, seen = [last], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if not node.inbound:
            inputs[id(node.outputs)] = node.outputs
        waiting += [source_node(source) for source in reversed(node.inbound)]
    return list(inputs.values())
