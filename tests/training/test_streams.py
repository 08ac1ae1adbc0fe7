"""Training from what gives batches by itself: every form, their order, workers, and what can go
wrong.
"""

import multiprocessing
import os
import signal
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from jaxcnn.callbacks import Callback
from jaxcnn.layers import Dense, Input
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.training.input import workers
from jaxcnn.training.input.stream_feed import positioned
from jaxcnn.training.input.workers import WorkerError
from jaxcnn.utils import Sequence

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4)).astype("float32")
Y = RNG.normal(size=(24, 1)).astype("float32")


def network(**options):
    reset_names()
    model = Sequential([Dense(5, activation="tanh", input_shape=(4,)), Dense(1)])
    model.compile(SGD(0.1, momentum=0.9), "mse", **options)
    return model


def batches(size=4, x=X, y=Y):
    return [(x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]


def endless(size=4):
    while True:
        yield from batches(size)


class Batches(Sequence):
    """The batches of X and Y, with a record of what was asked for."""

    def __init__(self, size=4):
        self.size, self.asked, self.ends, self.threads = size, [], 0, set()

    def __len__(self):
        return -(-len(X) // self.size)

    def __getitem__(self, index):
        self.asked.append(index)
        self.threads.add(threading.current_thread().name)
        part = slice(index * self.size, (index + 1) * self.size)
        return X[part], Y[part]

    def on_epoch_end(self):
        self.ends += 1


class Examples:
    """A source of single examples."""

    def __len__(self):
        return len(X)

    def __getitem__(self, index):
        return X[index], Y[index]


class Loader:
    """An iterable that is begun anew for each pass."""

    def __init__(self, limit=6):
        self.limit, self.passes = limit, 0

    def __iter__(self):
        self.passes += 1
        return iter(batches()[: self.limit])


def trained(data, epochs=2, **options):
    model = network()
    history = model.fit(data, epochs=epochs, verbose=0, **options)
    return model.get_weights(), history


def from_arrays(epochs=2, **options):
    model = network()
    history = model.fit(
        X, Y, epochs=epochs, verbose=0, **{"batch_size": 4, "shuffle": False, **options}
    )
    return model.get_weights(), history


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def check_usable(model):
    count = int(model.opt_state.count)
    model.fit(X, Y, epochs=1, batch_size=4, verbose=0)
    assert int(model.opt_state.count) == count + 6 and np.all(np.isfinite(model.get_weights()[0]))


def own_threads():
    return {thread for thread in threading.enumerate() if thread.name.startswith("jaxcnn")}


@pytest.fixture(autouse=True)
def everything_is_shut_down():
    before = own_threads()  # of tests of threads that do not end
    yield
    deadline = time.monotonic() + 5
    while own_threads() - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not own_threads() - before


# -- forms: all give the bits of arrays ------------------------------------------------------------


FORMS = {
    "generator": (lambda: endless(), {"steps_per_epoch": 6}),
    "generator in this thread": (lambda: endless(), {"steps_per_epoch": 6, "workers": 0}),
    "short queue": (lambda: endless(), {"steps_per_epoch": 6, "max_queue_size": 1}),
    "sequence": (Batches, {"shuffle": False}),
    "sequence in threads": (Batches, {"shuffle": False, "workers": 3}),
    "iterable": (Loader, {}),
    "iterable of known steps": (Loader, {"steps_per_epoch": 6}),
    "examples": (Examples, {"shuffle": False, "batch_size": 4}),
    "examples in threads": (Examples, {"shuffle": False, "batch_size": 4, "workers": 2}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_what_arrays_give(form):
    make, options = FORMS[form]
    weights, history = trained(make(), **options)
    expected, told = from_arrays()
    assert equal(weights, expected) and history.history == told.history


def test_shuffled_examples_are_shuffled_arrays():
    weights, _ = trained(Examples(), batch_size=4)
    assert equal(weights, from_arrays(shuffle=True)[0])


@pytest.mark.parametrize("hooks", [False, True])
def test_short_batches_and_batch_hooks(hooks):
    sizes = []

    class Hook(Callback):
        def on_batch_end(self, batch, logs=None):
            sizes.append((batch, logs["size"]))

    weights, _ = trained(Batches(size=7), shuffle=False, callbacks=[Hook()] if hooks else [])
    expected, _ = from_arrays(batch_size=7, callbacks=[Hook()])
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(weights, expected, strict=True))
    assert sizes[:4] == [(0, 7), (1, 7), (2, 7), (3, 3)]


@pytest.mark.parametrize("steps", [4, 6, 9])
def test_an_epoch_may_be_any_part_of_the_passes(steps):
    """Twelve batches in a row, however they are cut into epochs."""
    data, loader = Batches(), Loader()
    weights, _ = trained(data, epochs=12 // steps + 1, steps_per_epoch=steps, shuffle=False)
    pulled = steps * (12 // steps + 1)
    model = network()
    for x, y in (batches() * 4)[:pulled]:
        model.train_on_batch(x, y)
    assert all(
        np.allclose(a, b, atol=1e-6) for a, b in zip(weights, model.get_weights(), strict=True)
    )
    assert equal(weights, trained(loader, epochs=12 // steps + 1, steps_per_epoch=steps)[0])
    assert data.ends == pulled // 6


def test_a_validation_makes_no_batch_that_it_does_not_use():
    data = Batches()
    network().fit(X, Y, epochs=2, verbose=0, validation_data=data, validation_steps=2)
    assert data.asked == [0, 1, 0, 1]


def test_dicts_lists_weights_and_classes():
    reset_names()
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model([a, b], [Dense(1, name="p")(a), Dense(1, name="q")(b)])
    model.compile("sgd", "mse", metrics={"q": "mae"})

    def generator():
        while True:
            yield {"a": X[:8], "b": X[8:16]}, {"p": Y[:8], "q": Y[8:16]}, {"q": np.ones(8)}
            yield [X[:8], X[8:16]], [Y[:8], Y[8:16]]

    history = model.fit_generator(generator(), 4, epochs=2, verbose=0, class_weight=None)
    assert len(history.history["q_mean_absolute_error"]) == 2
    found = model.predict_generator(({"a": X, "b": X} for _ in iter(int, 1)), 2)
    assert [part.shape for part in found] == [(48, 1), (48, 1)]


def test_class_weights_of_generators():
    labels = np.eye(3)[np.arange(24) % 3]
    reset_names()
    models = [
        Sequential([Dense(3, activation="softmax", input_shape=(4,), name="d")]) for _ in range(2)
    ]
    for model in models:
        model.compile("sgd", "categorical_crossentropy")
    weights = {0: 1.0, 1: 0.0, 2: 5.0}
    models[0].fit(
        X, labels, epochs=1, batch_size=24, class_weight=weights, shuffle=False, verbose=0
    )
    models[1].fit_generator(iter([(X, labels)]), 1, class_weight=weights, verbose=0)
    assert equal(models[0].get_weights(), models[1].get_weights())


def test_a_model_without_a_shape_is_built_by_the_first_batch():
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    model.fit_generator(endless(), 3, verbose=0)
    assert model.input_shape == (None, 4)
    model = Sequential([Dense(1)])
    assert model.predict_generator(endless(), 2).shape == (8, 1)


def test_the_buffer_of_a_generator_may_be_used_again():
    def reusing():
        x, y = np.empty((4, 4), "float32"), np.empty((4, 1), "float32")
        while True:
            for a, b in batches():
                x[...], y[...] = a, b
                yield x, y

    assert equal(trained(reusing(), steps_per_epoch=6)[0], from_arrays()[0])


# -- evaluate and predict --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [endless, Batches, Loader, Examples])
def test_evaluate_and_predict(make):
    model = network(metrics=["mae"])
    steps = 6 if make is endless else None
    assert model.evaluate(make(), steps=steps, verbose=0) == pytest.approx(
        model.evaluate(X, Y, verbose=0), rel=1e-5
    )
    assert np.allclose(model.predict(make(), steps=steps), model.predict(X), atol=1e-6)


def test_generator_methods_by_their_old_and_new_names():
    model = network()
    loss = model.evaluate(X, Y, verbose=0)
    assert model.evaluate_generator(endless(), 6, 3, 1, False) == pytest.approx(loss, rel=1e-5)
    assert model.evaluate_generator(endless(5), 5, max_queue_size=2) == pytest.approx(
        loss, rel=1e-5
    )
    inputs = (x for x, _ in batches())
    assert np.allclose(
        model.predict_generator(inputs, 6, max_q_size=1), model.predict(X), atol=1e-6
    )
    with pytest.raises(ValueError, match="same argument"):
        model.fit_generator(endless(), 6, max_q_size=3, max_queue_size=4)
    with pytest.raises(TypeError, match="Arrays go to fit"):
        model.fit_generator((X, Y), 6)


@pytest.mark.parametrize("validation", ["arrays", "generator", "sequence", "iterable"])
def test_validation_data_of_every_form(validation):
    data = {"arrays": (X, Y), "generator": endless(), "sequence": Batches(), "iterable": Loader()}[
        validation
    ]
    steps = 6 if validation == "generator" else None
    model, expected = network(), network()
    found = model.fit_generator(Batches(), epochs=3, verbose=0, shuffle=False, validation_data=data,
                                validation_steps=steps).history  # fmt: skip
    told = expected.fit(X, Y, 4, 3, 0, shuffle=False, validation_data=(X, Y)).history
    assert found["val_loss"] == pytest.approx(told["val_loss"], rel=1e-5)


@pytest.mark.parametrize(("frequency", "expected"), [(1, 4), (2, 2), ([1, 4], 2), ([9], 0)])
def test_validation_of_some_epochs(frequency, expected):
    history = (
        network()
        .fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=frequency)
        .history
    )
    assert len(history.get("val_loss", [])) == expected and len(history["loss"]) == 4


def test_steps_of_arrays():
    hook = type(
        "Count",
        (Callback,),
        {"seen": 0, "on_batch_end": lambda self, b, logs: setattr(self, "seen", b + 1)},
    )()
    model = network()
    model.fit(X, Y, epochs=1, batch_size=4, steps_per_epoch=3, callbacks=[hook], verbose=0)
    assert hook.seen == 3
    assert model.evaluate(X, Y, batch_size=8, steps=2, verbose=0) == pytest.approx(
        model.evaluate(X[:16], Y[:16], verbose=0), rel=1e-5
    )
    assert model.predict(X, batch_size=8, steps=1).shape == (8, 1)
    with pytest.raises(ValueError, match="6 batches of 4; 7 steps"):
        model.fit(X, Y, epochs=1, batch_size=4, steps_per_epoch=7)


def test_the_bar_counts_steps_where_samples_are_not_known(capsys):
    network().fit_generator(endless(), 6)
    network().fit(Loader(), epochs=1)
    network().fit(Examples(), epochs=1, batch_size=4)
    out = capsys.readouterr().out
    assert "6/6 [====" in out and "24/24 [====" in out


# -- Sequences -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_batch_once_an_epoch_in_an_order_of_the_seed(count):
    data = Batches()
    trained(data, epochs=2, workers=count)
    if count < 2:
        assert (
            sorted(data.asked[:6]) == sorted(data.asked[6:]) == list(range(6))
            and data.asked[:6] != data.asked[6:]
        )
    assert sorted(data.asked) == sorted([*range(6), *range(6)]) and data.ends == 2
    assert equal(trained(Batches(), workers=count)[0], trained(Batches())[0])


def test_threads_share_the_work():
    class Slow(Batches):
        def __getitem__(self, index):
            time.sleep(0.02)
            return super().__getitem__(index)

    data = Slow()
    trained(data, workers=3)
    assert len({name for name in data.threads if "worker" in name}) == 3


def test_the_end_of_an_epoch_is_told_when_its_last_batch_was_used():
    """So that a Sequence may look at the model; and before callbacks and the next epoch."""
    events = []

    class Told(Batches):
        def __getitem__(self, index):
            events.append("pull")
            return super().__getitem__(index)

        def on_epoch_end(self):
            events.append(f"end after {int(model.opt_state.count)}")

    class Log(Callback):
        def on_epoch_end(self, epoch, logs=None):
            events.append("callback")

    model = network()
    model.fit(Told(), epochs=2, verbose=0, callbacks=[Log()])
    assert events == [
        *(["pull"] * 6),
        "end after 6",
        "callback",
        *(["pull"] * 6),
        "end after 12",
        "callback",
    ]


def test_a_sequence_must_have_its_methods():
    with pytest.raises(NotImplementedError, match="__len__"):
        network().fit(type("Bare", (Sequence,), {})())


def test_a_resumed_run_goes_on_in_the_same_order(tmp_path):
    class Stop(Callback):
        def on_batch_end(self, batch, logs=None):
            if int(self.model.opt_state.count) == 8:
                raise KeyboardInterrupt

    expected = trained(Batches(), epochs=3)[0]
    options = {"epochs": 3, "verbose": 0, "checkpoint_dir": tmp_path, "checkpoint_every": 2}
    with pytest.raises(KeyboardInterrupt):
        network().fit(Batches(), callbacks=[Stop()], **options)
    model = network()
    model.fit(Batches(), **options)
    assert equal(model.get_weights(), expected)


# -- how far ahead ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queue", "count", "make"), [(1, 1, "generator"), (3, 1, "generator"), (2, 3, "sequence")]
)
def test_no_more_is_pulled_ahead_than_the_queue_and_the_workers_hold(queue, count, make):
    """U9: how many batches were pulled when one is trained."""
    pulled, ahead = [], []

    def counting():
        for batch in endless():
            pulled.append(1)
            yield batch

    class Counting(Batches):
        def __getitem__(self, index):
            pulled.append(1)
            return super().__getitem__(index)

    class Look(Callback):
        def on_batch_begin(self, batch, logs=None):
            time.sleep(0.05)  # enough for everybody to pull what may be pulled
            ahead.append(len(pulled) - self.done - 1)

        def on_batch_end(self, batch, logs=None):
            self.done += 1

    look = Look()
    look.done = 0
    network().fit_generator(
        counting() if make == "generator" else Counting(2),
        10,
        epochs=1,
        verbose=0,
        callbacks=[look],
        max_queue_size=queue,
        workers=count,
    )
    assert max(ahead) == queue + count


def test_a_slow_generator_pulls_while_the_model_trains():
    class Slow(Callback):
        def on_batch_begin(self, batch, logs=None):
            time.sleep(0.05)

    def slow():
        for batch in endless():
            time.sleep(0.05)
            yield batch

    model = network()
    model.fit_generator(endless(), 1, verbose=0, callbacks=[Slow()])
    began = time.monotonic()
    model.fit_generator(slow(), 10, verbose=0, callbacks=[Slow()])
    assert time.monotonic() - began < 0.9  # not 1.0


# -- processes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Batches, Examples])
def test_processes(make):
    options = {"shuffle": False, "workers": 2, "use_multiprocessing": True}
    if make is Examples:
        options["batch_size"] = 4
    assert equal(trained(make(), **options)[0], from_arrays()[0])


def test_each_process_walks_through_a_generator_of_its_own():
    model = network()
    found = model.predict_generator(endless(), 2, workers=1, pickle_safe=True)
    assert np.allclose(found, model.predict(X[:8]), atol=1e-6)
    with pytest.warns(UserWarning, match="Each of the 2 processes walks through a copy"):
        model.fit(endless(), epochs=1, steps_per_epoch=2, verbose=0, workers=2,
                  use_multiprocessing=True)  # fmt: skip


def test_processes_have_random_numbers_of_their_own():
    class Random(Batches):
        def __getitem__(self, index):
            return np.random.rand(1, 4)

    model = Sequential([Dense(1, input_shape=(4,))])
    found = model.predict(Random(), workers=2, use_multiprocessing=True)
    assert len(np.unique(found)) == 6
    assert np.array_equal(found, model.predict(Random(), workers=2, use_multiprocessing=True))


def test_the_traceback_of_a_worker_process():
    class Failing(Batches):
        def __getitem__(self, index):
            if index == 3:
                raise OSError("picture 3 is broken")
            return super().__getitem__(index)

    with pytest.raises(OSError, match="picture 3 is broken") as caught:
        trained(Failing(), shuffle=False, workers=2, use_multiprocessing=True)
    assert "__getitem__" in str(caught.value.__cause__) and "test_streams" in str(
        caught.value.__cause__
    )


def test_a_worker_process_that_dies():
    class Dying(Batches):
        def __getitem__(self, index):
            if index == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__getitem__(index)

    model = network()
    with pytest.raises(workers.WorkerError, match="exit code -9"):
        model.fit(Dying(), epochs=1, shuffle=False, verbose=0, workers=2, use_multiprocessing=True)
    assert np.all(np.isfinite(model.get_weights()[0]))


def test_what_cannot_be_sent_back():
    class Odd(Batches):
        def __getitem__(self, index):
            return lambda: None

    with pytest.raises(RuntimeError, match="cannot be sent"):
        trained(Odd(), workers=1, use_multiprocessing=True)


# -- faults ----------------------------------------------------------------------------------------


def weights_after(model, count):
    other = network()
    for x, y in (batches() * 3)[:count]:
        other.train_on_batch(x, y)
    return all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(model.get_weights(), other.get_weights(), strict=True)
    )


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_generator_that_raises(error):
    def failing():
        yield from batches()[:5]
        raise error("on purpose")

    model = network()
    with pytest.raises(error, match="on purpose") as caught:
        model.fit_generator(failing(), 10, verbose=0)
    assert any(entry.name == "failing" for entry in caught.traceback)
    assert weights_after(model, 5)
    model.fit(X, Y, epochs=1, verbose=0)


def test_a_generator_that_ends_early():
    model = network()
    with pytest.raises(
        ValueError, match=r"ended after 6 batches, 2 of 4 in this epoch.*while True"
    ):
        model.fit_generator(iter(batches()), 4, epochs=2, verbose=0)
    assert weights_after(model, 6)
    with pytest.raises(ValueError, match="ended after 6 batches, 6 of 7"):
        model.evaluate_generator(iter(batches()), 7)
    with pytest.raises(ValueError, match="ended after 6 batches, 6 of 7"):
        model.predict_generator(iter(batches()), 7)


@pytest.mark.parametrize(
    "data", [[], Loader(0), Batches(0)], ids=["generator", "iterable", "sequence"]
)
def test_no_data(data):
    if isinstance(data, Batches):
        data = type("Empty", (Batches,), {"__len__": lambda self: 0})()
    data = iter(data) if data == [] else data
    with pytest.raises(ValueError, match="empty"):
        network().fit(data, epochs=1, verbose=0, steps_per_epoch=3)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (
            (X[:4, :3], Y[:4]),
            r"Batch 2 of the data: Error when .*with shape \(4, 3\)",
        ),
        (
            (X[:4], Y[:3]),
            "Batch 2 of the data: Input arrays .* 4 input .* 3 target samples",
        ),
        ((X[:4], Y[:4], np.ones(3)), "Batch 2 of the data: Found a sample_weight array"),
        (X[:4], r"Batch 2 of the data: Output of generator should be a tuple `\(x, y,.*ndarray"),
        ((X[:4], Y[:4], 1, 2), "Batch 2 of the data: .* Found: a tuple of 4"),
        (None, "Batch 2 of the data: .* Found: a NoneType"),
        ((X[:0], Y[:0]), "Batch 2 of the data: The data is empty"),
        ((np.array(["a"] * 4), Y[:4]), "Batch 2 of the data: Input .* dtype"),
    ],
)
def test_a_second_batch_that_does_not_fit(second, message):
    model = network()
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit_generator(iter([(X[:4], Y[:4]), second]), 2, verbose=0)
    assert weights_after(model, 1)


@pytest.mark.parametrize("processes", [False, True])
def test_a_first_batch_that_does_not_fit_leaves_no_workers_behind(processes):
    class Wrong(Batches):
        def __getitem__(self, index):
            return X[:4, :2], Y[:4]

    with pytest.raises(ValueError, match="Batch 1 of the data: Error when checking input"):
        trained(Wrong(), workers=2, use_multiprocessing=processes)
    assert not multiprocessing.active_children()


def test_weights_by_timestep_from_a_generator():
    x, y = RNG.normal(size=(6, 3, 4)).astype("float32"), np.ones((6, 3, 1))
    weights = np.array([[1.0, 0.0, 2.0]] * 6)
    model = Sequential([Dense(1, input_shape=(3, 4))])
    model.compile("sgd", "mse", sample_weight_mode="temporal", weighted_metrics=["mae"])
    expected = model.evaluate(x, y, sample_weight=weights, verbose=0)
    assert model.evaluate_generator(iter([(x, y, weights)]), 1) == pytest.approx(expected, rel=1e-6)
    history = model.fit_generator(iter([(x, y, weights)]), 1, verbose=0).history
    assert history["loss"] == pytest.approx(expected[:1], rel=1e-5)


@pytest.mark.parametrize("nan", ["warn", "raise"])
def test_nan_in_a_batch(nan):
    bad = np.full_like(X[:4], np.nan)
    data = [*batches()[:2], (bad, Y[:4]), *batches()[:3]]
    model = network()
    if nan == "raise":
        with pytest.raises(
            FloatingPointError, match=r"step 3 of its epoch\): the input 'dense_1_input'"
        ):
            model.fit(iter(data), epochs=1, steps_per_epoch=6, verbose=0, nan=nan)
        assert weights_after(model, 2)
    else:
        with pytest.warns(RuntimeWarning, match="loss of epoch 1 is nan"):
            model.fit(iter(data), epochs=1, steps_per_epoch=6, verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"y": Y}, "`y` does not go with a generator as `x`: it gives them itself"),
        ({"sample_weight": np.ones(24)}, "`sample_weight` does not go.*it gives them itself"),
        ({"validation_split": 0.5}, "`validation_split` does not go"),
        ({"batch_size": 8}, "`batch_size` is 8, but a generator gives whole batches"),
        ({"steps_per_epoch": None}, "has no length"),
        ({"steps_per_epoch": 0}, "positive integer"),
        ({"max_queue_size": 0}, "`max_queue_size` is 0"),
        ({"workers": -1}, "`workers` is -1"),
        ({"workers": 0, "use_multiprocessing": True}, "processes need at least 1"),
        ({"validation_freq": 0}, "`validation_freq` is 0"),
        ({"validation_data": endless()}, "has no length"),
    ],
)
def test_arguments_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        network().fit(endless(), verbose=0, **{"steps_per_epoch": 2, **options})


