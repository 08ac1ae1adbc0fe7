"""Hook order, logs, states and the need for batch calls."""

import json
import warnings

import jax
import numpy as np
import pytest

from jaxcnn import callbacks as cb
from jaxcnn.callbacks.base import ProgressWatcher

PARAMS = {
    "epochs": 2,
    "samples": 6,
    "verbose": 0,
    "metrics": ["loss", "acc", "val_loss", "val_acc"],
}


class Recorder(cb.Callback):
    def __init__(self):
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append(("train_begin", logs))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch_begin", epoch, logs))

    def on_batch_begin(self, batch, logs=None):
        self.calls.append(("batch_begin", batch, logs))

    def on_batch_end(self, batch, logs=None):
        self.calls.append(("batch_end", batch, logs))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch_end", epoch, logs))

    def on_train_end(self, logs=None):
        self.calls.append(("train_end", logs))


def test_hook_order_and_logs(fit):
    recorder = Recorder()
    logs = {"loss": 0.5, "acc": 0.25, "val_loss": 0.4, "val_acc": 0.3}
    fit([recorder], [logs])
    ending = {"size": 3, "loss": 0.5, "acc": 0.25}
    assert recorder.calls == [
        ("train_begin", {}),
        ("epoch_begin", 0, {}),
        ("batch_begin", 0, {"batch": 0, "size": 3}),
        ("batch_end", 0, {"batch": 0, **ending}),
        ("batch_begin", 1, {"batch": 1, "size": 3}),
        ("batch_end", 1, {"batch": 1, **ending}),
        ("epoch_end", 0, logs),
        ("train_end", {}),
    ]


def test_params_model_and_validation_data_reach_a_callback_without_super_init():
    recorder, model, data = Recorder(), object(), [np.zeros(2), np.ones(2), np.ones(2)]
    cb.CallbackList([recorder], model, PARAMS, validation_data=data)
    assert (
        recorder.params is PARAMS and recorder.model is model and recorder.validation_data is data
    )


def test_callbacks_share_the_epoch_logs_and_history_comes_last(fit):
    class Adds(cb.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["f1"] = 0.75

    recorder = Recorder()
    history = fit([Adds(), recorder], [{"loss": 1.0}, {"loss": 0.5}])
    assert history.history == {"loss": [1.0, 0.5], "f1": [0.75, 0.75]}
    assert history.epoch == [0, 1]
    assert recorder.calls[-2] == ("epoch_end", 1, {"loss": 0.5, "f1": 0.75})


def test_overrides_batch_hooks():
    class Begin(cb.Callback):
        def on_batch_begin(self, batch, logs=None): ...

    class Heir(Begin): ...

    class Optional(Begin):
        batch_hooks_optional = True

    attached = cb.Callback()
    attached.on_batch_end = lambda batch, logs: None
    assert all(
        map(cb.overrides_batch_hooks, [Begin(), Heir(), Recorder(), cb.BaseLogger(), attached])
    )
    assert not any(
        map(cb.overrides_batch_hooks, [cb.Callback(), cb.History(), cb.ProgbarLogger(), Optional()])
    )


def test_no_batch_hook_is_called_when_none_is_needed():
    class Epochs(cb.Callback): ...

    assert not cb.CallbackList([Epochs()], object(), {**PARAMS, "verbose": 1}).needs_batches
    assert cb.CallbackList([Epochs(), Recorder()], object(), PARAMS).needs_batches


def test_update_reaches_watchers_only():
    class Own(cb.Callback):
        def update(self):
            raise AssertionError("a user's own method of this name must not be called")

    class Watcher(ProgressWatcher):
        def update(self, seen, logs_fn):
            self.last = seen, logs_fn()

    watcher = Watcher()
    cb.CallbackList([Own(), watcher], object(), PARAMS).update(7, lambda: {"loss": 1.0})
    assert watcher.last == (7, {"loss": 1.0})


@pytest.mark.parametrize("wrong", [Recorder, "EarlyStopping", lambda epoch, logs: None])
def test_what_is_no_callback_is_refused(wrong):
    with pytest.raises(TypeError, match="objects of subclasses of"):
        cb.CallbackList([wrong], object(), PARAMS)


def test_a_hook_of_later_keras_versions_warns():
    class Later(cb.Callback):
        def on_train_batch_end(self, batch, logs=None): ...

    class Both(Later):
        def on_batch_end(self, batch, logs=None): ...

    with pytest.warns(
        RuntimeWarning, match=r"Later\.on_train_batch_end is never called; use on_batch_end"
    ):
        cb.CallbackList([Later()], object(), PARAMS)
    cb.CallbackList([Both()], object(), PARAMS)


def test_base_logger_weights_batches_by_size():
    logger = cb.BaseLogger()
    logger.set_params(PARAMS)
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"batch": 0, "size": 3, "loss": 1.0, "acc": 0.0})
    saved = json.loads(json.dumps(logger.get_state()))
    resumed = cb.BaseLogger()
    resumed.set_params(PARAMS)
    resumed.set_state(saved)
    resumed.on_epoch_begin(0)
    for each in (logger, resumed):
        each.on_batch_end(1, {"batch": 1, "size": 1, "loss": np.float32(3.0), "acc": 1.0})
        logs = {"val_loss": 9.0}
        each.on_epoch_end(0, logs)
        assert logs == {"val_loss": 9.0, "loss": 1.5, "acc": 0.25}
        each.on_epoch_begin(1)
        assert each.get_state() == {"seen": 0, "totals": {}}


