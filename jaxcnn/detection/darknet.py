"""Darknet's files: a network as sections of a ``.cfg`` file, its weights in a ``.weights`` file.

The sections are turned into a Keras-style `Model` whose outputs are the raw maps of the detection
heads, so that everything that works on models works on them. Format: Redmon, "Darknet: Open Source
Neural Networks in C".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jaxcnn import layers
from jaxcnn.detection.cfg import Section, read_sections, require_known
from jaxcnn.detection.faults import repaired
from jaxcnn.detection.heads import Head
from jaxcnn.detection.reorganise import Reorganise
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.spellings.hints import closest
from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.untrusted import one_error

MOST_SECTIONS = 2000


@dataclass(frozen=True)
class Network:
    """A detection network: the model, and how its outputs are read.

    Args:
        model: from images (batch, height, width, 3), 0 to 1, to one raw map for each head.
        heads: heads in the order of the outputs.
        convolutions: (name of the convolution, name of its batch normalization or None) in the
            order of weight files.

    Attributes:
        model: from images (batch, height, width, 3), 0 to 1, to one raw map for each head.
        heads: in the order of the outputs.
        convolutions: (name of the convolution, name of its batch normalization or None) in the
            order of weight files.

    Examples:
        >>> network = jc.detection.tiny_yolov3(classes=2, input_size=(64, 64))
        >>> type(network).__name__, len(network.heads)
        ('Network', 2)

    References:
        - Redmon, "Darknet: Open Source Neural Networks in C", 2013, <https://pjreddie.com/darknet/>
    """

    model: Model
    heads: tuple[Head, ...]
    convolutions: tuple[tuple[str, str | None], ...]

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the images that the model takes."""
        _, height, width, _ = self.model.input_shape
        return height, width


def build(
    sections: Sequence[Section], input_size: tuple[int, int] | None = None, name: str | None = None
) -> Network:
    """The network of some sections, the first of which is [net].

    Args:
        sections: from `read_sections` or `jaxcnn.detection.networks`.
        input_size: height and width in place of those that [net] names; multiples of the network's
            stride, 32.
        name: of the model.

    Raises:
        ValueError: a section or setting that is not known here, or no detection head.
    """
    net = sections[0]
    if len(sections) > MOST_SECTIONS:
        raise ValueError(f"{len(sections):,} sections; a network has at most {MOST_SECTIONS:,}.")
    height, width = input_size or (net.integer("height", 416), net.integer("width", 416))
    image = layers.Input((height, width, net.integer("channels", 3)), name="picture")
    builder = _Builder(image)
    for index, section in enumerate(sections[1:]):
        kinds = {
            n.removeprefix("add_"): getattr(builder, n)
            for n in dir(builder)
            if n.startswith("add_")
        }
        if section.kind not in kinds:
            raise ValueError(
                f"Section {index} is [{section.kind}], which is not supported."
                f"{closest(section.kind, kinds)} Known: "
                f"{', '.join(sorted(kinds))}."
            )
        try:
            require_known(section)
            builder.outputs.append(kinds[section.kind](section, index))
        except (ValueError, IndexError, KeyError) as error:
            raise ValueError(f"Section {index} [{section.kind}]: {error}") from error
    if not builder.heads:
        raise ValueError(
            "The network has no detection head: neither [yolo] nor [region] is among its sections."
        )
    model = Model(image, builder.raw if len(builder.raw) > 1 else builder.raw[0], name=name)
    return Network(model, tuple(builder.heads), tuple(builder.convolutions))


