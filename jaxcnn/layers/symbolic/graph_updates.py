"""`get_updates` of optimizers as a part of the graph.

It is evaluated on arrays: once to see which variables it makes, reads and moves, and again in each
program that runs it, where it meets the same variables with the values that they have there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import symbolic
from jaxcnn.layers.symbolic.change import Change, is_update
from jaxcnn.layers.symbolic.gradients import derivatives
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall, Slot
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import (
    Variable,
    constantly,
    given_values,
    made_as,
    read_by,
)
from jaxcnn.optimizers.base import Listed, Optimizer, OptimizerState
from jaxcnn.optimizers.hyper import HyperparameterValue
from jaxcnn.optimizers.updates import GetUpdates, Update, Updating, running
from jaxcnn.runtime import context
from jaxcnn.runtime.captures import Captured, with_arrays
from jaxcnn.runtime.carrier import carried_by
from jaxcnn.runtime.types import ArrayLike, PyTree
from jaxcnn.spellings.dialect import chosen, dialect

Constraints: TypeAlias = Mapping[Variable, Callable[[jax.Array], jax.Array]]


@dataclass(frozen=True)
class Request:
    """What a `get_updates` is asked for; `constraints` are None where the parameters have them."""

    loss: PyTree
    params: Sequence[Variable]
    constraints: Constraints | Sequence[Variable] | None = None

    @classmethod
    def of(cls, args: tuple[PyTree, ...], kwargs: Mapping[str, PyTree]) -> Request:
        """From arguments in the order of Keras 1 or of Keras 2."""
        names = ("params", "constraints", "loss")
        if len(args) == 2 and not isinstance(args[0], list | tuple):
            names = ("loss", "params", "constraints")
        elif len(args) == 1 and "params" in kwargs:
            names = ("loss", "constraints", "params")
        elif len(args) == 2:
            names = ("params", "loss", "constraints")
        left = [name for name in names if name not in kwargs]
        return cls(**{**dict(zip(left, args, strict=False)), **kwargs})

    def passed_to(self, function: Callable[..., list[Update]]) -> list[Update]:
        """What a `get_updates`, bound to its optimizer, returns for this."""
        given = {"loss": self.loss, "params": self.params, "constraints": self.constraints}
        parameters = inspect.signature(function).parameters
        if {"loss", "params"} <= parameters.keys():
            if "constraints" in parameters and self.constraints is None:
                given["constraints"] = {p: p.constraint for p in self.params if p.constraint}
            return function(**{n: value for n, value in given.items() if n in parameters})
        if chosen() and not dialect().since_2_2:
            return function(self.params, self.constraints or {}, self.loss)
        return function(loss=self.loss, params=self.params)

    def constrained(self, param: Variable, value: jax.Array) -> jax.Array:
        """The new value of a parameter as its constraint allows it."""
        if self.constraints is None:
            return param.constraint(value) if param.constraint else value
        if isinstance(self.constraints, Mapping) and param in self.constraints:
            return self.constraints[param](value)
        return value


class Number(Variable):
    """A hyperparameter of an optimizer as a variable."""

    def __init__(self, optimizer: Optimizer, name: str) -> None:
        value = optimizer.hyperparameters[name]
        super().__init__(name, (), np.float32, constantly(cast(float, value)))
        self.optimizer = optimizer

    @classmethod
    def of(cls, optimizer: Optimizer, name: str) -> Number:  # type: ignore[override]
        """That of a hyperparameter, always the same one."""
        numbers: dict[str, Number] = vars(optimizer).setdefault("_numbers", {})
        return numbers.setdefault(name, cls(optimizer, name))

    def _host_value(self) -> np.ndarray:
        if self.keeper is not None and (value := self.keeper.value_of(self)) is not None:
            return value
        return np.asarray(self.optimizer.hyperparameters[self.label], np.float32)

    changes = property(lambda self: self.optimizer.version)

    def set(self, value: ArrayLike) -> None:
        HyperparameterValue.of(self.optimizer, self.label, 0.0).set(float(np.asarray(value)))
        if self.keeper is not None:
            self.keeper.set_value(self, np.asarray(value, np.float32))


@dataclass(eq=False)
class Recorded:
    """The `get_updates` of an optimizer as a pure function of arrays.

    Attributes:
        optimizer: whose it is.
        ask: answers a request with pairs by its `get_updates`, or by the library's rule.
        params: the weights that it is to move.
        constraints: what it is given as such.
        variables: all that it reads, makes and moves.
        moved: those that it gives new values.
    """

    optimizer: Optimizer
    ask: Callable[[Request], list[Update]]
    params: Sequence[Variable]
    constraints: Constraints | Sequence[Variable] | None = None
    variables: list[Variable] = field(default_factory=list)
    moved: list[Variable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._made: list[Variable] = []
        self._next = 0
        self._states: dict[int, tuple[list[Variable], Any]] = {}
        self._listed: dict[int, list[Variable]] = {}
        self._gradients: Mapping[int, jax.Array] = {}
        self._loss: PyTree = None
        self._read: list[Variable] = []
        self._weights = list(vars(self.optimizer)["_weights"])
        others = self._recorded([])
        slots = [slot for slots, _ in self._states.values() for slot in slots]
        known = [*self.params, *others, *variables_of(self.optimizer), *self._made, *slots]
        known += self._read
        self.variables = list({id(v): v for v in [*known, *self.moved]}.values())

    def _recorded(self, others: list[Variable]) -> list[Variable]:
        """The weights that it reads besides its `params`: `others` and what it is seen to read.

        Raises:
            ValueError: it uses a tensor or layer.
        """
        try:
            self._record([*self.params, *others])
        except Captured as error:
            thing = error.thing
            if not isinstance(thing, Variable) or any(thing is other for other in others):
                raise ValueError(
                    f"{type(self.optimizer).__name__}.get_updates uses {thing!r}, which has no "
                    "value there: it may use its loss, its params, and variables."
                ) from None
            return self._recorded([*others, thing])
        return others

    def _record(self, read: Sequence[Variable]) -> None:
        """Evaluate it on shapes, with the values of these variables given."""
        self._made, self._next, self._states, self._listed = [], 0, {}, {}

        def evaluate(loss: jax.Array, gradients: list[jax.Array], values: list[jax.Array]) -> list:
            values_read = given_values(dict(zip(map(id, read), values, strict=True)))
            with values_read, read_by(self._read.append):
                return list(self.new_values(loss, gradients))

        shapes = [jax.ShapeDtypeStruct(v.shape, device_dtype(v)) for v in read]
        loss = jax.ShapeDtypeStruct((), np.float32)
        with with_arrays(), context.running(lambda draw: jax.random.key(draw), train=True):
            jax.eval_shape(evaluate, loss, shapes[: len(self.params)], shapes)

    def new_values(self, loss: PyTree, gradients: Sequence[jax.Array]) -> list[jax.Array]:
        """The new values of `moved`; the other variables have their values given around this.

        Raises:
            TypeError: the function returns something else than pairs (variable, new value).
        """
        self._loss, self._next = loss, 0
        self._gradients = dict(zip(map(id, self.params), gradients, strict=True))
        token = running.set(self)
        demanded: list[Update] = []
        self.optimizer.weights = list(self._weights)
        try:
            with made_as(self._known), carried_by(demanded.append):
                pairs = self.ask(Request(loss, self.params, self.constraints))
        finally:
            running.reset(token)
            self._loss, self._gradients, self.optimizer.updates = None, {}, []
        moved: dict[int, tuple[Variable, jax.Array]] = {}
        for pair in (*demanded, *pairs):
            if not is_update(pair):
                raise TypeError(
                    f"{type(self.optimizer).__name__}.get_updates must return pairs (variable, new "
                    f"value), such as K.update(variable, value) makes; it returned {pair!r}."
                )
            variable, value = pair[0], symbolic.array_of(pair[1])
            array = jnp.asarray(value).astype(device_dtype(variable)).reshape(variable.shape)
            moved[id(variable)] = variable, array
        self.moved = [variable for variable, _ in moved.values()]
        return [value for _, value in moved.values()]

    def _known(self, variable: Variable) -> Variable:
        """The variable that was made at the same moment of the evaluations before, if any."""
        if self._next == len(self._made):
            self._made.append(variable)
        self._next += 1
        return self._made[self._next - 1]

    # -- while it is evaluated ---------------------------------------------------------------------

    def number(self, optimizer: Any, name: str) -> object:
        """The variable of a hyperparameter; a schedule or tensor that stands for it is itself."""
        assert isinstance(optimizer, Optimizer)
        if name in vars(optimizer):
            return symbolic.array_of(vars(optimizer)[name])
        if callable(optimizer.hyperparameters[name]):
            return optimizer.hyperparameters[name]
        return Number.of(optimizer, name)

    def counter(self, optimizer: Updating) -> object:
        """The variable that counts the updates."""
        return counter(cast(Optimizer, optimizer))

    def gradients(self, loss: PyTree, sources: Sequence[PyTree]) -> list[Any]:
        """The derivatives of the loss by some of the parameters.

        Raises:
            ValueError: other derivatives.
        """
        if loss is not self._loss or not all(id(source) in self._gradients for source in sources):
            raise ValueError(
                f"{type(self.optimizer).__name__}.get_updates may take derivatives of its `loss` "
                "by its `params` only. Add what else training should minimise by model.add_loss."
            )
        return [self._gradients[id(source)] for source in sources]

    def state(self, optimizer: Optimizer) -> tuple[list[Variable], Any]:
        """The variables of what the library's rule keeps, and their structure."""
        if id(optimizer) not in self._states:
            with jax.ensure_compile_time_eval():
                slots = optimizer.init([jnp.asarray(p.stored) for p in self.params]).slots
            leaves, structure = jax.tree.flatten(slots)
            variables = [slot(i, value) for i, value in enumerate(leaves)]
            self._states[id(optimizer)] = variables, structure
        return self._states[id(optimizer)]

    def listed(self, optimizer: Optimizer) -> list[Variable]:
        """The variables of what the library's rule keeps that Keras lists as its weights."""
        if id(optimizer) not in self._listed:
            variables, _ = self.state(optimizer)
            shapes = [tuple(param.shape) for param in self.params]
            everything = cast(Sequence[Listed], [counter(optimizer), *variables])
            values = optimizer.listed(everything, shapes, dialect().name)
            self._listed[id(optimizer)] = [
                value if isinstance(value, Variable) else slot(i, np.asarray(value))
                for i, value in enumerate(values)
            ]
        return self._listed[id(optimizer)]


