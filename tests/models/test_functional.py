"""Functional models: graphs of layers, nodes, names, and what cannot be a graph."""

import inspect

import jax
import numpy as np
import pytest

from jaxcnn.layers import (
    Activation,
    Add,
    Concatenate,
    Conv2D,
    Dense,
    Input,
    Lambda,
    add,
    concatenate,
)
from jaxcnn.models import Model, Sequential


def rows(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def two_in_two_out():
    a, b = Input((3,), name="a"), Input((2,), name="b")
    joined = concatenate([a, b])
    return Model([a, b], [Dense(4, name="p")(joined), Dense(1, name="q")(Dense(5)(joined))])


def test_several_inputs_and_outputs():
    model = two_in_two_out()
    assert model.input_names == ["a", "b"] and model.output_names == ["p", "q"]
    assert model.input_shape == [(None, 3), (None, 2)] and model.output_shape == [
        (None, 4),
        (None, 1),
    ]
    x = [rows(6, 3), rows(6, 2)]
    p, q = model.predict(x)
    assert p.shape == (6, 4) and q.shape == (6, 1)
    by_name = model.predict({"b": x[1], "a": x[0]})
    assert np.array_equal(p, by_name[0]) and np.array_equal(q, by_name[1])


def test_one_input_given_as_a_list_is_a_single_tensor():
    x = Input((3,))
    model = Model([x], [Dense(2)(x)])
    assert model.predict(rows(4, 3)).shape == model.predict([rows(4, 3)]).shape == (4, 2)
    assert model.input is x and model.input_shape == (None, 3) and model.output_shape == (None, 2)


def test_the_module_and_variables_are_the_model():
    model = two_in_two_out()
    x = [rows(6, 3), rows(6, 2)]
    apply = jax.jit(model.module.apply)
    for expected, found in zip(model.predict(x), apply(model.variables, x), strict=True):
        assert np.allclose(expected, found, atol=1e-6)
    assert set(model.variables["params"]) == {"p", "q", "dense_1"}


def test_the_identity_is_a_model():
    x = Input((3,))
    model = Model(x, x)
    assert np.array_equal(model.predict(rows(2, 3)), rows(2, 3)) and model.count_params() == 0


def test_an_output_may_be_given_twice():
    x = Input((3,))
    y = Dense(2)(x)
    first, second = Model(x, [y, y]).predict(rows(4, 3))
    assert np.array_equal(first, second)


def test_layers_stand_from_the_deepest_in_the_order_they_are_met():
    model = two_in_two_out()
    assert [layer.name for layer in model.layers] == [
        "a",
        "b",
        "concatenate_1",
        "dense_1",
        "p",
        "q",
    ]


def test_a_layer_called_twice_shares_its_weights():
    a, b = Input((3,)), Input((3,))
    shared = Dense(2)
    model = Model([a, b], [shared(a), shared(b)])
    assert len(model.get_weights()) == 2
    first, second = model.predict([rows(4, 3), rows(4, 3)])
    assert np.array_equal(first, second)


def test_a_layer_applied_to_its_own_output():
    x = Input((3,))
    shared = Dense(3)
    kernel, bias = (model := Model(x, shared(Activation("relu")(shared(x))))).get_weights()
    expected = np.maximum(rows(4, 3) @ kernel + bias, 0) @ kernel + bias
    assert np.allclose(model.predict(rows(4, 3)), expected, atol=1e-6)


def test_a_model_called_on_a_tensor_reuses_structure_and_weights():
    inner = Sequential([Dense(3, input_shape=(4,))])
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], add([inner(a), inner(b)]))
    x, y = rows(5, 4), rows(5, 4, seed=1)
    assert np.allclose(model.predict([x, y]), inner.predict(x) + inner.predict(y), atol=1e-6)


def test_part_of_a_model_as_a_model():
    model = Sequential([Dense(3, input_shape=(4,)), Activation("relu"), Dense(2)])
    features = Model(model.input, model.layers[1].output)
    kernel, bias = model.layers[0].get_weights()
    assert np.allclose(
        features.predict(rows(5, 4)), np.maximum(rows(5, 4) @ kernel + bias, 0), atol=1e-6
    )
    model.layers[0].set_weights([kernel * 0, bias + 1])
    assert np.allclose(features.predict(rows(5, 4)), 1)


def test_a_list_of_layers_that_a_user_shortens_leaves_the_graph_whole():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
    model.layers.pop()
    assert model.predict(rows(5, 4)).shape == (5, 2)
    assert len(model.get_weights()) == 4


def test_a_deep_network():
    x = y = Input((2,))
    step = Activation("tanh")
    for _ in range(1050):
        y = step(y)
    assert len(Model(x, y).nodes) == 1050


