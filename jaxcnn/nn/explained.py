"""What the arguments of layers mean, each explained once; a class says what is special to it."""

from __future__ import annotations

import dataclasses
import re

from jaxcnn.runtime.docstrings import entries, joined, listed, sections
from jaxcnn.runtime.types import PyTree

ARGUMENTS = {
    "activation": "what the result goes through: a name such as 'relu', a function of an array, or "
    "None for nothing.",
    "use_bias": "whether a trained bias is added.",
    "activity_regularizer": "penalty of the output, summed over the batch, that is added to the "
    "loss: given as `kernel_regularizer` is.",
    "filters": "number of maps of the output, a positive integer.",
    "units": "width of the output, a positive integer.",
    "kernel_size": "size of the window in elements: a positive integer for all spatial axes, or "
    "one for each.",
    "strides": "steps of the window in elements: a positive integer for all spatial axes, or one "
    "for each. Not along with a `dilation_rate` other than 1.",
    "padding": "'valid' for windows inside the input only, 'same' for as many as the input has "
    "elements divided by the strides, with zeros around it.",
    "dilation_rate": "distance of the elements that a window looks at: a positive integer for all "
    "spatial axes, or one for each.",
    "data_format": "'channels_last' or 'channels_first', where the channels are axis 1; None for "
    "what `jaxcnn.backend.image_data_format()` says, by default channels_last.",
    "depth_multiplier": "number of maps that each input channel becomes, a positive integer.",
    "output_padding": "what is added to the size of the output, an integer for all spatial axes or "
    "one for each, from 0 to below `strides`; None for the size that follows from `padding`.",
    "pool_size": "size of the window in elements: a positive integer for all spatial axes, or one "
    "for each.",
    "keepdims": "whether the spatial axes stay, with size 1.",
    "rate": "fraction of the inputs to drop, from 0 to 1.",
    "noise_shape": "shape of the mask, with 1 where it is shared along an axis and None where it "
    "is as the input; None for a mask of the input's shape.",
    "seed": "an integer gives the layer a separate stream of random numbers; None draws from the "
    "``dropout`` stream.",
    "axis": "the axis of the features or channels, counted with the batch as 0; negative numbers "
    "count from the last.",
    "epsilon": "what is added to the variance, so that nothing is divided by 0; at least 0.",
    "center": "whether `beta` is added.",
    "scale": "whether the result is multiplied by `gamma`.",
    "recurrent_activation": "activation of the gates, given as `activation` is.",
    "unit_forget_bias": "whether the bias of the forget gate starts at 1 (Jozefowicz et al., "
    '"An Empirical Exploration of Recurrent Network Architectures", 2015).',
    "dropout": "fraction of the inputs to drop in training mode, from 0 to 1.",
    "recurrent_dropout": "fraction of the states to drop in training mode, from 0 to 1.",
    "implementation": "0, 1 or 2, as Keras has it; the result is the same.",
    "return_sequences": "whether the outputs of all steps are returned, or the last one only.",
    "return_state": "whether the final states are returned after the output.",
    "go_backwards": "whether it begins at the last step; the outputs come in the order in which "
    "they are computed.",
    "stateful": "whether a call begins with the states that the last one ended with; row i goes on "
    "where row i of the batch before ended, so that the batch size is fixed.",
    "unroll": "whether the steps are laid out one after the other and not looped over: the same "
    "values, longer to compile.",
    "reset_after": "whether the reset gate is applied after the product with the recurrent kernel, "
    "as in cuDNN.",
    "cropping": "how much is cut off at each end of each spatial axis: an integer, an integer for "
    "each axis, or (start, end) for each axis.",
    "size": "how many times as long each spatial axis becomes: a positive integer for all, or one "
    "for each.",
}
# What follows from the name: (end of the name, text about the weight).
OF_WEIGHTS = {
    "initializer": "how `{}` starts: a name, an object of `jaxcnn.initializers`, or a function of "
    "(key, shape, dtype).",
    "regularizer": "penalty of `{}` that is added to the loss: a name, an object of "
    "`jaxcnn.regularizers`, a function of an array, or None for none.",
    "constraint": "what `{}` is put back to after each update: a name, an object of "
    "`jaxcnn.constraints`, a function of an array, or None for nothing.",
}
RAISES = "ValueError: an argument is not of this kind or out of its range; the message names both."


def explained(cls: type, doc: str | None) -> str:
    """The docstring of a module with all of its arguments, those of its bases too."""
    fields = [
        field
        for field in dataclasses.fields(cls)
        if field.init and field.name not in ("parent", "name")
    ]
    texts = {field.name: general(field.name) for field in fields}
    for base in reversed(cls.__mro__):
        texts |= entries(vars(base).get("specific", ""))
    told = {
        field.name: f"{texts[field.name]}{default(field)}" for field in fields if texts[field.name]
    }
    parts = {**sections(doc), "Args": listed(told)}
    if fields:
        parts.setdefault("Raises", RAISES)
    return joined(parts)


def default(field: dataclasses.Field[PyTree]) -> str:
    """The sentence that says what stands for an argument that is left out."""
    value = field.default
    return "" if value is dataclasses.MISSING else f" Default: {value!r}."


def general(name: str) -> str:
    """What an argument of this name means in every layer that says nothing else; "" for none."""
    if name in ARGUMENTS:
        return ARGUMENTS[name]
    weight, _, kind = name.rpartition("_")
    label = {"recurrent": "recurrent_kernel"}.get(weight, re.sub(r"wise$", "wise_kernel", weight))
    return OF_WEIGHTS[kind].format(label) if weight and kind in OF_WEIGHTS else ""
