"""The arguments of `compile` as Keras files hold them, and back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from jaxcnn import losses, metrics, optimizers
from jaxcnn.runtime.names import Registry, custom_object_scope, get_custom_objects
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.dialects.configurations import unpackaged
from jaxcnn.saving.dialects.keras3 import packaged
from jaxcnn.saving.types import CustomObjects, Filename, Json, Trainable

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


def to_keras2_training(settings: Settings) -> Config:
    """The arguments of `compile` for a Keras 2 file.

    The learning rate has its name of Keras 2.3, and what says nothing is left out: Keras 3 takes
    nothing else.
    """
    optimizer = settings["optimizer_config"]
    hyperparameters = without_usual_schedule(optimizer["config"])
    if "lr" in hyperparameters:
        hyperparameters["learning_rate"] = hyperparameters.pop("lr")
    if not hyperparameters.get("decay"):
        hyperparameters.pop("decay", None)
    named = {key: full_names(settings[key]) for key in ("loss", "metrics", "weighted_metrics")}
    return {**settings, **named, "optimizer_config": {**optimizer, "config": hyperparameters}}


def without_usual_schedule(hyperparameters: Settings) -> Config:
    """Hyperparameters without Nadam's `schedule_decay` of 0.004, the only one of later versions."""
    return {k: v for k, v in hyperparameters.items() if (k, v) != ("schedule_decay", 0.004)}


def full_names(value: Json) -> Json:
    """Losses and metrics by their long names: Keras 3 does not know all short ones in files."""
    if isinstance(value, list | tuple):
        return [full_names(item) for item in value]
    if isinstance(value, Mapping):
        return value if "class_name" in value else {k: full_names(v) for k, v in value.items()}
    if isinstance(value, str) and value in losses.registry.names():
        return losses.registry.find(value).__name__
    return value


