"""What Keras 3 calls as we do and computes otherwise: written so that it computes ours, or named.

Activations and initializers have descriptions that mean the same in both; of losses and optimizers
the sentences here say what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.types import Json


def packaged(module: str, name: str, settings: Json, registered: str | None = None) -> Config:
    """An object as Keras 3 describes it."""
    return {
        "module": module,
        "class_name": name,
        "config": settings,
        "registered_name": registered,
    }


def cut_line(name: str, slope: float) -> Config:
    """``slope * x + 0.5`` cut to [0, 1], by layers of Keras 3."""
    line = packaged("keras.layers", "Rescaling", {"name": "slope", "scale": slope, "offset": 0.5})
    cut = packaged("keras.layers", "ReLU", {"name": "cut", "max_value": 1.0})
    return packaged("keras", "Sequential", {"name": name, "trainable": True, "layers": [line, cut]})


# What Keras 3 calls hard_sigmoid has another slope; its layers say what ours, that of Keras 2, is.
HARD_SIGMOID = cut_line("hard_sigmoid", 0.2)
ACTIVATIONS: Mapping[str, Json] = {
    "hard_sigmoid": HARD_SIGMOID,
    "piecewise_sigmoid": cut_line("piecewise_sigmoid", 1 / 6),
}
# The standard deviation of a normal distribution cut at two: Keras 3 divides by it, 2.0 does not.
CUT_DEVIATION = 0.87962566103423978
LABELS = "takes labels of 0 for -1 in Keras 3, and as they are here"
INSIDE = "adds epsilon inside the square root in Keras 3, and outside here"
# Losses, metrics and optimizers -> what differs in Keras 3.
DIFFERING: Mapping[str, str] = {
    "hinge": LABELS,
    "squared_hinge": LABELS,
    "Hinge": LABELS,
    "SquaredHinge": LABELS,
    "RMSprop": INSIDE,
    "Adagrad": f"{INSIDE}, where its sums begin at 0 if the file has none",
}


def activation_for_keras3(value: Json) -> Json:
    """An activation as Keras 3 computes it."""
    return ACTIVATIONS.get(value, value) if isinstance(value, str) else value


def activation_name(value: Json) -> str:
    """The name of ours that a description of layers stands for, or an empty text."""
    described = value.get("config") if isinstance(value, Mapping) else None
    name = described.get("name") if isinstance(described, Mapping) else None
    return str(name) if name in ACTIVATIONS else ""


def initializer_for_keras3(value: Json) -> Json:
    """An initializer that draws the same numbers in Keras 3, which widens what it cut."""
    if not isinstance(value, Mapping) or value.get("class_name") != "VarianceScaling":
        return value
    settings = value["config"]
    if settings["distribution"] != "normal":
        return value
    scale = settings["scale"] * CUT_DEVIATION**2
    return {**value, "config": {**settings, "scale": scale, "distribution": "truncated_normal"}}


def arguments_for_keras3(arguments: Settings) -> Config:
    """The arguments of a layer in words that mean the same in Keras 3."""
    result = dict(arguments)
    for key, value in arguments.items():
        if key.endswith("activation"):
            result[key] = activation_for_keras3(value)
        elif key.endswith("_initializer"):
            result[key] = initializer_for_keras3(value)
    return result


def differing_training(settings: Settings, before_3: bool = False) -> str:
    """What of the arguments of `compile` Keras 3 computes otherwise; empty where nothing is.

    Args:
        settings: in our terms.
        before_3: whether to name only what later Keras 2 shares with 3: the labels.
    """
    names = set(names_in([settings.get(key) for key in ("loss", "metrics", "weighted_metrics")]))
    optimizer = settings.get("optimizer_config")
    if isinstance(optimizer, Mapping) and not before_3:
        names.add(optimizer["class_name"])
    sentences = [f"{name} {DIFFERING[name]}" for name in sorted(names & set(DIFFERING))]
    growth = optimizer["config"].get("schedule_decay") if isinstance(optimizer, Mapping) else None
    if growth not in (None, 1.0):
        sentences.append(f"Nadam has schedule_decay={growth} here, and always 1 in Keras 3")
    return "; ".join(sentences)


def names_in(value: Json) -> Iterator[str]:
    """The names of losses and metrics in lists, dicts and descriptions."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and "class_name" in value:
        yield value["class_name"]
    elif isinstance(value, list | tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from names_in(item)
