"""The six steps of every Keras program: define, add layers, compile, train, evaluate (section 3.2,
Q1.P03).

Data: MNIST, for the book leaves its `data` and `label` open. Its listing ends in a layer of 512, so
it would need 512 classes; here a layer of 10 follows. See X02-X04 in ERRATA.md for `sgd`,
`nb_epoch` and `show_accuracy`.

    python -m experiments run q1_p03_first_steps
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Activation, Dense, Dropout
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="The six steps of a Keras program",
    ids=("Q1.P03",),
    data=("mnist",),
    minutes=0.2,
    settings={"epochs": 10, "samples": None},
    quick={"epochs": 1, "samples": 1000},
    seeds=5,
)


def main(run: Run) -> None:
    (data, label), (test_data, test_label) = mnist.load_data()
    data, label = data[: run.settings.samples], label[: run.settings.samples]
    data, test_data = (x.reshape(-1, 784).astype("float32") / 255 for x in (data, test_data))
    label, test_label = to_categorical(label, 10), to_categorical(test_label, 10)

    model = Sequential()
    model.add(Dense(512, input_shape=(784,)))
    model.add(Activation("relu"))
    model.add(Dropout(0.2))
    model.add(Dense(10))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=SGD(), metrics=["accuracy"])
    history = model.fit(
        data,
        label,
        batch_size=100,
        epochs=run.settings.epochs,
        shuffle=True,
        verbose=2,
        validation_split=0.2,
        checkpoint_dir=run.checkpoint_dir,
    )
    loss, accuracy = model.evaluate(test_data, test_label, batch_size=100, verbose=0)
    run.figure("test loss", loss)
    run.figure("test accuracy", accuracy)
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
