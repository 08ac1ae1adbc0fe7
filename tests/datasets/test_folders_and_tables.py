"""Newsgroups, word vectors, emotions, faces, hand signs, dogs and cats, frames: real files, small
ones, broken ones.
"""

import csv
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from jaxcnn.datasets import dogs_vs_cats, fer2013, frames, glove, lfw, newsgroups, orl_faces, signs
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError

from .conftest import REAL


def photograph(path, shape=(40, 30, 3), seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8)).save(path)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[:-150])
    return path


@pytest.fixture
def real(monkeypatch):
    """Makes the machine's own data visible; skips where a file of it is missing."""

    def needs(name):
        if not (REAL / "datasets" / name).exists():
            pytest.skip(f"needs real data: {REAL / 'datasets' / name}")
        monkeypatch.setenv("JAXCNN_HOME", str(REAL))

    return needs


# newsgroups
# -----------------------------------------------------------------------------------------------------------

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


# word vectors
# ---------------------------------------------------------------------------------------------------------


def test_vectors_and_their_matrix(home):
    text = "the 0.5 -1\ncat 1 2\n. 3 4\n"
    (home / "glove.6B.50d.txt").write_text(text)
    vectors = glove.load_data(50)
    assert list(vectors) == ["the", "cat", "."]
    assert vectors["the"].tolist() == [0.5, -1]
    assert vectors["the"].dtype == np.float32
    assert list(glove.load_data(50, words={"cat"})) == ["cat"]
    matrix = glove.embedding_matrix({"cat": 1, "unknown": 2, "the": 3}, vectors)
    assert matrix.tolist() == [[0, 0], [1, 2], [0, 0], [0.5, -1]]
    assert glove.embedding_matrix(
        {"cat": 1, "unknown": 2, "the": 3}, vectors, num_words=3
    ).shape == (3, 2)
    with pytest.raises(ValueError, match="no vectors"):
        glove.embedding_matrix({"cat": 1}, {})
    with zipfile.ZipFile(home / "glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.100d.txt", text)
    assert list(glove.load_data()) == ["the", "cat", "."]
    with pytest.raises(
        DamagedFileError, match=r"glove\.6B\.zip is damaged: it lacks glove\.6B\.300d\.txt"
    ):
        glove.load_data(300)
    with pytest.raises(ValueError, match="dimensions must be one of 50, 100, 200, 300; got 64"):
        glove.load_data(64)
    with pytest.raises(
        DatasetNotFoundError, match=r"Put glove\.6B\.200d\.txt or .*nlp\.stanford\.edu"
    ) as caught:
        (home / "glove.6B.zip").unlink()
        glove.load_data(200)
    assert "network connection" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dog 1", "line 3 has 1 numbers, the lines before have 2"),
        ("dog 1 2 3", "line 3 has 3 numbers"),
        ("dog 1 x", "line 3 has not only numbers behind the word 'dog'"),
        ("dog", "line 3 has not only numbers behind the word 'dog'"),
        ("", "line 3 has not only numbers behind the word ''"),
        ("dog 1 nan", "line 3 has numbers that are not finite"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, problem):
    path = tmp_path / "vectors.txt"
    path.write_text(f"the 0.5 -1\ncat 1 2\n{line}\nend 1 2\n")
    with pytest.raises(DamagedFileError, match=rf"vectors\.txt is damaged: {problem}"):
        glove.read_vectors(path)


def test_vectors_that_are_no_text(tmp_path):
    (tmp_path / "v.txt").write_bytes(b"the 1 2\n\xff\xfe 3 4\n")
    with pytest.raises(DamagedFileError, match="not a text in UTF-8"):
        glove.read_vectors(tmp_path / "v.txt")
    (tmp_path / "v.txt").write_text("")
    with pytest.raises(DamagedFileError, match="it is empty"):
        glove.read_vectors(tmp_path / "v.txt")


def test_the_real_vectors(real):
    real("glove.6B.50d.txt")
    found = glove.load_data(50, words={"king", "man", "woman", "queen", "cabbage"})

    def cosine(a, b):
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    royal = found["king"] - found["man"] + found["woman"]
    assert cosine(royal, found["queen"]) > cosine(royal, found["cabbage"]) + 0.5


# emotions
# -------------------------------------------------------------------------------------------------------------


def write_faces(path, **change):
    rng = np.random.default_rng(0)
    parts = {
        part: (rng.integers(0, 256, (4, 48, 48), np.uint8), rng.integers(0, 7, 4))
        for part in fer2013.PARTS
    }
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for part, (x, y) in parts.items():
            for face, emotion in zip(x, y, strict=True):
                writer.writerow([emotion, " ".join(map(str, face.ravel())), part])
    return parts


