import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from jaxcnn.preprocessing.image import affine_matrices, affine_transform

MODES = ("nearest", "constant", "reflect", "wrap")


def by_scipy(batch, matrices, mode, order, cval=0.0, size=None):
    """The same transformation by scipy.ndimage, image by image and channel by channel."""
    m = np.asarray(matrices, float)
    shape = size or batch.shape[1:3]
    images = [
        np.stack(
            [
                ndimage.affine_transform(
                    x[..., c],
                    a[:, :2],
                    a[:, 2],
                    output_shape=shape,
                    order=order,
                    mode=mode,
                    cval=cval,
                )
                for c in range(x.shape[-1])
            ],
            -1,
        )
        for x, a in zip(batch, m, strict=True)
    ]
    return np.stack(images)


def keras_matrix(shape, theta, tx, ty, shear, zx, zy):
    """The matrix of F57, multiplied out as it stands there."""
    t = np.deg2rad(theta)
    rotation = [[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]]
    shift = [[1, 0, tx], [0, 1, ty], [0, 0, 1]]
    sheared = [[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]]
    oy, ox = shape[0] / 2 + 0.5, shape[1] / 2 + 0.5
    to, back = [[1, 0, oy], [0, 1, ox], [0, 0, 1]], [[1, 0, -oy], [0, 1, -ox], [0, 0, 1]]
    return np.linalg.multi_dot(
        [np.array(m) for m in (to, rotation, shift, sheared, np.diag([zx, zy, 1]), back)]
    )[:2]


NUMBERS = st.tuples(
    st.floats(-180, 180),
    st.floats(-9, 9),
    st.floats(-9, 9),
    st.floats(-1, 1),
    st.floats(0.4, 2),
    st.floats(0.4, 2),
)


@given(NUMBERS)
@settings(deadline=None, max_examples=30)
def test_matrices_are_the_product_of_their_parts(numbers):
    np.testing.assert_allclose(
        affine_matrices((11, 14), *numbers), keras_matrix((11, 14), *numbers), atol=2e-5
    )


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("mode", MODES)
def test_values_are_those_of_scipy(mode, order):
    rng = np.random.default_rng(0)
    batch = rng.random((8, 13, 17, 3), np.float32)
    matrices = affine_matrices(
        (13, 17),
        theta=rng.uniform(-180, 180, 8),
        tx=rng.uniform(-20, 20, 8),  # far outside, so that images repeat more than once
        ty=rng.uniform(-40, 40, 8),
        shear=rng.uniform(-0.7, 0.7, 8),
        zx=rng.uniform(0.4, 2, 8),
        zy=rng.uniform(0.4, 2, 8),
    )
    actual = affine_transform(batch, matrices, mode, 0.3, order)
    np.testing.assert_allclose(actual, by_scipy(batch, matrices, mode, order, 0.3), atol=1e-3)


@pytest.mark.parametrize("mode", MODES)
def test_an_image_of_one_pixel(mode):
    actual = affine_transform(
        np.full((1, 1, 1, 1), 7.0), affine_matrices((1, 1), tx=[0.4]), mode, -1.0
    )
    assert float(actual[0, 0, 0, 0]) == (-1 if mode == "constant" else 7)


def test_another_size():
    batch = np.random.default_rng(1).random((2, 6, 8, 1), np.float32)
    matrices = np.array([[[0.5, 0, 0.25], [0, 0.5, -0.5]]] * 2, np.float32)
    actual = affine_transform(batch, matrices, "nearest", size=(12, 5))
    np.testing.assert_allclose(
        actual, by_scipy(batch, matrices, "nearest", 1, size=(12, 5)), atol=1e-5
    )


def test_whole_numbers_become_floats_and_half_precision_stays():
    identity = affine_matrices((4, 4), theta=np.zeros(1))
    assert affine_transform(np.ones((1, 4, 4, 3), np.uint8), identity).dtype == jnp.float32
    assert affine_transform(jnp.ones((1, 4, 4, 3), jnp.bfloat16), identity).dtype == jnp.bfloat16


def test_linear_interpolation_has_a_gradient():
    def brightness(angle):
        image = jnp.arange(25.0).reshape(1, 5, 5, 1)
        return affine_transform(image, affine_matrices((5, 5), theta=angle[None]), "constant")[
            0, 1, 3, 0
        ]

    slope = jax.grad(brightness)(jnp.float32(5.0))
    difference = (brightness(jnp.float32(5.5)) - brightness(jnp.float32(4.5))) / 1
    np.testing.assert_allclose(slope, difference, rtol=0.02)


def test_unknown_words():
    with pytest.raises(ValueError, match=r"'mirror'.*nearest, constant, reflect, wrap"):
        affine_transform(np.ones((1, 2, 2, 1)), affine_matrices((2, 2), theta=[0.0]), "mirror")
    with pytest.raises(ValueError, match="order of interpolation is 3"):
        affine_transform(np.ones((1, 2, 2, 1)), affine_matrices((2, 2), theta=[0.0]), order=3)
