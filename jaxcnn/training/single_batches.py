"""Training, testing and predicting single batches, and how a model checks the data that it is
given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import copied, fresh
from jaxcnn.training.compiled import Compiled
from jaxcnn.training.fitting import with_hyperparameters_of
from jaxcnn.training.input.check import (
    Arrays,
    batch_of,
    checked_inputs,
    checked_targets,
    checked_weights,
)
from jaxcnn.training.state import from_variables
from jaxcnn.training.steps import Batch


class BatchTrainer(Compiled):
    """The part of `Trainer` that is about single batches."""

    # -- data --------------------------------------------------------------------------------------

    def _require_built(self, inputs: Any) -> None:
        """Sequential models without an input shape are built by the first data they see."""

    def _checked_inputs(self, x: Any) -> list[np.ndarray]:
        if x is None:
            raise ValueError("`x` is None; input arrays are needed.")
        self._require_built(x)
        return checked_inputs(x, self.input_names, [t.shape for t in self.inputs])

    def _arrays(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> Arrays:
        inputs = self._checked_inputs(x)
        objective = self._require_compiled()
        targets = checked_targets(y, objective, [t.shape for t in self.outputs], len(inputs[0]))
        return Arrays(
            inputs, targets, checked_weights(sample_weight, class_weight, objective, targets)
        )

    def _batch(self, arrays: Arrays) -> Batch:
        return batch_of(arrays, self._input_dtypes)

    def _whole(self, arrays: Arrays) -> Batch:
        """All of `arrays` as a batch, for which the steps are made if there are none yet."""
        batch = self._batch(arrays)
        if not self._prepared:
            self._prepare(batch)
        return batch

    def _cut(self, batch: Any) -> Any:
        return batch if self._parallel is None else self._parallel.cut(batch, 0)

    @property
    def _input_dtypes(self) -> list[Any]:
        return [t.dtype for t in self.inputs]

    # -- single batches ----------------------------------------------------------------------------

    def train_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> float | list[float]:
        """One update on one batch; returns the loss and metrics of the batch before the update."""
        arrays = self._arrays(x, y, sample_weight, class_weight)
        self._warn_if_trainable_changed()
        batch = self._whole(arrays)
        state = from_variables(
            self.variables,
            self.optimizer,
            trainable=self.compiled_mask,
            opt_state=with_hyperparameters_of(self.optimizer, self._opt_state),
            step=self._step,
            seed=config.seed(),
            ties=self.ties,
        )
        new, logs = self.functions.train.logged(state, batch)
        self.note_changes()
        self._store_trained(new.variables, new.opt_state)
        self._step += 1
        return self._listed(logs)

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None) -> float | list[float]:
        """The loss and metrics of one batch."""
        batch = self._whole(self._arrays(x, y, sample_weight))
        variables, sums = (
            self._placed(self.variables),
            fresh(self._require_compiled().init_metrics()),
        )
        sums, state = self.functions.evaluate.run(
            (sums, carried(variables)), batch, None, variables
        )
        self._keep_state(state)
        return self._listed(self.functions.averages(sums))

    def _keep_state(self, state: Mapping[str, Any]) -> None:
        """Let stateful layers go on with what evaluation or prediction has left."""
        if state:
            self.set_variables({"state": self._gathered(state)})

    def _listed(self, logs: Mapping[str, Any]) -> float | list[float]:
        found = jax.device_get(logs)
        values = [float(found[name]) for name in self._require_compiled().names]
        return values[0] if len(values) == 1 else values


def carried(variables: Mapping[str, Any]) -> Any:
    """A copy of the states of stateful layers, whose memory a step may use again; {} where there
    are none.
    """
    return copied(variables["state"]) if variables.get("state") else {}
