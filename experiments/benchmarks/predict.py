"""How long `predict` takes: jaxcnn compared with Keras 3, PyTorch and hand-written JAX, in one run.

    python -m experiments.benchmarks.predict [--quick] [--networks mnist_cnn,resnet50] [--repeats 7]
    [--out DIR]

Every contestant holds the same network with the same weights and predicts the same samples in
batches, each in the way of its library, from arrays in memory to an array in memory. ``--quick``
only checks that the predictions agree.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.benchmarks.harness import (
    Process,
    Spread,
    describe_machine,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import CONTESTANTS, OURS, chosen

NAMES = tuple(name for name in CONTESTANTS if name != "jax_scan")
TOLERANCE = 1e-5


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs and agrees"
    )
    parser.add_argument(
        "--networks", default="mnist_cnn,resnet50,mlp", help=f"some of {', '.join(NETWORKS)}"
    )
    parser.add_argument(
        "--contestants", default=",".join(NAMES), help=f"some of {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--repeats", type=int, default=7, help="rounds measured of each contestant (default 7)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for predict.json"
    )
    options = parser.parse_args(arguments)
    networks, names = (
        chosen(parser, options.networks, NETWORKS),
        chosen(parser, options.contestants, NAMES),
    )
    able = [name for name in names if CONTESTANTS[name].missing() is None]
    if options.quick:
        return check(networks, able)
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    reports, bars = [], {}
    for key in networks:
        network, processes = NETWORKS[key], {name: start(name, key, "predict") for name in able}
        batches = {
            name: Spread(tuple(message["seconds"] / network.steps * 1e3 for message in messages))
            for name, messages in interleaved(processes, options.repeats).items()
        }
        for process in processes.values():
            process.close()
        base = batches.get(OURS, batches[able[0]])
        rows = [
            [CONTESTANTS[n].title, f"{ms:.3g}", f"{ms.over(base):.2f}"] for n, ms in batches.items()
        ]
        reports.append(
            f"predict, {network.title}, batch {network.batch_size} (medians; least-greatest in "
            "brackets)\n" + table(["", "ms a batch", f"x {CONTESTANTS[OURS].title}"], rows)
        )
        bars[f"predict, {network.title}: ms a batch"] = {
            CONTESTANTS[n].title: ms.median for n, ms in batches.items()
        }
        print(reports[-1], end="\n\n", flush=True)
    path = options.out / "predict.json"
    write_json(path, {"title": "predict", "report": "\n\n".join(reports), "bars": bars})
    print(f"Written to {path}")
    return 0


def start(name: str, networks: str, mode: str) -> Process:
    return Process("experiments.benchmarks.train_step", CONTESTANTS[name], [name, networks, mode])


def check(networks: Sequence[str], names: Sequence[str]) -> int:
    """Compare the sums of the squares of all probabilities; the exit status."""
    failures, reference = 0, {}
    for name in names:
        process = start(name, ",".join(networks), "check predict")
        for network in networks:
            found = [process.receive()["loss"] for _ in range(3)][-1]
            expected = reference.setdefault(network, found)
            agrees = abs(found - expected) <= TOLERANCE * abs(expected)
            failures += not agrees
            verdict = "" if agrees else "  DIFFERS"
            print(
                f"  {CONTESTANTS[name].title:30} {NETWORKS[network].title:24} {found:.6f}{verdict}"
            )
        process.close()
    print(
        "All agree."
        if not failures
        else f"{failures} differ from the first by more than rounding explains."
    )
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
