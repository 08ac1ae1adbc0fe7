"""What public programs of Keras 0.3 to 2.2 do that no book does."""

import importlib

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import initializers, losses
from jaxcnn.datasets import imdb, resolve
from jaxcnn.layers import (
    AveragePooling1D,
    Cropping1D,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    Lambda,
    LeakyReLU,
    MaxPooling1D,
    add,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.preprocessing.text import Tokenizer
from jaxcnn.spellings.dialect import speaking


def test_merged_stacks_that_share_one_have_its_input_once(as_keras):
    from keras.layers import Merge

    first, second = Sequential([Dense(4, input_shape=(3,))]), Sequential([Dense(4, input_dim=5)])
    both = Sequential([Merge([first, second], mode="sum")])
    model = Sequential([Merge([both, first], mode="concat"), Dense(1)])
    assert model.inputs == [first.input, second.input]
    assert model.predict([np.zeros((2, 3)), np.zeros((2, 5))]).shape == (2, 1)


def test_stated_shapes_of_transposed_convolutions_choose_the_padding(as_keras):
    from keras.layers import Deconvolution2D

    model = Sequential()
    shape = (8, 29, 29, 2)
    layer = Deconvolution2D(2, 2, 2, output_shape=shape, subsample=(2, 2), input_shape=(14, 14, 3))
    model.add(layer)
    assert model.output_shape == (None, 29, 29, 2) and layer.output_padding == (1, 1)
    layer.set_weights([np.ones((2, 2, 2, 3)), np.full(2, 0.5)])
    assert Deconvolution2D(5, 3, 3, (6, 7, 5)).output_padding is None  # known when it is called
    rows = model.predict(np.ones((1, 14, 14, 3)))[0, :, 0, 0]
    np.testing.assert_array_equal(rows, [3.5] * 28 + [0.5])  # Keras 1.2.2: only the bias


def test_scipy_has_misc_without_an_import_of_it(as_keras):
    scipy = importlib.import_module("scipy")
    assert scipy.misc.imresize(np.zeros((4, 4, 3), "uint8"), (2, 2)).shape == (2, 2, 3)


def test_base_filter(as_keras):
    from keras.preprocessing.text import base_filter, text_to_word_sequence

    assert text_to_word_sequence("One, two!", filters=base_filter()) == ["one", "two"]


def test_the_first_array_says_how_much_is_predicted():
    a, b = Input((3,)), Input((3,))
    model = Model([a, b], add([a, b]))
    assert model.predict([np.zeros((2, 3)), np.ones((5, 3))]).tolist() == [[1.0] * 3] * 2
    with pytest.raises(ValueError, match="same number of samples"):
        model.predict([np.zeros((5, 3)), np.ones((2, 3))])


def test_slopes_may_be_negative():
    model = Sequential([LeakyReLU(alpha=-1, input_shape=(3,))])
    assert model.predict(np.array([[1.0, -2.0, 3.0]])).tolist() == [[1.0, 2.0, 3.0]]


def test_accuracy_by_call():
    model = Sequential([Dense(2, activation="softmax", input_shape=(3,))])
    x, y = np.random.default_rng(0).random((8, 3)), np.eye(2)[[0, 1] * 4]
    with speaking("0.3"):
        model.compile("sgd", "categorical_crossentropy")
        history = model.fit(x, y, batch_size=8, epochs=1, verbose=0, show_accuracy=True)
        steps = model.optimizer.iterations
        assert sorted(history.history) == ["acc", "loss"]
        loss, accuracy = model.evaluate(x, y, verbose=0, show_accuracy=True)
        assert 0 <= accuracy <= 1
        assert model.evaluate(x, y, verbose=0) == pytest.approx(loss)
        assert len(model.test_on_batch(x, y, accuracy=True)) == 2
        assert int(model.optimizer.iterations) == int(steps) == 1


def test_reviews_of_0_3_are_the_training_reviews_in_two_parts(monkeypatch):
    half = ([[word, 7] for word in range(10)], np.arange(10) % 2)
    monkeypatch.setattr(resolve, "load", lambda dataset: (half, half))
    (x, _), (xt, yt) = imdb.load_data(test_split=0.3)
    assert (len(x), len(xt), len(yt)) == (7, 3, 3)
    assert len(imdb.load_data()[1][0]) == 10
    with speaking("0.3"):
        assert len(imdb.load_data()[1][0]) == 2


@pytest.mark.parametrize("keras", ["0.3", "1.2", "2.0", "2.2"])
def test_generators_have_no_epochs(keras):
    with speaking(keras):
        generator = ImageDataGenerator(featurewise_center=True)
        generator.fit(np.ones((2, 3, 3, 1)))
    assert generator.mean.ravel().tolist() == [1.0]


@pytest.mark.parametrize(
    "layer", [MaxPooling1D, AveragePooling1D, GlobalMaxPooling1D, GlobalAveragePooling1D]
)
def test_one_axis_may_have_channels_first(layer):
    x = np.random.default_rng(0).random((2, 4, 6), "float32")
    first, last = layer(data_format="channels_first"), layer()
    expected = np.asarray(last(np.moveaxis(x, 1, 2)))
    expected = np.moveaxis(expected, 2, 1) if expected.ndim == 3 else expected
    np.testing.assert_array_equal(first(x), expected)
    assert "data_format" not in last.get_config()  # which Keras 2.0.4 does not take
    assert layer.from_config(first.get_config()).data_format == "channels_first"


def test_cropping_may_leave_nothing_and_identities_may_repeat():
    model = Sequential([Cropping1D(2, input_shape=(4, 3))])
    assert model.predict(np.ones((2, 4, 3))).shape == (2, 0, 3)
    assert initializers.get("identity")((2, 4)).tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]
    biases = Dense(2, input_dim=1, bias_initializer=initializers.Constant([1.0, 2.0]))
    assert Sequential([biases]).get_weights()[1].tolist() == [1, 2]


