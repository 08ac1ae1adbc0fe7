"""Is everything installed?  Imports, versions and devices (section 2.4, Q1.P46).

Data: none.  The book tests its installation by importing Keras and asking for the CUDA compiler.

    python -m experiments run q1_p46_installed
"""

import importlib.util

import jax

import jaxcnn
from experiments.program import Program
from experiments.run import Run

PROGRAM = Program(title="What is installed", ids=("Q1.P46",))


def main(run: Run) -> None:
    run.figure("jaxcnn", jaxcnn.__version__)
    run.figure("devices", [str(device) for device in jax.devices()])
    run.check("there is a device", jax.device_count() > 0, True)
    for name in ("jax", "flax", "optax", "h5py", "matplotlib", "PIL"):
        run.check(f"{name} is installed", importlib.util.find_spec(name) is not None, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
