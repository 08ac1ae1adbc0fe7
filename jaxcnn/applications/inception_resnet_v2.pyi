"""Inception-ResNet-v2.

Source: Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
Learning", 2016.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from jaxcnn.applications.application import application
from jaxcnn.applications.inception_v3 import Window, chain, conv, pooled, reduction, stem
from jaxcnn.applications.maps import channel_axis, channel_count, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import Activation, BatchNormalization, Conv2D, CustomScaleLayer, MaxPooling2D, SymbolicTensor


BRANCHES: dict[str, tuple[tuple[tuple[int, Window], ...], ...]] = {'block35': (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))), 'block17': (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))), 'block8': (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1))))}


def residual(x: SymbolicTensor, kind: str, index: int, scale: float, activate: bool=True) -> SymbolicTensor:
    """``x + scale * y``, then relu; y are the branches after a 1x1 convolution to x's channels."""
    ...


class CallableInceptionResNetV2(Application):
    """Forty inception modules with residual connections, 55,873,736 parameters.

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
        >>> model = jc.applications.InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
        >>> model.input_shape
        (None, 75, 75, 3)

    References:
        - Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
          Learning", 2016, <https://arxiv.org/abs/1602.07261>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Forty inception modules with residual connections, 55,873,736 parameters.

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
            >>> model = jc.applications.InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
            >>> model.input_shape
            (None, 75, 75, 3)

        References:
            - Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
              Learning", 2016, <https://arxiv.org/abs/1602.07261>
        """

InceptionResNetV2: CallableInceptionResNetV2


preprocess_input = InceptionResNetV2.preprocess_input
