"""LeNet-5 layer by layer: sizes, parameters and connections; and a convolution by hand (section
2.1, P02).

Data: none. The network is the published one, with trained subsampling and C3's partial connections.

    python -m experiments run p02_lenet_counts
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications.lenet import CONNECTIONS, LeNet5Classic
from jaxcnn.vision import correlate

PROGRAM = Program(title="LeNet-5 counted", ids=("P02",))
SIZES = {"C1": 28, "S2": 14, "C3": 10, "S4": 5, "C5": 1}
PARAMETERS = {"C1": 156, "S2": 12, "C3": 1_516, "S4": 32, "C5": 48_120, "F6": 10_164}
CONNECTED = {"C1": 122_304, "S2": 5_880, "C3": 151_600, "S4": 2_000, "C5": 48_120, "F6": 10_164}


def main(run: Run) -> None:
    model = LeNet5Classic(activation="sigmoid")
    model.summary()
    layers = {layer.name: layer for layer in model.layers}
    for name, size in SIZES.items():
        run.check(f"{name}: side of a map", layers[name].output_shape[1], size)
    for name, expected in PARAMETERS.items():
        run.check(f"{name}: parameters", layers[name].count_params(), expected)
    for name, expected in CONNECTED.items():
        maps = layers[name].output_shape[-1]
        positions = SIZES.get(name, 1) ** 2
        # A convolution's weights are used at each position, a subsampling's coefficient for each of
        # four pixels.
        uses = maps * (2 * 2 + 1) if name.startswith("S") else layers[name].count_params()
        run.check(f"{name}: connections", uses * positions, expected)
    run.check(
        "maps of S2 that maps of C3 see",
        [len(seen) for seen in CONNECTIONS],
        [3] * 6 + [4] * 9 + [6],
    )
    run.check("inputs of an output unit", layers["output"].input_shape[-1], 84)

    # A window of 2 x 2 with the weight 0.2, and the mean of the four products
    matrix = np.array([[1, 2, 3], [4, 5, 6]], np.float32)[..., None]
    found = np.asarray(correlate(matrix, np.full((2, 2), 0.2 / 4)))[1, 1:, 0]
    run.check("the convolution by hand", found, [0.6, 0.8], 1e-6)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
