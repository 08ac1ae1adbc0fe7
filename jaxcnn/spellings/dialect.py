"""The Keras in whose meaning a program is written, and the facts that differ from one to the next.

A program's own words are those of 2.0, unless `jaxcnn.compat` has chosen another version.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

Settled: TypeAlias = Literal["compiled", "trained", "trained layers", "never"]
# Today's class -> the name that Keras 1 gave it.
CLASSES_OF_1 = {
    "Conv1D": "Convolution1D",
    "Conv2D": "Convolution2D",
    "Conv3D": "Convolution3D",
    "Conv2DTranspose": "Deconvolution2D",
    "SeparableConv2D": "SeparableConvolution2D",
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Concatenate", "Dot"), "Merge"),
    "BatchNormalizationOfBatches": "BatchNormalization",
    "BatchNormalizationOfSamples": "BatchNormalization",
    "EmbeddingWithDropout": "Embedding",
}
# Today's weight -> the name that Keras 1 gave it.
WEIGHTS_OF_1 = {
    "kernel": "W",
    "embeddings": "W",
    "recurrent_kernel": "U",
    "bias": "b",
    "alpha": "alphas",
    "moving_mean": "running_mean",
    "moving_variance": "running_std",
}
# Our order of the gates in one array -> the order in which Keras 1 had arrays for each.
GATES_OF_1 = {"zrh": "zrh", "ifco": "icfo"}
# Optimizer -> the position of `epsilon`, which is that of K in Keras 2.2 where none is given.
EPSILON_POSITIONS = {
    "RMSprop": 2,
    "Adagrad": 1,
    "Adadelta": 2,
    "Adam": 3,
    "Adamax": 3,
    "Nadam": 3,
}
# Layers whose gates are by default of another function in Keras 2.3.
GATED = ("LSTM", "GRU", "LSTMCell", "GRUCell")


@dataclasses.dataclass(frozen=True)
class Dialect:
    """What a version of Keras means where the versions differ.

    Attributes:
        name: as ``python -m jaxcnn.compat --keras`` takes it.
        version: what `keras.__version__` says.
        image_data_format: the order of images, or None where a settings file may say it.
        defaults: function -> argument -> (its position, its default).
        classes, weights: today's name -> the one that is shown.
        snake_case: whether automatic names part the words of a class: max_pooling2d_1.
        connections: whether a summary always names the layers that a layer is called on.
        graph_width: of a summary that names them, in characters.
        label_axes: whether `to_categorical` keeps the axes of the labels, and gives float32.
        small_characters: whether a Tokenizer of characters reads capitals as small letters.
        first_epoch: the number of the first epoch in the texts and file names of callbacks.
        patience_counts: whether `patience` counts the epoch at whose end a callback acts.
        accuracy_by_call: whether `fit(show_accuracy=True)` and its like add the accuracy to what a
            model reports, which other calls leave out again.
        targets_first: whether the cross-entropies of K take (target, output).
        counts_on: whether a Tokenizer that is fitted again counts the texts before as well.
        lists_inputs: whether a stack lists the InputLayer that it was given.
        own_inputs: whether a stack that begins with a model has that model's inputs.
        rates_are_told: whether a LearningRateScheduler gives the rate to every schedule of two
            arguments, and reports it as `lr`.
        stops_within_epochs: whether `stop_training` ends an epoch before its last batch.
        numbers_repeated: whether logs number all results whose names repeat, from 1 on.
        step_times: whether progress bars say how long a step took.
        masks_of_steps: whether TimeDistributed gives its layer the mask inside of a step, and takes
            the one that the layer makes.
        leaky_at_zero: whether a leaky ReLU's derivative at 0 is the slope below it, and not 0.
        whole_cosines: whether `cosine_proximity` is not divided by the length of the vectors.
        image_parameters: whether an ImageDataGenerator draws all parameters of a change first, with
            angles in degrees, interpolates between pixels, and normalises an image as a whole.
        cells: whether LSTM, GRU and SimpleRNN are cells and the loop over them, rather than layers
            with a `step`.
        states_stand_in: whether RNN gives the first state of its cell, not the output before, at
            the steps that a mask leaves out.
        averages_of_batches: whether running statistics are averages of the batches alone, without
            the value that they had before.
        variances_of_samples: whether running variances are those of a sample, which are greater.
        float_counts: whether optimizers list the number of updates as a float.
        needless_counts: whether those count the updates that have no use for their number, as
            without `decay`.
        slots_by_name: whether an optimizer lists what it remembers in the order of the names of the
            weights, rather than of the layers.
        ctc_fuzz: what CTC adds to probabilities before their logarithm; None for K.epsilon().
        frozen_statistics: when it is settled that the statistics of frozen layers rest: as
            `compile` finds them, when they are first trained, or never.
        names_of_metrics_stay: whether 'accuracy' and 'mse' are reported under the names by which
            `compile` was given them.
        weights_are_factors: whether the weights of samples, and masks, are factors of what is
            averaged over all samples, rather than over those whose weight is not zero.
        metrics_go_on: whether the metrics of a single batch go on from those of `fit` or `evaluate`
            before it.
        rates_in_full: whether an optimizer's configuration says `learning_rate` and not `lr`.
        attributes_listed: whether the weights of layers that a user's layer keeps as attributes
            are listed as its own.
    """

    name: str
    version: str
    image_data_format: str | None = None
    defaults: Mapping[str, Mapping[str, tuple[int, object]]] = dataclasses.field(
        default_factory=dict
    )
    classes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    weights: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # Names and summaries.
    snake_case: bool = True
    connections: bool = False
    graph_width: int = 100
    # Labels and texts.
    label_axes: bool = False
    small_characters: bool = True
    counts_on: bool = False
    # Training, and what it says.
    first_epoch: int = 0
    patience_counts: bool = False
    accuracy_by_call: bool = False
    numbers_repeated: bool = True
    step_times: bool = False
    rates_are_told: bool = False
    stops_within_epochs: bool = False
    # Layers and functions.
    targets_first: bool = False
    lists_inputs: bool = True
    own_inputs: bool = True
    masks_of_steps: bool = False
    whole_cosines: bool = False
    leaky_at_zero: bool = False
    image_parameters: bool = False
    cells: bool = False
    states_stand_in: bool = False
    averages_of_batches: bool = False
    variances_of_samples: bool = False
    float_counts: bool = True
    needless_counts: bool = False
    slots_by_name: bool = True
    ctc_fuzz: float | None = 1e-8
    frozen_statistics: Settled = "never"
    names_of_metrics_stay: bool = False
    weights_are_factors: bool = False
    metrics_go_on: bool = False
    rates_in_full: bool = False
    attributes_listed: bool = False

    @property
    def since_2_2(self) -> bool:
        """Whether the version is 2.2 or a later one."""
        return self.name in ("2.2", "2.3")

    @property
    def of_keras_1(self) -> bool:
        """Whether the version is one before 2."""
        return self.name in ("0.3", "1.2")

    def class_name(self, name: str, dilation: object = 1) -> str:
        """The version's name for the class of a layer; Keras 1 has one for dilated convolutions.

        Args:
            name: today's name.
            dilation: of a convolution, a number or one for each axis.
        """
        label = self.classes.get(name, name)
        rates = set(dilation) if isinstance(dilation, tuple | list) else {dilation}
        dilated = name in ("Conv1D", "Conv2D") and label != name and rates != {1}
        return f"Atrous{label}" if dilated else label

    def weight_name(self, layer: str, path: tuple[str, ...]) -> str:
        """The name of a layer's weight: 'dense_1/kernel:0', in Keras 1 'dense_1_W:0'."""
        if not self.weights:
            return "/".join((layer, *path)) + ":0"
        label = self.weight_label(path[-1])
        if label.startswith(f"{layer}_"):  # a program has named it so itself
            return f"{label}:0"
        return "_".join((layer, *path[:-1], label)) + ":0"

    def weight_label(self, label: str) -> str:
        """The version's word for a weight, or the part of one that belongs to a gate."""
        whole, mark, gate = label.rpartition("_")
        if label in self.weights or len(gate) != 1:
            return self.weights.get(label, label)
        return self.weights.get(whole, whole) + mark + gate