def slot(number: int, value: Listed) -> Variable:
    """A variable for a part of what a rule keeps."""
    return Variable(f"slot_{number}", value.shape, value.dtype, constantly(np.asarray(value)))


def recording() -> Recorded | None:
    """The `get_updates` that is being evaluated, or None."""
    return cast("Recorded | None", running.get())


def counter(optimizer: Optimizer) -> Variable:
    """The variable that counts the updates of an optimizer."""
    if "_counter" in vars(optimizer):
        variable: Variable = vars(optimizer)["_counter"]
        return variable
    return number_kept(optimizer, "_counter", "iterations", optimizer.get_count())


def number_kept(optimizer: Optimizer, attribute: str, name: str, value: float) -> Variable:
    """A number among the state of an optimizer as a variable, made when it is first needed."""
    if attribute not in vars(optimizer):
        first = constantly(np.float32(value))
        vars(optimizer)[attribute] = Variable(name, (), np.float32, first)
    variable: Variable = vars(optimizer)[attribute]
    return variable


def answered(optimizer: Optimizer, function: GetUpdates | None, request: Request) -> list[Update]:
    """The pairs that a `get_updates` makes of arrays."""
    if function is None:
        return rule_updates(optimizer, request)
    return request.passed_to(function.__get__(optimizer))


