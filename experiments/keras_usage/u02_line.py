"""Linear regression by single batches (U2 of the notes).

Data: made as the notes make it: y = 0.5 x + 2 and noise N(0, 0.05), 200 points, the last 40 for the
test.

    python -m experiments run u02_line
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.visualization.figure import BLUE, ORANGE, new_figure, plain_axes

PROGRAM = Program(
    title="Linear regression",
    ids=("U2",),
    seeds=5,
    why={
        "test cost": (
            "301 steps leave a seventh of the way from the start, and the source's start was nearer"
        ),
    },
)


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    X = np.linspace(-1, 1, 200)
    rng.shuffle(X)
    Y = 0.5 * X + 2 + rng.normal(0, 0.05, (200,))
    X_train, Y_train, X_test, Y_test = X[:160], Y[:160], X[160:], Y[160:]

    model = Sequential()
    model.add(Dense(units=1, input_dim=1))
    model.compile(loss="mse", optimizer="sgd")
    for step in range(301):
        cost = model.train_on_batch(X_train, Y_train)
        if step % 100 == 0:
            print("train cost:", cost)

    run.figure("test cost", model.evaluate(X_test, Y_test, batch_size=40, verbose=0))
    W, b = model.layers[0].get_weights()
    run.figure("weight", W[0, 0])
    run.figure("bias", b[0])

    figure = new_figure(5, 4)
    axes = figure.add_subplot()
    plain_axes(axes)
    axes.scatter(X_test, Y_test, color=BLUE, label="test points")
    axes.plot(X_test, model.predict(X_test), color=ORANGE, label="after 301 steps")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend(frameon=False)
    run.picture("line", figure)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
