"""Further ways to train: arrays on disk and of other libraries, stateful models, eager runs, calls
of a given size.
"""

import h5py
import jax
import numpy as np
import pytest

from jaxcnn.callbacks import Callback
from jaxcnn.layers import LSTM, Conv2D, Dense, Flatten, Input, Lambda
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.input.stored import Rows
from jaxcnn.utils import HDF5Matrix

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4)).astype("float32")
Y = RNG.normal(size=(24, 1)).astype("float32")


def network(**options):
    reset_names()
    model = Sequential([Dense(5, activation="tanh", input_shape=(4,)), Dense(1)])
    model.compile(SGD(0.1, momentum=0.9), "mse", **options)
    return model


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def nearly_equal(first, second):
    """Arrays have their short last batch padded and streams have not, so the last bit may differ
    (JAX 0.12).
    """
    return all(np.allclose(a, b, rtol=1e-6, atol=1e-7) for a, b in zip(first, second, strict=True))


def trained(x, y=None, **options):
    model = network()
    model.fit(x, y, verbose=0, **{"batch_size": 5, "epochs": 2, **options})
    return model.get_weights()


# -- arrays of other kinds -------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["x"], file["y"], file["labels"] = X, Y, np.arange(24) % 3
    return path


@pytest.mark.parametrize("shuffle", ["batch", True, False])
def test_hdf5_data_sets_give_what_arrays_give(stored, shuffle):
    with h5py.File(stored) as file:
        assert equal(trained(file["x"], file["y"], shuffle=shuffle), trained(X, Y, shuffle=shuffle))
        assert equal(
            trained(file["x"], file["y"], shuffle=shuffle, validation_split=0.25),
            trained(X, Y, shuffle=shuffle, validation_split=0.25),
        )


def test_hdf5_is_read_batch_by_batch(stored):
    """With shuffle="batch" by consecutive samples only."""
    reads = []

    class Recorded(HDF5Matrix):
        def __getitem__(self, key):
            reads.append(key)
            return super().__getitem__(key)

    model = network()
    model.fit(Recorded(stored, "x"), Y, epochs=1, batch_size=5, shuffle="batch", verbose=0)
    assert all(isinstance(key, slice) for key in reads)
    assert max(key.stop - key.start for key in reads) <= 24 and len(reads) >= 2
    assert model.predict(Recorded(stored, "x"), batch_size=5).shape == (24, 1)
    assert np.isfinite(model.evaluate(HDF5Matrix(stored, "x"), HDF5Matrix(stored, "y"), verbose=0))


