"""Random changes of batches of images, as pure functions of a key.

`ImageDataGenerator` calls these functions on the host; in a training step they run on the device:

    model.fit(x, y, augment=Augmentation(rotation_range=20, horizontal_flip=True))
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, TypeAlias, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.affine import FillMode, affine_matrices, sample

Shift: TypeAlias = float | tuple[float, ...]
Parameters: TypeAlias = Mapping[str, ArrayLike]

# An image's random numbers, in this order; each is the same whatever else is on.
_MOVES = ("theta", "tx", "ty", "shear", "zx", "zy")
_DRAWS = (*_MOVES, "flip_horizontal", "flip_vertical", "brightness")


@dataclass(frozen=True)
class Augmentation:
    """A family of random changes: called with a key and a batch, it changes each image by one.

    Rotation, shift, shear and zoom are one map about the middle of the image (see
    `affine_matrices`), whose parameters are drawn evenly from the ranges; pixels are shifted in
    brightness by channel and as a whole afterwards, and flips, with probability 1/2 each, come
    last.

    Args:
        rotation_range: degrees r; angles are from [-r, r]. Default: 0.0.
        width_shift_range: up to 1 the fraction of the columns, above 1 the pixels, by which a
            image moves at most; a tuple instead holds the shifts to choose from, with either
            sign. Default: 0.0.
        height_shift_range: likewise along the rows. Default: 0.0.
        shear_range: radians. Default: 0.0.
        zoom_range: z for factors from [1 - z, 1 + z], or (lowest, highest); rows and columns each
            have their own. Default: 0.0.
        channel_shift_range: the most that is added to the values of a channel; results are kept
            within the least and the largest value of the image. Default: 0.0.
        brightness_range: (lowest, highest) factor of all values; results are kept within [0, 255],
            or the image's own range where that is wider. Default: None.
        fill_mode: what lies outside of an image: 'nearest', 'constant', 'reflect' or 'wrap' (see
            `affine_transform`). Default: 'nearest'.
        cval: value outside for 'constant'. Default: 0.0.
        horizontal_flip: mirror left and right. Default: False.
        vertical_flip: mirror top and bottom. Default: False.
        interpolation_order: 0 takes the nearest pixel as Keras 2.0.4 does, 1 interpolates linearly.
            Default: 0.

    Raises:
        ValueError: a range has no meaning.

    Examples:
        >>> augmentation = jc.preprocessing.image.Augmentation(rotation_range=10, zoom_range=0.1)
        >>> augmentation(jax.random.key(0), jnp.ones((2, 8, 8, 3))).shape
        (2, 8, 8, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    rotation_range: float = 0.0
    width_shift_range: Shift = 0.0
    height_shift_range: Shift = 0.0
    shear_range: float = 0.0
    zoom_range: float | tuple[float, float] = 0.0
    channel_shift_range: float = 0.0
    brightness_range: tuple[float, float] | None = None
    fill_mode: FillMode = "nearest"
    cval: float = 0.0
    horizontal_flip: bool = False
    vertical_flip: bool = False
    interpolation_order: int = 0

    def __post_init__(self) -> None:
        # Lists would not be hashable, and equal settings must share a compiled program.
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list | tuple | np.ndarray):
                object.__setattr__(self, field.name, tuple(float(v) for v in value))
        zoom = self.zoom_range
        if not isinstance(zoom, tuple):
            object.__setattr__(self, "zoom_range", (1 - zoom, 1 + zoom))
        elif len(zoom) != 2:
            raise ValueError(
                f"`zoom_range` is {zoom!r}; it must be a number or two, the lowest and highest "
                "factor."
            )
        if self.brightness_range is not None and np.shape(self.brightness_range) != (2,):
            raise ValueError(
                f"`brightness_range` is {self.brightness_range!r}; it must be two numbers."
            )
        if self.fill_mode not in get_args(FillMode):
            raise ValueError(
                f"`fill_mode` is {self.fill_mode!r}; it must be one of "
                f"{', '.join(get_args(FillMode))}."
            )
        if self.interpolation_order not in (0, 1):
            raise ValueError(
                f"`interpolation_order` is {self.interpolation_order!r}; it must be 0 (nearest "
                "pixel) or 1 (linear)."
            )

    @property
    def moves(self) -> bool:
        """Whether images are rotated, shifted, sheared or zoomed."""
        ranges = (
            self.rotation_range,
            self.width_shift_range,
            self.height_shift_range,
            self.shear_range,
        )
        return any(ranges) or self.zoom_range != (1, 1)

    @property
    def colours(self) -> bool:
        """Whether the values of pixels change."""
        return bool(self.channel_shift_range) or self.brightness_range is not None

    def __call__(self, key: Array, batch: ArrayLike) -> Array:
        """The batch (n, rows, columns, channels) with each image changed as `key` decides."""
        batch = jnp.asarray(batch)
        if not self.colours:
            augmented: Array = _augmented(self, key, batch)
            return augmented
        # Two programs: in one XLA would compute the moved images again for each use of their
        # extremes.
        parameters, batch = _drawn_and_placed(self, key, batch)
        changed: Array = _coloured(batch, parameters)
        return changed

    def draw(self, key: Array, shape: tuple[int, ...]) -> dict[str, Array]:
        """The parameters of the changes of a batch of this shape.

        Each is (n,), channel_shift_intensity (n, channels). What is switched off has
        no entry. tx and ty are in pixels, theta in degrees, shear in radians.
        """
        n, rows, columns, channels = shape
        u = jax.random.uniform(key, (n, len(_DRAWS)))
        chance = {name: u[:, i] for i, name in enumerate(_DRAWS)}
        parameters: dict[str, Array] = {}
        if self.moves:
            low, high = self.zoom_range  # type: ignore[misc]  # a pair since __post_init__
            parameters = {
                "theta": (2 * chance["theta"] - 1) * self.rotation_range,
                "tx": _shift(chance["tx"], self.height_shift_range, rows),
                "ty": _shift(chance["ty"], self.width_shift_range, columns),
                "shear": (2 * chance["shear"] - 1) * self.shear_range,
                "zx": low + chance["zx"] * (high - low),
                "zy": low + chance["zy"] * (high - low),
            }
        if self.channel_shift_range:
            # Its own key, so that an image and its mask of one channel move alike.
            chances = jax.random.uniform(jax.random.fold_in(key, 1), (n, channels))
            parameters["channel_shift_intensity"] = (2 * chances - 1) * self.channel_shift_range
        if self.brightness_range is not None:
            darkest, brightest = self.brightness_range
            parameters["brightness"] = darkest + chance["brightness"] * (brightest - darkest)
        if self.horizontal_flip:
            parameters["flip_horizontal"] = chance["flip_horizontal"] < 0.5
        if self.vertical_flip:
            parameters["flip_vertical"] = chance["flip_vertical"] < 0.5
        return parameters

    def apply(self, batch: ArrayLike, parameters: Parameters) -> Array:
        """The batch with each image changed by parameters as `draw` returns them."""
        return coloured(self.placed(batch, parameters), parameters)

    def placed(self, batch: ArrayLike, given: Parameters) -> Array:
        """The part of `apply` that moves pixels: the map and the flips."""
        batch = jnp.asarray(batch)
        if not jnp.issubdtype(batch.dtype, jnp.floating):
            batch = batch.astype(jnp.float32)
        moves = {name: given[name] for name in _MOVES if name in given}
        horizontal, vertical = given.get("flip_horizontal"), given.get("flip_vertical")
        if moves:
            batch = self._moved(batch, moves, horizontal, vertical)
        else:
            for axis, flip in ((2, horizontal), (1, vertical)):
                if flip is not None:
                    batch = jnp.where(_per_image(flip), jnp.flip(batch, axis), batch)
        return batch

    def _moved(
        self,
        batch: Array,
        moves: Parameters,
        horizontal: ArrayLike | None,
        vertical: ArrayLike | None,
    ) -> Array:
        n, rows, columns, _ = batch.shape
        r, c = (
            jnp.arange(rows, dtype=jnp.float32)[None, :, None],
            jnp.arange(columns, dtype=jnp.float32)[None, None, :],
        )
        # A flip after the map reads the points of the map in reverse, which costs nothing.
        if vertical is not None:
            r = jnp.where(jnp.asarray(vertical)[:, None, None], rows - 1 - r, r)
        if horizontal is not None:
            c = jnp.where(jnp.asarray(horizontal)[:, None, None], columns - 1 - c, c)
        m = affine_matrices((rows, columns), **moves)[:, :, :, None, None]
        y, x = (
            jnp.broadcast_to(m[:, i, 0] * r + m[:, i, 1] * c + m[:, i, 2], (n, rows, columns))
            for i in (0, 1)
        )
        return sample(
            batch,
            y,
            x,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )


