"""One step of a recurrence: the simple one, the GRU and the LSTM.

Arrays of a step are (batch, width); products with kernels may be convolutions, then they are
(batch, *spatial, channels).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp

from jaxcnn import activations, initializers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.dropout import drop, dropout_rate
from jaxcnn.nn.recurrent.fields import GatedArguments
from jaxcnn.nn.recurrent.scan import Add, applied, in_parts
from jaxcnn.nn.weights import field_weight, resolved
from jaxcnn.ops.gru import gru_step
from jaxcnn.ops.lstm import lstm_step
from jaxcnn.ops.product import dot
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import ArrayFunction, Config, DTypeLike
from jaxcnn.spellings.dialect import GATES_OF_1, dialect


class Gated(GatedArguments):
    """A recurrence whose kernels hold the weights of several gates side by side.

    What the input contributes to each gate is computed for all steps at once by `project`; `step`
    goes from one state to the next and asks for the state's contributions by ``add(group, h)``, see
    `jaxcnn.nn.recurrent.scan.recurrence`.
    """

    blocks: ClassVar[int] = 1  # the kernels are this many times as wide as the state
    state_count: ClassVar[int] = 1
    sample_rank: ClassVar[int] = 1  # the number of axes of one sample at one step

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Which inputs each part of the recurrent kernel adds to; a group is one product."""
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
        return (self.size,) * self.state_count if self.state_count > 1 else self.size

    @property
    def window(self) -> tuple[int, ...]:
        """The leading axes of the kernels, when they are convolutions."""
        return ()

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (self.blocks * self.size,)

    def initial_bias(self, gate: str) -> ArrayFunction:
        """What makes the bias, all of it or that of a gate.

        It holds nothing of the module, which may be within a trace.
        """
        return initializers.get(self.bias_initializer)

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: jax.Array | None, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        """What `x` contributes to the gates: one array for all of them, or one for each.

        `x` is (batch, *sample) or (batch, steps, *sample), and so are the contributions.
        """
        leading, sample = x.shape[: x.ndim - self.sample_rank], x.shape[x.ndim - self.sample_rank :]
        noisy = [x * mask for mask in noise] or [x]
        samples = [y.reshape(-1, *sample) for y in noisy]  # (batch * steps, *sample)
        parts = applied(self.input_product, samples, kernel)
        if bias is not None:
            biases = jnp.split(bias, len(samples))
            parts = [part + on_last_axes(b, part) for part, b in zip(parts, biases, strict=True)]
        return [part.reshape(*leading, *part.shape[1:]) for part in parts]


class AxesOfSteps:
    """What computes with the axes of its inputs in an order of its own."""

    def inward(self, x: jax.Array) -> jax.Array:
        """An input or initial state in the order of axes in which the layer computes."""
        return x

    def outward(self, y: jax.Array) -> jax.Array:
        """An output or final state in the order of axes of the layer's inputs."""
        return y


