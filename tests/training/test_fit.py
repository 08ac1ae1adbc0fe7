"""fit and evaluate: what is trained, what is compiled and how often, and that the way of
dispatching changes no bit.
"""

import warnings

import flax.linen
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxcnn import config
from jaxcnn.callbacks import Callback
from jaxcnn.layers import (
    Activation,
    ActivityRegularization,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Lambda,
    Masking,
    MaxPooling2D,
)
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD, Adam
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.objective import Objective
from jaxcnn.training.state import from_variables
from jaxcnn.training.steps import train_step


class Hook(Callback):
    """Has a batch hook, so that the loop goes batch by batch."""

    def __init__(self):
        self.logs = []

    def on_batch_end(self, batch, logs=None):
        self.logs.append(dict(logs))


def mlp():
    reset_names()
    return Sequential(
        [
            Dense(8, activation="relu", input_shape=(4,)),
            BatchNormalization(),
            Dropout(0.3),
            Dense(3, activation="softmax"),
        ]
    )


def cnn():
    reset_names()
    return Sequential(
        [
            Conv2D(3, 3, activation="relu", input_shape=(6, 6, 1)),
            MaxPooling2D(),
            BatchNormalization(),
            Flatten(),
            Dropout(0.3),
            Dense(3, activation="softmax"),
        ]
    )


def plain():
    reset_names()
    return Sequential(
        [Dense(8, activation="relu", input_shape=(4,)), Dense(3, activation="softmax")]
    )


def compiled(model, optimizer=None, loss="categorical_crossentropy", **options):
    model.compile(optimizer or SGD(0.1, momentum=0.9), loss, **{"metrics": ["accuracy"], **options})
    return model


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def close(first, second, tolerance=1e-6):
    return all(np.allclose(a, b, atol=tolerance) for a, b in zip(first, second, strict=True))


# -- what it does ----------------------------------------------------------------------------------


def test_training_reduces_the_loss_and_history_tells(blobs):
    model = compiled(plain(), Adam(0.01))
    history = model.fit(*blobs, batch_size=16, epochs=12, verbose=0, validation_data=blobs)
    assert (
        history is model.history
        and history.epoch == list(range(12))
        and history.params["epochs"] == 12
    )
    assert list(history.history) == ["loss", "acc", "val_loss", "val_acc"]
    assert history.history["loss"][-1] < 0.8 * history.history["loss"][0]
    assert history.history["accuracy"] is history.history["acc"]
    assert all(isinstance(value, float) for values in history.history.values() for value in values)
    assert model.metrics_names == ["loss", "acc"]
    evaluated = model.evaluate(*blobs, verbose=0)
    assert evaluated == pytest.approx(
        [history.history[name][-1] for name in ("val_loss", "val_acc")], rel=1e-5
    )


def test_evaluate_is_the_mean_over_all_samples_whatever_the_batches(blobs):
    model = compiled(plain())
    loss, accuracy = model.evaluate(*blobs, batch_size=50, verbose=0)
    x, y = blobs
    probabilities = model.predict(x)
    assert loss == pytest.approx(-np.mean(np.sum(y * np.log(probabilities), 1)), rel=1e-5)
    assert accuracy == pytest.approx(np.mean(probabilities.argmax(1) == y.argmax(1)), rel=1e-6)
    for batch_size in (7, 64):
        assert model.evaluate(x, y, batch_size=batch_size, verbose=0) == pytest.approx(
            [loss, accuracy], rel=1e-5
        )
    assert compiled(plain(), metrics=None).evaluate(x, y, verbose=0) == pytest.approx(
        loss, rel=1e-5
    )


def test_nothing_is_printed_when_silent(blobs, capsys):
    model = compiled(plain())
    model.fit(*blobs, verbose=0, validation_split=0.2, epochs=2)
    model.evaluate(*blobs, verbose=0)
    model.predict(blobs[0])
    assert capsys.readouterr() == ("", "")


def test_the_bar_counts_samples(blobs, capsys):
    compiled(plain()).fit(*blobs, validation_split=0.2, epochs=2)
    out = capsys.readouterr().out
    assert out.startswith("Train on 40 samples, validate on 10 samples\nEpoch 1/2\n")
    assert out.count("40/40 [==============================]") == 2 and out.count("val_acc: ") == 2


