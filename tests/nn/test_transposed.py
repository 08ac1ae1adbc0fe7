"""Transposed convolutions against their definition by zero insertion, written in NumPy, and the
notes' examples.
"""

import itertools

import numpy as np
import pytest

from jaxcnn import layers, nn


def by_zero_insertion(x, kernel, stride, crop):
    """x (rows, columns, channels), kernel (k, k, filters, channels): zeros between, zeros around,
    correlation.

    `crop` is what is cut from the start and the end of each axis of the full result.
    """
    k = kernel.shape[0]
    rows, columns = ((n - 1) * stride + 1 for n in x.shape[:2])
    spread = np.zeros((rows + 2 * (k - 1), columns + 2 * (k - 1), x.shape[2]))
    spread[k - 1 : k - 1 + rows : stride, k - 1 : k - 1 + columns : stride] = x
    turned = kernel[::-1, ::-1]
    full = np.zeros((rows + k - 1, columns + k - 1, kernel.shape[2]))
    for i, j in np.ndindex(full.shape[:2]):
        full[i, j] = np.einsum("abc,abfc->f", spread[i : i + k, j : j + k], turned)
    return full[crop[0] : full.shape[0] - crop[1], crop[0] : full.shape[1] - crop[1]]


@pytest.mark.parametrize(
    ("padding", "stride", "crop"),
    [
        ("valid", 1, (0, 0)),
        ("same", 1, (1, 1)),
        ("valid", 2, (0, 0)),
        ("same", 2, (0, 1)),
        ("full", 2, (2, 2)),
    ],
)
def test_zero_insertion(padding, stride, crop):
    """U13: a 4 x 4 x 4 input and two filters of 3 x 3 x 4."""
    rng = np.random.default_rng(0)
    x, kernel = (
        rng.integers(-3, 4, (4, 4, 4)).astype("float32"),
        rng.integers(-2, 3, (3, 3, 2, 4)).astype("float32"),
    )
    layer = layers.Conv2DTranspose(
        2, 3, strides=stride, padding=padding, use_bias=False, weights=[kernel]
    )
    np.testing.assert_array_equal(layer(x[None])[0], by_zero_insertion(x, kernel, stride, crop))


def test_the_notes_example():
    """U14: ones of 3 x 3 over [[1, 1], [2, 2]] with a stride of 2 and padding 'same'."""
    layer = layers.Conv2DTranspose(1, 3, strides=2, padding="same", kernel_initializer="ones")
    y = layer(np.float32([[1, 1], [2, 2]]).reshape(1, 2, 2, 1))
    np.testing.assert_array_equal(
        y[0, :, :, 0], [[1, 1, 2, 1], [1, 1, 2, 1], [3, 3, 6, 3], [2, 2, 4, 2]]
    )


@pytest.mark.parametrize(("n", "k", "s"), list(itertools.product([4, 7], [1, 2, 3, 5], [1, 2, 3])))
def test_output_sizes(n, k, s):
    """U13: n s + max(k - s, 0), n s, and n s - (s + k - 2)."""
    wanted = {"valid": n * s + max(k - s, 0), "same": n * s, "full": n * s - (s + k - 2)}
    for padding, length in wanted.items():
        layer = layers.Conv2DTranspose(2, k, strides=s, padding=padding)
        if length > 0:
            assert layer(layers.Input((n, None, 3))).shape == (None, length, None, 2)


@pytest.mark.parametrize(
    ("padding", "length"), [("valid", 9 + 1), ("same", 7 + 1), ("full", 5 + 1)]
)
def test_output_padding(padding, length):
    """(n - 1) s + k - 2 p + output_padding, with p of 0, k // 2 and k - 1."""
    layer = layers.Conv1DTranspose(2, 3, strides=2, padding=padding, output_padding=1)
    assert layer(layers.Input((4, 3))).shape == (None, length, 2)


@pytest.mark.parametrize(
    ("padding", "output_padding"), list(itertools.product(["valid", "same"], [None, 0, 1]))
)
def test_it_is_the_adjoint_of_the_convolution(padding, output_padding):
    """With the same kernel, conv(u) . x = u . conv_transpose(x) for all u and x."""
    rng = np.random.default_rng(0)
    kernel, x = (
        rng.normal(size=(3, 2, 5)).astype("float32"),
        rng.normal(size=(1, 4, 5)).astype("float32"),
    )
    transposed = nn.Conv1DTranspose(2, 3, 2, padding, output_padding=output_padding, use_bias=False)
    y = transposed.apply({"params": {"kernel": kernel}}, x)
    u = rng.normal(size=y.shape).astype("float32")
    forward = nn.Conv1D(5, 3, 2, padding, use_bias=False).apply({"params": {"kernel": kernel}}, u)
    np.testing.assert_allclose(np.vdot(forward, x), np.vdot(u, y), rtol=1e-4)