_KERAS_1 = Dialect(
    "1.2",
    "1.2.2",
    defaults={"fit": {"epochs": (3, 10)}},
    classes=CLASSES_OF_1,
    weights=WEIGHTS_OF_1,
    snake_case=False,
    connections=True,
    small_characters=False,
)
_KERAS_2_2 = Dialect(
    "2.2",
    "2.2.4",
    defaults={
        "fit": {"epochs": (3, 1)},
        "flow": {"save_format": (7, "png")},
        "flow_from_directory": {"save_format": (10, "png")},
        "predict_classes": {"verbose": (2, 0)},
        "predict_proba": {"verbose": (2, 0)},
        **{name: {"epsilon": (at, None)} for name, at in EPSILON_POSITIONS.items()},
    },
    graph_width=98,
    label_axes=True,
    first_epoch=1,
    patience_counts=True,
    targets_first=True,
    counts_on=True,
    lists_inputs=False,
    own_inputs=False,
    numbers_repeated=False,
    step_times=True,
    rates_are_told=True,
    stops_within_epochs=True,
    masks_of_steps=True,
    whole_cosines=True,
    leaky_at_zero=True,
    image_parameters=True,
    cells=True,
    states_stand_in=True,
    averages_of_batches=True,
    variances_of_samples=True,
    float_counts=False,
    needless_counts=True,
    slots_by_name=False,
    ctc_fuzz=None,
    frozen_statistics="trained",
)
DIALECTS = {
    "0.3": dataclasses.replace(
        _KERAS_1,
        name="0.3",
        version="0.3.3",
        image_data_format="channels_first",
        defaults={"fit": {"batch_size": (2, 128), "epochs": (3, 100)}},
        accuracy_by_call=True,
        needless_counts=True,
        frozen_statistics="compiled",
    ),
    "1.2": _KERAS_1,
    "2.0": Dialect("2.0", "2.0.4", small_characters=False),
    "2.2": _KERAS_2_2,
    "2.3": dataclasses.replace(
        _KERAS_2_2,
        name="2.3",
        version="2.3.1",
        defaults={
            **_KERAS_2_2.defaults,
            **{name: {"recurrent_activation": (2, "sigmoid")} for name in GATED},
        },
        averages_of_batches=False,
        names_of_metrics_stay=True,
        weights_are_factors=True,
        metrics_go_on=True,
        rates_in_full=True,
        attributes_listed=True,
    ),
}

