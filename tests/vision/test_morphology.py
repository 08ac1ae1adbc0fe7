"""Dilation, erosion, hit-or-miss and skeletons compared with scipy.ndimage and OpenCV."""

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from jaxcnn import vision

STRUCTURES = {
    "cross": vision.CROSS,
    "square": vision.SQUARE,
    "row": [[0, 0, 0], [1, 1, 1], [0, 0, 0]],
    "column": [[0, 1, 0], [0, 1, 0], [0, 1, 0]],
    "upper": [[0, 1, 0], [0, 1, 0], [0, 0, 0]],
    "wide": [[1, 0, 0, 0, 1]],
}
MASKS = arrays.arrays(bool, (2, 9, 11))


@pytest.mark.parametrize("iterations", [1, 2])
@pytest.mark.parametrize("name", STRUCTURES)
@settings(max_examples=10, deadline=None)
@given(masks=MASKS)
def test_dilation_and_erosion_are_those_of_scipy(name, iterations, masks):
    structure = STRUCTURES[name]
    grown = [ndimage.binary_dilation(mask, structure, iterations) for mask in masks]
    np.testing.assert_array_equal(vision.dilate(masks, structure, iterations), grown)
    for value in (False, True):
        shrunk = [
            ndimage.binary_erosion(mask, structure, iterations, border_value=value)
            for mask in masks
        ]
        np.testing.assert_array_equal(vision.erode(masks, structure, iterations, value), shrunk)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("name", ["cross", "square", "row", "wide"])
def test_of_numbers_they_are_those_of_opencv(name, dtype):
    x = np.random.default_rng(0).integers(0, 256, (20, 25)).astype(dtype)
    structure = np.array(STRUCTURES[name], np.uint8)
    np.testing.assert_array_equal(vision.dilate(x, structure), cv2.dilate(x, structure))
    np.testing.assert_array_equal(vision.erode(x, structure), cv2.erode(x, structure))


@settings(max_examples=25, deadline=None)
@given(mask=MASKS, name=st.sampled_from(sorted(STRUCTURES)))
def test_laws(mask, name):
    structure = STRUCTURES[name]
    grown, shrunk = (
        np.asarray(vision.dilate(mask, structure)),
        np.asarray(vision.erode(mask, structure)),
    )
    if np.array(structure)[len(structure) // 2, len(structure[0]) // 2]:  # the middle is in it
        assert (grown >= mask).all() and (shrunk <= mask).all()
    turned = np.array(structure)[::-1, ::-1]
    np.testing.assert_array_equal(
        ~np.asarray(vision.erode(~mask, turned, border_value=True)), grown
    )
    opened = np.asarray(vision.dilate(vision.erode(mask, structure), structure))
    assert (opened <= mask).all()
    np.testing.assert_array_equal(vision.dilate(vision.erode(opened, structure), structure), opened)


@pytest.mark.parametrize(
    ("hits", "misses"),
    [
        ([[0, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 0, 0], [0, 0, 0], [0, 0, 0]]),
        ([[0, 0, 0], [0, 0, 0], [1, 1, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ([[0, 1, 0], [1, 1, 1], [0, 1, 0]], None),
    ],
)
@settings(max_examples=10, deadline=None)
@given(masks=MASKS)
def test_hit_or_miss_is_that_of_scipy(hits, misses, masks):
    expected = [ndimage.binary_hit_or_miss(mask, hits, misses) for mask in masks]
    np.testing.assert_array_equal(vision.hit_or_miss(masks, hits, misses), expected)


def blobs(seed, shape=(40, 40)):
    noise = np.random.default_rng(seed).normal(size=shape)
    return ndimage.gaussian_filter(noise, 3) > 0.02


@pytest.mark.parametrize("seed", range(4))
def test_skeleton_is_what_scipy_s_hit_or_miss_leaves(seed):
    mask = blobs(seed)
    edge = [[0, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 1, 1], [0, 0, 0], [0, 0, 0]]
    corner = [[0, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
    left = mask
    while True:
        before = left
        for i in range(4):
            for hits, misses in (edge, corner):
                left = left & ~ndimage.binary_hit_or_miss(
                    left, np.rot90(hits, i), np.rot90(misses, i)
                )
        if (left == before).all():
            break
    actual = np.asarray(vision.skeletonize(mask))
    np.testing.assert_array_equal(actual, left)
    # Nothing more can be taken away, and nothing broke or vanished.
    np.testing.assert_array_equal(vision.skeletonize(actual), actual)
    assert ndimage.label(actual, vision.SQUARE)[1] == ndimage.label(mask, vision.SQUARE)[1]
    assert 0 < actual.sum() < mask.sum() / 2


def test_skeletons_of_several_masks_do_not_touch_each_other():
    masks = np.stack([blobs(1), blobs(2), np.zeros((40, 40), bool)])
    actual = vision.skeletonize(masks)
    for i, mask in enumerate(masks):
        np.testing.assert_array_equal(actual[i], vision.skeletonize(mask))


def test_maximum_of_neighbours_is_differentiable():
    x = jnp.arange(25.0).reshape(5, 5)
    gradient = jax.jit(jax.grad(lambda x: vision.dilate(x)[2, 2]))(x)
    expected = np.zeros((5, 5))
    expected[3, 2] = 1  # the largest of its neighbours
    np.testing.assert_array_equal(gradient, expected)


def test_what_is_refused():
    mask = np.ones((5, 5), bool)
    for structure in ([[1, 1], [1, 1]], [1, 1, 1], [[2, 0, 1]]):
        with pytest.raises(ValueError, match="A structure must be 0 and 1"):
            vision.dilate(mask, structure)
    with pytest.raises(ValueError, match="place in common"):
        vision.hit_or_miss(mask, vision.CROSS, vision.CROSS)
    for function in (vision.skeletonize, lambda x: vision.hit_or_miss(x, vision.CROSS)):
        with pytest.raises(TypeError, match="must be bool; given uint8"):
            function(mask.astype(np.uint8))
    with pytest.raises(ValueError, match="`iterations` must be at least 1"):
        vision.erode(mask, iterations=0)
    with pytest.raises(ValueError, match="rows, columns"):
        vision.dilate(mask[0])
