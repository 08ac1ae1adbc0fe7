"""Networks that made history, with their published weights where they can be had."""

import os
from jaxcnn.applications import imagenet_utils as imagenet_utils
from jaxcnn.applications.application import APPLICATIONS as APPLICATIONS, Application as Application
from jaxcnn.applications.autoencoders import convolutional_autoencoder as convolutional_autoencoder, dense_autoencoder as dense_autoencoder
from jaxcnn.applications.course_resnet import CourseResNet50 as CourseResNet50, convolutional_block as convolutional_block, identity_block as identity_block
from jaxcnn.applications.googlenet import inception_module as inception_module
from jaxcnn.applications.lenet import LeNet5 as LeNet5, LeNet5Classic as LeNet5Classic
from jaxcnn.applications.mini_xception import MiniXception as MiniXception
from jaxcnn.applications.text_cnn import TextCNN as TextCNN
from jaxcnn.applications.unet import UNet as UNet
from jaxcnn.applications.vgg15 import VGG15 as VGG15
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape


class CallableAlexNet(Application):
    """Five convolutions, three of them in two groups, and three dense layers.

    60,965,224 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.AlexNet(weights=None, include_top=False, input_shape=(67, 67, 3))
        >>> model.input_shape
        (None, 67, 67, 3)
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
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.AlexNet(weights=None, include_top=False, input_shape=(67, 67, 3))
            >>> model.input_shape
            (None, 67, 67, 3)
        """

AlexNet: CallableAlexNet


