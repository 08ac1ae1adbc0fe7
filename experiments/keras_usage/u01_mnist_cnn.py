"""A first convolutional network, one epoch (U1 of the notes).

Data: MNIST.

    python -m experiments run u01_mnist_cnn
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn import losses
from jaxcnn.datasets import mnist
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, Reshape
from jaxcnn.models import Sequential
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="A first convolutional network",
    ids=("U1",),
    data=("mnist",),
    minutes=0.3,
    settings={"epochs": 1, "samples": None},
    quick={"samples": 256},
    seeds=5,
)


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train, x_test = (x[: run.settings.samples] / 255.0 for x in (x_train, x_test))
    y_train, y_test = (to_categorical(y[: run.settings.samples], 10) for y in (y_train, y_test))

    model = Sequential()
    model.add(Reshape((28, 28, 1), input_shape=(28, 28)))
    model.add(Conv2D(32, (5, 5), activation="relu", input_shape=(28, 28, 1)))
    model.add(MaxPool2D(pool_size=(2, 2)))
    model.add(Conv2D(64, (5, 5), activation="relu"))
    model.add(MaxPool2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(1024, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    model.compile(loss=losses.categorical_crossentropy, optimizer="adam", metrics=["accuracy"])
    model.fit(
        x_train,
        y_train,
        batch_size=64,
        epochs=run.settings.epochs,
        shuffle=True,
        verbose=2,
        validation_data=(x_test, y_test),
    )
    score = model.evaluate(x_test, y_test, batch_size=128, verbose=0)
    run.figure("Test loss", score[0])
    run.figure("Test accuracy", score[1])
    run.model(model)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
