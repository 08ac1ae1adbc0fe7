"""Optimizers as objects and by name, and gradients that are cut (section 7.3, Q2.P12).

Data: random numbers. In the network of the listing five epochs change the loss in its eighth digit,
so the curves are those of a linear layer that learns the weights of another one, with gradients
that are longer than what clipping leaves of them.

    python -m experiments run q2_p12_optimizers
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import optimizers
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Optimizers and cut gradients",
    ids=("Q2.P12",),
    settings={"epochs": 60},
    quick={"epochs": 5},
)


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    x, y = rng.random((256, 10)).astype("float32"), rng.random((256, 64)).astype("float32")

    def network() -> Sequential:
        model = Sequential()
        model.add(Dense(64, kernel_initializer="uniform", input_shape=(10,)))
        model.add(Activation("tanh"))
        model.add(Activation("softmax"))
        return model

    def losses(model: Sequential, y: np.ndarray, epochs: int) -> dict[str, list[float]]:
        start = model.get_weights()
        curves = {}
        for name, optimizer in {
            "with momentum": optimizers.SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True),
            "'sgd'": "sgd",
            "SGD()": optimizers.SGD(),
            "clipnorm": optimizers.SGD(lr=0.01, clipnorm=1.0),
            "clipvalue": optimizers.SGD(lr=0.01, clipvalue=0.5),
        }.items():
            model.set_weights(start)
            model.compile(loss="mean_squared_error", optimizer=optimizer)
            curves[name] = model.fit(x, y, epochs=epochs, verbose=0, shuffle=False).history["loss"]
        return curves

    listing = losses(network(), y, 5)
    run.check("'sgd' is SGD()", listing["'sgd'"] == listing["SGD()"], True)
    run.check("momentum is faster", listing["with momentum"][-1] < listing["'sgd'"][-1], True)
    weights = 5 * rng.standard_normal((10, 4)).astype("float32")
    linear = losses(Sequential([Dense(4, input_shape=(10,))]), x @ weights, run.settings.epochs)
    del linear["SGD()"]
    logarithms = {name: np.log10(values) for name, values in linear.items()}
    run.curve(logarithms, "loss", title="log10 of the loss of a linear layer", together=True)

    # One step of rate 1 moves the weights by the gradient itself, or by what is left of it.
    for name, cut, expected in (
        ("clipnorm", {"clipnorm": 1.0}, 1.0),
        ("clipvalue", {"clipvalue": 0.5}, 0.5),
    ):
        model = Sequential([Dense(4, input_shape=(10,))])
        before = np.concatenate([w.ravel() for w in model.get_weights()])
        model.compile(loss="mean_squared_error", optimizer=optimizers.SGD(lr=1.0, **cut))
        model.train_on_batch(x, 1000 * y[:, :4])
        move = np.concatenate([w.ravel() for w in model.get_weights()]) - before
        size = np.linalg.norm(move) if name == "clipnorm" else np.abs(move).max()
        run.check(f"{name}: size of a step", float(size), expected, 1e-4)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
