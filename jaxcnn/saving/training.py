"""What `compile` was told, as Keras files hold it, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jaxcnn import losses, metrics, optimizers
from jaxcnn.runtime.names import custom_object_scope, get_custom_objects
from jaxcnn.saving.dialects.configurations import unpackaged

# Arguments of optimizers, losses and metrics in later versions, with the values that say nothing.
SAYING_NOTHING: Mapping[str, tuple[Any, ...]] = {
    "name": (),  # any
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
    "reduction": ("auto", "sum_over_batch_size", "none", None),
    "label_smoothing": (0, 0.0),
    "axis": (-1,),
    "from_logits": (False,),
    "curve": ("ROC",),
    "summation_method": ("interpolation",),
    "multi_label": (False,),
    "num_labels": (None,),
    "label_weights": (None,),
    "thresholds": (None, 0.5),
    "top_k": (None,),
    "class_id": (None,),
}
RENAMED = {"logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence"}  # in Keras 3


def to_keras2_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `compile` for a Keras 2 file.

    The learning rate has its name of Keras 2.3, and what says nothing is left out: Keras 3 takes
    nothing else.
    """
    optimizer = dict(settings["optimizer_config"])
    own = dict(optimizer["config"])
    if "lr" in own:
        own["learning_rate"] = own.pop("lr")
    if not own.get("decay"):
        own.pop("decay", None)
    if own.get("schedule_decay") == 0.004:  # of Nadam, and the only one that later versions have
        own.pop("schedule_decay")
    named = {key: full_names(settings[key]) for key in ("loss", "metrics", "weighted_metrics")}
    return {**settings, **named, "optimizer_config": {**optimizer, "config": own}}


def full_names(value: Any) -> Any:
    """Losses and metrics with their long names: Keras 3 does not find all the short ones in files."""
    if isinstance(value, list | tuple):
        return [full_names(item) for item in value]
    if isinstance(value, Mapping):
        return value if "class_name" in value else {k: full_names(v) for k, v in value.items()}
    known = (
        losses.registry.find(value)
        if isinstance(value, str) and value in losses.registry.names()
        else None
    )
    return value if known is None else known.__name__


