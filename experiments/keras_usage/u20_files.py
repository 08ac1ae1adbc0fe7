"""Models in files with layers and losses of one's own, and the record of a training (U20, U24 and
U25 of the notes).

Data: random numbers.

    python -m experiments run u20_files
"""

import json

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import Dense, Layer
from jaxcnn.models import Sequential, load_model

PROGRAM = Program(title="Files with one's own layers and losses", ids=("U20", "U24", "U25"))


class AttentionLayer(Layer):
    """Weighs each feature."""

    def build(self, input_shape):
        self.W = self.add_weight(name="W", shape=(input_shape[-1],), initializer="ones")
        super().build(input_shape)

    def call(self, x):
        return x * K.softmax(self.W)


def focal_loss(gamma=2.0):
    def focal_loss_fixed(y_true, y_pred):
        probability = K.clip(y_true * y_pred + (1 - y_true) * (1 - y_pred), K.epsilon(), 1.0)
        return -K.mean(K.pow(1 - probability, gamma) * K.log(probability), axis=-1)

    return focal_loss_fixed


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).random((256, 6)).astype("float32")
    y = (x[:, :1] > x[:, 1:2]).astype("float32")
    model = Sequential([AttentionLayer(input_shape=(6,)), Dense(1, activation="sigmoid")])
    model.compile("adam", focal_loss(), metrics=["accuracy"])
    history = model.fit(x, y, epochs=3, verbose=0, validation_split=0.25)
    path = run.out / "model.h5"
    model.save(path)

    names = {"AttentionLayer": AttentionLayer, "focal_loss_fixed": focal_loss()}
    again = load_model(path, custom_objects=names)
    run.check(
        "U24: with the own layer and loss", np.array_equal(again.predict(x), model.predict(x)), True
    )
    run.check(
        "U20: the loss after reading",
        again.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0),
        True,
    )
    bare = load_model(path, custom_objects={"AttentionLayer": AttentionLayer}, compile=False)
    run.check(
        "U24: without compiling it needs no loss",
        np.array_equal(bare.predict(x), model.predict(x)),
        True,
    )
    message = "none"
    try:
        load_model(path)
    except ValueError as error:
        message = str(error)
    run.check("U24: an unknown layer is named", "AttentionLayer" in message, True)

    with open(run.out / "history.json", "w", encoding="utf-8") as file:
        json.dump(history.history, file)
    kept = json.loads((run.out / "history.json").read_text(encoding="utf-8"))
    run.check("U25: the record in a file", kept == history.history, True)
    run.check("U25: what is recorded", sorted(kept), ["acc", "loss", "val_acc", "val_loss"])
    tail = model.evaluate(x[192:], y[192:], verbose=0)[0]
    run.check(
        "U25: the last quarter is the validation part",
        history.history["val_loss"][-1] - tail,
        0,
        1e-6,
    )
    run.curve(history)
    for start in range(0, 256, 64):  # data larger than memory comes in parts
        model.train_on_batch(x[start : start + 64], y[start : start + 64])
    run.check(
        "U25: test_on_batch is evaluate of one batch",
        abs(
            model.test_on_batch(x[:64], y[:64])[0]
            - model.evaluate(x[:64], y[:64], batch_size=64, verbose=0)[0]
        )
        < 1e-6,
        True,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