# -- nodes -----------------------------------------------------------------------------------------


def test_a_layer_called_once_has_one_input_and_output():
    x = Input((3,))
    layer = Dense(2)
    y = layer(x)
    assert layer.input is x and layer.output is y
    assert layer.input_shape == (None, 3) and layer.output_shape == (None, 2)


def test_a_layer_called_twice_has_nodes():
    a, b = Input((3,)), Input((3,))
    layer = Dense(2, name="lstm_1")
    first, second = layer(a), layer(b)
    text = (
        'Layer lstm_1 has multiple inbound nodes, hence the notion of "layer output" is '
        "ill-defined. "
        "Use `get_output_at(node_index)` instead."
    )
    with pytest.raises(AttributeError) as caught:
        _ = layer.output
    assert str(caught.value) == text
    with pytest.raises(AttributeError, match="layer input"):
        _ = layer.input
    assert layer.get_input_at(0) is a and layer.get_input_at(1) is b
    assert layer.get_output_at(0) is first and layer.get_output_at(1) is second
    assert layer.input_shape == (None, 3) and layer.output_shape == (None, 2)
    with pytest.raises(ValueError, match="2 inbound nodes; node 2"):
        layer.get_output_at(2)


def test_shapes_of_nodes_that_differ():
    layer = Conv2D(16, (3, 3), padding="same", data_format="channels_first")
    layer(Input((3, 32, 32)))
    assert layer.input_shape == (None, 3, 32, 32)
    layer(Input((3, 64, 64)))
    assert layer.get_input_shape_at(0) == (None, 3, 32, 32)
    assert layer.get_input_shape_at(1) == (None, 3, 64, 64)
    assert layer.get_output_shape_at(1) == (None, 16, 64, 64)
    with pytest.raises(AttributeError, match="different input shapes"):
        _ = layer.input_shape


def test_a_layer_never_called_has_no_input():
    for attribute in ("input", "output", "input_shape", "output_shape"):
        with pytest.raises(AttributeError, match="dense_1 has never been called"):
            getattr(Dense(2, name="dense_1"), attribute)


def test_a_merge_layer_lists_its_inputs():
    a, b = Input((3,)), Input((3,))
    layer = Add()
    layer([a, b])
    assert layer.input == [a, b] and layer.input_shape == [(None, 3), (None, 3)]


def test_a_symbolic_tensor_decides_nothing():
    with pytest.raises(TypeError, match="no value yet"):
        bool(Input((3,)))


# -- finding layers --------------------------------------------------------------------------------


def test_get_layer():
    model = two_in_two_out()
    assert model.get_layer("p") is model.layers[4] and model.get_layer(index=-1).name == "q"
    assert list(inspect.signature(model.get_layer).parameters) == ["name", "index"]
    with pytest.raises(ValueError, match=r"No such layer: dense_2.*Did you mean 'dense_1'"):
        model.get_layer("dense_2")
    with pytest.raises(ValueError, match="6 layers; layer 6"):
        model.get_layer(index=6)
    with pytest.raises(ValueError, match="Provide either a layer name or layer index"):
        model.get_layer()


# -- names -----------------------------------------------------------------------------------------


def test_names_count_by_class():
    names = [layer.name for layer in (Dense(1), Conv2D(1, 1), Dense(1), Add(), Lambda(lambda x: x))]
    assert names == ["dense_1", "conv2d_1", "dense_2", "add_1", "lambda_1"]
    assert Input((1,)).layer.name == "input_1" and Sequential().name == "sequential_1"
    x = Input((1,))
    assert x.layer.name == "input_2" and Model(x, x).name == "model_1"


def test_a_name_of_its_own_is_not_counted():
    assert [Dense(1, name="d").name, Dense(1).name] == ["d", "dense_1"]


@pytest.mark.parametrize("name", ["", 3])
def test_names_are_text(name):
    with pytest.raises(TypeError, match="non-empty string"):
        Dense(1, name=name)


def test_outputs_of_one_layer_are_told_apart():
    x = Input((3,))
    shared = Dense(2, name="d")
    assert Model(x, [shared(x), shared(Activation("relu")(x))]).output_names == ["d", "d_1"]


def test_a_layer_may_be_renamed():
    model = Sequential([Dense(2, input_shape=(3,))])
    expected = model.predict(rows(4, 3))
    model.layers[0].name = "renamed"
    assert np.array_equal(model.predict(rows(4, 3)), expected)
    assert set(model.variables["params"]) == {"renamed"}
    outer = Model(model.input, [model.output, Dense(2, name="dense_1")(model.output)])
    assert outer.predict(rows(4, 3))[1].shape == (4, 2)


