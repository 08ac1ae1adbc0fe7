"""What `to_json` and `get_config` tell an old program: the texts beside this file are those of the
real Keras 1.2.2, 2.0.4 and 2.2.4.
"""

import json
import pathlib

import numpy as np
import pytest

from jaxcnn import compat
from jaxcnn import layers as L

from ..other_keras import set_aside

THEN = json.loads((pathlib.Path(__file__).parent / "configurations_of_then.json").read_text())
pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling")


@pytest.fixture(params=THEN)
def keras(request):
    """The version, of which `import keras` finds the names, counted from 1."""
    with set_aside():
        compat.install(request.param)
        from keras import backend as K

        K.clear_session()
        yield request.param
        compat.uninstall()


def stacks(keras):
    from keras import constraints, regularizers

    at_most, of_weights, of_outputs = (
        ("W_constraint", "W_regularizer", "activity_regularizer")
        if keras == "1.2"
        else ("kernel_constraint", "kernel_regularizer", "activity_regularizer")
    )
    small = regularizers.l2(0.1)
    yield [
        L.Embedding(10, 3, input_length=5),
        L.LSTM(4, return_sequences=True, **{of_weights: small}),
        L.TimeDistributed(L.Dense(2)),
        L.GRU(3),
        L.Activation("relu"),
        L.BatchNormalization(),
        L.Dense(2, **{at_most: constraints.MaxNorm(2), of_outputs: small}),
    ]
    images = L.Conv2D(2, 3, input_shape=(8, 8, 3), padding="same", strides=2)
    later = keras != "1.2"
    yield [
        images,
        L.MaxPooling2D((2, 2)),
        *([L.UpSampling2D(), L.SeparableConv2D(2, 2)] if later else []),
        L.LeakyReLU(0.2),
        L.GaussianNoise(0.1),
        L.Dropout(0.5),
        *([L.SpatialDropout2D(0.2)] if later else []),
        L.GlobalAveragePooling2D(),
        L.RepeatVector(2),
        L.Permute((2, 1)),
        L.Reshape((-1,)),
    ]
    yield [
        L.Conv1D(2, 3, input_shape=(8, 3)),
        L.MaxPooling1D(2),
        L.AveragePooling1D(2),
        *([L.Bidirectional(L.LSTM(2, return_sequences=True))] if later else []),
        L.SimpleRNN(2),
        L.ELU(),
        L.ThresholdedReLU(),
        L.ActivityRegularization(0.1),
        L.GaussianDropout(0.1),
    ]


def test_texts(keras):
    from keras.models import Model, Sequential, model_from_json

    expected = THEN[keras]["texts"]
    for layers, text in zip(stacks(keras), expected, strict=False):
        model = Sequential(layers)
        assert json.loads(model.to_json()) == text
        again = model_from_json(json.dumps(text))
        assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    first, other = L.Input((3,), name="in"), L.Input((3,), name="other")
    sides = [L.Dense(2)(first), L.Dense(2)(other)]
    if keras == "1.2":
        from keras.layers import merge

        output = merge(sides, mode="concat")
    else:
        output = L.concatenate(sides)
    assert json.loads(Model([first, other], output).to_json()) == expected[3]


def test_keys_of_layers(keras):
    from keras.models import Sequential

    layers = [L.Conv2D(2, 3), L.GRU(3), L.GaussianNoise(0.1)]
    if keras != "1.2":
        layers += [L.SpatialDropout2D(0.2), L.Dropout(0.2), L.SimpleRNN(2)]
    for layer in layers:
        assert sorted(layer.get_config()) == THEN[keras]["keys"][type(layer).__name__]
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()
    model = Sequential([L.Dense(2, input_dim=3), L.LeakyReLU(0.2)])
    told = model.get_config()
    assert sorted(told[0] if isinstance(told, list) else told) == THEN[keras]["stack"]
    again = Sequential.from_config(told)
    assert again.output_shape == (None, 2)


def test_penalties_and_constraints(keras):
    from keras import constraints, regularizers

    penalty, limit = regularizers.l2(0.1), constraints.MaxNorm(2)
    assert [penalty.get_config(), limit.get_config()] == THEN[keras]["objects"]
    for thing in (penalty, limit):
        assert type(thing).from_config(thing.get_config()).get_config() == thing.get_config()


def test_layers_tell_the_input_that_they_were_told(keras):
    from keras.models import Model, model_from_json

    words = L.Input((7,), dtype="int32")
    output = L.LSTM(2, input_shape=(7, 5))(L.Embedding(11, 5)(words))
    model = Model(words, output)
    layers = json.loads(model.to_json())["config"]["layers"]
    assert [layer["config"]["batch_input_shape"] for layer in layers] == [
        [None, 7],
        [None, None],
        [None, 7, 5],
    ]
    assert model_from_json(model.to_json()).output_shape == (None, 2)


