"""``tf.train``: optimizers by the rules of `jaxcnn.optimizers`, and checkpoints."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import optimizers
from jaxcnn.compat.tensorflow import graph
from jaxcnn.compat.tensorflow.checkpoints import (
    Saver,
    get_checkpoint_state,
    latest_checkpoint,
)
from jaxcnn.compat.tensorflow.gradients import gradients
from jaxcnn.compat.tensorflow.operation import Group, Operation
from jaxcnn.compat.tensorflow.rules import Adagrad, GradientDescent, Momentum, RMSPropWithMomentum
from jaxcnn.compat.tensorflow.session import Session
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.compat.tensorflow.variables import (
    Variable,
    assign,
    assign_add,
    trainable_variables,
    weight_of,
)
from jaxcnn.compat.tensorflow.word import recorded, word
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import ArrayLike

__all__ = [
    "AdadeltaOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "GradientDescentOptimizer",
    "MomentumOptimizer",
    "Optimizer",
    "RMSPropOptimizer",
    "Saver",
    "exponential_decay",
    "get_checkpoint_state",
    "global_step",
    "latest_checkpoint",
]

NEEDED = inspect.Parameter.empty


class Optimizer:
    """Changes variables so that a loss becomes less.

    Args:
        learning_rate: a number or a tensor.
        rule: says how.
        name: of the operation.
    """

    def __init__(self, learning_rate: Any, rule: optimizers.Optimizer, name: str) -> None:
        self.learning_rate, self.rule, self._name = learning_rate, rule, name

    def get_name(self) -> str:
        """The name."""
        return self._name

    def for_model(self) -> optimizers.Optimizer:
        """The optimizer that `compile` makes of this one.

        Raises:
            TypeError: the learning rate is no number.
        """
        if not isinstance(self.learning_rate, int | float):
            raise TypeError(
                "compile takes an optimizer of tf.train whose learning rate is a number, or one "
                f"of keras.optimizers with a LearningRateScheduler; given {self.learning_rate!r}."
            )
        self.rule.lr = self.learning_rate
        return self.rule

    def minimize(
        self,
        loss: SymbolicTensor,
        global_step: Any = None,
        var_list: Iterable[Any] | None = None,
        name: str | None = None,
    ) -> Group:
        """The operation that takes one step.

        Args:
            loss: what to make less; of several numbers the sum.
            global_step: a variable that counts the steps.
            var_list: what to change, by default all trainable variables.
            name: of the operation.
        """
        pairs = self.compute_gradients(loss, var_list)
        if all(gradient is None for gradient, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not "
                f"support gradients, between variables {[str(v) for _, v in pairs]} and loss "
                f"{loss}."
            )
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self, loss: SymbolicTensor, var_list: Iterable[Any] | None = None
    ) -> list[tuple[Any, Any]]:
        """The pairs (gradient, variable); None for the gradient where the loss has none by it."""
        variables = trainable_variables() if var_list is None else list(var_list)
        if not variables:
            raise ValueError("No variables to optimize.")
        return list(zip(gradients(loss, variables), variables, strict=True))

    def apply_gradients(
        self,
        grads_and_vars: Iterable[tuple[Any, Any]],
        global_step: Any = None,
        name: str | None = None,
    ) -> Group:
        """The operation that takes one step by these gradients, counted by `global_step`."""
        pairs = [(gradient, v) for gradient, v in grads_and_vars if gradient is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        whole = name or self._name
        weights = [weight_of(variable) for _, variable in pairs]
        counted = isinstance(self.rule, optimizers.Adam)  # the steps of no other depend on it
        zero = np.zeros((), np.int32)
        with graph.name_scope(whole):
            count = untrained(zero, "iterations") if counted else zero
        slots = self._slots([variable for _, variable in pairs])
        names = list(slots)

        def step(
            gradients: Sequence[jax.Array],
            values: Sequence[jax.Array],
            columns: Sequence[Sequence[jax.Array]],
            count: jax.Array,
            rate: jax.Array,
        ) -> list[jax.Array]:
            hyper = {n: jnp.asarray(v, jnp.float32) for n, v in self.rule.hyper().items()}
            state = optimizers.OptimizerState(
                count,
                {**hyper, "lr": jnp.asarray(rate, jnp.float32)},
                {n: list(column) for n, column in zip(names, columns, strict=True)},
            )
            changes, state = self.rule.update(list(gradients), state, list(values))
            new = [v + c.astype(v.dtype) for v, c in zip(values, changes, strict=True)]
            return [*new, *(value for n in names for value in state.slots[n])]

        columns = [slots[n] for n in names]
        results: list[Tensor] = recorded(
            step,
            graph.get_default_graph().unique_name(f"{whole}/update"),
            (([g for g, _ in pairs], weights, columns, count, self.learning_rate), {}),
        )
        changed = [*weights, *(variable for column in columns for variable in column)]
        parts: list[Operation] = [
            assign(variable, value).op for variable, value in zip(changed, results, strict=True)
        ]
        if counted:
            parts.append(assign_add(count, 1).op)
        if global_step is not None:
            parts.append(assign_add(global_step, np.ones((), global_step.dtype)).op)
        return Group(whole, parts)

    def _slots(self, variables: Sequence[Any]) -> dict[str, list[Variable]]:
        """What the rule remembers of each variable: variables called 'v/Adam', 'v/Adam_1', ..."""
        state = self.rule.init([np.zeros(v.shape, v.dtype) for v in variables])
        slots: dict[str, list[Variable]] = {slot: [] for slot in self.rule.slots}
        with graph.name_scope(None):
            for number, variable in enumerate(variables):
                name = f"{variable.name.partition(':')[0]}/{self._name}"
                for slot, column in slots.items():
                    column.append(untrained(state.slots[slot][number], name))
        return slots


def optimizer_class(
    name: str, rule: Callable[..., optimizers.Optimizer], /, **defaults: Any
) -> type[Optimizer]:
    """An optimizer whose arguments have these defaults, in this order; NEEDED has none.

    Besides `learning_rate`, `use_locking` (nothing is locked here) and `name` they are those of
    `rule`.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter(word, kind, default=default) for word, default in defaults.items()]
    )

    def initialize(self: Optimizer, *args: Any, **kwargs: Any) -> None:
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        rate, label, _ = (call.arguments.pop(w) for w in ("learning_rate", "name", "use_locking"))
        Optimizer.__init__(self, rate, rule(**call.arguments), label)

    methods = {"__init__": initialize, "__module__": __name__, "__signature__": signature}
    return type(f"{name}Optimizer", (Optimizer,), methods)


