"""`keras.legacy.interfaces`: decorators by which users' layers take a built-in one's old words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from jaxcnn.layers import Layer
from jaxcnn.layers.variable import Variable
from jaxcnn.optimizers import Optimizer
from jaxcnn.optimizers.updates import Update
from jaxcnn.spellings.translate import renewed

Constructor: TypeAlias = Callable[..., None]
Updates: TypeAlias = Callable[..., list[Update]]
AddWeight: TypeAlias = Callable[..., Variable]
# (args, kwargs) -> (args, kwargs, pairs of what was changed)
Preprocessor: TypeAlias = Callable[[Any, dict[str, Any]], tuple[Any, dict[str, Any], Any]]
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
# What turns the arguments of a call into new ones, for `generate_legacy_interface` -> whose.
PREPROCESSORS = {
    "embedding_kwargs_preprocessor": "Embedding",
    "recurrent_args_preprocessor": "LSTM",
    "conv1d_args_preprocessor": "Conv1D",
    "conv2d_args_preprocessor": "Conv2D",
    "conv3d_args_preprocessor": "Conv3D",
    "deconv2d_args_preprocessor": "Conv2DTranspose",
    "separable_conv2d_args_preprocessor": "SeparableConv2D",
    "convlstm2d_args_preprocessor": "ConvLSTM2D",
    "batchnorm_args_preprocessor": "BatchNormalization",
    "zeropadding2d_args_preprocessor": "ZeroPadding2D",
    "generator_methods_args_preprocessor": "fit_generator",
}


def _preprocessor(known_as: str) -> Preprocessor:
    def preprocess(args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any], Any]:
        owner, *others = args
        new_args, new_kwargs = renewed(known_as, others, kwargs, ())
        changed = [(old, None) for old in kwargs if old not in new_kwargs]
        return (owner, *new_args), dict(new_kwargs), changed

    return preprocess


def _decorator(known_as: str) -> Decorator:
    def decorate(constructor: Constructor) -> Constructor:
        @functools.wraps(constructor)
        def accepting(self: Layer, *args: object, **kwargs: object) -> None:
            new_args, new_kwargs = renewed(known_as, args, kwargs)
            constructor(self, *new_args, **new_kwargs)

        return accepting

    return decorate


def generate_legacy_interface(
    allowed_positional_args: Sequence[str] | None = None,
    conversions: Sequence[tuple[str, str]] | None = None,
    preprocessor: Preprocessor | None = None,
    value_conversions: Mapping[str, Mapping[object, object]] | None = None,
) -> Decorator:
    """A decorator by which a function takes old words.

    Args:
        allowed_positional_args: those that may be given by position; any if None.
        conversions: pairs (old name, new name).
        preprocessor: turns (args, kwargs) into (args, kwargs, what it has changed).
        value_conversions: name -> old value -> new value.
    """

    def decorate(function: Constructor) -> Constructor:
        @functools.wraps(function)
        def accepting(self: object, *args: Any, **kwargs: Any) -> Any:
            owner = type(self).__name__
            if preprocessor is not None:
                # Keras counts the object among the positional arguments.
                (_, *args), kwargs, _ = preprocessor((self, *args), kwargs)
            if allowed_positional_args is not None and len(args) > len(allowed_positional_args):
                raise TypeError(
                    f"`{owner}` can accept only {len(allowed_positional_args)} positional "
                    f"arguments {tuple(allowed_positional_args)}, but you passed the following "
                    f"positional arguments: {list(args)}"
                )
            for name, values in (value_conversions or {}).items():
                if name in kwargs and kwargs[name] in values:
                    kwargs[name] = values[kwargs[name]]
            for old, new in conversions or ():
                if old in kwargs:
                    if new in kwargs:
                        raise_duplicate_arg_error(old, new)
                    kwargs[new] = kwargs.pop(old)
            return function(self, *args, **kwargs)

        return accepting

    return decorate


generate_legacy_method_interface = generate_legacy_interface


def raise_duplicate_arg_error(old_arg: str, new_arg: str) -> NoReturn:
    """Say that an argument was given by its old and by its new name.

    Raises:
        TypeError: always.
    """
    raise TypeError(
        f"For the `{new_arg}` argument, the layer received both the legacy keyword argument "
        f"`{old_arg}` and the Keras 2 keyword argument `{new_arg}`. Stick to the latter!"
    )


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


def __getattr__(name: str) -> Decorator | Preprocessor:
    if name in DECORATORS:
        return _decorator(DECORATORS[name])
    if name in PREPROCESSORS:
        return _preprocessor(PREPROCESSORS[name])
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; known are {', '.join(DECORATORS)}"
    )


def __dir__() -> list[str]:
    further = (
        generate_legacy_interface,
        generate_legacy_method_interface,
        raise_duplicate_arg_error,
    )
    names = [function.__name__ for function in further]
    return [
        *DECORATORS,
        *PREPROCESSORS,
        *names,
        "legacy_add_weight_support",
        "legacy_get_updates_support",
    ]