_spoken: Dialect | None = None
_of_tensorflow = False


def dialect() -> Dialect:
    """The dialect in force."""
    return _spoken or DIALECTS["2.0"]


def chosen() -> bool:
    """Whether the program is one for an old Keras, whose version was chosen."""
    return _spoken is not None


def lists_inputs() -> bool:
    """Whether a stack lists the InputLayer that it was given, in programs for an old Keras."""
    return chosen() and dialect().lists_inputs


def frozen_statistics() -> Settled:
    """When it is settled that the statistics of frozen layers rest.

    TensorFlow's Keras settles it when they are first trained, by the flag of the model that is
    trained and those of layers; the flags of models inside of it do not count.
    """
    if not chosen():
        return "compiled"
    return "trained layers" if _of_tensorflow else dialect().frozen_statistics


def attributes_are_listed() -> bool:
    """Whether the weights of layers that a user's layer keeps as attributes are listed as its own,
    as in Keras 2.3, in TensorFlow's Keras and in Keras 3.
    """
    return _spoken is None or _of_tensorflow or _spoken.attributes_listed


def uses_tensorflow() -> None:
    """From here on the program is one for TensorFlow's Keras, until a dialect is chosen."""
    global _of_tensorflow
    _of_tensorflow = True


def speak(name: str | None) -> None:
    """Choose the dialect in force; None takes the choice back.

    Raises:
        ValueError: an unknown version.
    """
    global _spoken, _of_tensorflow
    if name is not None and name not in DIALECTS:
        raise ValueError(f"The dialects of Keras are {', '.join(DIALECTS)}; given {name!r}.")
    _spoken = None if name is None else DIALECTS[name]
    _of_tensorflow = False


@contextlib.contextmanager
def speaking(name: str) -> Iterator[None]:
    """Within the block another dialect is in force."""
    before = _spoken
    speak(name)
    try:
        yield
    finally:
        speak(before.name if before else None)
