"""The MNIST network: trained, saved, read again, and asked about digits (section 8.1, P12).

Data: MNIST. The listing's Adadelta() has epsilon 1e-8 in Keras 2.0.4; the book prints 1e-6 as its
default, and a second training has that. Each is trained with the seeds 0, 1 and 2, which were fixed
beforehand; the figures are means, with the least and the greatest behind them.

    python -m experiments run p12_mnist
"""

import numpy as np
from PIL import Image

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn import losses, optimizers, visualization
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential, load_model

CHANCE = "the source's is one run, with other random numbers"
PROGRAM = Program(
    title="The MNIST network",
    ids=("P12", "P12b", "P12c"),
    data=("mnist",),
    minutes=60,
    settings={"epochs": 12, "batch_size": 128, "samples": None},
    quick={"epochs": 1, "samples": 256},
    seeds=3,
    why={
        "Test accuracy": (
            "the listing's Adadelta() has epsilon 1e-8 in Keras 2.0.4; the row with 1e-6, the "
            "default that the book prints, comes nearer"
        ),
        "training loss of epoch 3": CHANCE,
        "test loss after 3 epochs": CHANCE,
        "training accuracy of epoch 3": CHANCE,
        "test accuracy after 3 epochs": CHANCE,
    },
)


def network() -> Sequential:
    model = Sequential()
    model.add(Conv2D(32, kernel_size=(3, 3), activation="relu", input_shape=(28, 28, 1)))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(128, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    return model


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    print("x_train shape:", x_train.shape)
    print(x_train.shape[0], "train samples")
    print(x_test.shape[0], "test samples")

    model = network()
    model.summary()
    run.check(
        "parameters of each layer",
        [n for layer in model.layers if (n := layer.count_params())],
        [320, 18_496, 1_179_776, 1_290],
    )
    run.check("parameters", model.count_params(), 1_199_882)

    def train(model, optimizer, name):
        model.compile(
            loss=losses.categorical_crossentropy, optimizer=optimizer, metrics=["accuracy"]
        )
        return model.fit(
            x_train,
            y_train,
            batch_size=run.settings.batch_size,
            epochs=run.settings.epochs,
            verbose=2,
            validation_data=(x_test, y_test),
            checkpoint_dir=run.checkpoint_dir / name,
        )

    history = train(model, optimizers.Adadelta(), "listing")
    score = model.evaluate(x_test, y_test, verbose=0)
    run.figure("Test loss", score[0])
    run.figure("Test accuracy", score[1])
    if run.settings.epochs >= 3:  # where the author stopped
        run.figure("training loss of epoch 3", history.history["loss"][2])
        run.figure("training accuracy of epoch 3", history.history["acc"][2])
        run.figure("test loss after 3 epochs", history.history["val_loss"][2])
        run.figure("test accuracy after 3 epochs", history.history["val_acc"][2])
    run.curve(history)
    worst = run.out / "worst_mistakes.png"
    visualization.plot_worst_mistakes(x_test, y_test.argmax(1), model.predict(x_test), worst)
    run.picture("worst_mistakes", worst)

    model.save(run.out / "mnist.model")
    again = load_model(run.out / "mnist.model")
    same = np.array_equal(again.predict(x_test[:100]), model.predict(x_test[:100]))
    run.check("P12b: the model read again predicts the same", same, True)

    other = network()  # the default that the book prints for Adadelta; Keras 2.0.4 has 1e-8
    train(other, optimizers.Adadelta(epsilon=1e-6), "epsilon")
    run.figure("with epsilon 1e-6: test accuracy", other.evaluate(x_test, y_test, verbose=0)[1])

    first = 10_001 if len(x_train) > 10_003 else 0
    two = x_train[first : first + 2]
    print(again.predict(two))
    run.figure(
        f"P12c: classes of x_train[{first}:{first + 2}]",
        again.predict_classes(two),
    )
    Image.fromarray(np.uint8(x_test[0, :, :, 0] * 255)).save(run.out / "a.jpg")
    with Image.open(run.out / "a.jpg") as file:
        image = np.asarray(file.convert("L"), "float32") / 255
    run.figure(
        "P12c: class of the picture a.jpg, which shows a 7",
        again.predict(image.reshape(1, 28, 28, 1)).argmax(),
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