def test_ctrl_c_while_a_generator_stalls():
    """One press is enough, although no step is being taken."""
    release = threading.Event()

    def stalling():
        yield from batches()[:3]
        os.kill(os.getpid(), signal.SIGINT)
        release.wait(20)

    model = network()
    model.train_on_batch(X[:4], Y[:4])
    began = time.monotonic()
    threading.Timer(1.5, release.set).start()  # for the thread to end
    with pytest.raises(KeyboardInterrupt):
        model.fit_generator(stalling(), 10, verbose=0)
    assert time.monotonic() - began < 15 and 1 <= int(model.opt_state.count) <= 4
    check_usable(model)


def test_an_interrupted_bar_ends_its_line(monkeypatch, capsys):
    monkeypatch.setattr("jaxcnn.utils.progbar.redraws_in_place", lambda stream: True)

    def failing():
        yield from batches()[:3]
        raise OSError("on purpose")

    with pytest.raises(OSError, match="on purpose"):
        network().fit_generator(failing(), 10)
    out = capsys.readouterr().out
    assert "/10 [" in out and out.endswith("\n")


# -- workers that hang -----------------------------------------------------------------------------


class Hanging(Sequence):
    """Batches of which number 3 does not come before all is over."""

    over = threading.Event()

    def __len__(self):
        return 6

    def __getitem__(self, index):
        if index == 3:
            self.over.wait()
        return np.ones((4, 4), np.float32), np.ones((4, 1), np.float32)


@pytest.mark.parametrize("how", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
def test_a_worker_that_hangs_is_found(how):
    Hanging.over.clear()
    model = network()
    with pytest.raises(
        WorkerError,
        match=r"Batch 4 of the data \(what is asked for is 3\) has not come within 0.5 s",
    ):
        model.fit(Hanging(), shuffle=False, verbose=0, batch_timeout=0.5, **how)
    with pytest.raises(ValueError, match="`batch_timeout` is 0; it must be a positive number"):
        model.fit(Hanging(), batch_timeout=0)
    Hanging.over.set()


def test_a_position_has_to_be_told_and_taken():
    half = SimpleNamespace(get_state=lambda: 1)
    whole = SimpleNamespace(get_state=lambda: 1, set_state=print)
    assert positioned(SimpleNamespace(items=half), workers.Workers()) is None
    assert positioned(SimpleNamespace(items=whole), workers.Workers()) is whole
    assert (
        positioned(SimpleNamespace(items=whole), workers.Workers(count=2, processes=True)) is None
    )