def test_the_validation_split_is_the_last_part_taken_before_shuffling(blobs):
    x, y = blobs
    split, apart = compiled(plain()), compiled(plain())
    first = split.fit(x, y, batch_size=16, epochs=2, validation_split=0.3, verbose=0)
    second = apart.fit(
        x[:35], y[:35], batch_size=16, epochs=2, validation_data=(x[35:], y[35:]), verbose=0
    )
    assert first.history == second.history and equal(split.get_weights(), apart.get_weights())


def test_validation_data_with_weights(blobs):
    x, y = blobs
    weights = np.linspace(0, 2, 50)
    model = compiled(plain())
    history = model.fit(x, y, epochs=1, verbose=0, validation_data=(x, y, weights))
    assert history.history["val_loss"][0] == pytest.approx(
        model.evaluate(x, y, sample_weight=weights, verbose=0)[0]
    )


def test_initial_epoch_counts_the_epochs_already_done(blobs):
    history = compiled(plain()).fit(*blobs, initial_epoch=3, epochs=5, verbose=0)
    assert history.epoch == [3, 4]
    assert compiled(plain()).fit(*blobs, initial_epoch=5, epochs=5, verbose=0).epoch == []


def test_two_calls_are_one_long_run(blobs):
    once, twice = compiled(mlp()), compiled(mlp())
    once.fit(*blobs, batch_size=16, epochs=4, verbose=0)
    twice.fit(*blobs, batch_size=16, epochs=2, verbose=0)
    twice.fit(*blobs, batch_size=16, epochs=4, initial_epoch=2, verbose=0)
    assert equal(once.get_weights(), twice.get_weights())


def test_the_seed_decides_shuffling_and_dropout(blobs):
    def trained(seed):
        config.set_random_seed(0)
        model = compiled(mlp())
        before = model.get_weights()
        config.set_random_seed(seed)
        model.fit(*blobs, batch_size=16, epochs=2, verbose=0)
        return before, model.get_weights()

    (start, one), (_, again), (other_start, other) = trained(1), trained(1), trained(2)
    assert equal(one, again) and equal(start, other_start) and not equal(one, other)


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_shuffling(shuffle):
    """A step with learning rate 0 leaves the model alone, so that each batch's loss tells which
    samples were in it.
    """
    hook = Hook()
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,), weights=[np.ones((1, 1))])])
    model.compile(SGD(0.0), lambda y_true, y_pred: y_pred[:, 0])
    model.fit(
        np.arange(50.0),
        np.zeros(50),
        batch_size=10,
        epochs=2,
        shuffle=shuffle,
        callbacks=[hook],
        verbose=0,
    )
    means = [log["loss"] for log in hook.logs]
    in_order = [4.5 + 10 * i for i in range(5)]
    if shuffle is False:
        assert means == pytest.approx(in_order * 2)
    elif shuffle == "batch":
        assert sorted(means[:5]) == sorted(means[5:]) == pytest.approx(in_order)
        assert means[:5] != means[5:]
    else:
        assert sum(means[:5]) == pytest.approx(sum(in_order)) and sorted(
            means[:5]
        ) != pytest.approx(in_order)


