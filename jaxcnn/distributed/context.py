"""One word to train on many devices: `distribute`."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence

import jax
import numpy as np
from jax.sharding import Mesh

from jaxcnn.distributed.peers import Peers
from jaxcnn.distributed.placement import BATCH_AXIS, Distribution
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Config

HEARTBEAT = 50  # seconds; JAX's 100 would let the living wait for the dead for longer than a minute
_current: list[Distributed] = []  # the innermost last


class Distributed:
    """A distribution in force, until the end of a ``with`` block or a call of `end`."""

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        _current.append(self)

    def end(self) -> None:
        """Compile for one device again."""
        if self in _current:
            _current.remove(self)

    def __enter__(self) -> Distributed:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()


def distribute(
    data: int = -1,
    model: int = 1,
    *,
    mesh: Mesh | None = None,
    rules: Mapping[str, Sequence[str | None]] | None = None,
    fsdp: bool = False,
    local_statistics: bool = False,
) -> Distributed:
    """Let models that are compiled from now on use many devices, of this machine or of all machines
    of a job.

    ``batch_size`` stays the size of the whole batch; `fit`, `evaluate` and `predict` give what one
    device would give. In a job of several processes (SLURM, Open MPI, Kubernetes, Cloud TPU,
    ``python -m jaxcnn.launch``) this must come before anything else touches a device; every process
    runs the same program and passes the same arrays.

    Args:
        data: over how many devices batches are cut; -1 takes all that `model` leaves.
        model: how many devices share the weights that `rules` cut over the axis ``"model"``.
        mesh: a `jax.sharding.Mesh` with an axis ``"data"``, instead of the two numbers.
        rules: regular expression found in a weight's path ("dense_1/kernel") -> for each of its
            axes the mesh axis that cuts it, or None.
        fsdp: cut every large weight, with what the optimizer keeps for it, over the devices that
            share the batch.
        local_statistics: let each device normalise its part of a batch by the statistics of that
            part (BatchNormalization). Steps are faster, as the devices need not wait for each other
            at each of these layers, but no longer those of one device; the running statistics move
            by the mean of all parts'.

    Raises:
        ValueError: devices that are not there, or a mesh and rules that do not fit.
    """
    join_job()
    if mesh is None:
        devices = jax.devices()
        if model < 1 or len(devices) % model:
            raise ValueError(
                f"`model` is {model}; it must divide the number of devices, {len(devices)}."
            )
        if data == -1:
            data = len(devices) // model
        if data < 1 or data * model > len(devices):
            raise ValueError(
                f"distribute(data={data}, model={model}) needs {data * model} devices; there are "
                f"{len(devices)} ({devices[0].platform}). On a CPU, "
                "XLA_FLAGS=--xla_force_host_platform_device_count=8 makes several."
            )
        grid = np.array(devices[: data * model]).reshape(data, model)
        mesh = Mesh(grid, (BATCH_AXIS, "model"))
    return Distributed(Distribution(mesh, rules, fsdp, local_statistics))


def current() -> Distribution | None:
    """The `Distribution` in force, or None."""
    return _current[-1].distribution if _current else None


def join_job(timeout: float = 300.0) -> None:
    """Join the other processes where the environment says that there are some; otherwise, and
    again, do nothing.

    ``JAX_COORDINATOR_ADDRESS`` with ``JAX_NUM_PROCESSES`` and ``JAX_PROCESS_ID``, as
    ``python -m jaxcnn.launch`` and most hand-written jobs set them, go before what JAX finds out by
    itself (SLURM, Open MPI, Kubernetes, Cloud TPU). ``JAXCNN_JOB=1`` says that this is a job where
    no variable shows it, as on the machines of a Cloud TPU slice. A process that dies without a
    word is missed after `HEARTBEAT` seconds; all the others then end, naming it.

    Args:
        timeout: seconds to wait for the others.

    Raises:
        RuntimeError: the coordinator cannot be reached in that time.
    """
    if jax.distributed.is_initialized() or not _in_a_job():
        return
    # Without this the processes of a job on CPUs cannot exchange anything.
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    explicit: Config = {}
    if "JAX_NUM_PROCESSES" in os.environ:
        explicit = {
            "coordinator_address": os.environ.get("JAX_COORDINATOR_ADDRESS"),
            "num_processes": int(os.environ["JAX_NUM_PROCESSES"]),
            "process_id": int(os.environ.get("JAX_PROCESS_ID", "0")),
        }
        if explicit["process_id"] != 0:
            _await_coordinator(explicit["process_id"], explicit["coordinator_address"], timeout)
    jax.distributed.initialize(
        **explicit, initialization_timeout=int(timeout), heartbeat_timeout_seconds=HEARTBEAT
    )
    _watch_the_others()
    if not config.seed_is_set():  # all processes draw the same numbers
        from jax.experimental import multihost_utils

        drawn = multihost_utils.broadcast_one_to_all(np.uint32(config.seed()))
        config.set_random_seed(int(drawn))


def _watch_the_others() -> None:
    """Let this process say which other is lost where it ends for it."""
    from jax._src.distributed import global_state as state  # the coordinator has no public name

    if state.num_processes > 1 and state.client is not None:
        Peers(state.client, state.process_id, str(state.coordinator_address), HEARTBEAT).begin()


def _await_coordinator(number: int, address: str | None, timeout: float) -> None:
    """Wait until process 0 listens: JAX would end this process without a word of where it tried."""
    host, _, port = (address or "").rpartition(":")
    if not host or not port.isdigit():
        raise RuntimeError(
            f"JAX_NUM_PROCESSES is set, but JAX_COORDINATOR_ADDRESS is {address!r}; it must be "
            "HOST:PORT of process 0."
        )
    deadline = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1.0).close()
            return
        except OSError as problem:
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"Process {number} could not reach process 0 at {address} within {timeout:.0f} "
                    f"s ({problem}). Is process 0 running, and is its port open to this machine?"
                ) from None
        time.sleep(0.2)


def _in_a_job() -> bool:
    """Whether the environment is that of a job of several processes."""
    if os.environ.get("JAXCNN_JOB") == "1":
        return True
    counts = ("JAX_NUM_PROCESSES", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE", "JOBSET_REPLICAS")
    several = any(os.environ.get(name, "1") not in ("", "1") for name in counts)
    return several or len(os.environ.get("TPU_WORKER_HOSTNAMES", "").split(",")) > 1
