"""How a layer's `build` makes weights: `add_weight`, and the lists that older layers extend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, Self, SupportsIndex, overload

from jaxcnn import constraints, initializers, regularizers
from jaxcnn.layers import weight_tree
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_arguments import weight_arguments
from jaxcnn.layers.weights import WeightOwner, WeightStore
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DTypeLike, Identifier, Path


class WeightList(list[Variable]):
    """Weights of a layer; a variable that is added to the list becomes another one.

    A weight of another layer may take the place of one; it is then listed and saved instead.

    Args:
        weights: those that there are.
        adopt: makes variables weights of the layer.
        exchange: (path of a weight, what is listed instead) in lists of a layer's own weights.
        paths: those of the weights.
    """

    def __init__(
        self,
        weights: Iterable[Variable],
        adopt: Callable[[list[Variable]], None],
        exchange: Callable[[Path, Variable], None] | None = None,
        paths: Sequence[Path] = (),
    ) -> None:
        super().__init__(weights)
        self._adopt, self._exchange, self._paths = adopt, exchange, paths

    def append(self, variable: Variable) -> None:
        self.extend([variable])

    @overload
    def __setitem__(self, index: SupportsIndex, variable: Variable) -> None: ...

    @overload
    def __setitem__(self, index: slice, variable: Iterable[Variable]) -> None: ...

    def __setitem__(self, index: Any, variable: Any) -> None:
        """Put the weight of another layer, or a tensor of the graph, in the place of one.

        A tensor is no weight: `weights` has one less then.

        Raises:
            TypeError: not one index of a list of a layer's own weights, and something else.
        """
        owner = getattr(variable, "owner", None)
        known = owner is not None or isinstance(variable, SymbolicTensor)
        if isinstance(index, slice) or self._exchange is None or not known:
            raise TypeError(
                "In layer._trainable_weights and layer._non_trainable_weights one weight of a "
                f"layer takes the place of another; given {variable!r} for [{index!r}]."
            )
        self._exchange(self._paths[index], variable)
        super().__setitem__(index, variable)

    def insert(self, index: SupportsIndex, variable: Variable) -> None:
        self._adopt([variable])
        super().insert(index, variable)

    def extend(self, variables: Iterable[Variable]) -> None:
        added = list(variables)
        self._adopt(added)
        super().extend(added)

    def __iadd__(self, variables: Iterable[Variable]) -> Self:  # type: ignore[misc, override]
        self.extend(variables)
        return self


def weight_list(layer: WeightOwner, trainable: bool) -> WeightList:
    """The weights of `layer` that training would move, or the others, to be extended in `build`."""
    paths = weight_tree.trainable_paths if trainable else weight_tree.non_trainable_paths
    weights = [owner.weights_store.variable(path) for owner, path in paths(layer)]
    return WeightList(weights, lambda v: layer.weights_store.adopt(v, trainable))


def own_weights(trainable: bool) -> property:
    """The attribute for the weights of a layer without those of layers inside it."""

    def weights(self: WeightOwner) -> WeightList:
        store = self.weights_store
        moved, fixed = store.paths(params=True), store.paths(params=False)
        if not self.trainable:
            moved, fixed = [], moved + fixed
        paths = moved if trainable else fixed
        return WeightList(
            [store.listed(path) for path in paths],
            lambda variables: store.adopt(variables, trainable),
            store.elsewhere.__setitem__,
            paths,
        )

    def adopt(self: WeightOwner, variables: Sequence[Variable]) -> None:
        self.weights_store.adopt(variables, trainable)

    return property(weights, adopt)


class Named(Protocol):
    """A layer that makes weights: less than a `WeightOwner`, so that user's classes bind it."""

    name: str

    @property
    def weights_store(self) -> WeightStore: ...


@overload
def add_weight(
    self: Named,
    name: str | None = None,
    shape: Sequence[int] | None = None,
    dtype: DTypeLike | None = None,
    initializer: Identifier = None,
    regularizer: Identifier = None,
    trainable: bool = True,
    constraint: Identifier = None,
) -> Variable: ...


@overload
def add_weight(
    self: Named,
    shape: Sequence[int],
    initializer: Identifier = None,
    name: str | None = None,
    trainable: bool = True,
    regularizer: Identifier = None,
    constraint: Identifier = None,
) -> Variable: ...


def add_weight(self: Named, *args: Any, **kwargs: Any) -> Variable:
    """Declare a weight in `build`; keep it as an attribute and use it in `call` like an array.

    By position the arguments may come as in Keras 2, or, where the first is the shape, as in
    Keras 1: shape, initializer, name, trainable, regularizer, constraint.

    Args:
        name: of the weight; ``weight_1``, ... when it is not given.
        shape: of the weight.
        dtype: by default `floatx`.
        initializer, regularizer: by name or function; 'glorot_uniform' and none by default.
        trainable: False for values that training does not move and `add_update` may.
        constraint: by name or function.
    """
    given = weight_arguments(self.name, args, kwargs)
    variable = Variable(
        given.name or self.weights_store.next_label(),
        given.shape,
        given.dtype or config.floatx(),
        initializers.get(given.initializer),
        trainable=given.trainable,
        regularizer=regularizers.get(given.regularizer),
        constraint=constraints.get(given.constraint),
        owner=self,
    )
    self.weights_store.declare(variable)
    return variable
