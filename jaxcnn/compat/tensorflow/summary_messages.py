"""``tf.Summary``: what programs write into an event file themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from jaxcnn.reporting.event_file import field, scalar_value

__all__ = ["HistogramProto", "Summary"]


class HistogramProto:
    """The distribution of values.

    Args:
        min, max, num, sum, sum_squares: of the values.
        bucket_limit, bucket: the upper end of each bucket, and how many values are in it.
    """

    NUMBERS: ClassVar[Sequence[str]] = ("min", "max", "num", "sum", "sum_squares")

    def __init__(
        self,
        *,
        min: float = 0.0,
        max: float = 0.0,
        num: float = 0.0,
        sum: float = 0.0,
        sum_squares: float = 0.0,
        bucket_limit: Iterable[float] = (),
        bucket: Iterable[float] = (),
    ) -> None:
        self.min, self.max, self.num = min, max, num
        self.sum, self.sum_squares = sum, sum_squares
        self.bucket_limit, self.bucket = list(bucket_limit), list(bucket)

    def SerializeToString(self) -> bytes:
        """The bytes of an event file."""
        numbers = [(i, float(getattr(self, name))) for i, name in enumerate(self.NUMBERS, 1)]
        lists = [(6, self.bucket_limit), (7, self.bucket)]
        return b"".join(field(i, number) for i, number in numbers if number) + b"".join(
            field(i, np.asarray(values, "<f8").tobytes()) for i, values in lists if values
        )


class Image:
    """An encoded image.

    Args:
        height, width: in pixels.
        colorspace: 1 for grey, 3 for RGB, 4 for RGBA.
        encoded_image_string: a file of it, as PNG.
    """

    def __init__(
        self,
        *,
        height: int = 0,
        width: int = 0,
        colorspace: int = 0,
        encoded_image_string: bytes = b"",
    ) -> None:
        self.height, self.width, self.colorspace = height, width, colorspace
        self.encoded_image_string = encoded_image_string

    def SerializeToString(self) -> bytes:
        """The bytes of an event file."""
        numbers = enumerate((self.height, self.width, self.colorspace), 1)
        file = field(4, self.encoded_image_string) if self.encoded_image_string else b""
        return b"".join(field(i, int(number)) for i, number in numbers if number) + file


class Value:
    """One of `simple_value`, `image` and `histo` by its `tag`.

    Args:
        tag: the name.
        simple_value: a number.
        image: an image.
        histo: a distribution.
    """

    def __init__(
        self,
        *,
        tag: str = "",
        simple_value: Any = None,
        image: Image | None = None,
        histo: HistogramProto | None = None,
    ) -> None:
        self.tag, self.simple_value, self.image, self.histo = tag, simple_value, image, histo

    def SerializeToString(self) -> bytes:
        """The bytes of an event file, where it is one of the values of a summary."""
        if self.simple_value is not None:
            return scalar_value(self.tag, float(self.simple_value))
        label = field(1, self.tag) if self.tag else b""
        image = b"" if self.image is None else field(4, self.image.SerializeToString())
        histo = b"" if self.histo is None else field(5, self.histo.SerializeToString())
        return field(1, label + image + histo)


class Values(list[Value]):
    """The values of a summary, to which `add` appends a new one."""

    def add(self, **settings: Any) -> Value:
        """A new value, which the program fills."""
        self.append(Value(**settings))
        return self[-1]


class Summary:
    """Values for an event file.

    Args:
        value: the values.
    """

    Image: ClassVar[type[Image]] = Image
    Value: ClassVar[type[Value]] = Value

    def __init__(self, *, value: Iterable[Any] = ()) -> None:
        self.value = Values(value)

    def SerializeToString(self) -> bytes:
        """The bytes of an event file."""
        return b"".join(value.SerializeToString() for value in self.value)
