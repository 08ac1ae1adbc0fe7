"""How a layer's `build` makes weights: `add_weight`, and the lists that older layers extend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, SupportsIndex, overload

from jaxcnn import constraints, initializers, regularizers
from jaxcnn.layers import weight_tree
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_arguments import weight_arguments
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DTypeLike, Identifier


class WeightList(list[Variable]):
    """Weights of a layer; a variable that is added to the list becomes another one.

    A weight of another layer may take the place of one; it is then listed and saved instead.

    Args:
        weights: those that there are.
        adopt: makes variables weights of the layer.
    """

    def __init__(
        self, weights: Iterable[Variable], adopt: Callable[[list[Variable]], None]
    ) -> None:
        super().__init__(weights)
        self._adopt = adopt

    def append(self, variable: Variable) -> None:
        self.extend([variable])

    @overload
    def __setitem__(self, index: SupportsIndex, variable: Variable) -> None: ...

    @overload
    def __setitem__(self, index: slice, variable: Iterable[Variable]) -> None: ...

    def __setitem__(self, index: Any, variable: Any) -> None:
        """Put the weight of another layer in the place of one.

        Raises:
            TypeError: not one index and a weight of a layer.
        """
        if isinstance(index, slice) or getattr(variable, "owner", None) is None:
            raise TypeError(
                f"One weight of a layer takes the place of another; given {variable!r} for "
                f"[{index!r}]."
            )
        replaced = self[index]
        if variable is not replaced:
            store = replaced.owner.weights_store
            store.elsewhere[replaced.path] = (variable.owner, variable.path)
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
    store = layer.weights_store
    if store.specs is None:  # in `build`
        moved = layer.trainable
        weights += [v for v in store.declared if (v.trainable and moved) == trainable]
    return WeightList(weights, lambda variables: store.adopt(variables, trainable))


def own_weights(trainable: bool) -> property:
    """The attribute for the weights of a layer without those of layers inside it."""

    def weights(self: WeightOwner) -> WeightList:
        listed = weight_list(self, trainable)
        mine = [variable for variable in listed if variable.owner is self]
        return WeightList(mine, lambda variables: self.weights_store.adopt(variables, trainable))

    def adopt(self: WeightOwner, variables: Sequence[Variable]) -> None:
        self.weights_store.adopt(variables, trainable)

    return property(weights, adopt)


@overload
def add_weight(
    self: WeightOwner,
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
    self: WeightOwner,
    shape: Sequence[int],
    initializer: Identifier = None,
    name: str | None = None,
    trainable: bool = True,
    regularizer: Identifier = None,
    constraint: Identifier = None,
) -> Variable: ...


def add_weight(self: WeightOwner, *args: Any, **kwargs: Any) -> Variable:
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
