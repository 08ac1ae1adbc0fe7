"""What programs with training loops of their own import."""

import numpy as np
import pytest

from jaxcnn import compat
from jaxcnn.compat import era


def test_keras_callback_list(as_keras):
    import keras

    listing = keras.callbacks.CallbackList([keras.callbacks.History()])
    listing.append(keras.callbacks.EarlyStopping("loss"))
    listing.set_model("any object")
    listing.set_params({"epochs": 1})
    listing.on_train_begin()
    listing.on_epoch_begin(0)
    listing.on_epoch_end(0, {"loss": 2.0})
    listing.on_train_end()
    history, stopping = listing
    assert history.history == {"loss": [2.0]}
    assert stopping.model == "any object" and stopping.params == {"epochs": 1}


def test_rows_of_different_lengths_become_objects():
    array = era.ragged(np.array)
    assert array([[1, 2], [3]]).dtype == object
    assert array([[1, 2], [3, 4]]).dtype.kind == "i"


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_an_iterator_over_images_of_a_users_own(as_keras, version):
    compat.install(version)
    from keras.preprocessing.image import ImageDataGenerator, Iterator

    class Numbers(Iterator):
        def __init__(self):
            super().__init__(5, 2, False, 1)

        def _get_batches_of_transformed_samples(self, index_array):
            return list(index_array)

        def next(self):
            with self.lock:
                index = next(self.index_generator)
            numbers, *place = index if version == "2.0" else (index,)
            return [*numbers, *place]

    iterator = Numbers()
    batches = [next(iterator) for _ in range(4)]
    if version == "2.0":  # with the number of the first and how many there are
        assert batches == [[0, 1, 0, 2], [2, 3, 2, 2], [4, 4, 1], [0, 1, 0, 2]]
    else:
        assert batches == [[0, 1], [2, 3], [4], [0, 1]]
    assert len(iterator) == 3 and iterator[2] == [4]
    flow = ImageDataGenerator().flow(np.ones((4, 2, 2, 1)))
    assert isinstance(flow, Iterator)


def test_keras_applications_is_told_the_modules_of_keras(as_keras):
    import keras
    import keras_applications
    from keras_preprocessing.image.affine_transformations import apply_affine_transform

    names = ("backend", "layers", "models", "utils")
    modules = {name: getattr(keras, name) for name in names}
    assert keras_applications.get_submodules_from_kwargs(modules) == (*modules.values(),)
    preprocessed = keras_applications.resnet_v2.preprocess_input(np.ones((1, 2, 2, 3)), **modules)
    np.testing.assert_allclose(preprocessed, 1 / 127.5 - 1)
    inputs = keras.layers.Input((224, 225, 3))
    assert keras_applications.correct_pad(keras.backend, inputs, 3) == ((0, 1), (1, 1))
    assert apply_affine_transform(np.ones((2, 2, 1))).shape == (2, 2, 1)


def test_the_helpers_of_recurrent_cells(as_keras):
    from keras import backend as K
    from keras.layers import Input
    from keras.layers.recurrent import _generate_dropout_mask, _standardize_args

    x, state, constant = Input((3,)), Input((4,)), Input((5,))
    assert _standardize_args([x, state, constant], None, None, 1) == (x, [state], [constant])
    assert _standardize_args(x, (state,), None, None) == (x, [state], None)
    masks = _generate_dropout_mask(K.ones_like(x), 0.5, count=2)
    drawn = K.function([x, K.learning_phase()], masks)
    assert set(np.unique(drawn([np.ones((50, 3)), 1])[0])) == {0.0, 2.0}
    np.testing.assert_array_equal(drawn([np.ones((2, 3))])[1], np.ones((2, 3)))  # no phase given


def test_a_callback_sees_which_of_samples_and_steps_there_is(as_keras):
    compat.install("2.2")
    from keras.callbacks import LambdaCallback
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    batch = np.zeros((4, 2)), np.zeros((4, 1))
    callback = LambdaCallback()
    model.fit_generator(iter([batch] * 3), 3, epochs=1, verbose=0, callbacks=[callback])
    assert callback.params["steps"] == 3
    assert "samples" not in callback.params and "batch_size" not in callback.params
    model.fit(*batch, epochs=1, verbose=0, callbacks=[callback])
    assert callback.params["samples"] == 4


@pytest.mark.parametrize(("version", "batches"), [("1.2", 5), ("2.0", 5), ("2.2", 3)])
def test_training_that_is_stopped_within_an_epoch(as_keras, version, batches):
    """Before 2.2 the epoch went on to its end."""
    compat.install(version)
    from keras.callbacks import Callback
    from keras.layers import Dense
    from keras.models import Sequential

    seen = []

    class Stopping(Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = batch >= 2

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.fit(np.zeros((10, 2)), np.zeros((10, 1)), batch_size=2, verbose=0, callbacks=[Stopping()])
    assert seen == list(range(batches))


@pytest.mark.parametrize(
    ("version", "last", "arrays", "validated"),
    [
        ("2.0", 1, True, True),
        ("2.2", 1, True, False),
        ("2.2", 3, True, False),
        ("2.2", 1, False, False),
        ("2.2", 3, False, True),
    ],
)
def test_validation_after_a_stop_within_an_epoch(as_keras, version, last, arrays, validated):
    """Keras 2.2.4 leaves it out, but for a generator's last batch."""
    compat.install(version)
    from keras.callbacks import Callback
    from keras.layers import Dense
    from keras.models import Sequential

    class Stopping(Callback):
        def on_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == last

    x, y = np.zeros((8, 2)), np.zeros((8, 1))
    options = {"verbose": 0, "callbacks": [Stopping()], "validation_data": (x, y)}
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    if arrays:
        history = model.fit(x, y, batch_size=2, **options).history
    else:
        batches = iter([(x[:2], y[:2])] * 9)
        history = model.fit_generator(batches, 4, epochs=1, **options).history
    assert ("val_loss" in history) == validated