def updates_of(
    optimizer: Optimizer,
    function: GetUpdates | None,
    args: tuple[PyTree, ...],
    kwargs: Mapping[str, PyTree],
) -> list[Update]:
    """The pairs (variable, new value) of one update.

    Raises:
        TypeError: the loss is no symbolic tensor.
        ValueError: the loss does not depend on a parameter.
    """
    request = Request.of(args, kwargs)
    if recording() is not None:
        return answered(optimizer, function, request)
    if not isinstance(request.loss, SymbolicTensor):
        raise TypeError(f"get_updates takes a symbolic tensor as the loss; given {request.loss!r}.")

    def ask(of_arrays: Request) -> list[Update]:
        return answered(optimizer, function, of_arrays)

    recorded = Recorded(optimizer, ask, request.params, request.constraints)
    inputs = [request.loss, *raw_gradients(request.loss, request.params)]

    def compute(loss: jax.Array, gradients: list[jax.Array], variables: PyTree) -> list[jax.Array]:
        return recorded.new_values(loss, gradients)

    slots = [Slot(i) for i in range(1, len(inputs))]
    outputs = Operation(SavedCall("updates", compute, (Slot(0), slots, recorded.variables)))(inputs)
    optimizer.updates = list(zip(recorded.moved, jax.tree.leaves(outputs), strict=True))
    return optimizer.updates


