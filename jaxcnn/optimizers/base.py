"""The base of all optimizers: adjustable hyperparameters, clipping, decay, and the state.

An optimizer object holds only hyperparameters, on the host. Its ``init`` and ``update`` are pure
and follow the convention of optax: ``updates, state = optimizer.update(grads, state, params)``, and
the updates are *added* to the parameters (``optax.apply_updates``). So it can be used wherever an
optax transformation can.
"""

import inspect
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.optimizers.schedules import registry as schedules
from jaxcnn.runtime.arrays import filled, wide_float, widened
from jaxcnn.runtime.hints import closest
from jaxcnn.runtime.types import ArrayLike, Config, PyTree, Settings

Params: TypeAlias = PyTree
# Update count -> learning rate, as optax makes them.
Schedule: TypeAlias = Callable[[Array], ArrayLike]


class OptimizerState(NamedTuple):
    """What an optimizer remembers between updates.

    ``count``: number of updates made, int32. ``hyper``: the hyperparameters in force, float32
    scalars by name; write another value into it to change, say, ``lr`` without compiling again.
    ``slots``: by name, one pytree like the parameters.
    """

    count: Array  # type: ignore[assignment]  # every tuple has a method count
    hyper: dict[str, Array]
    slots: PyTree


class Hyperparameters(dict[str, float | Schedule]):
    """The adjustable hyperparameters of an optimizer, and how often they have been changed."""

    version = 0


class HyperparameterValue(float):
    """One adjustable number as it was when read, with its origin for ``K.set_value``."""

    optimizer: "Optimizer"
    name: str

    @classmethod
    def of(cls, optimizer: "Optimizer", name: str, value: float) -> "HyperparameterValue":
        """The number ``optimizer.name``."""
        number = cls(value)
        number.optimizer, number.name = optimizer, name
        return number

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        """Copies are plain floats."""
        return float, (float(self),)


class Hyper:
    """An attribute that reads and writes one adjustable number. It must not be negative.

    Args:
        below: the number must be less than this.
        absent: read from an optimizer made without the number, which cannot be given one later.
    """

    def __init__(self, *, below: float = float("inf"), absent: float | None = None) -> None:
        self.below = below
        self.absent = absent

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: "Optimizer | None", owner: type | None = None) -> Any:
        if optimizer is None:
            return self
        if self.name not in optimizer.hyperparameters and self.absent is None:
            raise AttributeError(optimizer.lacks(self.name))
        value = optimizer.hyperparameters.get(self.name)
        if callable(value):
            return value
        return self.absent if value is None else HyperparameterValue.of(optimizer, self.name, value)

    def __set__(self, optimizer: "Optimizer", value: float | Schedule) -> None:
        kind, hyperparameters = type(optimizer).__name__, optimizer.hyperparameters
        if self.name not in hyperparameters:
            raise AttributeError(optimizer.lacks(self.name))
        if callable(hyperparameters[self.name]) or callable(value):
            raise ValueError(
                f"A schedule of {kind}.{self.name} is fixed: make a new one and compile again."
            )
        hyperparameters[self.name] = self.checked(kind, value)
        hyperparameters.version += 1

    def checked(self, kind: str, value: Any) -> float | Schedule:
        """The value as a float, or a schedule as it is."""
        if callable(value) and self.name == "lr":
            schedule: Schedule = value
            return schedule
        number = float("nan") if isinstance(value, str) or callable(value) else float(value)
        if not 0.0 <= number < self.below:
            limit = "" if self.below == float("inf") else f" and < {self.below}"
            raise ValueError(f"{kind}: {self.name} must be a number >= 0{limit}, got {value!r}.")
        return number


class StateHolder(Protocol):
    """A model that was compiled with an optimizer, whose state it holds."""

    @property
    def opt_state(self) -> PyTree: ...

    def optimizer_arrays(self) -> list[tuple[str, Array]]: ...

    def set_optimizer_arrays(self, values: Sequence[ArrayLike]) -> None: ...


