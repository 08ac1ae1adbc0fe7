"""NASNet-A.

Source: Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2018.
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from collections.abc import Callable
from typing import Any
from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import channel_axis, halving_padding, image_size, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import KERAS_ADDRESS, WeightFile
from jaxcnn.layers import Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, Cropping2D, Layer, MaxPooling2D, SeparableConv2D, SymbolicTensor, ZeroPadding2D


CHECKSUMS = {('mobile', True): '020fb642bf7360b370c678b08e0adf61', ('mobile', False): '1ed92395b5b598bdda52abe5c0dbfd63', ('large', True): '11577c9a518f0070763c2b964a382f17', ('large', False): 'd81d89dc07e6e56530c4e77faddd61b5'}


def files(size: str) -> Callable[..., WeightFile]:
    """`files` of the network called 'mobile' or 'large'.

    The published names have hyphens, the local ones underscores.
    """
    ...


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    ...


def pointwise(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    ...


def separable(x: SymbolicTensor, filters: int, window: int, name: str, strides: int=1) -> SymbolicTensor:
    """Twice relu, separable convolution, normalization; the first convolution may be strided."""
    ...


def adjusted(p: SymbolicTensor | None, x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """The output `p` of the cell before, with the size of `x` and `filters` channels.

    Where there is no such cell, `x` serves.
    """
    ...


def cell_inputs(p: SymbolicTensor | None, x: SymbolicTensor, filters: int, kind: str, name: str) -> tuple[SymbolicTensor, SymbolicTensor]:
    """(the output `p` of the cell before the last, `x` of the last), each of `filters` channels."""
    ...


def pool(kind: Callable[..., Layer], x: SymbolicTensor, strides: int, padding: str, name: str) -> SymbolicTensor:
    ...


def normal_cell(x: SymbolicTensor, p: SymbolicTensor | None, filters: int, name: str) -> SymbolicTensor:
    """Five sums of two branches of `x` and `p` each, joined with `p`; height and width stay."""
    ...


def reduction_cell(x: SymbolicTensor, p: SymbolicTensor | None, filters: int, name: str) -> SymbolicTensor:
    """Branches with stride 2, five sums, four of them joined: half the height and width."""
    ...


def nasnet(image: SymbolicTensor, options: Options, penultimate: int, repeats: int, stem_filters: int, skip_reduction: bool) -> SymbolicTensor:
    """Stem, then three times `repeats` normal cells with reduction cells between.

    Args:
        image: the image.
        options: of the application.
        penultimate: channels of the last cell's output.
        repeats: normal cells in each of the three parts.
        stem_filters: filters of the first convolution.
        skip_reduction: whether the second input of the cell after a reduction is the reduction's
            second input, else its first.
    """
    ...


class CallableNASNetMobile(Application):
    """NASNet-A (4 @ 1056), 5,326,716 parameters.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
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
        >>> model = jc.applications.NASNetMobile(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
          <https://arxiv.org/abs/1707.07012>
    """

    def __call__(
        self, input_shape: Shape | None = None, include_top: bool = True,
        weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """NASNet-A (4 @ 1056), 5,326,716 parameters.

        Args:
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
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
            >>> model = jc.applications.NASNetMobile(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
              <https://arxiv.org/abs/1707.07012>
        """

NASNetMobile: CallableNASNetMobile


class CallableNASNetLarge(Application):
    """NASNet-A (6 @ 4032), 88,949,818 parameters.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
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
        >>> model = jc.applications.NASNetLarge(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
          <https://arxiv.org/abs/1707.07012>
    """

    def __call__(
        self, input_shape: Shape | None = None, include_top: bool = True,
        weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """NASNet-A (6 @ 4032), 88,949,818 parameters.

        Args:
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
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
            >>> model = jc.applications.NASNetLarge(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
              <https://arxiv.org/abs/1707.07012>
        """

NASNetLarge: CallableNASNetLarge


preprocess_input = NASNetMobile.preprocess_input
