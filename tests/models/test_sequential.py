"""Sequential: adding, removing, building from the first data, nesting."""

import flax.linen as nn
import numpy as np
import pytest

from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
)
from jaxcnn.layers.base import Layer
from jaxcnn.layers.derived import FlaxLayer
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking


def test_a_list_and_add_give_the_same_model():
    listed = Sequential([Dense(3, input_shape=(4,)), Activation("relu"), Dense(2)])
    added = Sequential()
    for layer in [Dense(3, input_shape=(4,)), Activation("relu"), Dense(2)]:
        added.add(layer)
    assert [layer.name for layer in listed.layers] == ["dense_1", "activation_1", "dense_2"]
    assert [layer.name for layer in added.layers] == ["dense_3", "activation_2", "dense_4"]
    assert listed.output_shape == added.output_shape == (None, 2)
    assert [w.shape for w in listed.get_weights()] == [w.shape for w in added.get_weights()]


@pytest.mark.parametrize(
    "first",
    [
        {"input_shape": (4,)},
        {"input_dim": 4},
        {"batch_input_shape": (None, 4)},
        {"input_shape": 4},
    ],
)
def test_ways_to_say_the_input_shape(first):
    assert Sequential([Dense(3, **first)]).input_shape == (None, 4)


def test_a_fixed_batch_size_and_a_length():
    assert Sequential([Dense(3, input_shape=(4,), batch_size=6)]).output_shape == (6, 3)
    assert Sequential([Dense(3, input_dim=4, input_length=5)]).output_shape == (None, 5, 3)


@pytest.mark.parametrize(
    "first", [lambda: Input((4,), name="x"), lambda: InputLayer((4,), name="x")]
)
def test_an_input_first_is_no_layer_of_the_model(first):
    model = Sequential([first(), Dense(3)])
    assert [layer.name for layer in model.layers] == ["dense_1"]
    assert model.input_names == ["x"]


def test_the_input_of_a_first_layer_is_named_after_it():
    assert Sequential([Dense(3, input_shape=(4,), name="d")]).input_names == ["d_input"]


def test_pop_and_add_again():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
    last = model.layers[-1]
    model.pop()
    assert model.output_shape == (None, 3) and not last.inbound_nodes
    model.add(last)
    assert model.output_shape == (None, 2) and len(last.inbound_nodes) == 1


def test_a_model_popped_empty_forgets_the_shape_that_its_first_layer_had():
    model = Sequential([Dense(3, input_shape=(4,))])
    model.pop()
    assert model.layers == [] and model.outputs == []
    model.add(Dense(2, input_shape=(7,)))
    assert model.input_shape == (None, 7)


def test_a_model_popped_empty_keeps_the_input_it_was_given():
    model = Sequential([Input((4,)), Dense(3)])
    model.pop()
    model.add(Dense(2))
    assert model.input_shape == (None, 4)


def test_pop_of_nothing():
    with pytest.raises(TypeError, match="There are no layers in the model"):
        Sequential().pop()


def test_a_layer_may_be_added_twice_and_then_shares_its_weights():
    square = Dense(4)
    model = Sequential([Input((4,)), square, Activation("tanh"), square])
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    kernel, bias = model.get_weights()
    assert np.allclose(model.predict(x), np.tanh(x @ kernel + bias) @ kernel + bias, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        (3, TypeError, "must be an instance of class Layer. Found: 3"),
        (Dense, TypeError, "must be an instance of class Layer"),
        (Dense(2, name="a"), ValueError, 'The name "a" is used 2 times'),
        (Input((4,)), ValueError, "can only come first"),
    ],
)
def test_what_cannot_be_added(layer, error, message):
    model = Sequential([Dense(3, input_shape=(4,), name="a")])
    with pytest.raises(error, match=message):
        model.add(layer)
    assert len(model.layers) == 1


def test_a_layer_that_cannot_follow_leaves_the_model_as_it_was():
    model = Sequential([Dense(3, input_shape=(4,))])
    with pytest.raises(ValueError, match=r"flatten_and_more.*\(None, 3\)"):
        model.add(Concatenate(name="flatten_and_more"))
    model.add(Dense(2))
    assert model.output_shape == (None, 2)


def test_a_first_layer_that_fails_leaves_no_shape_behind():
    model = Sequential()
    with pytest.raises(ValueError):
        model.add(Concatenate(input_shape=(3,)))
    model.add(Dense(2, input_shape=(5,)))
    assert model.input_shape == (None, 5)


def test_a_model_with_several_outputs_cannot_be_stacked():
    x = Input((4,))
    both = Model(x, [Dense(1)(x), Dense(2)(x)])
    with pytest.raises(TypeError, match="several outputs"):
        Sequential([both])
    assert len(both.inbound_nodes) == 1


# -- built later -----------------------------------------------------------------------------------


def deferred():
    return Sequential([Sequential([Dense(3), Activation("relu")]), Dense(2)])