def test_values_that_programs_change_in_place():
    variable = K.variable(np.ones(2))
    symbol = Input((2,))
    arrays = [
        K.get_value(variable),
        K.eval(variable),
        K.eval(variable * 2),
        *K.function([symbol], [symbol * 2])([np.ones((1, 2))]),
    ]
    for array in arrays:
        array *= 2


def test_inputs_on_tensors_stand_for_what_these_come_from():
    image = K.placeholder((1, 4))
    both = K.concatenate([K.variable(np.ones((1, 4))), image], axis=0)
    source = Input(tensor=both, shape=(4,))
    layer = Dense(2, kernel_initializer="ones")
    model = Model(source, layer(source))
    assert model.inputs == [image]
    loss = K.sum(model.output)
    value, gradient = K.function([image], [loss, *K.gradients(loss, image)])([np.zeros((1, 4))])
    assert value == 8 and gradient.tolist() == [[2.0] * 4]


def test_losses_that_sum_weights_alone():
    model = Sequential([Dense(2, input_shape=(3,))])
    kernel = model.layers[0].kernel
    model.compile("sgd", lambda t, p: K.sum(K.sum(K.square(kernel), axis=1), 0) + K.mean(t - p))
    loss = model.train_on_batch(np.zeros((4, 3)), np.zeros((4, 2)))
    assert loss > 0


def test_cross_entropies_of_2_2_take_the_target_first():
    target, output = np.eye(3, dtype="float32")[[0, 2]], np.full((2, 3), 1 / 3, "float32")
    with speaking("2.2"):
        named = K.categorical_crossentropy(target, output=output)
        assert K.categorical_crossentropy(target, output) == pytest.approx(np.log([3.0, 3.0]))
        assert K.binary_crossentropy(target, output)[0, 1] == pytest.approx(np.log(1.5))
    np.testing.assert_array_equal(named, K.categorical_crossentropy(output, target))
    first = K.categorical_crossentropy(output.T, target.T, axis=0)
    np.testing.assert_array_equal(named, first)
    numbers = K.sparse_categorical_crossentropy(output.T, np.array([[0, 2]]), axis=0)
    np.testing.assert_allclose(named, np.ravel(numbers), rtol=1e-6)


