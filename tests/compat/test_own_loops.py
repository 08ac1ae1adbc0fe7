"""What programs with training loops of their own import."""

import numpy as np

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
