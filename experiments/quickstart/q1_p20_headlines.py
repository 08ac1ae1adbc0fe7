"""A model with two inputs and two outputs judges headlines (section 4.3.3, figure 4-1, Q1.P20).

Data: made up, as the book has none: a headline is 100 word numbers, its label whether words of the
upper half of the vocabulary are frequent. Word numbers go from 0 to 9999; the book's 10000 has no
row in the embedding (X18).

    python -m experiments run q1_p20_headlines
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import utils
from jaxcnn.layers import LSTM, Dense, Embedding, Input, concatenate
from jaxcnn.models import Model

PROGRAM = Program(
    title="Two inputs, two outputs: headlines",
    ids=("Q1.P20",),
    minutes=0.7,
    settings={"epochs": 50, "samples": 1024},
    quick={"epochs": 2, "samples": 64},
    seeds=5,
)


def headline_model() -> Model:
    main_input = Input(shape=(100,), dtype="int32", name="main_input")
    x = Embedding(output_dim=512, input_dim=10000, input_length=100)(main_input)
    lstm_out = LSTM(32)(x)
    auxiliary_output = Dense(1, activation="sigmoid", name="aux_output")(lstm_out)
    auxiliary_input = Input(shape=(5,), name="aux_input")
    x = concatenate([lstm_out, auxiliary_input])
    x = Dense(64, activation="relu")(x)
    x = Dense(64, activation="relu")(x)
    x = Dense(64, activation="relu")(x)
    main_output = Dense(1, activation="sigmoid", name="main_output")(x)
    return Model(inputs=[main_input, auxiliary_input], outputs=[main_output, auxiliary_output])


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    headlines = rng.integers(0, 10000, (run.settings.samples, 100))
    labels = (headlines > 5000).mean(1, keepdims=True) > 0.5
    additional = rng.random((run.settings.samples, 5))

    model = headline_model()
    model.summary()
    run.check("parameters", model.count_params(), 5_200_610)

    # Lists in the order of inputs and outputs.
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", loss_weights=[1.0, 0.2])
    start = model.get_weights()
    once = model.fit([headlines, additional], [labels, labels], epochs=1, batch_size=32, verbose=2)
    total, of_main, of_auxiliary = (once.history[name][0] for name in model.metrics_names)
    run.check("loss less main and 0.2 auxiliary", total - of_main - 0.2 * of_auxiliary, 0, 1e-5)

    # The same by name, from the same weights and seed.
    utils.set_random_seed(run.seed)
    model.set_weights(start)
    model.compile(
        optimizer="rmsprop",
        loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
        loss_weights={"main_output": 1.0, "aux_output": 0.2},
    )
    history = model.fit(
        {"main_input": headlines, "aux_input": additional},
        {"main_output": labels, "aux_output": labels},
        epochs=run.settings.epochs,
        batch_size=32,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.check("first epoch by name less that by list", history.history["loss"][0] - total, 0, 1e-6)
    run.figure("loss after the first epoch", history.history["loss"][0])
    run.figure("loss after the last epoch", history.history["loss"][-1])
    run.curve(history)

    # Without the main loss the auxiliary one still reaches embedding and LSTM.
    model.set_weights(start)  # where no output is so sure that its gradient is nothing
    before = model.get_layer("embedding_1").get_weights()[0]
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", loss_weights=[0.0, 0.2])
    model.train_on_batch([headlines[:32], additional[:32]], [labels[:32], labels[:32]])
    moved = np.abs(model.get_layer("embedding_1").get_weights()[0] - before).max() > 0
    run.check("the auxiliary loss alone moves the embedding", bool(moved), True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
