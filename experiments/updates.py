"""What an optimizer really does: how far each of its updates moves a weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.callbacks import Callback, LambdaCallback
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import Optimizer


def moves(optimizer: Optimizer, updates: int, callbacks: Sequence[Callback] = ()) -> np.ndarray:
    """How far so many updates move one weight whose slope is 1, each in an epoch of its own."""
    model = Sequential([Dense(1, use_bias=False, kernel_initializer="zeros", input_dim=1)])
    model.compile(optimizer, lambda target, output: output)
    places = [0.0]
    noting = LambdaCallback(
        on_epoch_end=lambda epoch, logs: places.append(model.get_weights()[0].item())
    )
    one = np.ones((1, 1), "float32")
    model.fit(one, one, epochs=updates, verbose=0, callbacks=[*callbacks, noting])
    return -np.diff(places)
