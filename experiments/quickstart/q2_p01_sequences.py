"""Sequences of one length, pairs of words for skip-grams, how often words are kept (section 6.1,
Q2.P1-P3).

Data: none. One of the book's printed pairs is both a neighbour and a random one, as random ones are
drawn from all words (O4 in ERRATA.md).

    python -m experiments run q2_p01_sequences
"""

import itertools

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.preprocessing.sequence import make_sampling_table, pad_sequences, skipgrams

PROGRAM = Program(
    title="Sequences and skip-grams",
    ids=("Q2.P1", "Q2.P2", "Q2.P3"),
    why={
        "make_sampling_table(2, sampling_factor=1)": (
            "the source's slip: by the formula of its own five numbers the first two ranks have "
            "0.9968 (ERRATA O3)"
        ),
    },
)


def test_pad_sequences(run: Run) -> None:
    a = [[1], [1, 2], [1, 2, 3]]
    for arguments, expected in (
        ({"maxlen": 3, "padding": "pre"}, [[0, 0, 1], [0, 1, 2], [1, 2, 3]]),
        ({"maxlen": 3, "padding": "post"}, [[1, 0, 0], [1, 2, 0], [1, 2, 3]]),
        ({"maxlen": 2, "truncating": "pre"}, [[0, 1], [1, 2], [2, 3]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [1, 2], [1, 2]]),
        ({"maxlen": 3, "value": 1}, [[1, 1, 1], [1, 1, 2], [1, 2, 3]]),
    ):
        run.check(f"pad_sequences {arguments}", pad_sequences(a, **arguments), expected)


def my_test_skipgrams(run: Run) -> None:
    couples, labels = skipgrams([0, 1, 2, 3], vocabulary_size=4)
    print(couples, labels, sep="\n")
    run.check("skipgrams: pairs", len(couples), 12)
    neighbours = sorted(couple for couple, label in zip(couples, labels, strict=True) if label)
    run.check(
        "skipgrams: neighbours",
        neighbours,
        [list(pair) for pair in itertools.permutations([1, 2, 3], 2)],
    )
    firsts = [couple[0] for couple, label in zip(couples, labels, strict=True) if not label]
    run.check("skipgrams: first words of the random pairs", sorted(firsts), [1, 1, 2, 2, 3, 3])
    _, labels = skipgrams([0, 1, 2, 3], vocabulary_size=4, categorical=True)
    run.check("skipgrams: categorical labels", np.sum(labels, axis=0), [6, 6])


def test_make_sampling_table(run: Run) -> None:
    table = make_sampling_table(5)
    expected = [0.00315225, 0.00315225, 0.00547597, 0.00741556, 0.00912817]
    run.check("make_sampling_table(5)", np.round(table, 8), expected)
    run.figure("make_sampling_table(2, sampling_factor=1)", make_sampling_table(2, 1.0)[0])


def main(run: Run) -> None:
    test_pad_sequences(run)
    my_test_skipgrams(run)
    test_make_sampling_table(run)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
