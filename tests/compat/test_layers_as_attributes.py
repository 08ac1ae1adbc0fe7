"""Layers that a user's layer keeps as attributes: in Keras until 2.3 their weights are not its own.

The counts, and which weights training moves, are those of Keras 2.2.4.
"""

import subprocess
import sys

import numpy as np
import pytest

from jaxcnn.compat.legacy import Wrapper
from jaxcnn.layers import Dense, Input, Layer
from jaxcnn.models import Model
from jaxcnn.spellings.dialect import speaking


class Block(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(3, kernel_initializer="ones")

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=(3,), initializer="ones")
        super().build(shape)

    def call(self, x):
        return self.inner(x) * self.scale

    def compute_output_shape(self, shape):
        return shape[0], 3


class PutInTheList(Block):
    def build(self, shape):
        self.inner.build(shape)
        self._trainable_weights += self.inner._trainable_weights
        super().build(shape)


class Property(Block):
    """Its inner layer is built no sooner than in `call`."""

    @property
    def trainable_weights(self):
        return super().trainable_weights + self.inner.trainable_weights


class Overridden(Block):
    @property
    def trainable_weights(self):
        return self._trainable_weights + self.inner.trainable_weights


class MadeInBuild(Layer):
    def build(self, shape):
        self.inner = Dense(3, kernel_initializer="ones")
        self.inner.build(shape)
        super().build(shape)

    def call(self, x):
        return self.inner(x)

    def compute_output_shape(self, shape):
        return shape[0], 3


class Wrapped(Wrapper):
    def __init__(self, **kwargs):
        super().__init__(Dense(3, kernel_initializer="ones"), **kwargs)
        self.other = Dense(3, kernel_initializer="ones")

    def call(self, x):
        return self.layer(x) + self.other(x)

    def compute_output_shape(self, shape):
        return shape[0], 3


def trained(kind):
    """A model around a layer of the kind, after a step of training."""
    layer, x = kind(), Input((4,))
    model = Model(x, Dense(1, kernel_initializer="ones")(layer(x)))
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((4, 4)), np.zeros((4, 1)))
    return model, layer


@pytest.mark.parametrize(
    ("kind", "count", "moves"),
    [
        (Block, 7, False),
        (PutInTheList, 22, True),
        (Property, 22, True),
        (Overridden, 22, True),
        (MadeInBuild, 4, False),
        (Wrapped, 19, False),
    ],
)
def test_in_a_program_for_keras_2_a_layer_lists_what_it_says(kind, count, moves, tmp_path):
    with speaking("2.2"):
        model, layer = trained(kind)
        inner = layer.other if kind is Wrapped else layer.inner
        assert model.count_params() == sum(w.size for w in model.get_weights()) == count
        assert (not np.array_equal(inner.get_weights()[0], np.ones((4, 3)))) is moves
        model.save_weights(tmp_path / "w.h5")
        model.load_weights(tmp_path / "w.h5")


@pytest.mark.parametrize("kind", [Block, PutInTheList, Property, Overridden])
def test_otherwise_all_are_listed_and_trained(kind):
    model, layer = trained(kind)
    assert model.count_params() == 22
    assert not np.array_equal(layer.inner.get_weights()[0], np.ones((4, 3)))


def test_in_a_program_for_the_keras_of_tensorflow_all_are_listed(tmp_path):
    (tmp_path / "program.py").write_text(
        "import numpy as np\n"
        "from tensorflow.keras.layers import Dense, Layer\n"
        "class Block(Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.inner = Dense(3)\n"
        "    def call(self, x):\n"
        "        return self.inner(x)\n"
        "block = Block()\n"
        "block(np.ones((2, 4)))\n"
        "print(block.count_params())\n"
    )
    command = [sys.executable, "-m", "jaxcnn.compat", str(tmp_path / "program.py")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["15"], run.stderr
