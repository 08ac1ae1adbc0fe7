"""Posts sorted into 20 newsgroups with word vectors that others trained (section 9.2, Q2.P27).

Data: 20 newsgroups and GloVe. The book counts 19,997 posts and 400,000 words of 100 numbers, and
that folder, 20_newsgroups, and that file, glove.6B.100d.txt, are taken where they are. The copies
that programs here are tested with have 18,846 posts and 60,000 words of 50 numbers, so three of the
book's five counts differ. The book names the same network with vectors learned from scratch, for
comparison, and no accuracy of either.

    python -m experiments run q2_p27_newsgroups
"""

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import utils
from jaxcnn.datasets import glove, newsgroups
from jaxcnn.layers import Conv1D, Dense, Dropout, Embedding, Flatten, Input, MaxPooling1D
from jaxcnn.models import Model
from jaxcnn.preprocessing.sequence import pad_sequences
from jaxcnn.preprocessing.text import Tokenizer
from jaxcnn.utils import to_categorical

BY_DATE = "the set sorted by date, without 1,151 doubles, in place of the first one"
PROGRAM = Program(
    title="20 newsgroups with word vectors",
    ids=("Q2.P27",),
    data=("newsgroups", "glove"),
    minutes=19,
    settings={"epochs": 10, "samples": None, "dimensions": None, "filters": 256},
    quick={"epochs": 1, "samples": 320, "filters": 8},
    why={
        "word vectors": "the file of the 60,000 most frequent words in place of all",
        "texts": BY_DATE,
        "unique tokens": BY_DATE,
        "shape of the data": BY_DATE,
        "shape of the labels": BY_DATE,
    },
)
MAX_SEQUENCE_LENGTH = 1000
MAX_NB_WORDS = 20000
VALIDATION_SPLIT = 0.2


def classifier(embedding: Embedding, filters: int, groups: int) -> Model:
    sequence_input = Input(shape=(MAX_SEQUENCE_LENGTH,), dtype="int32")
    x = embedding(sequence_input)
    for pool, rate in ((5, 0.4), (5, 0.4), (35, 0.25)):
        x = Conv1D(filters, 5, activation="relu")(x)
        x = MaxPooling1D(pool)(x)
        x = Dropout(rate)(x)
    x = Flatten()(x)
    x = Dense(128, activation="relu")(x)
    model = Model(sequence_input, Dense(groups, activation="softmax")(x))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["acc"])
    return model


def nearest(vectors: dict[str, np.ndarray], wanted: np.ndarray, apart_from: tuple[str, ...]) -> str:
    """The word with the largest cosine to `wanted`."""
    words = [word for word in vectors if word not in apart_from]
    matrix = np.stack([vectors[word] for word in words])
    return words[int((matrix @ wanted / np.linalg.norm(matrix, axis=1)).argmax())]


def main(run: Run) -> None:
    dimensions = run.settings.dimensions or (100 if DATA["glove"].has_own() else 50)
    epochs = run.settings.epochs
    run.figure("numbers of a word vector", dimensions)
    embeddings_index = glove.load_data(dimensions)
    run.figure("word vectors", len(embeddings_index))
    king, man, woman = (embeddings_index[word] for word in ("king", "man", "woman"))
    run.figure(
        "king - man + woman",
        nearest(embeddings_index, king - man + woman, ("king", "man", "woman")),
    )
    texts, labels, groups = newsgroups.load_data()
    run.figure("texts", len(texts))

    order = np.random.default_rng(run.seed).permutation(len(texts))[: run.settings.samples]
    tokenizer = Tokenizer(num_words=MAX_NB_WORDS)
    tokenizer.fit_on_texts(texts)
    word_index = tokenizer.word_index
    run.figure("unique tokens", len(word_index))
    data = pad_sequences(
        tokenizer.texts_to_sequences([texts[i] for i in order]), maxlen=MAX_SEQUENCE_LENGTH
    )
    labels = to_categorical(labels[order], len(groups))
    run.figure("shape of the data", data.shape)
    run.figure("shape of the labels", labels.shape)

    validation = int(VALIDATION_SPLIT * len(data))
    train, held_out = (
        (data[:-validation], labels[:-validation]),
        (data[-validation:], labels[-validation:]),
    )
    num_words = min(MAX_NB_WORDS, len(word_index))
    embedding_matrix = glove.embedding_matrix(word_index, embeddings_index, num_words)
    counted = classifier(
        Embedding(num_words, 100, trainable=False, input_length=MAX_SEQUENCE_LENGTH), 256, 20
    )
    run.check("parameters with the book's sizes", counted.count_params(), 2_819_604)

    for name, embedding in (
        (
            "frozen GloVe",
            Embedding(
                num_words,
                dimensions,
                weights=[embedding_matrix],
                input_length=MAX_SEQUENCE_LENGTH,
                trainable=False,
            ),
        ),
        ("from scratch", Embedding(num_words, dimensions, input_length=MAX_SEQUENCE_LENGTH)),
    ):
        utils.set_random_seed(run.seed)
        model = classifier(embedding, run.settings.filters, len(groups))
        history = model.fit(
            *train,
            validation_data=held_out,
            epochs=epochs,
            batch_size=64,
            verbose=2,
            checkpoint_dir=run.checkpoint_dir / name.replace(" ", "_"),
            resume=True,
        )
        run.figure(f"{name}: validation accuracy", history.history["val_acc"][-1])
        run.figure(f"{name}: best validation accuracy", max(history.history["val_acc"]))
        run.curve(history, name.replace(" ", "_").lower(), title=name)
        if name == "frozen GloVe":
            same = np.array_equal(embedding.get_weights()[0], embedding_matrix)
            run.check("the frozen vectors are unchanged", same, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
