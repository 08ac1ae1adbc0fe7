"""Triplet losses, the database and the curves, by hand; a small encoder that learns to tell people
apart.
"""

import numpy as np
import pytest

from jaxcnn import config, datasets, faces
from jaxcnn.faces.nn4 import UnitLength
from jaxcnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.optimizers import Adam


def test_triplet_loss_by_hand():
    anchor, positive = np.float32([[0, 0], [1, 0]]), np.float32([[0, 1], [1, 0]])
    negative = np.float32([[1, 0.5], [0, 0]])
    # 1 - 1.25 + .2 < 0 and 0 - 1 + .2 < 0
    assert float(faces.triplet_loss(None, [anchor, positive, negative])) == 0
    assert float(
        faces.triplet_loss(None, [anchor, positive, negative], alpha=0.5)
    ) == pytest.approx(0.25)
    assert float(faces.triplet_loss(None, [anchor, negative, positive])) == pytest.approx(
        0.45 + 1.2
    )
    with pytest.raises(ValueError, match="given 2"):
        faces.triplet_loss(None, [anchor, positive])


def test_batch_hard_loss_is_that_of_loops():
    rng = np.random.default_rng(0)
    points, people = (
        rng.standard_normal((9, 4)).astype(np.float32),
        np.array([0, 0, 1, 1, 1, 2, 0, 3, 1]),
    )
    costs = []
    for i in range(9):
        squares = ((points - points[i]) ** 2).sum(axis=1)
        positives = [squares[j] for j in range(9) if people[j] == people[i] and j != i]
        negatives = [squares[j] for j in range(9) if people[j] != people[i]]
        if positives:
            costs.append(max(max(positives) - min(negatives) + 0.2, 0))
    expected = np.mean(costs)
    assert float(faces.batch_hard_triplet_loss(people, points)) == pytest.approx(expected, rel=1e-5)
    assert float(faces.batch_hard_triplet_loss(people[:, None], points)) == pytest.approx(
        expected, rel=1e-5
    )
    assert float(faces.batch_hard_triplet_loss(np.zeros(9), points)) == 0  # nobody else
    with pytest.raises(ValueError, match="8 people for 9"):
        faces.batch_hard_triplet_loss(people[:8], points)


def test_an_encoder_learns_with_the_batch_hard_loss():
    config.set_random_seed(0)
    rng = np.random.default_rng(0)
    prototypes = rng.random((6, 8, 8, 1))
    people = np.repeat(np.arange(6), 10)
    pictures = (prototypes[people] + 0.3 * rng.standard_normal((60, 8, 8, 1))).astype(np.float32)
    model = Sequential(
        [Flatten(input_shape=(8, 8, 1)), Dense(32, activation="relu"), Dense(8), UnitLength()]
    )
    model.compile("adam", faces.batch_hard_triplet_loss)
    areas = []
    for _ in range(2):
        false, true, _ = faces.roc_curve(*faces.pair_distances(model.predict(pictures), people))
        areas.append(faces.area_under_curve(false, true))
        model.fit(pictures, people, batch_size=30, epochs=60, verbose=0)
    assert areas[1] > max(areas[0], 0.95)


@pytest.fixture
def database():
    return faces.FaceDatabase({"Ana": [1.0, 0, 0], "Bo": [0, 1.0, 0]})


def test_verify_and_recognise(database):
    distance, same = database.verify([0.8, 0.6, 0], "Ana")
    assert distance == pytest.approx(np.sqrt(0.4))
    assert same
    assert database.verify([0.6, 0.8, 0], "Ana") == (pytest.approx(np.sqrt(0.8)), False)
    assert database.recognise([0.6, 0.8, 0]) == (pytest.approx(np.sqrt(0.4)), "Bo")
    assert database.recognise([0, 0, 1])[1] is None
    assert database.recognise([0, 0, 1], threshold=2)[1] == "Ana"
    database.remove("Ana")
    assert list(database) == ["Bo"]


def test_enrolment_is_checked(database):
    with pytest.raises(ValueError, match="enrolled already"):
        database.enrol("Ana", [0, 0, 1])
    database.enrol("Ana", [0, 0, 1], replace=True)
    assert database.verify([0, 0, 1], "Ana") == (0, True)
    with pytest.raises(ValueError, match="have 3 numbers; given 2"):
        database.enrol("Cy", [0, 1])
    with pytest.raises(ValueError, match="finite"):
        database.enrol("Cy", [0, np.nan, 1])
    with pytest.raises(ValueError, match="non-empty"):
        database.enrol("", [0, 0, 1])
    with pytest.raises(KeyError, match="known are Ana, Bo"):
        database.verify([0, 0, 1], "Cy")
    with pytest.raises(ValueError, match="Nobody is enrolled"):
        faces.FaceDatabase().recognise([1.0])
    assert list(database) == ["Ana", "Bo"]


