"""EfficientNet.

Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
2019.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
import math
import string
from typing import Any, NamedTuple
from jaxcnn.applications.application import application
from jaxcnn.applications.imagenet_utils import TORCH_DEVIATION
from jaxcnn.applications.maps import channel_axis, depthwise, halving_padding
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.initializers import VarianceScaling
from jaxcnn.layers import Activation, Add, BatchNormalization, Conv2D, Dropout, GlobalAveragePooling2D, Multiply, Normalization, Rescaling, Reshape, SymbolicTensor, ZeroPadding2D


class Stage(NamedTuple):
    """Blocks of one size, of which the first may halve height and width."""
    window: int
    blocks: int
    inputs: int
    outputs: int
    expansion: int
    stride: int


STAGES = (Stage(window=3, blocks=1, inputs=32, outputs=16, expansion=1, stride=1), Stage(window=3, blocks=2, inputs=16, outputs=24, expansion=6, stride=2), Stage(window=5, blocks=2, inputs=24, outputs=40, expansion=6, stride=2), Stage(window=3, blocks=3, inputs=40, outputs=80, expansion=6, stride=2), Stage(window=5, blocks=3, inputs=80, outputs=112, expansion=6, stride=1), Stage(window=5, blocks=4, inputs=112, outputs=192, expansion=6, stride=2), Stage(window=3, blocks=1, inputs=192, outputs=320, expansion=6, stride=1))


SURVIVAL_DROP = 0.2


FANS_OUT = VarianceScaling(2.0, 'fan_out', 'truncated_normal')


CLASSIFIER = VarianceScaling(1.0 / 3.0, 'fan_out', 'uniform')


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    ...


def conv(x: SymbolicTensor, filters: int, window: int, name: str, **arguments: Any) -> SymbolicTensor:
    ...


def normalised(x: SymbolicTensor, name: str, activation: str | None=None) -> SymbolicTensor:
    ...


def block(x: SymbolicTensor, stage: Stage, name: str, drop: float) -> SymbolicTensor:
    """The first block of a stage: an inverted residual with squeeze and excitation.

    In training the residual is left out at the rate `drop`.
    """
    ...


class CallableEfficientNetB0(Application):
    """The smallest of the family, 5,330,571 parameters; its images have values 0 to 255.

    Args:
        include_top: whether the network ends in its classifier. Default: True.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file. Default: 'imagenet'.
        input_tensor: symbolic tensor of float images (batch, rows, columns, channels) that the
            network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer. Default: 1000.
        classifier_activation: activation of the classifier, by name or function; None for logits.
            Default: 'softmax'.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
          2019, <https://arxiv.org/abs/1905.11946>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The smallest of the family, 5,330,571 parameters; its images have values 0 to 255.

        Args:
            include_top: whether the network ends in its classifier. Default: True.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file. Default: 'imagenet'.
            input_tensor: symbolic tensor of float images (batch, rows, columns, channels) that the
                network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer. Default: 1000.
            classifier_activation: activation of the classifier, by name or function; None for logits.
                Default: 'softmax'.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
              2019, <https://arxiv.org/abs/1905.11946>
        """

EfficientNetB0: CallableEfficientNetB0


preprocess_input = EfficientNetB0.preprocess_input
