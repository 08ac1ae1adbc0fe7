"""Posts of folders and archives, real ones and small ones."""

import tarfile

import numpy as np
import pytest

from jaxcnn.datasets import newsgroups
from jaxcnn.datasets.formats import DamagedFileError

POST = "From: a\nSubject: b\n\nThe text\n\nand more \xe9\n"


def write_groups(folder):
    for name in ("sci.space/10", "sci.space/9", "alt.atheism/51", "alt.atheism/README"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(POST.replace("text", name).encode("latin-1"))


def test_posts_of_a_folder(home):
    write_groups(home / "20_newsgroup")
    texts, labels, names = newsgroups.load_data()
    assert names == ["alt.atheism", "sci.space"]
    assert labels.tolist() == [0, 1, 1]
    assert texts[1:] == [
        "\n\nThe sci.space/10\n\nand more é\n",
        "\n\nThe sci.space/9\n\nand more é\n",
    ]
    assert newsgroups.load_data(headers=True)[0][0].startswith("From: a\n")
    with pytest.raises(ValueError, match="has no train part; put 20news-bydate"):
        newsgroups.load_data("train")
    with pytest.raises(ValueError, match="subset must be one of all, train, test; got 'valid'"):
        newsgroups.load_data("valid")


def test_posts_of_an_archive_split_by_date(home, tmp_path):
    for part in ("train", "test"):
        write_groups(tmp_path / f"20news-bydate-{part}")
    path = home / "20news-bydate.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for part in ("train", "test"):
            archive.add(tmp_path / f"20news-bydate-{part}", f"20news-bydate-{part}")
    assert [len(newsgroups.load_data(subset)[0]) for subset in ("all", "train", "test")] == [
        6,
        3,
        3,
    ]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DamagedFileError, match="cannot be read to its end"):
        newsgroups.load_data()


def test_a_folder_without_posts(home):
    (home / "20_newsgroup/sci.space").mkdir(parents=True)
    with pytest.raises(DamagedFileError, match="it has no posts"):
        newsgroups.load_data()


@pytest.mark.slow
def test_the_real_posts(real):
    real("20news-bydate")
    texts, labels, names = newsgroups.load_data()
    assert (len(texts), len(names)) == (18846, 20)
    assert np.bincount(labels).min() > 600
    assert (len(newsgroups.load_data("train")[0]), len(newsgroups.load_data("test")[0])) == (
        11314,
        7532,
    )
