"""Dense layers read MNIST (U3 of the notes).

Data: MNIST.

    python -m experiments run u03_mnist_mlp
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import RMSprop
from jaxcnn.utils import np_utils

UNEXPLAINED = "open: the source's one run is a little worse than all five of ours"
PROGRAM = Program(
    title="Dense layers on MNIST, four epochs",
    ids=("U3",),
    data=("mnist",),
    minutes=5,
    settings={"epochs": 4, "samples": None},
    quick={"epochs": 1, "samples": 1000},
    seeds=5,
    why={
        "test loss": UNEXPLAINED,
        "test accuracy": UNEXPLAINED,
    },
)


def main(run: Run) -> None:
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    X_train, X_test = (
        x[: run.settings.samples].reshape(-1, 784) / 255.0 for x in (X_train, X_test)
    )
    y_train, y_test = (
        np_utils.to_categorical(y[: run.settings.samples], 10) for y in (y_train, y_test)
    )

    model = Sequential(
        [Dense(400, input_dim=784), Activation("relu"), Dense(10), Activation("softmax")]
    )
    rmsprop = RMSprop(lr=0.001, rho=0.9, epsilon=1e-08, decay=0.0)
    model.compile(optimizer=rmsprop, loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        X_train,
        y_train,
        epochs=run.settings.epochs,
        batch_size=32,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir,
    )
    loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
    run.figure("test loss", loss)
    run.figure("test accuracy", accuracy)
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
