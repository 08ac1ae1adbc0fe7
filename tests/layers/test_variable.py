"""Variables: arrays that are looked up when they are used."""

import operator

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.layers import Dense, Input, Lambda
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable, being_compiled, given_values, is_variable
from jaxcnn.runtime.captures import computing_arrays

VALUE = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")


def free(value=VALUE, name="v"):
    return Variable.holding(name, np.asarray(value, "float32"))


@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
)
def test_arithmetic_from_both_sides(name):
    function, other = getattr(operator, name), np.array([[2.0, 0.5], [1.5, 3.0]], "float32")
    np.testing.assert_allclose(function(free(), other), function(VALUE, other), rtol=1e-6)
    np.testing.assert_allclose(
        getattr(free(), f"__r{name}__")(other), function(other, VALUE), rtol=1e-6
    )


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge"])
def test_comparisons(name):
    function, other = getattr(operator, name), np.array([[1.0, 3.0], [2.0, 4.0]], "float32")
    np.testing.assert_array_equal(function(free(), other), function(VALUE, other))
    np.testing.assert_array_equal(function(other, free()), function(other, VALUE))


def test_numbers_on_the_left():
    np.testing.assert_array_equal(5 - free(), 5 - VALUE)
    np.testing.assert_array_equal(2 / free(), 2 / VALUE)
    np.testing.assert_array_equal(2 ** free(), 2**VALUE)


def test_unary_operators_and_items():
    v = free([-1.0, 2.0])
    assert (-v).tolist() == [1, -2] and abs(v).tolist() == [1, 2]
    assert v[1].item() == 2 and len(v) == 2 and v.ndim == 1
    assert [part.item() for part in v] == [-1, 2]
    assert v.sum() == 1 and v.T.shape == (2,)
    assert jnp.exp(v).shape == (2,) and np.asarray(v, "float64").dtype == np.float64
    with pytest.raises(AttributeError, match="_hidden"):
        _ = v._hidden


def test_a_symbolic_operand_makes_an_operation():
    x = Input((2,))
    for result in (free([1.0, 2.0]) + x, x + free([1.0, 2.0])):
        assert isinstance(result, SymbolicTensor) and result.shape == (None, 2)


@pytest.mark.parametrize(
    "expression",
    [
        lambda v: v * 3,
        lambda v: 3 * v,
        lambda v: np.float32(3) * v,
        lambda v: np.array([3.0, 3.0]) * v,
        lambda v: jnp.array([3.0, 3.0]) * v,
        lambda v: jnp.array([3.0, 3.0]) * (1.0 * v),
        lambda v: np.array([3.0, 3.0]) * (v * 1),
        lambda v: v - -2 * v,
    ],
)
def test_arithmetic_has_the_values_of_later(expression):
    v = free([1.0, 2.0])
    result = expression(v)
    assert np.asarray(result).tolist() == [3, 6]
    v.assign([10.0, 20.0])
    assert np.asarray(result).tolist() == [30, 60]
    with computing_arrays():
        assert isinstance(expression(v), jax.Array)


def test_arithmetic_in_functions_has_arrays():
    v = free([1.0, 2.0])
    assert jax.jit(lambda x: (x * v + v[0] - jnp.exp(v)).sum())(2.0).shape == ()
    layer = Lambda(lambda x: x * v)
    assert np.asarray(layer(np.ones((1, 2), "float32"))).tolist() == [[1, 2]]


def test_equality_is_identity():
    v, other = free(), free()
    assert v == v and v != other and len({v, other}) == 2


def test_a_variable_without_a_layer():
    drawn = Variable("w", [2, 3], "float32", jax.random.normal)
    assert (drawn.name, drawn.shape, drawn.dtype) == ("w", (2, 3), np.float32)
    np.testing.assert_array_equal(drawn.value, jax.random.normal(jax.random.key(0), (2, 3)))
    drawn.assign(np.ones((2, 3)))
    assert drawn.value.tolist() == [[1] * 3] * 2 and drawn.value.dtype == jnp.float32
    with pytest.raises(ValueError, match=r"'w' has shape \(2, 3\); given \(3,\)"):
        drawn.assign(np.ones(3))
    assert repr(drawn) == "<Variable 'w' shape=(2, 3) dtype=float32>"


def test_a_value_that_is_assigned_is_a_copy():
    source = np.ones(2, "float32")
    v = free(source)
    source[:] = 5
    assert v.value.tolist() == [1, 1]


def test_a_compiled_function_sees_the_value_when_it_runs():
    v = free(2.0)
    compiled = jax.jit(lambda x: x * v.value)
    assert compiled(3.0) == 6
    v.assign(5.0)
    assert compiled(3.0) == 15


def test_paths_follow_the_kind():
    def make(**options):
        return Variable("w", (2,), "float32", jax.random.normal, **options)

    assert make().path == ("params", "w") and make().trainable
    assert make(trainable=False).path == ("batch_stats", "w")
    assert make(path=("state", "a", "w")).path == ("state", "a", "w")


def test_a_weight_reads_and_writes_the_array_of_its_layer():
    dense = Dense(2)
    dense(Input((3,)))
    kernel = dense.weights[0]
    assert kernel.name == "dense_1/kernel:0" and kernel.owner is dense
    np.testing.assert_array_equal(kernel.value, dense.variables["params"]["kernel"])
    kernel.assign(np.full((3, 2), 7))
    assert dense.get_weights()[0].tolist() == [[7, 7]] * 3
    assert kernel.value.dtype == jnp.float32
    with pytest.raises(ValueError, match=r"'dense_1/kernel:0' has shape \(3, 2\)"):
        kernel.assign(np.ones(3))


def test_a_weight_is_not_read_while_a_function_is_compiled():
    dense = Dense(2)
    dense(Input((3,)))
    with pytest.raises(RuntimeError, match="'kernel' of layer 'dense_1' is read inside"):
        jax.jit(lambda: dense.weights[0].value)()


def test_a_layer_adopts_a_variable_with_its_value():
    dense, v = Dense(2), free([1.0, 2.0])
    v.adopt(dense, trainable=False)
    assert v.owner is dense and not v.trainable and v.path == ("batch_stats", "v")
    assert v.start(jax.random.key(3), (2,), "float32").tolist() == [1, 2]


def test_given_values_hold_within_their_block():
    v, other = free([1.0]), free([2.0])
    with given_values({id(v): jnp.array([5.0])}):
        with given_values({id(other): jnp.array([6.0])}):
            assert (v + other).tolist() == [11]
        assert (v + other).tolist() == [7]
    assert (v + other).tolist() == [3]


def test_transformations_take_a_variable_for_its_array():
    assert jax.jit(lambda x: x.sum())(free()) == 10
    assert jax.tree.leaves([free([4.0])])[0].tolist() == [4]
    v = free()
    assert jax.tree.leaves([v, 1], is_leaf=is_variable) == [v, 1]
    assert is_variable(v) and not is_variable(VALUE)


def test_being_compiled():
    assert not being_compiled()
    inside = []
    jax.jit(lambda: inside.append(being_compiled()))()
    assert inside == [True]


def test_what_an_array_has_a_variable_has():
    v = free([1.0, 2.0])
    assert v.view("int32").tolist() == [1065353216, 1073741824] and v.ravel().shape == (2,)
    with pytest.raises(AttributeError, match="_secret"):
        v._secret  # noqa: B018
