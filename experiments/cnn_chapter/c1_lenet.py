"""A network of LeNet-5's kind on MNIST (C1).

Data: MNIST; 54,912 of the chapter's 55,000 training digits, because it drops a last batch that is
not whole. The chapter tests on 256 digits drawn again after every epoch; so do we, and on all
10,000. The second pool comes after the ReLU.

    python -m experiments run c1_lenet
"""

import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.initializers import RandomNormal
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.optimizers import RMSprop

DRAWN = "other 256 digits: one of them is 0.4 points"
PROGRAM = Program(
    title="A network of LeNet-5's kind",
    ids=("C1",),
    data=("mnist",),
    minutes=30,
    settings={"epochs": 100, "batch_size": 128, "samples": 54_912},
    quick={"epochs": 1, "samples": 256},
    why={
        "accuracy on 256 drawn test digits after epoch 0": DRAWN,
        "accuracy on 256 drawn test digits after epoch 1": DRAWN,
        "accuracy on 256 drawn test digits after epoch 2": DRAWN,
        "accuracy on 256 drawn test digits after the last epoch": DRAWN,
    },
)


def network() -> Sequential:
    start = RandomNormal(stddev=0.01)
    model = Sequential()
    for filters in (32, 64, 128):
        first = {"input_shape": (28, 28, 1)} if filters == 32 else {}
        model.add(
            Conv2D(
                filters,
                3,
                padding="same",
                activation="relu",
                use_bias=False,
                kernel_initializer=start,
                **first,
            )
        )
        model.add(MaxPooling2D(2, padding="same"))
        model.add(Dropout(0.2))
    model.add(Flatten())
    model.add(Dense(625, activation="relu", use_bias=False, kernel_initializer=start))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax", use_bias=False, kernel_initializer=start))
    return model


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    model = network()
    model.summary()
    run.check("inputs of the dense layers", model.layers[-3].input_shape, (None, 2048))
    run.check(
        "parameters",
        model.count_params(),
        9 * 32 + 9 * 32 * 64 + 9 * 64 * 128 + 2048 * 625 + 625 * 10,
    )
    model.compile(RMSprop(lr=0.001, rho=0.9), "categorical_crossentropy", metrics=["accuracy"])

    def test_as_the_chapter(epoch: int, logs: dict[str, float]) -> None:
        drawn = np.random.default_rng([run.seed, epoch]).choice(
            len(x_test), min(256, len(x_test)), replace=False
        )
        logs["drawn_acc"] = model.evaluate(x_test[drawn], y_test[drawn], verbose=0)[1]

    history = model.fit(
        x_train,
        y_train,
        batch_size=run.settings.batch_size,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=(x_test, y_test),
        callbacks=[LambdaCallback(on_epoch_end=test_as_the_chapter)],
        checkpoint_dir=run.checkpoint_dir,
    )
    drawn, whole = history.history["drawn_acc"], history.history["val_acc"]
    for epoch, accuracy in enumerate(drawn[:3]):
        run.figure(f"accuracy on 256 drawn test digits after epoch {epoch}", accuracy)
    run.figure("accuracy on 256 drawn test digits after the last epoch", drawn[-1])
    run.figure("best accuracy on 256 drawn test digits", max(drawn))
    run.figure("best accuracy on all test digits", max(whole))
    run.figure("its epoch", int(np.argmax(whole)))
    run.figure("last accuracy on all test digits", whole[-1])
    run.figure("epochs", run.settings.epochs)
    run.curve(history)
    run.model(model)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
