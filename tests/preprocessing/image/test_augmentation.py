import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jaxcnn.preprocessing.image import Augmentation, affine_matrices, affine_transform, augment

from .samples import images

KEY = jax.random.key(3)
IMAGES = arrays(
    np.float32, (3, 5, 6, 3), elements=st.floats(0, 255, width=32, allow_subnormal=False)
)


@given(IMAGES)
@settings(deadline=None, max_examples=15)
def test_flipping_twice_changes_nothing(batch):
    for name in ("flip_horizontal", "flip_vertical"):
        once = Augmentation().apply(batch, {name: np.array([True, True, False])})
        np.testing.assert_array_equal(
            Augmentation().apply(once, {name: np.array([True, True, False])}), batch
        )


@given(IMAGES)
@settings(deadline=None, max_examples=15)
def test_ranges_of_zero_change_nothing(batch):
    np.testing.assert_array_equal(augment(KEY, batch), batch)
    np.testing.assert_array_equal(
        augment(KEY, batch, zoom_range=(1, 1), brightness_range=(1, 1)), batch
    )


@given(IMAGES, st.sampled_from(["nearest", "reflect", "wrap"]), st.integers(0, 2**31))
@settings(deadline=None, max_examples=20)
def test_values_stay_in_range(batch, fill_mode, seed):
    changed = augment(
        jax.random.key(seed),
        batch,
        rotation_range=180,
        width_shift_range=0.5,
        height_shift_range=0.5,
        shear_range=0.5,
        zoom_range=0.5,
        channel_shift_range=100,
        horizontal_flip=True,
        vertical_flip=True,
        fill_mode=fill_mode,
        interpolation_order=1,
    )
    least, most = batch.min(axis=(1, 2, 3)), batch.max(axis=(1, 2, 3))
    assert np.all(np.asarray(changed).min(axis=(1, 2, 3)) >= least - 1e-3)
    assert np.all(np.asarray(changed).max(axis=(1, 2, 3)) <= most + 1e-3)


def test_flips_after_a_map_are_flips_of_its_result():
    batch = images(4, 9, 12)
    augmentation = Augmentation(interpolation_order=1)
    numbers = {"theta": np.array([10.0, 20, 30, 40]), "ty": np.array([1.0, 2, -3, 0.5])}
    plain = augmentation.apply(batch, numbers)
    np.testing.assert_allclose(
        plain,
        affine_transform(batch, affine_matrices((9, 12), **numbers), "nearest", order=1),
        atol=1e-4,
    )
    yes = np.ones(4, bool)
    flipped = augmentation.apply(batch, {**numbers, "flip_horizontal": yes, "flip_vertical": yes})
    np.testing.assert_allclose(flipped, plain[:, ::-1, ::-1], atol=1e-4)


def test_numbers_fill_their_ranges():
    augmentation = Augmentation(
        rotation_range=30,
        width_shift_range=0.2,
        height_shift_range=5,
        shear_range=0.3,
        zoom_range=(0.5, 0.8),
        channel_shift_range=20,
        brightness_range=(0.4, 0.6),
        horizontal_flip=True,
        vertical_flip=True,
    )
    drawn = jax.device_get(augmentation.draw(KEY, (2000, 10, 50, 3)))
    bounds = {
        "theta": (-30, 30),
        "tx": (-5, 5),
        "ty": (-10, 10),
        "shear": (-0.3, 0.3),
        "zx": (0.5, 0.8),
        "zy": (0.5, 0.8),
        "channel_shift_intensity": (-20, 20),
        "brightness": (0.4, 0.6),
    }
    for name, (low, high) in bounds.items():
        width = high - low
        assert low <= drawn[name].min() < low + 0.01 * width, name
        assert high >= drawn[name].max() > high - 0.01 * width, name
        assert abs(drawn[name].mean() - (low + high) / 2) < 0.03 * width, name
    for name in ("flip_horizontal", "flip_vertical"):
        assert 0.46 < drawn[name].mean() < 0.54
    values = np.stack([v.reshape(2000, -1)[:, 0] for v in drawn.values()])
    # Each has its own random numbers.
    assert np.abs(np.corrcoef(values) - np.eye(len(values))).max() < 0.1
    assert drawn["channel_shift_intensity"].shape == (2000, 3)


def test_one_change_does_not_depend_on_the_others():
    alone = Augmentation(rotation_range=30).draw(KEY, (5, 8, 8, 3))
    among = Augmentation(rotation_range=30, zoom_range=0.5, vertical_flip=True).draw(
        KEY, (5, 8, 8, 3)
    )
    np.testing.assert_array_equal(alone["theta"], among["theta"])


def test_shifts_to_choose_from():
    drawn = Augmentation(width_shift_range=[2, 5], height_shift_range=[0.25]).draw(
        KEY, (400, 20, 30, 1)
    )
    assert set(np.asarray(drawn["ty"]).tolist()) == {-5, -2, 2, 5}
    assert set(np.asarray(drawn["tx"]).tolist()) == {-5, 5}  # a quarter of 20 rows


def test_brightness_and_channel_shift():
    batch = np.array([[10.0, 200, 30]], np.float32).reshape(1, 1, 1, 3)
    brighter = Augmentation().apply(batch, {"brightness": np.array([2.0])})
    np.testing.assert_allclose(np.ravel(brighter), [20, 255, 60])
    shifted = Augmentation().apply(
        batch, {"channel_shift_intensity": np.array([[5.0, 5.0, -25.0]])}
    )
    np.testing.assert_allclose(np.ravel(shifted), [15, 200, 10])


def test_the_key_decides():
    batch = images(4, 9, 12)
    ranges = {"rotation_range": 40, "width_shift_range": 0.3, "horizontal_flip": True}
    first = augment(KEY, batch, **ranges)
    np.testing.assert_array_equal(first, augment(KEY, batch, **ranges))
    assert not np.array_equal(first, augment(jax.random.key(4), batch, **ranges))
    same = np.repeat(batch[:1], 4, axis=0)
    changed = np.asarray(augment(KEY, same, **ranges))
    assert len({image.tobytes() for image in changed}) == 4  # each image has its own change


def test_inside_of_a_compiled_step():
    batch = images(4, 9, 12)
    step = jax.jit(lambda key, x: augment(key, x, rotation_range=20, fill_mode="reflect").mean())
    expected = np.asarray(augment(KEY, batch, rotation_range=20, fill_mode="reflect")).mean()
    np.testing.assert_allclose(step(KEY, jnp.asarray(batch)), expected, rtol=1e-5)


def test_equal_settings_share_a_program():
    assert Augmentation(zoom_range=[0.9, 1.1]) == Augmentation(zoom_range=(0.9, 1.1))
    assert hash(Augmentation(zoom_range=0.5)) == hash(Augmentation(zoom_range=(0.5, 1.5)))


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"zoom_range": (1, 2, 3)}, "`zoom_range`"),
        ({"brightness_range": (1, 2, 3)}, "`brightness_range`"),
        ({"brightness_range": 0.5}, "`brightness_range`"),
        ({"fill_mode": "mirror"}, "`fill_mode` is 'mirror'"),
        ({"interpolation_order": 2}, "`interpolation_order` is 2"),
    ],
)
def test_ranges_without_a_meaning(ranges, message):
    with pytest.raises(ValueError, match=message):
        Augmentation(**ranges)