def setting(name: str) -> property:
    """A property: a setting of the augmentation, which may be set."""

    def read(holder: "HasAugmentation") -> Any:
        return getattr(holder.augmentation, name)

    def write(holder: "HasAugmentation", value: Any) -> None:
        holder.augmentation = replace(holder.augmentation, **{name: value})

    return property(read, write)


class HasAugmentation:
    """For generators: the settings of their augmentation as attributes."""

    augmentation: Augmentation


for field in fields(Augmentation):
    setattr(HasAugmentation, field.name, setting(field.name))


def augment(key: Array, batch: ArrayLike, **ranges: Any) -> Array:
    """The batch (n, rows, columns, channels) with each image changed at random.

    The ranges are those of `Augmentation`. A pure function of its arguments, compiled once for each
    shape and set of ranges; it may also be called inside another compiled function, such as a
    training step.

    Args:
        key: key of random numbers.
        batch: images (n, rows, columns, channels).
        **ranges: the arguments of `Augmentation`.

    Examples:
        >>> from jaxcnn.preprocessing.image import augment
        >>> augment(jax.random.key(0), jnp.ones((2, 8, 8, 3)), horizontal_flip=True).shape
        (2, 8, 8, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    return Augmentation(**ranges)(key, batch)


def coloured(batch: Array, parameters: Parameters) -> Array:
    """The part of `Augmentation.apply` that changes values: shifts of channels and brightness."""
    if "channel_shift_intensity" in parameters:
        least, most = _extremes(batch)
        added = jnp.asarray(parameters["channel_shift_intensity"], batch.dtype)
        batch = jnp.clip(batch + added.reshape(len(added), 1, 1, -1), least, most)
    if "brightness" in parameters:
        least, most = _extremes(batch)
        least, most = jnp.minimum(least, 0), jnp.maximum(most, 255)
        factor = _per_image(jnp.asarray(parameters["brightness"], batch.dtype))
        batch = jnp.clip(batch * factor, least, most)
    return batch


@partial(jax.jit, static_argnums=0)
def _augmented(augmentation: Augmentation, key: Array, batch: Array) -> Array:
    return augmentation.apply(batch, augmentation.draw(key, batch.shape))


@partial(jax.jit, static_argnums=0)
def _drawn_and_placed(
    augmentation: Augmentation, key: Array, batch: Array
) -> tuple[dict[str, Array], Array]:
    parameters = augmentation.draw(key, batch.shape)
    return parameters, augmentation.placed(batch, parameters)


_coloured = jax.jit(coloured)


def _shift(chance: Array, shift_range: Shift, size: int) -> Array:
    """Pixels of a shift along an axis of `size` pixels from numbers in [0, 1)."""
    if isinstance(shift_range, tuple):
        choices = np.asarray([sign * s for s in shift_range for sign in (1, -1)], np.float32)
        pixels = choices * (size if max(map(abs, shift_range)) < 1 else 1)
        return jnp.asarray(pixels)[(chance * len(choices)).astype(int)]
    return (2 * chance - 1) * shift_range * (size if shift_range <= 1 else 1)


def _extremes(batch: Array) -> tuple[Array, Array]:
    """The least and the largest value of each image, as they broadcast against the batch.

    In one pass, which on CPU also keeps XLA from a form that takes ten times as long.
    """
    starts = jnp.asarray(jnp.inf, batch.dtype), jnp.asarray(-jnp.inf, batch.dtype)
    extremes = jax.lax.reduce(
        (batch, batch),
        starts,
        lambda a, b: (jnp.minimum(a[0], b[0]), jnp.maximum(a[1], b[1])),
        (1, 2, 3),
    )
    least, most = (_per_image(values) for values in extremes)
    return least, most


def _per_image(values: ArrayLike) -> Array:
    """(n,) as it broadcasts against a batch."""
    return jnp.asarray(values)[:, None, None, None]
