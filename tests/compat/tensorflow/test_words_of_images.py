"""Values of ``tf.image``, as TensorFlow 1.4 and 1.13 compute them."""

import numpy as np
import pytest

X = np.linspace(-1, 1, 2 * 5 * 5 * 3).reshape(2, 5, 5, 3).astype("f")
RGB = np.array([[[10, 20, 30], [255, 0, 7]], [[0, 0, 0], [90, 200, 90]]], "uint8")
C = np.array([[[0.1, 0.2, 0.3], [1, 0, 0.1]], [[0, 0, 0], [0.4, 0.9, 0.4]]], "f")

BOXES = np.array(
    [[0, 0, 1, 1], [0.2, 0.3, 0.7, 0.9], [-0.2, 0.5, 0.6, 1.3], [0.8, 0.6, 0.1, 0.1]], "f"
)
OF = np.array([0, 1, 1, 0], "int32")

CASES = {
    "tf.image.crop_and_resize(X, BOXES, OF, [2, 3])[..., 0]": [
        [[-1.0, -0.919463, -0.838926], [-0.194631, -0.114094, -0.033557]],
        [[0.216107, 0.26443, 0.312752], [0.618792, 0.667114, 0.715436]],
        [[0.0, 0.0, 0.0], [0.57047, 0.634899, 0.0]],
        [[-0.25906, -0.299329, -0.339597], [-0.822819, -0.863087, -0.903356]],
    ],
    "tf.image.crop_and_resize(X, BOXES, OF, [1, 2], extrapolation_value=9.)[..., 1]": [
        [[-0.583893, -0.422819]],
        [[0.430872, 0.527517]],
        [[0.261745, 9.0]],
        [[-0.527517, -0.608054]],
    ],
    "tf.image.crop_and_resize(X, BOXES, OF, (2, 2), 'nearest')[..., 2]": [
        [[-0.973154, -0.812081], [-0.167785, -0.006711]],
        [[0.275168, 0.395973], [0.677852, 0.798658]],
        [[0.0, 0.0], [0.516779, 0.0]],
        [[-0.288591, -0.369128], [-0.892617, -0.973154]],
    ],
    "tf.image.flip_left_right(RGB)": [[[255, 0, 7], [10, 20, 30]], [[90, 200, 90], [0, 0, 0]]],
    "tf.image.flip_up_down(RGB)": [[[0, 0, 0], [90, 200, 90]], [[10, 20, 30], [255, 0, 7]]],
    "tf.image.transpose_image(RGB)": [[[10, 20, 30], [0, 0, 0]], [[255, 0, 7], [90, 200, 90]]],
    "tf.image.rot90(RGB)": [[[255, 0, 7], [90, 200, 90]], [[10, 20, 30], [0, 0, 0]]],
    "tf.image.rot90(RGB, 3)": [[[0, 0, 0], [10, 20, 30]], [[90, 200, 90], [255, 0, 7]]],
    "tf.image.central_crop(X[0], .5)[..., 0]": [
        [-0.7583892, -0.7181208, -0.6778523],
        [-0.557047, -0.5167785, -0.4765101],
        [-0.3557047, -0.3154362, -0.2751678],
    ],
    "tf.image.central_crop(X[0, :4], .7)[..., 0]": [
        [-1.0, -0.9597315, -0.9194631, -0.8791946, -0.8389262],
        [-0.7986577, -0.7583892, -0.7181208, -0.6778523, -0.6375839],
        [-0.5973154, -0.557047, -0.5167785, -0.4765101, -0.4362416],
        [-0.3959731, -0.3557047, -0.3154362, -0.2751678, -0.2348993],
    ],
    "tf.image.crop_to_bounding_box(X, 1, 2, 2, 3)[0, ..., 0]": [
        [-0.7181208, -0.6778523, -0.6375839],
        [-0.5167785, -0.4765101, -0.4362416],
    ],
    "tf.image.pad_to_bounding_box(RGB, 1, 0, 3, 4)[..., 1]": [
        [0, 0, 0, 0],
        [20, 0, 0, 0],
        [0, 200, 0, 0],
    ],
    "tf.image.resize_image_with_crop_or_pad(X[0], 2, 8)[..., 0]": [
        [0.0, -0.7986577, -0.7583892, -0.7181208, -0.6778523, -0.6375839, 0.0, 0.0],
        [0.0, -0.5973154, -0.557047, -0.5167785, -0.4765101, -0.4362416, 0.0, 0.0],
    ],
    "tf.image.resize_image_with_crop_or_pad(RGB, 5, 1)[..., 0]": [[0], [10], [0], [0], [0]],
    "tf.image.per_image_standardization(X[0])[0]": [
        [-1.7091088, -1.6629165, -1.6167246],
        [-1.5705323, -1.5243403, -1.4781481],
        [-1.4319561, -1.3857639, -1.3395718],
        [-1.2933795, -1.2471875, -1.2009953],
        [-1.1548033, -1.1086111, -1.0624191],
    ],
    "tf.image.per_image_standardization(RGB)[0]": [
        [-0.5881237, -0.4668611, -0.3455985],
        [2.3828104, -0.7093863, -0.6245025],
    ],
    "tf.image.total_variation(tf.constant(X))": [14.496644, 14.4966459],
    "tf.image.total_variation(tf.constant(C))": 5.3999996,
    "tf.image.grayscale_to_rgb(RGB[..., :1])": [
        [[10, 10, 10], [255, 255, 255]],
        [[0, 0, 0], [90, 90, 90]],
    ],
    "tf.image.rgb_to_hsv(C)": [
        [[0.5833334, 0.6666667, 0.3], [0.9833333, 1.0, 1.0]],
        [[0.0, 0.0, 0.0], [0.3333333, 0.5555555, 0.9]],
    ],
    "tf.image.hsv_to_rgb(tf.image.rgb_to_hsv(C))": [
        [[0.1, 0.2, 0.3], [1.0, 0.0, 0.0999999]],
        [[0.0, 0.0, 0.0], [0.4, 0.9, 0.4]],
    ],
    "tf.image.adjust_brightness(RGB, .2)": [
        [[61, 71, 81], [255, 51, 58]],
        [[51, 51, 51], [141, 251, 141]],
    ],
    "tf.image.adjust_brightness(C, -.2)": [
        [[-0.1, 0.0, 0.1], [0.8, -0.2, -0.1]],
        [[-0.2, -0.2, -0.2], [0.2, 0.7, 0.2]],
    ],
    "tf.image.adjust_contrast(RGB, 1.5)": [[[0, 2, 29], [255, 0, 0]], [[0, 0, 0], [90, 255, 119]]],
    "tf.image.adjust_contrast(X, .5)[0, 0]": [
        [-0.7583892, -0.7449664, -0.7315437],
        [-0.738255, -0.7248322, -0.7114094],
        [-0.7181208, -0.704698, -0.6912752],
        [-0.6979865, -0.6845638, -0.6711409],
        [-0.6778523, -0.6644295, -0.6510067],
    ],
    "tf.image.adjust_hue(RGB, .3)": [[[30, 10, 24], [58, 255, 0]], [[0, 0, 0], [90, 112, 200]]],
    "tf.image.adjust_hue(C, -.2)": [
        [[0.1, 0.3, 0.16], [0.6999998, 0.0, 1.0]],
        [[0.0, 0.0, 0.0], [0.9, 0.8, 0.4]],
    ],
    "tf.image.adjust_saturation(RGB, .5)": [
        [[20, 25, 30], [255, 127, 131]],
        [[0, 0, 0], [145, 200, 145]],
    ],
    "tf.image.adjust_saturation(C, 2.)": [
        [[0.0, 0.15, 0.3], [1.0, 0.0, 0.0999999]],
        [[0.0, 0.0, 0.0], [0.0, 0.9, 0.0]],
    ],
}