def test_a_layer_renamed_after_compile_asks_for_another():
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile("sgd", "mse")
    model.layers[0].name = "renamed"
    with pytest.raises(RuntimeError, match="changed after it was compiled"):
        model.fit(rows(4, 3), rows(4, 2))
    model.compile("sgd", "mse")
    model.fit(rows(4, 3), rows(4, 2), epochs=1, verbose=0)


# -- what is no graph ------------------------------------------------------------------------------


def test_names_must_be_unique():
    x = Input((3,))
    with pytest.raises(ValueError, match=r"must be unique.*twin"):
        Model(x, Dense(2, name="twin")(Dense(2, name="twin")(x)))


def test_an_input_that_is_missing():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    with pytest.raises(
        ValueError, match=r'Graph disconnected: cannot obtain value .* at layer "b"'
    ):
        Model(a, add([a, b]))


def test_an_input_that_leads_nowhere():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    with pytest.warns(UserWarning, match="input 'b' leads to none"):
        model = Model([a, b], Dense(2)(a))
        copy = Model.from_config(model.get_config())
    assert model.predict([np.ones((1, 3))] * 2).shape == (1, 2)
    assert copy.input_names == ["a", "b"]


def test_an_input_given_twice():
    a = Input((3,))
    with pytest.raises(ValueError, match="more than once"):
        Model([a, a], Dense(2)(a))


def test_a_cycle():
    x = Input((3,))
    layer = Dense(3)
    y = layer(x)
    z = Activation("relu")(y)
    layer.inbound_nodes[0].inbound[:] = [z]
    with pytest.raises(ValueError, match="cycle"):
        Model(x, z)


@pytest.mark.parametrize(
    ("inputs", "outputs"), [(None, 1), (np.ones(3), 1), ([], 1), (0, None), (0, []), (0, "y")]
)
def test_ends_must_be_symbolic(inputs, outputs):
    x = Input((3,))
    y = Dense(2)(x)
    with pytest.raises(TypeError, match="symbolic tensors"):
        Model(x if isinstance(inputs, int) else inputs, y if isinstance(outputs, int) else outputs)


def test_a_model_begins_at_inputs():
    x = Input((3,))
    y = Dense(2)(x)
    with pytest.raises(TypeError, match="does not come from an Input"):
        Model(y, Dense(2)(y))


def test_inputs_need_shapes():
    with pytest.raises(ValueError, match="`shape`"):
        Input()
    for shape in [(0,), (-1,), (2.5,), ("a",)]:
        with pytest.raises(ValueError, match="positive integer"):
            Input(shape)


def test_shapes_that_do_not_fit_name_the_layer():
    with pytest.raises(
        ValueError, match=r"'joined'.*\(None, 3\).*\(None, 4\)|'joined'.*\(None, 4\)|joined"
    ):
        Add(name="joined")([Input((3,)), Input((4,))])
    dense = Dense(2, name="narrow")
    dense(Input((3,)))
    with pytest.raises(ValueError, match=r"'narrow'.*\(None, 4\).*kernel.*\(4, 2\).*\(3, 2\)"):
        dense(Input((4,)))


def test_unknown_arguments_name_the_nearest():
    with pytest.raises(
        TypeError, match=r"Dense got an unknown argument `unit`.*Did you mean 'units'"
    ):
        Dense(unit=3)
    with pytest.raises(TypeError, match="Did you mean 'input_shape'"):
        Dense(3, inputshape=(3,))


def test_inputs_by_wrong_names():
    model = two_in_two_out()
    with pytest.raises(ValueError, match='No data provided for "b"'):
        model.predict({"a": rows(4, 3)})
    with pytest.raises(ValueError, match="Unknown input c"):
        model.predict({"a": rows(4, 3), "b": rows(4, 2), "c": rows(4, 2)})
    with pytest.raises(ValueError, match="following list of 1 arrays"):
        model.predict([rows(4, 3)])
    with pytest.raises(ValueError, match=r"Expected to see 2 array\(s\)"):
        model.predict(rows(4, 3))


def test_unknown_sizes_stay_unknown():
    x = Input((None, None, 3))
    y = Conv2D(4, 3, strides=2)(x)
    assert y.shape == (None, None, None, 4)
    assert Model(x, y).predict(rows(2, 9, 7, 3)).shape == (2, 4, 3, 4)


def test_weights_cannot_depend_on_an_unknown_size():
    with pytest.raises(ValueError, match="depend on a size that is None"):
        Dense(3)(Input((None,)))


def test_concatenation_of_unknown_and_known_sizes():
    joined = Concatenate(axis=1)([Input((None, 3)), Input((4, 3))])
    assert joined.shape == (None, None, 3)