class GatedModule(AxesOfSteps, Gated, Layer):
    """A module, a cell or a layer, that runs a `Gated` recurrence."""

    def checked(self) -> Config:
        units = arguments.positive_integer(self.label, "units", self.units)
        return {"units": units, **self.checked_rates(), **resolved(self)}

    def checked_rates(self) -> Config:
        if self.implementation not in (0, 1, 2):
            raise ValueError(
                f"{self.label}: `implementation` is {self.implementation!r}; it must be 0, 1 or 2."
            )
        return {
            name: dropout_rate(self.label, getattr(self, name), name)
            for name in ("dropout", "recurrent_dropout")
        }

    def declare(self, features: int) -> tuple[jax.Array, jax.Array, jax.Array | None]:
        """(kernel, recurrent_kernel, bias) for inputs of this many features."""
        if not self.has_gates_apart:
            return self.declare_part("", features, self.blocks * self.size, self.bias_shape)
        order = self.traits.gates
        parts = {
            gate: self.declare_part(gate, features, self.size, (self.size,))
            for gate in GATES_OF_1[order]
        }
        kernel, recurrent, bias = zip(*(parts[gate] for gate in order), strict=True)
        joined = jnp.concatenate(bias) if self.use_bias else None
        return jnp.concatenate(kernel, -1), jnp.concatenate(recurrent, -1), joined

    @property
    def has_gates_apart(self) -> bool:
        """Whether each gate has weights of its own, as in Keras 1 unless one product is to compute
        them all.
        """
        if not self.traits.gates or self.bias_shape != (self.blocks * self.size,):
            return False
        if self.is_initializing():
            return dialect().of_keras_1 and self.implementation != 2
        return self.has_variable("params", f"kernel_{self.traits.gates[0]}")

    def declare_part(
        self, gate: str, features: int, width: int, bias_shape: tuple[int, ...]
    ) -> tuple[jax.Array, jax.Array, jax.Array | None]:
        """The weights of a gate, or, where it is empty, of all gates side by side."""
        end = f"_{gate}" if gate else ""
        window = self.window
        kernel = field_weight(self, f"kernel{end}", (*window, features, width), "kernel")
        recurrent = field_weight(
            self, f"recurrent_kernel{end}", (*window, self.size, width), "recurrent"
        )
        if not self.use_bias:
            return kernel, recurrent, None
        bias = self.weight(
            f"bias{end}",
            self.initial_bias(gate),
            bias_shape,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        return kernel, recurrent, bias

    def noise(self, rate: float, x: jax.Array, train: bool) -> list[jax.Array]:
        """Dropout masks like `x` for all steps: none, one, or one a gate.

        One a gate unless `implementation` is 2.
        """
        if not train or rate == 0:
            return []
        count = 1 if self.implementation == 2 else self.blocks
        keys = jax.random.split(self.make_rng("dropout"), count)
        return [drop(key, jnp.ones_like(x), rate, x.shape) for key in keys]


class SimpleRecurrence(Gated):
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)``."""

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        (total,) = add(0, states[0])
        return [activations.get(self.activation)(total)]


class GRURecurrence(Gated):
    """Gates z (update) and r (reset) and a candidate; ``h = z * h + (1 - z) * candidate``.

    The reset gate is applied before the product with the recurrent kernel, or, with `reset_after`,
    after it; then the bias is (2, 3 * units): one for the input and one for the state.
    """

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
        if bias is None:
            bias = jnp.zeros(self.bias_shape, kernel.dtype)
        of_input, of_state = bias.reshape(2, -1)
        both = of_input + of_state.at[2 * self.units :].set(0)
        parts = in_parts(super().project(x, kernel, both, noise), 3)
        # The state's part of the candidate is reset before it meets the input's: a separate sum.
        inner = of_state[2 * self.units :].astype(parts[0].dtype)
        return [*parts, inner.reshape((1,) * (x.ndim - 1) + inner.shape)]

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        h = states[0]
        z, r, *inner = add(0, h)
        gate, activation = (
            activations.get(self.recurrent_activation),
            activations.get(self.activation),
        )

        def candidate(r: jax.Array) -> jax.Array:
            return inputs[2] + r * inner[0] if self.reset_after else add(1, r * h)[0]

        return [gru_step((z, r), h, candidate, gate, activation)[0]]


@dataclass(frozen=True)
class OpenForgetGate:
    """An initializer of an LSTM's bias: as `start` makes it, and ones for the forget gate."""

    start: ArrayFunction
    size: int

    def __call__(self, key: jax.Array, shape: tuple[int, ...], dtype: DTypeLike) -> jax.Array:
        values = self.start(key, shape, dtype)
        end = values.size - 2 * self.size  # candidate and output gate come after the forget gate
        return values.at[end - self.size : end].set(1)


class LSTMRecurrence(Gated):
    """Gates i, f and o (input, forget, output) and a candidate.

    ``c = f * c + i * candidate`` and ``h = o * activation(c)``.
    """

    blocks = 4
    state_count = 2

    def initial_bias(self, gate: str) -> ArrayFunction:
        start = super().initial_bias(gate)
        if not self.unit_forget_bias or gate not in ("", "f"):
            return start
        return OpenForgetGate(start, self.size) if not gate else initializers.get("ones")

    def step(
        self, inputs: Sequence[jax.Array], states: list[jax.Array], add: Add
    ) -> list[jax.Array]:
        h, c = states
        gate, activation = (
            activations.get(self.recurrent_activation),
            activations.get(self.activation),
        )
        return list(lstm_step(add(0, h), c, gate, activation))
