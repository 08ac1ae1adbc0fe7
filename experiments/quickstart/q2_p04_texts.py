"""Texts as words, as numbers and as matrices (section 6.2, Q2.P4-P6).

Data: the book's three sentences. Its matrices come from another run than its sequences, in which
words that are equally frequent had another order (O5 in ERRATA.md); with that order every printed
digit comes out.

    python -m experiments run q2_p04_texts
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.preprocessing.text import Tokenizer, one_hot, text_to_word_sequence

PROGRAM = Program(
    title="Texts as numbers",
    ids=("Q2.P4", "Q2.P5", "Q2.P6"),
    why={
        "P5: numbers, by Python's hash": "Python's hash of a word is another one in each process",
        "P6: sequences": (
            "the source's word numbers follow the order of a dict of Python 3.5, and are of "
            "another run than its matrices (ERRATA O5)"
        ),
    },
)
TEXTS = ["The cat sat on the mat.", "The dog sat on the log.", "Dogs and cats living together."]


def test_text_to_word_sequence(run: Run) -> None:
    words = " ".join(TEXTS).lower().replace(".", "").split()
    run.check("P4: how many words", len(words), 17)
    run.check("P4: words", text_to_word_sequence(" ".join(TEXTS)), words)


def test_one_hot(run: Run) -> None:
    numbers = one_hot(TEXTS[0], 5)
    run.figure("P5: numbers, by Python's hash", numbers)
    run.check("P5: how many", len(numbers), 6)
    run.check("P5: 'the' has one number", numbers[0] == numbers[4], True)
    run.check("P5: all from 1 to 4", all(1 <= number <= 4 for number in numbers), True)


def test_tokenizer(run: Run) -> None:
    tokenizer = Tokenizer(num_words=10)
    tokenizer.fit_on_texts(TEXTS)
    run.check(
        "P6: words counted more than once",
        {w: n for w, n in tokenizer.word_counts.items() if n > 1},
        {"the": 4, "sat": 2, "on": 2},
    )
    run.check("P6: sentences with 'the'", tokenizer.word_docs["the"], 2)
    run.check("P6: documents", tokenizer.document_count, 3)
    run.check("P6: number of 'the'", tokenizer.word_index["the"], 1)
    sequences = list(tokenizer.texts_to_sequences_generator(TEXTS))
    run.figure("P6: sequences", sequences)

    words = [
        "the",
        "sat",
        "on",
        "dogs",
        "cats",
        "cat",
        "living",
        "mat",
        "together",
        "and",
        "dog",
        "log",
    ]
    tokenizer.word_index = {word: i for i, word in enumerate(words, 1)}
    sequences = tokenizer.texts_to_sequences(TEXTS)
    tokenizer.fit_on_sequences(sequences)
    run.check(
        "P6: sequences in the order of the matrices",
        sequences,
        [[1, 6, 2, 3, 1, 8], [1, 2, 3, 1], [4, 5, 7, 9]],
    )
    binary = [
        [0, 1, 1, 1, 0, 0, 1, 0, 1, 0],
        [0, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 1, 0, 1],
    ]
    run.check("P6: binary", tokenizer.sequences_to_matrix(sequences), binary)
    count = tokenizer.sequences_to_matrix(sequences, mode="count")
    run.check("P6: counts of the first", count[0], [0, 2, 1, 1, 0, 0, 1, 0, 1, 0])
    tfidf = tokenizer.sequences_to_matrix(sequences, mode="tfidf")
    run.check("P6: tfidf", np.unique(np.round(tfidf, 8)), [0, 0.69314718, 0.91629073, 1.17360019])
    frequencies = tokenizer.sequences_to_matrix(sequences, mode="freq")
    run.check(
        "P6: frequencies",
        np.unique(np.round(frequencies, 8)),
        [0, 0.16666667, 0.25, 0.33333333, 0.5],
    )


def main(run: Run) -> None:
    test_text_to_word_sequence(run)
    test_one_hot(run)
    test_tokenizer(run)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
