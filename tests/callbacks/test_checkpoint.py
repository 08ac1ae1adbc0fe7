"""ModelCheckpoint: file names, best, weights only, period, messages."""

import json
import re

import pytest

from jaxcnn import callbacks as cb
from jaxcnn.spellings.dialect import speaking


def logs(*values):
    return [{"loss": value, "val_loss": value / 2} for value in values]


def test_every_epoch_with_placeholders(fit, model, tmp_path):
    fit(
        [cb.ModelCheckpoint(f"{tmp_path}/weights.{{epoch:02d}}-{{val_loss:.2f}}.hdf5")],
        logs(1.0, 0.5),
    )
    assert model.saved == [
        ("model", f"{tmp_path}/weights.0{i}-{v}.hdf5") for i, v in ((0, "0.50"), (1, "0.25"))
    ]


def test_weights_only_and_paths(fit, model, tmp_path):
    fit(
        [cb.ModelCheckpoint(tmp_path / "new" / "folder" / "w.h5", save_weights_only=True)],
        logs(1.0),
    )
    assert model.saved == [("weights", str(tmp_path / "new" / "folder" / "w.h5"))]
    assert (tmp_path / "new" / "folder").is_dir()


def test_only_the_best(fit, model, capsys):
    fit([cb.ModelCheckpoint("best{epoch}.h5", save_best_only=True, verbose=1)], logs(2.0, 3.0, 1.0))
    assert [path for _, path in model.saved] == ["best0.h5", "best2.h5"]
    assert capsys.readouterr().out == (
        "Epoch 00000: val_loss improved from inf to 1.00000, saving model to best0.h5\n"
        "Epoch 00001: val_loss did not improve\n"
        "Epoch 00002: val_loss improved from 1.00000 to 0.50000, saving model to best2.h5\n"
    )


def test_message_of_a_plain_save(fit, capsys):
    fit([cb.ModelCheckpoint("m.h5", verbose=1)], logs(2.0))
    assert capsys.readouterr().out == "Epoch 00000: saving model to m.h5\n"


def test_period(fit, model):
    fit([cb.ModelCheckpoint("{epoch}.h5", period=3)], logs(*range(8)))
    assert [path for _, path in model.saved] == ["2.h5", "5.h5"]


def test_every_so_many_batches(fit, model):
    fit([cb.ModelCheckpoint("{epoch}.h5", save_freq=3)], logs(2.0, 2.0, 2.0))
    assert [path for _, path in model.saved] == ["1.h5", "2.h5"]
    fit([cb.ModelCheckpoint("each.h5", save_freq="epoch")], logs(2.0))
    assert model.saved[-1] == ("model", "each.h5")
    with pytest.raises(ValueError, match="save_freq is 'epoch' or a number of batches"):
        cb.ModelCheckpoint("m.h5", save_freq="batch")


def test_programs_of_2_2_count_epochs_from_one(fit, model, capsys):
    with speaking("2.2"):
        best = cb.ModelCheckpoint("b{epoch}.h5", save_best_only=True, verbose=1)
        fit([best], logs(2.0, 3.0))
    assert model.saved == [("model", "b1.h5")]
    assert capsys.readouterr().out == (
        "\nEpoch 00001: val_loss improved from inf to 1.00000, saving model to b1.h5\n"
        "\nEpoch 00002: val_loss did not improve from 1.00000\n"
    )


def test_both_spellings_in_a_file_name(fit, model):
    fit(
        [cb.ModelCheckpoint("{accuracy:.1f}-{val_acc:.1f}.h5")],
        [{"acc": 0.5, "val_accuracy": 0.25}],
    )
    assert model.saved == [("model", "0.5-0.2.h5")]


@pytest.mark.parametrize(
    "name", ["{val_los:.2f}.h5", "{}.h5", "{0}.h5", "{epoch.h5", "{val_loss:d}.h5"]
)
def test_a_placeholder_that_cannot_be_filled(name, fit, model):
    expected = (
        re.escape(f"file name {name!r}")
        + r".*Placeholders can be: \{loss\}, \{val_loss\}, \{epoch\}\."
    )
    with pytest.raises(ValueError, match=expected):
        fit([cb.ModelCheckpoint(name)], logs(1.0))
    assert not model.saved


def test_a_failed_save_does_not_count_as_the_best(fit, model):
    def full(path, overwrite):
        raise OSError(28, "No space left on device")

    checkpoint, model.save = cb.ModelCheckpoint("m.h5", save_best_only=True), full
    with pytest.raises(OSError, match="No space left"):
        fit([checkpoint], logs(1.0))
    assert checkpoint.best == float("inf")


def test_resuming_remembers_the_best_and_the_period(fit, model):
    def checkpoint():
        return cb.ModelCheckpoint("{epoch}.h5", save_best_only=True, period=2)

    fit([checkpoint()], logs(1.0, 2.0, 1.0))
    states = json.loads(json.dumps(fit.states[0])), {}
    fit([checkpoint()], logs(2.5, 1.0, 1.5), initial_epoch=3, states=states)
    assert [path for _, path in model.saved] == ["1.h5", "5.h5"]
