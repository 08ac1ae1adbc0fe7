import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn


def made(**options):
    layer = nn.Embedding(5, 3, **options)
    return layer, {"params": {"embeddings": jnp.arange(15.0).reshape(5, 3)}}


def test_rows_of_the_matrix():
    layer, variables = made()
    x = np.array([[4, 0], [1, 1]])
    wanted = np.arange(15.0).reshape(5, 3)[x]
    np.testing.assert_array_equal(layer.apply(variables, x), wanted)
    np.testing.assert_array_equal(layer.apply(variables, x.astype("float32")), wanted)
    np.testing.assert_array_equal(layer.apply(variables, x.astype("uint8")), wanted)


def test_initial_values_are_uniform_from_minus_to_plus_a_twentieth():
    matrix = nn.Embedding(100, 50).init(jax.random.key(0), np.zeros((1, 2), int))["params"][
        "embeddings"
    ]
    assert matrix.shape == (100, 50)
    assert -0.05 <= matrix.min() < -0.049 and 0.049 < matrix.max() <= 0.05


@pytest.mark.parametrize("wrong", [-1, -5, 5, 1000])
def test_an_index_outside_of_the_matrix_gives_nan(wrong):
    layer, variables = made()
    y = jax.jit(layer.apply)(variables, np.array([[wrong, 2]]))
    assert np.isnan(y[0, 0]).all()
    np.testing.assert_array_equal(y[0, 1], [6, 7, 8])


def test_gradients_add_up_over_repeated_indices():
    layer, variables = made()
    gradients = jax.grad(lambda v: jnp.sum(layer.apply(v, np.array([[1, 1, 3]]))))(variables)
    np.testing.assert_array_equal(
        gradients["params"]["embeddings"], np.array([[0], [2], [0], [1], [0]]) * np.ones(3)
    )


def test_mask_of_zeros():
    layer, _ = made(mask_zero=True)
    mask = layer.compute_mask(np.array([[0, 2, 0]]), None)
    np.testing.assert_array_equal(mask, [[False, True, False]])
    assert made()[0].compute_mask(np.array([[0, 2, 0]]), None) is None


def test_penalties():
    layer, variables = made(embeddings_regularizer="l2", activity_regularizer="l1")
    y, changed = layer.apply(variables, np.array([[1, 2]]), mutable=["losses"])
    wanted = 0.01 * (np.sum(np.arange(15.0) ** 2) + np.sum(y))
    assert float(sum(jax.tree.leaves(changed))) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "input_dim"),
        ((5, -1), "output_dim"),
        ((5, 2.5), "output_dim"),
        ((5, 2, "no such"), "no such"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        nn.Embedding(*arguments)


def test_another_length_than_declared():
    with pytest.raises(ValueError, match="input_length"):
        nn.Embedding(5, 3, input_length=4).init(jax.random.key(0), np.zeros((2, 3), int))
