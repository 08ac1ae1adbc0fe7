"""Optimizers whose `get_updates` a user has written, as transformations of what training moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.layers.symbolic.graph_updates import Recorded
from jaxcnn.layers.variable import Variable, given_values
from jaxcnn.nn.base import WeightSpec
from jaxcnn.optimizers.base import Optimizer, OptimizerState, Params, order_of_slots
from jaxcnn.optimizers.updates import Update
from jaxcnn.runtime import config, context
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.types import ArrayLike, Path, PyTree
from jaxcnn.training.network import WholeNetwork
from jaxcnn.training.state import Ties, Tree, split


class Trained(WholeNetwork, Protocol):
    """A model whose weights are moved."""

    @property
    def opt_state(self) -> PyTree: ...

    def all_specs(self) -> list[WeightSpec]: ...


class Moving(Protocol):
    """What says which weights those are, and holds the state."""

    trained: Tree | None
    ties: Ties
    opt_state: PyTree


def trained_paths(model: Trained, program: Moving) -> list[Path]:
    """The paths within ``params`` of the weights that training moves, in the order of Keras."""
    trained = flatten_dict(program.trained or {})
    further = {path for path, _ in program.ties}
    return [
        spec.path
        for spec in model.all_specs()
        if spec.collection == "params" and spec.path not in further and trained.get(spec.path)
    ]


class UpdatesByHand(Optimizer):
    """The `get_updates` of a model's optimizer: called once, as Keras does, and then computed.

    The state has the values of the variables that it moves as slots, and those of the others as
    hyperparameters, so that a callback may set them.

    Args:
        optimizer: the user's.
        model: that is trained.
        program: what it is compiled to.
        further: updates that are carried out besides.

    Raises:
        ValueError: it uses weights that the model does not train.
    """

    takes_loss = True

    def __init__(
        self,
        optimizer: Optimizer,
        model: Trained,
        program: Moving,
        further: Sequence[Update] = (),
    ) -> None:
        self.optimizer, self.model, self.program = optimizer, model, program
        self.further = list(further)
        paths = trained_paths(model, program)
        at = {
            path: owner.variable((spec.collection, *spec.path))
            for owner, spec, path in model.placed_weights()
            if spec.collection == "params"
        }
        self.paths = [paths[i] for i in order_of_slots([at[path] for path in paths])]
        self.params = [at[path] for path in self.paths]
        self.recorded = Recorded(
            optimizer,
            lambda request: [*request.passed_to(optimizer.get_updates), *self.further],
            self.params,
        )
        trained = {id(param) for param in self.params}
        others = [v for v in self.recorded.variables if id(v) not in trained]
        for variable in others:
            inside = any(variable.owner is layer for layer in model.all_layers())
            if variable.owner is not None and (inside or not self.moves(variable)):
                raise ValueError(
                    f"{type(optimizer).__name__}.get_updates uses the weight '{variable.name}', "
                    "which this model does not train. Keep a K.variable of your own, or write the "
                    "training loop with K.function(..., updates=...)."
                )
        moved = {id(v) for v in self.recorded.moved}
        self.moved = {f"{i:03d}": v for i, v in enumerate(others) if id(v) in moved}
        self.fixed = {f"{i:03d}": v for i, v in enumerate(others) if id(v) not in moved}
        self.initial = {name: variable.stored for name, variable in self.moved.items()}
        self.others = {name: v for name, v in self.moved.items() if v.owner is not None}
        for variable in self.moved.values():
            variable.keeper = self if variable.owner is None else None

    def moves(self, variable: Variable) -> bool:
        """Whether it gives a variable new values."""
        return any(variable is moved for moved in self.recorded.moved)

    @property
    def version(self) -> int:
        return self.optimizer.version + sum(v.changes for v in self.fixed.values())

    def hyper(self) -> dict[str, float]:
        return {name: float(v.stored) for name, v in self.fixed.items() if not v.shape}

    def restore_hyper(self, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            self.fixed[name].set(value)

    def hyper_arrays(self) -> dict[str, jax.Array]:
        return {name: jnp.array(variable.stored) for name, variable in self.fixed.items()}

    def init(self, params: Params) -> OptimizerState:
        slots = {name: jnp.array(value) for name, value in self.initial.items()}
        state = OptimizerState(filled((), 0, jnp.int32), self.hyper_arrays(), slots)
        return self.with_others(state)

    # -- weights of other models, such as a target network that follows ----------------------------

    def with_others(self, state: OptimizerState) -> OptimizerState:
        """The state with the weights of other models as they are now."""
        present = {name: jnp.array(variable.stored) for name, variable in self.others.items()}
        return state._replace(slots={**state.slots, **present})

    def hand_over(self, state: OptimizerState) -> None:
        """Give the other models the newest values of their weights."""
        for name, variable in self.others.items():
            assert variable.owner is not None
            variable.owner.weights_store.put({variable.path: state.slots[name]})

    def update(
        self,
        grads: Params,
        state: OptimizerState,
        params: Params = None,
        value: jax.Array | None = None,
    ) -> tuple[Params, OptimizerState]:
        """As of any optimizer; `value` is that of the loss."""
        present, gradients = flatten_dict(params), flatten_dict(grads)
        given = {id(v): present[path] for v, path in zip(self.params, self.paths, strict=True)}
        given |= {id(v): state.hyper[name] for name, v in self.fixed.items()}
        given |= {id(v): state.slots[name] for name, v in self.moved.items()}
        seed = jax.random.fold_in(jax.random.key(config.seed()), state.count)

        def key(draw: int) -> jax.Array:
            return jax.random.fold_in(seed, draw)

        with given_values(given), context.running(key, train=True):
            values = self.recorded.new_values(value, [gradients[path] for path in self.paths])
        after = dict(zip(map(id, self.recorded.moved), values, strict=True))
        changes = {
            path: after.get(id(v), present[path]) - present[path]
            for v, path in zip(self.params, self.paths, strict=True)
        }
        slots = {name: after[id(v)] for name, v in self.moved.items()}
        return unflatten_dict(changes), OptimizerState(state.count + 1, state.hyper, slots)

    # -- as the keeper of the variables that are moved ---------------------------------------------

    def _state(self) -> OptimizerState | None:
        """The newest state, None before the first update."""
        _ = self.model.opt_state  # a running fit hands over what it has
        state: OptimizerState | None = self.program.opt_state
        return state

    def value_of(self, variable: Variable) -> np.ndarray | None:
        """The value of a variable as it is now, None where it is still that of the beginning."""
        state = self._state()
        name = next(name for name, moved in self.moved.items() if moved is variable)
        return None if state is None else np.asarray(state.slots[name])

    def set_value(self, variable: Variable, value: np.ndarray) -> None:
        """Go on from another value.

        Raises:
            RuntimeError: a fit is running, which moves it.
        """
        if any(layer.weights_store.session is not None for layer in self.model.all_layers()):
            raise RuntimeError(
                f"'{variable.name}' is moved by the fit that is running: set it before or after."
            )
        name = next(name for name, moved in self.moved.items() if moved is variable)
        self.initial[name] = value
        if (state := self._state()) is not None:
            slots = {**state.slots, name: jnp.array(value)}
            self.program.opt_state = state._replace(slots=slots)

    # -- files -------------------------------------------------------------------------------------

    def kept_variables(self) -> list[Variable]:
        """What is saved: the optimizer's `weights`, then what else is moved."""
        moved = {id(v): v for v in self.moved.values()}
        first = [v for v in self.optimizer.weights if id(v) in moved]
        return list({id(v): v for v in (*first, *moved.values())}.values())

    def named_arrays(self) -> list[tuple[str, PyTree]]:
        """(name, array) of what is saved."""
        return [(variable.label, variable.stored) for variable in self.kept_variables()]

    def set_arrays(self, values: Sequence[ArrayLike]) -> None:
        """Put back what `named_arrays` listed, or the first of it, which Keras saves.

        Raises:
            ValueError: another number of arrays, or other shapes.
        """
        variables = self.kept_variables()
        if len(values) not in (len(variables), len(self.optimizer.weights)):
            raise ValueError(f"The optimizer keeps {len(variables)} arrays; given {len(values)}.")
        for variable, value in zip(variables, values, strict=False):
            if np.shape(value) != variable.shape:
                raise ValueError(
                    f"The optimizer's '{variable.name}' has shape {variable.shape}; given "
                    f"{np.shape(value)}."
                )
        if self.program.opt_state is None:
            params, _ = split(self.model.variables["params"], self.program.trained)
            self.program.opt_state = self.init(params)
        for variable, value in zip(variables, values, strict=False):
            variable.set(value)
