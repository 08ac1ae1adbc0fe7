"""How far data-parallel training scales: a model of a step in a few formulas, for two networks and
two clusters.

    python -m experiments.cluster.scaling [--network resnet50] [--batch 64]

prints the tables of SCALING.md. All numbers that the formulas start from are in `NETWORKS`,
`CLUSTERS` and `Assumptions`; what they leave out is said in SCALING.md.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.benchmarks.harness import table

SIZES = (8, 16, 64, 256, 1024, 4096)


@dataclass(frozen=True)
class Network:
    """What a training step of a network costs.

    Attributes:
        parameters: trained values, each with a float32 gradient.
        flops: operations of a training step on one sample, by XLA's count.
        statistics: channels of all batch normalisations together.
        norms: batch normalisations; the devices wait for each other at every one, forward and
            backward.
        sample_bytes: of the input, as it is read.
    """

    title: str
    parameters: int
    flops: float
    statistics: int
    norms: int
    sample_bytes: int

    def reduced_bytes(self) -> int:
        """Bytes that the devices add up in a step: gradients, and of each normalised channel a
        mean, a variance and, backward, one sum that is not a gradient of a weight.
        """
        return 4 * (self.parameters + 3 * self.statistics)


@dataclass(frozen=True)
class Cluster:
    """Devices in groups with fast links, and slower links between the groups.

    Attributes:
        peak: floating-point operations a second of a device, in bfloat16.
        group: devices with fast links to each other.
        inner: bytes a second that a device sends within the group.
        outer: bytes a second that a device sends to other groups.
        latency: seconds of one message, between groups.
        host_bytes: bytes a second of samples that a host makes ready for each of its devices.
    """

    title: str
    peak: float
    group: int
    inner: float
    outer: float
    latency: float
    host_bytes: float


@dataclass(frozen=True)
class Assumptions:
    """What holds for both: the share of `peak` that a step reaches on one device, and the share of
    the backward pass (two thirds of the computation) behind which the gradients' sums hide.
    """

    utilization: float
    overlap: float = 0.7


NETWORKS = {
    "resnet50": Network(
        "ResNet-50, 224x224", 25_583_592, 22_213_406_720, 26_560, 53, 224 * 224 * 3
    ),
    "p13": Network("P13, 32x32", 1_250_858, 121_657_224, 0, 0, 32 * 32 * 3),
}
CLUSTERS = {
    "h100": Cluster("H100, 8 a machine, 400 Gb/s each", 989e12, 8, 450e9, 50e9, 5e-6, 1.0e9),
    "tpu_v4": Cluster("TPU v4, one pod", 275e12, 4096, 100e9, 100e9, 2e-6, 0.5e9),
}
UTILIZATION = {"resnet50": 0.10, "p13": 0.03}


@dataclass(frozen=True)
class Step:
    """Seconds of a step: computing, adding up (all of it, and what of it nothing hides), waiting
    for input.
    """

    compute: float
    reduce: float
    exposed: float
    input: float

    @property
    def seconds(self) -> float:
        """Input is prepared during the step, so the longer of the two counts."""
        return max(self.compute + self.exposed, self.input)


def reduce_seconds(size: float, devices: int, cluster: Cluster) -> float:
    """Time to add up `size` bytes over devices: in each group a reduce-scatter and an all-gather in
    a ring, between groups every device adds up its part with its like, in a tree (Thakur et al.,
    Optimization of Collective Communication Operations in MPICH, 2005).
    """
    inside = min(devices, cluster.group)
    groups = math.ceil(devices / cluster.group)
    ring = 2 * (inside - 1) / inside * size / cluster.inner
    across = 2 * (groups - 1) / groups * (size / inside) / cluster.outer
    return ring + across + latency_seconds(devices, cluster)


def latency_seconds(devices: int, cluster: Cluster) -> float:
    """Of one sum over all devices, however small: up and down a tree."""
    return 2 * math.ceil(math.log2(devices)) * cluster.latency if devices > 1 else 0.0


def step(
    network: Network, cluster: Cluster, devices: int, batch: int, assumed: Assumptions
) -> Step:
    """A training step with `batch` samples a device."""
    compute = batch * network.flops / (cluster.peak * assumed.utilization)
    gradients = reduce_seconds(4 * network.parameters, devices, cluster) if devices > 1 else 0.0
    # Nothing can continue before the sums of a normalisation are there.
    statistics = 2 * network.norms * latency_seconds(devices, cluster)
    exposed = max(0.0, gradients - assumed.overlap * compute * 2 / 3) + statistics
    read = batch * network.sample_bytes / cluster.host_bytes
    return Step(compute, gradients + statistics, exposed, read)


def efficiency(
    network: Network, cluster: Cluster, devices: int, batch: int, assumed: Assumptions
) -> float:
    """Samples a second of a device among many, over those of one alone."""
    alone, among = (step(network, cluster, n, batch, assumed).seconds for n in (1, devices))
    return alone / among


def report(key: str, batch: int) -> str:
    """The table of a network with `batch` samples a device."""
    network, assumed = NETWORKS[key], Assumptions(UTILIZATION[key])
    rows = []
    for devices in SIZES:
        cells = [f"{devices:,}", f"{devices * batch:,}"]
        for cluster in CLUSTERS.values():
            found = step(network, cluster, devices, batch, assumed)
            share = efficiency(network, cluster, devices, batch, assumed)
            cells += [f"{1e3 * found.seconds:.2f}", f"{1e3 * found.reduce:.2f}", f"{share:.0%}"]
        rows.append(cells)
    header = ["devices", "batch"]
    for cluster in CLUSTERS.values():
        name = cluster.title.split(",")[0]
        header += [f"{name}: step ms", "sums ms", "efficiency"]
    return f"{network.title}, {batch} samples a device\n\n{table(header, rows)}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=NETWORKS, help="one of them; by default both")
    parser.add_argument("--batch", type=int, help="samples a device; by default 64 and 256")
    options = parser.parse_args(arguments)
    chosen = [options.network] if options.network else list(NETWORKS)
    batches = [options.batch] if options.batch else [64, 256]
    print("\n\n".join(report(key, batch) for key in chosen for batch in batches))


if __name__ == "__main__":
    main()