def rule_updates(optimizer: Optimizer, request: Request) -> list[Update]:
    """The updates that the rule of a library's optimizer makes of arrays, by functions of K."""
    trace = recording()
    assert trace is not None
    gradients = optimizer.get_gradients(request.loss, request.params)
    count, (slots, structure) = counter(optimizer), trace.state(optimizer)
    state = OptimizerState(
        jnp.asarray(count).astype(jnp.int32),
        {name: jnp.asarray(trace.number(optimizer, name)) for name in optimizer.hyper()},
        jax.tree.unflatten(structure, [jnp.asarray(slot) for slot in slots]),
    )
    clips_itself = type(optimizer).update is not Optimizer.update
    step = optimizer.update if clips_itself else optimizer.step
    present = [jnp.asarray(param) for param in request.params]
    changes, after = step(gradients, state, present)
    optimizer.weights = trace.listed(optimizer)
    moved = [
        request.constrained(param, value + change.astype(value.dtype))
        for param, value, change in zip(request.params, present, changes, strict=True)
    ]
    new_slots = jax.tree.leaves(after.slots)
    pairs = [*zip(slots, new_slots, strict=True), *zip(request.params, moved, strict=True)]
    backend = symbolic.backend  # where a program may have put functions of its own
    counted = [backend.update_add(count, 1)] if optimizer.shows_count else []
    return [*counted, *(backend.update(*pair) for pair in pairs)]


def gradients_of(
    optimizer: Optimizer, loss: PyTree, params: Sequence[Variable]
) -> list[SymbolicTensor]:
    """The derivatives of `loss` by `params`, clipped as the optimizer says."""
    trace = recording()
    if trace is not None:
        return cast(list, optimizer.clipped(trace.gradients(loss, params)))
    gradients = raw_gradients(loss, params)
    if not (optimizer.clipnorm or optimizer.clipvalue):
        return gradients
    slots = [Slot(i) for i in range(len(gradients))]
    return cast(list, Operation(SavedCall("clipped", optimizer.clipped, (slots,)))(gradients))


def raw_gradients(loss: SymbolicTensor, params: Sequence[Variable]) -> list[SymbolicTensor]:
    """The derivatives of `loss` by `params`.

    Raises:
        ValueError: it does not depend on one of them.
    """
    gradients = derivatives([loss], params)
    for param, gradient in zip(params, gradients, strict=True):
        if gradient is None:
            raise ValueError(
                f"The loss does not depend on '{param.name}', so there is no derivative by it: "
                "leave it out of the params."
            )
    return cast(list[SymbolicTensor], gradients)


def device_dtype(variable: Variable) -> np.dtype:
    """The dtype of a variable's value on the device, which has no 64 bits by default."""
    return jax.dtypes.canonicalize_dtype(variable.dtype)


def variables_of(optimizer: Updating, seen: frozenset[int] = frozenset()) -> Iterator[Variable]:
    """The variables that an optimizer, or one inside of it, keeps as attributes."""
    seen |= {id(optimizer)}
    for value in vars(optimizer).values():
        for leaf in jax.tree.leaves(value, is_leaf=lambda v: isinstance(v, Variable | Change)):
            if isinstance(leaf, Variable):
                yield leaf
            elif isinstance(leaf, Updating) and id(leaf) not in seen:
                yield from variables_of(leaf, seen)