def test_faces_of_the_original_table_and_of_an_archive(home):
    parts = write_faces(home / "fer2013.csv")
    arrays = {
        f"{kind}_{part}": array
        for part, pair in parts.items()
        for kind, array in zip("xy", pair, strict=True)
    }
    for _ in range(2):  # from the table, then from the archive
        for (x, y), (faces, emotions) in zip(fer2013.load_data(), parts.values(), strict=True):
            np.testing.assert_array_equal(x, faces)
            np.testing.assert_array_equal(y, emotions)
            assert (x.dtype, y.dtype) == (np.uint8, np.uint8)
        np.savez(home / "fer2013.npz", **arrays)
    np.savez(home / "fer2013.npz", **(arrays | {"y_Training": np.full(4, 7)}))
    with pytest.raises(
        DamagedFileError, match="its Training has labels from 7 to 7, expected 0 to 6"
    ):
        fer2013.load_data()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t.replace(" 1", "", 1), "line 2 is not an emotion, 2304 pixels"),
        (lambda t: t.replace("PublicTest", "Public", 1), "line 6 is not an emotion"),
        (lambda t: t[: len(t) * 2 // 3], r"line \d+ is not an emotion"),
        (lambda t: t.replace(" 1", " 300", 1), "line 2 is not an emotion"),
        (lambda t: t[len("emotion,") :], "its first line is 'pixels,Usage'"),
        (lambda t: t[: t.index("Private") - 9000], "line|it has no line of PrivateTest"),
        (lambda t: "", "its first line is ''"),
    ],
)
def test_broken_lines_of_the_table(home, change, problem):
    write_faces(home / "fer2013.csv")
    text = change((home / "fer2013.csv").read_text())
    (home / "fer2013.csv").write_text(text)
    with pytest.raises(DamagedFileError, match=problem):
        fer2013.load_data()


def test_the_real_faces_with_emotions(real):
    real("fer2013.npz")
    assert [x.shape for x, _ in fer2013.load_data()] == [
        (7000, 48, 48),
        (1500, 48, 48),
        (1500, 48, 48),
    ]


# faces
# ----------------------------------------------------------------------------------------------------------------


def test_faces_of_the_folders_of_att(home):
    for person in (1, 2, 10):
        for i in (1, 2, 10):
            photograph(home / f"orl_faces/s{person}/{i}.pgm", (112, 92), 100 * person + i)
    (home / "orl_faces/README").write_text("not a folder")
    x, y = orl_faces.load_data()
    assert (x.shape, x.dtype, y.tolist()) == ((9, 112, 92), np.uint8, [0, 0, 0, 1, 1, 1, 2, 2, 2])
    expected = np.random.default_rng(1010).integers(0, 256, (112, 92), np.uint8)
    np.testing.assert_array_equal(x[8], expected)  # s10/10.pgm is the last, not the second
    photograph(home / "orl_faces/s2/2.pgm", (112, 90))
    with pytest.raises(
        DamagedFileError, match=r"s2/2\.pgm is damaged: it is not a picture of 92 x 112"
    ):
        orl_faces.load_data()


def test_the_real_faces(real):
    real("orl_faces.npz")
    x, y = orl_faces.load_data()
    assert x.shape == (400, 112, 92)
    assert np.bincount(y).tolist() == [10] * 40


def test_photographs_of_people(home, tmp_path):
    for i in range(3):
        photograph(home / f"lfw/Ada_Lovelace/Ada_Lovelace_000{i}.jpg", (250, 250, 3), i)
    photograph(home / "lfw/Alan_Turing/Alan_Turing_0001.jpg", (250, 250, 3), 9)
    for _ in range(2):  # from the folder, then from the archive
        x, y, names = lfw.load_data(size=(50, 40))
        assert (x.shape, y.tolist(), names) == (
            (4, 50, 40, 3),
            [0, 0, 0, 1],
            ["Ada Lovelace", "Alan Turing"],
        )
        assert lfw.load_data(min_faces_per_person=2)[0].shape == (3, 250, 250, 3)
        if (home / "lfw").exists():
            with tarfile.open(home / "lfw.tgz", "w:gz") as archive:
                archive.add(home / "lfw", "lfw")
            (home / "lfw").rename(tmp_path / "away")
    with pytest.raises(ValueError, match="Nobody has 4 photographs"):
        lfw.load_data(min_faces_per_person=4)
    (tmp_path / "away").rename(home / "lfw")
    cut(home / "lfw/Ada_Lovelace/Ada_Lovelace_0001.jpg")
    with pytest.raises(
        DamagedFileError, match=r"Ada_Lovelace_0001\.jpg is damaged: not a readable picture"
    ):
        lfw.load_data()
    (home / "lfw/Nobody").mkdir()
    with pytest.raises(DamagedFileError, match="there is no picture in Nobody"):
        lfw.load_data()


