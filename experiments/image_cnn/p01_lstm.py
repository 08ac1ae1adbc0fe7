"""The first program after the installation, a recurrent network that reads texts (section 1.1,
P01).

Data: 20 newsgroups. The book only says "if imdb_lstm.py runs, Keras is installed"; that is an
example of Keras, which separates good from bad reviews of films. Here the network tells posts of
one newsgroup from those of another.

    python -m experiments run p01_lstm
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import newsgroups
from jaxcnn.layers import LSTM, Dense, Embedding
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.sequence import pad_sequences
from jaxcnn.preprocessing.text import Tokenizer

PROGRAM = Program(
    title="An LSTM after the installation",
    ids=("P01",),
    data=("newsgroups",),
    minutes=0.2,
    settings={"epochs": 5, "samples": None, "max_features": 20_000, "maxlen": 80, "units": 128},
    quick={"epochs": 1, "samples": 200, "max_features": 2_000, "maxlen": 20, "units": 8},
    seeds=5,
)
GROUPS = ("rec.autos", "sci.space")


def main(run: Run) -> None:
    settings = run.settings
    texts, labels, names = newsgroups.load_data()
    groups = [names.index(group) for group in GROUPS]
    kept = np.random.default_rng(run.seed).permutation(np.flatnonzero(np.isin(labels, groups)))[
        : settings.samples
    ]
    tokenizer = Tokenizer(num_words=settings.max_features)
    tokenizer.fit_on_texts([texts[i] for i in kept])
    x = pad_sequences(
        tokenizer.texts_to_sequences([texts[i] for i in kept]), maxlen=settings.maxlen
    )
    y = (labels[kept] == groups[1]).astype("float32")
    train = len(x) * 4 // 5

    model = Sequential()
    model.add(Embedding(settings.max_features, settings.units, input_length=settings.maxlen))
    model.add(LSTM(settings.units, dropout=0.2, recurrent_dropout=0.2))
    model.add(Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x[:train],
        y[:train],
        batch_size=32,
        epochs=settings.epochs,
        verbose=2,
        validation_data=(x[train:], y[train:]),
        checkpoint_dir=run.checkpoint_dir,
    )
    run.curve(history)
    score, accuracy = model.evaluate(x[train:], y[train:], verbose=0)
    run.figure("Test score", score)
    run.figure("Test accuracy", accuracy)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