def to_keras3_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `compile` for a '.keras' file."""
    kind, own = (
        settings["optimizer_config"]["class_name"],
        dict(settings["optimizer_config"]["config"]),
    )
    rate, decay = own.pop("lr", None), own.pop("decay", 0.0)
    if rate is not None:
        own["learning_rate"] = rate
    if decay:  # lr / (1 + decay * count)
        schedule = {
            "initial_learning_rate": rate,
            "decay_steps": 1,
            "decay_rate": decay,
            "staircase": False,
        }
        own["learning_rate"] = packaged("keras.optimizers.schedules", "InverseTimeDecay", schedule)
    if "clipnorm" in own:  # ours is that of all gradients together
        own["global_clipnorm"] = own.pop("clipnorm")
    if own.get("schedule_decay") == 0.004:
        own.pop("schedule_decay")

    def object_of(module: str, value: Any) -> Any:
        if isinstance(value, Mapping) and "class_name" in value:
            return packaged(f"keras.{module}", value["class_name"], value["config"])
        if isinstance(value, Mapping):
            return {k: object_of(module, v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [object_of(module, v) for v in value]
        if value == "cosine_proximity":  # Keras 3 has none that computes the same
            return packaged("jaxcnn.losses", "function", value)
        return RENAMED.get(value, value)

    return {
        "optimizer": packaged("keras.optimizers", kind, own),
        "loss": object_of("losses", full_names(settings["loss"])),
        "loss_weights": settings["loss_weights"],
        "metrics": object_of("metrics", full_names(settings["metrics"])),
        "weighted_metrics": object_of("metrics", full_names(settings["weighted_metrics"])),
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def packaged(module: str, name: str, settings: Any) -> dict[str, Any]:
    """An object as Keras 3 describes it."""
    return {"module": module, "class_name": name, "config": settings, "registered_name": None}


def compile_as_stored(
    model: Any,
    settings: Mapping[str, Any],
    source: Any,
    custom_objects: Mapping[str, Any] | None = None,
) -> None:
    """`compile` as a file says, of any version of Keras.

    Raises:
        ValueError: the file asks for something that is not here; the message says what.
    """
    try:
        with custom_object_scope(custom_objects):
            model.compile_from(from_keras_training(settings, model.output_names))
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{source}: the model cannot be compiled as it was saved. {error} Load it with "
            "compile=False and compile "
            "it anew, or give what is missing in custom_objects."
        ) from error


def from_keras_training(settings: Mapping[str, Any], output_names: Sequence[str]) -> dict[str, Any]:
    """The arguments of `compile` in our terms."""
    optimizer = settings.get("optimizer_config", settings.get("optimizer"))
    found = {
        "optimizer_config": from_keras_optimizer(optimizer)
        if isinstance(optimizer, Mapping)
        else optimizer,
        "loss": from_keras_object(settings.get("loss"), losses.registry),
        "loss_weights": settings.get("loss_weights"),
        "sample_weight_mode": settings.get("sample_weight_mode"),
    }
    for key in ("metrics", "weighted_metrics"):
        value = from_keras_object(settings.get(key), metrics.registry)
        if (
            isinstance(value, list) and value and isinstance(value[0], list)
        ):  # a list for each output
            value = (
                dict(zip(output_names, value, strict=True)) if len(output_names) > 1 else value[0]
            )
        found[key] = value
    return found


def from_keras_optimizer(described: Mapping[str, Any]) -> dict[str, Any]:
    """An optimizer's description; of schedules only the inverse decay by time, which every
    optimizer here can do.
    """
    name, own = unpackaged(described["class_name"]), dict(described.get("config") or {})
    rate = own.get("learning_rate", own.get("lr"))
    if isinstance(rate, Mapping):
        schedule = rate["config"]
        if (
            rate["class_name"] != "InverseTimeDecay"
            or schedule["decay_steps"] != 1
            or schedule["staircase"]
        ):
            raise ValueError(
                f"The learning rate follows a {rate['class_name']}, which cannot be read."
            )
        own |= {"learning_rate": schedule["initial_learning_rate"], "decay": schedule["decay_rate"]}
    if "global_clipnorm" in own and own.get("clipnorm"):
        raise ValueError(
            f"{name} clips each gradient by itself (clipnorm); here all are clipped together."
        )
    if own.get("global_clipnorm"):
        own["clipnorm"] = own.pop("global_clipnorm")
    return {"class_name": name, "config": taken(name, own, optimizers.registry)}


def from_keras_object(value: Any, registry: Any) -> Any:
    """Losses or metrics in lists and dicts: by name, or by class with their options."""
    if isinstance(value, list):
        return [from_keras_object(item, registry) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {k: from_keras_object(v, registry) for k, v in value.items()}
    kind, own = unpackaged(value["class_name"]), value["config"]
    if kind == "function":
        return unpackaged(own)
    if kind in ("MeanMetricWrapper", "LossFunctionWrapper"):
        return (
            unpackaged(own["fn"])
            if isinstance(own["fn"], str)
            else from_keras_object(own["fn"], registry)
        )
    return {"class_name": kind, "config": taken(kind, own, registry)}


def taken(name: str, own: Mapping[str, Any], registry: Any) -> dict[str, Any]:
    """The options that an object has here; others must say nothing."""
    if name in get_custom_objects():
        return dict(own)
    import inspect

    known = inspect.signature(registry.find(name)).parameters
    if name == "FunctionMetric":
        return dict(own)
    several = any(
        p.kind is p.VAR_KEYWORD for p in known.values()
    )  # an optimizer, which says itself what it takes
    kept = {}
    for key, value in own.items():
        neutral = SAYING_NOTHING.get(key)
        if key in known or (
            several and not (neutral is not None and (neutral == () or value in neutral))
        ):
            kept[key] = value
        elif neutral is None or (neutral and value not in neutral):
            raise ValueError(
                f"{name} was saved with {key}={value!r}, which this library does not have."
            )
    return kept
