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
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import jax
import numpy as np

import jaxcnn as jc
from experiments.benchmarks.harness import table
from experiments.cluster import train
from experiments.cluster.collectives import KINDS, Collective, collectives
from experiments.cluster.scaling import CLUSTERS, Assumptions, Network, efficiency
from jaxcnn.distributed.overlap import overlap_options
from jaxcnn.distributed.placement import Distribution
from jaxcnn.layers import Dense, Input
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.state import TrainState, init_state
from jaxcnn.training.steps import Step, train_step


def resnet50() -> jc.Model:
    """ResNet-50 for images of 224 by 224."""
    return jc.applications.ResNet50(weights=None)


def dense1b() -> jc.Model:
    """A billion weights in layers that are all alike."""
    hidden = [Dense(8192, activation="relu") for _ in range(15)]
    return jc.Sequential([Input((8192,)), *hidden, Dense(1000, activation="softmax")])


# The images and labels of a batch.
Samples: TypeAlias = tuple[jax.ShapeDtypeStruct, jax.ShapeDtypeStruct]


@dataclass(frozen=True)
class Case:
    """A network and the share of a device's peak that its step is taken to reach."""

    make: Callable[[], jc.Model]
    utilization: float


CASES = {
    "p12": Case(train.network, 0.03),
    "resnet50": Case(resnet50, 0.10),
    "dense1b": Case(dense1b, 0.40),
}


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
        ValueError: another platform, a topology that is not known, or libtpu is in use.
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
    if importlib.util.find_spec("libtpu") is None:
        raise ImportError('libtpu compiles for TPUs: pip install ".[tpu]"')
    try:
        return list(topologies.get_topology_desc(size, "tpu").devices)
    except RuntimeError as error:
        if "libtpu_lockfile" in str(error):
            raise ValueError(
                "Another process uses libtpu, which works for one at a time: wait for its end."
            ) from error
        raise ValueError(f"The topology {size!r} is not known: {error}") from error


def shapes_of(title: str, samples: int) -> tuple[Step, TrainState, Samples]:
    """The step of a network, and the shapes of its state and of a batch; no arrays are made."""
    model = CASES[title].make()
    optimizer = jc.optimizers.SGD(lr=0.01, momentum=0.9)
    step = train_step(model.module, "categorical_crossentropy", optimizer)
    images, labels = (
        jax.ShapeDtypeStruct((samples, *tensor.shape[1:]), np.float32)
        for tensor in (model.inputs[0], model.outputs[0])
    )
    state = jax.eval_shape(lambda x: init_state(model.module, optimizer, x, seed=0), images)
    return step, state, (images, labels)


def compiled(title: str, devices: Sequence[jax.Device], batch: int, fsdp: bool) -> Findings:
    """The training step of a network with `batch` samples a device, compiled for these devices."""
    distribution = Distribution(jax.sharding.Mesh(np.array(devices), ("data",)), fsdp=fsdp)
    step, state, samples = shapes_of(title, batch * len(devices))

    def lying(tree: PyTree, shardings: PyTree) -> PyTree:
        return jax.tree.map(
            lambda a, s: jax.ShapeDtypeStruct(a.shape, a.dtype, sharding=s), tree, shardings
        )

    along = jax.sharding.NamedSharding(distribution.mesh, jax.sharding.PartitionSpec("data"))
    given = lying(state, distribution.shardings(state)), lying(samples, (along, along))
    options = overlap_options(devices[0].platform)
    jitted = jax.jit(distribution.step(step), donate_argnums=0, compiler_options=options)
    program = jitted.lower(*given).compile()
    used = program.memory_analysis()
    memory = {
        "state and batch": used.argument_size_in_bytes,
        "results that are not kept in place": used.output_size_in_bytes - used.alias_size_in_bytes,
        "while computing": used.temp_size_in_bytes,
    }
    network = described(title, step, state, samples)
    return Findings(network, memory, collectives(program.as_text()))


def described(title: str, step: Step, state: TrainState, batch: Samples) -> Network:
    """What scaling is predicted from, for images that are read as a byte a value."""
    one = Dispatcher(lambda state, batch: step(state, batch)[0], donate=False)
    samples, statistics = len(batch[0]), jax.tree.leaves(state.collections.get("batch_stats", {}))
    return Network(
        title,
        sum(array.size for array in jax.tree.leaves(state.params)),
        one.flops(state, batch) / samples,
        sum(array.size for array in statistics) // 2,
        len(statistics) // 2,
        sample_bytes=batch[0].size // samples,
    )


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