@pytest.mark.parametrize("name", ["faces.npz", "faces.json", "faces"])
def test_databases_come_back(database, tmp_path, name):
    database.enrol("Žofie 李", [0.1, 0.2, 0.3])
    database.save(tmp_path / name)
    again = faces.FaceDatabase.load(tmp_path / name)
    assert list(again) == ["Ana", "Bo", "Žofie 李"]
    for person in database:
        np.testing.assert_array_equal(again[person], database[person])
    faces.FaceDatabase().save(tmp_path / name)
    assert len(faces.FaceDatabase.load(tmp_path / name)) == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_files_that_are_no_database(tmp_path):
    path = tmp_path / "faces.npz"
    with pytest.raises(FileNotFoundError):
        faces.FaceDatabase.load(path)
    for content in (b"", b"no zip file", b"PK\x03\x04 broken"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="damaged or not a face database"):
            faces.FaceDatabase.load(path)
    np.savez(
        path, names=np.array(["Ana", {"a": 1}], object), encodings=np.zeros((2, 3))
    )  # a pickle inside
    with pytest.raises(ValueError, match=r"faces\.npz: it holds objects"):
        faces.FaceDatabase.load(path)
    for text in ("[1, 2]", '{"Ana": "x"}', "{"):
        (tmp_path / "faces.json").write_text(text)
        with pytest.raises(ValueError, match=r"faces\.json"):
            faces.FaceDatabase.load(tmp_path / "faces.json")


def test_curves_by_hand():
    points = np.float64([[0, 0], [0, 1], [3, 0], [3, 2]])
    distances, same = faces.pair_distances(points, [0, 0, 1, 1])
    np.testing.assert_allclose(distances, [1, 3, np.sqrt(13), np.sqrt(10), np.sqrt(10), 2])
    np.testing.assert_array_equal(same, [True, False, False, False, False, True])
    false, true, thresholds = faces.roc_curve([1, 2, 2, 3], [True, True, False, False])
    np.testing.assert_allclose(false, [0, 0, 0.5, 1])
    np.testing.assert_allclose(true, [0, 0.5, 1, 1])
    np.testing.assert_array_equal(thresholds, [-np.inf, 1, 2, 3])
    assert faces.area_under_curve(false, true) == pytest.approx(
        0.875
    )  # of four couples, three in order and one equal
    np.testing.assert_allclose(
        faces.accuracy_at([1, 2, 2, 3], [1, 1, 0, 0], [0.5, 1.5, 2.5, 9]), [0.5, 0.75, 0.75, 0.5]
    )
    assert faces.best_threshold(distances, same) == (pytest.approx(2.5), 1.0)
    assert faces.best_threshold([2, 2, 2], [True, False, False]) == (
        pytest.approx(1.5),
        pytest.approx(2 / 3),
    )
    with pytest.raises(ValueError, match="of the same and of different"):
        faces.roc_curve([1, 2], [True, True])


@pytest.mark.slow
def test_people_never_seen_are_told_apart():
    """Trained on 30 people of the ORL faces, judged on the pairs of the others."""
    try:
        x, people = datasets.orl_faces.load_data()
    except FileNotFoundError as error:
        pytest.skip(f"needs the ORL faces: {error}")
    config.set_random_seed(0)
    pictures = x[:, ::2, ::2, None].astype(np.float32) / 255 - 0.5
    known = people < 30
    model = Sequential()
    for filters in (16, 32, 64):
        first = {"input_shape": pictures.shape[1:]} if filters == 16 else {}
        model.add(Conv2D(filters, 3, padding="same", activation="relu", **first))
        model.add(MaxPooling2D())
    for layer in (Flatten(), Dense(64), UnitLength()):
        model.add(layer)
    model.compile(Adam(1e-3), faces.batch_hard_triplet_loss)

    def area():
        false, true, _ = faces.roc_curve(
            *faces.pair_distances(model.predict(pictures[~known]), people[~known])
        )
        return faces.area_under_curve(false, true)

    before = area()
    model.fit(pictures[known], people[known], batch_size=100, epochs=25, verbose=0)
    print(
        f"area under the ROC curve of people never seen: {before:.3f}, after training {area():.3f}"
    )
    assert area() > max(before, 0.9)
