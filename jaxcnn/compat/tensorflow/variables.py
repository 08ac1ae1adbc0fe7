"""Variables, whose values the sessions hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow import graph
from jaxcnn.compat.tensorflow.arithmetic import add, cast, subtract
from jaxcnn.compat.tensorflow.arrays import constant, identity, stop_gradient
from jaxcnn.compat.tensorflow.operation import Group, TensorOperation
from jaxcnn.compat.tensorflow.session import Session, current_session, session_or_default
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.compat.tensorflow.word import Word, numbered, recorded, word
from jaxcnn.layers import variable as weights
from jaxcnn.layers.creation import next_number
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor_shape import shown
from jaxcnn.layers.trace_at_sizes import TensorSpec
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike, Path, PyTree

__all__ = [
    "Variable",
    "all_variables",
    "assign",
    "assign_add",
    "assign_sub",
    "global_variables",
    "global_variables_initializer",
    "initialize_all_variables",
    "initialize_variables",
    "is_variable_initialized",
    "local_variables",
    "local_variables_initializer",
    "report_uninitialized_variables",
    "scatter_add",
    "scatter_sub",
    "scatter_update",
    "trainable_variables",
    "variables_initializer",
]


class SessionStore:
    """Keeps the array of one variable in the session that runs, or else in the current one.

    It is what a layer is for its weights: the variable's owner and its store. A variable that a
    model computes with has one value from then on, as Keras has one session.

    Args:
        name: of the variable.
        initial_value: as a tensor.
    """

    scope = ""

    def __init__(self, name: str, initial_value: Tensor) -> None:
        self.name, self.initial_value = name, initial_value
        self._gone: weights.Variable | None = None

    @property
    def weights_store(self) -> SessionStore:
        """Itself."""
        return self

    @property
    def arrays(self) -> Mapping[Path, jax.Array]:
        """The array by the variable's path."""
        gone = self._gone
        value = current_session().value_of(self) if gone is None else gone.value
        return {("params", self.name): value}

    def replace(self, arrays: Mapping[Path, ArrayLike]) -> None:
        """Set it."""
        for value in arrays.values():
            current_session().values[self] = jnp.asarray(value)

    put = replace

    def let_go(self, variable: weights.Variable) -> None:
        """Make it a variable on its own; one that has no value yet gets its first one."""
        session = current_session()
        if self not in session.values:
            self.replace({("params", self.name): session.run(self.initial_value)})
        variable.leave(session.values[self])
        self._gone = variable


