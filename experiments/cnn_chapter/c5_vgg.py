"""The six configurations of VGG (C5).

Data: none.

    python -m experiments run c5_vgg
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.layers import Conv2D, Dense

PROGRAM = Program(
    title="The six configurations of VGG",
    ids=("C5",),
    minutes=0.5,
    settings={"networks": 6},
    quick={"networks": 2},
)
NETWORKS = {  # configuration -> network, layers with weights, parameters
    "A": ("VGG11", 11, 132_863_336),
    "A-LRN": ("VGG11LRN", 11, 132_863_336),
    "B": ("VGG13", 13, 133_047_848),
    "C": ("VGG16C", 16, 133_638_952),
    "D": ("VGG16", 16, 138_357_544),
    "E": ("VGG19", 19, 143_667_240),
}


def main(run: Run) -> None:
    for configuration, (name, layers, parameters) in list(NETWORKS.items())[
        : run.settings.networks
    ]:
        model = getattr(applications, name)(weights=None)
        weighted = [layer for layer in model.layers if isinstance(layer, Conv2D | Dense)]
        run.check(f"{configuration}: layers with weights", len(weighted), layers)
        run.check(f"{configuration}: parameters", model.count_params(), parameters)
        run.check(f"{configuration}: output", model.output_shape, (None, 1000))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
