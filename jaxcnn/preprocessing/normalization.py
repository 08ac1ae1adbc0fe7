"""Data made easy to learn from: zero mean, unit variance, rotation onto principal axes, whitening.

Formulas: "Learning Multiple Layers of Features from Tiny Images" (Krizhevsky, 2009), appendix A,
for whitening. The recipes for initial weights that go with them (small random numbers, 1/sqrt(n),
sqrt(2/n)) are `RandomNormal(0, 0.01)` and `VarianceScaling(1 or 2, "fan_in", "untruncated_normal")`
of `jaxcnn.initializers`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


def zero_mean(x: ArrayLike, axis: int | Sequence[int] | None = 0) -> Array:
    """`x` less its mean along `axis`.

    Axis 0 treats each feature on its own; (0, 1, 2) each colour of a batch of images; None all
    values alike, as for grey images.

    Args:
        x: array of numbers.
        axis: the axis or axes along which the mean is taken; None for all. Default: 0.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import zero_mean
        >>> zero_mean(jnp.array([1.0, 3.0]))
        Array([-1.,  1.], dtype=float32)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """
    x = jnp.asarray(x)
    return x - jnp.mean(x, axis=_axes(axis), keepdims=True)


def standardize(x: ArrayLike, axis: int | Sequence[int] | None = 0, epsilon: float = 1e-7) -> Array:
    """`x` with mean 0 and standard deviation 1 along `axis`: ``(x - mean) / (std + epsilon)``.

    Args:
        x: array of numbers.
        axis: the axis or axes along which it is standardised; None for all. Default: 0.
        epsilon: what is added to the standard deviation. Default: 1e-07.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import standardize
        >>> standardize(jnp.array([1.0, 3.0])).round(3)
        Array([-1.,  1.], dtype=float32)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """
    centred = zero_mean(x, axis)
    return centred / (jnp.std(centred, axis=_axes(axis), keepdims=True) + epsilon)


class PrincipalAxes(NamedTuple):
    """The result of `principal_axes`.

    Args:
        mean: float (features,).
        axes: float (features, features), a unit vector a column, in the order of falling variance.
        variances: float (features,), of the data along each axis.

    Attributes:
        mean: (features,).
        axes: (features, features), a unit vector a column, in the order of falling variance.
        variances: (features,), of the data along each axis.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import principal_axes
        >>> principal_axes(jnp.array([[1.0, 0.0], [-1.0, 0.0]])).variances
        Array([1., 0.], dtype=float32)

    References:
        - Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901,
          <https://doi.org/10.1080/14786440109462720>
    """

    mean: Array
    axes: Array
    variances: Array


def principal_axes(x: ArrayLike) -> PrincipalAxes:
    """The eigenvectors of the covariance ``XᵀX / n`` of samples (n, features).

    More features than samples leave axes with variance 0.

    Args:
        x: samples (n, features) of numbers.

    Raises:
        ValueError: an array of another rank.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import principal_axes
        >>> abs(principal_axes(jnp.array([[3.0, 0.0], [-3.0, 0.0]])).axes[:, 0])
        Array([1., 0.], dtype=float32)

    References:
        - Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901,
          <https://doi.org/10.1080/14786440109462720>
    """
    x = jnp.asarray(x)
    if x.ndim != 2:
        raise ValueError(
            f"Samples must have the shape (n, features); given {x.shape}. Reshape images to rows "
            "first."
        )
    mean = jnp.mean(x, axis=0)
    return PrincipalAxes(mean, *_spectrum(_covariance(x - mean)))


def rotate(x: ArrayLike, principal: PrincipalAxes, components: int | None = None) -> Array:
    """Samples (n, features) as coordinates along the first principal axes, by default all: PCA.

    Args:
        x: samples (n, features) of numbers.
        principal: their principal axes, or those of other samples.
        components: number of axes, from the first; None for all.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import principal_axes, rotate
        >>> samples = jnp.array([[3.0, 0.0], [-3.0, 0.0]])
        >>> rotate(samples, principal_axes(samples), components=1).shape
        (2, 1)

    References:
        - Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901,
          <https://doi.org/10.1080/14786440109462720>
    """
    return (jnp.asarray(x) - principal.mean) @ principal.axes[:, :components]


def whiten(
    x: ArrayLike, principal: PrincipalAxes, epsilon: float = 1e-6, components: int | None = None
) -> Array:
    """`rotate` with each coordinate divided by ``sqrt(variance + epsilon)``: covariance about I.

    Args:
        x: samples (n, features) of numbers.
        principal: their principal axes, or those of other samples.
        epsilon: what is added to each variance. Default: 1e-06.
        components: number of axes, from the first; None for all.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import principal_axes, whiten
        >>> samples = jnp.array([[3.0, 0.0], [-3.0, 0.0]])
        >>> abs(whiten(samples, principal_axes(samples), components=1)).round(3)
        Array([[1.],
               [1.]], dtype=float32)

    References:
        - Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
          <https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf>
    """
    return rotate(x, principal, components) / jnp.sqrt(principal.variances[:components] + epsilon)


def zca(x: ArrayLike, principal: PrincipalAxes, epsilon: float = 1e-6) -> Array:
    """Whitened samples turned back to the old axes: of all whitened data the nearest to `x`.

    Args:
        x: samples (n, features) of numbers.
        principal: their principal axes, or those of other samples.
        epsilon: what is added to each variance. Default: 1e-06.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import principal_axes, zca
        >>> samples = jnp.array([[3.0, 0.0], [-3.0, 0.0]])
        >>> zca(samples, principal_axes(samples)).round(3).shape
        (2, 2)

    References:
        - Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
          <https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf>
    """
    return whiten(x, principal, epsilon) @ principal.axes.T


def zca_matrix(covariance: ArrayLike, epsilon: float = 1e-6) -> Array:
    """The symmetric matrix that whitens samples of the given covariance.

    It is ``U diag(1 / sqrt(variance + epsilon)) Uᵀ``.

    Args:
        covariance: float (features, features).
        epsilon: what is added to each variance. Default: 1e-06.

    Examples:
        >>> from jaxcnn.preprocessing.normalization import zca_matrix
        >>> zca_matrix(jnp.diag(jnp.array([4.0, 4.0])), epsilon=0.0).round(3)
        Array([[0.5, 0. ],
               [0. , 0.5]], dtype=float32)

    References:
        - Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
          <https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf>
    """
    axes, variances = _spectrum(jnp.asarray(covariance))
    return (axes / jnp.sqrt(variances + epsilon)) @ axes.T


def _covariance(centred: Array) -> Array:
    return jnp.matmul(centred.T, centred, precision="highest") / len(centred)


def _spectrum(covariance: Array) -> tuple[Array, Array]:
    """Eigenvectors as columns, and eigenvalues, none below zero; the largest first."""
    variances, axes = jnp.linalg.eigh(covariance)
    return axes[:, ::-1], jnp.maximum(variances[::-1], 0)


def _axes(axis: int | Sequence[int] | None) -> int | tuple[int, ...] | None:
    return tuple(axis) if isinstance(axis, Sequence) else axis