@pytest.mark.parametrize(
    "use",
    [
        lambda model: model.build((None, 4)),
        lambda model: model(Input((4,))),
        lambda model: model(np.ones((2, 4), "float32")),
        lambda model: model.predict(np.ones((2, 4))),
        lambda model: model.predict([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]),
        lambda model: model.predict([np.ones((2, 4))]),
        lambda model: Sequential([Input((4,)), model]),
    ],
)
def test_a_model_without_a_shape_is_built_by_its_first_use(use):
    model = deferred()
    assert not model.built
    use(model)
    assert model.built and model.input_shape == (None, 4) and model.output_shape == (None, 2)
    assert [w.shape for w in model.get_weights()] == [(4, 3), (3,), (3, 2), (2,)]


def test_compile_before_the_shape_is_known():
    model = deferred()
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(np.ones((4, 5)), np.zeros((4, 2)), epochs=1, verbose=0)
    assert set(history.history) == {"loss", "mean_absolute_error"}


def test_one_number_a_sample_becomes_a_column():
    model = Sequential([Dense(2)])
    assert model.predict(np.arange(5.0)).shape == (5, 2)
    assert model.input_shape == (None, 1)


def test_integers_for_a_model_that_begins_with_integers():
    model = Sequential([Flatten(dtype="int32"), Activation(lambda x: x % 2)])
    assert model.predict(np.arange(6).reshape(3, 2)).dtype == np.int32


@pytest.mark.parametrize(
    "use",
    [
        lambda m: m.get_weights(),
        lambda m: m.set_weights([]),
        lambda m: m.count_params(),
        lambda m: m.summary(),
    ],
)
def test_a_model_without_a_shape_says_so(use):
    with pytest.raises(ValueError, match=r"sequential_1.*(input shape|not built)"):
        use(Sequential([Dense(2)]))


def test_a_model_without_layers_says_so():
    model = Sequential()
    assert (
        model.layers == []
        and model.inputs == []
        and model.outputs == []
        and model.get_weights() == []
    )
    with pytest.raises(ValueError, match=r"sequential_1.*no layers"):
        model.predict(np.ones((2, 3)))


# -- models as layers, modules of Flax -------------------------------------------------------------


def test_nested_models_compute_what_their_layers_do():
    inner = Sequential([Dense(3, input_shape=(4,)), BatchNormalization()])
    model = Sequential([inner, Dropout(0.5), Dense(2)])
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    assert np.allclose(model.predict(x), model.layers[-1](inner(x)), atol=1e-6)
    assert model.input_names == ["dense_1_input"] and model.input is inner.input
    with speaking("2.2"):
        assert Sequential([inner, Dense(2)]).input_names == ["sequential_1_input"]


def test_models_are_always_true_and_have_no_length():
    model = Sequential()
    assert model
    with pytest.raises(TypeError):
        len(model)
    assert not hasattr(Layer, "__bool__") and not hasattr(Layer, "__len__")


class Residual(Layer):
    """A user's layer around a stack that does not know its shape."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.inside = Sequential([Dense(units, activation="tanh"), Sequential([Dense(4)])])

    def call(self, x):
        return x + self.inside(x)


def test_a_stack_inside_a_users_layer_gets_its_shape_from_there():
    layer = Residual(3, input_shape=(4,))
    model = Sequential([layer, Dense(2)])
    assert [w.shape for w in model.get_weights()] == [(4, 3), (3,), (3, 4), (4,), (4, 2), (2,)]
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    a, b, c, d, e, f = model.get_weights()
    assert np.allclose(model.predict(x), (x + np.tanh(x @ a + b) @ c + d) @ e + f, atol=1e-6)
    model.compile("sgd", "mse")
    model.fit(x, x[:, :2], epochs=1, verbose=0)
    assert not np.array_equal(a, layer.inside.get_weights()[0])
    assert np.array_equal(model.get_weights()[0], layer.inside.get_weights()[0])


class Block(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x, training: bool):
        x = nn.Dense(self.features)(x)
        x = nn.BatchNorm(use_running_average=not training)(x)
        return nn.Dropout(0.5, deterministic=not training)(x)


def test_a_plain_flax_module_is_a_layer():
    model = Sequential([Input((4,)), Block(3), Dense(2)])
    assert isinstance(model.layers[0], FlaxLayer) and model.layers[0].name == "block_1"
    assert [w.shape for w in model.get_weights()] == [
        (4, 3),
        (3,),
        (3,),
        (3,),
        (3,),
        (3,),
        (3, 2),
        (2,),
    ]
    x, y = np.random.default_rng(0).normal(size=(2, 8, 4)).astype("float32")
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(x, y[:, :2], batch_size=3, epochs=2, verbose=0)
    assert all(np.any(a != b) for a, b in zip(before, model.get_weights(), strict=True))
    block, dense = model.layers
    inside = block.module.apply(block.variables, x, training=False)
    assert np.allclose(model.predict(x), dense(inside), atol=1e-6)


def test_what_is_no_flax_module():
    with pytest.raises(TypeError, match=r"flax\.linen\.Module; given 3"):
        FlaxLayer(3)
