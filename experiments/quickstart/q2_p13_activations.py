"""Activations: three ways to write one, their curves, and layers that are activations (section 7.4,
Q2.P13 and P14).

Data: none. The book's `Dense(512, 512, activation='linear')` is the form of Keras before 1.0 (O12
in ERRATA.md).

    python -m experiments run q2_p13_activations
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import activations
from jaxcnn import backend as K
from jaxcnn.initializers import Constant
from jaxcnn.layers import ELU, Activation, Dense, LeakyReLU, PReLU, ThresholdedReLU
from jaxcnn.models import Sequential
from jaxcnn.visualization.figure import BLUE, new_figure, plain_axes

PROGRAM = Program(title="Activations", ids=("Q2.P13", "Q2.P14"))


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).standard_normal((8, 20)).astype("float32")
    models = [
        Sequential([Dense(64, input_dim=20), Activation("tanh")]),
        Sequential([Dense(64, input_dim=20, activation="tanh")]),
        Sequential([Dense(64, input_dim=20, activation=K.tanh)]),
    ]
    found = []
    for model in models:
        model.set_weights(models[0].get_weights())
        found.append(model.predict(x))
    same = all(np.array_equal(found[0], other) for other in found)
    run.check("P13: three ways, one output", same, True)

    model = Sequential()
    model.add(Dense(512, activation="linear", input_dim=20))
    model.add(LeakyReLU(alpha=0.001))
    run.check("P14: shape", model.predict(x).shape, (8, 512))

    # Figures 7-1 to 7-7.
    at = np.linspace(-4, 4, 401, dtype="float32")
    curves = {
        name: np.asarray(getattr(activations, name)(at))
        for name in (
            "relu",
            "elu",
            "softplus",
            "sigmoid",
            "softsign",
            "tanh",
            "hard_sigmoid",
            "linear",
        )
    }
    for layer in (
        LeakyReLU(0.3, input_shape=(1,)),
        PReLU(Constant(0.1), input_shape=(1,)),
        ELU(1.0, input_shape=(1,)),
        ThresholdedReLU(1.0, input_shape=(1,)),
    ):
        curves[type(layer).__name__] = Sequential([layer]).predict(at[:, None])[:, 0]
    figure = new_figure(12, 8)
    for i, (name, values) in enumerate(curves.items()):
        axes = figure.add_subplot(3, 4, i + 1)
        plain_axes(axes)
        axes.plot(at, values, color=BLUE)
        axes.set_title(name, fontsize=10)
    run.picture("activations", figure)
    run.check("LeakyReLU(0.3) at -4", curves["LeakyReLU"][0], -1.2, 1e-6)
    run.check("ELU(1) at -4", curves["ELU"][0], np.expm1(-4.0), 1e-6)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
