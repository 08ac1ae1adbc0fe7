"""A callback that prints the network when training begins (section 8.1.1, Q2.P19).

Data: MNIST. In the book the call stands outside of the class (O17 in ERRATA.md). The log it prints,
of batches of 128, is that of this network with Keras's own settings.

    python -m experiments run q2_p19_logger
"""

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.callbacks import Callback
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential

CHANCE = "the source's is one run, with other random numbers"
PROGRAM = Program(
    title="A callback of one's own",
    ids=("Q2.P19",),
    data=("mnist",),
    minutes=32,
    settings={"epochs": 12, "samples": None},
    quick={"epochs": 1, "samples": 512},
    seeds=3,
    why={
        "loss of epoch 1": CHANCE,
        "accuracy of epoch 1": CHANCE,
        "validation loss of epoch 1": CHANCE,
        "validation accuracy of epoch 1": CHANCE,
    },
)


class Mylogger(Callback):
    def on_train_begin(self, logs=None):
        print("on_train_begin")
        self.model.summary()


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    model = Sequential()
    model.add(Conv2D(32, kernel_size=(3, 3), activation="relu", input_shape=(28, 28, 1)))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(128, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    run.check("parameters", model.count_params(), 1_199_882)
    rows = [layer.count_params() for layer in model.layers if layer.count_params()]
    run.check("parameters of the layers", rows, [320, 18_496, 1_179_776, 1290])

    model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
    history = model.fit(
        x_train,
        y_train,
        batch_size=128,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=(x_test, y_test),
        callbacks=[Mylogger()],
        checkpoint_dir=run.checkpoint_dir,
    )
    names = {
        "loss": "loss",
        "accuracy": "acc",
        "validation loss": "val_loss",
        "validation accuracy": "val_acc",
    }
    for words, name in names.items():
        run.figure(f"{words} of epoch 1", history.history[name][0])
    run.figure("validation accuracy of the last epoch", history.history["val_acc"][-1])
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
