"""What happens in one step: the simple, the GRU and the LSTM recurrence, and each of them as a cell
for `RNN`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.core import drop, dropout_rate, kernel_weight, resolved
from jaxcnn.nn.recurrent.scan import applied, in_parts, kernel_groups, recurrence
from jaxcnn.ops.lstm import lstm_step
from jaxcnn.ops.product import dot

Add = Callable[[int, jax.Array], list[jax.Array]]


class Gated:
    """A recurrence whose kernels hold the weights of several gates side by side.

    What the input contributes to each gate is computed for all steps at once by `project`; `step`
    goes from one state to the next and asks for the state's contributions by ``add(group, h)``, see
    `recurrence`.
    """

    # What the modules that use this have as fields or from Layer.
    label: str
    units: int
    use_bias: bool
    recurrent_initializer: Any
    bias_initializer: Any
    recurrent_regularizer: Any
    bias_regularizer: Any
    recurrent_constraint: Any
    bias_constraint: Any
    dropout: float
    recurrent_dropout: float
    implementation: int
    weight: Callable[..., jax.Array]
    make_rng: Any

    blocks: ClassVar[int] = 1  # the kernels are this many times as wide as the state
    state_count: ClassVar[int] = 1
    sample_rank: ClassVar[int] = 1  # the number of axes of one sample at one step

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Which inputs the parts of the recurrent kernel are added to; a group is applied in one
        product.
        """
        return (tuple(range(self.blocks)),)

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        """The states after one step; the first is its output."""
        raise NotImplementedError

    def input_product(self, x: jax.Array, kernel: jax.Array) -> jax.Array:
        return dot(x, kernel)

    def recurrent_product(self, h: jax.Array, kernel: jax.Array) -> jax.Array:
        return dot(h, kernel)

    @property
    def size(self) -> int:
        """The width of the state."""
        return self.units

    @property
    def state_size(self) -> int | tuple[int, ...]:
        """The width of each state, as `RNN` asks for it."""
        return (self.units,) * self.state_count if self.state_count > 1 else self.units

    def checked(self) -> dict[str, Any]:
        units = arguments.positive_integer(self.label, "units", self.units)
        return {"units": units, **self.checked_rates(), **resolved(self)}

    def checked_rates(self) -> dict[str, Any]:
        if self.implementation not in (0, 1, 2):
            raise ValueError(
                f"{self.label}: `implementation` is {self.implementation!r}; it must be 0, 1 or 2."
            )
        return {name: dropout_rate(self, name) for name in ("dropout", "recurrent_dropout")}

    def declare(self, features: int) -> tuple[jax.Array, jax.Array, jax.Array | None]:
        """(kernel, recurrent_kernel, bias) for inputs of this many features."""
        kernel = kernel_weight(self, (*self.window, features, self.blocks * self.size))
        recurrent = self.weight(
            "recurrent_kernel",
            self.recurrent_initializer,
            (*self.window, self.size, self.blocks * self.size),
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        if not self.use_bias:
            return kernel, recurrent, None
        bias = self.weight(
            "bias",
            self.initial_bias,
            self.bias_shape,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        return kernel, recurrent, bias

    @property
    def window(self) -> tuple[int, ...]:
        """The leading axes of the kernels, when they are convolutions."""
        return ()

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (self.blocks * self.size,)

    def initial_bias(self, key: jax.Array, shape: tuple[int, ...], dtype: Any) -> jax.Array:
        values: jax.Array = self.bias_initializer(key, shape, dtype)
        return values

    def noise(self, rate: float, x: jax.Array, train: bool) -> list[jax.Array]:
        """Dropout masks of the shape of `x` for all steps: none, one, or one a gate
        (`implementation` 0 and 1).
        """
        if not train or rate == 0:
            return []
        keys = jax.random.split(
            self.make_rng("dropout"), 1 if self.implementation == 2 else self.blocks
        )
        return [drop(key, jnp.ones_like(x), rate, x.shape) for key in keys]

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: jax.Array | None, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        """What `x`, (batch, ...) or (batch, steps, ...), contributes to the gates: one array for
        all or each.
        """
        leading = x.shape[: x.ndim - self.sample_rank]
        samples = [
            y.reshape(-1, *x.shape[len(leading) :]) for y in [x * mask for mask in noise] or [x]
        ]
        found = applied(self.input_product, samples, kernel)
        if bias is not None:
            found = [part + b for part, b in zip(found, jnp.split(bias, len(samples)), strict=True)]
        return [part.reshape(*leading, *part.shape[1:]) for part in found]


class SimpleRecurrence(Gated):
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)``."""

    activation: Any

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        (total,) = add(0, states[0])
        return [self.activation(total)]


class GRURecurrence(Gated):
    """Gates z (update) and r (reset) and a candidate; ``h = z * h + (1 - z) * candidate``.

    The reset gate is applied before the product with the recurrent kernel, or, with `reset_after`,
    after it; then the bias is (2, 3 * units): one for the input and one for the state.
    """

    activation: Any
    recurrent_activation: Any
    reset_after: bool

    blocks = 3

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        return ((0, 1, 3),) if self.reset_after else ((0, 1), (2,))

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: jax.Array | None, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        if not self.reset_after:
            return super().project(x, kernel, bias, noise)
        z, r, candidate = in_parts(
            super().project(x, kernel, None if bias is None else bias[0], noise), 3
        )
        # The state's part of the candidate is reset before it meets the input's, so it is a sum of
        # its own.
        inner = jnp.zeros_like(candidate)
        if bias is not None:
            of_state = jnp.split(bias[1], 3)
            z, r, inner = (part + b for part, b in zip((z, r, inner), of_state, strict=True))
        return [z, r, candidate, inner]

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        h = states[0]
        z, r, *inner = add(0, h)
        z, r = self.recurrent_activation(z), self.recurrent_activation(r)
        (total,) = [inputs[2] + r * inner[0]] if self.reset_after else add(1, r * h)
        return [z * h + (1 - z) * self.activation(total)]


class LSTMRecurrence(Gated):
    """Gates i (input), f (forget), o (output) and a candidate: ``c = f * c + i * candidate``, ``h =
    o * act(c)``.
    """

    activation: Any
    recurrent_activation: Any
    unit_forget_bias: bool

    blocks = 4
    state_count = 2

    def initial_bias(self, key: jax.Array, shape: tuple[int, ...], dtype: Any) -> jax.Array:
        values = super().initial_bias(key, shape, dtype)
        end = values.size - 2 * self.size  # candidate and output gate come after the forget gate
        return values.at[end - self.size : end].set(1) if self.unit_forget_bias else values

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        h, c = states
        return list(lstm_step(add(0, h), c, self.recurrent_activation, self.activation))


class Cell(Layer):
    """One step of a recurrence as a module: ``cell(x, states) -> (output, new states)``, x (batch,
    features).
    """

    @nn.compact
    def __call__(
        self, x: jax.Array, states: Sequence[jax.Array], *, train: bool = False
    ) -> tuple[jax.Array, list[jax.Array]]:
        cell: Any = self
        kernel, recurrent, bias = cell.declare(x.shape[-1])
        inputs = in_parts(
            cell.project(x, kernel, bias, cell.noise(cell.dropout, x, train)), cell.blocks
        )
        noise = cell.noise(cell.recurrent_dropout, states[0], train)
        add, _ = recurrence(cell, inputs, kernel_groups(cell, recurrent), noise)
        new = cell.step(inputs, list(states), add)
        return new[0], new


class SimpleRNNCell(SimpleRecurrence, Cell):
    """One step of `SimpleRNN`, for use in `RNN`; one state of width `units`."""

    units: int
    activation: Any = "tanh"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    implementation: int = 0


class GRUCell(GRURecurrence, Cell):
    """One step of `GRU`, for use in `RNN`; one state of width `units`."""

    units: int
    activation: Any = "tanh"
    recurrent_activation: Any = "hard_sigmoid"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    implementation: int = 0
    reset_after: bool = False


class LSTMCell(LSTMRecurrence, Cell):
    """One step of `LSTM`, for use in `RNN`; two states of width `units`, the output and the carry."""

    units: int
    activation: Any = "tanh"
    recurrent_activation: Any = "hard_sigmoid"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    implementation: int = 0
