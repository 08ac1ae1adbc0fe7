"""Do two messages come from one author?  One LSTM reads both (section 4.3.4, Q1.P21).

Data: made up, as the book has none: an author prefers some of the 256 characters, a message is 140
of them.

    python -m experiments run q1_p21_same_author
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import LSTM, Dense, Input, concatenate
from jaxcnn.models import Model

PROGRAM = Program(
    title="One LSTM for two messages",
    ids=("Q1.P21",),
    minutes=0.3,
    settings={"epochs": 10, "samples": 1000},
    quick={"epochs": 1, "samples": 64},
    seeds=5,
)


def messages(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two messages a sample, one-hot over 256 characters, and whether one author wrote both."""
    authors = rng.dirichlet(np.full(256, 0.05), 10)
    first, second = rng.integers(10, size=(2, count))
    second = np.where(rng.random(count) < 0.5, first, second)
    data = (
        np.stack([np.eye(256, dtype="float32")[rng.choice(256, 140, p=authors[a])] for a in who])
        for who in (first, second)
    )
    return *data, (first == second).astype("float32")


def main(run: Run) -> None:
    data_a, data_b, labels = messages(np.random.default_rng(run.seed), run.settings.samples)

    tweet_a, tweet_b = Input(shape=(140, 256)), Input(shape=(140, 256))
    shared_lstm = LSTM(64)
    encoded_a, encoded_b = shared_lstm(tweet_a), shared_lstm(tweet_b)
    merged_vector = concatenate([encoded_a, encoded_b], axis=-1)
    predictions = Dense(1, activation="sigmoid")(merged_vector)
    model = Model(inputs=[tweet_a, tweet_b], outputs=predictions)
    run.check("parameters", model.count_params(), 82_305)

    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        [data_a, data_b],
        labels,
        epochs=run.settings.epochs,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.figure("training accuracy", history.history["acc"][-1])
    run.figure("share of the more frequent answer", max(labels.mean(), 1 - labels.mean()))
    run.curve(history)

    encoder = Model([tweet_a, tweet_b], [encoded_a, encoded_b])
    straight, swapped = (
        encoder.predict([data_a[:8], data_b[:8]]),
        encoder.predict([data_b[:8], data_a[:8]]),
    )
    run.check(
        "swapped messages swap their encodings", np.array_equal(straight[0], swapped[1]), True
    )
    run.check("calls of the LSTM", len(shared_lstm.inbound_nodes), 2)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
