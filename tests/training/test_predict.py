"""predict, and training, testing and predicting single batches."""

import gc
import resource

import jax
import numpy as np
import pytest

from jaxcnn.layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, Lambda
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.training.predict import predict_function

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = RNG.normal(size=(50, 2)).astype("float32")


def network():
    return Sequential(
        [
            Dense(5, activation="relu", input_shape=(4,)),
            BatchNormalization(),
            Dropout(0.5),
            Dense(2),
        ]
    )


def test_predict_needs_no_compile_and_equals_the_pure_function():
    model = network()
    assert np.array_equal(
        model.predict(X, batch_size=50), jax.jit(model.module.apply)(model.variables, X)
    )


@pytest.mark.parametrize("batch_size", [1, 7, 32, 50, 64, None])
def test_any_batch_size_gives_the_same(batch_size):
    model = network()
    expected = model.module.apply(model.variables, X)
    found = model.predict(X, batch_size=batch_size)
    assert (
        found.shape == (50, 2)
        and found.dtype == np.float32
        and np.allclose(found, expected, atol=1e-6)
    )


def test_a_remainder_of_a_convolution():
    model = Sequential([Conv2D(2, 3, input_shape=(5, 5, 1)), Flatten()])
    x = RNG.normal(size=(11, 5, 5, 1))
    assert np.allclose(model.predict(x, batch_size=4), model.predict(x, batch_size=11), atol=1e-6)


def test_several_outputs_are_a_list():
    x = Input((4,))
    model = Model(x, [Dense(2)(x), Dense(3)(x)])
    found = model.predict(X, batch_size=16)
    assert isinstance(found, list) and [a.shape for a in found] == [(50, 2), (50, 3)]
    assert isinstance(model.predict_on_batch(X), list)


def test_few_samples_share_their_programs():
    model = network()
    expected = model.predict(X)
    for count in [*range(1, 33), 40, 50]:
        assert np.allclose(model.predict(X[:count]), expected[:count], atol=1e-6)
    assert (
        predict_function(model, model.program).compiled_count == 6
    )  # of 1, 2, 4, 8, 16 and 32 samples


def test_compiling_keeps_the_programs_of_predict():
    model = network()
    model.predict(X)
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=1, verbose=0)
    model.compile("adam", "mse")
    model.predict(X)
    assert predict_function(model, model.program).compiled_count == 1


def test_models_that_mix_rows_get_the_batch_as_it_is():
    model = Sequential([Lambda(lambda v: v - v[:1], input_shape=(4,))])
    for count in (1, 3, 5):
        assert np.allclose(model.predict(X[:count]), X[:count] - X[:1], atol=1e-6)


def test_predict_sees_new_weights():
    model = Sequential([Dense(2, input_shape=(4,), use_bias=False)])
    model.predict(X)
    model.set_weights([np.ones((4, 2))])
    assert np.allclose(model.predict(X), X.sum(1, keepdims=True).repeat(2, 1), atol=1e-5)


def test_the_bar_of_predict(capsys):
    network().predict(X, verbose=1)
    assert capsys.readouterr().out.endswith("\n")


def test_predict_does_not_accept_nothing():
    with pytest.raises(ValueError, match="empty"):
        network().predict(X[:0])


def test_memory_stays_flat_over_many_predictions():
    model = network()
    for _ in range(20):
        model.predict(X[:3])
    gc.collect()
    before, live = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(jax.live_arrays())
    for _ in range(1000):
        model.predict(X[:3])
    gc.collect()
    assert len(jax.live_arrays()) <= live
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # KiB


# -- single batches --------------------------------------------------------------------------------


def test_train_on_batch_is_one_step_of_fit():
    one, many = (
        Sequential([Dense(2, input_shape=(4,), name="d")]),
        Sequential([Dense(2, input_shape=(4,), name="d")]),
    )
    for model in (one, many):
        model.compile("adam", "mse", metrics=["mae"])
    history = many.fit(X, Y, batch_size=50, shuffle=False, epochs=3, verbose=0).history
    logs = [one.train_on_batch(X, Y) for _ in range(3)]
    assert np.allclose([log[0] for log in logs], history["loss"], rtol=1e-6)
    assert np.allclose([log[1] for log in logs], history["mean_absolute_error"], rtol=1e-6)
    assert all(
        np.allclose(a, b, atol=1e-7)
        for a, b in zip(one.get_weights(), many.get_weights(), strict=True)
    )
    many.fit(X, Y, epochs=1, batch_size=50, verbose=0)
    one.train_on_batch(X, Y)
    assert all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(one.get_weights(), many.get_weights(), strict=True)
    )


def test_train_on_batch_compiles_once():
    model = network()
    model.compile("adam", "mse")
    for _ in range(4):
        model.train_on_batch(X[:8], Y[:8])
        model.optimizer.lr = 0.01
    assert model.functions.train._logged.compiled_count == 1


def test_the_dropout_of_each_batch_is_another():
    model = Sequential([Dropout(0.5, input_shape=(4,)), Dense(2)])
    model.compile(SGD(0.0), "mse")
    assert model.train_on_batch(X, Y) != model.train_on_batch(X, Y)


