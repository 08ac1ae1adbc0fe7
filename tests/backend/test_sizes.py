"""Sizes of symbolic tensors and arithmetic on them; numbers of the real Keras 2.0.4."""

import sys

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import compat
from jaxcnn.layers import Input, Lambda
from jaxcnn.layers.symbolic import sizes
from jaxcnn.models import Model, model_from_json

X = np.arange(24, dtype="float32").reshape(2, 3, 4)


def shapes_of(*functions):
    """The shapes of what each function makes of a placeholder, for `X`."""
    x = K.placeholder(shape=(None, None, 4))
    return [value.shape for value in K.function([x], [f(x) for f in functions])([X])]


def test_arithmetic_in_shapes():
    assert shapes_of(
        lambda x: K.reshape(x, (-1, K.shape(x)[1] * 2)),
        lambda x: K.reshape(x, (K.shape(x)[0] * K.shape(x)[1], 4)),
        lambda x: K.reshape(x, (K.shape(x)[0], 2 * K.shape(x)[1], K.shape(x)[2] // 2)),
        lambda x: K.reshape(x, K.stack([-1, K.prod(K.shape(x)[1:])])),
        lambda x: x[:, : K.shape(x)[1] - 1],
        lambda x: x[:, K.shape(x)[1] - 1],
        lambda x: K.reshape(x, (K.cast(K.shape(x)[0], "int32"), -1)),
        lambda x: K.reshape(x, K.concatenate([K.shape(x)[:2], [2, 2]])),
        lambda x: K.tile(x, K.shape(x) * [1, 2, 3] // K.shape(x)),
        lambda x: K.zeros((K.shape(x)[0] % 2 + 1, 5)) + K.ones((K.shape(x)[0] - 1, 5)),
    ) == [
        (4, 6), (6, 4), (2, 6, 2), (2, 12), (2, 2, 4), (2, 4), (2, 12), (2, 3, 2, 2), (2, 6, 12),
        (1, 5),
    ]  # fmt: skip


def test_the_product_of_no_sizes_is_one():
    assert sizes.product(()) == 1 and sizes.product((2, 3)) == 6


def test_sizes_as_values():
    x = K.placeholder(shape=(None, None, 4))
    outputs = [
        K.shape(x),
        K.shape(x)[1],
        K.arange(K.shape(x)[1] + 1),
        K.sum(x) / K.cast(K.shape(x)[1], "float32"),
        x[0, 0, 0] + K.shape(x)[1] / 2,
        K.switch(K.shape(x)[1] > 2, x[0, 0], x[0, 1]),
        K.minimum(K.shape(x)[1], 2),
    ]
    values = K.function([x], outputs)([X])
    assert [np.asarray(value).tolist() for value in values] == [
        [2, 3, 4], 3, [0, 1, 2, 3], 92.0, 1.5, [0, 1, 2, 3], 2,
    ]  # fmt: skip


def test_shapes_of_different_lengths():
    with pytest.raises(ValueError, match="3 sizes and 1 in arithmetic"):
        K.shape(Input((3, 4))) * [2]


def test_sizes_in_structure_files():
    x = Input((None, 4))
    rest = x[:, : K.shape(x)[1] - 1]
    model = Model(x, K.reshape(rest, (-1, K.shape(rest)[1] * 4)))
    again = model_from_json(model.to_json())
    assert np.array_equal(again.predict(X), X[:, :2].reshape(2, 8))


def test_functions_that_compute_with_sizes():
    x = Input((3, 4))
    flat = Lambda(lambda t: K.reshape(t, (-1, K.prod(K.shape(t)[1:]))))(x)
    times = Lambda(lambda t: t * t.shape[1].value)(x)
    assert np.array_equal(Model(x, flat).predict(X), X.reshape(2, 12))
    assert np.array_equal(Model(x, times).predict(X), X * 3)


def test_unknown_sizes_have_a_value_in_old_programs(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "keras"]:
        monkeypatch.delitem(sys.modules, name)  # another Keras, of other tests
    x = Input((3,))
    assert x.shape[0] is None
    compat.install()
    try:
        assert x.shape[0].value is None and x.shape[0] == None  # noqa: E711
        assert not x.shape[0] and (x.shape[0] * 2).value is None and x.shape[1].value == 3
        assert K.int_shape(x)[0] is None and K.placeholder(x.shape[:1]).shape == (None,)
        doubled = Lambda(lambda t: t * 2 if t.shape[0].value is None else t)(x)
    finally:
        compat.uninstall()
    assert np.array_equal(Model(x, doubled).predict(X[0, :, :3]), 2 * X[0, :, :3])
