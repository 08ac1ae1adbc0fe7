"""Linear filters of images: Gaussian, mean, derivatives, any kernel.

They take images (..., rows, columns, channels), `corner_harris` gray ones without the last axis,
and filter each channel by itself; whole numbers become float32. They are pure and can be
differentiated with respect to images, kernels and sigma.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn import ops

Border = Literal["nearest", "constant", "reflect", "mirror", "wrap"]
"""What lies outside of an image, as `scipy.ndimage` names it.

'nearest': the pixel at the edge; 'constant': 0; 'reflect': the image mirrored, with the pixels at
the edge twice; 'mirror': with these once, OpenCV's default; 'wrap': the image again.
"""
_PAD_MODES = {
    "nearest": "edge",
    "constant": "constant",
    "reflect": "symmetric",
    "mirror": "reflect",
    "wrap": "wrap",
}


@partial(jax.jit, static_argnames="border")
def correlate(pictures: ArrayLike, kernel: ArrayLike, border: Border = "reflect") -> Array:
    """Each pixel becomes the sum of its neighbours times the kernel's entries.

    Args:
        pictures: images (..., rows, columns, channels) of numbers.
        kernel: numbers (rows, columns), whose middle ``(rows // 2, columns // 2)`` lies on the
            pixel. It is not flipped: flip it, ``kernel[::-1, ::-1]``, for the convolution of
            mathematics.
        border: what lies outside. Default: 'reflect'.

    Returns:
        An array of the shape of `pictures`.

    Raises:
        ValueError: other shapes, or an unknown border.

    Examples:
        >>> jc.vision.correlate(jnp.ones((1, 4, 4, 1)), jnp.ones((3, 3)))[0, 1, 1]
        Array([9.], dtype=float32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_filters.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_filters.py>
    """
    if border not in get_args(Border):
        raise ValueError(
            f"`border` is {border!r}; it must be one of {', '.join(get_args(Border))}."
        )
    x, kernel = jnp.asarray(pictures), jnp.asarray(kernel)
    if x.ndim < 3 or kernel.ndim != 2:
        raise ValueError(
            "Images must be (..., rows, columns, channels) and a kernel (rows, columns); given "
            f"{x.shape} and {kernel.shape}."
        )
    if not jnp.issubdtype(x.dtype, jnp.floating):
        x = x.astype(jnp.float32)
    rows, columns, channels = x.shape[-3:]
    planes = jnp.moveaxis(x, -1, -3).reshape(-1, rows, columns, 1)
    around = [(size // 2, (size - 1) // 2) for size in kernel.shape]
    planes = jnp.pad(planes, ((0, 0), *around, (0, 0)), mode=_PAD_MODES[border])
    sums = ops.conv(planes, kernel.astype(x.dtype)[:, :, None, None])
    return jnp.moveaxis(sums.reshape(*x.shape[:-3], channels, rows, columns), -3, -1)


def separable(
    pictures: ArrayLike, along_rows: ArrayLike, along_columns: ArrayLike, border: Border = "reflect"
) -> Array:
    """`correlate` with the outer product of two vectors: ``m + n``, not ``m n``, steps a pixel.

    Args:
        pictures: images (..., rows, columns, channels) of numbers.
        along_rows: float (rows,), the vector down the rows.
        along_columns: float (columns,), the vector along the columns.
        border: what lies outside. Default: 'reflect'.

    Examples:
        >>> jc.vision.separable(jnp.ones((1, 4, 4, 1)), jnp.ones(3), jnp.ones(3))[0, 1, 1]
        Array([9.], dtype=float32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_filters.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_filters.py>
    """
    once: Array = correlate(pictures, jnp.asarray(along_rows)[:, None], border)
    twice: Array = correlate(once, jnp.asarray(along_columns)[None, :], border)
    return twice


def gaussian_kernel(size: int, sigma: ArrayLike) -> Array:
    """``exp(-x² / (2 sigma²))`` at the `size` whole numbers about 0, divided by its sum.

    Args:
        size: number of pixels, odd.
        sigma: standard deviation in pixels, a number above 0.

    Returns:
        float32 (size,).

    Raises:
        ValueError: an even size, or a sigma that is not above 0.

    Examples:
        >>> jc.vision.gaussian_kernel(3, 1.0).sum().round(3)
        Array(1., dtype=float32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_filters.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_filters.py>
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f"The size of a Gaussian kernel must be odd and at least 1; given {size}.")
    if not isinstance(sigma, jax.core.Tracer) and not np.all(np.asarray(sigma) > 0):
        raise ValueError(f"`sigma` must be above 0; given {sigma}.")
    x = jnp.arange(size, dtype=jnp.float32) - size // 2
    values = jnp.exp(-jnp.square(x / sigma) / 2)
    return values / jnp.sum(values)


def gaussian_filter(
    pictures: ArrayLike, sigma: ArrayLike, size: int | None = None, border: Border = "reflect"
) -> Array:
    """Images blurred with a Gaussian bell, one axis after the other.

    Args:
        pictures: images (..., rows, columns, channels) of numbers.
        sigma: its standard deviation in pixels, a number.
        size: pixels of the kernel, odd; by default as many as reach 4 sigma to both sides, as in
            `scipy.ndimage`. With a size, `sigma` may be traced.
        border: what lies outside; 'mirror' makes it OpenCV's GaussianBlur. Default: 'reflect'.

    Raises:
        ValueError: an even size, a sigma that is not above 0, or a traced one without a size.

    Examples:
        >>> jc.vision.gaussian_filter(jnp.ones((1, 4, 4, 1)), 1.0).round(3).max()
        Array(1., dtype=float32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_filters.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_filters.py>
    """
    if size is None:
        if isinstance(sigma, jax.core.Tracer):
            raise ValueError(
                "A traced `sigma` needs `size`, which decides the shape of the kernel."
            )
        size = 2 * int(4 * float(np.asarray(sigma)) + 0.5) + 1
    kernel = gaussian_kernel(size, sigma)
    return separable(pictures, kernel, kernel, border)


def mean_filter(
    pictures: ArrayLike, size: int | Sequence[int], border: Border = "reflect"
) -> Array:
    """Each pixel becomes the mean of the `size` x `size` (or rows x columns) pixels around it.

    Args:
        pictures: images (..., rows, columns, channels) of numbers.
        size: side of the square, or (rows, columns) of the window.
        border: what lies outside. Default: 'reflect'.

    Raises:
        ValueError: a size that is not positive.

    Examples:
        >>> jc.vision.mean_filter(jnp.arange(4.0).reshape(1, 1, 4, 1), (1, 3))[0, 0, 1, 0]
        Array(1., dtype=float32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_filters.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_filters.py>
    """
    rows, columns = (size, size) if isinstance(size, int) else size
    if min(rows, columns) < 1:
        raise ValueError(f"`size` must be at least 1; given {size!r}.")
    return separable(pictures, np.full(rows, 1 / rows), np.full(columns, 1 / columns), border)


def sobel_kernels(size: int) -> tuple[np.ndarray, np.ndarray]:
    """The vectors (smoothing, derivative) of Sobel's filter.

    They are binomial coefficients, and the differences of those of one order less.

    Args:
        size: number of elements, odd and at least 3.

    Raises:
        ValueError: `size` is even, or not from 3 to 31.

    Examples:
        >>> jc.vision.sobel_kernels(3)
        (array([1., 2., 1.]), array([-1.,  0.,  1.]))

    References:
        - Bradski et al., "OpenCV 4.10.0: modules/imgproc/include/opencv2/imgproc.hpp", 2024,
          <https://github.com/opencv/opencv/blob/4.10.0/modules/imgproc/include/opencv2/imgproc.hpp>
    """
    if size < 3 or size > 31 or size % 2 == 0:
        raise ValueError(f"The size of Sobel's filter must be odd, from 3 to 31; given {size}.")
    shorter = np.ones(1)
    for _ in range(size - 2):
        shorter = np.convolve(shorter, [1, 1])
    return np.convolve(shorter, [1, 1]), np.convolve(shorter, [-1, 1])


@partial(jax.jit, static_argnames=("block_size", "size", "border"))
def corner_harris(
    gray: ArrayLike,
    block_size: int = 2,
    size: int = 3,
    k: ArrayLike = 0.04,
    border: Border = "mirror",
) -> Array:
    """How much each pixel is a corner: ``det(M) - k trace(M)²``.

    It is large at corners, below 0 on edges, and about 0 elsewhere. M is the matrix of the products
    of the two derivatives, summed over a block around the pixel. After Harris and Stephens, "A
    Combined Corner and Edge Detector", 1988; scaled as OpenCV's cornerHarris.

    Args:
        gray: images (..., rows, columns).
        block_size: side of the block. Default: 2.
        size: of Sobel's filter, odd, from 3 to 31. Default: 3.
        k: a number from 0.04 to 0.06; larger finds fewer corners. Default: 0.04.
        border: what lies outside. Default: 'mirror'.

    Returns:
        float32 (..., rows, columns).

    Examples:
        >>> image = jnp.zeros((8, 8)).at[4:, 4:].set(1.0)
        >>> jc.vision.corner_harris(image).shape
        (8, 8)

    References:
        - Harris and Stephens, "A Combined Corner and Edge Detector", 1988,
          <https://doi.org/10.5244/C.2.23>
    """
    smoothing, derivative = sobel_kernels(size)
    scale = 1 / (2 ** (size - 1) * block_size)
    x = jnp.asarray(gray)
    if x.dtype == jnp.uint8:
        scale /= 255
    x = x[..., None] * jnp.float32(scale)
    across = separable(x, smoothing, derivative, border)
    down = separable(x, derivative, smoothing, border)
    products = jnp.concatenate([across * across, across * down, down * down], -1)
    ones = np.ones(block_size)
    xx, xy, yy = jnp.moveaxis(separable(products, ones, ones, border), -1, 0)
    corners: Array = xx * yy - xy * xy - k * jnp.square(xx + yy)
    return corners