class _Builder:
    """Calls one layer after another.

    `outputs` are the tensors of the sections so far, which later sections refer to, `raw` those of
    the heads.
    """

    def __init__(self, image: SymbolicTensor) -> None:
        self.image = image
        self.outputs: list[SymbolicTensor] = []
        self.raw: list[SymbolicTensor] = []
        self.heads: list[Head] = []
        self.convolutions: list[tuple[str, str | None]] = []

    @property
    def last(self) -> SymbolicTensor:
        return self.outputs[-1] if self.outputs else self.image

    def at(self, reference: int, index: int) -> SymbolicTensor:
        """The output of the section that section `index` refers to, relative to it if negative."""
        source = index + reference if reference < 0 else reference
        if not 0 <= source < index:
            raise ValueError(f"it refers to section {source}, which does not come before it.")
        return self.outputs[source]

    def add_convolutional(self, section: Section, index: int) -> SymbolicTensor:
        size, stride, filters = (section.integer(name, 1) for name in ("size", "stride", "filters"))
        pad = size // 2 if section.integer("pad", 0) else section.integer("padding", 0)
        normalized = bool(section.integer("batch_normalize", 0))
        x, padding = self.last, "valid"
        if pad and stride == 1 and size == 2 * pad + 1:
            padding = "same"
        elif pad:
            x = layers.ZeroPadding2D(pad, name=f"pad_{index}")(x)
        x = layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding=padding,
            use_bias=not normalized,
            groups=section.integer("groups", 1),
            name=f"conv_{index}",
        )(x)
        if normalized:
            x = layers.BatchNormalization(epsilon=1e-5, name=f"bn_{index}")(x)
        self.convolutions.append((f"conv_{index}", f"bn_{index}" if normalized else None))
        return self.activated(x, section, index, default="logistic")

    def activated(
        self, x: SymbolicTensor, section: Section, index: int, default: str
    ) -> SymbolicTensor:
        name = section.settings.get("activation", default)
        known = {
            "linear": None,
            "leaky": lambda: layers.LeakyReLU(0.1, name=f"leaky_{index}"),
            "relu": lambda: layers.Activation("relu", name=f"relu_{index}"),
            "logistic": lambda: layers.Activation("sigmoid", name=f"logistic_{index}"),
        }
        if name not in known:
            raise ValueError(f"activation={name} is not supported; known: {', '.join(known)}.")
        make = known[name]
        return x if make is None else make()(x)

    def add_maxpool(self, section: Section, index: int) -> SymbolicTensor:
        stride = section.integer("stride", 1)
        size = section.integer("size", stride)
        if section.integer("padding", size - 1) != size - 1 or stride not in (1, size):
            raise ValueError(f"size={size} with stride={stride} and this padding is not supported.")
        return layers.MaxPooling2D(size, strides=stride, padding="same", name=f"pool_{index}")(
            self.last
        )

    def add_upsample(self, section: Section, index: int) -> SymbolicTensor:
        return layers.UpSampling2D(section.integer("stride", 2), name=f"upsample_{index}")(
            self.last
        )

    def add_reorg(self, section: Section, index: int) -> SymbolicTensor:
        return Reorganise(section.integer("stride", 1), name=f"reorg_{index}")(self.last)

    def add_route(self, section: Section, index: int) -> SymbolicTensor:
        if "groups" in section.settings:
            raise ValueError("groups of channels are not supported.")
        sources = [self.at(reference, index) for reference in section.integers("layers")]
        return (
            sources[0] if len(sources) == 1 else layers.Concatenate(name=f"route_{index}")(sources)
        )

    def add_shortcut(self, section: Section, index: int) -> SymbolicTensor:
        x = layers.Add(name=f"shortcut_{index}")(
            [self.last, self.at(section.integers("from")[0], index)]
        )
        return self.activated(x, section, index, default="linear")

    def add_yolo(self, section: Section, index: int) -> SymbolicTensor:
        anchors = self.anchors(section, self.image)
        mask = tuple(section.integers("mask") or range(len(anchors)))
        return self.head(Head(anchors, mask, section.integer("classes", 20), independent=True))

    def add_region(self, section: Section, index: int) -> SymbolicTensor:
        anchors = self.anchors(section, self.last)
        mask = tuple(range(len(anchors)))
        return self.head(Head(anchors, mask, section.integer("classes", 20), independent=False))

    def anchors(self, section: Section, unit: SymbolicTensor) -> tuple[tuple[float, float], ...]:
        """The anchors of a head, given in pixels or cells of `unit`, in fractions of it."""
        sizes = section.floats("anchors")
        _, height, width, _ = unit.shape
        assert height is not None and width is not None  # of the input, by `build`
        return tuple((w / width, h / height) for w, h in zip(sizes[::2], sizes[1::2], strict=True))

    def head(self, head: Head) -> SymbolicTensor:
        """Take the last output as the raw map of `head`."""
        x = self.last
        if x.shape[-1] != head.channels:
            raise ValueError(
                f"{len(head.mask)} anchors and {head.classes} classes need {head.channels} filters "
                f"in the convolution before it; there are {x.shape[-1]}."
            )
        self.raw.append(x)
        self.heads.append(head)
        return x


