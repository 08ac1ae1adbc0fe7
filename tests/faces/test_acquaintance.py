"""People learnt from folders of photographs; strangers; what is kept of them."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config, datasets, faces
from jaxcnn.faces import acquaintance as module
from jaxcnn.faces.acquaintance import (
    Acquaintance,
    cropped,
    divided,
    grown,
    learn,
    named,
    read_album,
)
from jaxcnn.faces.database import FaceDatabase
from jaxcnn.faces.finding import Face
from jaxcnn.layers import Dense, Flatten
from jaxcnn.models import Sequential


def whole(image):
    """In place of the cascade: a bright image is one face."""
    rows, columns = image.shape[:2]
    return [Face(0, 0, columns, rows)] if image.mean() > 20 else []


@pytest.fixture
def stripes(tmp_path, monkeypatch):
    """Photographs of people who are stripes: upright, lying and slanting; one of a dark room."""
    monkeypatch.setattr(module, "find_faces", whole)
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:64, :64]
    waves = {"ann": rows, "bob": columns, "cid": rows + columns}
    for name, wave in waves.items():
        (tmp_path / name).mkdir()
        for i in range(8):
            shade = 128 + 90 * np.sin(wave / 4 + rng.uniform(0, 6)) + rng.normal(0, 12, (64, 64))
            Image.fromarray(shade.clip(0, 255).astype(np.uint8)).save(tmp_path / name / f"{i}.png")
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(tmp_path / "ann" / "9.png")
    return tmp_path


def test_album_and_its_division(stripes):
    album = read_album(stripes)
    assert {name: len(crops) for name, crops in album.faces.items()} == {
        "ann": 8, "bob": 8, "cid": 8
    }  # fmt: skip
    assert [path.name for path in album.without] == ["9.png"]
    split = divided(album)
    assert {len(part["bob"]) for part in (split.chosen, split.tested)} == {1}
    joined = np.concatenate([part["bob"] for part in (split.learnt, split.chosen, split.tested)])
    np.testing.assert_array_equal(joined, album.faces["bob"])
    assert joined.shape == (8, 64, 64, 1) and 0 <= joined.min() < joined.max() <= 1


def test_too_few_people_or_photographs(stripes):
    album = read_album(stripes)
    with pytest.raises(ValueError, match="takes two or more; the folder has bob"):
        divided(module.Album({"bob": album.faces["bob"]}, ()))
    with pytest.raises(ValueError, match="there are of ann 2, cid 0"):
        divided(
            module.Album(
                {**album.faces, "ann": album.faces["ann"][:2], "cid": np.zeros((0, 1))}, ()
            )
        )
    with pytest.raises(ValueError, match="has no subfolder with images; make one for each person"):
        read_album(stripes / "ann")
    (stripes / "dan").mkdir()
    with pytest.raises(ValueError, match="there are of dan 0"):
        divided(read_album(stripes))
    with pytest.raises(FileNotFoundError, match="no folder"):
        read_album(stripes / "nowhere")


def test_who_is_learnt_is_named_and_who_is_not_is_a_stranger(stripes, tmp_path_factory):
    split = divided(read_album(stripes))
    people = learn(split, epochs=3, filters=4)
    assert named(people, split.tested) >= 2
    noise = np.random.default_rng(1).random((64, 64, 3)) * 255
    strict = Acquaintance(people.encoder, people.people, 1e-6)
    (stranger,) = strict.look(noise.astype(np.uint8))
    assert stranger.name is None and stranger.distance > 1e-6
    assert stranger.face == Face(0, 0, 64, 64)
    assert people.look(np.zeros((64, 64, 3), np.uint8)) == []

    folder = tmp_path_factory.mktemp("known") / "people"
    people.save(folder)
    again = Acquaintance.load(folder)
    assert again.threshold == people.threshold
    assert again.recognise(split.tested["ann"]) == people.recognise(split.tested["ann"])
    (folder / "threshold.json").write_text("[]")
    with pytest.raises(ValueError, match=r"threshold\.json is damaged"):
        Acquaintance.load(folder)
    (folder / "people.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"no people\.npz .* learn faces first"):
        Acquaintance.load(folder)


def test_the_threshold_is_how_far_ones_own_photographs_are(stripes):
    split = divided(read_album(stripes))
    people = learn(split, epochs=1, filters=4)
    own = [
        float(np.linalg.norm(module.encoded(people.encoder, crops)[0] - people.people[name]))
        for name, crops in split.chosen.items()
    ]
    assert people.threshold == pytest.approx(max(own), rel=1e-6)
    assert named(people, split.chosen) >= 1


def test_crops_stay_in_the_image():
    assert grown(Face(4, 30, 20, 20), (48, 60, 3)) == Face(0, 20, 34, 28)
    image = np.zeros((48, 60, 3), np.uint8)
    image[20:, :34] = 255
    crop = cropped(image, Face(0, 20, 34, 28))
    assert crop.shape == (64, 64, 1)
    assert crop[32, 32] == 1 and crop[0, 32] == 0  # bars above and below what is wider than high


def test_batches_have_all_faces_or_as_many_as_are_asked():
    crops = np.arange(10, dtype="float32").reshape(10, 1, 1, 1) * np.ones((10, 8, 8, 1), "float32")
    whose = np.repeat([0, 1, 2], [5, 3, 2])
    images, people = next(faces.batches_of_people(crops, whose, at_once=3))
    assert sorted(people) == sorted(whose) and len(images) == 10
    images, people = next(faces.batches_of_people(crops, whose, at_once=2, each=4))
    assert len(images) == 8 and [np.sum(people == p) for p in np.unique(people)] == [4, 4]
    again, _ = next(faces.batches_of_people(crops, whose, at_once=2, each=4))
    np.testing.assert_array_equal(images, again)
    other, _ = next(faces.batches_of_people(crops, whose, at_once=2, each=4, seed=1))
    assert not np.array_equal(images, other)


def test_an_unknown_face_is_not_named_whatever_the_network():
    encoder = Sequential([Flatten(input_shape=(64, 64, 1)), Dense(2, use_bias=False)])
    encoder.set_weights([np.zeros((4096, 2))])
    acquaintance = Acquaintance(encoder, FaceDatabase({"ada": [0.6, 0.8]}), 0.5)
    assert acquaintance.recognise(np.zeros((1, 64, 64, 1), "float32")) == [(None, 1.0)]


@pytest.mark.slow
def test_people_of_a_real_set_and_strangers_of_it(tmp_path):
    if not (config.home() / "datasets/orl_faces.npz").exists():
        pytest.skip("needs the ORL faces")
    photographs, people = datasets.orl_faces.load_data()
    for person in range(20):
        folder = tmp_path / ("known" if person < 10 else "strangers") / f"person {person}"
        folder.mkdir(parents=True)
        for i, photograph in enumerate(photographs[people == person]):
            Image.fromarray(photograph).save(folder / f"{i}.png")
    split = divided(read_album(tmp_path / "known"))
    known = learn(split, epochs=15)
    strangers = np.concatenate(list(read_album(tmp_path / "strangers").faces.values()))
    assert named(known, split.tested) >= 0.8 * sum(map(len, split.tested.values()))
    assert np.mean([name is None for name, _ in known.recognise(strangers)]) > 0.6