def test_tuples_and_single_numbers_as_each_version_has_them(keras):
    """In memory the sizes are the tuples of the real Keras 1.2.2, 2.0.4 and 2.2.4."""
    from keras.models import Sequential

    layers = [L.ZeroPadding1D(2, input_shape=(4, 2)), L.UpSampling1D(2), L.Cropping1D((1, 2))]
    layers += [L.Reshape((2, 13)), L.Permute((2, 1))]
    told = Sequential(layers).get_config()
    configs = [entry["config"] for entry in (told["layers"] if keras == "2.2" else told)]
    assert configs[0]["padding"] == (2 if keras == "1.2" else (2, 2))
    assert configs[1]["length" if keras == "1.2" else "size"] == 2
    assert configs[2]["cropping"] == (1, 2)
    assert configs[0]["batch_input_shape"] == (None, 4, 2)
    assert (configs[3]["target_shape"], configs[4]["dims"]) == ((2, 13), (2, 1))
    assert Sequential.from_config(told).output_shape == (None, 13, 2)


def test_a_stack_lists_the_input_layer_that_it_was_given(keras):
    """As 1.2.2 and 2.0.4 do; 2.2.4 hides it."""
    from keras.models import Sequential, model_from_json

    listed = [] if keras == "2.2" else ["in"]
    source = L.InputLayer(input_shape=(3,), name="in")
    model = Sequential([source, L.Dense(2, name="a"), L.Dense(1, name="b")])
    assert [layer.name for layer in model.layers] == [*listed, "a", "b"]
    assert not source.trainable
    again = model_from_json(model.to_json())
    assert [layer.name for layer in again.layers] == [*listed, "a", "b"]
    assert again.output_shape == (None, 1)
    model.pop()
    assert [layer.name for layer in model.layers] == [*listed, "a"]
    stack = Sequential([model, L.Dense(4)])
    if keras != "2.2":
        classes = [entry["class_name"] for entry in stack.get_config()]
        assert classes == ["Sequential", "Dense"]
        assert Sequential.from_config(stack.get_config()).output_shape == (None, 4)


def doubled(x):
    return 2 * x


def test_a_lambda_of_a_named_function_is_read_again(keras):
    from keras.models import Sequential, model_from_json

    layer = L.Lambda(doubled, input_shape=(2,))
    assert type(layer).from_config(layer.get_config()).function is doubled
    model = Sequential([layer])
    again = model_from_json(model.to_json()), Sequential.from_config(model.get_config())
    for copy in again:
        assert copy.predict(np.array([[1.0, 2.0]])).tolist() == [[2, 4]]


def test_of_several_functions_of_a_name_none_is_guessed(keras):
    from keras.models import Sequential, model_from_json

    def made(factor):
        def scaled(x):
            return factor * x

        return Sequential([L.Lambda(scaled, input_shape=(2,))])

    texts = [made(factor).to_json() for factor in (2, 3)]
    with pytest.raises(ValueError, match="custom_objects"):
        model_from_json(texts[0])


def test_the_number_type_of_inputs_has_its_name_of_then(keras):
    layer = L.Dense(3, batch_input_shape=(4, 2), input_dtype="float32")
    assert layer.dtype == "float32"

    class Same(L.Layer):
        pass

    assert Same(input_shape=(2,), input_dtype="int32").dtype == "int32"


def test_models_inside_count_their_calls_from_one(keras):
    """The numbers are those of 2.0.4 and 2.2.4, whose models count their own graph as call 0."""
    if keras == "1.2":
        pytest.skip("texts of 1.2 tell them, by the test above")
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential, model_from_json

    stack, a, i = Sequential([Dense(2, input_shape=(2,))]), Input((2,)), Input((2,))
    graph = Model(a, Dense(2)(a))
    last = stack(Dense(2)(stack(i)))
    model = Model(i, [graph(last), last])
    config = model.get_config()
    assert [[[r[:3] for r in call] for call in e["inbound_nodes"]] for e in config["layers"]] == [
        [],
        [[["input_2", 0, 0]], [["dense_3", 0, 0]]],
        [[["sequential_1", 1, 0]]],
        [[["sequential_1", 2, 0]]],
    ]
    assert config["output_layers"] == [["model_1", 1, 0], ["sequential_1", 2, 0]]
    whole = Model(i, model(i))
    assert whole.get_config()["output_layers"] == [["model_2", 1, 0], ["model_2", 1, 1]]
    x = np.ones((1, 2))
    for again in (Model.from_config(whole.get_config()), model_from_json(whole.to_json())):
        again.set_weights(whole.get_weights())
        for one, other in zip(whole.predict(x), again.predict(x), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)


def test_layers_inside_others_tell_what_they_tell_alone(keras):
    """2.0.4 has an implementation 0 everywhere; 2.2.4 has 1, and none of simple ones."""
    if keras == "1.2":
        pytest.skip("layers of 1.2 tell it otherwise")
    config = L.Bidirectional(L.LSTM(2)).get_config()["layer"]["config"]
    assert config["implementation"] == (0 if keras == "2.0" else 1)
    config = L.TimeDistributed(L.SimpleRNN(2)).get_config()["layer"]["config"]
    assert config.get("implementation") == (0 if keras == "2.0" else None)
    table = L.Embedding(5, 2, input_length=3)
    assert table.get_config()["dtype"] == ("int32" if keras == "2.0" else "float32")


def test_layers_are_made_of_a_configuration_with_classes_of_ones_own(keras):
    class Doubled(L.Layer):
        def call(self, x):
            return 2 * x

    given = {"Doubled": Doubled}
    again = L.TimeDistributed.from_config(L.TimeDistributed(Doubled()).get_config(), given)
    assert type(again.layer) is Doubled
