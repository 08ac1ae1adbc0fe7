"""Inception-v3.

Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from typing import TypeAlias
from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import Activation, AveragePooling2D, BatchNormalization, Conv2D, MaxPooling2D, SymbolicTensor


Window: TypeAlias = int | tuple[int, int]


def conv(x: SymbolicTensor, filters: int, window: Window, strides: int=1, padding: str='same') -> SymbolicTensor:
    """Convolution without bias, normalization without scale, relu."""
    ...


def chain(x: SymbolicTensor, *steps: tuple[int, Window]) -> SymbolicTensor:
    """Convolutions one after another, each given by its filters and window."""
    ...


def reduction(x: SymbolicTensor, filters: int) -> SymbolicTensor:
    """A 3x3 convolution that halves height and width."""
    ...


def pooled(x: SymbolicTensor, filters: int) -> SymbolicTensor:
    """The branch of a 3x3 average pool and a 1x1 convolution."""
    ...


def module_a(x: SymbolicTensor, pool_filters: int, name: str) -> SymbolicTensor:
    """Figure 5 of the paper: branches of 1x1, 5x5, twice 3x3, and a pool."""
    ...


def module_b(x: SymbolicTensor, inner: int, name: str) -> SymbolicTensor:
    """Figure 6: 7x7 windows as 1x7 and 7x1, `inner` channels within the branches."""
    ...


def module_c(x: SymbolicTensor, index: int) -> SymbolicTensor:
    """Figure 7: branches that end in 1x3 and 3x1 in parallel."""
    ...


def stem(x: SymbolicTensor) -> SymbolicTensor:
    """Five convolutions and two pools: 299 x 299 x 3 to 35 x 35 x 192."""
    ...


class CallableInceptionV3(Application):
    """Eleven inception modules between a stem and a classifier, 23,851,784 parameters.

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
        >>> model = jc.applications.InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3))
        >>> model.input_shape
        (None, 75, 75, 3)

    References:
        - Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015,
          <https://arxiv.org/abs/1512.00567>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Eleven inception modules between a stem and a classifier, 23,851,784 parameters.

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
            >>> model = jc.applications.InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3))
            >>> model.input_shape
            (None, 75, 75, 3)

        References:
            - Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015,
              <https://arxiv.org/abs/1512.00567>
        """

InceptionV3: CallableInceptionV3


preprocess_input = InceptionV3.preprocess_input
