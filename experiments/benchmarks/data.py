"""How fast augmented images come: jaxcnn compared with Keras 3's generator, PyTorch's DataLoader
and grain, in one run.

    python -m experiments.benchmarks.data [--quick] [--loads arrays32,jpeg] [--repeats 5] [--out
    DIR]

Each library makes batches from the same images by the same changes (rotation, shifts, zoom, flip,
linear interpolation), from arrays and from a folder of JPEG files: those of dogs and cats in
``$JAXCNN_HOME/datasets``, else drawn ones. "augment" is the pure function alone, as inside of a
training step.

The second kind of table says how long `fit` stands waiting for the next batch while it trains the
CIFAR network on such batches, at most: the device may still have work then.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.benchmarks.contestants.pictures import Load
from experiments.benchmarks.harness import (
    Contestant,
    Process,
    Session,
    Spread,
    describe_machine,
    installed,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.train_step import chosen
from jaxcnn import config

LOADS = {
    "arrays32": Load("arrays, 32x32x3", 32, 8192, 128),
    "arrays150": Load("arrays, 150x150x3", 150, 512, 32),
    "jpeg": Load("JPEG files, 150x150x3", 150, 512, 32, files=True),
}
_HERE = "experiments.benchmarks.contestants."
OURS = "jaxcnn"
CONTESTANTS = {
    OURS: Contestant("ImageDataGenerator", _HERE + "pictures", options={"library": "jaxcnn"}),
    "augment": Contestant("augment alone", _HERE + "pictures", options={"library": "augment"}),
    "keras": Contestant(
        "Keras 3's ImageDataGenerator",
        _HERE + "pictures",
        ("keras", "scipy"),
        {"library": "keras"},
        {"KERAS_BACKEND": "jax"},
    ),
    "torch": Contestant(
        "PyTorch's DataLoader", _HERE + "pictures", ("torch",), {"library": "torch"}
    ),
    "grain": Contestant(
        "grain with scipy", _HERE + "pictures", ("grain", "scipy"), {"library": "grain"}
    ),
}
TRAINING = {
    "arrays": Contestant(
        "generator on arrays", _HERE + "training_on_pictures", options={"source": "arrays"}
    ),
    "jpeg": Contestant(
        "generator on a JPEG folder", _HERE + "training_on_pictures", options={"source": "jpeg"}
    ),
    "device": Contestant(
        "fit(augment=...)", _HERE + "training_on_pictures", options={"source": "device"}
    ),
}
FIGURES = ("seconds", "cpu")  # of a pass
TRAINING_STEPS = 16  # in an epoch
TRAINING_LOADS = {
    "arrays32": Load("CIFAR CNN, 32x32x3", 32, TRAINING_STEPS * 128, 128, files=True),
    "jpeg": Load("CIFAR CNN, 150x150x3", 150, TRAINING_STEPS * 32, 32, files=True),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="one pass each: only check that all contestants run"
    )
    parser.add_argument("--loads", default=",".join(LOADS), help=f"some of {', '.join(LOADS)}")
    parser.add_argument(
        "--contestants", default=",".join(CONTESTANTS), help=f"some of {', '.join(CONTESTANTS)}"
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="passes measured of each contestant (default 5)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for data.json"
    )
    parser.add_argument("--as", dest="role", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        run_contestant(*options.role)
        return 0
    loads, names = (
        chosen(parser, options.loads, LOADS),
        chosen(parser, options.contestants, CONTESTANTS),
    )
    able = installed(names, CONTESTANTS)
    repeats = 1 if options.quick else options.repeats
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    results: dict[str, dict[str, dict[str, Spread]]] = {}
    reports, bars = [], {}
    with tempfile.TemporaryDirectory() as scratch:
        for key in loads:
            load = LOADS[key]
            folder = jpeg_folder(Path(scratch, "drawn"), load)
            taking_part = {n: CONTESTANTS[n] for n in able if not (load.files and n == "augment")}
            found = measure("pictures", key, taking_part, folder, repeats)
            results[key] = {
                n: {f: Spread(tuple(load.samples / s for s in v[f])) for f in FIGURES}
                for n, v in found.items()
            }
            reports.append(report(load, results[key]))
            bars[f"{load.title}: pictures a second"] = {
                CONTESTANTS[n].title: found["seconds"].median for n, found in results[key].items()
            }
            print(reports[-1], end="\n\n", flush=True)
        for key in [key for key in TRAINING_LOADS if key in loads]:
            load = TRAINING_LOADS[key]
            folder = jpeg_folder(Path(scratch, f"small{load.size}"), load)
            found = measure("training", key, TRAINING, folder, repeats)
            results[f"training_{key}"] = {
                n: {
                    "ms": Spread(tuple(s / TRAINING_STEPS * 1e3 for s in v["seconds"])),
                    "waiting": Spread(
                        tuple(w / s for w, s in zip(v["waited"], v["seconds"], strict=True))
                    ),
                }
                for n, v in found.items()
            }
            reports.append(waiting(load, results[f"training_{key}"]))
            print(reports[-1], end="\n\n", flush=True)
    if not options.quick:
        write_json(
            options.out / "data.json",
            {
                "title": "Pictures made ready",
                "report": "\n\n".join(reports),
                "bars": bars,
                "results": {
                    key: {
                        n: {f: v.as_json() for f, v in figures.items()}
                        for n, figures in found.items()
                    }
                    for key, found in results.items()
                },
            },
        )
        print(f"Written to {options.out / 'data.json'}")
    return 0


def run_contestant(table_name: str, name: str, load: str, folder: str) -> None:
    """Be the contestant `name` of the first or second table, in this process."""
    training = table_name == "training"
    contestant = (TRAINING if training else CONTESTANTS)[name]
    train = importlib.import_module(contestant.module).train
    train(
        (TRAINING_LOADS if training else LOADS)[load],
        Session("epochs"),
        folder=folder,
        **contestant.options,
    )


def measure(
    table_name: str, load: str, contestants: dict[str, Contestant], folder: Path, repeats: int
) -> dict[str, dict[str, list[float]]]:
    """What each contestant reports of its passes, one after the other, round after round."""
    processes = {
        n: Process(__spec__.name, c, [table_name, n, load, str(folder)])
        for n, c in contestants.items()
    }
    reported: dict[str, dict[str, list[float]]] = {}
    for name, messages in interleaved(processes, repeats).items():
        reported[name] = {
            figure: [message[figure] for message in messages] for figure in messages[0]
        }
    return reported


def jpeg_folder(drawn: Path, load: Load) -> Path:
    """A folder of class folders of JPEG files: the dogs and cats for their size, where they are,
    else drawn ones.
    """
    real = config.home() / "datasets" / "dogs_vs_cats" / "train"
    if load.size == 150 and real.exists():
        return real
    if load.files and not drawn.exists():
        from PIL import Image

        rng = np.random.default_rng(0)
        for number in range(load.samples):
            coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            path = drawn / ("cats", "dogs")[number % 2] / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse).resize((load.size, load.size), Image.Resampling.BICUBIC).save(
                path, quality=90
            )
    return drawn


def report(load: Load, found: dict[str, dict[str, Spread]]) -> str:
    """Images a second of one load, and a second of CPU time of the process, which means more on a
    busy machine.
    """
    base = found.get("keras")
    rows = []
    for name, figures in found.items():
        counted = name != "torch"  # its workers are other processes
        times = [f"{figures[f].over(base[f]).median:,.1f}" if base else "" for f in FIGURES]
        cpu = [f"{figures['cpu'].median:,.0f}", times[1]] if counted else ["", ""]
        rows.append([CONTESTANTS[name].title, f"{figures['seconds']:,.0f}", times[0], *cpu])
    header = ["", "pictures a second", "x Keras", "a CPU second", "x Keras"]
    return f"{load.title}, batch {load.batch}\n{table(header, rows)}"


def waiting(load: Load, found: dict[str, dict[str, Spread]]) -> str:
    """Milliseconds a step, and the share of them that the loop waits for a batch."""
    rows = [[TRAINING[n].title, f"{v['ms']:.1f}", f"{v['waiting']:.1%}"] for n, v in found.items()]
    return f"{load.title}, batch {load.batch}\n{table(['', 'ms a step', 'of it waiting'], rows)}"


if __name__ == "__main__":
    sys.exit(main())
