"""A training step compiled for devices that are not there: what it takes of each, before a job asks
for them.

    python -m experiments.cluster.dry_run --network p12 --devices cpu:8
    python -m experiments.cluster.dry_run --network dense1b --devices tpu:v4:2x2x2 --fsdp

prints the memory of a device, the bytes that it sends in a step, and the efficiency that SCALING.md
predicts. ``cpu:N`` are N simulated devices; ``tpu:TOPOLOGY`` are those of a Cloud TPU, for which
libtpu compiles on any Linux machine (``pip install ".[tpu]"``). No weights are made.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import numpy as np

import jaxcnn as jc
from experiments.benchmarks.harness import table
from experiments.cluster.collectives import KINDS, Collective, collectives
from experiments.cluster.scaling import CLUSTERS, Assumptions, Network, efficiency
from jaxcnn.distributed.placement import Distribution
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.state import init_state
from jaxcnn.training.steps import train_step


def p12() -> jc.Model:
    """The MNIST network of the image book."""
    layers = [
        Conv2D(32, 3, activation="relu"),
        Conv2D(64, 3, activation="relu"),
        MaxPooling2D(),
        Dropout(0.25),
        Flatten(),
        Dense(128, activation="relu"),
        Dropout(0.5),
        Dense(10, activation="softmax"),
    ]
    return jc.Sequential([Input((28, 28, 1)), *layers])


def resnet50() -> jc.Model:
    """ResNet-50 for images of 224 by 224."""
    return jc.applications.ResNet50(weights=None)


def dense1b() -> jc.Model:
    """A billion weights in layers that are all alike."""
    hidden = [Dense(8192, activation="relu") for _ in range(15)]
    return jc.Sequential([Input((8192,)), *hidden, Dense(1000, activation="softmax")])


@dataclass(frozen=True)
class Case:
    """A network and the share of a device's peak that its step is taken to reach."""

    make: Callable[[], jc.Model]
    utilization: float


CASES = {"p12": Case(p12, 0.03), "resnet50": Case(resnet50, 0.10), "dense1b": Case(dense1b, 0.40)}


@dataclass(frozen=True)
class Findings:
    """What is known of a compiled step.

    Attributes:
        network: what scaling is predicted from.
        memory: bytes on each device, by what they hold.
        calls: in which the devices take part together.
    """

    network: Network
    memory: dict[str, int]
    calls: list[Collective]


def devices_of(named: str) -> list[jax.Device]:
    """The devices of ``cpu:N`` or ``tpu:TOPOLOGY``.

    Raises:
        ValueError: another platform, or a topology that is not known.
        ImportError: libtpu is missing.
    """
    platform, _, size = named.partition(":")
    if platform == "cpu" and size.isdigit() and int(size):
        jax.config.update("jax_num_cpu_devices", int(size))
        return jax.devices("cpu")
    if platform != "tpu" or not size:
        raise ValueError(f"--devices is {named!r}; cpu:8 or tpu:v4:2x2x1 are examples.")
    from jax.experimental import topologies

    os.environ.setdefault("TPU_SKIP_MDS_QUERY", "1")  # there is no service to ask here
    os.environ.setdefault("TPU_WORKER_HOSTNAMES", "localhost")
    try:
        return list(topologies.get_topology_desc(size, "tpu").devices)
    except RuntimeError as error:
        if "libtpu" not in str(error):
            raise ValueError(f"The topology {size!r} is not known: {error}") from error
        raise ImportError('libtpu compiles for TPUs: pip install ".[tpu]"') from error


def compiled(title: str, devices: Sequence[jax.Device], batch: int, fsdp: bool) -> Findings:
    """The training step of a network with `batch` samples a device, compiled for these devices."""
    model = CASES[title].make()
    distribution = Distribution(jax.sharding.Mesh(np.array(devices), ("data",)), fsdp=fsdp)
    optimizer = jc.optimizers.SGD(lr=0.01, momentum=0.9)
    step = train_step(model.module, "categorical_crossentropy", optimizer)
    shapes = [(batch * len(devices), *t.shape[1:]) for t in (*model.inputs, *model.outputs)]
    images, labels = (jax.ShapeDtypeStruct(shape, np.float32) for shape in shapes)
    state = jax.eval_shape(lambda x: init_state(model.module, optimizer, x, seed=0), images)

    def lying(tree: PyTree, shardings: PyTree) -> PyTree:
        return jax.tree.map(
            lambda a, s: jax.ShapeDtypeStruct(a.shape, a.dtype, sharding=s), tree, shardings
        )

    along = jax.sharding.NamedSharding(distribution.mesh, jax.sharding.PartitionSpec("data"))
    given = lying(state, distribution.shardings(state)), lying((images, labels), (along, along))
    program = jax.jit(distribution.step(step), donate_argnums=0).lower(*given).compile()
    used = program.memory_analysis()
    memory = {
        "state and batch": used.argument_size_in_bytes,
        "results that are not kept in place": used.output_size_in_bytes - used.alias_size_in_bytes,
        "while computing": used.temp_size_in_bytes,
    }
    one = Dispatcher(lambda state, batch: step(state, batch)[0], donate=False)
    flops = one.flops(state, (images, labels)) / (batch * len(devices))
    statistics = jax.tree.leaves(state.collections.get("batch_stats", {}))
    network = Network(
        title,
        sum(array.size for array in jax.tree.leaves(state.params)),
        flops,
        sum(array.size for array in statistics) // 2,
        len(statistics) // 2,
        sample_bytes=images.size // images.shape[0] * 4,
    )
    return Findings(network, memory, collectives(program.as_text()))


def report(found: Findings, devices: int, batch: int) -> str:
    """What is printed of a compiled step."""
    mebibytes = [[name, f"{size / 2**20:,.1f}"] for name, size in found.memory.items()]
    mebibytes.append(["all", f"{sum(found.memory.values()) / 2**20:,.1f}"])
    sent = [
        [kind, f"{len(calls)}", f"{sum(c.sent(devices) for c in calls) / 2**20:,.2f}"]
        for kind in KINDS
        if (calls := [c for c in found.calls if c.kind == kind])
    ]
    assumed = Assumptions(CASES[found.network.title].utilization)
    shares = [
        [cluster.title, f"{efficiency(found.network, cluster, devices, batch, assumed):.0%}"]
        for cluster in CLUSTERS.values()
    ]
    network = found.network
    return "\n\n".join(
        [
            f"{network.title}: {network.parameters:,} weights, {network.flops / 1e9:,.2f} GFLOP a "
            f"sample and step; {devices} devices, {batch} samples each",
            table(["memory of a device", "MiB"], mebibytes),
            table(["a device sends in a step", "calls", "MiB"], sent),
            table(["predicted (SCALING.md; weights whole on each)", "efficiency"], shares),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=CASES, default="p12")
    parser.add_argument("--devices", default="cpu:8", metavar="PLATFORM:SIZE")
    parser.add_argument("--batch", type=int, default=64, help="samples a device (default 64)")
    parser.add_argument("--fsdp", action="store_true", help="cut the weights over the devices too")
    options = parser.parse_args(arguments)
    try:
        devices = devices_of(options.devices)
    except (ImportError, ValueError) as error:
        parser.error(str(error))
    found = compiled(options.network, devices, options.batch, options.fsdp)
    print(report(found, len(devices), options.batch))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
