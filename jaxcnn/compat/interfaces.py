"""`keras.legacy.interfaces`: decorators by which users' layers take a built-in one's old words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

from jaxcnn.layers import Layer
from jaxcnn.layers.variable import Variable
from jaxcnn.optimizers import Optimizer
from jaxcnn.optimizers.updates import Update
from jaxcnn.spellings.translate import renewed

Constructor: TypeAlias = Callable[..., None]
Updates: TypeAlias = Callable[..., list[Update]]
AddWeight: TypeAlias = Callable[..., Variable]
Decorator: TypeAlias = Callable[[Constructor], Constructor]

# The decorator's name in Keras 2 -> whose words it knows.
DECORATORS = {
    "legacy_dense_support": "Dense",
    "legacy_dropout_support": "Dropout",
    "legacy_embedding_support": "Embedding",
    "legacy_pooling1d_support": "MaxPooling1D",
    "legacy_pooling2d_support": "MaxPooling2D",
    "legacy_pooling3d_support": "MaxPooling3D",
    "legacy_prelu_support": "PReLU",
    "legacy_gaussiannoise_support": "GaussianNoise",
    "legacy_gaussiandropout_support": "GaussianDropout",
    "legacy_recurrent_support": "LSTM",
    "legacy_global_pooling_support": "GlobalMaxPooling2D",
    "legacy_upsampling1d_support": "UpSampling1D",
    "legacy_upsampling2d_support": "UpSampling2D",
    "legacy_upsampling3d_support": "UpSampling3D",
    "legacy_conv1d_support": "Conv1D",
    "legacy_conv2d_support": "Conv2D",
    "legacy_conv3d_support": "Conv3D",
    "legacy_deconv2d_support": "Conv2DTranspose",
    "legacy_separable_conv2d_support": "SeparableConv2D",
    "legacy_convlstm2d_support": "ConvLSTM2D",
    "legacy_batchnorm_support": "BatchNormalization",
    "legacy_zeropadding2d_support": "ZeroPadding2D",
    "legacy_zeropadding3d_support": "ZeroPadding3D",
    "legacy_cropping2d_support": "Cropping2D",
    "legacy_cropping3d_support": "Cropping3D",
    "legacy_spatialdropout1d_support": "SpatialDropout1D",
    "legacy_spatialdropoutNd_support": "SpatialDropout2D",
    "legacy_input_support": "Input",
    "legacy_lambda_support": "Lambda",
    "legacy_model_constructor_support": "Model",
    "legacy_generator_methods_support": "fit_generator",
}


def _decorator(known_as: str) -> Decorator:
    def decorate(constructor: Constructor) -> Constructor:
        @functools.wraps(constructor)
        def accepting(self: Layer, *args: object, **kwargs: object) -> None:
            new_args, new_kwargs = renewed(known_as, args, kwargs)
            constructor(self, *new_args, **new_kwargs)

        return accepting

    return decorate


def legacy_get_updates_support(function: Updates) -> Updates:
    """Decorates a `get_updates(loss, params)`, so that it takes (params, constraints, loss) too."""

    @functools.wraps(function)
    def get_updates(self: Optimizer, *args: Any, **kwargs: Any) -> list[Update]:
        if len(args) == 3:
            params, _, loss = args
            return function(self, loss=loss, params=params)
        if len(args) == 2 and isinstance(args[0], list | tuple):
            return function(self, loss=kwargs["loss"], params=args[0])
        return function(self, *args, **kwargs)

    return get_updates


def legacy_add_weight_support(function: AddWeight) -> AddWeight:
    """Decorates an `add_weight` of (name, shape), so that it takes (shape) or (shape, name) too."""

    @functools.wraps(function)
    def add_weight(self: Layer, *args: Any, **kwargs: Any) -> Variable:
        if args and isinstance(args[0], list | tuple):
            kwargs["shape"], *args = args  # type: ignore[assignment]
            if args and isinstance(args[0], str):
                kwargs["name"], *args = args  # type: ignore[assignment]
        return function(self, *args, **kwargs)

    return add_weight


def __getattr__(name: str) -> Decorator:
    if name in DECORATORS:
        return _decorator(DECORATORS[name])
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; known are {', '.join(DECORATORS)}"
    )


def __dir__() -> list[str]:
    return [*DECORATORS, "legacy_add_weight_support", "legacy_get_updates_support"]
