"""The YOLO networks, as the sections of a cfg file would describe them."""

from __future__ import annotations

from collections.abc import Sequence

from jaxcnn.detection.darknet import Network, Section, build

YOLOV2_ANCHORS = (
    (0.57273, 0.677385),
    (1.87446, 2.06253),
    (3.33843, 5.47434),
    (7.88282, 3.52778),
    (9.77052, 9.16828),
)
"""In cells of 32 pixels, from COCO."""
TINY_YOLOV2_VOC_ANCHORS = ((1.08, 1.19), (3.42, 4.41), (6.63, 11.38), (9.42, 5.11), (16.62, 10.52))
"""In cells of 32 pixels, from Pascal VOC."""
YOLOV3_ANCHORS = (
    (10, 13),
    (16, 30),
    (33, 23),
    (30, 61),
    (62, 45),
    (59, 119),
    (116, 90),
    (156, 198),
    (373, 326),
)
"""In pixels of an image of 416 x 416, from COCO."""
TINY_YOLOV3_ANCHORS = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
"""In pixels of an image of 416 x 416, from COCO."""

Anchors = Sequence[tuple[float, float]]


def tiny_yolov2(
    classes: int = 80,
    anchors: Anchors = YOLOV2_ANCHORS,
    input_size: tuple[int, int] = (416, 416),
    last_filters: int = 512,
) -> Network:
    """Tiny-YOLOv2: nine convolutions, one head of cells of 32 x 32 pixels; `anchors` in cells.

    The network published for COCO has 512 `last_filters`, the one for Pascal VOC (20 classes) 1024.

    Args:
        classes: number of classes, a positive integer. Default: 80.
        anchors: (width, height) of each anchor in cells. By default those that the published
            weights were trained with.
        input_size: (height, width) of the images, multiples of 32. Default: (416, 416).
        last_filters: channels of the last convolution but one. Default: 512.

    Examples:
        >>> jc.detection.tiny_yolov2(classes=2, input_size=(64, 64)).model.output_shape
        (None, 2, 2, 35)

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    sections = [_net(input_size)]
    for filters, stride in ((16, 2), (32, 2), (64, 2), (128, 2), (256, 2), (512, 1)):
        sections += [_convolution(filters, 3), _section("maxpool", size=2, stride=stride)]
    sections += [_convolution(1024, 3), _convolution(last_filters, 3), *_region(classes, anchors)]
    return build(sections, name="tiny_yolov2")


def yolov2(
    classes: int = 80, anchors: Anchors = YOLOV2_ANCHORS, input_size: tuple[int, int] = (608, 608)
) -> Network:
    """YOLOv2 on Darknet-19, with a shortcut from the map of 16 x 16-pixel cells.

    `anchors` are in cells of 32 pixels.

    Args:
        classes: number of classes, a positive integer. Default: 80.
        anchors: (width, height) of each anchor in cells. By default those that the published
            weights were trained with.
        input_size: (height, width) of the images, multiples of 32. Default: (608, 608).

    Examples:
        >>> len(jc.detection.yolov2(classes=2, input_size=(64, 64)).heads)
        1

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    pool = _section("maxpool", size=2, stride=2)
    sections = [_net(input_size), _convolution(32, 3), pool, _convolution(64, 3), pool]
    sections += [
        *_alternating(128, 3),
        pool,
        *_alternating(256, 3),
        pool,
        *_alternating(512, 5),
        pool,
    ]
    sections += [*_alternating(1024, 5), _convolution(1024, 3), _convolution(1024, 3)]
    sections += [_route(-9), _convolution(64, 1), _section("reorg", stride=2)]
    sections += [_route(-1, -4), _convolution(1024, 3), *_region(classes, anchors)]
    return build(sections, name="yolov2")