def test_base_logger_without_batches_reports_nothing():
    logger, logs = cb.BaseLogger(), {}
    logger.on_epoch_begin(0)
    logger.on_epoch_end(0, logs)
    assert logs == {}


def test_history_answers_to_both_spellings_and_shows_the_stored_one(fit):
    history = fit([], [{"loss": 1.0, "accuracy": 0.5, "val_acc": 0.25, "lr": 0.1}] * 2).history
    assert list(history) == ["loss", "accuracy", "val_acc", "lr"]
    assert (
        repr(history)
        == "{'loss': [1.0, 1.0], 'accuracy': [0.5, 0.5], 'val_acc': [0.25, 0.25], 'lr': [0.1, 0.1]}"
    )
    assert history["acc"] is history["accuracy"]
    assert history["val_accuracy"] == history.get("val_accuracy") == [0.25, 0.25]
    assert history["learning_rate"] == [0.1, 0.1]
    assert "acc" in history and "val_accuracy" in history and "val_lr" not in history
    assert history.get("mse", 7) == 7 and 3 not in history
    with pytest.raises(KeyError, match="mse"):
        history["mse"]


def test_history_keeps_one_list_when_the_spelling_changes_between_epochs(fit):
    history = fit([], [{"acc": 0.1}, {"accuracy": 0.2}]).history
    assert dict(history) == {"acc": [0.1, 0.2]}


def test_outputs_with_names_have_two_spellings_too():
    logs = cb.Logs(digits_acc=0.5)
    assert logs["digits_accuracy"] == 0.5 and "trace" not in cb.Logs(traccuracy=1)


def test_each_fit_starts_a_new_history_and_a_resumed_one_continues():
    history = cb.History()
    history.on_train_begin()
    history.on_epoch_end(0, {"loss": 1.0})
    saved = json.loads(json.dumps(history.get_state()))
    history.on_train_begin()
    assert history.history == {} and history.epoch == []
    history.set_state(saved)
    history.on_epoch_end(1, {"loss": 0.5})
    assert history.epoch == [0, 1] and history.history == {"loss": [1.0, 0.5]}


class Counter(cb.Callback):
    """A callback with a state and an array."""

    def __init__(self):
        self.count, self.arrays = 0, [np.zeros(1)]

    def on_epoch_end(self, epoch, logs=None):
        self.count += 1
        self.arrays = [self.arrays[0] + 2]

    def get_state(self):
        return {"count": self.count}

    def set_state(self, state):
        self.count = state["count"]

    def get_arrays(self):
        return self.arrays

    def set_arrays(self, arrays):
        self.arrays = arrays


def test_states_go_back_to_the_same_callbacks_whatever_stands_between_them():
    first, second = Counter(), Counter()
    listing = cb.CallbackList([first, second], object(), PARAMS)
    first.on_epoch_end(0)
    states, arrays = json.loads(json.dumps(listing.get_state())), listing.get_arrays()

    resumed = [Counter(), Recorder(), Counter(), Counter()]
    again = cb.CallbackList(resumed, object(), PARAMS)
    again.set_state(states)
    again.set_arrays(arrays)
    assert [c.count for c in resumed if isinstance(c, Counter)] == [1, 0, 0]
    assert resumed[0].arrays[0] == 2 and resumed[2].arrays[0] == 0
    assert "Recorder_1" not in states and set(arrays) == {"Counter_1", "Counter_2"}


def test_a_plain_run_warns_about_nothing(fit):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit([Recorder(), cb.BaseLogger()], [{"loss": 1.0}])


@pytest.mark.parametrize("process", [0, 1])
def test_callbacks_that_write_are_called_in_the_first_process_only(process, monkeypatch, tmp_path):
    monkeypatch.setattr(jax, "process_index", lambda: process)
    writer, other = cb.CSVLogger(tmp_path / "log.csv"), cb.TerminateOnNaN()
    listing = cb.CallbackList([writer, other], object(), {"verbose": 1, "samples": 3})
    names = [type(callback).__name__ for callback in listing]
    first = ["ProgbarLogger", "CSVLogger", "TerminateOnNaN", "History"]
    assert names == (first if process == 0 else ["TerminateOnNaN", "History"])
