"""An autoencoder that learns to take noise away, with `GaussianNoise` (section 5.11, Q1.P44).

Data: MNIST. The book names this use of the layer and has no code for it: the noise is a layer, so
it is there in training only.

    python -m experiments run q1_p44_denoising
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import mnist
from jaxcnn.layers import Dense, GaussianNoise, Input
from jaxcnn.models import Model

PROGRAM = Program(
    title="Denoising with GaussianNoise",
    ids=("Q1.P44",),
    data=("mnist",),
    minutes=0.3,
    settings={"epochs": 10, "samples": None},
    quick={"epochs": 1, "samples": 1000},
    seeds=5,
)


def main(run: Run) -> None:
    (x, _), (x_test, _) = mnist.load_data()
    x, x_test = (
        a[: run.settings.samples].reshape(-1, 784).astype("float32") / 255 for a in (x, x_test)
    )
    picture = Input(shape=(784,))
    hidden = Dense(128, activation="relu")(GaussianNoise(0.5)(picture))
    model = Model(picture, Dense(784, activation="sigmoid")(hidden))
    model.compile("adam", "binary_crossentropy")
    history = model.fit(
        x,
        x,
        batch_size=128,
        epochs=run.settings.epochs,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.curve(history)

    noisy = x_test + 0.5 * np.random.default_rng(run.seed).standard_normal(x_test.shape).astype(
        "float32"
    )
    cleaned = model.predict(noisy)
    run.figure("mean squared error of the noisy digits", np.mean((noisy - x_test) ** 2))
    run.figure("mean squared error of the cleaned digits", np.mean((cleaned - x_test) ** 2))
    rows = np.concatenate([noisy[:8].clip(0, 1), cleaned[:8], x_test[:8]]).reshape(-1, 28, 28, 1)
    run.picture("digits", rows, columns=8, title="noisy, cleaned, original")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
