"""Layer-sequential unit variance."""

import numpy as np
import pytest

from jaxcnn.layers import Activation, Add, Conv2D, Dense, Flatten, Input, MaxPooling2D
from jaxcnn.models import Model, Sequential, lsuv

BATCH = np.random.default_rng(0).random((32, 8, 8, 3), np.float32)


def stack(activation=None):
    return Sequential(
        [
            Conv2D(32, 3, padding="same", activation=activation, input_shape=(8, 8, 3)),
            Activation("relu"),
            Conv2D(40, 3, activation=activation),
            Activation("relu"),
            MaxPooling2D(),
            Flatten(),
            Dense(64, activation=activation),
            Activation("relu"),
            Dense(10, activation="softmax"),
        ]
    )


def test_every_large_layer_has_variance_one_before_its_activation():
    model = stack()
    last = model.layers[-1].get_weights()
    reached = lsuv(model, BATCH)
    treated = [layer for layer in model.layers if layer.name in reached]
    assert [type(layer).__name__ for layer in treated] == ["Conv2D", "Conv2D", "Dense"]
    for layer in treated:
        output = Model(model.inputs, layer.output).predict(BATCH)
        assert abs(output.var() - 1.0) <= 0.1
        assert output.var() == pytest.approx(reached[layer.name], rel=1e-4)
    for before, after in zip(last, model.layers[-1].get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)  # the classifier, of 10 outputs, is left alone


def test_kernels_are_orthonormal_up_to_their_scale():
    model = stack()
    lsuv(model, BATCH)
    kernel = model.layers[2].get_weights()[0].reshape(-1, 40)
    gram = kernel.T @ kernel
    np.testing.assert_allclose(gram / gram[0, 0], np.eye(40), atol=1e-4)


def test_activations_inside_the_layers_change_nothing():
    plain, inside = stack(), stack("relu")
    plain_reached = list(lsuv(plain, BATCH, margin=0.01).values())
    inside_reached = list(lsuv(inside, BATCH, margin=0.01).values())
    np.testing.assert_allclose(inside_reached, 1.0, atol=0.01)
    np.testing.assert_allclose(plain_reached, 1.0, atol=0.01)


def test_it_is_a_function_of_the_seed_and_the_names():
    image = Input((8, 8, 3))
    weights = []
    for _ in range(2):
        y = Conv2D(32, 3, padding="same", name="left")(image)
        model = Model(image, Add()([y, Conv2D(32, 1, name="right")(image)]))
        assert set(lsuv(model, BATCH)) == {"left", "right"}
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_without_large_layers_is_refused():
    with pytest.raises(ValueError, match="no Conv2D or Dense layer of at least 32"):
        lsuv(Sequential([Dense(3, input_dim=4)]), np.ones((2, 4), "float32"))
