"""AlexNet.

Source: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from typing import Any
from jaxcnn.applications.application import application
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, LocalResponseNormalization, MaxPooling2D, SymbolicTensor


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    """The Caffe weights as an array file; one file serves with and without the classifier."""
    ...


def pool(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """The overlapping pool of the paper: 3x3, stride 2."""
    ...


class CallableAlexNet(Application):
    """Five convolutions, three of them in two groups, and three dense layers.

    60,965,224 parameters.

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
        >>> model = jc.applications.AlexNet(weights=None, include_top=False, input_shape=(67, 67, 3))
        >>> model.input_shape
        (None, 67, 67, 3)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Five convolutions, three of them in two groups, and three dense layers.

        60,965,224 parameters.

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
            >>> model = jc.applications.AlexNet(weights=None, include_top=False, input_shape=(67, 67, 3))
            >>> model.input_shape
            (None, 67, 67, 3)

        References:
            - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
              Networks", 2012,
              <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
        """

AlexNet: CallableAlexNet


preprocess_input = AlexNet.preprocess_input
