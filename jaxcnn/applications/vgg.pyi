"""VGG in all six configurations.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition", 2015: A (11 weight layers), A-LRN, B (13), C (16, some 1x1), D (16) and E (19).
"""

import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape
from jaxcnn.applications.application import application
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import Conv2D, Dense, Flatten, LocalResponseNormalization, MaxPooling2D, SymbolicTensor


FILTERS = (64, 128, 256, 512, 512)


CONFIGURATIONS = {'A': ((3,), (3,), (3, 3), (3, 3), (3, 3)), 'B': ((3, 3),) * 5, 'C': ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)), 'D': ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)), 'E': ((3, 3), (3, 3), (3,) * 4, (3,) * 4, (3,) * 4)}


def vgg(x: SymbolicTensor, options: Options, configuration: str, normalise: bool=False) -> SymbolicTensor:
    """The network of a configuration.

    With `normalise`, local response normalization follows the first convolution.
    """
    ...


class CallableVGG11(Application):
    """Configuration A: 8 convolutions and 3 dense layers, 132,863,336 parameters.

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
        >>> model = jc.applications.VGG11(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration A: 8 convolutions and 3 dense layers, 132,863,336 parameters.

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
            >>> model = jc.applications.VGG11(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG11: CallableVGG11


class CallableVGG11LRN(Application):
    """Configuration A-LRN: A with local response normalization after the first convolution.

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
        >>> model = jc.applications.VGG11LRN(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration A-LRN: A with local response normalization after the first convolution.

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
            >>> model = jc.applications.VGG11LRN(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG11LRN: CallableVGG11LRN


class CallableVGG13(Application):
    """Configuration B: 10 convolutions and 3 dense layers, 133,047,848 parameters.

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
        >>> model = jc.applications.VGG13(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration B: 10 convolutions and 3 dense layers, 133,047,848 parameters.

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
            >>> model = jc.applications.VGG13(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG13: CallableVGG13


class CallableVGG16C(Application):
    """Configuration C: as D, but with a 1x1 convolution at the end of the last three blocks.

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
        >>> model = jc.applications.VGG16C(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration C: as D, but with a 1x1 convolution at the end of the last three blocks.

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
            >>> model = jc.applications.VGG16C(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG16C: CallableVGG16C


class CallableVGG16(Application):
    """Configuration D: 13 convolutions and 3 dense layers, 138,357,544 parameters.

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
        >>> model = jc.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration D: 13 convolutions and 3 dense layers, 138,357,544 parameters.

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
            >>> model = jc.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG16: CallableVGG16


class CallableVGG19(Application):
    """Configuration E: 16 convolutions and 3 dense layers, 143,667,240 parameters.

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
        >>> model = jc.applications.VGG19(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration E: 16 convolutions and 3 dense layers, 143,667,240 parameters.

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
            >>> model = jc.applications.VGG19(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)

        References:
            - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
              Recognition", 2014, <https://arxiv.org/abs/1409.1556>
        """

VGG19: CallableVGG19
