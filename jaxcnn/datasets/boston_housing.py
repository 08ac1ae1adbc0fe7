"""House prices in 506 districts of Boston in 1978, and 13 numbers about each district.

Prices are in thousands of dollars.
"""

from pathlib import Path

import numpy as np

from jaxcnn.datasets import keras_files, resolve
from jaxcnn.datasets.formats import Arrays, DamagedFileError, read_arrays
from jaxcnn.spellings.translate import old_spellings

__all__ = ["load_data"]


def dataset(path: str = "boston_housing.npz") -> resolve.Dataset:
    """Where the prices may be; ``path`` is the name of the Keras file."""
    return keras_files.dataset("boston_housing", path, _read)


@old_spellings
def load_data(path: str = "boston_housing.npz", seed: int = 113, test_split: float = 0.2) -> Arrays:
    """The districts as ``(x_train, y_train), (x_test, y_test)``.

    They are float64 (404, 13) and (404,), (102, 13) and (102,).

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        path: the .npz file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'boston_housing.npz'.
        seed: of the order before the split. Default: 113.
        test_split: the share for testing. Default: 0.2.

    Raises:
        ValueError: a `test_split` outside of [0, 1).

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.boston_housing.load_data()

    References:
        - Harrison and Rubinfeld, "Hedonic Housing Prices and the Demand for Clean Air", 1978,
          <https://doi.org/10.1016/0095-0696(78)90006-2>
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"test_split must lie in [0, 1); got {test_split}.")
    x, y = resolve.load(dataset(path))
    order = keras_files.permutation(len(x), seed)
    x, y, train = x[order], y[order], int(len(x) * (1 - test_split))
    return (x[:train], y[:train]), (x[train:], y[train:])


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    x, y = read_arrays(path, ("x", "y"))
    if x.ndim != 2 or y.shape != (len(x),) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise DamagedFileError(
            path, f"x {x.shape} and y {y.shape} are not finite numbers (n, 13) and (n,)"
        )
    return x, y