def test_hdf5_labels_are_checked(stored):
    model = Sequential([Dense(2, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with h5py.File(stored) as file, pytest.raises(ValueError, match="labels from 0 to 2"):
        model.fit(file["x"], file["labels"], epochs=1, verbose=0)


def test_a_range_of_an_hdf5_matrix(stored):
    part = HDF5Matrix(stored, "x", 4, 10, normalizer=lambda x: 2 * x)
    assert part.shape == (6, 4) and len(part) == 6 and part.dtype == np.float32
    assert np.array_equal(part[1:3], 2 * X[5:7]) and np.array_equal(part[0], 2 * X[4])
    assert np.array_equal(part[[0, 5]], 2 * X[[4, 9]]) and np.array_equal(
        part[np.array([2])], 2 * X[[6]]
    )
    with pytest.raises(IndexError, match="6 of 6"):
        part[6]
    for start, end in ((0, 30), (5, 5), (-1, 3)):
        with pytest.raises(ValueError, match="24 samples"):
            HDF5Matrix(stored, "x", start, end)
    with pytest.raises(KeyError):
        HDF5Matrix(stored, "nothing")


def test_rows_take_any_index():
    rows = Rows(X)[4:20]
    for index in ([0, 1, 2], [5, 1, 1, 9], [[3, 2], [0, 15]]):
        assert np.array_equal(rows.take(np.array(index)), X[4:20][np.array(index)])
    assert np.array_equal(np.asarray(rows[2:5]), X[6:9]) and rows[2:5].shape == (3, 4)


def test_pandas():
    pandas = pytest.importorskip("pandas")
    x, y = pandas.DataFrame(X, columns=list("abcd")), pandas.Series(Y[:, 0])
    assert equal(trained(x, y), trained(X, Y))
    assert equal(trained(x[x.index >= 0], pandas.DataFrame(Y)), trained(X, Y))
    assert network().predict(x).shape == (24, 1)
    with pytest.raises(TypeError, match="dtype object"):
        trained(pandas.DataFrame({"a": ["text"] * 24}), y)


# -- sources of examples ---------------------------------------------------------------------------


def test_grain():
    grain = pytest.importorskip("grain")
    source = grain.MapDataset.source([(x, y) for x, y in zip(X, Y, strict=True)])
    assert nearly_equal(trained(source), trained(X, Y))
    batched = source.batch(6)
    assert equal(
        trained(batched, batch_size=None, shuffle=False), trained(X, Y, batch_size=6, shuffle=False)
    )
    iterated = trained(batched.to_iter_dataset(), batch_size=None)
    assert equal(iterated, trained(X, Y, batch_size=6, shuffle=False))
    with pytest.raises(ValueError, match=r"leave out repeat\(\)"):
        trained(source.repeat())
    named = grain.MapDataset.source([{"image": x, "label": y} for x, y in zip(X, Y, strict=True)])
    with pytest.raises(
        ValueError, match=r"dicts of \['image', 'label'\]; make them \(inputs, targets\)"
    ):
        trained(named)


class Prepared:
    """What tfds.data_source gives, as far as it matters: examples by name, and which are input and
    target.
    """

    class dataset_info:
        supervised_keys = ("image", "label")

    def __len__(self):
        return 24

    def __getitem__(self, index):
        return self.__getitems__([index])[0]

    def __getitems__(self, indices):
        return [{"image": X[i], "label": Y[i], "id": i} for i in indices]


def test_sources_of_tensorflow_datasets_say_what_is_input_and_target():
    assert nearly_equal(trained(Prepared()), trained(X, Y))


def test_a_source_needs_a_model_that_knows_its_input_shape():
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    source = type(
        "Pairs", (), {"__len__": lambda self: 24, "__getitem__": lambda self, i: (X[i], Y[i])}
    )()
    with pytest.raises(ValueError, match="input_shape"):
        model.fit(source, epochs=1, verbose=0)


# -- classes and probabilities ---------------------------------------------------------------------


def test_classes_of_a_sequential_model():
    model = Sequential([Dense(3, activation="softmax", input_shape=(4,))])
    found = model.predict_classes(X, verbose=0)
    assert np.array_equal(found, model.predict(X).argmax(1)) and found.shape == (24,)
    assert np.array_equal(model.predict_proba(X, 5, 0), model.predict(X, 5))
    single = Sequential([Dense(1, activation="sigmoid", input_shape=(4,))])
    found = single.predict_classes(X, batch_size=5, verbose=0)
    assert (
        np.array_equal(found, single.predict(X) > 0.5)
        and found.shape == (24, 1)
        and found.dtype == np.int32
    )


def test_outputs_that_are_no_probabilities_are_told():
    with pytest.warns(UserWarning, match=r"outside of \[0, 1\]"):
        network().predict_proba(X, verbose=0)


def test_functional_models_have_no_classes():
    """U17."""
    x = Input((4,))
    model = Model(x, Dense(3, activation="softmax")(x))
    assert not hasattr(model, "predict_classes") and not hasattr(model, "predict_proba")
    with pytest.raises(AttributeError, match=r"Only Sequential.*argmax"):
        model.predict_classes(X)
    with pytest.raises(AttributeError, match="no_such"):
        _ = model.no_such_thing


# -- stateful models -------------------------------------------------------------------------------

STEPS = RNG.normal(size=(4, 6, 2)).astype("float32")  # 4 series of 6 steps


def stateful(steps=2):
    reset_names()
    model = Sequential([LSTM(3, stateful=True, batch_input_shape=(4, steps, 2)), Dense(1)])
    model.compile(SGD(0.0), "mse")
    return model


def pieces(steps=2):
    """The series cut into parts of some steps, a batch of the four each, one after another."""
    return np.concatenate([STEPS[:, i : i + steps] for i in range(0, 6, steps)])


def whole(model):
    """The outputs of a model of all steps at once, after each second step."""
    reset_names()
    full = Sequential([LSTM(3, return_sequences=True, input_shape=(6, 2)), Dense(1)])
    full.set_weights(model.get_weights())
    return np.concatenate(full.predict(STEPS)[:, 1::2].transpose(1, 0, 2))


def test_predict_carries_the_states_from_batch_to_batch():
    model = stateful()
    expected = whole(model)
    assert np.allclose(model.predict(pieces(), batch_size=4), expected, atol=1e-5)
    again = model.predict(pieces(), batch_size=4)
    assert not np.allclose(again, expected, atol=1e-3)  # it went on from where it was
    model.reset_states()
    parts = [model.predict_on_batch(part) for part in np.split(pieces(), 3)]
    assert np.allclose(np.concatenate(parts), expected, atol=1e-5)
    model.reset_states()
    assert np.allclose(model.predict_generator(iter(np.split(pieces(), 3)), 3), expected, atol=1e-5)


def test_evaluate_and_validation_carry_them_too():
    model = stateful()
    expected = np.mean((whole(model) - 1) ** 2)
    ones = np.ones((12, 1))
    assert model.evaluate(pieces(), ones, batch_size=4, verbose=0) == pytest.approx(
        expected, rel=1e-5
    )
    assert model.evaluate(pieces(), ones, batch_size=4, verbose=0) != pytest.approx(
        expected, rel=1e-3
    )
    model.reset_states()
    losses = [model.test_on_batch(part, np.ones((4, 1))) for part in np.split(pieces(), 3)]
    assert np.mean(losses) == pytest.approx(expected, rel=1e-5)

    class Reset(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.reset_states()

    history = model.fit(
        pieces(), ones, batch_size=4, shuffle=False, epochs=2, verbose=0, callbacks=[Reset()]
    ).history
    assert history["loss"] == pytest.approx([expected] * 2, rel=1e-5)
    # As in Keras, a validation begins with the states that training has left, and leaves its own.
    model.reset_states()
    told = model.fit(
        pieces(), ones, 4, 1, 0, shuffle=False, validation_data=(pieces(), ones)
    ).history
    model.reset_states()
    model.predict(pieces(), batch_size=4)
    assert told["val_loss"] == pytest.approx([model.evaluate(pieces(), ones, 4, 0)], rel=1e-5)


def test_stateful_models_need_equal_batches():
    model = stateful()
    for call in (
        lambda x: model.predict(x, batch_size=4),
        lambda x: model.fit(x, np.ones(len(x)), 4, verbose=0),
    ):
        with pytest.raises(ValueError, match="10 samples cannot be divided by batches of 4"):
            call(pieces()[:10])


# -- how steps are run -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 4, 100])
def test_steps_per_execution_changes_no_bit(count, monkeypatch):
    counts = []
    run = Dispatcher.run
    monkeypatch.setattr(
        Dispatcher,
        "run",
        lambda self, carry, batches, n, *rest: (
            counts.append(n) or run(self, carry, batches, n, *rest)
        ),
    )
    model, expected = network(steps_per_execution=count), network()
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    assert counts == {1: [None] * 12, 4: [4, 2, 4, 2], 100: [6, 6]}[count]
    expected.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    assert equal(model.get_weights(), expected.get_weights())
    with pytest.raises(ValueError, match="`steps_per_execution` is 0"):
        network(steps_per_execution=0)


def test_run_eagerly_lets_python_see_values():
    """Each time a layer is called, with numbers, not once with placeholders."""
    seen = []

    def look(x):
        seen.append(x)
        return x

    def make(**options):
        reset_names()
        model = Sequential([Conv2D(2, 3, input_shape=(5, 5, 1)), Flatten(), Lambda(look), Dense(1)])
        model.compile(SGD(0.1), "mse", metrics=["mae"], **options)
        return model

    x, y = RNG.random((8, 5, 5, 1)).astype("float32"), np.ones((8, 1))
    expected = make()
    expected.fit(x, y, batch_size=4, epochs=2, verbose=0, shuffle=False)
    model = make(run_eagerly=True)
    seen.clear()
    model.fit(x, y, batch_size=4, epochs=2, verbose=0, shuffle=False)
    assert len(seen) >= 4
    assert all(
        np.allclose(a, b, atol=1e-5)
        for a, b in zip(model.get_weights(), expected.get_weights(), strict=True)
    )
    seen.clear()
    found = model.predict(x, batch_size=4)
    assert len(seen) == 2 and not any(isinstance(value, jax.core.Tracer) for value in seen)
    assert np.allclose(found, expected.predict(x), atol=1e-5)
    evaluated, one = expected.evaluate(x, y, verbose=0), expected.train_on_batch(x, y)
    seen.clear()
    assert model.evaluate(x, y, verbose=0) == pytest.approx(evaluated, rel=1e-4)
    assert not any(isinstance(value, jax.core.Tracer) for value in seen)
    assert model.train_on_batch(x, y) == pytest.approx(one, rel=1e-4)
    assert len(seen) == 2


# -- single batches --------------------------------------------------------------------------------


def test_the_order_of_the_weights_of_single_batches():
    """Keras 2.0.4 has class_weight first in Sequential, sample_weight first in Model, and lets the
    latter count where both are given.
    """
    labels = np.eye(3)[np.arange(24) % 3]
    weights = {0: 1.0, 1: 2.0, 2: 0.0}
    reset_names()
    stack = Sequential([Dense(3, activation="softmax", input_shape=(4,), name="d")])
    x = Input((4,))
    model = Model(x, Dense(3, activation="softmax", name="d")(x))
    for each in (stack, model):
        each.compile("sgd", "categorical_crossentropy")
    stack.set_weights(model.get_weights())
    own = np.linspace(0, 1, 24)
    for first, second in (((weights,), (None, weights)), ((None, own), (own,))):
        assert stack.train_on_batch(X, labels, *first) == pytest.approx(
            model.train_on_batch(X, labels, *second), rel=1e-6
        )
        assert equal(stack.get_weights(), model.get_weights())
    with pytest.warns(UserWarning, match="sample_weight counts, class_weight does not"):
        both = stack.train_on_batch(X, labels, weights, own)
    assert both == pytest.approx(model.train_on_batch(X, labels, own), rel=1e-6)
