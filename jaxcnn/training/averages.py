"""The running averages of weights that some optimizers keep, in the place of the weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from jaxcnn.runtime.arrays import copied
from jaxcnn.training.state import merge, split
from jaxcnn.training.trainable import Trainable


@contextlib.contextmanager
def averaged(model: Trainable) -> Iterator[None]:
    """Within the block the trained weights are their running averages, for evaluation, prediction
    or saving.

    Raises:
        ValueError: the optimizer keeps no averages (it was made without ``ema``), or nothing was
            trained yet.
    """
    slots = getattr(model.opt_state, "slots", None)
    if not isinstance(slots, dict) or "average" not in slots:
        raise ValueError(
            f"Model '{model.name}' has no averaged weights: compile it with an optimizer with an "
            "average, such as Adam(ema=0.999), and train it."
        )
    trained = model.variables
    _, frozen = split(trained["params"], model.program.trained, model.program.ties)
    model.store({**trained, "params": merge(copied(slots["average"]), frozen)})
    try:
        yield
    finally:
        model.store(trained)
