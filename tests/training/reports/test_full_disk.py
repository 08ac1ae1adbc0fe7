"""What users saw when the disk filled up: on a real disk of a few MiB, where root may mount one."""

import os
import subprocess

import numpy as np
import pytest

from jaxcnn.callbacks import CSVLogger, LambdaCallback, ModelCheckpoint
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

X, Y = np.ones((8, 300), "float32"), np.ones((8, 300), "float32")


@pytest.fixture
def disk(tmp_path):
    """A disk of 3 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def model():
    model = Sequential([Dense(300, input_shape=(300,))])  # 353 KiB
    model.compile("sgd", "mse")
    return model


def fill(disk, left):
    """Leave so many KiB."""
    (disk / "filler").unlink(missing_ok=True)
    free = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(free.f_bavail * free.f_frsize - left * 1024))


@pytest.mark.parametrize("name", ["m.h5", "m.keras", "w.weights.h5"])
def test_a_file_stays_whole_when_the_disk_fills_up(disk, model, name):
    save = model.save_weights if "weights" in name else model.save
    save(disk / name)
    before = (disk / name).read_bytes()
    model.fit(X, Y, epochs=1, verbose=0)
    fill(disk, left=100)
    with pytest.raises(OSError, match=r"No space left on device.*disk"):
        save(disk / name)
    assert (disk / name).read_bytes() == before
    assert sorted(path.name for path in disk.iterdir()) == sorted([name, "filler"])
    fill(disk, left=900)
    save(disk / name)
    assert (disk / name).read_bytes() != before


# What Orbax has begun to write may end after the run has.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("left", [100, 500])  # not enough for the arrays, or for all around them
def test_a_run_goes_on_from_the_last_whole_checkpoint(disk, model, left):
    folder = disk / "run"
    full = LambdaCallback(on_epoch_begin=lambda epoch, logs: epoch == 2 and fill(disk, left))
    with pytest.raises(OSError, match="disk of the checkpoint folder is full"):
        model.fit(X, Y, epochs=9, verbose=0, callbacks=[full], checkpoint_dir=folder)
    weights = model.get_weights()
    assert all(np.isfinite(weight).all() for weight in weights)
    (disk / "filler").unlink()
    again = Sequential([Dense(300, input_shape=(300,))])
    again.compile("sgd", "mse")
    history = again.fit(X, Y, epochs=5, verbose=0, checkpoint_dir=folder)
    assert history.epoch == [0, 1, 2, 3, 4]


def test_a_model_checkpoint_on_a_full_disk_names_the_file(disk, model):
    fill(disk, left=100)
    with pytest.raises(OSError, match=r"No space left on device.*m\.h5"):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[ModelCheckpoint(disk / "m.h5")])
    assert [path.name for path in disk.iterdir()] == ["filler"]


def test_a_log_on_a_full_disk_keeps_its_whole_lines(disk, model):
    log = disk / "log.csv"
    full = LambdaCallback(on_epoch_end=lambda epoch, logs: epoch == 1 and fill(disk, left=0))
    with pytest.raises(OSError, match=r"No space left on device.*log\.csv"):
        model.fit(X, Y, epochs=400, verbose=0, callbacks=[CSVLogger(log), full])
    lines = log.read_text().splitlines()
    assert lines[0] == "epoch,loss" and all(line.count(",") == 1 for line in lines)
