"""The archives of Keras: where they are looked for, and the order of their samples."""

from pathlib import Path

import pytest

from jaxcnn.datasets import boston_housing, imdb, keras_files, reuters


@pytest.mark.parametrize(
    ("module", "mirror"),
    [(boston_housing, "keras-datasets"), (imdb, "text-datasets"), (reuters, "text-datasets")],
)
def test_both_servers_have_the_file_by_its_name_there(module, mirror):
    name = module.__name__.rpartition(".")[2]
    (remote,) = module.dataset("mine[1].npz").remotes
    assert remote.path == "mine[1].npz" and len(remote.checksum) == 64
    assert remote.urls == (
        f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{name}.npz",
        f"https://s3.amazonaws.com/{mirror}/{name}.npz",
    )
    assert module.dataset("mine[1].npz").files[0][0] == "mine[[]1].npz"


def test_older_files_come_after_the_archive():
    dataset = keras_files.dataset("imdb", "x.npz", Path, older=(("x.pkl", Path),))
    assert [pattern for pattern, _ in dataset.files] == ["x.npz", "x.pkl"]


def test_the_order_of_keras():
    assert keras_files.permutation(8, 113).tolist() == [1, 3, 6, 0, 7, 2, 4, 5]
