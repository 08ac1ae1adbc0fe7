"""Every loss function as a class that holds its options, made from the function's parameters."""

from jaxcnn.losses.loss import Loss

class MeanSquaredError(Loss):
    """``mean((y_pred - y_true)**2)``.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.MeanSquaredError()(jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]]))
        Array([2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class MeanAbsoluteError(Loss):
    """``mean(|y_pred - y_true|)``.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.MeanAbsoluteError()(jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class MeanAbsolutePercentageError(Loss):
    """``100 mean(|y_true - y_pred| / max(|y_true|, eps))``.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]])
        >>> jc.losses.MeanAbsolutePercentageError()(y_true, y_pred)
        Array([50.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class MeanSquaredLogarithmicError(Loss):
    """``mean((log(max(y_pred, eps) + 1) - log(max(y_true, eps) + 1))**2)``.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> loss = jc.losses.MeanSquaredLogarithmicError()(jnp.array([[0.0]]), jnp.array([[1.0]]))
        >>> round(loss.item(), 3)
        0.48

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class Hinge(Loss):
    """``mean(max(1 - y_true y_pred, 0))`` for targets -1 and 1.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.Hinge()(jnp.array([[1.0, -1.0]]), jnp.array([[0.5, 0.5]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class SquaredHinge(Loss):
    """``mean(max(1 - y_true y_pred, 0)**2)`` for targets -1 and 1.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.SquaredHinge()(jnp.array([[1.0, -1.0]]), jnp.array([[0.5, 0.5]]))
        Array([1.25], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class CategoricalHinge(Loss):
    """``max(0, 1 + greatest wrong score - right score)`` for one-hot targets.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.CategoricalHinge()(jnp.array([[0.0, 1.0]]), jnp.array([[0.5, 0.75]]))
        Array([0.75], dtype=float32)

    References:
        - Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector
          Machines", 2001, <https://www.jmlr.org/papers/v2/crammer01a.html>
    """

    def __init__(
        self,
    ) -> None: ...


class LogCosh(Loss):
    """``mean(log(cosh(y_pred - y_true)))``, written so that it does not overflow.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> round(jc.losses.LogCosh()(jnp.array([[0.0]]), jnp.array([[1.0]])).item(), 3)
        0.434

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class Huber(Loss):
    """Mean of ``error**2 / 2`` where ``|error| <= delta``, else of ``delta (|error| - delta / 2)``.

    Args:
        delta: error up to which the loss is quadratic, above 0. Default: 1.0.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.Huber()(jnp.array([[0.0, 0.0]]), jnp.array([[1.0, 3.0]]))
        Array([1.5], dtype=float32)

    References:
        - Huber, "Robust Estimation of a Location Parameter", 1964,
          <https://doi.org/10.1214/aoms/1177703732>
    """

    def __init__(
        self, delta: float = 1.0,
    ) -> None: ...


class CategoricalCrossentropy(Loss):
    """``-sum(y_true log p)`` for targets that are distributions, usually one-hot.

    ``p`` is ``softmax(y_pred)`` with ``from_logits``; else ``y_pred`` divided by its sum and cut to
    [eps, 1 - eps], so that the result is finite, on a row of zeros too.

    Args:
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([[0.0, 1.0]]), jnp.array([[0.5, 0.5]])
        >>> jc.losses.CategoricalCrossentropy()(y_true, y_pred).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self, from_logits: bool = False,
    ) -> None: ...


class SparseCategoricalCrossentropy(Loss):
    """:func:`categorical_crossentropy` for class numbers.

    ``y_true`` has the shape ``(batch, ...)`` or ``(batch, ..., 1)``, and may be of a float type. A
    number outside 0 .. classes - 1 gives NaN.

    Args:
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([1]), jnp.array([[0.5, 0.5]])
        >>> jc.losses.SparseCategoricalCrossentropy()(y_true, y_pred).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self, from_logits: bool = False,
    ) -> None: ...


class BinaryCrossentropy(Loss):
    """``-mean(y_true log p + (1 - y_true) log(1 - p))``.

    ``p`` is ``sigmoid(y_pred)`` with ``from_logits``; else ``y_pred`` cut to [eps, 1 - eps].

    Args:
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.BinaryCrossentropy()(jnp.array([[1.0]]), jnp.array([[0.5]])).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self, from_logits: bool = False,
    ) -> None: ...


class KLDivergence(Loss):
    """``sum(y_true log(y_true / y_pred))``, both cut to [eps, 1] (Kullback and Leibler, 1951).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> p, q = jnp.array([[0.5, 0.5]]), jnp.array([[0.25, 0.75]])
        >>> round(jc.losses.KLDivergence()(p, q).item(), 3)
        0.144

    References:
        - Kullback and Leibler, "On Information and Sufficiency", 1951,
          <https://doi.org/10.1214/aoms/1177729694>
    """

    def __init__(
        self,
    ) -> None: ...


class Poisson(Loss):
    """``mean(y_pred - y_true log(y_pred + eps))``.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.Poisson()(jnp.array([[2.0]]), jnp.array([[1.0]])).round(3)
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...


class CosineProximity(Loss):
    """``-mean(u v)`` of the vectors scaled to length one: minus their cosine, over their length.

    In programs of Keras 2.2 minus their cosine itself.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.CosineProximity()(jnp.array([[1.0, 0.0]]), jnp.array([[1.0, 0.0]]))
        Array([-0.5], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """

    def __init__(
        self,
    ) -> None: ...
