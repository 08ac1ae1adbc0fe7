"""`keras.utils.test_utils`: random data that can be learned, and the test of one layer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.testing import assert_allclose

from jaxcnn.layers import Input, Layer
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Settings
from jaxcnn.spellings.dialect import dialect

T = TypeVar("T")
Pair = tuple[np.ndarray, np.ndarray]


def get_test_data(
    num_train: int = 1000,
    num_test: int = 500,
    input_shape: tuple[int, ...] = (10,),
    output_shape: tuple[int, ...] = (2,),
    classification: bool = True,
    num_classes: int = 2,
    nb_train: int | None = None,
    nb_test: int | None = None,
    nb_class: int | None = None,
) -> tuple[Pair, Pair]:
    """(x, y) to train on and (x, y) to test on: normal numbers around the class, or the target.

    They are drawn from NumPy's generator in the order of Keras, so a seed gives the same numbers.
    The last three are the names that Keras 1 has for the numbers of samples and classes.
    """
    train, samples = nb_train or num_train, (nb_train or num_train) + (nb_test or num_test)
    kind = np.float32 if dialect().since_2_2 else np.float64
    x: np.ndarray = np.empty((samples, *input_shape), kind)
    y: np.ndarray = np.empty((samples, *output_shape), kind)
    centre: np.ndarray
    if classification:
        y = centre = np.random.randint(0, nb_class or num_classes, size=(samples,))
    else:
        centre = np.random.random((samples,))
    for i in range(samples):
        x[i] = np.random.normal(centre[i], 0.7, size=input_shape)
        if not classification:
            y[i] = np.random.normal(centre[i], 0.7, size=output_shape)
    return (x[:train], y[:train]), (x[train:], y[train:])


def layer_test(
    layer_cls: type[Layer],
    kwargs: Settings | None = None,
    input_shape: Sequence[int | None] | None = None,
    input_dtype: str | None = None,
    input_data: np.ndarray | None = None,
    expected_output: np.ndarray | None = None,
    expected_output_dtype: str | None = None,
    fixed_batch_size: bool = False,
) -> np.ndarray:
    """Check a layer's configuration, weights, shapes and one step of training; its output.

    Args:
        layer_cls: the layer's class.
        kwargs: the arguments of its constructor.
        input_shape: of the data, batch included, which `input_data` has instead.
        input_dtype: of random data.
        input_data: what it is called on.
        expected_output: what it should return.
        expected_output_dtype: of the symbolic output.
        fixed_batch_size: whether the model is built for the batch size of the data.
    """
    if input_data is None:
        assert input_shape is not None
        sizes = [size or np.random.randint(1, 4) for size in input_shape]
        input_data = (10 * np.random.random(sizes)).astype(input_dtype or config.floatx())
    shape = tuple(input_shape or input_data.shape)
    batch = (input_data.shape[0] if fixed_batch_size else None, *shape[1:])

    layer = layer_cls(**dict(kwargs or {}))
    x = Input(batch_shape=batch, dtype=str(input_data.dtype))
    model = Model(x, layer(x))
    if expected_output_dtype is not None:
        assert str(model.outputs[0].dtype) == expected_output_dtype, model.outputs[0].dtype
    output: np.ndarray = model.predict(input_data)
    predicted = layer.compute_output_shape(batch)
    for expected, size in zip(predicted, output.shape, strict=True):
        assert expected in (None, size), (predicted, output.shape)
    if expected_output is not None:
        assert_allclose(output, expected_output, rtol=1e-3)

    with_config = layer_cls.from_config(layer.get_config())
    again = Sequential([Input(batch_shape=batch, dtype=str(input_data.dtype)), with_config])
    again.set_weights(model.get_weights())
    assert_allclose(again.predict(input_data), output, rtol=1e-3, atol=1e-5)
    model.compile("rmsprop", "mse")
    model.train_on_batch(input_data, output)
    return output


def keras_test(func: Callable[..., T]) -> Callable[..., T]:
    """A test after which nothing is left over; here there is nothing to be left."""

    @functools.wraps(func)
    def test(*args: object, **kwargs: object) -> T:
        return func(*args, **kwargs)

    return test
