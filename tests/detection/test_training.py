"""Targets, the loss, a small detector that learns by heart, and mean average precision."""

import jax
import numpy as np
import pytest

from jaxcnn import config, detection
from jaxcnn.detection import darknet
from jaxcnn.detection.heads import Head
from jaxcnn.detection.loss import YoloLoss, assign_targets
from jaxcnn.optimizers import Adam

ANCHORS = ((0.1, 0.1), (0.3, 0.5), (0.8, 0.8))


def test_targets_by_hand():
    truth = np.float32([[0.3, 0.6, 0.3, 0.25, 2], [0.95, 0.05, 0.1, 0.12, 1], [0, 0, 0, 0, 0]])
    assign = jax.jit(assign_targets, static_argnums=(1, 2, 3))
    large = assign(truth, Head(ANCHORS, (1, 2), 3), 4, 5)
    assert large.responsible.shape == (4, 5, 2)
    assert np.argwhere(large.responsible).tolist() == [
        [2, 1, 0]
    ]  # the small object is the other head's
    np.testing.assert_allclose(large.position[2, 1, 0], [0.5, 0.4], rtol=1e-5)
    np.testing.assert_allclose(large.size[2, 1, 0], [0, np.log(0.5)], atol=1e-6)
    np.testing.assert_array_equal(large.classes[2, 1, 0], [0, 0, 1])
    assert float(large.scale[2, 1, 0]) == pytest.approx(2 - 0.3 * 0.25)
    assert not np.asarray(large.classes)[np.asarray(large.responsible) == 0].any()
    small = assign(truth, Head(ANCHORS, (0,), 3), 8, 10)
    assert np.argwhere(small.responsible).tolist() == [[0, 9, 0]]


def raw_of(targets, head):
    """The map that decodes to the targets, with full confidence in them."""
    position = np.clip(np.asarray(targets.position), 1e-4, 1 - 1e-4)
    logit = np.log(position / (1 - position))
    sure = np.where(np.asarray(targets.responsible), 12.0, -12.0)[..., None]
    kinds = np.where(np.asarray(targets.classes) > 0, 12.0, -12.0)
    rows, columns = sure.shape[:2]
    return (
        np.concatenate([logit, targets.size, sure, kinds], axis=-1)
        .reshape(1, rows, columns, -1)
        .astype(np.float32)
    )


@pytest.mark.parametrize("independent", [True, False])
def test_the_loss_is_least_at_the_truth(independent):
    head = Head(ANCHORS, (0, 1, 2), 3, independent)
    truth = np.float32([[0.3, 0.6, 0.3, 0.25, 2], [0.9, 0.1, 0.1, 0.12, 1], [0, 0, 0, 0, 0]])
    right = raw_of(assign_targets(truth, head, 4, 4), head)
    found = head.decode(right)
    selected = detection.select(found)
    assert int(selected.valid.sum()) == 2
    expected = detection.corners(truth[[0, 1], :4])
    order = np.argsort(np.asarray(selected.classes[0, :2]))[::-1]
    np.testing.assert_allclose(np.asarray(selected.boxes[0, :2])[order], expected, atol=1e-3)
    loss = jax.jit(YoloLoss(head))
    value = loss(truth[None], right)
    assert value.shape == (1,)
    gradient = jax.grad(lambda raw: loss(truth[None], raw).sum())(right)
    assert float(np.abs(gradient).max()) < 1e-2
    for change in np.random.default_rng(0).standard_normal((5, *right.shape)):
        assert (
            float(loss(truth[None], right + change.astype(np.float32))[0]) > float(value[0]) + 0.5
        )


@pytest.mark.parametrize("independent", [True, False])
def test_the_loss_by_hand(independent):
    """Two cells of one anchor; the object lies in the second, and each part has its weight."""
    head = Head(((0.4, 0.4),), (0,), 2, independent)
    raw = np.random.default_rng(0).standard_normal((1, 1, 2, 7)).astype(np.float32)
    truth = np.float32([[[0.8, 0.3, 0.5, 0.25, 1]]])
    weights = {
        "box_weight": 2.0,
        "object_weight": 3.0,
        "no_object_weight": 5.0,
        "class_weight": 7.0,
    }

    def entropy(x, target):
        return np.log1p(np.exp(x)) - x * target

    empty, full = raw[0, 0]
    box = entropy(full[:2], [0.6, 0.3]) + 0.5 * (full[2:4] - np.log([0.5 / 0.4, 0.25 / 0.4])) ** 2
    if independent:
        kind = entropy(full[5:], [0, 1]).sum()
    else:
        kind = np.log(np.exp(full[5:]).sum()) - full[6]
    expected = 2.0 * (2.0 - 0.5 * 0.25) * box.sum() + 3.0 * entropy(full[4], 1) + 7.0 * kind
    expected += 5.0 * entropy(empty[4], 0)
    loss = YoloLoss(head, ignore_threshold=1.0, **weights)
    np.testing.assert_allclose(loss(truth, raw), [expected], rtol=1e-5)