def test_values(check_values):
    check_values(CASES, globals())


def test_chances(tf):
    """The numbers drawn are not those of TensorFlow; what is done with them is."""
    flipped = tf.image.random_flip_left_right(RGB)
    brighter = tf.image.random_brightness(C, 0.2)
    others = [
        tf.image.random_contrast(C, 0.5, 1.5),
        tf.image.random_hue(C, 0.1),
        tf.image.random_saturation(C, 0.5, 1.5),
    ]
    session = tf.Session()
    runs = [session.run([flipped, brighter, *others]) for _ in range(12)]
    for image, light, *_ in runs:
        assert any(np.array_equal(image, each) for each in (RGB, RGB[:, ::-1]))
        assert np.ptp(light - C) < 1e-6 and abs((light - C).mean()) <= 0.2
    assert len({image.tobytes() for image, *_ in runs}) == 2
    assert all(len({np.asarray(run[i]).tobytes() for run in runs}) == 12 for i in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("tf.image.flip_left_right(X)", "must be three-dimensional"),
        ("tf.image.crop_and_resize(X, BOXES, OF, (2, 2), 'area')", "bilinear"),
        ("tf.image.central_crop(X[0], 1.5)", r"within \(0, 1\]"),
        ("tf.image.crop_to_bounding_box(X, 1, 0, 5, 5)", "must be >= target"),
        ("tf.image.pad_to_bounding_box(X, 1, 0, 5, 5)", "must be <= target"),
        ("tf.image.random_hue(C, 0.6)", "max_delta must be"),
        ("tf.image.random_contrast(C, 1.0, 0.5)", "upper must be > lower"),
    ],
)
def test_what_is_refused(tf, expression, message):
    with pytest.raises(ValueError, match=message):
        eval(expression, {**globals(), "tf": tf})
