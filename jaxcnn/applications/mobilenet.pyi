"""MobileNet.

Source: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision",
2017.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from typing import Any
from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import channel_axis, depthwise, image_size
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_file
from jaxcnn.layers import Activation, BatchNormalization, Conv2D, Dropout, GlobalAveragePooling2D, ReLU, Reshape, SymbolicTensor, ZeroPadding2D


WIDTHS = {1.0: '1_0', 0.75: '7_5', 0.5: '5_0', 0.25: '2_5'}


SIZES = (128, 160, 192, 224)


BLOCKS = (*((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)), *((512, 1),) * 5, *((1024, 2), (1024, 1)))


def square_size(image: SymbolicTensor, sizes: tuple[int, ...]) -> int:
    """The side of the image if there are weights for it, else 224."""
    ...


def model_name(image: SymbolicTensor, alpha: float, **arguments: Any) -> str:
    ...


def files(image: SymbolicTensor, include_top: bool, alpha: float, depth_multiplier: int, dropout: float) -> WeightFile:
    ...


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Batch normalization and relu up to 6: 'NAME_bn' and 'NAME_relu'."""
    ...


class CallableMobileNet(Application):
    """Thirteen depthwise separable convolutions, 4,253,864 parameters at ``alpha=1``.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        alpha: factor of the number of filters of each layer. Default: 1.0.
        depth_multiplier: outputs of the depthwise convolutions for each channel. Default: 1.
        dropout: rate before the classifier. Default: 0.001.
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
        >>> model = jc.applications.MobileNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
          Applications", 2017, <https://arxiv.org/abs/1704.04861>
    """

    def __call__(
        self, input_shape: Shape | None = None, alpha: float = 1.0, depth_multiplier: int = 1,
        dropout: float = 0.001, include_top: bool = True,
        weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Thirteen depthwise separable convolutions, 4,253,864 parameters at ``alpha=1``.

        Args:
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            alpha: factor of the number of filters of each layer. Default: 1.0.
            depth_multiplier: outputs of the depthwise convolutions for each channel. Default: 1.
            dropout: rate before the classifier. Default: 0.001.
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
            >>> model = jc.applications.MobileNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
              Applications", 2017, <https://arxiv.org/abs/1704.04861>
        """

MobileNet: CallableMobileNet


preprocess_input = MobileNet.preprocess_input
