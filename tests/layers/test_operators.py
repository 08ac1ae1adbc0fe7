"""Arithmetic, comparison and indexing of arrays and symbolic tensors."""

import operator

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model
from jaxcnn.layers import Input
from jaxcnn.layers.symbolic import operators

A = np.array([[1.0, 2.0], [3.0, -4.0]], "float32")
B = np.array([[2.0, 0.5], [1.5, 4.0]], "float32")
# the operator of Python -> the function that is saved
BINARY = {
    "add": operators.add,
    "sub": operators.subtract,
    "mul": operators.multiply,
    "truediv": operators.divide,
    "floordiv": operators.floor_divide,
    "mod": operators.modulo,
    "pow": operators.pow,
    "lt": operators.less,
    "le": operators.less_equal,
    "gt": operators.greater,
    "ge": operators.greater_equal,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_operators(name):
    function = getattr(operator, name)
    base = np.abs(A) if name == "pow" else A
    expected = np.asarray(function(base, B))
    np.testing.assert_allclose(BINARY[name](base, B), expected, rtol=1e-6)
    x, y = Input((2,)), Input((2,))
    result = function(x, y)
    assert result.layer.saved.name == BINARY[name].__name__
    np.testing.assert_allclose(Model([x, y], result).module.apply({}, [base, B]), expected, 1e-6)
    np.testing.assert_allclose(
        Model(x, function(x, 2.0)).module.apply({}, base), function(base, 2.0), rtol=1e-6
    )


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"])
def test_reflected_operators(name):
    x, function = Input((2,)), getattr(operator, name)
    for left in (3.0, np.array([3.0, 5.0], "float32")):
        model = Model(x, function(left, x))
        np.testing.assert_allclose(
            model.module.apply({}, jnp.asarray(A)), function(left, A), rtol=1e-5
        )


def test_comparisons_with_a_number_on_the_left():
    x = Input((2,))
    two = np.float32(2.0)  # whose own operators leave the comparison to the tensor's
    assert Model(x, two < x).module.apply({}, A).tolist() == [[False, False], [True, False]]
    assert Model(x, two >= x).module.apply({}, A).tolist() == [[True, True], [False, True]]


def test_matrix_products():
    x = Input((2,))
    np.testing.assert_allclose(Model(x, x @ B).module.apply({}, A), A @ B)
    square = Input(batch_shape=(2, 2))
    np.testing.assert_allclose(Model(square, B @ square).module.apply({}, A), B @ A)


def test_unary_operators():
    x = Input((2,))
    np.testing.assert_array_equal(Model(x, -x).module.apply({}, A), -A)
    np.testing.assert_array_equal(Model(x, abs(x)).module.apply({}, A), np.abs(A))
    assert jax.grad(lambda v: operators.abs(v))(0.0) == 0


@pytest.mark.parametrize(
    "index", [(slice(None), 1), (slice(None), slice(0, 1)), (..., -1), (slice(None), None)]
)
def test_indexing(index):
    x = Input((2,))
    np.testing.assert_array_equal(Model(x, x[index]).module.apply({}, A), A[index])


def test_equality_is_identity():
    x, y = Input((2,)), Input((2,))
    assert x == x and x != y and len({x, y}) == 2
