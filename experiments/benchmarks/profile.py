"""Where the time of a training step goes on CPU, kernel by kernel, as XLA's own profiler sees it.

    python -m experiments.benchmarks.profile [--networks mnist_cnn,cifar_cnn,resnet50,lstm] [--out PROFILE.md]

One epoch of `fit` is traced after one that is not.  Each row is what one kind of kernel took of a step, over all
threads, with the layer or the part of the step that asked for it; what is below one per cent is added up.
"""

from __future__ import annotations

import argparse
import glob
import gzip
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.harness import describe_machine, table
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import chosen

LEAST = 0.01  # of the step; kernels below it share a row
HERE = Path(__file__).parent
# Names in the trace that contain others, or only wait for them.
NOT_KERNELS = re.compile(r"^\$|Execute|wait|Wait|::|^while|^call|^fusion\.clone|Thread|np\.asarray|^jit_|^Parse")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default="mnist_cnn,cifar_cnn,resnet50,lstm", help="some of them")
    parser.add_argument("--out", type=Path, default=HERE / "PROFILE.md", help="the page to write")
    options = parser.parse_args(arguments)
    machine = describe_machine()
    text = [
        "# Where the time of a training step goes",
        "",
        "Made by `python -m experiments.benchmarks.profile` on",
        f"{machine['processor']}, {machine['cores']} cores; {machine['date']}.",
        "Milliseconds are summed over the threads, so that two cores give up to two of them in one.",
    ]
    for name in chosen(parser, options.networks, NETWORKS):
        text += ["", f"## {NETWORKS[name].title}, batch {NETWORKS[name].batch_size}", "", profile(name)]
        print("\n".join(text[-2:]), flush=True)
    options.out.write_text("\n".join(text) + "\n")
    return 0


def profile(name: str) -> str:
    """The table of one network."""
    import jax

    from experiments.benchmarks.contestants.jaxcnn_fit import build

    network = NETWORKS[name]
    model, (x, y) = build(network), network.data()
    fitting: dict[str, Any] = {"batch_size": network.batch_size, "verbose": 0}
    model.fit(x, y, epochs=1, **fitting)
    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder, create_perfetto_trace=True):
            model.fit(x, y, epochs=1, **fitting)
        (path,) = glob.glob(f"{folder}/**/perfetto_trace.json.gz", recursive=True)
        with gzip.open(path) as file:
            events = json.load(file)["traceEvents"]
    purposes = purpose_of_kernels(model, x[: network.batch_size], y[: network.batch_size], network.steps)
    took: Counter[tuple[str, str]] = Counter()
    for event in events:
        if event.get("ph") == "X" and event["name"] in purposes and not NOT_KERNELS.search(event["name"]):
            kind = re.sub(r"[._]\d+$", "", event["name"])
            took[kind, purposes[event["name"]]] += event["dur"] / 1e3 / network.steps
    total = sum(took.values())
    rows = [[f"{kind}", purpose, f"{ms:.2f}", f"{ms / total:.1%}"] for (kind, purpose), ms in took.most_common()]
    large = [row for row, (_, ms) in zip(rows, took.most_common(), strict=True) if ms >= LEAST * total]
    rest = total - sum(ms for _, ms in took.most_common(len(large)))
    large += [["all others", "", f"{rest:.2f}", f"{rest / total:.1%}"], ["sum", "", f"{total:.2f}", "100.0%"]]
    return table(["kernel", "for", "ms a step", "share"], large)


def purpose_of_kernels(model: Any, x: np.ndarray, y: np.ndarray, steps: int) -> dict[str, str]:
    """Name of a kernel in the compiled program of `fit` -> the layer and direction it serves, from XLA's records."""
    from jaxcnn.training.state import from_variables
    from jaxcnn.training.steps import Batch

    state = from_variables(model.variables, model.optimizer, metrics=model.objective.init_metrics())
    dispatcher, batch = model.functions.train.dispatcher, Batch(x, [y], [None])
    if dispatcher.loops(state, batch):
        many = dispatcher.capacity(steps, x.nbytes + y.nbytes)
        batches = Batch(np.stack([x] * many), [np.stack([y] * many)], [None])
        lowered = dispatcher.many.lower(state, batches, many)
    else:
        lowered = dispatcher.single.lower(state, batch)
    found = {}
    for line in lowered.compile().as_text().splitlines():
        named = re.match(r"\s*(?:ROOT )?%([\w.\-]+) = ", line)
        if named:
            path = re.search(r'op_name="([^"]*)"', line)
            found[named[1]] = purpose(path[1]) if path else ""
    return found


def purpose(path: str) -> str:
    """What JAX's path of an operation says: the layer and whether it is the backward pass."""
    backward = "transpose(" in path
    layers = [part for part in re.split(r"[/()]", path) if re.fullmatch(r"[a-z0-9_]+_\d+", part)]
    where = layers[-1] if layers else re.split(r"[/]", path)[-1]
    return f"{where}, backward" if backward else where


if __name__ == "__main__":
    sys.exit(main())