@pytest.mark.parametrize(
    "optimizer",
    [
        optax.adamw(1e-2),
        optax.chain(
            optax.clip_by_global_norm(1.0),
            optax.sgd(optax.cosine_decay_schedule(0.1, 10), momentum=0.9),
        ),
        optax.inject_hyperparams(optax.lamb)(learning_rate=1e-2),
    ],
)
def test_any_optax_transformation_trains(blobs, optimizer):
    model = compiled(plain(), optimizer, metrics=None)
    history = model.fit(*blobs, batch_size=16, epochs=6, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


# -- weights of samples and classes ----------------------------------------------------------------


def linear(loss="mse", units=1, **options):
    reset_names()
    model = Sequential([Dense(units, input_shape=(4,))])
    model.compile(SGD(0.1), loss, **options)
    return model


def gradient_step(model, x, y, weights):
    """(kernel, bias) after one step of SGD(0.1) on the Keras 2 weighted mean of squared errors, in
    NumPy.
    """
    kernel, bias = model.get_weights()
    weights = np.asarray(weights, np.float64)[:, None]
    slope = 2 * weights * (x @ kernel + bias - y) / y.shape[1] / np.count_nonzero(weights)
    return kernel - 0.1 * x.T @ slope, bias - 0.1 * slope.sum(0)


def test_sample_weights(blobs):
    x, weights = blobs[0], np.arange(50) % 4.0
    y = x[:, :1] + 1
    model = linear()
    expected = gradient_step(model, x, y, weights)
    model.fit(x, y, epochs=1, batch_size=50, sample_weight=weights, verbose=0)
    assert close(model.get_weights(), expected)


def test_class_weights_and_sample_weights(blobs):
    x, y = blobs
    by_class = np.array([1.0, 0.0, 3.0])
    model = linear(units=3)
    expected = gradient_step(model, x, y, by_class[y.argmax(1)])
    model.fit(x, y, epochs=1, batch_size=50, class_weight=dict(enumerate(by_class)), verbose=0)
    assert close(model.get_weights(), expected)
    weights = np.arange(50) % 4.0
    expected = gradient_step(model, x, y, weights)
    with pytest.warns(UserWarning, match="sample_weight counts"):
        model.train_on_batch(x, y, sample_weight=weights, class_weight=dict(enumerate(by_class)))
    assert close(model.get_weights(), expected)


def test_weights_by_timestep(blobs):
    x = np.random.default_rng(0).normal(size=(6, 3, 4)).astype("float32")
    weights = np.random.default_rng(1).uniform(0, 2, (6, 3)).astype("float32") * (x[..., 0] > 0)
    y = np.ones((6, 3, 1))
    model = Sequential([Dense(1, input_shape=(3, 4))])
    model.compile("sgd", "mse", sample_weight_mode="temporal")
    errors = (model.predict(x)[..., 0] - 1) ** 2
    expected = np.sum(errors * weights) / np.count_nonzero(weights)
    assert model.evaluate(x, y, sample_weight=weights, verbose=0) == pytest.approx(
        expected, rel=1e-5
    )
    parts = [
        np.sum((errors * weights)[b]) / np.count_nonzero(weights[b])
        for b in (slice(0, 4), slice(4, 6))
    ]
    padded = model.evaluate(x, y, sample_weight=weights, batch_size=4, verbose=0)
    assert padded == pytest.approx(np.average(parts, weights=[4, 2]), rel=1e-5)


def test_masked_timesteps_do_not_count():
    x = np.random.default_rng(0).normal(size=(6, 3, 4)).astype("float32")
    x[0, 1:] = x[3, 0] = x[5] = 0
    model = masked()
    model.compile("sgd", "mse", metrics=["mae"])
    mask, errors = x.any(-1), model.predict(x)[..., 0] - 1
    loss, mae = model.evaluate(x, np.ones((6, 3, 1)), verbose=0)
    assert loss == pytest.approx(np.mean(errors[mask] ** 2), rel=1e-5)
    assert mae == pytest.approx(np.mean(np.abs(errors[mask])), rel=1e-5)


# -- what is reported ------------------------------------------------------------------------------


@pytest.mark.parametrize("by_batch", [False, True])
@pytest.mark.parametrize("steps", [None, 1, 2, 3])
def test_an_epoch_reports_the_mean_of_its_batches(by_batch, steps):
    """Not the loss of the last one: batches of 4, 4 and 2 samples with errors of 1, 2 and 3."""
    model = Sequential([Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(1,))])
    model.compile(SGD(1e-20), "mse", metrics=["mae"], steps_per_execution=steps)
    errors = np.repeat([1.0, 2.0, 3.0], [4, 4, 2])[:, None]
    hook = Hook()
    history = model.fit(
        np.ones((10, 1)),
        errors,
        batch_size=4,
        epochs=2,
        verbose=0,
        shuffle=False,
        callbacks=[hook] if by_batch else None,
    ).history
    assert history["loss"] == pytest.approx([3.8, 3.8], rel=1e-6)
    assert history["mean_absolute_error"] == pytest.approx([1.8, 1.8], rel=1e-6)
    if by_batch:
        assert [logs["loss"] for logs in hook.logs] == pytest.approx([1, 4, 9] * 2, rel=1e-6)


