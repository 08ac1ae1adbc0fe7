"""Every row of the tables: an old call makes what today's call makes, with one warning that shows
today's.
"""

import inspect
import warnings

import numpy as np
import pytest

import jaxcnn
from jaxcnn import backend as K
from jaxcnn import layers
from jaxcnn.compat import OldSpellingWarning, keras1
from jaxcnn.layers import Conv2D, Dense, Embedding, Input
from jaxcnn.models import Model, Sequential
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.spellings import tables
from jaxcnn.spellings.dialect import speaking
from jaxcnn.spellings.translate import call, renewed
from jaxcnn.utils import to_categorical

# What each layer cannot do without, and a value other than the default for each argument of today.
NEEDED = {
    "units": 3,
    "filters": 2,
    "kernel_size": 3,
    "rate": 0.25,
    "stddev": 0.5,
    "input_dim": 7,
    "output_dim": 3,
}
VALUES = {
    **NEEDED,
    "use_bias": False,
    "strides": 2,
    "padding": "same",
    "dilation_rate": 2,
    "pool_size": 3,
    "size": 3,
    "data_format": "channels_first",
    "dropout": 0.5,
    "recurrent_dropout": 0.5,
    "recurrent_activation": "sigmoid",
    "implementation": 2,
    "unit_forget_bias": False,
}


def value_of(name):
    for ending, value in (
        ("initializer", "he_normal"),
        ("regularizer", "l2"),
        ("constraint", "non_neg"),
    ):
        if name.endswith(ending):
            return value
    return VALUES[name]


ROWS = [
    pytest.param(name, old, (new,) if isinstance(new, str) else new, id=f"{name}-{old}")
    for name, spellings in tables.LAYERS.items()
    for old, new in spellings.renames.items()
    if {new} <= set(inspect.signature(getattr(layers, name)).parameters) or isinstance(new, tuple)
]


def settings(layer):
    found = layer.get_config()
    return {k: v for k, v in found.items() if k != "name"}


def needed(name, without=()):
    parameters = inspect.signature(getattr(layers, name)).parameters
    required = [
        p.name for p in parameters.values() if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    ]
    return {p: VALUES[p] for p in required if p not in without}


@pytest.mark.parametrize(("name", "old", "new_names"), ROWS)
def test_each_old_argument_is_the_new_one(name, old, new_names):
    value = (
        "valid" if name.startswith("Locally") and old == "border_mode" else value_of(new_names[0])
    )
    old_values = tables.LAYERS[name].values.get(old, {})
    (old_value,) = [k for k, v in old_values.items() if v == value][:1] or [value]
    cls = getattr(layers, name)
    base = needed(name, new_names)
    with pytest.warns(OldSpellingWarning, match=old) as caught:
        given = cls(**base, **{old: old_value})
    assert len(caught) == 1
    assert call(name, (), {**base, **dict.fromkeys(new_names, value)}) in str(caught[0].message)
    assert caught[0].filename == __file__
    assert settings(given) == settings(cls(**base, **dict.fromkeys(new_names, value)))


@pytest.mark.parametrize(
    "name", ["Conv2D", "SeparableConv2D", "Conv2DTranspose", "LocallyConnected2D", "ConvLSTM2D"]
)
def test_rows_and_columns_by_position_are_a_kernel_size(name):
    cls = getattr(layers, name)
    expected = settings(cls(4, (3, 2)))
    for args, kwargs in (
        ((4, 3, 2), {}),
        ((4, 3), {"nb_col": 2}),
        ((4,), {"nb_row": 3, "nb_col": 2}),
        ((), {"nb_filter": 4, "nb_row": 3, "nb_col": 2}),
    ):
        with pytest.warns(OldSpellingWarning, match=r"\(3, 2\)") as caught:
            assert settings(cls(*args, **kwargs)) == expected
        assert len(caught) == 1


def test_three_integers_are_the_kernel_of_conv3d():
    with pytest.warns(OldSpellingWarning, match=r"Conv3D\(2, \(3, 4, 5\)\)"):
        assert layers.Convolution3D(2, 3, 4, 5).kernel_size == (3, 4, 5)
    assert layers.Conv3D(2, 3, 2).strides == (2, 2, 2)


