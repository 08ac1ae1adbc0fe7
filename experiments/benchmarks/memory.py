"""Where the memory of a training goes: the parts of what `fit` keeps resident, and PyTorch's peak.

    python -m experiments.benchmarks.memory [--networks mnist_cnn,cifar_cnn,resnet50,lstm]
    [--batches 32,256] [--out PROFILE.md]

Each network is trained in a process of its own, two steps an epoch, of which none is compiled
before. Resident memory is read when something has been done, and its peak between two such points;
arrays are counted by their sizes, and the buffers of the step are those that XLA plans. A table
takes the place of the last one of its network in the page, and what else stands there stays.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.benchmarks.harness import Process, Session, describe_machine, table
from experiments.benchmarks.networks import NETWORKS, Network
from experiments.benchmarks.train_step import CONTESTANTS, chosen

HERE = Path(__file__).parent
PROGRAM = "experiments.benchmarks.memory"
HEADING = "# Where the memory of a training goes"
ABOUT = (
    "XLA's temporary buffers hold the activations that the backward pass reads, gradients and\n"
    "oneDNN's workspaces."
)
STEPS, EPOCHS = 2, 3
TORCH = "torch"
PEAK, PEAK_OF_TORCH = "peak while training", "PyTorch eager, peak of the process"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--networks", default="mnist_cnn,cifar_cnn,resnet50,lstm", help="some of them"
    )
    parser.add_argument("--batches", default="32,256", help="samples a batch")
    parser.add_argument("--out", type=Path, default=HERE / "PROFILE.md", help="the page to write")
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        return take_part(*options.role)
    sizes = [int(size) for size in options.batches.split(",")]
    machine = describe_machine()
    page = options.out.read_text() if options.out.exists() else ""
    before, _, section = page.partition(HEADING)
    tables = dict(part.split("\n", 1) for part in section.split("\n## ")[1:])
    for name in chosen(parser, options.networks, NETWORKS):
        columns = [measured(name, size) for size in sizes]
        header = ["", *(f"batch {size}" for size in sizes)]
        rows = [[row, *(column[row] for column in columns)] for row in columns[0]]
        origin = (
            f"Made by `python -m {PROGRAM} --networks {name} --batches {options.batches}`\n"
            f"on {machine['processor']}, {machine['cores']} cores; {machine['date']}, in MiB."
        )
        tables[NETWORKS[name].title] = f"\n{origin}\n\n{table(header, rows)}"
        print(NETWORKS[name].title + tables[NETWORKS[name].title], end="\n\n", flush=True)
    parts = [f"## {title}\n{text.rstrip()}" for title, text in tables.items()]
    written = [before.rstrip("\n")] if before.strip() else []
    options.out.write_text("\n\n".join([*written, HEADING, ABOUT, *parts]) + "\n")
    return 0


def measured(name: str, size: int) -> dict[str, str]:
    """The column of a network and a batch size: row -> MiB, ratio where the row is one."""
    process = Process(PROGRAM, CONTESTANTS["jaxcnn"], ["parts", name, str(size)], JAXCNN_CACHE="0")
    parts = process.receive()
    process.close()
    column = {row: f"{value:.0f}" for row, value in parts.items()}
    if CONTESTANTS[TORCH].missing() is None:
        process = Process(PROGRAM, CONTESTANTS[TORCH], [TORCH, name, str(size)])
        peak = [process.epoch()["peak_mib"] for _ in range(EPOCHS)][-1]
        process.close()
        column |= {PEAK_OF_TORCH: f"{peak:.0f}", "jaxcnn over PyTorch": f"{parts[PEAK] / peak:.2f}"}
    return column


def take_part(role: str, name: str, size: str) -> int:
    """Be the process of a contestant."""
    network = replace(NETWORKS[name], batch_size=int(size), samples=STEPS * int(size))
    if role == TORCH:
        from experiments.benchmarks.contestants import pytorch

        pytorch.train(network, Session("epochs"))
        return 0
    print(json.dumps(parts_of(network)), flush=True)
    return 0


def parts_of(network: Network) -> dict[str, float]:
    """The parts of the memory of this process while it trains, in MiB."""
    start = resident()
    import jaxcnn  # noqa: F401  for what its import takes
    from experiments.benchmarks.contestants.jaxcnn_fit import build

    imported = resident()
    model, (x, y) = build(network), network.data()
    fitting: dict[str, Any] = {"batch_size": network.batch_size, "verbose": 0}
    before = resident()
    model.fit(x, y, epochs=EPOCHS, **fitting)
    first = resident(peak=True)
    forget_peak()
    model.fit(x, y, epochs=EPOCHS, **fitting)
    peak = resident(peak=True)
    plan = plan_of(model, x[: network.batch_size], y[: network.batch_size])
    weights, optimizer = mebibytes(model.variables), mebibytes(model.opt_state)
    arrays, temporary = mebibytes([x, y]), plan.temp_size_in_bytes / 2**20
    known = imported + 2 * weights + optimizer + arrays + temporary
    return {
        "Python and what stands in memory before jaxcnn": start,
        "import of jaxcnn, JAX and Flax": imported - start,
        "weights and statistics, of the layers": weights,
        "the same, of the running fit": weights,
        "state of the optimizer": optimizer,
        "data set": arrays,
        "temporary buffers of the step, by XLA": temporary,
        "all else: compiled programs, traces, freed memory that is kept": peak - known,
        "before the first step": before,
        "peak of the first training, with compilation": first,
        PEAK: peak,
    }


def plan_of(model: Any, x: Any, y: Any) -> Any:
    """What XLA plans for the memory of one training step."""
    from jaxcnn.training.state import from_variables
    from jaxcnn.training.steps import Batch

    metrics = model.program.objective.init_metrics()
    state = from_variables(model.variables, model.optimizer, metrics=metrics)
    dispatcher = model.functions.train.dispatcher
    return dispatcher.single.lower(state, Batch(x, [y], [None])).compile().memory_analysis()


def mebibytes(tree: Any) -> float:
    """The size of the arrays of a tree."""
    import jax

    return sum(array.nbytes for array in jax.tree.leaves(tree)) / 2**20


def resident(peak: bool = False) -> float:
    """The MiB of this process that lie in memory, now or at most since `forget_peak`."""
    name = "VmHWM:" if peak else "VmRSS:"
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def forget_peak() -> None:
    """Let the kernel measure the peak of this process anew."""
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    sys.exit(main())