def warned_at(action, category, match):
    """The files that warnings like `match` point at while `action` runs."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    return [w.filename for w in caught if w.category is category and match in str(w.message)]


@pytest.mark.parametrize("kind", [Sequential, Model])
def test_warnings_point_at_the_line_of_the_user(kind):
    model = Sequential([Dense(1, input_shape=(2,))])
    if kind is Model:
        model = Model(model.inputs, model.outputs)
    x, y = np.ones((4, 2)), np.full((4, 1), np.nan)
    model.compile("sgd", "mse")

    def train(**settings):
        model.fit(x, y, epochs=1, verbose=0, **settings)

    assert warned_at(train, RuntimeWarning, "is nan; fit(nan='raise')") == [__file__]
    skipping = warned_at(lambda: train(nan="skip"), RuntimeWarning, "they were skipped")
    assert skipping == [__file__]
    model.layers[-1].trainable = False
    for action in (train, lambda: model.train_on_batch(x, y)):
        assert warned_at(action, UserWarning, "`trainable` has changed") == [__file__]
    two = Model(model.inputs, [model.outputs[0], Dense(1, name="second")(model.inputs[0])])
    absent = warned_at(
        lambda: two.compile("sgd", {"second": "mse"}), UserWarning, "names no loss for"
    )
    assert absent == [__file__]


# -- compilations ----------------------------------------------------------------------------------


def programs(dispatcher):
    """How many programs were compiled for single steps and for loops."""
    return dispatcher.single.compiled_count, dispatcher.many.compiled_count


@pytest.fixture
def compiled_since():
    """Begins to count what XLA compiles: a list that grows."""
    found = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, duration, **_: (
            found.append(event) if event.endswith("backend_compile_duration") else None
        )
    )
    yield found
    jax.monitoring.clear_event_listeners()


@pytest.mark.parametrize("make", [mlp, cnn])
@pytest.mark.parametrize("samples", [48, 50])
def test_one_program_trains_and_one_evaluates(blobs, make, samples, compiled_since):
    x, y = (a[:samples] for a in blobs)
    x = x if make is mlp else np.resize(x, (samples, 6, 6, 1))
    model = compiled(make())
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, validation_data=(x, y))
    for dispatcher in (model.functions.train.dispatcher, model.functions.evaluate):
        assert sum(programs(dispatcher)) == 1
    model.optimizer.lr = 0.5
    del compiled_since[:]
    model.fit(x, y, batch_size=16, epochs=3, verbose=0, validation_data=(x, y), shuffle="batch")
    model.evaluate(x, y, batch_size=16, verbose=0)
    assert compiled_since == []


def test_convolutions_of_xla_never_go_into_a_loop_on_the_cpu(monkeypatch):
    def loops(model, x):
        optimizer = SGD()
        step = train_step(model.module, "mse", optimizer)
        state = from_variables(model.variables, optimizer)
        targets = jnp.zeros((len(x), 3))
        return Dispatcher(lambda state, batch: step(state, batch)[0], donate=True).loops(
            state, (x, targets)
        )

    picture, row = jnp.ones((8, 6, 6, 1)), jnp.ones((8, 4))
    foreign = Sequential([Input((6, 6, 1)), flax.linen.Conv(2, (3, 3)), Flatten(), Dense(3)])
    nested = Sequential([foreign, Activation("softmax")])
    assert loops(mlp(), row)
    for accelerated in (False, True):
        monkeypatch.setattr(
            "jaxcnn.ops.onednn.accelerated", lambda accelerated=accelerated: accelerated
        )
        assert loops(cnn(), picture) and not loops(foreign, picture) and not loops(nested, picture)
    compiled(foreign, loss="mse").fit(picture, np.ones((8, 3)), epochs=1, batch_size=4, verbose=0)
    assert programs(foreign.functions.train.dispatcher) == (1, 0)


# -- the same bits by every way --------------------------------------------------------------------


@pytest.mark.parametrize("make", [mlp, cnn])
def test_chunks_steps_and_batch_hooks_give_the_same_bits(blobs, make, monkeypatch):
    x, y = blobs
    x = x if make is mlp else np.resize(x, (50, 6, 6, 1))

    def run(loops, callbacks=None):
        monkeypatch.setattr(Dispatcher, "loops", lambda self, *arguments: loops)
        model = compiled(make())
        history = model.fit(
            x, y, batch_size=16, epochs=3, verbose=0, callbacks=callbacks, validation_split=0.1
        )
        return model.get_weights(), history.history

    weights, history = run(True)
    hook = Hook()
    for loops, callbacks in ((False, None), (True, [hook])):
        others, other_history = run(loops, callbacks)
        assert equal(weights, others) and history == other_history
    assert [log["size"] for log in hook.logs] == [16, 16, 13] * 3
    assert list(hook.logs[0]) == ["batch", "size", "loss", "acc"]


def test_the_length_of_chunks_changes_nothing(blobs, monkeypatch):
    results = []
    for count in (1, 100):
        monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", count)
        model = compiled(mlp())
        results.append(
            (model.fit(*blobs, batch_size=4, epochs=3, verbose=0).history, model.get_weights())
        )
    assert results[0][0] == results[1][0] and equal(results[0][1], results[1][1])


def masked():
    reset_names()
    return Sequential([Masking(input_shape=(3, 4)), Dense(2), Activation("tanh"), Dense(1)])


def penalised():
    reset_names()
    dense = Dense(
        8, activation="relu", input_shape=(4,), activity_regularizer="l2", kernel_regularizer="l1"
    )
    return Sequential([dense, ActivityRegularization(l1=0.01), Dense(3, activation="softmax")])


@pytest.mark.parametrize("make", [mlp, penalised, masked])
def test_a_padded_short_batch_gives_the_update_of_an_unpadded_one(blobs, make, monkeypatch):
    x, y = blobs
    loss, weights = "categorical_crossentropy", np.linspace(0, 2, 50)
    if make is masked:
        x = np.random.default_rng(1).normal(size=(50, 3, 4)) * (
            np.random.default_rng(2).random((50, 3, 1)) > 0.4
        )
        y, loss, weights = np.ones((50, 3, 1)), "mse", None

    def run(pad):
        if not pad:
            monkeypatch.setattr(Objective, "exact_when_padded", lambda *arguments: False)
        model = compiled(make(), SGD(0.1), loss, metrics=["mae"])
        history = model.fit(x, y, batch_size=16, epochs=3, verbose=0, sample_weight=weights).history
        return {
            **history,
            "val": model.evaluate(x, y, batch_size=16, verbose=0),
        }, model.get_weights()

    history, weights_padded = run(True)
    other_history, weights_unpadded = run(False)
    assert close(weights_padded, weights_unpadded, 1e-5)
    for name, values in history.items():
        assert values == pytest.approx(other_history[name], rel=1e-4)


def dice(y_true, y_pred):
    """One number for the whole batch."""
    y_true = y_true.astype(y_pred.dtype)
    return 1 - 2 * jnp.sum(y_true * y_pred) / (jnp.sum(y_true) + jnp.sum(y_pred))


def dice_of(y, probabilities, size):
    batches = [slice(i, i + size) for i in range(0, len(y), size)]
    values = [
        1 - 2 * np.sum(y[b] * probabilities[b]) / (y[b].sum() + probabilities[b].sum())
        for b in batches
    ]
    return np.average(values, weights=[len(y[b]) for b in batches])


def test_losses_of_the_whole_batch_are_not_padded(blobs):
    x, y = blobs
    model = compiled(plain(), loss=dice, metrics=[dice])
    loss, metric = model.evaluate(x, y, batch_size=16, verbose=0)
    assert loss == pytest.approx(dice_of(y, model.predict(x), 16), rel=1e-5)
    assert metric == pytest.approx(loss, rel=1e-5)
    history = model.fit(x, y, batch_size=16, epochs=8, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_functions_that_mix_rows_are_not_padded(blobs):
    x, y = blobs
    picture = Input((4,))
    centred = Lambda(lambda v: v - jnp.mean(v, axis=0, keepdims=True))(picture)
    model = compiled(Model(picture, Dense(3, activation="softmax")(centred)))
    kernel, bias = model.get_weights()
    parts = [x[i : i + 16] - x[i : i + 16].mean(0) for i in range(0, 50, 16)]
    scores = np.concatenate(parts) @ kernel + bias
    probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    assert np.allclose(model.predict(x, batch_size=16), probabilities, atol=1e-5)
    loss = model.evaluate(x, y, batch_size=16, verbose=0)[0]
    assert loss == pytest.approx(-np.mean(np.sum(y * np.log(probabilities), 1)), rel=1e-4)


def test_data_shorter_than_a_batch(blobs):
    x, y = (a[:5] for a in blobs)
    small, exact = compiled(plain()), compiled(plain())
    small.fit(x, y, epochs=1, batch_size=32, verbose=0, shuffle=False)
    exact.train_on_batch(x, y)
    assert close(small.get_weights(), exact.get_weights(), 1e-7)


def test_models_do_not_outlive_their_last_reference(blobs):
    import gc
    import weakref

    model = compiled(plain())
    model.fit(*blobs, epochs=1, verbose=0)
    model.predict(blobs[0])
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_arrays_of_jax_are_data(blobs):
    model = compiled(plain())
    model.fit(*map(jnp.asarray, blobs), epochs=1, verbose=0)
    assert isinstance(model.predict(jnp.asarray(blobs[0])), np.ndarray)
    assert jax.tree.all(jax.tree.map(lambda a: isinstance(a, jax.Array), model.variables))