def test_todays_calls_are_left_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Conv2D(4, 3, strides=2).strides == (2, 2)
        assert Conv2D(4, (3, 2), (1, 2)).strides == (1, 2)
        assert Conv2D(4, [3, 2]).kernel_size == (3, 2)
        assert list(inspect.signature(Conv2D).parameters)[:3] == [
            "filters",
            "kernel_size",
            "strides",
        ]


def test_integers_by_position_beside_todays_words_are_refused():
    with pytest.raises(ValueError, match=r"two things.*kernel of that size"):
        Conv2D(32, 3, 3, padding="same")


def test_old_and_new_name_together_are_refused():
    with pytest.raises(TypeError, match=r"`output_dim`, the old name of `units`"):
        Dense(3, output_dim=3, units=3)


def test_an_unknown_old_value_is_refused_and_a_new_one_taken():
    with pytest.raises(
        ValueError, match=r"`dim_ordering` is 'thx'; known are 'tf', 'th', 'default'"
    ):
        Conv2D(4, 3, dim_ordering="thx")
    with pytest.warns(OldSpellingWarning):
        assert Conv2D(4, 3, dim_ordering="channels_first").data_format == "channels_first"


def test_forgotten_arguments():
    with pytest.warns(OldSpellingWarning, match=r"BatchNormalization\(epsilon=1e-06\)"):
        layers.BatchNormalization(mode=0, epsilon=1e-6)
    with pytest.raises(TypeError, match="LayerNormalization for mode=1"):
        layers.BatchNormalization(mode=1)
    with pytest.warns(OldSpellingWarning, match="SpatialDropout1D"):
        Embedding(10, 4, dropout=0.2)


def test_steps_and_features_of_a_recurrent_layer():
    with pytest.warns(OldSpellingWarning, match=r"input_shape=\(None, 4\)"):
        assert layers.LSTM(3, input_dim=4).batch_input_shape == (None, None, 4)
    with pytest.warns(OldSpellingWarning, match=r"input_shape=\(6, 4\)"):
        assert layers.Convolution1D(3, 2, input_dim=4, input_length=6).batch_input_shape == (
            None,
            6,
            4,
        )


def test_padding_by_sides():
    with pytest.warns(OldSpellingWarning, match=r"\(\(1, 0\), \(0, 2\)\)"):
        assert layers.ZeroPadding2D({"top_pad": 1, "right_pad": 2}).padding == ((1, 0), (0, 2))
    with pytest.warns(OldSpellingWarning):
        assert layers.ZeroPadding2D((1, 2, 3, 4)).padding == ((1, 2), (3, 4))
    with pytest.raises(ValueError, match="'left'"):
        layers.ZeroPadding2D(padding={"left": 1})


def test_a_users_subclass_takes_the_words_of_its_layer():
    class Mine(Dense):
        def __init__(self, **kwargs):
            super().__init__(activation="relu", **kwargs)

    with pytest.warns(OldSpellingWarning, match="Dense"):
        assert Mine(output_dim=5).units == 5


def small():
    model = Sequential([Dense(2, activation="softmax", input_dim=3)])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model, np.ones((8, 3)), np.eye(2)[np.arange(8) % 2]


def test_training_words():
    model, x, y = small()
    with pytest.warns(
        OldSpellingWarning,
        match=r"fit\(<ndarray \(8, 3\)>, <ndarray \(8, 2\)>, verbose=0, epochs=3\)",
    ):
        history = model.fit(x, y, nb_epoch=3, verbose=0)
    assert len(history.history["loss"]) == 3
    assert history.history["acc"] is history.history["accuracy"]
    with pytest.warns(OldSpellingWarning, match='metrics=\\["accuracy"\\]'):
        model.fit(x, y, epochs=1, verbose=0, show_accuracy=True)
    with pytest.warns(OldSpellingWarning, match="predict"):
        assert model.predict(X=x).shape == (8, 2)
    for harmless in ("auto", [1.0, 2.0]):
        with pytest.warns(UserWarning, match="changes nothing, as in Keras"):
            model.fit(x, y, epochs=1, verbose=0, class_weight=harmless)
    with pytest.warns(OldSpellingWarning, match="loss alone"):
        model.compile("sgd", "mse", class_mode="binary")
    with pytest.warns(OldSpellingWarning, match="stddev=0"):
        assert not np.any(K.random_normal((2, 3), std=0))
    with pytest.raises(AttributeError, match=r"get_output has been removed.*read `output`"):
        model.layers[0].get_output()
    assert "epochs" in inspect.signature(Sequential.fit).parameters
    assert "nb_epoch" not in inspect.signature(Model.fit).parameters


