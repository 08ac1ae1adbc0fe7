"""The base of all optimizers: adjustable hyperparameters, clipping, decay, and the state.

An optimizer object holds only hyperparameters, on the host. Its ``init`` and ``update`` are pure
and follow the convention of optax: ``updates, state = optimizer.update(grads, state, params)``, and
the updates are *added* to the parameters (``optax.apply_updates``). So it can be used wherever an
optax transformation can.
"""

import html
import inspect
import weakref
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, TypeAlias, TypedDict

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.optimizers.hyper import (
    Hyper,
    Hyperparameters,
    HyperparameterValue,
    LearningRate,
    Schedule,
    Weights,
)
from jaxcnn.optimizers.schedules import registry as schedules
from jaxcnn.optimizers.updates import OF_ONE_MODEL, Updating, running, set_variables
from jaxcnn.runtime.arrays import filled, wide_float, widened
from jaxcnn.runtime.deferred import Deferred
from jaxcnn.runtime.types import ArrayLike, Config, PyTree, Settings
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.stories import told_in

Params: TypeAlias = PyTree
# What an optimizer remembers, on the device or on the host.
Listed: TypeAlias = Array | np.ndarray


class Options(TypedDict, total=False):
    """What every optimizer takes by name; `Optimizer` explains them."""

    learning_rate: float | Schedule
    clipnorm: float | None
    clipvalue: float | None
    ema: float | None


class DecayOptions(Options, total=False):
    """The same for a rule that does not list `decay` among its arguments."""

    decay: float


class OptimizerState(NamedTuple):
    """What an optimizer remembers between updates.

    ``count``: number of updates made, int32. ``hyper``: the hyperparameters in force, float32
    scalars by name; write another value into it to change, say, ``lr`` without compiling again.
    ``slots``: by name, one pytree like the parameters.

    Args:
        count: number of updates so far, an int32 scalar.
        hyper: hyperparameters by name, float32 scalars.
        slots: by name a tree of arrays like the parameters.

    Examples:
        >>> jc.optimizers.SGD(0.5).init({"w": jnp.zeros(2)}).hyper["lr"]
        Array(0.5, dtype=float32)

    References:
        - Babuschkin et al., "Optax 0.2.8: optax/_src/base.py", 2026,
          <https://github.com/google-deepmind/optax/blob/v0.2.8/optax/_src/base.py>
    """

    count: Array  # type: ignore[assignment]  # every tuple has a method count
    hyper: dict[str, Array]
    slots: PyTree


class StateHolder(Protocol):
    """A model that was compiled with an optimizer, whose state it holds."""

    @property
    def opt_state(self) -> PyTree: ...

    @property
    def trainable_weights(self) -> list[Any]: ...

    def optimizer_arrays(self) -> list[tuple[str, Array]]: ...

    def set_optimizer_arrays(self, values: Sequence[ArrayLike]) -> None: ...


def order_of_slots(weights: Sequence[Any]) -> list[int]:
    """The order in which the version of Keras that a program is for lists a slot's arrays."""
    order = list(range(len(weights)))
    if chosen() and dialect().slots_by_name:
        order.sort(key=lambda i: str(weights[i].name))
    return order


def reordered(values: Sequence[Listed], order: Sequence[int], first: int) -> list[Listed]:
    """The arrays of each slot in this order, of values whose slots begin at `first`."""
    size = len(order)
    if not size or (len(values) - first) % size:  # not an array for each weight
        return list(values)
    starts = range(first, len(values), size)
    return [*values[:first], *(values[start + i] for start in starts for i in order)]


