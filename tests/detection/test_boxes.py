"""Box geometry and suppression against plain NumPy, the slow and obvious way."""

import jax
import numpy as np
import pytest

from jaxcnn import detection
from jaxcnn.detection.letterbox import letterbox


def numpy_iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def numpy_suppression(boxes, scores, classes, score_threshold, iou_threshold, max_boxes, per_class):
    left = [i for i in np.argsort(-scores, kind="stable") if scores[i] >= score_threshold]
    taken = []
    while left and len(taken) < max_boxes:
        best = left.pop(0)
        taken.append(best)
        left = [
            i
            for i in left
            if (per_class and classes[i] != classes[best])
            or numpy_iou(boxes[best], boxes[i]) <= iou_threshold
        ]
    return taken


def some_boxes(rng, n):
    low = rng.random((n, 2)).astype(np.float32)
    boxes = np.concatenate([low, low + 0.05 + 0.5 * rng.random((n, 2), np.float32)], axis=1)
    return boxes, rng.random(n, np.float32), rng.integers(0, 3, n).astype(np.int32)


def test_forms_areas_and_edges():
    box = np.float32([[0.5, 0.4, 0.2, 0.6]])
    corners = np.asarray(detection.corners(box))
    np.testing.assert_allclose(corners, [[0.4, 0.1, 0.6, 0.7]], rtol=1e-6)
    np.testing.assert_allclose(detection.centres(corners), box, rtol=1e-6)
    np.testing.assert_allclose(detection.area(corners), [0.12], rtol=1e-6)
    np.testing.assert_allclose(
        detection.scaled(corners, 720, 1280), [[512, 72, 768, 504]], rtol=1e-6
    )
    np.testing.assert_allclose(
        detection.clipped([[-3.0, 5, 900, 800]], 720, 640), [[0, 5, 640, 720]]
    )


def test_iou_by_hand():
    assert float(detection.iou([2, 1, 4, 3], [1, 2, 3, 4])) == pytest.approx(1 / 7)
    assert float(detection.iou([0, 0, 1, 1], [1, 0, 2, 1])) == 0
    assert float(detection.iou([0, 0, 0, 0], [0, 0, 0, 0])) == 0


def test_iou_of_all_pairs_is_numpys():
    boxes, *_ = some_boxes(np.random.default_rng(0), 12)
    expected = [[numpy_iou(a, b) for b in boxes] for a in boxes]
    np.testing.assert_allclose(
        detection.iou(boxes[:, None], boxes[None]), expected, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize(
    ("threshold", "overlap", "most"), [(0.6, 0.5, 10), (0.1, 0.2, 40), (0.99, 0.5, 5)]
)
def test_suppression_is_numpys(per_class, threshold, overlap, most):
    for seed in range(5):
        boxes, scores, classes = some_boxes(np.random.default_rng(seed), 60)
        scores[7] = scores[3]  # the first of equals goes first
        taken = numpy_suppression(boxes, scores, classes, threshold, overlap, most, per_class)
        found = detection.non_max_suppression(
            boxes, scores, classes, threshold, overlap, max_boxes=most, per_class=per_class
        )
        assert found.boxes.shape == (most, 4)
        valid = np.asarray(found.valid)
        assert valid.sum() == len(taken)
        np.testing.assert_array_equal(np.asarray(found.boxes)[valid], boxes[taken])
        np.testing.assert_array_equal(np.asarray(found.scores)[valid], scores[taken])
        np.testing.assert_array_equal(np.asarray(found.classes)[valid], classes[taken])
        assert not np.asarray(found.boxes)[~valid].any()


def test_suppression_of_a_batch_and_without_recompiling_for_other_thresholds():
    batch = [some_boxes(np.random.default_rng(seed), 30) for seed in range(3)]
    boxes, scores, classes = map(np.stack, zip(*batch, strict=True))
    together = jax.vmap(lambda *one: detection.non_max_suppression(*one, 0.3, 0.4, max_boxes=8))(
        boxes, scores, classes
    )
    for i, one in enumerate(batch):
        alone = detection.non_max_suppression(*one, 0.3, 0.4, max_boxes=8)
        for a, b in zip(alone, together, strict=True):
            np.testing.assert_array_equal(a, b[i])
    compiled = detection.non_max_suppression._cache_size()
    detection.non_max_suppression(*batch[0], 0.5, 0.1, max_boxes=8)
    assert detection.non_max_suppression._cache_size() == compiled


def test_scores_are_confidence_times_class():
    scores, classes = detection.best_classes(
        np.float32([0.5, 0.9]), np.float32([[0.2, 0.8], [0.7, 0.3]])
    )
    np.testing.assert_allclose(scores, [0.4, 0.63], rtol=1e-6)
    np.testing.assert_array_equal(classes, [1, 0])
    np.testing.assert_array_equal(detection.score_filter(scores, 0.6), [False, True])


@pytest.mark.parametrize(("height", "width"), [(300, 500), (500, 300), (7, 900), (416, 416)])
def test_letterbox_keeps_proportions_and_finds_the_way_back(height, width):
    picture = np.full((height, width, 3), 255, np.uint8)
    boxed, placement = letterbox(picture, 416, 416)
    assert boxed.shape == (416, 416, 3)
    inside = boxed[
        placement.top : placement.top + placement.height,
        placement.left : placement.left + placement.width,
    ]
    assert (inside == 1).all()
    assert (boxed == 1).sum() == inside.size  # all the rest is gray
    assert max(placement.height, placement.width) == 416
    box = np.float32([[10, 2, width / 2, height / 2]])
    np.testing.assert_allclose(placement.to_picture(placement.from_picture(box)), box, atol=1e-3)


def test_letterbox_refuses_what_is_no_image():
    with pytest.raises(ValueError, match="uint8"):
        letterbox(np.zeros((4, 4, 3)), 32, 32)