def test_the_generator_of_images_takes_the_capital_letter_of_its_time():
    images = np.arange(48, dtype="float32").reshape(4, 2, 2, 3)
    generator = ImageDataGenerator(featurewise_center=True)
    with pytest.warns(OldSpellingWarning, match="x=<ndarray"):
        generator.fit(X=images)
    with pytest.warns(OldSpellingWarning, match="flow"):
        batch = next(generator.flow(X=images, batch_size=4, shuffle=False))
    np.testing.assert_allclose(batch, images - images.mean((0, 1, 2)), atol=1e-5)


def test_samples_become_batches_where_the_generator_tells_its_size():
    class Batches:
        batch_size = 32

    def plain():
        yield

    words = {
        "samples_per_epoch": 2000,
        "nb_epoch": 50,
        "validation_data": Batches(),
        "nb_val_samples": 800,
    }
    with pytest.warns(OldSpellingWarning, match="steps_per_epoch=62"):
        _, new = renewed("fit_generator", (Batches(),), words)
    assert (new["steps_per_epoch"], new["validation_steps"], new["epochs"]) == (62, 25, 50)
    with pytest.warns(OldSpellingWarning):
        assert renewed("fit_generator", (plain(),), {"samples_per_epoch": 10})[1] == {
            "steps_per_epoch": 10
        }
    with pytest.warns(OldSpellingWarning):
        assert renewed("predict_generator", (Batches(),), {"val_samples": 65})[1] == {"steps": 3}


def test_models_inputs_and_labels():
    with pytest.warns(OldSpellingWarning, match="dtype='int32'"):
        x = Input((3,), input_dtype="int32")
    assert x.dtype == np.int32
    x = Input((3,))
    with pytest.warns(OldSpellingWarning, match="inputs=<SymbolicTensor"):
        assert Model(input=x, output=Dense(2)(x)).output_shape == (None, 2)
    with pytest.warns(OldSpellingWarning, match=r"to_categorical\(\[0, 1\], num_classes=3\)"):
        assert to_categorical([0, 1], nb_classes=3).shape == (2, 3)
    with pytest.warns(OldSpellingWarning, match="filepath='a.h5'"):
        assert jaxcnn.callbacks.ModelCheckpoint(filename="a.h5").filepath == "a.h5"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("sum", [5, 7]),
        ("mul", [4, 10]),
        ("ave", [2.5, 3.5]),
        ("max", [4, 5]),
        ("concat", [1, 2, 4, 5]),
        ("dot", [14]),
        ("cos", [14 / np.sqrt(5 * 41)]),
        (lambda pair: pair[0] - pair[1], [-3, -3]),
    ],
)
def test_merging_by_a_mode(mode, expected):
    a, b = Input((2,)), Input((2,))
    with pytest.warns(OldSpellingWarning, match="The call is now"):
        model = Model([a, b], keras1.merge([a, b], mode=mode, dot_axes=1))
    values = [np.array([[1.0, 2.0]]), np.array([[4.0, 5.0]])]
    np.testing.assert_allclose(model.predict(values)[0], expected, rtol=1e-6)


def test_models_merged_at_the_bottom_of_a_stack():
    left, right = Sequential([Dense(4, input_dim=3)]), Sequential([Dense(5, input_dim=2)])
    model = Sequential()
    with pytest.warns(OldSpellingWarning, match="Concatenate"):
        model.add(keras1.Merge([left, right], mode="concat"))
    model.add(Dense(1))
    model.compile("sgd", "mse")
    x = [np.ones((6, 3)), np.ones((6, 2))]
    model.fit(x, np.zeros((6, 1)), epochs=1, verbose=0)
    joined = np.concatenate([left.predict(x[0]), right.predict(x[1])], axis=1)
    np.testing.assert_allclose(model.predict(x), model.layers[1](joined), rtol=1e-5)
    again = Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again.predict(x), model.predict(x), rtol=1e-6)
    with pytest.raises(ValueError, match="known are sum"):
        keras1.Merge([left, right], mode="join")


