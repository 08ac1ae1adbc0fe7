"""Compiling with an optimizer, by name and with its settings (chapters 4 and 5, P08).

Data: random numbers, the targets of the single step so large that clipping shows; then the outputs
of another network of the same kind, which each optimizer learns from the same start, with gradients
too small to be clipped. As printed there is no layer between tanh and softmax.

    python -m experiments run p08_optimizers
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

PROGRAM = Program(
    title="SGD with momentum, decay and a clipped norm",
    ids=("P08",),
    settings={"epochs": 60},
    quick={"epochs": 3},
    seeds=5,
)
RATE = 50.0  # a softmax of 64 outputs that are squashed by tanh has slopes of thousandths


def network() -> Sequential:
    model = Sequential()
    model.add(Dense(64, kernel_initializer="uniform", input_shape=(10,)))
    model.add(Activation("tanh"))
    model.add(Activation("softmax"))
    return model


def main(run: Run) -> None:
    random = np.random.default_rng(run.seed)
    x, y = (
        random.standard_normal((256, 10)).astype("float32"),
        1e6 * random.random((256, 64)).astype("float32"),
    )
    optimizers = {
        "sgd": "sgd",
        "decay and Nesterov's momentum": SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True),
        "clipnorm": SGD(lr=0.01, clipnorm=1.0),
        "clipvalue": SGD(lr=0.01, clipvalue=0.5),
    }
    for name, optimizer in optimizers.items():
        model = network()
        model.compile(loss="mean_squared_error", optimizer=optimizer)
        before = model.get_weights()
        model.fit(x, y, batch_size=256, epochs=1, verbose=0)
        moved = np.concatenate(
            [(b - a).ravel() for a, b in zip(before, model.get_weights(), strict=True)]
        )
        run.figure(f"{name}: length of the step", np.linalg.norm(moved))
        run.check(f"{name}: it moved", bool(np.linalg.norm(moved) > 0), True)
        if name == "clipnorm":
            run.check(
                "clipnorm: the step is 0.01 x 1 long", np.linalg.norm(moved), 0.01, tolerance=1e-5
            )
        if name == "clipvalue":
            run.check(
                "clipvalue: weights move by 0.01 x 0.5 at most",
                np.abs(moved).max(),
                0.005,
                tolerance=1e-5,
            )

    teacher = network()
    teacher.set_weights([random.standard_normal(w.shape) for w in teacher.get_weights()])
    y = teacher.predict(x)
    start, losses = network().get_weights(), {}
    for name, optimizer in optimizers.items():
        config = {} if isinstance(optimizer, str) else optimizer.get_config()
        model = network()
        model.set_weights(start)
        model.compile(loss="mean_squared_error", optimizer=SGD(**config | {"lr": RATE}))
        history = model.fit(x, y, batch_size=32, epochs=run.settings.epochs, verbose=0)
        losses[name] = history.history["loss"]
        run.figure(
            f"{name}: share of the first loss that is left", losses[name][-1] / losses[name][0]
        )
    logarithms = {name: np.log10(values) for name, values in losses.items()}
    run.curve(logarithms, title="log10 of the loss", together=True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
