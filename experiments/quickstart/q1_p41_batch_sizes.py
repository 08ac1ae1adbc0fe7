"""Gradient descent by all samples, by one and by some at a time (section 3.1, figure 3-1, Q1.P41).

Data: MNIST. A linear classifier takes the same number of samples in batches of three sizes; the
curves show the loss on the test digits after every pass: few quiet steps, many noisy ones, and what
is between.

    python -m experiments run q1_p41_batch_sizes
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn import utils
from jaxcnn.datasets import mnist
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="Batch, stochastic and mini-batch gradient descent",
    ids=("Q1.P41",),
    data=("mnist",),
    minutes=0.2,
    settings={"epochs": 20, "samples": 2000},
    quick={"epochs": 3, "samples": 200},
    seeds=5,
)


def main(run: Run) -> None:
    (x, y), (x_test, y_test) = mnist.load_data()
    samples = run.settings.samples
    x, x_test = (a[:samples].reshape(-1, 784).astype("float32") / 255 for a in (x, x_test))
    y, y_test = (to_categorical(a[:samples], 10) for a in (y, y_test))
    curves = {}
    for name, size in (("all samples", samples), ("one sample", 1), ("32 samples", 32)):
        utils.set_random_seed(run.seed)
        model = Sequential([Dense(10, activation="softmax", input_shape=(784,))])
        model.compile(SGD(lr=0.05), "categorical_crossentropy")
        history = model.fit(
            x,
            y,
            batch_size=size,
            epochs=run.settings.epochs,
            verbose=0,
            validation_data=(x_test, y_test),
            checkpoint_dir=run.checkpoint_dir / str(size),
            resume=True,
        )
        curves[name] = history.history["val_loss"]
        run.figure(f"test loss with {name} a step", curves[name][-1])
    run.curve(curves, "test_loss", title="Test loss by samples a step", together=True)
    run.check(
        "mini-batches beat one step an epoch",
        curves["32 samples"][-1] < curves["all samples"][-1],
        True,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
