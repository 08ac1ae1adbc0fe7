"""What users saw of memory that was not given back, and of programs that were made again."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.utils import Sequence

RNG = np.random.default_rng(0)


def network(units=3):
    model = Sequential([Dense(units, input_shape=(4,)), Dense(1)])
    model.compile("adam", "mse")
    return model


class Batches(Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.ones((4, 4), "float32"), np.ones((4, 1), "float32")


@pytest.fixture(scope="module")
def fitted():
    model = network()
    model.fit(np.ones((8, 4)), np.ones(8), epochs=1, verbose=0)
    return model


def test_the_data_of_a_fit_can_be_freed(fitted):
    x, y, held_out = np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), np.ones((8, 4), "f")
    fitted.fit(x, y, verbose=0, epochs=1, validation_data=(held_out, y))
    references = [weakref.ref(array) for array in (x, y, held_out)]
    del x, y, held_out
    gc.collect()
    assert [reference() is None for reference in references] == [True] * 3


def test_sequences_and_generators_can_be_freed(fitted):
    batches = Batches()
    generator = (batch for batch in [Batches()[0]] * 4)
    fitted.fit(batches, epochs=1, verbose=0, workers=0)
    fitted.fit(generator, epochs=1, steps_per_epoch=2, verbose=0)
    references = [weakref.ref(batches), weakref.ref(generator)]
    del batches, generator
    gc.collect()
    assert [reference() is None for reference in references] == [True] * 2


def test_a_fit_leaves_no_record_with_the_loss_that_outlives_the_model():
    from jaxcnn.losses import mean_squared_error

    def records():
        gc.collect()
        return sum(
            mean_squared_error.__name__ in getattr(thing, "fun_sourceinfo", "")
            for thing in gc.get_objects()
            if type(thing).__name__ == "PjitInfo"
        )

    before = records()
    network(2).fit(np.ones((8, 4)), np.ones(8), epochs=1, verbose=0)
    assert records() == before


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_fitted_model_is_copied_and_pickled(fitted, copied):
    x = np.ones((8, 4), "float32")
    again = copied(fitted)
    assert np.array_equal(again.predict(x), fitted.predict(x))
    again.fit(x, np.ones(8), epochs=1, verbose=0)
