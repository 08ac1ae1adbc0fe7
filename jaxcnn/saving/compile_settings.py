"""The arguments of `compile` as Keras files hold them, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jaxcnn import losses, metrics
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.compile_objects import (
    each_object,
    from_keras_objects,
    from_keras_optimizer,
    of_library,
)
from jaxcnn.saving.dialects.differences import differing_training, names_in, packaged
from jaxcnn.saving.dialects.versions import (
    FUNCTIONS,
    OPTIMIZERS,
    TEXT,
    UNTRAINABLE,
    Version,
)
from jaxcnn.saving.types import CustomObjects, Filename, Json, Trainable

NAMED = ("loss", "metrics", "weighted_metrics")
RENAMED = {"logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence"}  # in Keras 3


def to_keras2_training(settings: Settings, version: Version = TEXT) -> Config:
    """The arguments of `compile` for an HDF5 file.

    The learning rate has the name that the version knows, or none where it is the usual one of all
    versions, and what says nothing is left out: Keras 3 takes nothing else.

    Raises:
        ValueError: the version has not this optimizer, or no objects for losses and metrics.
    """
    optimizer = settings["optimizer_config"]
    name = optimizer["class_name"]
    hyperparameters = without_usual_schedule(optimizer["config"])
    library = of_library(name)
    rate = hyperparameters.get("lr")
    scheduled = isinstance(rate, Mapping)
    if version.strict and version.is_2 and library and (name not in OPTIMIZERS or scheduled):
        raise ValueError(
            f"Keras {version.label} has not the optimizer {name} with {hyperparameters}: save with "
            "include_optimizer=False."
        )
    if version.is_2:
        changed = {
            key: each_object(settings[key], lambda thing: without_object(thing, version))
            for key in NAMED
        }
        settings = {**settings, **changed}
    if version.of_program:
        settings = {**settings, "metrics": settings["metrics"] or []}
    if version.is_2 and library:
        if rate == OPTIMIZERS.get(name, "") and not version.of_program:
            del hyperparameters["lr"]
        known = version.of_program and version.rank >= 22
        if hyperparameters.get("amsgrad") is False and not known:
            del hyperparameters["amsgrad"]
    if "lr" in hyperparameters and library and (not version.is_2 or scheduled):
        hyperparameters["learning_rate"] = schedule_or_number(hyperparameters.pop("lr"))
    if not hyperparameters.get("decay") and library and not version.of_program:
        hyperparameters.pop("decay", None)
    named = {key: full_names(settings[key]) for key in NAMED}
    return {**settings, **named, "optimizer_config": {**optimizer, "config": hyperparameters}}


def require_known(settings: Settings, version: Version) -> None:
    """Refuse what the Keras that a file is for cannot train by.

    Raises:
        ValueError: it has not a loss, a metric or the optimizer.
    """
    names = set(names_in([settings[key] for key in NAMED]))
    missing = {name for name in names if FUNCTIONS.get(name, 0) > version.rank}
    if not version.is_2:
        missing |= UNTRAINABLE & {*names, settings["optimizer_config"]["class_name"]}
    if missing:
        raise ValueError(
            f"Keras {version.name} has not {', '.join(sorted(missing))}: save with "
            "include_optimizer=False."
        )


def without_object(value: Config, version: Version) -> Json:
    """A loss or metric by its name alone where it has no options, as Keras 2.0 to 2.2 has it."""
    name = value["class_name"]
    thing = losses.registry.items().get(name)
    if thing is not None and losses.deserialize(value) == thing():
        return thing.function.__name__
    if version.strict:
        raise ValueError(
            f"Keras {version.label} has no {name} with options: save with include_optimizer=False."
        )
    return value


def without_usual_schedule(hyperparameters: Settings) -> Config:
    """Hyperparameters without Nadam's `schedule_decay` of 0.004, the only one of later versions."""
    return {k: v for k, v in hyperparameters.items() if (k, v) != ("schedule_decay", 0.004)}


def schedule_or_number(rate: Json) -> Json:
    """A learning rate; a schedule with the module in which Keras 3 finds it."""
    if not isinstance(rate, Mapping):
        return rate
    return packaged("keras.optimizers.schedules", rate["class_name"], rate["config"])


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
    hyperparameters = to_keras3_hyperparameters(optimizer)
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


def to_keras3_hyperparameters(optimizer: Settings) -> Config:
    """The configuration of an optimizer in the words of Keras 3; a user's has its own."""
    hyperparameters = without_usual_schedule(optimizer["config"])
    if not of_library(optimizer["class_name"]):
        return hyperparameters
    rate, decay = hyperparameters.pop("lr", None), hyperparameters.pop("decay", 0.0)
    if rate is not None:
        hyperparameters["learning_rate"] = schedule_or_number(rate)
    if decay:  # lr / (1 + decay * count)
        schedule = {
            "initial_learning_rate": rate,
            "decay_steps": 1,
            "decay_rate": decay,
            "staircase": False,
        }
        described = {"class_name": "InverseTimeDecay", "config": schedule}
        hyperparameters["learning_rate"] = schedule_or_number(described)
    if "clipnorm" in hyperparameters:  # ours is that of all gradients together
        hyperparameters["global_clipnorm"] = hyperparameters.pop("clipnorm")
    return hyperparameters


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
    version: str = "",
) -> bool:
    """`compile` as a file says, of any version of Keras, or warn that the model is not compiled.

    Args:
        model: to compile.
        settings: as they stand in the file.
        source: the file, for warnings.
        custom_objects: name -> class or function, for what the library does not know.
        version: of the Keras that wrote the file; empty where it was this library.

    Returns:
        Whether the model is compiled now.
    """
    try:
        with custom_object_scope(custom_objects):
            arguments = from_keras_training(settings, model.output_names)
            model.compile_from(arguments)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        warn_user(
            f"{source}: the model cannot be compiled as it was saved, so it is not compiled. "
            f"{error} Compile it before it is trained, or give what is missing in custom_objects."
        )
        return False
    newer = version.startswith("3") or "use_ema" in str(settings)
    if newer or re.match(r"2\.([4-9]|1\d)|2.*-tf", version):
        warn_of(differing_training(arguments, before_3=not newer), source)
    return True


def warn_of(differences: str, source: Filename) -> None:
    """Say what is computed otherwise in Keras 3 than here, if anything is."""
    if differences:
        warn_user(f"{source}: training differs. {differences}.")


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
        value = without_none(from_keras_objects(settings.get(key), metrics.registry))
        if isinstance(value, list) and value and isinstance(value[0], list):  # one for each output
            several = len(output_names) > 1
            value = dict(zip(output_names, value, strict=True)) if several else value[0]
        arguments[key] = value
    return arguments


def without_none(value: Json) -> Json:
    """Lists of metrics without the None that some versions write for outputs that have none."""
    return [without_none(v) for v in value if v is not None] if isinstance(value, list) else value
