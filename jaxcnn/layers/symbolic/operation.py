"""Functions of arrays as nodes of the layer graph: arithmetic and `jaxcnn.backend`.

`operation` turns a function of arrays into one of arrays and symbolic tensors alike. Where a
symbolic tensor is among its arguments, also inside lists, the call is recorded as an `Operation`, a
layer without weights.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

import flax.linen as nn
import jax
import numpy as np

from jaxcnn import activations, losses, metrics
from jaxcnn.layers import naming, symbolic
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.symbolic.saved_call import (
    SavedCall,
    decoded,
    encoded,
    symbolic_arguments,
    with_slots,
)
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.layers.trace_at_sizes import Traced
from jaxcnn.layers.variable import Lender, Variable, being_computed, given_values, is_variable
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.runtime.captures import inside_a_function, notice
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.gradient_rules import by_rule
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.types import Config, PyTree, Settings
from jaxcnn.spellings.keywords import refuse_unknown
from jaxcnn.spellings.stories import from_outside, told_in

F = TypeVar("F", bound=Callable[..., Any])
# (the symbolic tensors, all arguments by name) -> whether the rows of the result stay apart
RowRule = Callable[[list[SymbolicTensor], Settings], bool]

FUNCTIONS: Registry[Any] = Registry("operation")
RANDOM: set[str] = set()  # names of those that draw random numbers


class Computation(ModuleBase):
    """The pure form of an operation: a function of one array or of a list of arrays."""

    saved: SavedCall

    @property
    def mixes_rows(self) -> bool:
        return not self.saved.rowwise

    @property
    def draws_anyway(self) -> bool:
        return self.saved.name in RANDOM

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> None:
        """Operations know nothing of masks, so those of the inputs end here."""

    @nn.compact
    def __call__(
        self,
        inputs: PyTree,
        *,
        train: bool = False,
        weights: Mapping[int, jax.Array] = MappingProxyType({}),
    ) -> PyTree:
        with running_module(self, train), given_values(weights):
            return self.saved(list(inputs) if isinstance(inputs, list | tuple) else [inputs])


@LAYERS.register()
class Operation(Layer):
    """One call of a function on symbolic tensors.

    Args:
        saved: the function and its other arguments.

    Attributes:
        assigns: the variable whose new value its result is, or None.

    Examples:
        >>> x = jc.layers.Input((3,), name="x")
        >>> type((x + 1).layer).__name__
        'Operation'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    assigns: Variable | None = None

    def __init__(self, saved: SavedCall, **kwargs: Any) -> None:
        super().__init__(
            **{"name": kwargs.pop("name", None) or naming.unique_name(f"op_{saved.name}"), **kwargs}
        )
        self.saved = saved

    def make_module(self) -> nn.Module:
        return Computation(self.saved, parent=None)  # also where a module asks for a mask

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """A function without inputs is symbolic, too, since it is computed when the model runs."""
        if symbolic_arguments(inputs):
            return super().__call__(inputs)
        return self._connect((inputs,), {})

    def _build(self, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
        """As of any layer, with shapes in place of the weights among the function's arguments."""
        weights = {id(v): SymbolicTensor(v.shape, v.dtype, self, 0, 0) for v in self.weights_used}
        return super()._build(args, {**kwargs, "weights": weights} if weights else kwargs)

    def call_in_words(self, given: PyTree) -> str:
        return called_on(self.saved.name, given)

    @property
    def weights_used(self) -> list[Variable]:
        """The weights of layers among the function's arguments."""
        return [variable for variable in self.saved.variables() if variable.owner is not None]

    def get_config(self) -> Config:
        arguments = encoded([list(self.saved.args), dict(self.saved.kwargs or {})])
        return super().get_config() | {
            "function": self.saved.name,
            "arguments": arguments,
            "rowwise": self.saved.rowwise,
        }

    @classmethod
    def from_config(cls, config: Settings) -> Operation:
        """A new operation from what `get_config` returned."""
        symbolic.backend  # noqa: B018  (importing it registers its functions)
        options = dict(config)
        name = options.pop("function")
        args, kwargs = decoded(options.pop("arguments"))
        function = known_function(name)
        saved = SavedCall(name, function, tuple(args), kwargs, options.pop("rowwise"))
        return cls(saved, **options)


def operation(rows: RowRule | None = None, random: bool = False) -> Callable[[F], F]:
    """Decorator: a function of arrays that also takes symbolic tensors.

    Args:
        rows: whether, in a call on these symbolic tensors, row i of the result depends on row i of
            the inputs only, so that a short batch may be padded; without it the rows may mix.
        random: whether each run of the graph draws other numbers.
    """

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        name = function.__name__
        kind = name.capitalize()  # as TensorFlow calls it

        @functools.wraps(function)
        def call(*args: PyTree, **kwargs: PyTree) -> PyTree:
            if kwargs.keys() - signature.parameters.keys():
                refuse_unknown(name, kwargs, signature.parameters)
            tensors = symbolic_arguments((args, kwargs))
            if tensors and being_computed() and not inside_a_function():
                args, kwargs = symbolic.with_present_values((args, kwargs))
                tensors = symbolic_arguments((args, kwargs))
            if tensors:
                notice(tensors[0])
            elif not (known_later((args, kwargs)) or (random and drawn_later((args, kwargs)))):
                values = jax.tree.map(
                    lambda v: v.value if is_variable(v) else v, (args, kwargs), is_leaf=is_variable
                )
                return computed(name, by_rule(kind, function), *values)
            apart = rows is not None and rows(tensors, signature.bind(*args, **kwargs).arguments)
            saved_args, saved_kwargs = with_slots((args, kwargs), tensors)
            ruled = by_rule(kind, function)
            layer = Operation(SavedCall(name, ruled, saved_args, saved_kwargs, apart))
            return layer(tensors[0] if len(tensors) == 1 else tensors)

        FUNCTIONS.register()(call)
        if random:
            RANDOM.add(name)
        return cast(F, call)

    return decorate


def computed(
    name: str, function: Callable[..., PyTree], args: tuple[PyTree, ...], kwargs: Settings
) -> PyTree:
    """The value of a function for arrays.

    Raises:
        TypeError, ValueError: what JAX refuses, with the shapes that were given.
    """
    try:
        return function(*args, **kwargs)
    except (TypeError, ValueError) as error:
        given = [x.shape for x in jax.tree.leaves((args, kwargs)) if hasattr(x, "shape")]
        by_jax = type(error) in (TypeError, ValueError) and not from_outside(error)
        if not (given and by_jax) or re.match(rf"(K\.)?{name}\b", str(error)):
            raise
        with told_in("shapes"):
            raise type(error)(f"{called_on(name, given)}: {error}") from None


def called_on(name: str, given: PyTree) -> str:
    """A call of a function on arrays of these shapes, as errors name it."""
    return f"{name}, called on {'shapes' if isinstance(given, list) else 'shape'} {given}"


def put_off(
    thing: SymbolicTensor | Variable, function: Callable[..., Any], *args: PyTree, **kwargs: PyTree
) -> PyTree:
    """The operation that computes a function of `jaxcnn.activations`, `losses` or `metrics`.

    It may also be the ``__call__`` of a regularizer or constraint.
    """
    notice(thing)
    tensors = symbolic_arguments((args, kwargs))
    saved_args, saved_kwargs = with_slots((args, kwargs), tensors)
    others = jax.tree.leaves((saved_args, saved_kwargs), is_leaf=is_variable)
    label = function.__qualname__.removesuffix(".__call__")
    apart = (
        label == function.__name__
        and all(tensor.ndim > 1 for tensor in tensors)
        and not any(isinstance(value, np.ndarray | jax.Array | Variable) for value in others)
        and along_axis(tensors[:1], inspect.signature(function).bind(*args, **kwargs).arguments, -1)
    )
    name = f"{function.__module__.split('.')[1]}.{label}"
    layer = Operation(
        SavedCall(name, inspect.unwrap(function), saved_args, saved_kwargs, apart),
        name=naming.unique_name(f"op_{label}"),
    )
    return layer(tensors[0] if len(tensors) == 1 else tensors)


SymbolicTensor.put_off = put_off  # type: ignore[method-assign, assignment]
Variable.put_off = put_off  # type: ignore[method-assign, assignment]


def known_function(name: str) -> Callable[..., Any]:
    """The function of arrays that a saved operation names."""
    room, _, function = name.rpartition(".")
    registries = {"activations": activations, "losses": losses, "metrics": metrics}
    registry = registries[room].registry if room in registries else FUNCTIONS
    arrays_only: Callable[..., Any] = inspect.unwrap(registry.find(function))
    return arrays_only


def weights_in(node: Node) -> list[Variable]:
    """The weights of layers that a call takes from among its function's arguments."""
    return node.layer.weights_used if isinstance(node.layer, Operation) else []


def free_borrowed(nodes: Iterable[Node]) -> None:
    """Make the variables on their own that calls of a model use, and that a lender keeps."""
    for variable in (variable for node in nodes for variable in weights_in(node)):
        if isinstance(variable.owner, Lender):
            variable.owner.let_go(variable)


def known_later(structure: PyTree) -> bool:
    """Whether a variable is among the arguments, whose value is that of a later moment."""
    leaves = jax.tree.leaves(structure, is_leaf=is_variable)
    return any(is_variable(leaf) and leaf.known_later for leaf in leaves)


def drawn_later(structure: PyTree) -> bool:
    """Whether random numbers with these arguments are drawn when the model runs.

    They are drawn now where a function computes with arrays, and where some are given.
    """
    if inside_a_function():
        return True
    arrays = jax.Array | np.ndarray | Variable
    given = jax.tree.leaves(structure, is_leaf=is_variable)
    return not (being_computed() or any(isinstance(v, arrays) for v in given))


# -- rules about rows ------------------------------------------------------------------------------


def elementwise(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    """For functions that broadcast: the rows mix where broadcasting moves them to another axis."""
    ranks = {tensor.ndim for tensor in tensors}
    arrays = [
        v
        for v in jax.tree.leaves(dict(arguments), is_leaf=is_variable)
        if isinstance(v, SymbolicTensor | Variable | np.ndarray | jax.Array)
    ]
    widest = max((array.ndim for array in arrays), default=0)
    return len(ranks) == 1 and widest == min(ranks) > 0


def per_sample(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    """For functions of each sample of their first argument: no other argument may be symbolic."""
    first = next(iter(arguments.values()))
    return isinstance(first, SymbolicTensor) and tensors == [first] and first.ndim > 1


def along_axis(
    tensors: list[SymbolicTensor], arguments: Settings, default: int | None = None
) -> bool:
    """For functions along `axis` or `axes`: the argument must be given and not contain the rows."""
    axes = arguments.get("axis", arguments.get("axes", default))
    if axes is None or len({tensor.ndim for tensor in tensors}) != 1:
        return False
    listed = [axes] if isinstance(axes, int) else list(axes)
    rank = tensors[0].ndim
    return all(isinstance(axis, int) and (axis > 0 or -rank < axis < 0) for axis in listed)


def along_axis_or(default: int) -> RowRule:
    """`along_axis` for a function whose axis is `default` unless given."""
    return functools.partial(along_axis, default=default)


def indexed(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    """For ``x[index]``: the first axis must be taken whole, the others by slices and integers."""
    x, index = arguments.values()
    entries = index if isinstance(index, tuple) else (index,)
    plain = all(e is None or e is Ellipsis or isinstance(e, int | slice) for e in entries)
    if tensors != [x] or not plain or not entries:
        return False
    if entries[0] is Ellipsis:
        rank: int = x.ndim
        return sum(e is not None for e in entries[1:]) < rank
    return isinstance(entries[0], slice) and entries[0] == slice(None)
