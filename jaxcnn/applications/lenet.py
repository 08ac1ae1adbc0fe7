"""LeNet-5: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998."""

from __future__ import annotations

from jaxcnn.initializers import Constant, RandomSigns
from jaxcnn.layers import (
    Conv2D,
    Dense,
    EuclideanRBF,
    Flatten,
    Input,
    MaxPooling2D,
    PartialConv2D,
    Subsampling2D,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime.types import Identifier

# Table 1 of the paper: which of S2's maps each map of C3 sees.
CONNECTIONS = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)

AVERAGE = Constant(0.25)  # the sums of 2 x 2 windows begin as means


def LeNet5Classic(
    input_shape: tuple[int, int, int] = (32, 32, 1),
    classes: int = 10,
    activation: Identifier = "scaled_tanh",
) -> Model:
    """The network as published.

    Subsampling is trained, C3 has partial connections, the output is squared distances. The class
    is the one with the least output; ``softmax(-outputs)`` are probabilities to train with. The
    output's centres are random signs, the first of the choices that the paper discusses, and stay
    fixed. 60,000 trained parameters and 840 fixed ones for the default input.

    Args:
        input_shape: (height, width, channels) of the images; for 32 x 32, C5's maps are single
            pixels. Default: (32, 32, 1).
        classes: how many. Default: 10.
        activation: of every layer but the output; "sigmoid" makes the network of simplified
            descriptions. Default: 'scaled_tanh'.

    Examples:
        >>> jc.applications.LeNet5Classic().output_shape
        (None, 10)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """
    image = Input(input_shape)
    x = Conv2D(6, 5, activation=activation, name="C1")(image)
    x = Subsampling2D(activation=activation, coefficient_initializer=AVERAGE, name="S2")(x)
    x = PartialConv2D(CONNECTIONS, 5, activation=activation, name="C3")(x)
    x = Subsampling2D(activation=activation, coefficient_initializer=AVERAGE, name="S4")(x)
    x = Flatten(name="flatten")(Conv2D(120, 5, activation=activation, name="C5")(x))
    x = Dense(84, activation=activation, name="F6")(x)
    x = EuclideanRBF(classes, kernel_initializer=RandomSigns(), trainable=False, name="output")(x)
    return Model(image, x, name="lenet5_classic")


def LeNet5(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> Sequential:
    """The network that is called LeNet-5 today: relu, max pools, softmax.

    61,706 parameters with the default arguments.

    Source: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, with what
    became usual since.

    Args:
        input_shape: (height, width, channels) of the images. Default: (28, 28, 1).
        classes: number of classes, a positive integer. Default: 10.

    Examples:
        >>> jc.applications.LeNet5().count_params()
        61706

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """
    return Sequential(
        [
            Conv2D(6, 5, padding="same", activation="relu", input_shape=input_shape),
            MaxPooling2D(),
            Conv2D(16, 5, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dense(120, activation="relu"),
            Dense(84, activation="relu"),
            Dense(classes, activation="softmax"),
        ],
        name="lenet5",
    )
