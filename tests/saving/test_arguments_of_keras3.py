"""Every argument of every class, set as Keras 3 writes it, is read or refused by its name."""

import inspect
import json
import warnings

import keras
import pytest

from jaxcnn import losses, metrics, optimizers
from jaxcnn.layers.base import LAYERS
from jaxcnn.saving.compile_objects import from_keras_objects, from_keras_optimizer
from jaxcnn.saving.dialects.configurations import Reader, from_keras

K = keras.layers
NEEDED = {
    "units": 3, "filters": 4, "kernel_size": 2, "rate": 0.25, "stddev": 0.1, "input_dim": 5,
    "output_dim": 2, "dims": (2, 1), "n": 3, "target_shape": (2, 3), "activation": "tanh",
    "axes": 1, "pool_size": 2,
}  # fmt: skip
VALUES = {
    **NEEDED, "units": 5, "filters": 6, "kernel_size": 3, "strides": 2, "padding": "same",
    "data_format": "channels_first", "dilation_rate": 2, "groups": 2, "use_bias": False,
    "momentum": 0.9, "epsilon": 0.01, "center": False, "scale": False, "axis": 1,
    "noise_shape": (None, 1), "return_sequences": True, "return_state": True,
    "go_backwards": True, "stateful": True, "unroll": True, "dropout": 0.3,
    "recurrent_dropout": 0.3, "recurrent_activation": "relu", "reset_after": False,
    "unit_forget_bias": False, "depth_multiplier": 2, "output_padding": 0, "keepdims": True,
    "mask_value": 1.0, "max_value": 2.0, "negative_slope": 0.2, "threshold": 0.1, "alpha": 0.7,
    "shared_axes": [1], "mask_zero": True, "interpolation": "bilinear", "size": 3,
    "cropping": ((1, 2), (0, 1)), "merge_mode": "sum", "normalize": True, "offset": 0.5,
    "lora_rank": 2, "synchronized": True, "renorm": True, "mean": [1.0, 2.0],
    "variance": [1.0, 2.0], "invert": True, "trainable": False, "name": "nn", "l1": 0.1, "l2": 0.2,
    "rms_scaling": True,
}  # fmt: skip
OBJECTS = {
    "_initializer": keras.initializers.HeNormal,
    "regularizer": lambda: keras.regularizers.L1L2(0.1, 0.2),
    "constraint": lambda: keras.constraints.MaxNorm(2.0, axis=0),
}
INNER = {
    "TimeDistributed": lambda: {"layer": K.Dense(2)},
    "Bidirectional": lambda: {"layer": K.LSTM(2)},
    "RNN": lambda: {"cell": K.LSTMCell(2)},
    "StackedRNNCells": lambda: {"cells": [K.LSTMCell(2)]},
    "Rescaling": lambda: {"scale": 2.0},
}
OURS = {("LeakyReLU", "negative_slope"): "alpha"}
CLASSES = [
    name
    for name in sorted(LAYERS.items())
    if inspect.isclass(getattr(K, name, None)) and name not in ("Lambda", "InputLayer")
]
SOME = {"Bidirectional", "Conv1D", "Dense", "LeakyReLU", "ReLU", "GRU"}  # the others are slow
PARAMETERS = [pytest.param(n, marks=[] if n in SOME else pytest.mark.slow) for n in CLASSES]


def arguments_of(kind):
    """The parameters of a class and of its bases here, but for layers inside."""
    names = {}
    for base in kind.__mro__[: kind.__mro__.index(K.Layer) + 1]:
        for name, parameter in inspect.signature(base.__init__).parameters.items():
            if not parameter.kind.name.startswith("VAR") and name != "self":
                names.setdefault(name, parameter)
    return {n: p for n, p in names.items() if n not in ("layer", "cell", "cells", "rank")}


def plain(value):
    return json.loads(json.dumps(value, default=str))


