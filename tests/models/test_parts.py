"""Pure modules made from parts of a model."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model, Sequential
from jaxcnn.layers import Activation, Add, Dense, Flatten, Input, Layer, Softmax
from jaxcnn.models import parts
from jaxcnn.nn import Activation as ActivationModule

X = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")


@pytest.fixture
def model():
    """x -> a -> b -> + a -> softmax, and an unrelated branch."""
    x = Input((3,), name="x")
    a = Dense(4, name="a")(x)
    b = Dense(4, activation="relu", name="b")(a)
    total = Add(name="total")([a, b])
    return Model(x, Dense(2, activation="softmax", name="top")(total))


def values(model, *names):
    outputs = [model.get_layer(name).output for name in names]
    return [Model(model.inputs, output).module.apply(model.variables, X) for output in outputs]


def test_up_to_computes_what_is_needed_alone(model):
    part = parts.up_to(model, ["b", "a"])
    assert [call.name for call in part.topology.calls] == ["a", "b"]
    for result, expected in zip(
        part.apply(model.variables, X), values(model, "b", "a"), strict=True
    ):
        np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert [call.name for call in parts.up_to(model, ["a"]).topology.calls] == ["a"]


def test_up_to_with_other_modules(model):
    def linear(module):
        return module.clone(activation=None) if hasattr(module, "activation") else module

    (result,) = parts.up_to(model, ["b"], linear).apply(model.variables, X)
    assert (result < 0).any()
    np.testing.assert_allclose(jax.nn.relu(result), values(model, "b")[0], rtol=1e-6)


def test_up_to_takes_the_last_of_several_calls():
    x, shared = Input((3,)), Dense(3, name="shared")
    model = Model(x, shared(shared(x)))
    (result,) = parts.up_to(model, ["shared"]).apply(model.variables, X)
    np.testing.assert_allclose(result, model.module.apply(model.variables, X), rtol=1e-6)


def test_names_that_are_not_there(model):
    with pytest.raises(ValueError, match="No such layer: c"):
        parts.up_to(model, ["c"])
    with pytest.raises(ValueError, match="'x' is InputLayer, which computes nothing"):
        parts.up_to(model, ["x"])


def test_models_without_a_graph_of_layers():
    with pytest.raises(ValueError, match="'sequential_1' has no layers"):
        parts.up_to(Sequential(), [])
    with pytest.raises(TypeError, match="functional or Sequential model is needed; given Layer"):
        parts.scores(Layer())


@pytest.mark.parametrize(
    "end",
    [
        [Dense(2, activation="softmax", name="top")],
        [Dense(2, name="top"), Activation("softmax")],
        [Dense(2, name="top"), Softmax()],
    ],
)
def test_scores_are_what_goes_into_the_softmax(end):
    model = Sequential([Flatten(input_shape=(3,)), *end])
    module, softmax = parts.scores(model)
    assert softmax
    kernel, bias = model.get_layer("top").get_weights()
    np.testing.assert_allclose(module.apply(model.variables, X), X @ kernel + bias, rtol=1e-5)


def test_scores_of_a_model_that_ends_otherwise():
    model = Sequential([Dense(2, activation="relu", input_shape=(3,))])
    module, softmax = parts.scores(model)
    assert not softmax
    np.testing.assert_array_equal(
        module.apply(model.variables, X), model.module.apply(model.variables, X)
    )
    last = parts.scores(Sequential([Dense(2, input_shape=(3,)), Softmax()]))[0].topology.calls[-1]
    assert isinstance(last.module, ActivationModule)


def test_moved_adds_an_array_to_the_output_of_a_layer(model):
    graph = model.module
    module = parts.moved(graph, "a")
    assert module.topology.input_names == ("x", "a_change")
    zeros = jnp.zeros((2, 4))
    outputs, at = module.apply(model.variables, [X, zeros])
    np.testing.assert_allclose(outputs, graph.apply(model.variables, X), rtol=1e-6)
    np.testing.assert_allclose(at, values(model, "a")[0], rtol=1e-6)
    shift = jnp.ones((2, 4))
    outputs, at = module.apply(model.variables, [X, shift])
    np.testing.assert_allclose(at, values(model, "a")[0] + 1, rtol=1e-6)
    # Everything after the layer sees the change: both `b` and `total`.
    b = jax.nn.relu(
        at @ model.get_layer("b").get_weights()[0] + model.get_layer("b").get_weights()[1]
    )
    kernel, bias = model.get_layer("top").get_weights()
    np.testing.assert_allclose(outputs, jax.nn.softmax((at + b) @ kernel + bias), rtol=1e-5)


def test_moving_the_last_layer(model):
    outputs, at = parts.moved(model.module, "top").apply(model.variables, [X, jnp.ones((2, 2))])
    np.testing.assert_array_equal(outputs, at)