def test_boxes_that_overlap_an_object_are_let_alone():
    """The neighbour's box covers the object too, so its confidence costs nothing."""
    head = Head(((0.5, 0.5),), (0,), 1)
    truth = np.float32([[[0.24, 0.24, 0.5, 0.5, 0]]])
    raw = np.zeros((1, 4, 4, 6), np.float32)
    raw[0, :, :, 4] = -12
    raw[0, 0, 0, 4] = 12
    raw[0, 0, 1, :5] = -12, 12, 0, 0, 3  # the cell to the right, with its box over the object
    ignoring, strict = jax.jit(YoloLoss(head)), jax.jit(YoloLoss(head, ignore_threshold=1.0))
    assert float(strict(truth, raw)[0] - ignoring(truth, raw)[0]) == pytest.approx(
        np.log1p(np.exp(3)), rel=1e-3
    )


def test_truth_of_another_form():
    with pytest.raises(ValueError, match="max_boxes, 5"):
        YoloLoss(Head(ANCHORS, (0,), 1))(np.zeros((1, 4)), np.zeros((1, 4, 4, 6)))


CFG = """[net]
width=64
height=64
channels=3
{convolutions}
[convolutional]
filters=14
size=1
activation=linear
[yolo]
anchors=12,12,24,24
mask=0,1
classes=2
"""
CONVOLUTION = "[convolutional]\nbatch_normalize=1\nfilters={}\nsize=3\npad=1\nactivation=leaky\n"
POOL = "[maxpool]\nsize=2\nstride=2\n"


def synthetic_pictures(count):
    """Red squares and green bars on black: images, truth arrays, truth as (label, corners in
    pixels).
    """
    rng = np.random.default_rng(0)
    pictures, truth, lists = (
        np.zeros((count, 64, 64, 3), np.uint8),
        np.zeros((count, 2, 5), np.float32),
        [],
    )
    for i in range(count):
        objects = []
        for k, (width, height) in enumerate(((12, 12), (26, 20))):
            x, y = rng.integers(0, 64 - width), rng.integers(32 * k, 32 * k + 33 - height)
            pictures[i, y : y + height, x : x + width, k] = 255
            truth[i, k] = (x + width / 2) / 64, (y + height / 2) / 64, width / 64, height / 64, k
            objects.append((("square", "bar")[k], (x, y, x + width, y + height)))
        lists.append(objects)
    return pictures, truth, lists


@pytest.mark.slow
def test_a_small_detector_learns_some_images(tmp_path):
    config.set_random_seed(0)
    (tmp_path / "small.cfg").write_text(
        CFG.format(convolutions="".join(CONVOLUTION.format(f) + POOL for f in (8, 16, 32)))
    )
    network = darknet.build(darknet.read_sections(tmp_path / "small.cfg"))
    pictures, truth, lists = synthetic_pictures(8)
    network.model.compile(Adam(0.01), detection.yolo_losses(network.heads))
    history = network.model.fit(
        pictures / np.float32(255), truth, batch_size=8, epochs=400, verbose=0
    )
    assert history.history["loss"][-1] < 0.05 * history.history["loss"][0]
    found = detection.Detector(network, ["square", "bar"]).detect(list(pictures))
    mean, each = detection.mean_average_precision(found, lists)
    assert mean > 0.9, each


def test_average_precision_by_hand():
    """Three objects; of four detections, surest first, the first, third and fourth are right."""
    precision, recall = [1, 1 / 2, 2 / 3, 3 / 4], [1 / 3, 1 / 3, 2 / 3, 1]
    assert detection.average_precision(precision, recall) == pytest.approx(1 / 3 + 3 / 4 * 2 / 3)
    assert detection.average_precision(precision, recall, points=11) == pytest.approx(
        (4 + 7 * 3 / 4) / 11
    )
    assert detection.average_precision([], []) == 0


def test_precision_and_recall_count_an_object_once():
    box, far = (0, 0, 10, 10), (50, 50, 60, 60)
    found = [[("a", 0.9, box), ("a", 0.8, (0, 0, 10, 9)), ("b", 0.7, far)], [("a", 0.95, far)]]
    truth = [[("a", box), ("b", far)], [("a", box)]]
    precision, recall = detection.precision_recall(found, truth, "a")
    np.testing.assert_allclose(precision, [0, 1 / 2, 1 / 3])
    np.testing.assert_allclose(recall, [0, 1 / 2, 1 / 2])
    mean, each = detection.mean_average_precision(found, truth)
    assert each == {"a": pytest.approx(0.25), "b": 1.0}
    assert mean == pytest.approx(0.625)
    with pytest.raises(ValueError, match="no object"):
        detection.mean_average_precision([[]], [[]])
    with pytest.raises(ValueError, match="1 images and truth for 2"):
        detection.mean_average_precision([[]], truth)