class Optimizer(Updating):
    """Base class. A rule is a subclass that names its ``slots`` and defines :meth:`rule`.

    A subclass may define ``get_updates(loss, params)`` instead, or Keras 1's
    ``get_updates(params, constraints, loss)``: pairs (variable, new value) by functions of
    `jaxcnn.backend`. It calls ``super().__init__(**kwargs)`` and keeps its numbers itself.

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

    Args:
        lr: the learning rate, a number of at least 0 or a schedule; None in a user's optimizer that
            keeps its numbers itself.
        options: the further keywords of the call, `learning_rate`, `clipnorm`, `clipvalue` and
            `ema`; None as for `lr`.
        **hyperparameters: the adjustable numbers of the rule by name, `decay` among them.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> class Signs(jc.optimizers.Optimizer):
        ...     def __init__(self, lr=0.01, **kwargs):
        ...         super().__init__(lr, kwargs)
        ...     def rule(self, g, p, slots, h):
        ...         return -h.lr * jnp.sign(g), ()
        >>> optimizer = Signs(0.5)
        >>> optimizer.update(jnp.array([3.0, -2.0]), optimizer.init(jnp.zeros(2)))[0]
        Array([-0.5,  0.5], dtype=float32)

    References:
        - Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992,
          <https://doi.org/10.1137/0330046>
    """

    # In the order in which Keras stores them in weight files, all of a name together.
    slots: tuple[str, ...] = ()
    # Whether Keras lists the number of updates among the optimizer's weights.
    lists_count = True
    # Adjustable numbers that Keras does not keep as variables.
    never_variables: frozenset[str] = frozenset({"epsilon", "schedule_decay"})
    hyperparameters = Hyperparameters()
    clipnorm: float = 0.0
    clipvalue: float = 0.0
    ema: float = 0.0
    lr = Hyper()
    learning_rate = LearningRate()
    decay = Hyper()
    weights = Weights()
    _weights: list[Any]
    _holder: "weakref.ref[StateHolder] | None" = None

    def __init__(
        self,
        lr: float | Schedule | None = None,
        options: Settings | None = None,
        **hyperparameters: float | Schedule,
    ) -> None:
        self.updates, self._weights = [], []
        if lr is None or options is None:
            self.take_clipping(hyperparameters)
            return
        kind = type(self).__name__
        parameters = inspect.signature(type(self)).parameters
        common = ("learning_rate", "decay", "clipnorm", "clipvalue", "ema")
        for name in options:
            if name not in common:
                allowed = [
                    *(n for n, p in parameters.items() if p.kind is not p.VAR_KEYWORD),
                    *common,
                ]
                with told_in("names"):
                    raise TypeError(
                        f"{kind} takes no argument {name!r}; allowed: "
                        f"{', '.join(dict.fromkeys(allowed))}.{closest(name, allowed)}"
                    )
        if "learning_rate" in options:
            if "lr" in parameters and lr != parameters["lr"].default:
                raise TypeError(
                    f"{kind}: lr and learning_rate are the same number, give one of them."
                )
            lr = options["learning_rate"]
        self.initial_decay = options.get("decay", hyperparameters.get("decay", 0.0))
        hyperparameters = {"lr": lr, "decay": self.initial_decay, **hyperparameters}
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

    def take_clipping(self, options: Settings) -> None:
        """Keep the arguments that Keras's base class has, for a user's optimizer.

        Raises:
            TypeError: another argument.
        """
        for name, value in options.items():
            if name not in ("clipnorm", "clipvalue"):
                raise TypeError(f"Unexpected keyword argument passed to optimizer: {name}")
            setattr(self, name, value)

    @property
    def version(self) -> int:
        """How often a hyperparameter has been changed: cheap to compare with the last one seen."""
        return self.hyperparameters.version

    def trains(self, model: StateHolder) -> None:
        """Note the model that was compiled with this optimizer, which holds the state."""
        self._holder = weakref.ref(model)

    def __getstate__(self) -> Config:
        """Copies belong to no model yet."""
        return {k: v for k, v in vars(self).items() if k not in OF_ONE_MODEL}

    @property
    def iterations(self) -> Any:
        """The number of updates so far: of the model compiled with this optimizer, or a variable.

        It is a variable where `get_updates` was called, or of the user's own.
        """
        if (trace := running.get()) is not None:
            return trace.counter(self)
        if "_counter" in vars(self):
            return vars(self)["_counter"]
        count = self.get_count() if self.shows_count else 0
        return HyperparameterValue.of(self, "iterations", count)

    @iterations.setter
    def iterations(self, value: Any) -> None:
        if hasattr(value, "assign"):
            vars(self)["_counter"] = value
            return
        if "_counter" in vars(self):
            vars(self)["_counter"].set(value)
            return
        weights = self.get_weights()
        if weights or value:
            slots = weights[1:] if self.lists_count else weights
            self.set_weights([np.asarray(value, np.int32), *slots])

    def get_count(self) -> int:
        """The number of updates that the model compiled with this optimizer has seen."""
        if (state := self.held_state()) is None:
            return 0
        return int(state.count if self.shared_count is None else self.shared_count)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of what Keras lists of the state: the number of updates, then slot by slot.

        Some optimizers do not list the number. The list is empty before the first update. After
        `get_updates` these are its variables.
        """
        return [np.array(value) for value in self._weights or self.listed_now()]

    def listed_now(self) -> list[Listed]:
        """What Keras lists of the state that training holds: the arrays themselves, no copies."""
        model = self._holder() if self._holder else None
        if model is None or model.opt_state is None:
            return []
        count: Listed = np.asarray(self.get_count(), np.int32)
        if chosen() and dialect().float_counts:
            count = np.array(count if self.shows_count else 0, np.float32)
        arrays = [count if name == "iterations" else v for name, v in model.optimizer_arrays()]
        shapes = [weight.shape for weight in model.trainable_weights]
        listed = self.listed(arrays, shapes, dialect().name)
        order = order_of_slots(model.trainable_weights)
        return reordered(listed, order, 1 if self.lists_count else 0)

    def held_state(self) -> PyTree:
        """The state that training holds, None before the first update."""
        model = self._holder() if self._holder else None
        return None if model is None else model.opt_state

    def variable_numbers(self) -> list[str]:
        """The adjustable numbers that Keras keeps as variables."""
        return [name for name in self.hyperparameters if name not in self.never_variables]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Put back what `get_weights` returned.

        Args:
            weights: arrays of the shapes that `get_weights` returns.

        Raises:
            RuntimeError: no model was compiled with this optimizer.
            ValueError: another number of arrays or other shapes.
        """
        if self._weights:
            set_variables(self._weights, weights)
            return
        model = self._holder() if self._holder else None
        if model is None:
            raise RuntimeError(
                f"{type(self).__name__}: compile a model with it before its weights are set."
            )
        values = [np.asarray(weight) for weight in weights]
        if values and values[0].ndim and not self.lists_count:
            values = [np.asarray(self.get_count(), np.int32), *values]
        order = order_of_slots(model.trainable_weights)
        back = reordered(values, [order.index(i) for i in range(len(order))], 1)
        values = [np.asarray(value) for value in back]
        self.shared_count = None
        model.set_optimizer_arrays(self.remembered(values, len(model.trainable_weights)))

    @property
    def counts_updates(self) -> bool:
        """Whether an older Keras counts the updates, rather than leave their number at 0."""
        return self.lists_count or bool(self.hyperparameters.get("decay"))

    @property
    def shows_count(self) -> bool:
        """Whether programs see how many updates there were, and not 0 as in an older Keras."""
        return self.counts_updates or not chosen() or dialect().needless_counts

    def listed(
        self, arrays: Sequence[Listed], shapes: Sequence[tuple[int, ...]], keras: str
    ) -> list[Listed]:
        """What a Keras lists as the optimizer's weights of all that it remembers.

        `shapes` are those of the weights that are trained.
        """
        return list(arrays if self.lists_count else arrays[1:])

    def remembered(self, values: list[np.ndarray], weights: int) -> list[np.ndarray]:
        """The inverse of `listed` for so many weights, with the number of updates first."""
        return values

    def lacks(self, name: str) -> str:
        """The message for a number that cannot be read or changed."""
        return f"{type(self).__name__} was made without {name}: make a new one and compile again."

    def hyper(self) -> dict[str, float]:
        """The hyperparameters on the host, for ``OptimizerState.hyper``; a schedule is none."""
        return {name: value for name, value in self.hyperparameters.items() if not callable(value)}

    def init(self, params: Params) -> OptimizerState:
        """The state before the first update.

        Args:
            params: the tree of the parameters.
        """
        slots = {name: jax.tree.map(_zeros_like, params) for name in self.slots}
        if self.ema:
            slots["average"] = jax.tree.map(jnp.copy, params)  # both may be donated
        return OptimizerState(filled((), 0, jnp.int32), self.hyper_arrays(), slots)

    def update(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        """(what to add to the parameters, the next state) from the gradients of the loss.

        Args:
            grads: the tree of the gradients.
            state: what `init` or the last update returned.
            params: the tree of the parameters, which some optimizers need. Default: None.
        """
        leaves, tree = _flatten(grads)
        return self.step(tree.unflatten(self.clipped(leaves)), state, params)

    def step(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        """`update` by gradients that need no clipping."""
        h = SimpleNamespace(**state.hyper)
        if callable(self.hyperparameters.get("lr")):
            with jax.numpy_dtype_promotion("standard"):  # schedules of optax mix dtypes
                h.lr = self.lr(state.count)
        count = state.count.astype(jnp.float32)
        h.lr, h.t = h.lr / (1.0 + h.decay * count), count + 1.0
        slots = self.prepare(h, state.slots)
        leaves, tree = _flatten(grads)
        weights = [None] * len(leaves) if params is None else tree.flatten_up_to(params)
        columns = [tree.flatten_up_to(slots[name]) for name in self.slots]
        changes, rows = [], []
        for g, p, *row in zip(leaves, weights, *columns, strict=True):
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

        Args:
            h: where hyperparameters are attributes.
            slots: all slots by name.
        """
        return slots

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        """The change of a parameter and its slots after it, from its gradient and slots before.

        Args:
            g: gradient of one parameter, after clipping.
            p: the parameter, or None where it is not given.
            slots: what is remembered of it, in the order of `slots` of the class.
            h: the hyperparameters and what `prepare` added, as attributes.
        """
        raise NotImplementedError(f"{type(self).__name__} must define rule().")

    def shown_arguments(self) -> Config:
        """The arguments that are shown of it."""
        try:
            return self.get_config()
        except ValueError:  # a function as the learning rate
            return {"lr": self.lr}

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.shown_arguments().items())
        return f"{type(self).__name__}({arguments})"

    def _repr_html_(self) -> str:
        """A table of the arguments, for notebooks."""
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(repr(value))}</td></tr>"
            for name, value in self.shown_arguments().items()
        )
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"

    def get_config(self) -> Config:
        """The arguments that make an equal optimizer.

        Raises:
            ValueError: the learning rate is a function without a description.
        """
        limits = {"clipnorm": self.clipnorm, "clipvalue": self.clipvalue}
        if "hyperparameters" not in vars(self):
            return {name: value for name, value in limits.items() if value}
        if callable(self.lr) and not hasattr(self.lr, "get_config"):
            raise ValueError(
                f"{type(self).__name__}: a learning rate that is a function has no configuration; "
                "the classes in optimizers.schedules have one."
            )
        parameters = inspect.signature(self._described()).parameters.values()
        config = {p.name: getattr(self, p.name) for p in parameters if p.kind is not p.VAR_KEYWORD}
        if callable(config.get("lr")):
            config["lr"] = schedules.serialize(config["lr"])
        extra = {"decay": self.decay, **limits, "ema": self.ema}
        config |= {name: value for name, value in extra.items() if value and name not in config}
        if dialect().rates_in_full and "lr" in config:
            config = {"learning_rate": config.pop("lr"), **config}
        return {name: self.described(name, value) for name, value in config.items()}

    def described(self, name: str, value: object) -> object:
        """The value of an argument for `get_config`, of a variable in the precision that it has.

        An old program sees the numbers that its Keras kept as variables rounded to float32.
        """
        if isinstance(value, Deferred):
            return float(np.asarray(value))
        if not isinstance(value, HyperparameterValue):
            return value
        rounded = chosen() and name not in self.never_variables
        return float(np.float32(value)) if rounded else float(value)

    @classmethod
    def from_config(cls, config: Settings) -> Any:
        """The optimizer described by ``config``.

        Args:
            config: what `get_config` returned.
        """
        described = {name: config.get(name) for name in ("lr", "learning_rate")}
        rates = {
            k: schedules.deserialize(v) for k, v in described.items() if isinstance(v, Mapping)
        }
        return cls(**{**config, **rates})

    def _described(self) -> type:
        """The class whose arguments `get_config` lists: the library's where a user's extends it."""
        kinds = type(self).__mro__
        written = next(kind for kind in kinds if "get_config" in vars(kind))
        if written.__module__.startswith("jaxcnn.") and not self.by_hand:
            return kinds[0]
        return next(kind for kind in kinds if kind.__module__.startswith("jaxcnn."))

    def restore_hyper(self, numbers: Mapping[str, float]) -> None:
        """Take over what `hyper` returned."""
        self.hyperparameters.update(numbers)

    def hyper_arrays(self) -> dict[str, Array]:
        """The hyperparameters for ``OptimizerState.hyper``."""
        return {name: filled((), value) for name, value in self.hyper().items()}

    def clipped(self, grads: Sequence[Array]) -> list[Array]:
        """Gradients in wide floats, not longer or greater than `clipnorm` and `clipvalue` say."""
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