def test_the_real_photographs_of_people(real):
    real("lfw")
    x, y, names = lfw.load_data(size=(32, 32))
    assert (x.shape, len(names)) == ((100, 32, 32, 3), 10)
    assert len(y) == 100


# hand signs
# -----------------------------------------------------------------------------------------------------------


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
        pictures, labels = signs.load_data("signs", part)
        np.testing.assert_array_equal(pictures, x)
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


# dogs and cats
# --------------------------------------------------------------------------------------------------------


def test_arranging_the_files_of_the_contest(home, tmp_path):
    for kind in ("cat", "dog"):
        for i in (0, 1, 2, 10):
            photograph(tmp_path / f"contest/train/{kind}.{i}.jpg", seed=i)
    with pytest.raises(DatasetNotFoundError, match=r"dogs_vs_cats\.arrange makes that folder"):
        dogs_vs_cats.folders()
    assert (
        dogs_vs_cats.arrange(tmp_path / "contest", train=2, validation=1) == home / "dogs_vs_cats"
    )
    train, validation = dogs_vs_cats.folders()
    assert sorted(f.name for f in (train / "cats").iterdir()) == ["cat.0.jpg", "cat.1.jpg"]
    assert [f.name for f in (validation / "dogs").iterdir()] == ["dog.2.jpg"]
    with pytest.raises(FileExistsError, match="remove it first"):
        dogs_vs_cats.arrange(tmp_path / "contest")
    (validation / "dogs/dog.2.jpg").unlink()
    with pytest.raises(DamagedFileError, match="there is no picture in dogs"):
        dogs_vs_cats.folders()


def test_arranging_leaves_nothing_half_done(tmp_path):
    for kind in ("Cat", "Dog"):
        for i in range(4):
            photograph(tmp_path / f"PetImages/{kind}/{i}.jpg", seed=i)
    cut(tmp_path / "PetImages/Dog/1.jpg")
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for file in tmp_path.glob("PetImages/*/*"):
            archive.write(file, file.relative_to(tmp_path))
    to = tmp_path / "out/pets"
    for source in (tmp_path / "PetImages", tmp_path / "pets.zip"):
        with pytest.raises(
            DamagedFileError, match=r"Dog/1\.jpg is damaged: not a readable picture"
        ):
            dogs_vs_cats.arrange(source, 2, 1, to)
        assert list((tmp_path / "out").iterdir()) == []
        with pytest.raises(ValueError, match=r"^\S+ has not enough dogs: 3 \+ 1 are wanted"):
            dogs_vs_cats.arrange(source, 3, 1, to, skip_broken=True)
        assert list((tmp_path / "out").iterdir()) == []
        dogs_vs_cats.arrange(source, 2, 1, to, skip_broken=True)
        assert sorted(f.name for f in (to / "train/dogs").iterdir()) == ["dog.0.jpg", "dog.2.jpg"]
        to.rename(tmp_path / f"done {source.name}")


def test_the_real_dogs_and_cats(real):
    real("dogs_vs_cats")
    train, validation = dogs_vs_cats.folders()
    assert [len(list((folder / "dogs").iterdir())) for folder in (train, validation)] == [1000, 500]


# frames
# ---------------------------------------------------------------------------------------------------------------


def test_frames_of_a_folder(tmp_path):
    for i in range(12):
        Image.fromarray(np.full((6, 4), i, np.uint8)).save(tmp_path / f"frame{i}.png")
    found = list(frames.read_frames(tmp_path, step=3))
    assert [int(frame[0, 0, 0]) for frame in found] == [0, 3, 6, 9]
    assert found[0].shape == (6, 4, 3)
    assert len(list(frames.read_frames(tmp_path, limit=2, size=(3, 2)))) == 2
    with pytest.raises(ValueError, match="step must be at least 1"):
        list(frames.read_frames(tmp_path, step=0))
    with pytest.raises(FileNotFoundError, match="no video or folder of frames"):
        list(frames.read_frames(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DamagedFileError, match="it has no pictures"):
        list(frames.read_frames(tmp_path / "empty"))


def test_frames_of_a_real_video():
    if not (path := REAL / "media/bikes.mp4").exists():
        pytest.skip(f"needs a real video: {path}")
    found = list(frames.read_frames(path, step=10, limit=3, size=(60, 80)))
    assert [frame.shape for frame in found] == [(60, 80, 3)] * 3
    assert not np.array_equal(found[0], found[1])


def test_a_video_that_is_none(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"not a video")
    with pytest.raises(DamagedFileError, match="not a video that OpenCV reads"):
        list(frames.read_frames(tmp_path / "a.mp4"))
