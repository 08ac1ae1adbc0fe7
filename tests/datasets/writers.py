"""Small data set files in every format, and a comparison of what was read with what was written."""

import gzip
import pickle
import struct

import numpy as np
from PIL import Image


def assert_same(read, written):
    for pair, expected in zip(read, written, strict=True):
        for array, original in zip(pair, expected, strict=True):
            np.testing.assert_array_equal(array, original)
            assert array.dtype == np.uint8


def write_npz(path, arrays, **changes):
    (x, y), (xt, yt) = arrays
    np.savez_compressed(
        path, **({"x_train": x, "y_train": y, "x_test": xt, "y_test": yt} | changes)
    )
    return path


def write_idx(folder, arrays, dot=False, gz=False):
    folder.mkdir(parents=True, exist_ok=True)
    for kind, (x, y) in zip(("train", "t10k"), arrays, strict=True):
        for content, array in (("images", x), ("labels", y)):
            name = (
                f"{kind}-{content}{'.' if dot else '-'}idx{array.ndim}-ubyte{'.gz' if gz else ''}"
            )
            header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            data = header + array.tobytes()
            (folder / name).write_bytes(gzip.compress(data) if gz else data)
    return next(folder.glob("train-images*"))


def cifar_pickle(x, **labels):
    """A batch with byte keys, as Python 2 left them; images (n, 32, 32, 3)."""
    batch = {b"data": x.transpose(0, 3, 1, 2).reshape(len(x), -1)} | {
        k.encode(): v for k, v in labels.items()
    }
    return pickle.dumps(batch, protocol=2)


def photographs(n, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 32, 32, 3), np.uint8), rng.integers(0, classes, n, np.uint8)


def write_cifar10(folder):
    folder.mkdir(parents=True)
    parts = [photographs(2, seed=i) for i in range(6)]
    for i, (x, y) in enumerate(parts):
        (folder / ("test_batch" if i == 5 else f"data_batch_{i + 1}")).write_bytes(
            cifar_pickle(x, labels=y.tolist())
        )
    (folder / "batches.meta").write_bytes(b"not read")
    return (
        np.concatenate([x for x, _ in parts[:5]]),
        np.concatenate([y for _, y in parts[:5]]),
    ), parts[5]


def photograph(path, shape=(40, 30, 3), seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8)).save(path)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[:-150])
    return path
