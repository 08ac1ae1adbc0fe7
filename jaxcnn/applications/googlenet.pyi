"""GoogLeNet, the first Inception: Szegedy et al., "Going Deeper with Convolutions", 2014."""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from jaxcnn.applications.application import application
from jaxcnn.applications.maps import joined
from jaxcnn.applications.options import Options
from jaxcnn.layers import Conv2D, Dropout, GlobalAveragePooling2D, LocalResponseNormalization, MaxPooling2D, SymbolicTensor


MODULES = {'3a': (64, 96, 128, 16, 32, 32), '3b': (128, 128, 192, 32, 96, 64), '4a': (192, 96, 208, 16, 48, 64), '4b': (160, 112, 224, 24, 64, 64), '4c': (128, 128, 256, 24, 64, 64), '4d': (112, 144, 288, 32, 64, 64), '4e': (256, 160, 320, 32, 128, 128), '5a': (256, 160, 320, 32, 128, 128), '5b': (384, 192, 384, 48, 128, 128)}


def conv(x: SymbolicTensor, filters: int, window: int, name: str, strides: int=1) -> SymbolicTensor:
    ...


def inception_module(x: SymbolicTensor, filters: tuple[int, int, int, int, int, int], name: str='inception') -> SymbolicTensor:
    """Parallel 1x1, 3x3 and 5x5 convolutions and a 3x3 max pool, their channels joined.

    Args:
        x: symbolic tensor of float maps (batch, rows, columns, channels).
        filters: of the 1x1 branch; of the reduction before and of the 3x3 one; likewise of the 5x5
            one; after the pool.
        name: prefix of the layers' names. Default: 'inception'.

    Examples:
        >>> from jaxcnn.applications.googlenet import inception_module
        >>> maps = jc.layers.Input((8, 8, 16))
        >>> inception_module(maps, (4, 4, 8, 2, 4, 4), "inception").shape
        (None, 8, 8, 20)

    References:
        - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
    """
    ...


def halved(x: SymbolicTensor, name: str) -> SymbolicTensor:
    ...


class CallableGoogLeNet(Application):
    """Nine inception modules, 6,998,552 parameters.

    The two auxiliary classifiers, which the paper adds for training, are left out.

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
        >>> model = jc.applications.GoogLeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Nine inception modules, 6,998,552 parameters.

        The two auxiliary classifiers, which the paper adds for training, are left out.

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
            >>> model = jc.applications.GoogLeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
        """

GoogLeNet: CallableGoogLeNet


preprocess_input = GoogLeNet.preprocess_input