class Variable(Tensor):
    """A tensor whose value lasts from one run of a session to the next.

    Args:
        initial_value: a value, a tensor, or a function that returns one.
        trainable: whether optimizers change it unless they are told which variables to change.
        collections: the graph's collections that it is added to.
        name: 'Variable' by default; each name is used once.
        dtype: by default that of the value.
        constraint: None; assign the constrained value after each step.

    Attributes:
        initial_value: as a tensor.
        weight: the variable as the rest of the library knows it.
        number: of its creation.
    """

    initial_value: Tensor
    number: int
    initializer: TensorOperation

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool = True,
        collections: Iterable[str] | None = None,
        validate_shape: bool = True,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        constraint: ArrayFunction | None = None,
    ) -> None:
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if not validate_shape or constraint is not None:
            raise ValueError(
                "tf.Variable: the shape is that of the initial value, and there are no "
                "constraints: leave `validate_shape` and `constraint` out."
            )
        here = graph.get_default_graph()
        whole = here.unique_name(name or "Variable")
        # The operations around a variable are in a scope of its name.
        with graph.name_scope(whole + "/"):
            value = initial_value() if callable(initial_value) else initial_value
            first = value if isinstance(value, Tensor) else constant(value, dtype, name="initial")
            first = first if dtype is None else cast(first, dtype)
        if None in first.shape:
            raise ValueError(
                f"initial_value must have a shape specified: {first!r} has sizes that are only "
                "known when the graph runs."
            )
        shape: tuple[int, ...] = tuple(first.shape)  # type: ignore[arg-type]
        store = SessionStore(whole, first)
        weight = weights.Variable(
            whole, shape, first.dtype, jnp.zeros, owner=store, path=("params", whole)
        )
        saved = SavedCall("read", jnp.asarray, (weight,))
        operation = TensorOperation(saved, whole, TensorSpec(first.shape, first.dtype))
        read = operation([])
        super().__init__(read.shape, read.dtype, operation, 0, 0)
        operation.inbound_nodes[0].outputs = self
        self.__dict__.update(
            initial_value=first, weight=weight, trainable=trainable, number=next_number()
        )
        with graph.name_scope(whole + "/"):
            self.__dict__["initializer"] = assign(self, first).op
        keys = [graph.GraphKeys.GLOBAL_VARIABLES] if collections is None else [*collections]
        if trainable and graph.GraphKeys.TRAINABLE_VARIABLES not in keys:
            keys.append(graph.GraphKeys.TRAINABLE_VARIABLES)
        for key in keys:
            here.add_to_collection(key, self)

    def initialized_value(self) -> Tensor:
        """The initial value, for variables that start with the same one."""
        return self.initial_value

    def value(self) -> Tensor:
        """The variable as a tensor."""
        return self

    read_value = value

    def assign(self, value: PyTree) -> Tensor | Change:
        """The tensor that sets the variable to `value` and is its new value."""
        return assign(self, value)

    def assign_add(self, delta: PyTree) -> Tensor | Change:
        """The tensor that adds `delta` to the variable."""
        return assign_add(self, delta)

    def assign_sub(self, delta: PyTree) -> Tensor | Change:
        """The tensor that takes `delta` away from the variable."""
        return assign_sub(self, delta)

    def load(self, value: ArrayLike, session: Session | None = None) -> None:
        """Set the variable at once, in `session` or the default one."""
        session_or_default(session, "load").values[self.weight.owner] = jnp.asarray(
            value, self.dtype
        )

    def __repr__(self) -> str:
        kind = np.dtype(self.dtype).name
        return f"<tf.Variable '{self.name}' shape={shown(self.shape)} dtype={kind}_ref>"


def assigned(variable: PyTree, value: PyTree, label: str, name: str | None) -> Tensor | Change:
    """The tensor that sets a variable to `value` and is its new value.

    Of a layer's weight or a variable of K, also where a function sees its array, it is an update.
    An assignment has no derivative: what is computed from the result has none by `value`.
    """
    if isinstance(variable, weights.Variable | jax.Array):
        return Change(variable, stop_gradient(value))
    weight = weight_of(variable)

    def new_value(value: ArrayLike) -> jax.Array:
        array = jnp.asarray(value)
        if array.shape != weight.shape:
            raise ValueError(
                f"The variable has the shape {weight.shape}; the value to assign {array.shape}."
            )
        return jax.lax.stop_gradient(array.astype(weight.dtype))

    tensor: Tensor = recorded(new_value, numbered(label, name), ((value,), {}))
    tensor.op.assigns = weight
    return tensor


def weight_of(variable: PyTree) -> weights.Variable:
    """The variable as the rest of the library knows it, also that which a tensor has set.

    Raises:
        TypeError: it is no variable.
    """
    weight = variable
    if isinstance(variable, Tensor):
        weight = variable.op.assigns if variable.weight is None else variable.weight
    if not isinstance(weight, weights.Variable):
        raise TypeError(f"A variable is needed, by tf.Variable or of a layer; given {variable!r}.")
    return weight


def assign(ref: PyTree, value: PyTree, name: str | None = None) -> Tensor | Change:
    """The tensor that sets a variable to `value` and is its new value."""
    return assigned(ref, value, "Assign", name)


def assign_add(ref: PyTree, value: PyTree, name: str | None = None) -> Tensor | Change:
    """The tensor that adds `value` to a variable."""
    return assigned(ref, add(as_tensor(ref), value), "AssignAdd", name)


def assign_sub(ref: PyTree, value: PyTree, name: str | None = None) -> Tensor | Change:
    """The tensor that takes `value` away from a variable."""
    return assigned(ref, subtract(as_tensor(ref), value), "AssignSub", name)


