"""Architectures of `jaxcnn.applications` as PyTorch modules of a few lines, for 1000 classes."""

from __future__ import annotations

from typing import Any

CLASSES = 1000


def top(channels: int) -> list[Any]:
    """The mean over all places, and the logits."""
    from torch import nn

    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def conv(
    inputs: int, outputs: int, window: int, stride: int = 1, groups: int = 1, relu: Any = None
) -> Any:
    """Convolution, normalization and, where one is given, the activation."""
    from torch import nn

    first = nn.Conv2d(inputs, outputs, window, stride, window // 2, groups=groups, bias=False)
    return nn.Sequential(first, nn.BatchNorm2d(outputs), *([relu()] if relu else []))


def mobilenet(size: int) -> Any:
    from torch import nn

    from jaxcnn.applications.mobilenet import BLOCKS

    modules, channels = [conv(3, 32, 3, 2, relu=nn.ReLU6)], 32
    for filters, stride in BLOCKS:
        modules.append(conv(channels, channels, 3, stride, groups=channels, relu=nn.ReLU6))
        modules.append(conv(channels, filters, 1, relu=nn.ReLU6))
        channels = filters
    return nn.Sequential(*modules, *top(channels))


def resnet50(size: int) -> Any:
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs: int, filters: int, stride: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                conv(inputs, filters, 1, stride, relu=nn.ReLU),
                conv(filters, filters, 3, relu=nn.ReLU),
                conv(filters, 4 * filters, 1),
            )
            self.shortcut = (
                nn.Identity() if inputs == 4 * filters else conv(inputs, 4 * filters, 1, stride)
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.main(x) + self.shortcut(x))

    modules, channels = [conv(3, 64, 7, 2, relu=nn.ReLU), nn.MaxPool2d(3, 2, 1)], 64
    for stage, (filters, depth) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(depth):
            modules.append(Block(channels, filters, 2 if stage and not block else 1))
            channels = 4 * filters
    return nn.Sequential(*modules, *top(channels))


def vgg16(size: int) -> Any:
    from torch import nn

    from jaxcnn.applications.vgg import CONFIGURATIONS, FILTERS

    modules, channels = [], 3
    for filters, windows in zip(FILTERS, CONFIGURATIONS["D"], strict=True):
        for window in windows:
            modules += [nn.Conv2d(channels, filters, window, padding=window // 2), nn.ReLU()]
            channels = filters
        modules.append(nn.MaxPool2d(2))
    features = channels * (size // 32) ** 2
    wide = [nn.Linear(features, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    return nn.Sequential(*modules, nn.Flatten(), *wide, nn.Linear(4096, CLASSES))


def mobilenet_v2(size: int) -> Any:
    import torch
    from torch import nn

    from jaxcnn.applications.mobilenet_v2 import STAGES

    class Block(nn.Module):
        def __init__(self, inputs: int, outputs: int, stride: int, wider: int) -> None:
            super().__init__()
            self.adds, inner = stride == 1 and inputs == outputs, wider * inputs
            self.main = nn.Sequential(
                *([conv(inputs, inner, 1, relu=nn.ReLU6)] if wider > 1 else []),
                conv(inner, inner, 3, stride, groups=inner, relu=nn.ReLU6),
                conv(inner, outputs, 1),
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + self.main(x) if self.adds else self.main(x)

    modules, channels = [conv(3, 32, 3, 2, relu=nn.ReLU6)], 32
    for stage, (filters, first_stride, blocks) in enumerate(STAGES):
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            modules.append(Block(channels, filters, stride, 6 if stage else 1))
            channels = filters
    return nn.Sequential(*modules, conv(channels, 1280, 1, relu=nn.ReLU6), *top(1280))


def densenet121(size: int) -> Any:
    import torch
    from torch import nn

    from jaxcnn.applications.densenet import GROWTH

    def before(inputs: int, outputs: int, window: int) -> list[Any]:
        """Normalization and ReLU, and then the convolution."""
        padded = nn.Conv2d(inputs, outputs, window, padding=window // 2, bias=False)
        return [nn.BatchNorm2d(inputs), nn.ReLU(), padded]

    class Block(nn.Module):
        def __init__(self, inputs: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                *before(inputs, 4 * GROWTH, 1), *before(4 * GROWTH, GROWTH, 3)
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cat([x, self.main(x)], 1)

    modules, channels = [conv(3, 64, 7, 2, relu=nn.ReLU), nn.MaxPool2d(3, 2, 1)], 64
    for stage, depth in enumerate((6, 12, 24, 16)):
        if stage:
            modules += [*before(channels, channels // 2, 1), nn.AvgPool2d(2)]
            channels //= 2
        modules += [Block(channels + GROWTH * i) for i in range(depth)]
        channels += GROWTH * depth
    return nn.Sequential(*modules, nn.BatchNorm2d(channels), nn.ReLU(), *top(channels))


MODULES = {
    "MobileNet": mobilenet,
    "MobileNetV2": mobilenet_v2,
    "ResNet50": resnet50,
    "VGG16": vgg16,
    "DenseNet121": densenet121,
}
