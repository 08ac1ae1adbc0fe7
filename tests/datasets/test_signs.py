"""Hand signs of both formats."""

import numpy as np
import pytest

from jaxcnn.datasets import signs
from jaxcnn.datasets.formats import DamagedFileError


def test_hand_signs_of_both_formats(home):
    import h5py

    x, y = (
        np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), np.uint8),
        np.array([0, 1, 2, 3, 5]),
    )
    np.savez(home / "signs.npz", x_val=x, y_val=y.astype(np.uint8))
    with h5py.File(home / "train_signs.h5", "w") as file:
        file["train_set_x"], file["train_set_y"] = x, y
    for part in ("train", "val"):
        images, labels = signs.load_data("signs", part)
        np.testing.assert_array_equal(images, x)
        np.testing.assert_array_equal(labels, y)
        assert labels.dtype == np.int64
    with pytest.raises(DamagedFileError, match=r"signs\.npz is damaged: it lacks x_test, y_test"):
        signs.load_data("signs", "test")
    (home / "train_signs.h5").rename(home / "test_signs.h5")
    with pytest.raises(
        DamagedFileError, match="it lacks test_set_x, test_set_y; it has train_set_x, train_set_y"
    ):
        signs.load_data("signs", "test")
    (home / "test_signs.h5").write_bytes(b"not HDF5")
    with pytest.raises(DamagedFileError, match="not a readable HDF5 file"):
        signs.load_data("signs", "test")
    np.savez(home / "happy.npz", x_test=x, y_test=y)
    with pytest.raises(DamagedFileError, match="its labels"):
        signs.load_data("happy", "test")
    with pytest.raises(ValueError, match="name must be 'signs' or 'happy'"):
        signs.load_data("sings")
    with pytest.raises(ValueError, match="part must be 'train', 'val' or 'test'"):
        signs.load_data("signs", "dev")


def test_the_real_hand_signs(real):
    real("test_signs.h5")
    assert signs.load_data("signs", "test")[0].shape == (120, 64, 64, 3)
