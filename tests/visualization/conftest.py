"""Plots are looked at through the drawn figure: what is in it, not how it looks."""

import numpy as np
import pytest

from jaxcnn.layers import Conv2D, Dense, GlobalAveragePooling2D
from jaxcnn.models import Sequential
from jaxcnn.visualization import (
    classification,
    images,
)
from jaxcnn.visualization import history as history_module


@pytest.fixture
def drawn(monkeypatch):
    """Collects every figure that is saved."""
    figures = []
    for module in (history_module, images, classification):

        def finished(figure, path, finished=module.finished):
            figures.append(figure)
            return finished(figure, path)

        monkeypatch.setattr(module, "finished", finished)
    return figures


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


@pytest.fixture
def colours():
    """Two classes: how red, and how green the image is."""
    model = Sequential(
        [
            Conv2D(2, 1, activation="relu", input_shape=(12, 10, 3), use_bias=False, name="conv"),
            GlobalAveragePooling2D(name="pool"),
            Dense(2, activation="softmax", use_bias=False, name="classes"),
        ]
    )
    model.set_weights([np.eye(3, dtype=np.float32)[None, None, :, :2], np.eye(2, dtype=np.float32)])
    return model