def to_keras3_training(settings: Settings) -> Config:
    """The arguments of `compile` for a '.keras' file."""
    optimizer = settings["optimizer_config"]
    hyperparameters = without_usual_schedule(optimizer["config"])
    rate, decay = hyperparameters.pop("lr", None), hyperparameters.pop("decay", 0.0)
    if rate is not None:
        hyperparameters["learning_rate"] = rate
    if decay:  # lr / (1 + decay * count)
        schedule = {
            "initial_learning_rate": rate,
            "decay_steps": 1,
            "decay_rate": decay,
            "staircase": False,
        }
        hyperparameters["learning_rate"] = packaged(
            "keras.optimizers.schedules", "InverseTimeDecay", schedule
        )
    if "clipnorm" in hyperparameters:  # ours is that of all gradients together
        hyperparameters["global_clipnorm"] = hyperparameters.pop("clipnorm")
    named = {key: full_names(settings[key]) for key in ("loss", "metrics", "weighted_metrics")}
    return {
        "optimizer": packaged("keras.optimizers", optimizer["class_name"], hyperparameters),
        "loss": to_keras3_objects("losses", named["loss"]),
        "loss_weights": settings["loss_weights"],
        "metrics": to_keras3_objects("metrics", named["metrics"]),
        "weighted_metrics": to_keras3_objects("metrics", named["weighted_metrics"]),
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def to_keras3_objects(module: str, value: Json) -> Json:
    """Losses or metrics by their names in Keras 3, objects with the module that they come from."""
    if isinstance(value, Mapping) and "class_name" in value:
        return packaged(f"keras.{module}", value["class_name"], value["config"])
    if isinstance(value, Mapping):
        return {k: to_keras3_objects(module, v) for k, v in value.items()}
    if isinstance(value, list):
        return [to_keras3_objects(module, item) for item in value]
    if value == "cosine_proximity":  # Keras 3 has none that computes the same
        return packaged("jaxcnn.losses", "function", value)
    return RENAMED.get(value, value)


def compile_as_stored(
    model: Trainable,
    settings: Settings,
    source: Filename,
    custom_objects: CustomObjects = None,
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
            "compile=False and compile it again, or give what is missing in custom_objects."
        ) from error


def from_keras_training(settings: Settings, output_names: Sequence[str]) -> Config:
    """The arguments of `compile` in our terms."""
    optimizer = settings.get("optimizer_config", settings.get("optimizer"))
    if isinstance(optimizer, Mapping):
        optimizer = from_keras_optimizer(optimizer)
    arguments = {
        "optimizer_config": optimizer,
        "loss": from_keras_objects(settings.get("loss"), losses.registry),
        "loss_weights": settings.get("loss_weights"),
        "sample_weight_mode": settings.get("sample_weight_mode"),
    }
    for key in ("metrics", "weighted_metrics"):
        value = from_keras_objects(settings.get(key), metrics.registry)
        if isinstance(value, list) and value and isinstance(value[0], list):  # one for each output
            several = len(output_names) > 1
            value = dict(zip(output_names, value, strict=True)) if several else value[0]
        arguments[key] = value
    return arguments


def from_keras_optimizer(described: Settings) -> Config:
    """An optimizer's description; of schedules only the inverse decay by time, which all do here.

    Raises:
        ValueError: another schedule, or gradients clipped one by one and together.
    """
    name, options = unpackaged(described["class_name"]), dict(described.get("config") or {})
    rate = options.get("learning_rate", options.get("lr"))
    if isinstance(rate, Mapping):
        options |= decay_of(rate)
    if "global_clipnorm" in options and options.get("clipnorm"):
        raise ValueError(
            f"{name} clips each gradient by itself (clipnorm); here all are clipped together."
        )
    if options.get("global_clipnorm"):
        options["clipnorm"] = options.pop("global_clipnorm")
    return {"class_name": name, "config": taken(name, options, optimizers.registry)}


def decay_of(rate: Settings) -> Config:
    """The `learning_rate` and `decay` of a schedule that decays with each update."""
    schedule = rate["config"]
    if (
        rate["class_name"] != "InverseTimeDecay"
        or schedule["decay_steps"] != 1
        or schedule["staircase"]
    ):
        raise ValueError(f"The learning rate follows a {rate['class_name']}, which cannot be read.")
    return {"learning_rate": schedule["initial_learning_rate"], "decay": schedule["decay_rate"]}


def from_keras_objects(value: Json, registry: Registry) -> Json:
    """Losses or metrics in lists and dicts: by name, or by class with their options."""
    if isinstance(value, list):
        return [from_keras_objects(item, registry) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {k: from_keras_objects(v, registry) for k, v in value.items()}
    kind, options = unpackaged(value["class_name"]), value["config"]
    if kind == "function":
        return unpackaged(options)
    if kind in ("MeanMetricWrapper", "LossFunctionWrapper"):
        function = options["fn"]
        if isinstance(function, str):
            return unpackaged(function)
        return from_keras_objects(function, registry)
    return {"class_name": kind, "config": taken(kind, options, registry)}


def taken(name: str, options: Settings, registry: Registry) -> Config:
    """The options that an object has here.

    Raises:
        ValueError: others say something.
    """
    if name in get_custom_objects() or name == "FunctionMetric":
        return dict(options)
    known = inspect.signature(registry.find(name)).parameters
    # An optimizer says itself which others it takes.
    takes_any = any(p.kind is p.VAR_KEYWORD for p in known.values())
    rest = {}
    for key, value in options.items():
        if key in known or (takes_any and not says_nothing(key, value)):
            rest[key] = value
        elif not says_nothing(key, value):
            raise ValueError(
                f"{name} was saved with {key}={value!r}, which this library does not have."
            )
    return rest


def says_nothing(key: str, value: Json) -> bool:
    """Whether an option changes nothing by this value, or by any."""
    neutral = SAYING_NOTHING.get(key)
    return neutral is not None and (neutral == () or value in neutral)
