"""The graph that words are added to: names, name scopes, collections, and which graph it is."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from jaxcnn.compat.tensorflow.registry import gradient_override_map
from jaxcnn.layers.creation import know_scopes, next_number, variables_since, when_forgotten
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.variable import Variable, given_values, is_given
from jaxcnn.runtime.carrier import present_carrier

__all__ = [
    "Graph",
    "GraphKeys",
    "add_to_collection",
    "control_dependencies",
    "device",
    "get_collection",
    "get_default_graph",
    "name_scope",
    "reset_default_graph",
]


T = TypeVar("T")


@contextlib.contextmanager
def within(stack: list[T], item: T) -> Iterator[T]:
    """Within the block the item lies on the stack."""
    stack.append(item)
    try:
        yield item
    finally:
        stack.remove(item)


class GraphKeys:
    """The names of the collections that words fill by themselves."""

    GLOBAL_VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    SUMMARIES = "summaries"
    LOSSES = "losses"
    UPDATE_OPS = "update_ops"
    GLOBAL_STEP = "global_step"


class Operation(Protocol):
    """What a graph knows of an operation."""

    @property
    def name(self) -> str: ...

    @property
    def outputs(self) -> list[Any]: ...


class Graph:
    """The operations of a program by name, and its collections.

    Attributes:
        scope: the name scope in force, with a slash at its end, or ''.
        variables: those of `get_variable`, by name.
        seed: of the random words that have none, or None.
        number: before those of all variables that it lists.
        scope_uses: how often a scope of variables of each whole name was begun.
    """

    def __init__(self, number: int | None = None) -> None:
        self.scope = ""
        self.number = next_number() if number is None else number
        self.scope_uses: Counter[str] = Counter()
        self.variables: dict[str, Any] = {}
        self.seed: int | None = None
        self._uses: dict[str, int] = {}
        self._operations: dict[str, Operation] = {}
        self._collections: dict[str, list[Any]] = {}

    def unique_name(self, name: str) -> str:
        """`name` in the present scope, with _1, _2, ... where it is taken."""
        whole = self.scope + name
        uses = self._uses.get(whole.lower(), 0)
        self._uses[whole.lower()] = uses + 1
        if not uses:
            return whole
        while f"{whole}_{uses}".lower() in self._uses:
            uses += 1
        self._uses[f"{whole}_{uses}".lower()] = 1
        return f"{whole}_{uses}"

    def note(self, operation: Operation) -> None:
        """Make an operation known by its name."""
        self._operations[operation.name] = operation

    def get_operations(self) -> list[Any]:
        """The operations in the order in which they were made."""
        return list(self._operations.values())

    def get_operation_by_name(self, name: str) -> Any:
        """The operation 'conv1/Relu'.

        Raises:
            KeyError: there is none of that name.
        """
        if name not in self._operations:
            raise KeyError(
                f"The name '{name}' refers to an Operation which does not exist in the graph."
            )
        return self._operations[name]

    def get_tensor_by_name(self, name: str) -> Any:
        """The tensor 'conv1/Relu:0'.

        Raises:
            KeyError: there is none of that name.
            ValueError: the name of an operation, without the number of its output.
        """
        operation, colon, index = name.rpartition(":")
        if not colon or not index.isdigit():
            raise ValueError(
                f"'{name}' is the name of an operation; that of its first output is '{name}:0'."
            )
        if operation not in self._operations:
            for _, variable in variables_since(self.number):
                if variable.name == name:
                    return variable
            raise KeyError(
                f"The name '{name}' refers to a Tensor which does not exist. The operation, "
                f"'{operation}', does not exist in the graph."
            )
        return self._operations[operation].outputs[int(index)]

    def add_to_collection(self, name: str, value: Any) -> None:
        """Append `value` to the collection `name`."""
        self._collections.setdefault(name, []).append(value)

    def get_collection(self, name: str, scope: str | None = None) -> list[Any]:
        """The values of a collection, of those with names only the ones that begin with `scope`."""
        values = list(self._collections.get(name, []))
        if name in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.TRAINABLE_VARIABLES):
            values = self._with_weights(values)
        if scope is None:
            return values
        return [value for value in values if re.match(scope, getattr(value, "name", ""))]

    def _with_weights(self, variables: list[Any]) -> list[Any]:
        """Variables of the graph, and weights of layers and variables of K, in their order.

        Keras made all of them trainable for TensorFlow, statistics, too.
        """
        of_keras = {id(variable): (n, variable) for n, variable in variables_since(self.number)}
        numbered = [(getattr(variable, "number", 0), variable) for variable in variables]
        known = {id(variable) for variable in variables}
        numbered += [entry for key, entry in of_keras.items() if key not in known]
        return [variable for _, variable in sorted(numbered, key=lambda entry: entry[0])]

    def gradient_override_map(
        self, op_type_map: Mapping[str, str]
    ) -> contextlib.AbstractContextManager[None]:
        """Within the block operations of these types get the gradients that have these names."""
        return gradient_override_map(op_type_map)

    def as_default(self) -> contextlib.AbstractContextManager[Graph]:
        """Within the block words are added to this graph."""
        return within(_graphs, self)


_graphs = [Graph(number=0)]  # from the beginning, before anything asked for it


def get_default_graph() -> Graph:
    """The graph that words are added to."""
    return _graphs[-1]


def reset_default_graph() -> None:
    """Begin an empty graph."""
    _graphs[-1] = Graph()


when_forgotten(reset_default_graph)


def add_to_collection(name: str, value: Any) -> None:
    """Append `value` to the collection `name` of the graph."""
    get_default_graph().add_to_collection(name, value)


def get_collection(key: str, scope: str | None = None) -> list[Any]:
    """The values of a collection of the graph."""
    return get_default_graph().get_collection(key, scope)


@contextlib.contextmanager
def name_scope(
    name: str | None, default_name: str | None = None, values: object = None
) -> Iterator[str]:
    """Within the block the names of new operations begin with `name` and a slash.

    A name that ends in a slash is taken as it is; None or '' leads out of all scopes.
    """
    graph = get_default_graph()
    before = graph.scope
    name = default_name if name is None else name
    if not name:
        graph.scope = ""
    else:
        graph.scope = name if name.endswith("/") else graph.unique_name(name) + "/"
    try:
        yield graph.scope
    finally:
        graph.scope = before


class ScopesOfGraph:
    """The scopes of the graph, in which layers of Keras create their weights."""

    def present(self) -> str:
        return get_default_graph().scope

    def within(self, name: str) -> contextlib.AbstractContextManager[object]:
        return name_scope(name)


know_scopes(ScopesOfGraph())


def device(device_name_or_function: object) -> contextlib.AbstractContextManager[None]:
    """A block whose operations were meant for one device; JAX places them by itself."""
    return contextlib.nullcontext()


@contextlib.contextmanager
def control_dependencies(control_inputs: Iterable[Any] | None) -> Iterator[None]:
    """Within the block `train.Optimizer.minimize`, `group` and `identity` run these, too.

    Updates of variables in the function of a layer or optimizer are carried out with it; within the
    block an optimizer sees the new values.
    """
    demanded = list(control_inputs or [])
    within_function = present_carrier() is not None
    changes = [each for each in demanded if isinstance(each, Change) and within_function]
    for change in changes:
        change.demand()
    moved: dict[int, Any] = {id(v): value for v, value in changes if is_known(v)}
    _dependencies.append(
        [each for each in demanded if not (within_function and isinstance(each, Change))]
    )
    try:
        with given_values(moved):
            yield
    finally:
        _dependencies.pop()


def is_known(variable: object) -> bool:
    """Whether this is a variable that the function which runs has a value for."""
    return isinstance(variable, Variable) and is_given(variable)


_dependencies: list[list[Any]] = []


def dependencies() -> list[Any]:
    """What the blocks of `control_dependencies` around demand."""
    return [each for demanded in _dependencies for each in demanded]
