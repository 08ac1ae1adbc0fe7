"""Arithmetic of sliding windows: how many positions a window has along an axis, and what is padded
for them.
"""

from __future__ import annotations

from collections.abc import Sequence

Padding = str | Sequence[tuple[int, int]]
Sizes = int | Sequence[int]  # one for all axes, or one for each


def per_axis(value: Sizes, rank: int, name: str) -> tuple[int, ...]:
    """One positive integer for each of ``rank`` spatial axes, from an integer or a sequence of
    them.
    """
    values = tuple(int(v) for v in value) if isinstance(value, Sequence) else (int(value),) * rank
    if len(values) != rank or min(values) < 1:
        raise ValueError(
            f"{name} must be a positive integer or {rank} of them, one for each spatial axis; got "
            f"{value!r}."
        )
    return values


def effective_size(k: int, dilation: int) -> int:
    """Extent of a window of ``k`` elements that are ``dilation`` apart."""
    return (k - 1) * dilation + 1


def window_padding(
    length: int, k: int, padding: str, stride: int = 1, dilation: int = 1
) -> tuple[int, int]:
    """Elements added before and after an axis.

    'same' gives ``ceil(length / stride)`` windows and puts the odd element at the end; 'causal'
    puts everything at the start, so that no window sees an element after its own position; 'valid'
    adds nothing.
    """
    extent = effective_size(k, dilation)
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return extent - 1, 0
    if padding == "same":
        total = max((-(-length // stride) - 1) * stride + extent - length, 0)
        return total // 2, total - total // 2
    raise ValueError(
        f"padding must be 'valid', 'same', 'causal' or (before, after) pairs; got {padding!r}."
    )


def resolve_padding(
    padding: Padding,
    lengths: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
) -> tuple[tuple[int, int], ...]:
    """(before, after) for each spatial axis, from a padding name or from such pairs themselves."""
    rank = len(lengths)
    if isinstance(padding, str):
        if padding == "causal" and rank != 1:
            raise ValueError(
                f"padding 'causal' needs one spatial axis (batch, steps, channels); got {rank} "
                "axes."
            )
        axes = zip(lengths, window, strides, dilation, strict=True)
        return tuple(window_padding(n, k, padding, s, d) for n, k, s, d in axes)
    pairs = tuple((int(before), int(after)) for before, after in padding)
    if len(pairs) != rank or min(map(min, pairs)) < 0:
        raise ValueError(
            f"explicit padding must be {rank} (before, after) pairs, none negative; got "
            f"{padding!r}."
        )
    return pairs


def conv_output_length(
    length: int | None, k: int, padding: str | tuple[int, int], stride: int = 1, dilation: int = 1
) -> int | None:
    """Positions of a window of ``k`` elements along an axis of ``length`` (None stays None), 0 if
    it does not fit.

    Args:
        length: number of elements along the axis, or None.
        k: elements of the window.
        padding: 'valid', 'same', 'causal', 'full' or (before, after).
        stride: steps of the window. Default: 1.
        dilation: distance of its elements. Default: 1.

    Examples:
        >>> jc.ops.conv_output_length(28, 3, "valid")
        26

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/conv_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/conv_utils.py>
    """
    if length is None:
        return None
    before, after = (
        window_padding(length, k, padding, stride, dilation)
        if isinstance(padding, str)
        else padding
    )
    return max((length + before + after - effective_size(k, dilation)) // stride + 1, 0)


def conv_transpose_output_length(
    length: int | None,
    k: int,
    padding: str,
    stride: int = 1,
    dilation: int = 1,
    output_padding: int | None = None,
) -> int | None:
    """Length that a transposed convolution makes of ``length`` (None stays None).

    'valid' gives ``length * stride + max(k - stride, 0)``, 'same' ``length * stride`` and 'full'
    ``length * stride - (stride + k - 2)``; with ``output_padding`` it is
    ``(length - 1) * stride + k - 2 * pad + output_padding``, where pad is 0 for 'valid', ``k // 2``
    for 'same' and ``k - 1`` for 'full'.

    Args:
        length: number of elements along the axis, or None.
        k: elements of the window.
        padding: 'valid', 'same' or 'full'.
        stride: steps of the window. Default: 1.
        dilation: distance of its elements. Default: 1.
        output_padding: what is added; None for what follows from `padding`.

    Raises:
        ValueError: another `padding`.

    Examples:
        >>> jc.ops.conv_transpose_output_length(14, 3, "same", stride=2)
        28

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
    """
    if padding not in ("valid", "same", "full"):
        raise ValueError(
            "padding of a transposed convolution must be 'valid', 'same' or 'full'; got "
            f"{padding!r}."
        )
    if length is None:
        return None
    extent = effective_size(k, dilation)
    if output_padding is None:
        added = {"valid": max(extent - stride, 0), "same": 0, "full": 2 - stride - extent}
        return length * stride + added[padding]
    if not 0 <= output_padding < stride:
        raise ValueError(
            f"output_padding must be at least 0 and below the stride {stride}; got "
            f"{output_padding}."
        )
    pad = {"valid": 0, "same": extent // 2, "full": extent - 1}
    return (length - 1) * stride + extent - 2 * pad[padding] + output_padding