def scattering(label: str, change: ArrayFunction) -> Word:
    """A word that changes the rows of a variable at some places."""

    @word(label)
    def changed(values: ArrayLike, indices: ArrayLike, updates: ArrayLike) -> jax.Array:
        array = jnp.asarray(values)
        result: jax.Array = change(
            array.at[jnp.asarray(indices)], jnp.asarray(updates).astype(array.dtype)
        )
        return result

    def call(
        ref: PyTree,
        indices: PyTree,
        updates: PyTree,
        use_locking: bool = True,
        name: str | None = None,
    ) -> Tensor | Change:
        variable, before = ref if isinstance(ref, Change) else (ref, as_tensor(ref))
        return assigned(variable, changed(before, indices, updates), "Assign", name)

    return call


scatter_add = scattering("ScatterAdd", lambda rows, updates: rows.add(updates))
scatter_sub = scattering("ScatterSub", lambda rows, updates: rows.add(-updates))
scatter_update = scattering("ScatterUpdate", lambda rows, updates: rows.set(updates))


def as_tensor(variable: PyTree) -> PyTree:
    """A variable as words take it: a layer's weight is read when the graph runs."""
    return variable if isinstance(variable, Tensor | jax.Array) else identity(variable)


class OperationOfWeight:
    """What programs ask of the operation behind a layer's weight.

    Attributes:
        name: of the weight, without the number of an output.
    """

    def __init__(self, weight: weights.Variable) -> None:
        self.name = weight.name.partition(":")[0]


def read(variable: weights.Variable) -> Tensor:
    """A layer's weight as a tensor: its value when the graph runs."""
    tensor: Tensor = identity(variable)
    return tensor


def set_at_once(
    variable: weights.Variable, value: ArrayLike, session: Session | None = None
) -> None:
    """Set a layer's weight, in whatever session."""
    session_or_default(session, "load")
    variable.set(value)


# Weights of layers and variables of K answer as variables of TensorFlow.
for method_name, method in {
    "graph": property(lambda variable: graph.get_default_graph()),
    "initialized_value": read,
    "load": set_at_once,
    "op": property(OperationOfWeight),
    "read_value": read,
}.items():
    setattr(weights.Variable, method_name, method)


@dataclass(frozen=True)
class Asked:
    """What a session is asked about its variables.

    Attributes:
        answer: called in the session after a run.
    """

    answer: Callable[[], Any]
    tensors: tuple[()] = ()

    def finish(self, values: Sequence[jax.Array]) -> Any:
        """The answer."""
        return self.answer()

    def eval(self, session: Session | None = None) -> Any:
        """The answer of a session or the default one."""
        return session_or_default(session, "eval").run(self)


def is_initialized(variable: PyTree) -> bool:
    """Whether a variable has a value in the session that runs; a layer's weight always has."""
    owner = weight_of(variable).owner
    return not isinstance(owner, SessionStore) or owner in current_session().values


def is_variable_initialized(variable: PyTree) -> Asked:
    """Whether a variable has a value, for a session to say."""
    return Asked(lambda: np.bool_(is_initialized(variable)))


def report_uninitialized_variables(var_list: Iterable[Any] | None = None) -> Asked:
    """The names of the variables that have no value, for a session to say; by default of all."""
    variables = global_variables() if var_list is None else list(var_list)

    def names() -> np.ndarray:
        missing = [v.name.partition(":")[0] for v in variables if not is_initialized(v)]
        return np.array([name.encode() for name in missing], object)

    return Asked(names)


# -- all of them -----------------------------------------------------------------------------------


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables of the graph, of a `scope` those whose names begin with it."""
    return graph.get_collection(graph.GraphKeys.GLOBAL_VARIABLES, scope)


all_variables = global_variables


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables in the collection of local ones."""
    return graph.get_collection(graph.GraphKeys.LOCAL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables that optimizers change by default."""
    return graph.get_collection(graph.GraphKeys.TRAINABLE_VARIABLES, scope)


def variables_initializer(var_list: Iterable[Any], name: str = "init") -> Group:
    """The operation that gives these variables their initial values.

    Weights of layers, which have some from the beginning, are drawn again.
    """
    return Group(name, [v.initializer for v in var_list])


def global_variables_initializer() -> Group:
    """The operation that gives all variables of the graph their initial values."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Group:
    """The same for the collection of local variables."""
    return variables_initializer(local_variables())


initialize_all_variables = global_variables_initializer
initialize_variables = variables_initializer