def tiny_yolov3(
    classes: int = 80,
    anchors: Anchors = TINY_YOLOV3_ANCHORS,
    input_size: tuple[int, int] = (416, 416),
) -> Network:
    """Tiny-YOLOv3: two heads, of cells of 32 x 32 and 16 x 16 pixels; six `anchors` in pixels.

    Args:
        classes: number of classes, a positive integer. Default: 80.
        anchors: (width, height) of each anchor in pixels. By default those that the published
            weights were trained with.
        input_size: (height, width) of the images, multiples of 32. Default: (416, 416).

    Examples:
        >>> len(jc.detection.tiny_yolov3(classes=2, input_size=(64, 64)).heads)
        2

    References:
        - Redmon and Farhadi, "YOLOv3: An Incremental Improvement", 2018,
          <https://arxiv.org/abs/1804.02767>
    """
    sections = [_net(input_size)]
    for filters, stride in ((16, 2), (32, 2), (64, 2), (128, 2), (256, 2), (512, 1)):
        sections += [_convolution(filters, 3), _section("maxpool", size=2, stride=stride)]
    sections += [_convolution(1024, 3), _convolution(256, 1), _convolution(512, 3)]
    sections += _yolo(classes, anchors, (3, 4, 5))
    sections += _upsampled(128, joined_with=8)
    sections += [_convolution(256, 3), *_yolo(classes, anchors, (0, 1, 2))]
    return build(sections, name="tiny_yolov3")


def yolov3(
    classes: int = 80, anchors: Anchors = YOLOV3_ANCHORS, input_size: tuple[int, int] = (416, 416)
) -> Network:
    """YOLOv3 on Darknet-53: heads of cells of 32, 16 and 8 pixels; nine `anchors` in pixels.

    Args:
        classes: number of classes, a positive integer. Default: 80.
        anchors: (width, height) of each anchor in pixels. By default those that the published
            weights were trained with.
        input_size: (height, width) of the images, multiples of 32. Default: (416, 416).

    Examples:
        >>> len(jc.detection.yolov3(classes=2, input_size=(64, 64)).heads)
        3

    References:
        - Redmon and Farhadi, "YOLOv3: An Incremental Improvement", 2018,
          <https://arxiv.org/abs/1804.02767>
    """
    sections = [_net(input_size), _convolution(32, 3)]
    for filters, blocks in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        sections.append(_convolution(filters, 3, stride=2))
        for _ in range(blocks):
            sections += [_convolution(filters // 2, 1), _convolution(filters, 3)]
            sections.append(_section("shortcut", **{"from": -3, "activation": "linear"}))
    for filters, mask, finer in (
        (512, (6, 7, 8), None),
        (256, (3, 4, 5), 61),
        (128, (0, 1, 2), 36),
    ):
        if finer is not None:
            sections += _upsampled(filters, joined_with=finer)
        sections += [_convolution(filters, 1), _convolution(2 * filters, 3)] * 3
        sections += _yolo(classes, anchors, mask)
    return build(sections, name="yolov3")


def _section(kind: str, **settings: object) -> Section:
    return Section(kind, {name: str(value) for name, value in settings.items()})


def _net(input_size: tuple[int, int]) -> Section:
    height, width = input_size
    if height % 32 or width % 32 or min(height, width) < 32:
        raise ValueError(
            f"input_size is {input_size}; height and width must be multiples of 32 pixels."
        )
    return _section("net", height=height, width=width, channels=3)


def _convolution(filters: int, size: int, stride: int = 1) -> Section:
    settings = {"filters": filters, "size": size, "stride": stride}
    return _section("convolutional", batch_normalize=1, pad=1, activation="leaky", **settings)


def _route(*layers: int) -> Section:
    """The channels of earlier sections, counted from here where negative."""
    return _section("route", layers=",".join(map(str, layers)))


def _upsampled(filters: int, joined_with: int) -> list[Section]:
    """From before the last head: fewer channels, cells of half the size, and an earlier section."""
    enlarged = [_route(-4), _convolution(filters, 1), _section("upsample", stride=2)]
    return [*enlarged, _route(-1, joined_with)]


def _alternating(filters: int, count: int) -> list[Section]:
    """`count` convolutions, 3x3 with `filters` and 1x1 with half of them in turn."""
    return [_convolution(filters // (1 + i % 2), 3 - 2 * (i % 2)) for i in range(count)]


def _output(channels: int) -> Section:
    return _section("convolutional", filters=channels, size=1, stride=1, pad=1, activation="linear")


def _region(classes: int, anchors: Anchors) -> list[Section]:
    region = _section("region", anchors=_written(anchors), classes=classes, num=len(anchors))
    return [_output(len(anchors) * (5 + classes)), region]


def _yolo(classes: int, anchors: Anchors, mask: Sequence[int]) -> list[Section]:
    written = ",".join(map(str, mask))
    yolo = _section(
        "yolo", mask=written, anchors=_written(anchors), classes=classes, num=len(anchors)
    )
    return [_output(len(mask) * (5 + classes)), yolo]


def _written(anchors: Anchors) -> str:
    return ",".join(f"{width},{height}" for width, height in anchors)