def test_a_stated_output_shape_must_come_out():
    x = Input((4, 4, 1))
    with pytest.warns(OldSpellingWarning):
        layer = keras1.Deconvolution2D(
            2, 3, 3, (None, 8, 8, 2), subsample=(2, 2), border_mode="same"
        )
    assert layer(x).shape == (None, 8, 8, 2)
    with pytest.warns(OldSpellingWarning):
        layer = keras1.Deconvolution2D(
            2, 3, 3, (None, 9, 9, 2), subsample=(2, 2), border_mode="same"
        )
    with pytest.raises(ValueError, match="output_padding"):
        layer(x)


def test_names_of_keras_1_among_the_layers():
    assert layers.AtrousConvolution2D is Conv2D
    assert layers.Merge is keras1.Merge
    assert layers.Deconvolution3D is keras1.Deconvolution3D
    with pytest.raises(
        AttributeError, match=r"Highway is an old class of Keras.*elsewhere.*functional API"
    ):
        layers.Highway  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'Highways'"):
        layers.Highways  # noqa: B018
    with pytest.raises(ValueError, match="matthews_correlation has been removed"):
        small()[0].compile("sgd", "mse", metrics=["matthews_correlation"])
    with pytest.raises(ValueError, match="use ConvLSTM2D"):
        layers.deserialize({"class_name": "ConvRecurrent2D", "config": {}})


# Defaults of Keras 2.0.4 that later versions changed.
@pytest.mark.parametrize(
    ("optimizer", "lr"),
    [("SGD", 0.01), ("RMSprop", 0.001), ("Adagrad", 0.01), ("Adadelta", 1.0), ("Adamax", 0.002)],
)
def test_rates_of_the_era(optimizer, lr):
    made = getattr(jaxcnn.optimizers, optimizer)()
    assert made.lr == pytest.approx(lr)
    assert optimizer == "SGD" or made.epsilon == pytest.approx(1e-8)


def test_other_defaults_of_the_era():
    assert jaxcnn.optimizers.Nadam().lr == pytest.approx(0.002)
    for recurrent in (layers.LSTM, layers.GRU, layers.ConvLSTM2D):
        assert (
            inspect.signature(recurrent).parameters["recurrent_activation"].default
            == "hard_sigmoid"
        )
    assert float(jaxcnn.activations.hard_sigmoid(np.float32(1))) == pytest.approx(0.7)
    model, x, y = small()
    assert model.metrics_names == ["loss", "acc"]
    stop = jaxcnn.callbacks.EarlyStopping("loss", min_delta=100, patience=1)
    # the first epoch is the best by definition; then patience + 1 bad ones
    assert len(model.fit(x, y, epochs=9, verbose=0, callbacks=[stop]).epoch) == 3


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda m: m.fit(epoch=3), "fit has no argument `epoch`. Did you mean 'epochs'?"),
        (lambda m: m.compile("sgd", "mse", loss_weight=[1]), "Did you mean 'loss_weights'?"),
        (lambda m: m.evaluate(batchsize=3), "Did you mean 'batch_size'?"),
    ],
)
def test_an_unknown_argument_of_a_method_is_named_with_the_nearest(call, sentence):
    with pytest.raises(TypeError) as raised:
        call(Sequential([Dense(1, input_shape=(2,))]))
    assert sentence in str(raised.value)


def test_keras_1_counts_the_samples_of_any_generator():
    batches = ((np.full((4, 1), i), np.zeros(4)) for i in range(9))
    others = iter([[np.zeros((5, 2)), np.zeros((5, 2))]])
    with speaking("1.2"), pytest.warns(OldSpellingWarning):
        (given,), words = renewed(
            "fit_generator",
            (batches,),
            {"samples_per_epoch": 10, "validation_data": others, "nb_val_samples": 10},
        )
    assert words["steps_per_epoch"] == 3 and words["validation_steps"] == 2
    assert next(given)[0][0, 0] == 0 and next(given)[0][0, 0] == 1


def test_a_generator_without_batches_is_left_to_fit():
    with speaking("1.2"), pytest.warns(OldSpellingWarning):
        (given,), words = renewed("fit_generator", (iter(()),), {"samples_per_epoch": 10})
    assert list(given) == [] and words["steps_per_epoch"] == 10
