"""What a file of a model cannot hold, said when it is written and not when it is read."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from jaxcnn.layers import Bidirectional, Masking
from jaxcnn.layers.base import Layer
from jaxcnn.layers.config_words import config_in_our_words
from jaxcnn.runtime.names import is_anonymous
from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.bytecode import NAMELESS, with_code
from jaxcnn.saving.types import Filename, Network, Trainable


def describable_training(model: Trainable, path: Filename) -> bool:
    """Whether a file can say how the model is trained; warns where it cannot."""
    if model.optimizer is None:
        return False
    try:
        model.training_config()
    except (ValueError, TypeError, AttributeError) as error:
        warn_user(
            f"{path}: the model is saved without its training configuration and the optimizer's "
            f"state, so compile it again after loading. {error}"
        )
        return False
    return True


def remarks(model: Network) -> Iterator[str]:
    """What of the model's layers does not come back from a file, with what to do."""
    for layer in model.all_layers():
        for name, value in config_in_our_words(layer).items():
            if is_anonymous(value):
                yield anonymous(layer, name, with_code(value) != NAMELESS)
        if lost := lost_arguments(layer):
            yield (
                f"layer '{layer.name}' ({type(layer).__name__}) will be made again without "
                f"{', '.join(lost)}, as its get_config does not return that. Define get_config, "
                "with super().get_config() and these in it."
            )


def zeros_in_keras3(model: Network) -> Iterator[str]:
    """That Keras 3 gives zeros at masked steps where layers here repeat their last output."""
    layers = model.all_layers()
    if any(isinstance(x, Masking) or getattr(x, "mask_zero", False) for x in layers):
        both = [x.name for x in layers if isinstance(x, Bidirectional) and x.layer.return_sequences]
        if both:
            yield (
                f"at steps that are masked, {', '.join(both)} will give zeros in Keras 3, and give "
                "their last output here, as in Keras 2."
            )


def anonymous(layer: Layer, field: str, as_code: bool) -> str:
    """That an argument is a function without a name."""
    if as_code:
        return (
            f"`{field}` of layer '{layer.name}' is a lambda, which is stored as Python bytecode: "
            "other processes read it by load_model(..., safe_mode=False) alone, in this version of "
            "Python. A function that is defined by `def` is stored by its name, for custom_objects."
        )
    return (
        f"`{field}` of layer '{layer.name}' is a lambda that uses objects around it, which no file "
        "can hold: define it by `def`, or give load_model "
        f"custom_objects={{'{NAMELESS}': the function}}."
    )


def lost_arguments(layer: Layer) -> list[str]:
    """The arguments of a user's layer that its configuration lacks."""
    if type(layer).__module__.startswith("jaxcnn.") or "layers" in (config := layer.get_config()):
        return []
    given = inspect.signature(type(layer).__init__).parameters.values()
    return [
        parameter.name
        for parameter in list(given)[1:]
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and parameter.name not in config
        and parameter.name not in ("input_shape", "batch_input_shape", "dtype", "weights")
    ]