def test_tokenizers_of_2_2_count_on():
    for keras, count in (("2.0", 2), ("2.2", 3)):
        with speaking(keras):
            tokenizer = Tokenizer()
            tokenizer.fit_on_texts(["one"])
            tokenizer.fit_on_texts(["two", "three"])
        assert tokenizer.document_count == count


def test_lengths_of_several_axes():
    layer = Embedding(5, 2, input_length=(None, 3))
    assert Sequential([Input((7, 3)), layer]).output_shape == (None, 7, 3, 2)
    assert Embedding.from_config(layer.get_config()).input_length == (None, 3)
    with pytest.raises(ValueError, match=r"needs \(batch, None, 3\)"):
        Embedding(5, 2, input_length=(None, 3))(Input((7, 4)))


def test_helpers_of_2_2(as_keras):
    from keras.engine.training_utils import check_array_length_consistency
    from keras.preprocessing.sequence import _remove_long_seq
    from keras.utils.generic_utils import slice_arrays

    assert _remove_long_seq(2, [[1], [1, 2]], [3, 4]) == ([[1]], [3])
    assert slice_arrays(None) == [None] and slice_arrays([None, [1, 2]], 0, 1) == [None, [1]]
    with pytest.raises(ValueError):
        check_array_length_consistency([np.ones(2)], [np.ones(3)])


def test_losses_over_the_graph_of_a_fixed_batch_size():
    x = Input(batch_shape=(4, 3))
    hidden = Dense(2)(x)
    model = Model(x, Dense(3, activation="sigmoid")(hidden))
    model.compile(
        "sgd", lambda t, p: losses.binary_crossentropy(t, p) + K.mean(K.square(hidden), axis=-1)
    )
    data = np.random.default_rng(0).random((8, 3))
    history = model.fit(data, data, batch_size=4, epochs=1, verbose=0)
    assert history.history["loss"][0] > 0


def test_initializers_of_keras_1_have_names():
    def small(shape, name=None):
        return np.full(shape, 0.01)

    assert Dense(2, kernel_initializer=small).get_config()["kernel_initializer"] == "small"


def test_layers_answer_to_the_words_of_keras_1():
    dense = Dense(2, input_shape=(3,))
    Sequential([dense])
    assert dense.W is dense.kernel and dense.b is dense.bias
    assert dense.output_dim == 2 and Embedding(5, 2).init is not None
    with pytest.raises(AttributeError, match="has no attribute 'U'"):
        _ = dense.U


def test_losses_that_ask_for_sizes(as_keras):
    """A loss that needs the graph has targets of the output's batch size, which may be any."""

    def halves(y_true, y_pred):
        half = y_pred.shape.as_list()[-1] // 2
        return K.abs(y_pred[:, :half] - y_pred[:, half:]) + 0 * y_true

    with speaking("2.0"):
        model = Sequential([Dense(4, input_shape=(3,))])
        assert Input(batch_shape=(model.output.shape[0], 2)).shape == (None, 2)
        model.compile("sgd", halves)
        model.set_weights([np.eye(3, 4), np.zeros(4)])
        assert model.train_on_batch(np.array([[1.0, 2, 4]]), np.zeros((1, 2))) == 2.5


def test_batch_sizes_written_in_functions(as_keras):
    """A function that makes an array of 8 rows fixes the batch size at 8, as TensorFlow had it."""
    with speaking("2.0"):
        a, b = Input((5,)), Input((5,))
        mixed = Lambda(lambda t: K.random_uniform((8, 1)) * t[0] + t[1])([a, b])
    assert mixed.shape == (8, 5)
    assert Model([a, b], Dense(2)(mixed)).predict([np.ones((8, 5))] * 2).shape == (8, 2)
