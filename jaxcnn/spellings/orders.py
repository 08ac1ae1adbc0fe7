"""The orders that versions of Keras have for arguments by position.

What Keras 2.2 takes by name alone is not among its orders.
"""

from __future__ import annotations

from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.rewrites import Arguments, Keywords, Positional

# Of Keras 2.2: class, function or method -> (the first position that differs, the arguments from
# there on).
ORDERS: dict[str, tuple[int, str]] = {
    "SeparableConv1D": (
        5,
        "dilation_rate depth_multiplier activation use_bias depthwise_initializer "
        "pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer "
        "bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint "
        "bias_constraint",
    ),
    "TensorBoard": (
        2,
        "batch_size write_graph write_grads write_images embeddings_freq embeddings_layer_names "
        "embeddings_metadata embeddings_data update_freq",
    ),
    "batch_normalization": (5, "axis epsilon"),
    "compile": (3, "loss_weights sample_weight_mode weighted_metrics target_tensors"),
    "flow": (4, "sample_weight seed save_to_dir save_prefix save_format subset"),
    "load_data of boston_housing": (1, "test_split seed"),
    "load_img": (2, "color_mode target_size interpolation"),
    "train_on_batch": (2, "sample_weight class_weight"),
}


def in_order_of_program(name: str, args: Positional, kwargs: Keywords) -> Arguments:
    """The arguments of a call, by their names from the first one on that would be another one."""
    if not dialect().since_2_2 or name not in ORDERS:
        return args, kwargs
    first, order = ORDERS[name]
    words = order.split()
    later = args[first:]
    if not later or len(later) > len(words):
        return args, kwargs
    by_name = dict(zip(words, later, strict=False))
    if twice := by_name.keys() & kwargs.keys():
        raise TypeError(f"{name} got `{min(twice)}` by position and by name.")
    return args[:first], {**by_name, **kwargs}


# Layers whose `call` takes the mask after the inputs.
_MASKED = ("GlobalAveragePooling1D", "Lambda", "PReLU", "ThresholdedReLU", "TimeDistributed")


def order_of_call(name: str, recurrent: bool) -> tuple[str, ...]:
    """The arguments that the `call` of a layer of this class has after the inputs."""
    if dialect().of_keras_1:
        return ("mask",)
    later = dialect().since_2_2
    if (name, later) in (("Bidirectional", False), ("TimeDistributed", True)):
        return "training", "mask"
    if recurrent:
        return "mask", "training", "initial_state", "constants"
    return ("mask",) if name in _MASKED else ("training",)