def sizes(value):
    """A number or several that are alike."""
    flat = value
    while isinstance(flat, list) and len({str(v) for v in flat}) == 1:
        flat = flat[0]
    return flat


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PARAMETERS)
def test_every_argument_of_a_layer(name):
    kind, tried = getattr(K, name), 0
    parameters = arguments_of(kind)
    needed = {a: NEEDED[a] for a, p in parameters.items() if p.default is p.empty and a in NEEDED}
    needed |= INNER.get(name, dict)()
    for argument in parameters:
        make = next((o for end, o in OBJECTS.items() if argument.endswith(end)), None)
        if make is None and argument not in VALUES:
            continue
        value = make() if make else VALUES[argument]
        try:
            layer = kind(**{**needed, argument: value})
            described = plain(K.serialize(layer))
        except Exception:  # Keras does not take it here
            continue
        stored = described["config"].get(argument)
        tried += 1
        try:
            ours = LAYERS.deserialize(Reader(3, True).layer(described)).get_config()
        except ValueError as error:
            assert layer.name in str(error) and f"`{argument}`" in str(error), (argument, error)
            continue
        again = plain(ours.get(OURS.get((name, argument), argument)))
        if not make:
            assert sizes(again) == sizes(stored), argument
        elif stored is not None:
            assert again is not None, argument
    assert tried


OPTIONS = {
    "from_logits": True, "label_smoothing": 0.1, "reduction": "sum", "delta": 2.0,
    "ignore_class": 1, "threshold": 0.3, "thresholds": 0.3, "top_k": 2, "class_id": 1,
    "num_thresholds": 50, "curve": "PR", "summation_method": "minoring", "multi_label": True,
    "num_classes": 3, "k": 3, "learning_rate": 0.3, "momentum": 0.7, "nesterov": True, "rho": 0.8,
    "epsilon": 0.1, "centered": True, "beta_1": 0.8, "beta_2": 0.95, "amsgrad": True,
    "weight_decay": 0.1, "clipnorm": 1.0, "clipvalue": 1.0, "global_clipnorm": 1.0, "use_ema": True,
    "loss_scale_factor": 2.0, "gradient_accumulation_steps": 2, "name": "nn", "specificity": 0.4,
    "sensitivity": 0.4,
}  # fmt: skip
REQUIRED = ("num_classes", "specificity", "sensitivity")
RENAMED = {"learning_rate": "lr", "global_clipnorm": "clipnorm"}
ROOMS = {
    "losses": lambda value: losses.deserialize(from_keras_objects(value, losses.registry)),
    "metrics": lambda value: metrics.registry.deserialize(
        from_keras_objects(value, metrics.registry)
    ),
    "optimizers": lambda value: optimizers.deserialize(from_keras_optimizer(value)),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("room", ROOMS)
def test_every_option_of_losses_metrics_and_optimizers(room):
    module, registry = (
        getattr(keras, room),
        {"losses": losses, "metrics": metrics}.get(room, optimizers),
    )
    tried = 0
    for name, kind in vars(module).items():
        if not inspect.isclass(kind) or name not in registry.registry.items():
            continue
        parameters = inspect.signature(kind.__init__).parameters
        needed = {a: OPTIONS[a] for a in REQUIRED if a in parameters}
        for option in set(parameters) & set(OPTIONS) - ({"name"} if room != "metrics" else set()):
            if (name, option) == ("AUC", "thresholds"):  # a list, which it does not store
                continue
            described = plain(module.serialize(kind(**{**needed, option: OPTIONS[option]})))
            if option not in described["config"]:
                continue
            tried += 1
            try:
                thing = ROOMS[room](described)
            except ValueError as error:
                assert option in str(error) and name in str(error), (name, option, error)
                continue
            config = getattr(thing, "get_config", dict)()
            value = getattr(thing, option, config.get(RENAMED.get(option, option)))
            assert value == described["config"][option], (name, option, config)
    assert tried > 10


def test_zeros_at_masked_steps_are_named_where_steps_are_masked():
    model = keras.Sequential([keras.Input((5,)), K.Embedding(4, 2, mask_zero=True), K.LSTM(2)])
    model.add(K.RepeatVector(2))
    model.add(K.Bidirectional(K.LSTM(2, return_sequences=True)))
    described = plain(keras.saving.serialize_keras_object(model))
    with pytest.warns(UserWarning, match="forward_.* saved with zero_output_for_mask=True"):
        from_keras(described, 3)
    del described["config"]["layers"][1]["config"]["mask_zero"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_keras(described, 3)
