"""What the versions of Keras that files may be written for know, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.types import Json
from jaxcnn.spellings.dialect import chosen, dialect


@dataclass(frozen=True)
class Version:
    """A Keras that a file is written for.

    Attributes:
        label: its `keras_version` in files.
        rank: 12 for 1.2, 20 for 2.0, 22 for 2.2, 30 for 3.
        strict: whether what it cannot express is refused; else it is written as later Keras does.
        translated: whether functions that it computes otherwise are described by their parts.
        of_program: whether a program for this Keras writes, and may read what it knows from there.
    """

    label: str
    rank: int
    strict: bool = True
    translated: bool = False
    of_program: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.label if self.is_2 else "3"

    @property
    def is_1(self) -> bool:
        """Whether layers are described in the words of Keras 1."""
        return self.rank < 20

    @property
    def is_2(self) -> bool:
        """Whether calls of models inside are counted from 1."""
        return self.rank < 30

    @property
    def lists_stacks(self) -> bool:
        """Whether a stack is the bare list of its layers, as all until 2.2.2 read it."""
        return self.is_2 and not (self.of_program and self.rank >= 22)


TEXT = Version("2.3.1", 30, strict=False)  # of to_json and to_yaml, which Keras 3 cannot read
KERAS_3 = Version("2.3.1", 30, translated=True)
WHEREVER_POSSIBLE = Version("2.2.4", 20, strict=False)  # all of 2.x where the model allows it
VERSIONS: Mapping[str | None, Version] = {
    None: WHEREVER_POSSIBLE,
    "2.0": Version("2.0.4", 20),
    "2.2": Version("2.2.4", 22),
    "3": KERAS_3,
}
# Dialect of a program -> what it writes.
OF_PROGRAMS: Mapping[str, Version] = {
    "1.2": Version("1.2.2", 12, strict=False, of_program=True),
    "2.0": Version("2.0.4", 20, strict=False, of_program=True),
    "2.2": Version("2.2.4", 22, strict=False, of_program=True),
    "2.3": Version("2.3.1", 23, strict=False, of_program=True),
}
# Classes -> rank of the first version with them; those that are not here have always been.
CLASSES: Mapping[str, int] = {
    **dict.fromkeys(
        (
            "AlphaDropout",
            "Conv3DTranspose",
            "ConvLSTM2DCell",
            "ConvRNN2D",
            "CuDNNGRU",
            "CuDNNLSTM",
            "DepthwiseConv2D",
            "GRUCell",
            "LSTMCell",
            "Minimum",
            "RNN",
            "ReLU",
            "SeparableConv1D",
            "SimpleRNNCell",
            "Softmax",
            "StackedRNNCells",
            "Subtract",
        ),
        22,
    ),
    **dict.fromkeys(("Conv1DTranspose", "LayerNormalization", "Normalization", "Rescaling"), 30),
    **dict.fromkeys(
        (
            "CustomScaleLayer",
            "EuclideanRBF",
            "LocalResponseNormalization",
            "Operation",
            "PartialConv2D",
            "RandomizedReLU",
            "Subsampling2D",
        ),
        99,
    ),
}
# Classes of Keras 2 that 3 has not.
GONE = frozenset(
    ("CuDNNGRU", "CuDNNLSTM", "LocallyConnected1D", "LocallyConnected2D", "ThresholdedReLU")
)
NOT_IN_KERAS_3 = GONE | {name for name, rank in CLASSES.items() if rank > 30}
# Functions and initializers -> rank of the first version with them.
FUNCTIONS: Mapping[str, int] = {
    **dict.fromkeys(
        ("categorical_hinge", "exponential", "selu", "sparse_top_k_categorical_accuracy"), 22
    ),
    **dict.fromkeys(("gelu", "huber", "piecewise_sigmoid", "swish"), 30),
    **dict.fromkeys(("F1", "FunctionMetric", "RandomSigns", "scaled_tanh"), 99),
}
# Losses and optimizers that Keras 3 has not.
UNTRAINABLE = frozenset(
    ("CosineProximity", "GradientAccumulation", "LayerRates", "cosine_proximity")
)
# Arguments of some layers -> (rank of the first version with it, value that says nothing).
ARGUMENTS: Mapping[str, tuple[int, Json]] = {
    "return_state": (22, False),
    "reset_after": (22, False),
    "output_padding": (22, None),
    "interpolation": (22, "nearest"),
    "groups": (30, 1),
    "keepdims": (30, False),
}
# Those of one layer, which others have always had.
SOME_ARGUMENTS: Mapping[tuple[str, str], tuple[int, Json]] = {
    **{
        (name, "data_format"): (22, "channels_last")
        for name in (
            "AveragePooling1D",
            "Conv1D",
            "Flatten",
            "GlobalAveragePooling1D",
            "GlobalMaxPooling1D",
            "MaxPooling1D",
        )
    },
    ("GaussianDropout", "seed"): (30, None),
    ("GaussianNoise", "seed"): (30, None),
}
# What a version may take, and does not tell of a layer -> (rank of the first that does, value that
# says nothing).
UNTOLD: Mapping[tuple[str, str], tuple[int, Json]] = {
    ("Dropout", "noise_shape"): (22, None),
    ("Lambda", "mask"): (30, None),
    ("Conv2DTranspose", "dilation_rate"): (22, (1, 1)),
    ("LocallyConnected1D", "data_format"): (30, "channels_last"),
    ("Dropout", "seed"): (22, None),
    **{
        (f"SpatialDropout{rank}D", key): since
        for rank in (1, 2, 3)
        for key, since in (("data_format", (30, "channels_last")), ("seed", (22, None)))
    },
}
# Arguments of layers over one axis, where we keep a tuple with an entry for each axis.
SINGLE: Mapping[str, str] = {
    "Cropping1D": "cropping",
    "ZeroPadding1D": "padding",
    "UpSampling1D": "size",
}
# What it tells of a layer that has nothing of the kind here -> rank of the first that does.
ALWAYS_NONE: Mapping[tuple[str, str], int] = {
    (f"SpatialDropout{rank}D", "noise_shape"): 22 for rank in (1, 2, 3)
}
# What only versions until 2.1 tell.
NO_LONGER = frozenset(("SimpleRNN", "SimpleRNNCell", "ConvLSTM2D"))  # their `implementation`
# Numbers that Keras 2 rounds to float32.
ROUNDED = frozenset((("ELU", "alpha"), ("LeakyReLU", "alpha"), ("ThresholdedReLU", "theta")))
# What a version takes and computes otherwise, or not at all -> (rank of the first that computes
# it as here, value that all compute alike).
OTHERWISE: Mapping[tuple[str, str], tuple[int, Json]] = {
    ("Conv2DTranspose", "dilation_rate"): (22, [1, 1]),
    ("Conv3DTranspose", "dilation_rate"): (30, [1, 1, 1]),
    ("ConvLSTM2D", "unroll"): (30, False),
    ("LocallyConnected1D", "data_format"): (30, "channels_last"),
    ("SeparableConv2D", "dilation_rate"): (22, [1, 1]),
    ("UpSampling2D", "interpolation"): (30, "nearest"),
}
# Optimizers of 2.x -> the learning rate where all versions have the same default, or None.
OPTIMIZERS: Mapping[str, float | None] = {
    "SGD": 0.01,
    "RMSprop": 0.001,
    "Adagrad": None,
    "Adadelta": None,
    "Adam": 0.001,
    "Adamax": None,
    "Nadam": None,
}


def version_of(keras: str | None) -> Version:
    """The version meant by the argument `keras` of `save`.

    Raises:
        ValueError: files can be written for another one only.
    """
    if keras is None:
        return of_program(WHEREVER_POSSIBLE)
    if keras not in VERSIONS:
        known = ", ".join(repr(name) for name in VERSIONS if name)
        raise ValueError(f"Files can be written for keras= {known}; given {keras!r}.")
    return VERSIONS[keras]


def of_program(otherwise: Version) -> Version:
    """The version that the program is for, if one was chosen that writes configurations as here."""
    return OF_PROGRAMS.get(dialect().name, otherwise) if chosen() else otherwise


def expressed(base: str, arguments: Settings, version: Version) -> Config:
    """The arguments of a layer that a version knows.

    Raises:
        ValueError: the version has not this class or this argument; the message says which.
    """
    label = f"Layer '{arguments.get('name')}' ({base})"
    missing = CLASSES.get(base, 0) > version.rank or (base in GONE and not version.is_2)
    if version.strict and missing:
        raise ValueError(f"{label} cannot be written: Keras {version.name} has no such class.")
    rest = dict(arguments)
    for key, value in arguments.items():
        if version.strict and key.endswith(("activation", "_initializer")):
            function = value.get("class_name") if isinstance(value, Mapping) else value
            if FUNCTIONS.get(str(function), 0) > version.rank:
                raise ValueError(
                    f"{label} cannot be written: Keras {version.name} has no {function}, which is "
                    f"its `{key}`."
                )
        if otherwise(base, key, arguments, version.rank):
            if version.strict:
                raise ValueError(
                    f"{label} cannot be written: with `{key}`={value!r}, Keras {version.name} "
                    "fails or computes something else."
                )
            warn_user(
                f"{label}: with `{key}`={value!r}, some Keras 2 that reads this file fails or "
                "computes something else. save(..., keras='2.0' or '2.2') says which.",
                RuntimeWarning,
            )
        since, neutral = SOME_ARGUMENTS.get((base, key), ARGUMENTS.get(key, (0, None)))
        if since <= version.rank:
            continue
        exact = version.strict or version.of_program
        if value in (neutral, None) and (exact or key != "reset_after"):
            del rest[key]  # later Keras has another default of reset_after
        elif version.strict:
            raise ValueError(
                f"{label} cannot be written: Keras {version.name} has no `{key}`, which is "
                f"{value!r}."
            )
    return as_told(base, rest, version.rank) if version.of_program else rest


def as_told(base: str, arguments: Settings, rank: int) -> Config:
    """The arguments of a layer of which a version tells, where they are of its time."""

    def is_told(key: str, value: Json) -> bool:
        if key == "implementation" and base in NO_LONGER:
            return rank < 22
        later = UNTOLD if (base, key) in UNTOLD else SOME_ARGUMENTS
        since, neutral = later.get((base, key), ARGUMENTS.get(key, (0, None)))
        return since <= rank or value not in (neutral, None)

    told = {key: value for key, value in arguments.items() if is_told(key, value)}
    if (single := SINGLE.get(base)) in told:
        told[single] = told[single][0]
    for (name, key), (since, value) in SOME_ARGUMENTS.items():
        if name == base and since <= rank and told.get(key) is None:
            told[key] = value
    told |= {
        key: None for (name, key), since in ALWAYS_NONE.items() if name == base and since <= rank
    }
    if base == "Embedding" and "dtype" in told:
        # Of what it looks up, later of what it returns.
        told["dtype"] = "int32" if rank < 22 else "float32"
    if rank >= 22 and told.get("implementation") == 0:
        told["implementation"] = 1  # which took the place of 0
    if rank >= 20:
        told |= {key: float(np.float32(told[key])) for name, key in ROUNDED if name == base}
    return told


def otherwise(base: str, key: str, arguments: Settings, rank: int) -> bool:
    """Whether a version knows an argument and does not compute what is computed here."""
    value = arguments[key]
    if (base, key) == ("Bidirectional", "merge_mode"):
        alone = not arguments["layer"]["config"].get("return_sequences")
        return rank < 22 and value is None and alone  # it asks each of the outputs for a mask
    if key == "noise_shape":
        return rank < (30 if base == "AlphaDropout" else 22) and None in (value or ())
    since, alike = OTHERWISE.get((base, key), (0, None))
    value = list(value) if isinstance(value, tuple) else value
    return rank < since and value not in (alike, None)
