"""Training on one GPU in bfloat16: jaxcnn compared with hand-written JAX and compiled PyTorch, in
one run.

    python -m experiments.benchmarks.gpu [--quick] [--networks resnet50_224,mnist_cnn] [--minutes 7]
    [--out DIR]

Runs from a bare checkout with what a machine for JAX or PyTorch has; a library that is not
installed, or finds no GPU, is left out and named. Measured are whole epochs, in turn, until the
time is up: images a second, and the share of the GPU's bfloat16 peak that the network's own
arithmetic amounts to (three times that of the forward pass). Writes gpu.json and gpu.png.
``--quick`` runs tiny networks on whatever device there is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.benchmarks.harness import (
    WARM_UP,
    Contestant,
    Process,
    Spread,
    run_as,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS, Network

_HERE = "experiments.benchmarks.contestants."
_LOW: dict[str, Any] = {"precision": "bfloat16"}
CONTESTANTS = {
    "jaxcnn": Contestant("jaxcnn", _HERE + "jaxcnn_fit", options=_LOW),
    "jax": Contestant(
        "JAX, scan over the epoch", _HERE + "plain_jax", options={**_LOW, "whole_epochs": True}
    ),
    "torch": Contestant(
        "PyTorch, autocast, compiled", _HERE + "pytorch", ("torch",), {**_LOW, "compiled": True}
    ),
}
GPU_NETWORKS = {
    "resnet50_224": replace(
        NETWORKS["resnet50"],
        title="ResNet-50, 224x224",
        input_shape=(224, 224, 3),
        batch_size=128,
        samples=128 * 16,
    ),
    "mnist_cnn": replace(NETWORKS["mnist_cnn"], samples=128 * 468),
    "cifar_cnn": replace(NETWORKS["cifar_cnn"], samples=128 * 390),
}
# Dense bfloat16 peaks in TFLOP/s, from the makers' data sheets, by what the name of the device
# contains.
PEAKS = {"H200": 989, "H100": 989, "A100": 312, "L40S": 362, "L4": 121, "A10": 125, "4090": 165}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="tiny networks, on any device")
    parser.add_argument(
        "--networks", default=",".join(GPU_NETWORKS), help=f"some of {', '.join(GPU_NETWORKS)}"
    )
    parser.add_argument("--minutes", type=float, default=7.0, help="for everything (default 7)")
    parser.add_argument(
        "--peak", type=float, help="TFLOP/s of the GPU in bfloat16, where the name does not tell"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("benchmark-results"),
        help="folder for gpu.json and gpu.png",
    )
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        name, network, mode = options.role
        run_as(CONTESTANTS[name], [described(network, small=mode == "check")], mode)
        return 0
    device = gpu_name()
    if device is None and not options.quick:
        print("No GPU found (nvidia-smi does not run); --quick tries the contestants on the CPU.")
        return 1
    peak = options.peak or next(
        (tflops for name, tflops in PEAKS.items() if name in (device or "")), None
    )
    deadline = time.monotonic() + 60 * options.minutes
    networks = options.networks.split(",")
    rows, bars, results = [], {}, {}
    for at, key in enumerate(networks):
        share = (deadline - time.monotonic()) / (len(networks) - at)
        network, rates = (
            GPU_NETWORKS[key],
            pictures_a_second(key, options.quick, time.monotonic() + share),
        )
        bars[f"{network.title}: pictures a second"] = {n: rate.median for n, rate in rates.items()}
        results[key] = {n: rate.as_json() for n, rate in rates.items()}
        base = rates.get("jaxcnn")
        for title, rate in rates.items():
            used = (
                f"{rate.median * network.flops() / peak / 1e12:.1%}"
                if peak and not options.quick
                else ""
            )
            ratio = f"{rate.median / base.median:.2f}" if base else ""
            rows.append(
                [f"{network.title}, batch {network.batch_size}", title, f"{rate:,.0f}", ratio, used]
            )
    report = table(["network", "", "pictures/s", "x jaxcnn", "of the peak"], rows)
    print(f"{device or 'no GPU'}, peak {peak or 'unknown'} TFLOP/s\n\n{report}")
    found = {"title": f"Training on {device}", "device": device, "peak_tflops": peak}
    write_json(options.out / "gpu.json", {**found, "report": report, "results": results})
    from experiments.benchmarks.page import draw

    draw(bars, options.out / "gpu.png")
    return 0


def described(name: str, small: bool) -> Network:
    """A network of this benchmark, or a miniature of it."""
    network = GPU_NETWORKS[name]
    return (
        replace(network.small(), input_shape=(32, 32, network.input_shape[-1]))
        if small
        else network
    )


def gpu_name() -> str | None:
    """What the driver calls the first GPU."""
    try:
        run = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.splitlines()[0].strip() or None


def pictures_a_second(network: str, quick: bool, deadline: float) -> dict[str, Spread]:
    """Contestant's title -> images a second of each epoch that fits before the deadline, three at
    least.

    One process at a time has the GPU, because each library takes most of its memory.
    """
    found = {}
    able = {
        name: contestant for name, contestant in CONTESTANTS.items() if contestant.missing() is None
    }
    for at, (name, contestant) in enumerate(able.items()):
        until = time.monotonic() + (deadline - time.monotonic()) / (len(able) - at)
        mode = "check" if quick else "epochs"
        process = Process("experiments.benchmarks.gpu", contestant, [name, network, mode])
        samples, rates = described(network, small=quick).samples, []
        try:
            if quick:
                rates = [samples / process.receive()["seconds"] for _ in range(3)]
            else:
                for _ in range(WARM_UP):
                    process.epoch()
                while len(rates) < 3 or (time.monotonic() < until and len(rates) < 20):
                    rates.append(samples / process.epoch()["seconds"])
            process.close()
        except RuntimeError as problem:
            print(f"{contestant.title} is left out: {str(problem).strip().splitlines()[-1]}")
            continue
        found[contestant.title] = Spread(tuple(rates))
    return found


if __name__ == "__main__":
    sys.exit(main())
