"""SqueezeNet 1.1.

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from typing import Any
from jaxcnn.applications.application import application
from jaxcnn.applications.maps import joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import Activation, Conv2D, Dropout, GlobalAveragePooling2D, MaxPooling2D, SymbolicTensor


ADDRESS = 'https://github.com/rcmalli/keras-squeezenet/releases/download/v1.0/'


STAGES = (((16, 64), (16, 64)), ((32, 128), (32, 128)), ((48, 192), (48, 192), (64, 256), (64, 256)))


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    ...


def fire(x: SymbolicTensor, squeezed: int, expanded: int, index: int) -> SymbolicTensor:
    """A 1x1 convolution to few channels, then 1x1 and 3x3 convolutions to many, in parallel."""
    ...


class CallableSqueezeNet(Application):
    """Eight fire modules and no dense layer, 1,235,496 parameters.

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
        >>> model = jc.applications.SqueezeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Iandola et al., "SqueezeNet: AlexNet-level Accuracy with 50x Fewer Parameters", 2016,
          <https://arxiv.org/abs/1602.07360>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Eight fire modules and no dense layer, 1,235,496 parameters.

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
            >>> model = jc.applications.SqueezeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Iandola et al., "SqueezeNet: AlexNet-level Accuracy with 50x Fewer Parameters", 2016,
              <https://arxiv.org/abs/1602.07360>
        """

SqueezeNet: CallableSqueezeNet


preprocess_input = SqueezeNet.preprocess_input
