"""Texts as lists of word numbers and matrices: splitting, hashing and the Tokenizer."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np

from jaxcnn.runtime.types import Config
from jaxcnn.spellings.attributes import Renamed
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings

__all__ = [
    "FILTERS",
    "Tokenizer",
    "hashing_trick",
    "one_hot",
    "text_to_word_sequence",
    "tokenizer_from_json",
]

FILTERS = (
    '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'  # punctuation but the apostrophe, tab and line break
)
MODES = ("binary", "count", "tfidf", "freq")

Text: TypeAlias = str | Sequence[str]  # a text, or its words where it is split already
V = TypeVar("V")


@suggesting
def text_to_word_sequence(
    text: str, filters: str | Iterable[str] = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """The words of ``text``.

    Args:
        text: the text.
        filters: characters that separate words like ``split`` does and belong to none. By default
            all signs of ASCII but the apostrophe, the tab and the end of a line.
        lower: put everything in small letters first. Default: True.
        split: what stands between words. Default: ' '.

    Raises:
        TypeError: the text is no string.

    Examples:
        >>> jc.preprocessing.text.text_to_word_sequence("The cat, the dog.")
        ['the', 'cat', 'the', 'dog']

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/text.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/text.py>
    """
    if not isinstance(text, str):
        raise TypeError(f"A text must be a string; got {type(text).__name__}.")
    text = text.lower() if lower else text
    text = text.translate({ord(character): split for character in filters})
    return [word for word in text.split(split) if word]


@suggesting
def one_hot(
    text: str, n: int, filters: str | Iterable[str] = FILTERS, lower: bool = True, split: str = " "
) -> list[int]:
    """One number from 1 to ``n - 1`` for each word of ``text``, by hashing.

    Equal words have equal numbers, and some different words have too. The numbers come from
    Python's own ``hash`` and differ from one process to the next unless PYTHONHASHSEED is set;
    ``hashing_trick(text, n, "md5")`` returns the same ones everywhere.

    Args:
        text: the text.
        n: size of the space that is hashed into, at least 2.
        filters: characters that separate words like `split` does and belong to none. By default
            all signs of ASCII but the apostrophe, the tab and the end of a line.
        lower: whether everything is put in small letters first. Default: True.
        split: what stands between words. Default: ' '.

    Examples:
        >>> len(jc.preprocessing.text.one_hot("the cat", 100))
        2

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/text.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/text.py>
    """
    return hashing_trick(text, n, filters=filters, lower=lower, split=split)


@suggesting
def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[str], int] | str | None = None,
    filters: str | Iterable[str] = FILTERS,
    lower: bool = True,
    split: str = " ",
) -> list[int]:
    """One number for each word of ``text``: ``hash_function(word) % (n - 1) + 1``.

    Args:
        text: the text.
        n: size of the space that is hashed into, at least 2; 0 is left for padding.
        hash_function: a function from word to integer, "md5" (the same everywhere), or None for
            Python's ``hash``.
        filters: characters that separate words like `split` does and belong to none. By default
            all signs of ASCII but the apostrophe, the tab and the end of a line.
        lower: whether everything is put in small letters first. Default: True.
        split: what stands between words. Default: ' '.

    Raises:
        ValueError: `n` is below 2, or an unknown hash function.

    Examples:
        >>> len(jc.preprocessing.text.hashing_trick("the cat", 100, "md5"))
        2

    References:
        - Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009,
          <https://arxiv.org/abs/0902.2206>
    """
    if n < 2:
        raise ValueError(f"n must be at least 2, so that there is a number besides 0; got {n}.")
    if hash_function is None:
        function: Callable[[str], int] = _python_hash
    elif hash_function == "md5":
        function = _md5
    elif callable(hash_function):
        function = hash_function
    else:
        raise ValueError(f"hash_function must be a function, 'md5' or None; got {hash_function!r}.")
    return [
        function(word) % (n - 1) + 1 for word in text_to_word_sequence(text, filters, lower, split)
    ]


def _python_hash(word: str) -> int:
    return abs(hash(word))


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


@old_spellings
class Tokenizer:
    """Numbers the words of texts by their frequency, and turns texts into those numbers.

    The most frequent word has the number 1 (2 with an ``oov_token``, which then has 1); words that
    are equally frequent are numbered as they were first seen. 0 is no word.

    A text may also be given as the list of its words.

    Args:
        num_words: only words with numbers below this one are used; None for all.
        filters: characters that separate words like `split` does and belong to none. By default
            all signs of ASCII but the apostrophe, the tab and the end of a line.
        lower: whether everything is put in small letters first. Default: True.
        split: what stands between words. Default: ' '.
        char_level: every character is a word. Default: False.
        oov_token: stands for words that are unknown or beyond ``num_words``; None drops them.
        document_count: number of texts that were counted before. Default: 0.

    Attributes:
        word_counts: word -> how often it occurred, in the order in which the words were first seen.
        word_docs: word -> number of texts with it.
        word_index: word -> its number.
        index_word: number -> word.
        index_docs: number -> number of texts (or sequences) with it.
        document_count: number of texts or sequences in the latest ``fit_on_texts`` or
            ``fit_on_sequences``.

    Raises:
        ValueError: `num_words` is below 1.

    Examples:
        >>> tokenizer = jc.preprocessing.text.Tokenizer()
        >>> tokenizer.fit_on_texts(["the cat", "the dog"])
        >>> tokenizer.texts_to_sequences(["the dog"])
        [[1, 3]]

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/text.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/text.py>
    """

    nb_words = Renamed("num_words")

    def __init__(
        self,
        num_words: int | None = None,
        filters: str | Iterable[str] = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        document_count: int = 0,
    ) -> None:
        if num_words is not None and num_words < 1:
            raise ValueError(f"num_words must be None or at least 1; got {num_words}.")
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.document_count = document_count
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = {}
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self.index_docs: dict[int, int] = {}

    def fit_on_texts(self, texts: Iterable[Text]) -> None:
        """Count the words of ``texts`` (any iterable of strings) and number them again.

        The counts of words add up over several calls; ``document_count`` starts again with each,
        but in programs of Keras 2.2.

        Args:
            texts: strings, or lists of words.
        """
        documents = 0
        counts, docs = Counter(self.word_counts), Counter(self.word_docs)
        for text in _checked(texts):
            words = self._words(text)
            documents += 1
            counts.update(words)
            docs.update(set(words))
        self.document_count = documents + (self.document_count if dialect().counts_on else 0)
        self.word_counts, self.word_docs = dict(counts), dict(docs)
        ranked = sorted(counts, key=lambda word: -counts[word])
        if self.oov_token is not None:
            if not dialect().counts_on:  # in Keras 2.2 a word of the texts keeps its number
                ranked = [word for word in ranked if word != self.oov_token]
            ranked.insert(0, self.oov_token)
        self.word_index = {word: i for i, word in enumerate(ranked, 1)}
        self.index_word = {i: word for word, i in self.word_index.items()}
        self.index_docs = {self.word_index[word]: n for word, n in docs.items()}

    def fit_on_sequences(self, sequences: Iterable[Iterable[int]]) -> None:
        """Count in how many of ``sequences`` of word numbers each number occurs.

        Earlier counts are forgotten.

        Args:
            sequences: lists of word numbers.
        """
        documents = [set(sequence) for sequence in sequences]
        self.document_count = len(documents)
        self.index_docs = dict(Counter(number for numbers in documents for number in numbers))

    def texts_to_sequences(self, texts: Iterable[Text]) -> list[list[int]]:
        """The word numbers of each text.

        Args:
            texts: strings, or lists of words.
        """
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Text]) -> Iterator[list[int]]:
        """The word numbers of one text after the other.

        Args:
            texts: strings, or lists of words.
        """
        known = {word: number for word, number in self.word_index.items() if self._used(number)}
        unknown = None if self.oov_token is None else self.word_index.get(self.oov_token)
        for text in _checked(texts):
            numbers = (known.get(word, unknown) for word in self._words(text))
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """The words of each sequence of numbers, with spaces between them.

        Args:
            sequences: lists of word numbers.
        """
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """The words of one sequence of numbers after the other, with spaces between them.

        Args:
            sequences: lists of word numbers.
        """
        known = {number: word for number, word in self.index_word.items() if self._used(number)}
        unknown = self.oov_token if self.oov_token in self.word_index else None
        for sequence in sequences:
            words = (known.get(number, unknown) for number in sequence)
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts: Iterable[Text], mode: str = "binary") -> np.ndarray:
        """``sequences_to_matrix`` of the numbers of ``texts``.

        Args:
            texts: strings, or lists of words.
            mode: 'binary', 'count', 'freq' or 'tfidf', as `sequences_to_matrix` explains them.
                Default: 'binary'.
        """
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> np.ndarray:
        """A float64 matrix (len(sequences), num_words): how much each word is in each sequence.

        Without ``num_words`` there is a column for every known word and one for 0.

        Args:
            sequences: lists of word numbers; those beyond the last column are left out.
            mode: "binary" (1 when the word occurs), "count" (how often it does), "freq" (count over
                the length of the sequence), or "tfidf": (1 + log count) log(1 + documents / (1 +
                documents with the word)). Default: 'binary'.

        Raises:
            ValueError: another mode, or the matrix needs counts and nothing has been fitted.
        """
        if mode not in MODES:
            raise ValueError(f"Unknown mode {mode!r}; known: {', '.join(MODES)}.")
        if not self.num_words and not self.word_index:
            raise ValueError(
                "The width of the matrix is unknown: give num_words, or call fit_on_texts first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError(
                "The mode 'tfidf' needs document counts: call fit_on_texts or fit_on_sequences "
                "first."
            )
        width = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), width))
        for row, sequence in zip(matrix, sequences, strict=True):
            numbers = np.asarray(sequence, np.int64)
            if numbers.size and numbers.min() < 0:
                raise ValueError(f"Word numbers must not be negative; got {numbers.min()}.")
            row += np.bincount(numbers[numbers < width], minlength=width)
            if mode == "freq" and numbers.size:
                row /= len(numbers)
        if mode == "binary":
            return (matrix > 0).astype(matrix.dtype)
        if mode == "tfidf":
            documents = np.array([self.index_docs.get(i, 0) for i in range(width)])
            inverse = np.log(1 + self.document_count / (1 + documents))
            present = matrix > 0
            matrix[present] = 1 + np.log(matrix[present])
            matrix *= inverse
        return matrix

    def get_config(self) -> Config:
        """Arguments and counts as Keras writes them: the dictionaries are JSON texts themselves."""
        return {
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "document_count": self.document_count,
            **{name: json.dumps(getattr(self, name)) for name in _DICTIONARIES},
        }

    def to_json(self, **kwargs: Any) -> str:
        """The tokenizer as JSON for ``tokenizer_from_json``; ``kwargs`` go to ``json.dumps``."""
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)

    def _words(self, text: Text) -> list[str]:
        if isinstance(text, str) and not self.char_level:
            return text_to_word_sequence(text, self.filters, self.lower, self.split)
        lower = self.lower and (not self.char_level or dialect().small_characters)
        return [word.lower() if lower else word for word in text]

    def _used(self, number: int) -> bool:
        return not (self.num_words and number >= self.num_words)


_DICTIONARIES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that ``Tokenizer.to_json``, here or in Keras, wrote.

    Args:
        json_string: what `Tokenizer.to_json`, here or in Keras, returned.

    Raises:
        ValueError: the text is something else.

    Examples:
        >>> tokenizer = jc.preprocessing.text.Tokenizer()
        >>> tokenizer.fit_on_texts(["the cat"])
        >>> jc.preprocessing.text.tokenizer_from_json(tokenizer.to_json()).word_index
        {'the': 1, 'cat': 2}

    References:
        - Chollet et al., "Keras Preprocessing 1.0.5", 2018,
          <https://github.com/keras-team/keras-preprocessing/tree/1.0.5>
    """
    try:
        config: Config = dict(json.loads(json_string)["config"])
        dictionaries = {name: json.loads(config.pop(name)) for name in _DICTIONARIES}
        documents = config.pop("document_count")
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"This is not the JSON of a Tokenizer ({type(error).__name__}: {error})."
        ) from error
    config.pop("analyzer", None)  # a function, which split the words that are in the counts
    tokenizer = Tokenizer(**config)
    tokenizer.document_count = documents
    for name, values in dictionaries.items():
        setattr(
            tokenizer, name, _with_integer_keys(values) if name.startswith("index_") else values
        )
    return tokenizer


def _with_integer_keys(values: Mapping[str, V]) -> dict[int, V]:
    return {int(key): value for key, value in values.items()}


def _checked(texts: Iterable[Text]) -> Iterable[Text]:
    if isinstance(texts, str):
        raise TypeError("`texts` is one string; give a list of texts, for example [text].")
    return texts
