"""One image changed at random, as scipy does with the matrices of Keras 2.0.4."""

import inspect

import numpy as np
import pytest
from scipy import ndimage

import jaxcnn
from jaxcnn.preprocessing import image

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 256, (3, 9, 12)).astype(np.float32)  # channels, rows, columns
MOVED = "row_axis=1, col_axis=2, channel_axis=0, fill_mode='nearest', cval=0.0"
SIGNATURES = {
    "random_rotation": f"x, rg, {MOVED}",
    "random_shift": f"x, wrg, hrg, {MOVED}",
    "random_shear": f"x, intensity, {MOVED}",
    "random_zoom": f"x, zoom_range, {MOVED}",
    "random_channel_shift": "x, intensity, channel_axis=0",
    "transform_matrix_offset_center": "matrix, x, y",
    "apply_transform": "x, transform_matrix, channel_axis=0, fill_mode='nearest', cval=0.0",
    "flip_axis": "x, axis",
}
CHANGES = {
    "random_rotation": (40.0,),
    "random_shift": (0.3, 0.2),
    "random_shear": (0.5,),
    "random_zoom": ((0.6, 1.4),),
    "random_channel_shift": (60.0,),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_of_keras_2_0_4(name):
    plain = [
        p.replace(annotation=p.empty)
        for p in inspect.signature(getattr(image, name)).parameters.values()
    ]
    assert ", ".join(str(p) for p in plain) == SIGNATURES[name]


@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
def test_a_matrix_is_applied_as_scipy_does(fill_mode):
    matrix = np.array([[0.9137, -0.3141, 1.2345], [0.2718, 1.1093, -0.8321], [0, 0, 1]])
    about_middle = image.transform_matrix_offset_center(matrix, 9, 12)
    offset = np.array([[1, 0, 5.0], [0, 1, 6.5], [0, 0, 1]])
    np.testing.assert_allclose(about_middle, offset @ matrix @ np.linalg.inv(offset), atol=1e-5)
    expected = [
        ndimage.affine_transform(
            c, about_middle[:2, :2], about_middle[:2, 2], order=0, mode=fill_mode, cval=7
        )
        for c in IMAGE
    ]
    np.testing.assert_array_equal(
        image.apply_transform(IMAGE, about_middle, 0, fill_mode, 7.0), expected
    )
    last = image.apply_transform(
        IMAGE.transpose(1, 2, 0).astype(np.uint8), about_middle, 2, fill_mode, 7.0
    )
    assert last.dtype == np.uint8
    np.testing.assert_array_equal(last, np.transpose(expected, (1, 2, 0)))


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_random_within_their_range_and_decided_by_the_seed(name):
    change, arguments = getattr(image, name), CHANGES[name]

    def drawn(image, **axes):
        jaxcnn.utils.set_random_seed(3)
        return [change(image, *arguments, **axes) for _ in range(2)]

    one, two = drawn(IMAGE)
    assert (
        one.shape == IMAGE.shape and not np.array_equal(one, two) and not np.array_equal(one, IMAGE)
    )
    assert one.min() >= IMAGE.min() and one.max() <= IMAGE.max()
    np.testing.assert_array_equal(drawn(IMAGE), [one, two])
    axes = (
        {"channel_axis": 2}
        if name == "random_channel_shift"
        else {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    )
    np.testing.assert_array_equal(
        drawn(IMAGE.transpose(1, 2, 0), **axes)[0], one.transpose(1, 2, 0)
    )


@pytest.mark.parametrize("name", CHANGES)
def test_a_range_of_nothing_changes_nothing(name):
    nothing = ((1.0, 1.0),) if name == "random_zoom" else (0.0,) * len(CHANGES[name])
    np.testing.assert_array_equal(getattr(image, name)(IMAGE, *nothing), IMAGE)


def test_shifts_go_along_their_axes():
    changed = image.random_shift(IMAGE, 0.4, 0.0)
    column = next(c for c in range(12) if np.array_equal(changed[:, :, 6], IMAGE[:, :, c]))
    assert abs(column - 6) <= 5


def test_flips():
    np.testing.assert_array_equal(image.flip_axis(IMAGE, 2), IMAGE[:, :, ::-1])
    np.testing.assert_array_equal(image.flip_axis(image.flip_axis(IMAGE, 1), 1), IMAGE)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"`zoom_range` is 0\.5; it must be two numbers"):
        image.random_zoom(IMAGE, 0.5)
    with pytest.raises(ValueError, match=r"three axes; given an array of shape \(9, 12\)"):
        image.apply_transform(IMAGE[0], np.eye(3))


def test_an_affine_transform_is_that_of_keras_2_2_4():
    x = np.arange(75.0).reshape(5, 5, 3)
    changed = image.apply_affine_transform(x, 30, 1, 0.5, 10, 0.8, 1.2, 0, 1, 2)
    expected = [
        [57.774, 48.887, 40.075, 31.263, 22.45],
        [61.126, 60.48, 51.667, 42.855, 33.886],
        [62.326, 65.084, 63.26, 54.447, 44.278],
        [63.526, 66.284, 69.041, 66.039, 54.67],
        [64.726, 67.484, 70.241, 72.0, 65.063],
    ]
    np.testing.assert_allclose(changed[:, :, 0], expected, atol=2e-3)
    moved = image.apply_affine_transform(x.transpose(2, 0, 1), 30, 1, 0.5, 10, 0.8, 1.2, 1, 2, 0)
    np.testing.assert_array_equal(moved, changed.transpose(2, 0, 1))
