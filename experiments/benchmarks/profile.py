"""Where the time of a training step goes on CPU, kernel by kernel, as XLA's own profiler sees it.

    python -m experiments.benchmarks.profile [--networks mnist_cnn,cifar_cnn,resnet50,lstm] [--out
    PROFILE.md]

One epoch of `fit` is traced after one that is not. Each row is what one kind of kernel took of a
step, over all threads, with the layer or the part of the step that asked for it, and how many times
as long as it could take at least (:mod:`experiments.benchmarks.limits`); what is below one per cent
is added up.
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

from experiments.benchmarks import memory as memory_table
from experiments.benchmarks.harness import describe_machine, table
from experiments.benchmarks.limits import Pace, limits, measure
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import chosen

LEAST = 0.01  # of the step; kernels below it share a row
HERE = Path(__file__).parent
# Names in the trace that contain others, or only wait for them.
NOT_KERNELS = re.compile(
    r"^\$|Execute|wait|Wait|::|^while|^call|^fusion\.clone|Thread|np\.asarray|^jit_|^Parse"
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--networks", default="mnist_cnn,cifar_cnn,resnet50,lstm", help="some of them"
    )
    parser.add_argument("--out", type=Path, default=HERE / "PROFILE.md", help="the page to write")
    options = parser.parse_args(arguments)
    machine, pace = describe_machine(), measure()
    text = [
        "# Where the time of a training step goes",
        "",
        "Made by `python -m experiments.benchmarks.profile` on",
        f"{machine['processor']}, {machine['cores']} cores; {machine['date']}.",
        "Milliseconds are summed over the threads, so that two cores give up to two of them in "
        "one.  The limit of a",
        f"kernel is its multiplications and additions at {pace.flops / 1e9:.0f} GFLOP/s or its "
        "memory traffic at",
        f"{pace.bytes / 1e9:.0f} GB/s, both measured just before, whichever takes longer; what is "
        "still in the caches",
        "needs less.",
    ]
    for name in chosen(parser, options.networks, NETWORKS):
        text += [
            "",
            f"## {NETWORKS[name].title}, batch {NETWORKS[name].batch_size}",
            "",
            profile(name, pace),
        ]
        print("\n".join(text[-2:]), flush=True)
    page = options.out.read_text() if options.out.exists() else ""
    _, memory, rest = page.partition(memory_table.HEADING)
    options.out.write_text("\n".join([*text, "", memory + rest]).rstrip("\n") + "\n")
    return 0


def profile(name: str, pace: Pace) -> str:
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
    program = compiled(model, x[: network.batch_size], y[: network.batch_size], network.steps)
    purposes, least = purpose_of_kernels(program), limits(program, pace)
    cores = describe_machine()["cores"]
    took: Counter[tuple[str, str]] = Counter()
    could: Counter[tuple[str, str]] = Counter()
    for event in events:
        if (
            event.get("ph") == "X"
            and event["name"] in least
            and not NOT_KERNELS.search(event["name"])
        ):
            kernel, limit = event["name"], least[event["name"]]
            row = re.sub(r"[._]\d+$", "", kernel), purposes[kernel]
            took[row] += event["dur"] / 1e3 / network.steps * limit.threads
            could[row] += cores * limit.seconds * 1e3 / network.steps
    total = sum(took.values())
    rows = [
        [
            kind,
            where,
            f"{ms:.2f}",
            f"{ms / total:.1%}",
            f"{could[kind, where]:.2f}",
            f"{ms / could[kind, where]:.1f}",
        ]
        for (kind, where), ms in took.most_common()
        if ms >= LEAST * total
    ]
    rest = total - sum(ms for _, ms in took.most_common(len(rows)))
    rows += [["all others", "", f"{rest:.2f}", f"{rest / total:.1%}", "", ""]]
    rows += [["sum", "", f"{total:.2f}", "100.0%", f"{sum(could.values()):.2f}", ""]]
    return table(["kernel", "for", "ms a step", "share", "limit, ms", "x limit"], rows)


def compiled(model: Any, x: np.ndarray, y: np.ndarray, steps: int) -> str:
    """XLA's text of the program that `fit` runs."""
    from jaxcnn.training.steps import Batch

    state, dispatcher, batch = *asked(model), Batch(x, [y], [None])
    if dispatcher.loops(state, batch):
        many = dispatcher.capacity(steps, x.nbytes + y.nbytes)
        batches = Batch(np.stack([x] * many), [np.stack([y] * many)], [None])
        return str(dispatcher.many.lower(state, batches, many).compile().as_text())
    return one_step(model, x, y)


def one_step(model: Any, x: np.ndarray, y: np.ndarray) -> str:
    """XLA's text of one training step by itself."""
    from jaxcnn.training.steps import Batch

    state, dispatcher = asked(model)
    return str(dispatcher.single.lower(state, Batch(x, [y], [None])).compile().as_text())


def asked(model: Any) -> tuple[Any, Any]:
    """The state with which a training of `model` begins, and what runs its steps."""
    from jaxcnn.training.state import from_variables

    metrics = model.program.objective.init_metrics()
    state = from_variables(model.variables, model.optimizer, metrics=metrics)
    return state, model.functions.train.dispatcher


def purpose_of_kernels(program: str) -> dict[str, str]:
    """Name of a kernel -> the layer and direction it serves, from XLA's records."""
    found = {}
    for line in program.splitlines():
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
