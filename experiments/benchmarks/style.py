"""How long a step of style transfer takes: jaxcnn compared with the same written in Keras 3 on JAX,
in one run.

    python -m experiments.benchmarks.style [--quick] [--sizes 224,400x300] [--repeats 5] [--out DIR]

VGG16 with average pools, content at conv4_2, five style layers, Adam: the same weights and images
for all. "as in its example" sends content, style and image through the network in each step, as
the example on Keras's pages does; "features kept" computes what the first two give once; "compiled"
is that inside of `jax.jit`. ``--quick`` only checks that the costs after some steps agree.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.benchmarks.contestants import style
from experiments.benchmarks.contestants.style import STEPS, Load
from experiments.benchmarks.harness import (
    Contestant,
    Process,
    Session,
    Spread,
    describe_machine,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.train_step import chosen

LOADS = {
    "64": Load("64x64", 64, 64),
    "224": Load("224x224", 224, 224),
    "400x300": Load("400x300", 300, 400),
}
OURS = "jaxcnn"
_HERE = "experiments.benchmarks.contestants.style"
_BACKEND = {"KERAS_BACKEND": "jax"}
CONTESTANTS = {
    OURS: Contestant("jaxcnn", _HERE, options={"library": "jaxcnn"}),
    "jaxcnn_bfloat16": Contestant(
        "jaxcnn, bfloat16", _HERE, options={"library": "jaxcnn_bfloat16"}
    ),
    "keras_example": Contestant(
        "Keras 3, as in its example", _HERE, ("keras",), {"library": "keras_example"}, _BACKEND
    ),
    "keras": Contestant(
        "Keras 3, features kept", _HERE, ("keras",), {"library": "keras"}, _BACKEND
    ),
    "keras_jit": Contestant(
        "Keras 3, compiled", _HERE, ("keras",), {"library": "keras_jit"}, _BACKEND
    ),
}
TOLERANCE = 5e-2  # of costs after some steps; bfloat16 has three digits


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs and agrees"
    )
    parser.add_argument("--sizes", default="224,400x300", help=f"some of {', '.join(LOADS)}")
    parser.add_argument(
        "--contestants", default=",".join(CONTESTANTS), help=f"some of {', '.join(CONTESTANTS)}"
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="rounds measured of each contestant (default 5)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for style.json"
    )
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        name, size, mode = options.role
        style.train(LOADS[size], Session(mode), **CONTESTANTS[name].options)
        return 0
    sizes, names = (
        chosen(parser, options.sizes, LOADS),
        chosen(parser, options.contestants, CONTESTANTS),
    )
    able = [name for name in names if CONTESTANTS[name].missing() is None]
    if options.quick:
        return check(able)
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    reports, bars = [], {}
    for size in sizes:
        reported = interleaved(
            {name: start(name, size, "epochs") for name in able}, options.repeats
        )
        figures = {
            name: {
                f: Spread(tuple(m[f] / STEPS * 1e3 for m in messages)) for f in ("seconds", "cpu")
            }
            for name, messages in reported.items()
        }
        base = figures.get(OURS, figures[able[0]])
        rows = [
            [
                CONTESTANTS[name].title,
                f"{found['seconds']:.0f}",
                f"{found['seconds'].over(base['seconds']).median:.2f}",
                f"{found['cpu'].median:.0f}",
                f"{found['cpu'].over(base['cpu']).median:.2f}",
            ]
            for name, found in figures.items()
        ]
        header = ["", "ms a step", "x jaxcnn", "CPU ms a step", "x jaxcnn"]
        reports.append(
            f"style transfer, VGG16, {LOADS[size].title} (medians)\n" + table(header, rows)
        )
        bars[f"style transfer, {LOADS[size].title}: ms a step"] = {
            CONTESTANTS[n].title: found["seconds"].median for n, found in figures.items()
        }
        print(reports[-1], end="\n\n", flush=True)
    path = options.out / "style.json"
    write_json(path, {"title": "style transfer", "report": "\n\n".join(reports), "bars": bars})
    print(f"Written to {path}")
    return 0


def start(name: str, size: str, mode: str) -> Process:
    return Process("experiments.benchmarks.style", CONTESTANTS[name], [name, size, mode])


def check(names: Sequence[str]) -> int:
    """Compare the costs after some steps on a small image; the exit status."""
    failures, reference = 0, 0.0
    for name in names:
        process = start(name, "64", "check")
        found = [process.receive()["loss"] for _ in range(3)][-1]
        process.close()
        reference = reference or found
        agrees = abs(found - reference) <= TOLERANCE * abs(reference)
        failures += not agrees
        print(f"  {CONTESTANTS[name].title:27} {found:.6g}{'' if agrees else '  DIFFERS'}")
    print(
        "All agree."
        if not failures
        else f"{failures} differ from the first by more than rounding explains."
    )
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
