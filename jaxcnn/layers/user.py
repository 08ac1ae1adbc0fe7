"""What users override and call in layers of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from jaxcnn import constraints, initializers, regularizers
from jaxcnn.layers.custom import Record, UserModule
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import config


class UserCode:
    """`build`, `call` and what they may use: the part of `Layer` for layers that users write."""

    name: str
    declared: list[Variable]
    _record: Record
    _user_built: bool

    def build(self, input_shape: Any) -> None:
        """Make the weights with `add_weight`; `input_shape` has None for the batch.  Runs once."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; may also take `mask` and `training`."""
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs).")

    def add_weight(
        self,
        name: Any = None,
        shape: tuple[int, ...] | None = None,
        initializer: Any = "glorot_uniform",
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        dtype: Any = None,
    ) -> Variable:
        """Declare a weight in `build`; keep the result as an attribute and use it in `call` like an
        array.

        Args:
            name: of the weight; ``weight_1``, ... when it is not given.
            shape: of the weight.
            initializer, regularizer, constraint: by name or function.
            trainable: False for values that training does not move and `add_update` may.
        """
        if isinstance(name, list | tuple):  # Keras 1 and later versions put the shape first
            name, shape = (shape if isinstance(shape, str) else None), tuple(name)
        if shape is None:
            raise ValueError(f"Layer '{self.name}': add_weight needs a `shape`.")
        name = name or f"weight_{len(self.declared) + 1}"
        if name in {variable.label for variable in self.declared}:
            raise ValueError(f"Layer '{self.name}' already has a weight named '{name}'.")
        variable = Variable(
            name,
            tuple(shape),
            dtype or config.floatx(),
            initializers.get(initializer),
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
            owner=self,
        )
        self.declared.append(variable)
        return variable

    def add_loss(self, loss: Any, inputs: Any = None) -> None:
        """In `call`: add a scalar, or a list of them, to what training minimises."""
        self._record.losses.extend(loss if isinstance(loss, list | tuple) else [loss])

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """In `call`: in training mode replace weights made with ``trainable=False``; (weight, new
        value) pairs.
        """
        pairs = updates if isinstance(updates, list) else [updates]
        self._record.updates.extend(pairs)

    @property
    def updates(self) -> list[Any]:
        """In `call`, as older layers do: the list of updates so far, to be extended or set; see
        `add_update`.
        """
        return self._record.updates

    @updates.setter
    def updates(self, pairs: Any) -> None:
        self._record.updates = list(pairs)

    @contextlib.contextmanager
    def recording(self) -> Iterator[Record]:
        """Within the block `add_loss` and `add_update` go into the yielded record, after what
        `build` said.
        """
        outer, self._record = self._record, Record()
        self._record.updates = list(outer.updates)
        try:
            yield self._record
        finally:
            self._record = outer

    def build_once(self, input_shape: Any) -> None:
        """Run the user's `build`, the first time."""
        if not self._user_built:
            self._user_built = True
            self.build(input_shape)

    def __setattr__(self, name: str, value: Any) -> None:
        """A layer kept as an attribute by a user's layer is part of it."""
        super().__setattr__(name, value)
        if (
            isinstance(value, UserCode)
            and not name.startswith("_")
            and isinstance(self.__dict__.get("_module"), UserModule | None)
        ):
            self.__dict__.setdefault("_children", {})[value.name] = value
