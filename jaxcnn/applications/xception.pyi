"""Xception: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017."""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, SeparableConv2D, SymbolicTensor


def convolution(x: SymbolicTensor, filters: int, strides: int, name: str) -> SymbolicTensor:
    """A plain 3x3 convolution, normalization and relu."""
    ...


def separable(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """A separable 3x3 convolution and normalization."""
    ...


def shrinking_block(x: SymbolicTensor, first: int, filters: int, block: int, activate: bool=True) -> SymbolicTensor:
    """Two separable convolutions and a pool, added to a strided 1x1 convolution of the input."""
    ...


def middle_block(x: SymbolicTensor, block: int) -> SymbolicTensor:
    """Three separable convolutions of 728 channels, added to the input."""
    ...


class CallableXception(Application):
    """Fourteen blocks of mostly separable convolutions, 22,910,480 parameters.

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
        >>> model = jc.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
        >>> model.input_shape
        (None, 71, 71, 3)

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Fourteen blocks of mostly separable convolutions, 22,910,480 parameters.

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
            >>> model = jc.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
            >>> model.input_shape
            (None, 71, 71, 3)

        References:
            - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
              <https://arxiv.org/abs/1610.02357>
        """

Xception: CallableXception


preprocess_input = Xception.preprocess_input
