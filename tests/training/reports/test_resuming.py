"""What users saw of runs that were continued, or were not: each test is one report."""

import os
import signal
import subprocess
import sys

import jax
import numpy as np
import pytest

from jaxcnn.callbacks import Callback
from jaxcnn.callbacks.base import ProgressWatcher
from jaxcnn.layers import Dense
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.training.checkpoint import Checkpoints
from jaxcnn.training.folder import held_by_this_job

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 12, 4)).astype("float32")


class Fault(Exception):
    pass


class Fail(Callback):
    """Ends training by an error before the given epoch, counted from 0."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise Fault


class Press(ProgressWatcher):
    """Presses Ctrl-C at the given call."""

    def __init__(self, at):
        self.left = at

    def update(self, seen, logs_fn):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


def network(units=3, lr=0.1, names=True):
    if names:
        reset_names()
    model = Sequential([Dense(units, input_shape=(4,)), Dense(4)])
    model.compile(SGD(lr, momentum=0.9), "mse")
    return model


def train(model, epochs, folder, x=X, **options):
    options = {"batch_size": 4, "checkpoint_dir": folder, "verbose": 0} | options
    return model.fit(x, Y[: len(x)], epochs=epochs, **options)


def interrupted(folder, epochs=4, **options):
    """A run that failed after its first two epochs."""
    model = network()
    with pytest.raises(Fault):
        train(model, epochs, folder, callbacks=[Fail(2)], **options)
    return model


def equal(first, second):
    return all(
        np.array_equal(a, b) for a, b in zip(first.get_weights(), second.get_weights(), strict=True)
    )


# -- a run that had ended --------------------------------------------------------------------------


def test_the_weights_of_a_longer_fit_are_not_replaced_by_older_ones(tmp_path, capsys):
    model = network()
    train(model, 2, tmp_path)
    model.fit(X, Y, epochs=20, verbose=0)
    before = model.evaluate(X, Y, verbose=0)
    history = train(model, 2, tmp_path).history
    assert history["loss"][0] < 1.5 * before and len(history["loss"]) == 2
    assert capsys.readouterr().out == ""


def test_a_loop_of_fits_of_one_epoch_trains_every_time(tmp_path):
    model, other = network(), network()
    for _ in range(3):
        train(model, 1, tmp_path)
        train(other, 1, None)
    assert equal(model, other)


def test_a_program_with_other_data_does_not_get_the_old_history(tmp_path, capsys):
    first = train(network(), 2, tmp_path).history
    again = train(network(), 2, tmp_path, x=2 * X).history
    assert again["loss"][0] != first["loss"][0]
    assert "had finished: this one starts over" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "finished-1").iterdir()] == ["3", "6"]


def test_weights_that_were_set_before_a_fit_stay(tmp_path):
    model = network()
    train(model, 1, tmp_path)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    assert train(model, 1, tmp_path).history["loss"][0] < np.mean(Y**2) * 1.2


def test_a_finished_run_is_continued_where_that_is_asked_for(tmp_path, capsys):
    train(network(), 2, tmp_path)
    model, whole = network(), network()
    train(model, 4, tmp_path, resume=True)
    train(whole, 4, None)
    assert equal(model, whole)
    assert "Resumed at epoch 3, step 6, of the run of 20" in capsys.readouterr().out


# -- a run that was interrupted --------------------------------------------------------------------


def test_one_line_says_what_is_resumed(tmp_path, capsys):
    interrupted(tmp_path)
    model, whole = network(), network()
    train(model, 4, tmp_path)
    train(whole, 4, None)
    out = capsys.readouterr().out
    assert equal(model, whole) and out.count("\n") == 1
    assert out.startswith("Resumed at epoch 3, step 6, of the run of 20")


def test_resume_false_starts_over(tmp_path, capsys):
    interrupted(tmp_path)
    assert len(train(network(), 3, tmp_path, resume=False).epoch) == 3
    assert capsys.readouterr().out == ""


def test_the_same_call_after_an_error_goes_on_in_the_same_model(tmp_path, capsys):
    model, whole = interrupted(tmp_path), network()
    train(model, 4, tmp_path)
    train(whole, 4, None)
    assert equal(model, whole)
    assert "Resumed" in capsys.readouterr().out


def test_a_model_that_was_trained_on_is_not_set_back(tmp_path, capsys):
    model = interrupted(tmp_path)
    model.fit(X, Y, epochs=5, verbose=0)
    assert len(train(model, 2, tmp_path).epoch) == 2
    out = capsys.readouterr().out
    assert "the model has been trained on since (to step" in out and "interrupted-1" in out
    assert (tmp_path / "interrupted-1" / "6").is_dir()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"x": X[:8]}, "samples 8 instead of 12"),
        ({"batch_size": 6}, "batch size 6 instead of 4"),
        ({"shuffle": False}, "shuffle False instead of True"),
    ],
)
def test_another_run_is_not_resumed_unasked(tmp_path, capsys, options, words):
    interrupted(tmp_path)
    assert len(train(network(), 3, tmp_path, **options).epoch) == 3
    out = capsys.readouterr().out
    assert words in out and "starts over" in out and out.count("\n") == 1


def test_another_batch_size_is_named_and_goes_on_where_that_is_asked_for(tmp_path, capsys):
    interrupted(tmp_path, checkpoint_every=1)
    history = train(network(), 4, tmp_path, batch_size=6, resume=True)
    assert history.epoch == [0, 1, 2, 3]
    assert "with batch size 6 instead of 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("resume", "rate", "words"),
    [
        ("auto", 0.001, "with lr 0.001 instead of 0.1"),
        (True, 0.1, "with lr 0.1 of the run, not 0.001 as compiled now"),
    ],
)
def test_a_new_learning_rate_wins_and_is_named(tmp_path, capsys, resume, rate, words):
    interrupted(tmp_path)
    model = network(lr=0.001)
    train(model, 4, tmp_path, resume=resume)
    assert model.optimizer.lr == pytest.approx(rate)
    assert float(model.opt_state.hyper["lr"]) == pytest.approx(rate)
    assert words in capsys.readouterr().out


# -- names -----------------------------------------------------------------------------------------


def test_a_notebook_cell_that_builds_the_model_again_resumes(tmp_path):
    interrupted(tmp_path)
    model, whole = network(names=False), network()
    assert model.layers[0].name != whole.layers[0].name
    train(model, 4, tmp_path)
    train(whole, 4, None)
    assert equal(model, whole)
    assert all(
        np.array_equal(a, b)
        for (_, a), (_, b) in zip(model.optimizer_arrays(), whole.optimizer_arrays(), strict=True)
    )


def test_ten_layers_keep_their_order_whatever_their_numbers_are(tmp_path):
    def build():
        model = Sequential([Dense(3, input_shape=(3,)), *(Dense(3) for _ in range(6))])
        model.compile("sgd", "mse")
        return model

    reset_names()
    first = build()
    with pytest.raises(Fault):
        first.fit(X[:, :3], X[:, :3], epochs=2, verbose=0, callbacks=[Fail(1)],
                  checkpoint_dir=tmp_path)  # fmt: skip
    second = build()  # dense_8 to dense_14, of which dense_10 sorts before dense_8
    second.fit(X[:, :3], X[:, :3], epochs=1, verbose=0, checkpoint_dir=tmp_path)
    assert equal(second, first)


def test_the_history_of_outputs_with_other_numbers_goes_on_under_one_name(tmp_path):
    from jaxcnn.layers import Input
    from jaxcnn.models import Model

    def build():
        inputs = Input((4,))
        model = Model(inputs, [Dense(1)(inputs), Dense(1)(inputs)])
        model.compile("sgd", "mse")
        return model

    y = [Y[:, :1], Y[:, 1:2]]
    options = {"verbose": 0, "checkpoint_dir": tmp_path}
    reset_names()
    with pytest.raises(Fault):
        build().fit(X, y, epochs=2, callbacks=[Fail(1)], **options)
    history = build().fit(X, y, epochs=2, **options).history
    assert sorted(history) == ["dense_3_loss", "dense_4_loss", "loss"]
    assert all(len(values) == 2 for values in history.values())


def test_another_model_is_shown_layer_by_layer(tmp_path):
    interrupted(tmp_path)
    with pytest.raises(ValueError) as caught:
        train(network(units=5), 4, tmp_path)
    assert "saved: dense_1: kernel float32[4, 3], bias float32[3]" in str(caught.value)
    assert "here:  dense_1: kernel float32[4, 5], bias float32[5]" in str(caught.value)


# -- damage ----------------------------------------------------------------------------------------


def cut(folder, item):
    for path in sorted((folder / item).rglob("*")):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("item", ["state", "place"])
def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(tmp_path, item):
    interrupted(tmp_path)
    cut(tmp_path / "6", item)
    model, whole = network(), network()
    with pytest.warns(RuntimeWarning, match=r"checkpoint .*6 is damaged .*the one of step 3"):
        train(model, 4, tmp_path)
    train(whole, 4, None)
    assert equal(model, whole) and (tmp_path / "damaged-1" / "6").is_dir()


def test_checkpoints_that_are_all_damaged_are_named(tmp_path):
    interrupted(tmp_path)
    for step in ("3", "6"):
        cut(tmp_path / step, "place")
    for _ in range(2):
        with pytest.raises(OSError, match=r"No checkpoint .*6.*3.*resume=False"):
            train(network(), 4, tmp_path)
    assert len(train(network(), 1, tmp_path, resume=False).epoch) == 1


def test_a_folder_that_is_somebody_elses(tmp_path):
    (tmp_path / "3").mkdir()
    with pytest.raises(ValueError, match="holds a folder '3' that is no checkpoint"):
        train(network(), 1, tmp_path)
    with pytest.raises(ValueError, match="`checkpoint_dir` is empty"):
        train(network(), 1, "")


def test_a_folder_that_vanishes(tmp_path):
    import shutil

    class Remove(Press):
        def update(self, seen, logs_fn):
            shutil.rmtree(tmp_path / "run", ignore_errors=True)

    with pytest.raises(FileNotFoundError, match="folder has vanished while the run wrote to it"):
        network().fit(X, Y, verbose=0, callbacks=[Remove(1)], checkpoint_dir=tmp_path / "run")


def test_a_disk_that_fills_while_a_checkpoint_is_written(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path)

    def full():
        raise ValueError("RESOURCE_EXHAUSTED: Error writing OCDBT: No space left on device")

    monkeypatch.setattr(checkpoints._manager, "wait_until_finished", full)
    with pytest.raises(OSError, match="disk of the checkpoint folder is full; the last whole"):
        checkpoints.close()


# -- two jobs --------------------------------------------------------------------------------------

HOLDER = """
import pathlib, sys, time, os
from jaxcnn.training.folder import held_by_this_job
with held_by_this_job(pathlib.Path(sys.argv[1])):
    if os.fork() == 0:
        time.sleep(20)  # a worker that outlives the job keeps nothing
        os._exit(0)
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_jobs_in_one_folder(tmp_path, monkeypatch):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(RuntimeError, match=f"Another job .*process {holder.pid} on host "):
        train(network(), 1, tmp_path)
    with monkeypatch.context() as second:  # the second process of the same job needs no lock
        second.setattr(jax, "process_index", lambda: 1)
        with held_by_this_job(tmp_path):
            pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert len(train(network(), 1, tmp_path).epoch) == 1


def test_two_threads_in_one_folder(tmp_path):
    with (
        held_by_this_job(tmp_path),
        pytest.raises(RuntimeError, match=r"another fit of this process"),
    ):
        train(network(), 1, tmp_path)


# -- Ctrl-C ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [2, 3])
def test_ctrl_c_saves_at_the_step_where_it_happens(tmp_path, capsys, monkeypatch, at):
    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", 1)
    model, whole = network(), network()
    with pytest.raises(KeyboardInterrupt):
        train(model, 3, tmp_path, callbacks=[Press(at)])
    step = int(model.opt_state.count)
    assert f"Interrupted: the state after step {step} is in {tmp_path}" in capsys.readouterr().out
    assert (tmp_path / str(step)).is_dir()
    again = network()
    train(again, 3, tmp_path)
    train(whole, 3, None)
    assert equal(again, whole)
    assert f"step {step}, of the run" in capsys.readouterr().out