class Optimizer:
    """Base class. A rule is a subclass that names its ``slots`` and defines :meth:`rule`.

    Every optimizer takes ``lr`` (also spelled ``learning_rate``), a number or an optax schedule,
    and

    * ``decay``: the rate of update number ``count`` (from 0) is ``lr / (1 + decay * count)``;
    * ``clipnorm``: all gradients together are scaled to this Euclidean norm where theirs is
      greater;
    * ``clipvalue``: then each gradient component is cut to [-clipvalue, clipvalue];
    * ``ema``: after every update ``average = ema * average + (1 - ema) * parameter``, stored for
      each parameter in the slot ``average`` (Polyak and Juditsky, 1992); ``Model.averaged`` returns
      the model with these weights.

    The last three are read when a training step is compiled; 0 or None turns them off.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.
    """

    # In the order in which Keras stores them in weight files, all of a name together.
    slots: tuple[str, ...] = ()
    clipnorm: float
    clipvalue: float
    ema: float
    lr = Hyper()
    decay = Hyper()
    _holder: "weakref.ref[StateHolder] | None" = None

    def __init__(
        self, lr: float | Schedule, options: Settings, **hyperparameters: float | Schedule
    ) -> None:
        kind = type(self).__name__
        parameters = inspect.signature(type(self)).parameters
        common = ("learning_rate", "decay", "clipnorm", "clipvalue", "ema")
        for name in options:
            if name not in common:
                allowed = [
                    *(n for n, p in parameters.items() if p.kind is not p.VAR_KEYWORD),
                    *common,
                ]
                raise TypeError(
                    f"{kind} takes no argument {name!r}; allowed: "
                    f"{', '.join(dict.fromkeys(allowed))}.{closest(name, allowed)}"
                )
        if "learning_rate" in options:
            if lr != parameters["lr"].default:
                raise TypeError(
                    f"{kind}: lr and learning_rate are the same number, give one of them."
                )
            lr = options["learning_rate"]
        hyperparameters = {"lr": lr, "decay": options.get("decay", 0.0), **hyperparameters}
        self.hyperparameters = Hyperparameters(
            {
                name: getattr(type(self), name).checked(kind, v)
                for name, v in hyperparameters.items()
            }
        )
        for name in ("clipnorm", "clipvalue"):
            limit = options.get(name) or 0.0
            if not limit >= 0:
                raise ValueError(f"{kind}: {name} must be a number >= 0 or None, got {limit!r}.")
            setattr(self, name, float(limit))
        self.ema = float(options.get("ema") or 0.0)
        if not 0 <= self.ema < 1:
            raise ValueError(
                f"{kind}: ema must be a number >= 0 and < 1 or None, got {options['ema']!r}."
            )

    @property
    def learning_rate(self) -> float | Schedule:
        """Another name for ``lr``."""
        rate: float | Schedule = self.lr
        return rate

    @learning_rate.setter
    def learning_rate(self, value: float | Schedule) -> None:
        self.lr = value

    @property
    def version(self) -> int:
        """How often a hyperparameter has been changed: cheap to compare with the last one seen."""
        return self.hyperparameters.version

    def trains(self, model: StateHolder) -> None:
        """Note the model that was compiled with this optimizer, which holds the state."""
        self._holder = weakref.ref(model)

    def __getstate__(self) -> Config:
        """Copies belong to no model yet."""
        return {name: value for name, value in vars(self).items() if name != "_holder"}

    @property
    def iterations(self) -> HyperparameterValue:
        """The number of updates that the model compiled with this optimizer has seen."""
        model = self._holder() if self._holder else None
        state = None if model is None else model.opt_state
        return HyperparameterValue.of(self, "iterations", 0 if state is None else int(state.count))

    @iterations.setter
    def iterations(self, value: float) -> None:
        weights = self.get_weights()
        if weights or value:
            self.set_weights([np.asarray(value, np.int32), *weights[1:]])

    def get_weights(self) -> list[np.ndarray]:
        """Copies of what the optimizer remembers: the number of updates, then slot by slot.

        The list is empty before the first update.
        """
        model = self._holder() if self._holder else None
        if model is None or model.opt_state is None:
            return []
        return [np.array(value) for _, value in model.optimizer_arrays()]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Put back what `get_weights` returned.

        Raises:
            RuntimeError: no model was compiled with this optimizer.
            ValueError: another number of arrays or other shapes.
        """
        model = self._holder() if self._holder else None
        if model is None:
            raise RuntimeError(
                f"{type(self).__name__}: compile a model with it before its weights are set."
            )
        model.set_optimizer_arrays(weights)

    def lacks(self, name: str) -> str:
        """The message for a number that cannot be read or changed."""
        return f"{type(self).__name__} was made without {name}: make a new one and compile again."

    def hyper(self) -> dict[str, float]:
        """The hyperparameters on the host, for ``OptimizerState.hyper``; a schedule is none."""
        return {name: value for name, value in self.hyperparameters.items() if not callable(value)}

    def init(self, params: Params) -> OptimizerState:
        """The state before the first update."""
        slots = {name: jax.tree.map(_zeros_like, params) for name in self.slots}
        if self.ema:
            slots["average"] = jax.tree.map(jnp.copy, params)  # both may be donated
        return OptimizerState(filled((), 0, jnp.int32), self._hyper_arrays(), slots)

    def update(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        """(what to add to the parameters, the next state) from the gradients of the loss."""
        h = SimpleNamespace(**state.hyper)
        if callable(self.lr):
            with jax.numpy_dtype_promotion("standard"):  # schedules of optax mix dtypes
                h.lr = self.lr(state.count)
        count = state.count.astype(jnp.float32)
        h.lr, h.t = h.lr / (1.0 + h.decay * count), count + 1.0
        slots = self.prepare(h, state.slots)
        leaves, tree = _flatten(grads)
        weights = [None] * len(leaves) if params is None else tree.flatten_up_to(params)
        columns = [tree.flatten_up_to(slots[name]) for name in self.slots]
        changes, rows = [], []
        for g, p, *row in zip(self._clipped(leaves), weights, *columns, strict=True):
            change, new_row = self.rule(g, p, row, h)
            changes.append(change)
            rows.append(new_row)
        new_columns = zip(*rows, strict=True) if rows else [() for _ in self.slots]
        new_slots = {
            name: tree.unflatten(column)
            for name, column in zip(self.slots, new_columns, strict=True)
        }
        if self.ema:
            new_slots["average"] = tree.unflatten(
                a + (1.0 - self.ema) * (p + change - a)
                for a, p, change in zip(
                    tree.flatten_up_to(slots["average"]), weights, changes, strict=True
                )
            )
        return tree.unflatten(changes), OptimizerState(
            state.count + 1, state.hyper, {**slots, **new_slots}
        )

    def prepare(self, h: SimpleNamespace, slots: dict[str, PyTree]) -> dict[str, PyTree]:
        """Put what all parameters share into ``h``; return the slots, with shared ones renewed.

        ``h`` holds the hyperparameters by name, ``lr`` after decay, and ``t``, the number of this
        update counted from 1.
        """
        return slots

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        """The change of a parameter and its slots after it, from its gradient and slots before."""
        raise NotImplementedError(f"{type(self).__name__} must define rule().")

    def get_config(self) -> Config:
        """The arguments that make an equal optimizer.

        Raises:
            ValueError: the learning rate is a function without a description.
        """
        if callable(self.lr) and not hasattr(self.lr, "get_config"):
            raise ValueError(
                f"{type(self).__name__}: a learning rate that is a function has no configuration; "
                "the classes in optimizers.schedules have one."
            )
        parameters = inspect.signature(type(self)).parameters.values()
        config = {p.name: getattr(self, p.name) for p in parameters if p.kind is not p.VAR_KEYWORD}
        if callable(config.get("lr")):
            config["lr"] = schedules.serialize(config["lr"])
        extra = {
            "decay": self.decay,
            "clipnorm": self.clipnorm,
            "clipvalue": self.clipvalue,
            "ema": self.ema,
        }
        config |= {name: value for name, value in extra.items() if value and name not in config}
        return {
            name: float(value) if isinstance(value, HyperparameterValue) else value
            for name, value in config.items()
        }

    @classmethod
    def from_config(cls, config: Settings) -> Any:
        """The optimizer described by ``config``."""
        rates = {k: schedules.deserialize(v) for k, v in config.items() if isinstance(v, Mapping)}
        return cls(**{**config, **rates})

    def _hyper_arrays(self) -> dict[str, Array]:
        return {name: filled((), value) for name, value in self.hyper().items()}

    def _clipped(self, grads: list[Array]) -> list[Array]:
        grads = [widened(g) for g in grads]
        if self.clipnorm:
            norm = jnp.sqrt(sum(jnp.sum(jnp.square(g)) for g in grads))
            grads = [g * (self.clipnorm / jnp.maximum(norm, self.clipnorm)) for g in grads]
        if self.clipvalue:
            grads = [jnp.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads


def _flatten(tree: PyTree) -> tuple[list[Array], Any]:
    """Leaves and structure; the structure's class has no type stubs."""
    return jax.tree.flatten(tree)


def _zeros_like(p: Array) -> Array:
    if isinstance(p, jax.core.Tracer):
        return jnp.zeros_like(p, dtype=wide_float(p.dtype))
    # A slot is bound to a device only where its parameter is: a mixture would compile the second
    # step again.
    sharding = p.sharding if getattr(p, "committed", False) else None
    return filled(p.shape, 0, wide_float(p.dtype), sharding)