def test_results_of_single_batches():
    model = network()
    model.compile("sgd", "mse")
    loss = model.test_on_batch(X, Y)
    assert isinstance(loss, float) and loss == pytest.approx(
        model.evaluate(X, Y, batch_size=50, verbose=0), rel=1e-6
    )
    assert isinstance(model.train_on_batch(X, Y), float)
    model.compile("sgd", "mse", metrics=["mae", "mse"])
    assert len(model.test_on_batch(X, Y)) == len(model.train_on_batch(X, Y)) == 3
    weights = np.linspace(0, 1, 50)
    expected = np.sum(weights * np.mean((model.predict(X) - Y) ** 2, 1)) / np.count_nonzero(weights)
    assert model.test_on_batch(X, Y, sample_weight=weights)[0] == pytest.approx(expected, rel=1e-5)


def test_predict_on_batch():
    model = network()
    assert np.allclose(model.predict_on_batch(X[:13]), model.predict(X)[:13], atol=1e-6)
    assert predict_function(model, model.program).compiled_count == 2


def test_predict_carries_the_states_of_recurrent_layers_on():
    x = np.random.default_rng(0).random((2, 6, 4)).astype("float32")
    whole = Sequential([LSTM(3, input_shape=(6, 4))])
    model = Sequential([LSTM(3, stateful=True, batch_input_shape=(2, None, 4))])
    model.set_weights(whole.get_weights())
    model.predict(x[:, :2])
    np.testing.assert_allclose(model.predict(x[:, 2:]), whole.predict(x), rtol=1e-5, atol=1e-6)
    model.reset_states()
    batches = np.concatenate([x[:, :3], x[:, 3:]])
    np.testing.assert_allclose(
        model.predict(batches, batch_size=2)[2:], whole.predict(x), rtol=1e-5, atol=1e-6
    )


def test_batch_statistics_are_those_of_the_batch_alone():
    x = Input((3,))
    model = Model(x, BatchNormalization(epsilon=1e-6)(x, training=True))
    rows = np.random.RandomState(0).normal(5, 10, (20, 3))
    assert np.allclose(model.predict(rows).mean(axis=0), 0, atol=1e-5)


def eagerly_called(model, x):
    return model.module.apply(model.variables, x)


@pytest.mark.parametrize("kind", [np.asarray, jax.numpy.asarray])
def test_a_call_on_arrays_runs_the_program_of_predict(kind):
    model = network()
    for size in (1, 3):
        x = kind(X[:size])
        np.testing.assert_allclose(model(x), eagerly_called(model, x), rtol=1e-5, atol=1e-6)
    step = predict_function(model, model.program)
    assert step.compiled_count == 2  # one a size
    model(kind(X[:3]))
    assert step.compiled_count == 2
    assert np.array_equal(model(X[:3]), model.predict(X[:3], batch_size=3))


def test_a_call_follows_new_weights_and_layers():
    model = network()
    before = model(X)
    model.set_weights([2 * w for w in model.get_weights()])
    np.testing.assert_allclose(model(X), eagerly_called(model, X), rtol=1e-5, atol=1e-6)
    assert not np.allclose(model(X), before)
    model.add(Dense(1))
    assert model(X).shape == (50, 1)
    model.layers[0].name = "renamed"
    assert model(X).shape == (50, 1)


def test_a_call_moves_the_states_of_stateful_layers():
    model = Sequential([LSTM(3, stateful=True, batch_input_shape=(2, 4, 3))])
    x = RNG.normal(size=(2, 4, 3)).astype("float32")
    first, second = model(x), model(x)
    assert not np.allclose(first, second)
    model.reset_states()
    assert np.array_equal(model(x), first)


def test_a_call_can_be_differentiated_and_compiled_around():
    model = network()
    gradient = jax.grad(lambda x: model(x).sum())(X)
    expected = jax.grad(lambda x: model.module.apply(model.variables, x).sum())(X)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)
    whole = jax.jit(lambda x: model(x) + model(X[:1]))(X)
    np.testing.assert_allclose(whole, model(X) + model(X[:1]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("where", ["activation", "Lambda"])
def test_functions_that_users_wrote_see_arrays_in_a_call(where):
    seen = []

    def doubled(x):
        if not isinstance(x, jax.core.Tracer):
            seen.append(float(x.sum()))
        return 2 * x

    last = Dense(2, activation=doubled) if where == "activation" else Lambda(doubled)
    model = Sequential([Dense(2, input_shape=(4,)), last])
    model(X)
    model(X)
    assert len(seen) == 2


def test_how_a_network_pads_and_draws_is_found_once():
    topology = network().module.topology
    assert topology.of_library and topology.pads_in_inference and not topology.draws_anyway
    assert {"of_library", "pads_in_inference", "draws_anyway"} <= vars(topology).keys()


@pytest.mark.parametrize("samples", [3, 5])
def test_few_samples_of_a_stateful_model_are_a_batch_of_that_size(samples):
    model = Sequential([LSTM(2, stateful=True, batch_input_shape=(samples, 4, 2))])
    x = np.ones((samples, 4, 2))
    first, second = model.predict(x), model.predict(x)
    assert first.shape == (samples, 2) and abs(second - first).max() > 0