GradientDescentOptimizer = optimizer_class(
    "GradientDescent",
    GradientDescent,
    learning_rate=NEEDED,
    use_locking=False,
    name="GradientDescent",
)
MomentumOptimizer = optimizer_class(
    "Momentum",
    lambda momentum, use_nesterov: Momentum(momentum=momentum, nesterov=use_nesterov),
    learning_rate=NEEDED,
    momentum=NEEDED,
    use_locking=False,
    name="Momentum",
    use_nesterov=False,
)
AdagradOptimizer = optimizer_class(
    "Adagrad",
    lambda initial_accumulator_value: Adagrad(first=initial_accumulator_value),
    learning_rate=NEEDED,
    initial_accumulator_value=0.1,
    use_locking=False,
    name="Adagrad",
)
AdadeltaOptimizer = optimizer_class(
    "Adadelta",
    optimizers.Adadelta,
    learning_rate=0.001,
    rho=0.95,
    epsilon=1e-8,
    use_locking=False,
    name="Adadelta",
)
AdamOptimizer = optimizer_class(
    "Adam",
    lambda beta1, beta2, epsilon: optimizers.Adam(beta_1=beta1, beta_2=beta2, epsilon=epsilon),
    learning_rate=0.001,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    use_locking=False,
    name="Adam",
)
RMSPropOptimizer = optimizer_class(
    "RMSProp",
    lambda decay, **others: RMSPropWithMomentum(rho=decay, **others),
    learning_rate=NEEDED,
    decay=0.9,
    momentum=0.0,
    epsilon=1e-10,
    use_locking=False,
    centered=False,
    name="RMSProp",
)


def untrained(value: Any, name: str) -> Variable:
    """A variable that no optimizer changes by itself."""
    return Variable(np.asarray(value), trainable=False, name=name)


def global_step(sess: Session, global_step_tensor: Tensor) -> int:
    """How many steps the variable has counted in this session."""
    return int(sess.run(global_step_tensor))


@word("ExponentialDecay")
def exponential_decay(
    learning_rate: ArrayLike,
    global_step: ArrayLike,
    decay_steps: ArrayLike,
    decay_rate: ArrayLike,
    staircase: bool = False,
) -> jax.Array:
    """``learning_rate * decay_rate ** (global_step / decay_steps)``, with `staircase` in steps."""
    rate = jnp.asarray(learning_rate, jnp.float32)
    times = jnp.asarray(global_step, jnp.float32) / jnp.asarray(decay_steps, jnp.float32)
    return rate * jnp.asarray(decay_rate) ** (jnp.floor(times) if staircase else times)
