"""How near a training step comes to what the machine can do: the roofline of the networks.

    python -m experiments.benchmarks.roofline [--quick] [--networks mnist_cnn,lstm] [--repeats 7]
    [--out DIR]

A step multiplies and adds, and it moves memory. What its kernels do of both is counted in the
compiled program (:mod:`experiments.benchmarks.limits`); how fast the machine does either is
measured by one large product of matrices and one large sum of arrays. The limit of a step is the
longer of the two times, as if all its multiplications ran at once with all its traffic; the other
limit, kernel by kernel, is the sum of those of its kernels, and cannot be overlapped. Everything is
counted in seconds of processor time, which other programs on the machine disturb little, but for
PyTorch's, whose threads spin while they wait for each other; the best of the repeats counts, on
both sides. What stays in the caches between two kernels moves faster than memory. ``--quick``
measures nothing: it checks what is counted against the arithmetic of the layers.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from experiments.benchmarks.harness import Process, interleaved, table, write_json
from experiments.benchmarks.limits import Pace, Work, limits, measure, work
from experiments.benchmarks.networks import NETWORKS, Network
from experiments.benchmarks.train_step import CONTESTANTS, OURS, chosen

SHOWN = "mlp,mnist_cnn,cifar_cnn,resnet50,lstm"
COMPARED = (OURS, "torch")
LEAST, GREATEST = 0.6, 1.05  # of three forward passes, what a step multiplies


@dataclass(frozen=True)
class Step:
    """One training step: its work, the limit kernel by kernel, and the processor time that each
    contestant took, in seconds.
    """

    title: str
    work: Work
    by_kernel: float
    took: Mapping[str, float]

    def limit(self, pace: Pace) -> float:
        """The least processor time of the step."""
        return max(self.work.flops / pace.flops, self.work.bytes / pace.bytes)

    def row(self, pace: Pace) -> list[str]:
        ours, limit = self.took[OURS], self.limit(pace)
        binding = "products" if self.work.flops / pace.flops == limit else "memory"
        return [
            self.title,
            f"{self.work.flops / 1e9:.2f}",
            f"{self.work.bytes / 2**20:,.0f}",
            f"{self.work.flops / self.work.bytes:.1f}",
            f"{limit * 1e3:.3g} ({binding})",
            f"{self.by_kernel * 1e3:.3g}",
            f"{ours * 1e3:.3g}",
            f"{limit / ours:.0%}",
            f"{self.by_kernel / ours:.0%}",
            f"{limit / self.took['torch']:.0%}" if "torch" in self.took else "",
        ]


HEADER = (
    "a training step",
    "GFLOP",
    "MiB moved",
    "FLOP a byte",
    "limit, CPU ms",
    "kernel by kernel",
    "jaxcnn, CPU ms",
    "of the limit",
    "of the kernels' limits",
    "PyTorch, of the limit",
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only check what is counted")
    parser.add_argument("--networks", default=SHOWN, help=f"some of {', '.join(NETWORKS)}")
    parser.add_argument(
        "--repeats", type=int, default=7, help="epochs measured of each contestant (default 7)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for roofline.json"
    )
    options = parser.parse_args(arguments)
    networks = chosen(parser, options.networks, NETWORKS)
    if options.quick:
        return check(networks)
    paces = [measure(time.process_time)]
    took = {}
    for name in networks:
        took[name] = processor_time(name, options.repeats)
        paces.append(measure(time.process_time))
        print(NETWORKS[name].title, took[name], paces[-1], flush=True)
    pace = Pace(max(p.flops for p in paces), max(p.bytes for p in paces))
    steps = [counted(NETWORKS[name], pace, took[name]) for name in networks]
    report = (
        f"In a second of processor time a core multiplies and adds {pace.flops / 1e9:.1f}e9 times "
        f"in float32 and moves {pace.bytes / 1e9:.1f} GB.\n\n"
        + table(HEADER, [step.row(pace) for step in steps])
    )
    print(report)
    roof = {
        **asdict(pace),
        "points": {
            step.title: [step.work.flops / step.work.bytes, step.work.flops / step.took[OURS]]
            for step in steps
        },
    }
    write_json(options.out / "roofline.json", {"title": "Roofline", "report": report, "roof": roof})
    return 0


def check(networks: Sequence[str]) -> int:
    """Compare what is counted of each step with the arithmetic of its layers; the exit status.

    Three forward passes are a little too many, because the first layer needs no gradient of its
    input.
    """
    failures = 0
    for name in networks:
        network = NETWORKS[name]
        share = counted(network, Pace(1.0, 1.0), {}).work.flops / (
            network.flops() * network.batch_size
        )
        failures += not LEAST < share < GREATEST
        print(f"  {network.title:24} {share:.2f} of three forward passes")
    return int(failures > 0)


def processor_time(network: str, repeats: int) -> dict[str, float]:
    """The least processor time of a step, of each contestant that is installed."""
    able = [name for name in COMPARED if CONTESTANTS[name].missing() is None]
    program = "experiments.benchmarks.train_step"
    processes = {
        name: Process(program, CONTESTANTS[name], [name, network, "epochs"]) for name in able
    }
    rounds = interleaved(processes, repeats)
    for process in processes.values():
        process.close()
    steps = NETWORKS[network].steps
    return {name: min(m["cpu"] for m in messages) / steps for name, messages in rounds.items()}


def counted(network: Network, pace: Pace, took: Mapping[str, float]) -> Step:
    """The step of our network with its work."""
    from experiments.benchmarks.contestants.jaxcnn_fit import build
    from experiments.benchmarks.profile import one_step

    model = build(network)
    x, y = (array[: network.batch_size] for array in network.data())
    model.train_on_batch(x, y)  # makes the functions for such data
    program = one_step(model, x, y)
    by_kernel = sum(limit.seconds for limit in limits(program, pace).values())
    title = f"{network.title}, {network.batch_size}"
    return Step(title, work(program), by_kernel, took)


if __name__ == "__main__":
    sys.exit(main())
