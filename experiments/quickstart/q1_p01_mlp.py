"""A network of dense layers learns MNIST's digits (section 3.3 of the book).

Data: MNIST. The book's validation set is the test set, so its last epoch is its test result; it was
one run without a seed. It does not print its batch size; 128 is Keras's own example's.

    python -m experiments run q1_p01_mlp
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Activation, Dense, Dropout
from jaxcnn.models import Sequential
from jaxcnn.optimizers import RMSprop
from jaxcnn.utils import np_utils

PROGRAM = Program(
    title="Dense layers on MNIST",
    ids=("Q1.P01",),
    data=("mnist",),
    minutes=2,
    settings={"epochs": 20, "batch_size": 128, "samples": None},
    quick={"epochs": 1, "samples": 2000},
    seeds=5,
    why={
        "test score": "the source's is one run, with other random numbers",
    },
)


def main(run: Run) -> None:
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    samples = run.settings.samples
    X_train, y_train = X_train[:samples], y_train[:samples]

    X_train = X_train.reshape(-1, 784).astype("float32") / 255
    X_test = X_test.reshape(-1, 784).astype("float32") / 255
    Y_train = np_utils.to_categorical(y_train, 10)
    Y_test = np_utils.to_categorical(y_test, 10)

    model = Sequential()
    model.add(Dense(512, input_shape=(784,)))
    model.add(Activation("relu"))
    model.add(Dropout(0.2))
    model.add(Dense(512))
    model.add(Activation("relu"))
    model.add(Dropout(0.2))
    model.add(Dense(10))
    model.add(Activation("softmax"))
    model.summary()
    run.check("parameters", model.count_params(), 669_706)

    model.compile(loss="categorical_crossentropy", optimizer=RMSprop(), metrics=["accuracy"])
    history = model.fit(
        X_train,
        Y_train,
        batch_size=run.settings.batch_size,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=(X_test, Y_test),
        checkpoint_dir=run.checkpoint_dir,
    )
    score = model.evaluate(X_test, Y_test, verbose=0)
    run.figure("test score", score[0])
    run.figure("test accuracy", score[1])
    run.figure("best test accuracy", max(history.history["val_acc"]))
    run.curve(history)
    run.model(model)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
