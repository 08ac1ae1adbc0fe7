"""Initial weights: by name, as objects, by a function of one's own (section 7.5, Q2.P15).

Data: none. The image shows 10,000 weights of each kind for a layer of 784 inputs and 128 outputs.

    python -m experiments run q2_p15_initializers
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import initializers
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.visualization.figure import BLUE, new_figure, plain_axes

PROGRAM = Program(title="Initial weights", ids=("Q2.P15",))


def my_init(shape, dtype=None):
    return K.random_normal(shape, dtype=dtype)


def weights(initializer) -> np.ndarray:
    model = Sequential(
        [Dense(128, input_dim=784, kernel_initializer=initializer, bias_initializer="zeros")]
    )
    return model.get_weights()[0]


def main(run: Run) -> None:
    kinds = {
        "random_uniform": ("random_uniform", 0.05 / np.sqrt(3)),
        "random_normal": ("random_normal", 0.05),
        "random_normal(0.01)": (initializers.random_normal(stddev=0.01), 0.01),
        "truncated_normal": (initializers.TruncatedNormal(stddev=0.05), 0.05 * 0.8796),
        "lecun_uniform": ("lecun_uniform", np.sqrt(1 / 784)),
        "glorot_uniform": ("glorot_uniform", np.sqrt(2 / (784 + 128))),
        "he_normal": ("he_normal", 0.8796 * np.sqrt(2 / 784)),
        "he_uniform": ("he_uniform", np.sqrt(2 / 784)),
        "my_init": (my_init, 1.0),
    }
    figure = new_figure(11, 8)
    for i, (name, (initializer, deviation)) in enumerate(kinds.items()):
        found = weights(initializer)
        run.check(
            f"{name}: deviation over what is expected", float(found.std() / deviation), 1.0, 0.02
        )
        axes = figure.add_subplot(3, 3, i + 1)
        plain_axes(axes)
        axes.hist(found.ravel()[:10_000], bins=60, color=BLUE)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("weight")
        axes.set_ylabel("how many" if i % 3 == 0 else "")
    run.picture("weights", figure)
    orthogonal = weights("orthogonal")
    run.check(
        "orthogonal: columns at right angles",
        np.abs(orthogonal.T @ orthogonal - np.eye(128)).max(),
        0,
        1e-4,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
