"""Layers and models called on tensors; models inside models; several inputs and outputs (section
4.3.1, Q1.P15-P19).

Data: MNIST for P15, whose `data` in the book has the wrong width (X17 in ERRATA.md); P19 lists one
output twice where it means two (X15).

    python -m experiments run q1_p15_functional
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Dense, Input, TimeDistributed, add
from jaxcnn.models import Model
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="Functional models",
    ids=("Q1.P15", "Q1.P16", "Q1.P17", "Q1.P18", "Q1.P19"),
    data=("mnist",),
    minutes=0.5,
    settings={"epochs": 5, "samples": None},
    quick={"epochs": 1, "samples": 1000},
    seeds=5,
)


def main(run: Run) -> None:
    (data, labels), (test_data, test_labels) = mnist.load_data()
    data, labels = data[: run.settings.samples], labels[: run.settings.samples]
    data, test_data = (x.reshape(-1, 784).astype("float32") / 255 for x in (data, test_data))

    inputs = Input(shape=(784,))
    x = Dense(64, activation="relu")(inputs)
    x = Dense(64, activation="relu")(x)
    predictions = Dense(10, activation="softmax")(x)
    model = Model(inputs=inputs, outputs=predictions)
    run.check("P15: parameters", model.count_params(), 55_050)
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(data, to_categorical(labels, 10), epochs=run.settings.epochs, verbose=2)
    run.figure(
        "P15: test accuracy",
        model.evaluate(test_data, to_categorical(test_labels, 10), verbose=0)[1],
    )
    run.curve(history)

    x = Input(shape=(784,))
    y = model(x)
    again = Model(x, y)
    same = np.array_equal(again.predict(test_data[:20]), model.predict(test_data[:20]))
    run.check("P16: a called model keeps its weights", same, True)

    sequences = Input(shape=(20, 784))
    processed = TimeDistributed(model)(sequences)
    run.check("P17: output of the model on 20 steps", processed.shape, (None, 20, 10))
    video = Model(sequences, processed).predict(test_data[:40].reshape(2, 20, 784)).reshape(40, 10)
    run.check(
        "P17: largest difference", np.abs(video - model.predict(test_data[:40])).max(), 0, 1e-5
    )

    a = Input(shape=(32,))
    b = Dense(32)(a)
    run.check("P18: parameters", Model(inputs=a, outputs=b).count_params(), 1056)

    a1, a2 = Input(shape=(32,)), Input(shape=(32,))
    b1, b2 = Dense(8)(a1), Dense(8)(a2)
    model = Model(inputs=[a1, a2], outputs=[b1, b2, add([b1, b2])])
    found = model.predict([np.ones((3, 32)), np.ones((3, 32))])
    run.check("P19: shapes of the outputs", [output.shape for output in found], [(3, 8)] * 3)
    run.check(
        "P19: the third is the sum of the others",
        np.abs(found[0] + found[1] - found[2]).max(),
        0,
        1e-5,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
