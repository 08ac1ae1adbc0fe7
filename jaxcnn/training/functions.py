"""The compiled steps of a model, each made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import flax.linen as nn
import jax

from jaxcnn.nn.graph import draws_anyway
from jaxcnn.runtime import config
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.dispatch import Dispatcher, TrainCalls
from jaxcnn.training.objective import Objective
from jaxcnn.training.state import Tree
from jaxcnn.training.steps import AtNaN, Augment, Batch, Step, eval_step


@dataclass(eq=False)
class Functions:
    """The compiled steps of a compiled model.

    Attributes:
        module: the pure network.
        objective: what they minimise and report.
        make_step: ``make_step(at_nan=..., augment=...)``, the training step.
        calls: how steps go to the device, the arguments of `Dispatcher` by name.
        dtype: what is computed in, if not in that of the weights.
        phase: the learning phase that the steps obey.
    """

    module: nn.Module
    objective: Objective
    make_step: Callable[..., Step]
    calls: dict[str, PyTree] = field(default_factory=dict)
    dtype: str | None = None
    phase: int | None = None

    def __post_init__(self) -> None:
        self._training: dict[tuple[AtNaN | None, Augment | None], TrainCalls] = {}

    @property
    def train(self) -> TrainCalls:
        return self.training()

    def training(self, at_nan: AtNaN | None = None, augment: Augment | None = None) -> TrainCalls:
        """The training step that `train_step` makes with these arguments, once for equal ones."""
        if (at_nan, augment) not in self._training:
            step = self.make_step(at_nan=at_nan, augment=augment)
            self._training[at_nan, augment] = TrainCalls(step, **self.calls)
        return self._training[at_nan, augment]

    @cached_property
    def evaluate(self) -> Dispatcher:
        """``(sums, state), batch, variables -> (sums, state)``."""
        noisy = self.phase or draws_anyway(self.module)
        key = jax.random.key(config.seed()) if noisy else None
        step = eval_step(
            self.module, self.objective, compute_dtype=self.dtype, key=key, train=bool(self.phase)
        )

        def run(carry: tuple[Tree, Tree], batch: Batch, variables: Tree) -> tuple[Tree, Tree]:
            sums, state = carry
            return step({**variables, "state": state} if state else variables, sums, batch)

        return Dispatcher(run, donate=True, **self.calls)

    @cached_property
    def _results(self) -> Callable[[Tree], dict[str, jax.Array]]:
        return LeafJit(self.objective.results)

    def averages(self, sums: Tree) -> dict[str, float]:
        """The averages of running sums, fetched from the device, in the order of reported names."""
        averages = jax.device_get(self._results(sums))
        return {name: float(averages[name]) for name in self.objective.names}
