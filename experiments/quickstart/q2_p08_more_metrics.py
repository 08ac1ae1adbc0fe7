"""The MNIST network with a second metric in its progress line (section 7.1, Q2.P8).

Data: MNIST. The book's loss of 0.35 is no mean squared error of ten classes, which is at most 0.2:
its log is that of crossentropy with two metrics (O9 in ERRATA.md).

    python -m experiments run q2_p08_more_metrics
"""

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn import metrics
from jaxcnn.commands.quickstart import mnist_cnn

CHANCE = "the source's is one run, with other random numbers"
PROGRAM = Program(
    title="Two metrics for the MNIST network",
    ids=("Q2.P8",),
    data=("mnist",),
    minutes=1,
    settings={"samples": None},
    quick={"samples": 512},
    seeds=3,
    why={
        "loss": CHANCE,
        "mean_absolute_error": CHANCE,
        "val_loss": CHANCE,
        "val_mean_absolute_error": CHANCE,
    },
)


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    model = mnist_cnn()
    model.compile(
        loss="categorical_crossentropy",
        optimizer="adadelta",
        metrics=[metrics.mae, metrics.categorical_accuracy],
    )
    history = model.fit(
        x_train, y_train, batch_size=128, epochs=1, verbose=2, validation_data=(x_test, y_test)
    )
    for name, values in history.history.items():
        run.figure(name, values[0])


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
