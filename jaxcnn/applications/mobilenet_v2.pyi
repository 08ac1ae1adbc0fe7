"""MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018."""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import channel_axis, channel_count, depthwise, halving_padding, image_size
from jaxcnn.applications.mobilenet import square_size
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_file
from jaxcnn.layers import Add, BatchNormalization, Conv2D, ReLU, SymbolicTensor, ZeroPadding2D


WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)


SIZES = (96, 128, 160, 192, 224)


STAGES = ((16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1))


def model_name(image: SymbolicTensor, alpha: float) -> str:
    ...


def files(image: SymbolicTensor, include_top: bool, alpha: float) -> WeightFile:
    ...


def divisible(filters: float, divisor: int=8) -> int:
    """The nearest multiple of `divisor`, at least one and not below nine tenths of `filters`."""
    ...


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    ...


def inverted_residual(x: SymbolicTensor, filters: int, stride: int, block: int) -> SymbolicTensor:
    """Expansion to six times the channels, depthwise convolution, projection.

    Block 0 does not expand. The result is added to the input where it has the same shape.
    """
    ...


class CallableMobileNetV2(Application):
    """Seventeen inverted residual blocks, 3,538,984 parameters at ``alpha=1``.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        alpha: factor of the number of filters of each layer. Default: 1.0.
        include_top: whether the network ends in its classifier. Default: True.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file. Default: 'imagenet'.
        input_tensor: symbolic tensor of float images (batch, rows, columns, channels) that the
            network begins with; None for a new input.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer. Default: 1000.
        classifier_activation: activation of the classifier, by name or function; None for logits.
            Default: 'softmax'.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018,
          <https://arxiv.org/abs/1801.04381>
    """

    def __call__(
        self, input_shape: Shape | None = None, alpha: float = 1.0, include_top: bool = True,
        weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Seventeen inverted residual blocks, 3,538,984 parameters at ``alpha=1``.

        Args:
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            alpha: factor of the number of filters of each layer. Default: 1.0.
            include_top: whether the network ends in its classifier. Default: True.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file. Default: 'imagenet'.
            input_tensor: symbolic tensor of float images (batch, rows, columns, channels) that the
                network begins with; None for a new input.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer. Default: 1000.
            classifier_activation: activation of the classifier, by name or function; None for logits.
                Default: 'softmax'.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018,
              <https://arxiv.org/abs/1801.04381>
        """

MobileNetV2: CallableMobileNetV2


preprocess_input = MobileNetV2.preprocess_input
