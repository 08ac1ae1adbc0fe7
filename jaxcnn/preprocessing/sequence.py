"""Sequences made into arrays: padding, word pairs for word vectors, windows over time series."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from jaxcnn.preprocessing.pair_draws import draws
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Config, HostArray
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.keywords import Suggesting, suggesting

__all__ = [
    "TimeseriesGenerator",
    "make_sampling_table",
    "pad_sequences",
    "skipgrams",
    "timeseries_generator_from_json",
]

EULER = 0.577  # the Euler-Mascheroni constant, to the digits of the published tables


@suggesting
def pad_sequences(
    sequences: Sequence[HostArray],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: ArrayLike = 0.0,
) -> np.ndarray:
    """Sequences of different lengths as one array (len(sequences), maxlen, *shape of an element).

    Args:
        sequences: lists or arrays of numbers, or of elements of one common shape.
        maxlen: longer sequences are cut to this many elements; None for the length of the longest.
        dtype: of the array. Default: 'int32'.
        padding: "pre" or "post", where short sequences are filled up. Cutting comes before filling.
            Default: 'pre'.
        truncating: "pre" or "post", the end that is cut off. Default: 'pre'.
        value: the number, or array of the shape of a step, that is filled in. Default: 0.0.

    Raises:
        ValueError: anything else, or a sequence whose elements have another shape than the first.

    Examples:
        >>> jc.preprocessing.sequence.pad_sequences([[1, 2], [3]], maxlen=3)
        array([[0, 1, 2],
               [0, 0, 3]], dtype=int32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/sequence.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/sequence.py>
    """
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"{name} must be 'pre' or 'post'; got {given!r}.")
    if not hasattr(sequences, "__len__"):
        raise ValueError(
            f"`sequences` must be a list of sequences; got {type(sequences).__name__}."
        )
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__") or isinstance(sequence, str):
            raise ValueError(
                f"`sequences` must be a list of sequences of numbers; number {i} is {sequence!r}."
            )
    lengths = [len(sequence) for sequence in sequences]
    if maxlen is None:
        maxlen = max(lengths, default=0)
    elif maxlen < 0:
        raise ValueError(f"maxlen must not be negative; got {maxlen}.")
    shape = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    padded = np.full((len(sequences), maxlen, *shape), value, dtype)
    for i, (sequence, length) in enumerate(zip(sequences, lengths, strict=True)):
        count = min(length, maxlen)
        if not count:
            continue
        elements = np.asarray(
            sequence[length - count :] if truncating == "pre" else sequence[:count], dtype
        )
        if elements.shape[1:] != shape:
            raise ValueError(
                f"Sequence {i} has elements of shape {elements.shape[1:]}; the first ones have "
                f"{shape}."
            )
        if padding == "pre":
            padded[i, maxlen - count :] = elements
        else:
            padded[i, :count] = elements
    return padded


@suggesting
def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """The probability with which word2vec keeps the i-th most frequent word: float64 (size,).

    With frequencies f after Zipf's law, f(rank) = 1 / (rank (log(rank) + gamma) + 1/2 - 1 / (12
    rank)), it is min(1, sqrt(factor / f)) (Mikolov et al. 2013, Distributed representations of
    words and phrases; rank 0 counts as rank 1). The lower the factor, the fewer frequent words are
    kept.

    Args:
        size: number of words.
        sampling_factor: the factor of the formula. Default: 1e-05.

    Examples:
        >>> jc.preprocessing.sequence.make_sampling_table(3).shape
        (3,)

    References:
        - Mikolov et al., "Distributed Representations of Words and Phrases and their
          Compositionality", 2013, <https://arxiv.org/abs/1310.4546>
    """
    rank = np.maximum(np.arange(size), 1)
    inverse_frequency = rank * (np.log(rank) + EULER) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))


@suggesting
def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Sequence[float] | np.ndarray | None = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[int] | list[list[int]]]:
    """Pairs of words to learn word vectors from: neighbours (label 1), random pairs (label 0).

    Args:
        sequence: word numbers; 0 is no word and occurs in no pair.
        vocabulary_size: the largest word number + 1.
        window_size: half the window: a neighbour is at most so many words away. Default: 4.
        negative_samples: random pairs for each pair of neighbours. They are drawn from all words,
            so that a true pair of neighbours can be among them. Default: 1.0.
        shuffle: mix the pairs. Default: True.
        categorical: labels [0, 1] and [1, 0] instead of 1 and 0. Default: False.
        sampling_table: the probability with which word i is taken as the first of a pair, by word
            number (``make_sampling_table``); None takes all.
        seed: decides what is drawn. None continues the stream that ``jaxcnn.utils.set_random_seed``
            began. In programs for an old Keras Python's ``random`` is drawn from, as it did.

    Returns:
        couples: a list of [word, other word].
        labels: a list of as many labels.

    Raises:
        ValueError: `negative_samples` are asked for and `vocabulary_size` is below 2.

    Examples:
        >>> pairs, labels = jc.preprocessing.sequence.skipgrams([1, 2, 3], vocabulary_size=10)
        >>> len(pairs) == len(labels)
        True

    References:
        - Mikolov et al., "Distributed Representations of Words and Phrases and their
          Compositionality", 2013, <https://arxiv.org/abs/1310.4546>
    """
    random = draws(seed)
    couples = [
        [word, other]
        for position, word in enumerate(sequence)
        if word and (sampling_table is None or sampling_table[word] >= random.random())
        for other in _neighbours(sequence, position, window_size)
    ]
    positives, negatives = len(couples), int(len(couples) * negative_samples)
    if negatives:
        if vocabulary_size < 2:
            raise ValueError(
                f"Random pairs need a vocabulary_size of at least 2; got {vocabulary_size}."
            )
        firsts = random.mixed([couple[0] for couple in couples])
        others = random.words(vocabulary_size, negatives)
        couples += [[firsts[i % positives], other] for i, other in enumerate(others)]
    labels = [1] * positives + [0] * negatives
    if shuffle:
        couples, labels = random.mixed_together(couples, labels)
    return couples, [[1 - label, label] for label in labels] if categorical else labels


def _neighbours(sequence: Sequence[int], position: int, window_size: int) -> Iterator[int]:
    first = max(0, position - window_size)
    for i in range(first, min(len(sequence), position + window_size + 1)):
        if i != position and sequence[i]:
            yield sequence[i]


class TimeseriesGenerator(Suggesting):
    """Batches of windows over a time series, each with the target that follows it.

    A window that ends before row r has the rows r - length, r - length + sampling_rate, ... below r
    of ``data``, and the target r. Item i is the batch (windows (batch, length / sampling_rate,
    ...), targets (batch, ...)); the last batch may be short.

    Args:
        data: the series, an array (rows, ...) of numbers, time along the first axis.
        targets: array (rows, ...) of numbers, one for each row of ``data``.
        length: rows of ``data`` that a window spans.
        sampling_rate: rows from one element of a window to the next. Default: 1.
        stride: rows from one window to the next. Default: 1.
        start_index, end_index: rows outside of start_index ... end_index (inclusive; None for the
            last) are not used. Default: 0 and None.
        shuffle: draw the windows in a random order, another one in each epoch, every window once;
            in programs for an old Keras draw each window of a batch anew from all, as there.
            Default: False.
        reverse: the newest row of a window comes first. Default: False.
        batch_size: windows in a batch. Default: 128.

    Raises:
        ValueError: lengths that differ, steps that are not positive, or no window fits.

    Examples:
        >>> from jaxcnn.preprocessing.sequence import TimeseriesGenerator
        >>> windows, targets = TimeseriesGenerator(np.arange(6), np.arange(6), length=3)[0]
        >>> windows[0], targets
        (array([0, 1, 2]), array([3, 4, 5]))

    References:
        - Chollet et al., "Keras 2.2.4: keras/preprocessing/sequence.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/preprocessing/sequence.py>
    """

    def __init__(
        self,
        data: HostArray,
        targets: HostArray,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        if len(data) != len(targets):
            raise ValueError(
                f"Data and targets must be equally long; data has {len(data)}, targets "
                f"{len(targets)}."
            )
        steps = {
            "length": length,
            "sampling_rate": sampling_rate,
            "stride": stride,
            "batch_size": batch_size,
        }
        for name, step in steps.items():
            if step < 1:
                raise ValueError(f"{name} must be at least 1; got {step}.")
        self.data, self.targets = data, targets
        self.length, self.sampling_rate, self.stride = length, sampling_rate, stride
        self.start_index = start_index + length  # the first row that can be a target
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size
        self.epoch = 0
        if self.end_index >= len(data):
            raise ValueError(
                f"end_index is {self.end_index}; the last row of the data is {len(data) - 1}."
            )
        if self.start_index > self.end_index:
            raise ValueError(
                f"`start_index+length={self.start_index} > end_index={self.end_index}` is "
                "disallowed, as no window with a target fits."
            )

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-len(self._rows()) // self.batch_size)

    def _drawn(self, index: int) -> np.ndarray:
        """The rows of a batch."""
        if self.shuffle and chosen():
            return np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        rows = self._rows()
        if self.shuffle:
            rows = np.random.Generator(
                np.random.Philox(key=[config.seed(), self.epoch])
            ).permutation(rows)
        return rows[index * self.batch_size : (index + 1) * self.batch_size]

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if not 0 <= index < len(self):
            raise IndexError(f"There are {len(self)} batches; number {index} was asked for.")
        rows = self._drawn(index)
        windows = np.array(
            [self.data[row - self.length : row : self.sampling_rate] for row in rows]
        )
        return windows[:, ::-1] if self.reverse else windows, np.array(
            [self.targets[row] for row in rows]
        )

    def on_epoch_end(self) -> None:
        """Move to the order of the next epoch."""
        self.epoch += 1

    def get_config(self) -> Config:
        """Arguments as Keras writes them: data as JSON text, start_index of the first target."""
        return {
            "data": _as_json(self.data, "data"),
            "targets": _as_json(self.targets, "targets"),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    def to_json(self, **kwargs: Any) -> str:
        """The generator with its data as JSON; ``kwargs`` go to ``json.dumps``."""
        return json.dumps(
            {"class_name": "TimeseriesGenerator", "config": self.get_config()}, **kwargs
        )

    def _rows(self) -> np.ndarray:
        return np.arange(self.start_index, self.end_index + 1, self.stride)


def timeseries_generator_from_json(json_string: str) -> TimeseriesGenerator:
    """The generator that ``TimeseriesGenerator.to_json`` wrote.

    Args:
        json_string: what `TimeseriesGenerator.to_json` returned.

    Examples:
        >>> from jaxcnn.preprocessing import sequence
        >>> text = sequence.TimeseriesGenerator(np.arange(6), np.arange(6), length=3).to_json()
        >>> sequence.timeseries_generator_from_json(text).length
        3

    References:
        - Chollet et al., "Keras Preprocessing 1.0.5", 2018,
          <https://github.com/keras-team/keras-preprocessing/tree/1.0.5>
    """
    settings = dict(json.loads(json_string)["config"])
    data, targets = (np.array(json.loads(settings.pop(name))) for name in ("data", "targets"))
    start_index = settings.pop("start_index") - settings["length"]
    return TimeseriesGenerator(data, targets, start_index=start_index, **settings)


def _as_json(values: HostArray, name: str) -> str:
    try:
        return json.dumps(values.tolist() if isinstance(values, np.ndarray) else values)
    except TypeError as error:
        raise TypeError(f"The {name} cannot be written as JSON ({error}).") from error
