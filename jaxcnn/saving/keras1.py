"""Layers as Keras 1 described them: the names of their classes and arguments today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "TimeDistributed",
}
REGULARIZED = {
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "bias": "use_bias",
}
ARGUMENTS = {
    **REGULARIZED,
    "output_dim": "units",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size",
    "stride": "strides",
    "p": "rate",
    "sigma": "stddev",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
}
# Where an old name means something else.
OF_CLASS: Mapping[str, Mapping[str, str]] = {
    "Embedding": {
        "output_dim": "output_dim",
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "PReLU": {"init": "alpha_initializer"},
    "UpSampling1D": {"length": "size"},
    "SeparableConv2D": {
        "depthwise_regularizer": "depthwise_regularizer",
        "init": "pointwise_initializer",
    },
}
VALUES: Mapping[str, Mapping[Any, Any]] = {
    "data_format": {"tf": "channels_last", "th": "channels_first", "default": None},
    "consume_less": {"cpu": 0, "mem": 1, "gpu": 2},
}
MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
SIGNS = {
    *ARGUMENTS,
    *(name for names in OF_CLASS.values() for name, new in names.items() if name != new),
    "nb_row",
    "kernel_dim1",
    "consume_less",
    "forget_bias_init",
    "mode",
}


def from_keras1(name: str, settings: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(class, arguments) of a layer from those of Keras 1; those of later versions pass unchanged.

    Raises:
        ValueError: the layer did something that no layer does here.
    """
    own = dict(settings)
    if name not in CLASSES and name != "Merge" and not SIGNS & set(own):
        return name, own
    label = f"Layer '{own.get('name')}' ({name})"
    if name == "Merge":
        return merge(own, label)
    if name == "TimeDistributedDense":
        kept: dict[str, Any] = {
            k: own.pop(k) for k in ("name", "trainable", "batch_input_shape", "input_dtype") if k in own
        }
        _, inner = from_keras1("Dense", own)
        inner["name"] = f"{kept['name']}_dense"
        return "TimeDistributed", {**shaped(kept), "layer": {"class_name": "Dense", "config": inner}}
    name = CLASSES.get(name, name)
    if "nb_row" in own:
        own["kernel_size"] = (own.pop("nb_row"), own.pop("nb_col"))
    if "kernel_dim1" in own:
        own["kernel_size"] = tuple(own.pop(f"kernel_dim{i}") for i in (1, 2, 3))
    if own.pop("mode", 0) != 0:
        raise ValueError(f"{label} was saved with a `mode` that Keras 2 no longer had; only mode 0 can be read.")
    if name == "Embedding" and own.pop("dropout", 0.0):
        raise ValueError(f"{label} was saved with `dropout`; a SpatialDropout1D layer behind it is what does that now.")
    if "forget_bias_init" in own:
        own["unit_forget_bias"] = own.pop("forget_bias_init") in ("one", "ones")
    if "consume_less" in own:
        own["implementation"] = VALUES["consume_less"][own.pop("consume_less")]
    if name == "Conv2DTranspose":
        own.pop("output_shape", None)
    if name != "Embedding":
        for given in ("input_dim", "input_length"):
            own.pop(given, None)
    renamed = {**ARGUMENTS, **OF_CLASS.get(name, {})}
    found = {renamed.get(key, key): value for key, value in shaped(own).items()}
    if "data_format" in found:
        found["data_format"] = VALUES["data_format"].get(found["data_format"], found["data_format"])
    if name == "ZeroPadding2D" and isinstance(found.get("padding"), Mapping):
        pads = found["padding"]
        found["padding"] = [[pads.get(f"{a}_pad", 0), pads.get(f"{b}_pad", 0)] for a, b in SIDES]
    if name == "ZeroPadding2D" and isinstance(found.get("padding"), list | tuple) and len(found["padding"]) == 4:
        top, bottom, left, right = found["padding"]
        found["padding"] = [[top, bottom], [left, right]]
    return name, found


SIDES = (("top", "bottom"), ("left", "right"))


def shaped(own: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with the input's dtype under its later name."""
    return {("dtype" if key == "input_dtype" else key): value for key, value in own.items()}


def merge(own: Mapping[str, Any], label: str) -> tuple[str, dict[str, Any]]:
    """The layer that does what a Merge did."""
    mode = own.get("mode", "sum")
    if mode not in MERGES:
        raise ValueError(f"{label} merges by {mode!r}; only {', '.join(MERGES)} can be read.")
    kept = {"name": own["name"]} if own.get("name") else {}
    if mode == "concat":
        return "Concatenate", {**kept, "axis": own.get("concat_axis", -1)}
    if mode in ("dot", "cos"):
        axes = own.get("dot_axes", -1)
        # Keras 1 wrapped the axes of the two inputs in lists of one.
        axes = [a[0] if isinstance(a, list) else a for a in axes] if isinstance(axes, list) else axes
        return "Dot", {**kept, "axes": axes, "normalize": mode == "cos"}
    return MERGES[mode], kept