def read_weights(network: Network, path: str | os.PathLike[str]) -> None:
    """Put the weights of a ``.weights`` file into a network: all of them or none.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds more or fewer numbers than the network, or is no weight file;
            nothing is changed.
    """
    data = Path(path).read_bytes()
    values = np.frombuffer(data, "<f4", offset=_header_size(data, path))
    parameters = network.model.count_params()
    new: list[tuple[layers.Layer, list[np.ndarray]]] = []
    start = 0
    for name, normalization in network.convolutions:
        convolution = network.model.get_layer(name)
        kernel = convolution.weight_shape(("params", "kernel"))
        filters = kernel[-1]
        count = filters * (4 if normalization else 1) + int(np.prod(kernel))
        if start + count > len(values):
            raise ValueError(
                f"{path} does not match the network: it ends inside the weights of layer '{name}' "
                f"(kernel {kernel}). The network has {parameters:,} numbers, the file "
                f"{len(values):,}; is it of another cfg file?"
            )
        # Biases come first; with batch normalization they are its beta, followed by gamma, mean
        # and variance.
        vectors = values[start : start + count - int(np.prod(kernel))].reshape(-1, filters)
        # Darknet's kernels are (filters, channels, height, width).
        stored = values[start + vectors.size : start + count].reshape(
            kernel[3], kernel[2], kernel[0], kernel[1]
        )
        weights = [stored.transpose(2, 3, 1, 0)]
        if normalization:
            beta, gamma, mean, variance = vectors
            new.append((network.model.get_layer(normalization), [gamma, beta, mean, variance]))
        else:
            weights.append(vectors[0])
        new.append((convolution, weights))
        start += count
    if start != len(values):
        raise ValueError(
            f"{path} does not match the network: the file has {len(values):,} numbers, the network "
            f"{parameters:,}, so {len(values) - start:,} are left over; is it of another cfg file?"
        )
    for layer, arrays in new:
        layer.set_weights(arrays)


def _header_size(data: bytes, path: str | os.PathLike[str]) -> int:
    """Bytes before the weights: three version numbers and the count of images seen in training.

    The count has 32 bits, since version 0.2 64.
    """
    if len(data) < 16:
        raise ValueError(f"{path} is not a Darknet weight file: it has only {len(data)} bytes.")
    major, minor, _ = np.frombuffer(data, "<i4", 3)
    if not (0 <= major < 1000 and 0 <= minor < 1000):
        raise ValueError(
            f"{path} is not a Darknet weight file: its version would be {major}.{minor}."
        )
    size = 20 if major * 10 + minor >= 2 else 16
    if len(data) < size or (len(data) - size) % 4:
        raise ValueError(
            f"{path} is damaged: {len(data)} bytes are not a header and whole numbers."
        )
    return size


def write_weights(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network's weights as Darknet 0.2 does; the file appears whole or not at all."""
    with atomic_write(path) as file:
        file.write(np.array([0, 2, 0], "<i4").tobytes() + np.array([0], "<i8").tobytes())
        for name, normalization in network.convolutions:
            kernel, *biases = network.model.get_layer(name).get_weights()
            if normalization:
                gamma, beta, mean, variance = network.model.get_layer(normalization).get_weights()
                biases = [beta, gamma, mean, variance]
            for values in (*biases, kernel.transpose(3, 2, 0, 1)):
                file.write(np.ascontiguousarray(values, "<f4").tobytes())


def load(
    cfg: str | os.PathLike[str],
    weights: str | os.PathLike[str],
    input_size: tuple[int, int] | None = None,
    repair: bool = True,
) -> Network:
    """The network of a cfg file with the weights of a ``.weights`` file.

    Args:
        repair: mend the known faults of published cfg files, with a warning (`faults.FAULTS`).

    Raises:
        FileNotFoundError, ValueError: as `read_sections`, `build` and `read_weights`.
    """
    sections = read_sections(cfg)
    with one_error(str(cfg), "a Darknet cfg file"):
        network = build(repaired(sections) if repair else sections, input_size)
    read_weights(network, weights)
    return network
