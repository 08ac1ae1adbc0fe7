"""Optimizers, losses and metrics as each Keras described them, in the terms of this library."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping

from jaxcnn import optimizers
from jaxcnn.metrics import registry as metrics
from jaxcnn.runtime.names import Registry, get_custom_objects
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.dialects.configurations import unpackaged
from jaxcnn.saving.types import Json

# Arguments of optimizers, losses and metrics in later versions, with the values that say nothing.
SAYING_NOTHING: Mapping[str, tuple[Json, ...]] = {
    "name": (),  # any value
    "dtype": (),
    "jit_compile": (),
    "is_legacy_optimizer": (),
    "ema_momentum": (),
    "ema_overwrite_frequency": (),
    "initial_accumulator_value": (),  # only the beginning of a state that the file holds
    "fn": (),
    "weight_decay": (None, 0.0),
    "global_clipnorm": (None,),
    "clipnorm": (None,),
    "clipvalue": (None,),
    "use_ema": (False,),
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
    "centered": (False,),
    "momentum": (0.0,),
    "decay": (0.0,),
    "amsgrad": (False,),
    "epsilon": (None,),
    "reduction": ("auto", "sum_over_batch_size", "mean"),  # 'none' trains by the sum
    "label_smoothing": (0, 0.0),
    "axis": (-1,),
    "from_logits": (False,),
    "curve": ("ROC",),
    "summation_method": ("interpolation",),
    "multi_label": (False,),
    "num_labels": (None,),
    "label_weights": (None,),
    "thresholds": (None, 0.5),
    "threshold": (None, 0.5),
    "ignore_class": (None,),
    "top_k": (None,),
    "class_id": (None,),
}


# What every optimizer takes beside its own.
COMMON = ("learning_rate", "decay", "clipnorm", "clipvalue", "ema")


def of_library(name: str) -> bool:
    """Whether an optimizer is the library's, so that other Keras have other words for it."""
    return name in optimizers.registry.items()


def from_keras_optimizer(described: Settings) -> Config:
    """An optimizer's description.

    Raises:
        ValueError: gradients clipped one by one, or an option that is not here.
    """
    name, options = unpackaged(described["class_name"]), dict(described.get("config") or {})
    if name == "LossScaleOptimizer":  # the same steps, kept from vanishing in float16
        return from_keras_optimizer(options.get("inner_optimizer") or options["optimizer"])
    if not of_library(name) and name in get_custom_objects():
        return {"class_name": name, "config": options}
    rate = options.get("learning_rate", options.get("lr"))
    if isinstance(rate, Mapping):
        options.pop("lr", None)
        options |= rate_of(rate)
    if "global_clipnorm" in options and options.get("clipnorm"):
        raise ValueError(
            f"{name} clips each gradient by itself (clipnorm); here all are clipped together."
        )
    if options.get("global_clipnorm"):
        options["clipnorm"] = options.pop("global_clipnorm")
    if name == "Adam" and options.get("weight_decay"):
        name = "AdamW"
    if name == "Nadam" and "use_ema" in options:  # since 2.11 its momentum grows by itself
        options.setdefault("schedule_decay", 1.0)
    elif name == "Nadam" and "learning_rate" in options and "decay" in options:
        options.setdefault("schedule_decay", options.pop("decay"))  # as tf.keras called it
    return {"class_name": name, "config": taken(name, options, optimizers.registry)}


def rate_of(rate: Settings) -> Config:
    """The `learning_rate` of a schedule; with `decay` where it decays with each update."""
    name, schedule = unpackaged(rate["class_name"]), rate["config"]
    if name == "InverseTimeDecay" and schedule["decay_steps"] == 1 and not schedule["staircase"]:
        return {"learning_rate": schedule["initial_learning_rate"], "decay": schedule["decay_rate"]}
    return {
        "learning_rate": {
            "class_name": name,
            "config": taken(name, schedule, optimizers.schedules.registry),
        }
    }


def each_object(value: Json, change: Callable[[Config], Json]) -> Json:
    """Losses or metrics in lists and dicts, those that are a class with options changed."""
    if isinstance(value, list):
        return [each_object(item, change) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {key: each_object(item, change) for key, item in value.items()}
    return change(dict(value))


def from_keras_objects(value: Json, registry: Registry) -> Json:
    """Losses or metrics in lists and dicts: by name, or by class with their options."""
    return each_object(value, lambda thing: from_keras_object(thing, registry))


def from_keras_object(value: Config, registry: Registry) -> Json:
    """A loss or metric: its name, or its class with its options."""
    kind, options = unpackaged(value["class_name"]), value["config"]
    if kind == "function":
        return unpackaged(options)
    if kind in ("MeanMetricWrapper", "LossFunctionWrapper"):
        function = options["fn"]
        for key, option in options.items():
            if not says_nothing(key, option):
                raise not_here(f"{kind} of {function}", key, option)
        if isinstance(function, str):
            described: Json = unpackaged(function)
        else:
            described = from_keras_objects(function, registry)
    else:
        described = {"class_name": kind, "config": taken(kind, options, registry)}
    return under_its_name(described, options.get("name")) if registry is metrics else described


def under_its_name(described: Json, name: Json) -> Json:
    """A metric with the name that it has in logs, where that is not the usual one."""
    settings = described["config"] if isinstance(described, Mapping) else {}
    kind = described["class_name"] if isinstance(described, Mapping) else described
    usual = re.sub(r"_\d+$", "", str(name)).replace("_", "")
    if not isinstance(name, str) or "name" in settings or usual == kind.replace("_", "").lower():
        return described
    return {"class_name": "FunctionMetric", "config": {"function": described, "name": name}}


def taken(name: str, options: Settings, registry: Registry) -> Config:
    """The options that an object has here.

    Raises:
        ValueError: others say something.
    """
    if name in get_custom_objects() or name == "FunctionMetric":
        return dict(options)
    thing = registry.find(name)
    known = inspect.signature(thing).parameters
    # An optimizer says itself which others it takes.
    takes_any = any(p.kind is p.VAR_KEYWORD for p in known.values())
    rest = {}
    for key, value in options.items():
        if inspect.isfunction(thing) and key in known and value == known[key].default:
            continue  # a function of metrics takes no options but has them at these values
        further = takes_any and (key in COMMON or key not in SAYING_NOTHING)
        if key in known or (further and not says_nothing(key, value)):
            rest[key] = value
        elif not says_nothing(key, value):
            raise not_here(name, key, value)
    return rest


def not_here(name: str, key: str, value: Json) -> ValueError:
    """That an option says what no object here does."""
    return ValueError(f"{name} was saved with {key}={value!r}, which this library does not have.")


def says_nothing(key: str, value: Json) -> bool:
    """Whether an option changes nothing by this value, or by any."""
    neutral = SAYING_NOTHING.get(key)
    return neutral is not None and (neutral == () or value in neutral)