class CallableDenseNet121(Application):
    """121 weight layers: stages of 6, 12, 24 and 16 blocks, 8,062,504 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.DenseNet121(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """121 weight layers: stages of 6, 12, 24 and 16 blocks, 8,062,504 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.DenseNet121(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

DenseNet121: CallableDenseNet121


class CallableDenseNet169(Application):
    """169 weight layers: stages of 6, 12, 32 and 32 blocks, 14,307,880 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.DenseNet169(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """169 weight layers: stages of 6, 12, 32 and 32 blocks, 14,307,880 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.DenseNet169(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

DenseNet169: CallableDenseNet169


class CallableDenseNet201(Application):
    """201 weight layers: stages of 6, 12, 48 and 32 blocks, 20,242,984 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.DenseNet201(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """201 weight layers: stages of 6, 12, 48 and 32 blocks, 20,242,984 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.DenseNet201(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

DenseNet201: CallableDenseNet201


class CallableEfficientNetB0(Application):
    """The smallest of the family, 5,330,571 parameters; its images have values 0 to 255.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The smallest of the family, 5,330,571 parameters; its images have values 0 to 255.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

EfficientNetB0: CallableEfficientNetB0


class CallableGoogLeNet(Application):
    """Nine inception modules, 6,998,552 parameters.

    The two auxiliary classifiers, which the paper adds for training, are left out.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.GoogLeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
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
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.GoogLeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

GoogLeNet: CallableGoogLeNet


class CallableInceptionResNetV2(Application):
    """Forty inception modules with residual connections, 55,873,736 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
        >>> model.input_shape
        (None, 75, 75, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Forty inception modules with residual connections, 55,873,736 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
            >>> model.input_shape
            (None, 75, 75, 3)
        """

InceptionResNetV2: CallableInceptionResNetV2


class CallableInceptionV3(Application):
    """Eleven inception modules between a stem and a classifier, 23,851,784 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3))
        >>> model.input_shape
        (None, 75, 75, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Eleven inception modules between a stem and a classifier, 23,851,784 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3))
            >>> model.input_shape
            (None, 75, 75, 3)
        """

InceptionV3: CallableInceptionV3


class CallableMobileNet(Application):
    """Thirteen depthwise separable convolutions, 4,253,864 parameters at ``alpha=1``.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        alpha: factor of the number of filters of each layer.
        depth_multiplier: outputs of the depthwise convolutions for each channel.
        dropout: rate before the classifier.
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.MobileNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
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
            alpha: factor of the number of filters of each layer.
            depth_multiplier: outputs of the depthwise convolutions for each channel.
            dropout: rate before the classifier.
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.MobileNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

MobileNet: CallableMobileNet


class CallableMobileNetV2(Application):
    """Seventeen inverted residual blocks, 3,538,984 parameters at ``alpha=1``.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        alpha: factor of the number of filters of each layer.
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, input_shape: Shape | None = None, alpha: float = 1.0, include_top: bool = True,
        weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Seventeen inverted residual blocks, 3,538,984 parameters at ``alpha=1``.

        Args:
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            alpha: factor of the number of filters of each layer.
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

MobileNetV2: CallableMobileNetV2


class CallableNASNetLarge(Application):
    """NASNet-A (6 @ 4032), 88,949,818 parameters.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.NASNetLarge(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
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
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.NASNetLarge(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

NASNetLarge: CallableNASNetLarge


class CallableNASNetMobile(Application):
    """NASNet-A (4 @ 1056), 5,326,716 parameters.

    Args:
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.NASNetMobile(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
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
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.NASNetMobile(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

NASNetMobile: CallableNASNetMobile


class CallableResNet101(Application):
    """The network of 101 weight layers: stages of 3, 4, 23 and 3 blocks, 44,707,176 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet101(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The network of 101 weight layers: stages of 3, 4, 23 and 3 blocks, 44,707,176 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet101(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet101: CallableResNet101


class CallableResNet101V2(Application):
    """The pre-activated network of 101 weight layers, 44,675,560 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet101V2(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The pre-activated network of 101 weight layers, 44,675,560 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet101V2(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet101V2: CallableResNet101V2


class CallableResNet152(Application):
    """The network of 152 weight layers: stages of 3, 8, 36 and 3 blocks, 60,419,944 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet152(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The network of 152 weight layers: stages of 3, 8, 36 and 3 blocks, 60,419,944 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet152(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet152: CallableResNet152


class CallableResNet152V2(Application):
    """The pre-activated network of 152 weight layers, 60,380,648 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet152V2(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The pre-activated network of 152 weight layers, 60,380,648 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet152V2(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet152V2: CallableResNet152V2


class CallableResNet50(Application):
    """The network of 50 weight layers: stages of 3, 4, 6 and 3 blocks, 25,636,712 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The network of 50 weight layers: stages of 3, 4, 6 and 3 blocks, 25,636,712 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet50: CallableResNet50


class CallableResNet50V2(Application):
    """The pre-activated network of 50 weight layers, 25,613,800 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.ResNet50V2(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """The pre-activated network of 50 weight layers, 25,613,800 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.ResNet50V2(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

ResNet50V2: CallableResNet50V2


class CallableSqueezeNet(Application):
    """Eight fire modules and no dense layer, 1,235,496 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.SqueezeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Eight fire modules and no dense layer, 1,235,496 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.SqueezeNet(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

SqueezeNet: CallableSqueezeNet


class CallableVGG11(Application):
    """Configuration A: 8 convolutions and 3 dense layers, 132,863,336 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG11(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration A: 8 convolutions and 3 dense layers, 132,863,336 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG11(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG11: CallableVGG11


class CallableVGG11LRN(Application):
    """Configuration A-LRN: A with local response normalization after the first convolution.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG11LRN(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration A-LRN: A with local response normalization after the first convolution.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG11LRN(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG11LRN: CallableVGG11LRN


class CallableVGG13(Application):
    """Configuration B: 10 convolutions and 3 dense layers, 133,047,848 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG13(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration B: 10 convolutions and 3 dense layers, 133,047,848 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG13(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG13: CallableVGG13


class CallableVGG16(Application):
    """Configuration D: 13 convolutions and 3 dense layers, 138,357,544 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration D: 13 convolutions and 3 dense layers, 138,357,544 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG16: CallableVGG16


class CallableVGG16C(Application):
    """Configuration C: as D, but with a 1x1 convolution at the end of the last three blocks.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG16C(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration C: as D, but with a 1x1 convolution at the end of the last three blocks.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG16C(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG16C: CallableVGG16C


class CallableVGG19(Application):
    """Configuration E: 16 convolutions and 3 dense layers, 143,667,240 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.VGG19(weights=None, include_top=False, input_shape=(64, 64, 3))
        >>> model.input_shape
        (None, 64, 64, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Configuration E: 16 convolutions and 3 dense layers, 143,667,240 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.VGG19(weights=None, include_top=False, input_shape=(64, 64, 3))
            >>> model.input_shape
            (None, 64, 64, 3)
        """

VGG19: CallableVGG19


class CallableXception(Application):
    """Fourteen blocks of mostly separable convolutions, 22,910,480 parameters.

    Args:
        include_top: whether the network ends in its classifier.
        weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
            file.
        input_tensor: symbolic tensor that the network begins with; None for a new input.
        input_shape: shape of one image, channels last unless the image data format says otherwise;
            None for the usual one with the classifier, and for any size without it.
        pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
        classes: number of classes of the classifier, a positive integer.
        classifier_activation: activation of the classifier, by name or function; None for logits.
        name: name of the model; None for the usual one.

    Raises:
        FileNotFoundError: `weights` is a path where there is no file.
        ValueError: an argument, or arguments together, that the network cannot have.

    Examples:
        >>> model = jc.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
        >>> model.input_shape
        (None, 71, 71, 3)
    """

    def __call__(
        self, include_top: bool = True, weights: str | os.PathLike[str] | None = 'imagenet',
        input_tensor: SymbolicTensor | None = None, input_shape: Shape | None = None,
        pooling: str | None = None, classes: int = 1000,
        classifier_activation: Identifier = 'softmax', *, name: str | None = None,
    ) -> Model:
        """Fourteen blocks of mostly separable convolutions, 22,910,480 parameters.

        Args:
            include_top: whether the network ends in its classifier.
            weights: None for random weights, 'imagenet' for the published ones, or the path of a weight
                file.
            input_tensor: symbolic tensor that the network begins with; None for a new input.
            input_shape: shape of one image, channels last unless the image data format says otherwise;
                None for the usual one with the classifier, and for any size without it.
            pooling: without the classifier: None for the maps, 'avg' or 'max' for a vector.
            classes: number of classes of the classifier, a positive integer.
            classifier_activation: activation of the classifier, by name or function; None for logits.
            name: name of the model; None for the usual one.

        Raises:
            FileNotFoundError: `weights` is a path where there is no file.
            ValueError: an argument, or arguments together, that the network cannot have.

        Examples:
            >>> model = jc.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
            >>> model.input_shape
            (None, 71, 71, 3)
        """

Xception: CallableXception
