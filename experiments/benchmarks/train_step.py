"""How long a training step takes: jaxcnn compared with Keras 3, PyTorch and hand-written JAX, in
one run.

    python -m experiments.benchmarks.train_step [--quick] [--networks mlp,tiny] [--repeats 5] [--out
    DIR]

Each contestant trains the same network on the same data from the same weights with the same rule,
each in the way of its library, with data shuffled every epoch and accuracy tracked. Measured are
whole epochs (of ``fit`` where there is one) divided by their steps; the time until the loss of the
first step is known, from the start of the process and from the call of ``fit``, with an empty
compilation cache and with a filled one; and the peak of resident memory.

``--quick`` measures nothing: it checks that all contestants run and that the losses of the first
three steps agree.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.benchmarks.harness import (
    Contestant,
    Process,
    Spread,
    describe_machine,
    installed,
    interleaved,
    run_as,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS, Network

OURS = "jaxcnn"
_HERE = "experiments.benchmarks.contestants."
CONTESTANTS = {
    OURS: Contestant("jaxcnn", _HERE + "jaxcnn_fit"),
    "xla": Contestant(
        "jaxcnn without oneDNN", _HERE + "jaxcnn_fit", environment={"JAXCNN_ONEDNN": "0"}
    ),
    "jax_loop": Contestant("JAX, loop over a jitted step", _HERE + "plain_jax"),
    "jax_scan": Contestant(
        "JAX, scan over the epoch", _HERE + "plain_jax", options={"whole_epochs": True}
    ),
    "keras": Contestant(
        "Keras 3 on JAX", _HERE + "keras3", ("keras",), environment={"KERAS_BACKEND": "jax"}
    ),
    "keras_torch": Contestant(
        "Keras 3 on PyTorch",
        _HERE + "keras3",
        ("keras", "torch"),
        environment={"KERAS_BACKEND": "torch"},
    ),
    "torch": Contestant("PyTorch eager, channels last", _HERE + "pytorch", ("torch",)),
    "torch_compiled": Contestant(
        "PyTorch, torch.compile", _HERE + "pytorch", ("torch",), options={"compiled": True}
    ),
    "tf_keras": Contestant(
        "TF-Keras 2", _HERE + "keras3", options={"library": "tf_keras"}, apart="tf_keras"
    ),
}
# Relative, of the losses of the first three steps: rounding differs, and the first updates of
# RMSprop, which divide a gradient by its own size, make much of it.
TOLERANCES = (1e-5, 1e-3, 1e-2)


def takes_part(name: str, network: Network) -> bool:
    """Whether a contestant has something of its own to show on a network.

    Inside a scan XLA's convolutions on CPU take a path that is more than twenty times slower, and
    without convolutions oneDNN changes nothing.
    """
    return not (name == "jax_scan" and network.convolutional) and not (
        name == "xla" and not network.convolutional
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs and agrees"
    )
    parser.add_argument(
        "--networks", default=",".join(NETWORKS), help=f"some of {', '.join(NETWORKS)}"
    )
    parser.add_argument(
        "--contestants", default=",".join(CONTESTANTS), help=f"some of {', '.join(CONTESTANTS)}"
    )
    parser.add_argument(
        "--repeats", type=int, default=7, help="epochs measured of each contestant (default 7)"
    )
    parser.add_argument(
        "--starts", type=int, default=3, help="times each contestant is started (default 3)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for train_step.json"
    )
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        name, described, mode = options.role
        chosen_networks = [NETWORKS[each] for each in described.split(",")]
        small = mode.startswith("check")
        run_as(CONTESTANTS[name], [n.small() if small else n for n in chosen_networks], mode)
        return 0
    networks, names = (
        chosen(parser, options.networks, NETWORKS),
        chosen(parser, options.contestants, CONTESTANTS),
    )
    able = installed(names, CONTESTANTS)
    if options.quick:
        return check(networks, able)
    results, reports = {}, []
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    for network in networks:
        taking_part = [name for name in able if takes_part(name, NETWORKS[network])]
        results[network] = measure(network, taking_part, options.repeats, options.starts)
        reports.append(report(NETWORKS[network], results[network]))
        print(reports[-1], end="\n\n", flush=True)
    path = options.out / "train_step.json"
    bars = {
        f"{NETWORKS[network].title}: ms a step": {
            CONTESTANTS[n].title: f["ms"].median for n, f in found.items()
        }
        for network, found in results.items()
    }
    results_json = {"results": as_json(results), "not_measured": sorted(set(names) - set(able))}
    write_json(
        path,
        {"title": "A training step", "report": "\n\n".join(reports), "bars": bars, **results_json},
    )
    print(f"Written to {path}")
    return 0


def chosen(parser: argparse.ArgumentParser, given: str, known: Any) -> list[str]:
    """The names in a list separated by commas."""
    names = given.split(",")
    if unknown := [name for name in names if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def check(networks: Sequence[str], names: Sequence[str]) -> int:
    """Compare the losses of three steps of every contestant; the exit status."""
    losses: dict[str, dict[str, list[float]]] = {network: {} for network in networks}
    for name in names:
        mine = [network for network in networks if takes_part(name, NETWORKS[network])]
        if not mine:
            continue
        process = Process(__spec__.name, CONTESTANTS[name], [name, ",".join(mine), "check"])
        for network in mine:
            losses[network][name] = [process.receive()["loss"] for _ in range(3)]
        process.close()
    failures = 0
    for network, found in losses.items():
        print(NETWORKS[network].title)
        reference = next(iter(found.values()))
        for name, values in found.items():
            agrees = all(
                abs(a - b) <= tolerance * abs(b)
                for a, b, tolerance in zip(values, reference, TOLERANCES, strict=True)
            )
            failures += not agrees
            text = " ".join(f"{value:.6f}" for value in values)
            print(f"  {CONTESTANTS[name].title:30} {text}{'' if agrees else '  DIFFERS'}")
    print(
        "All agree."
        if not failures
        else f"{failures} differ from the first by more than rounding explains."
    )
    return int(failures > 0)


def measure(
    network: str, names: Sequence[str], repeats: int, starts: int
) -> dict[str, dict[str, Spread]]:
    """All figures of one network: contestant -> figure -> spread."""
    figures: dict[str, dict[str, list[float]]] = {name: {} for name in names}

    def note(name: str, **values: float) -> None:
        for figure, value in values.items():
            figures[name].setdefault(figure, []).append(value)

    for _ in range(starts):
        for name in names:
            with tempfile.TemporaryDirectory() as home:
                # jaxcnn alone keeps compiled programs between runs without being asked.
                for temperature in (
                    ("cold", "warm") if "jaxcnn" in CONTESTANTS[name].module else ("cold",)
                ):
                    process = Process(
                        __spec__.name,
                        CONTESTANTS[name],
                        [name, network, "first step"],
                        JAXCNN_HOME=home,
                    )
                    message = process.receive()
                    process.close()
                    for figure, key in {
                        "process": "since_process",
                        "fit": "since_fit",
                        "cpu": "cpu",
                    }.items():
                        note(name, **{f"{temperature}_{figure}": message[key]})
    with tempfile.TemporaryDirectory() as home:
        processes = {
            name: Process(
                __spec__.name, CONTESTANTS[name], [name, network, "epochs"], JAXCNN_HOME=home
            )
            for name in names
        }
        for name, messages in interleaved(processes, repeats).items():
            for message in messages:
                steps = NETWORKS[network].steps
                note(name, ms=message["seconds"] / steps * 1e3, cpu_ms=message["cpu"] / steps * 1e3)
            note(name, peak_mib=messages[-1]["peak_mib"])
        for process in processes.values():
            process.close()
    return {
        name: {f: Spread(tuple(values)) for f, values in found.items()}
        for name, found in figures.items()
    }


def report(network: Network, figures: dict[str, dict[str, Spread]]) -> str:
    """The tables of one network."""
    base = figures.get(OURS, next(iter(figures.values())))
    rows = []
    for name, found in figures.items():
        seconds = {key: f"{found[key]:.2f}" if key in found else "" for key in START_COLUMNS}
        rows.append(
            [
                CONTESTANTS[name].title,
                f"{found['ms']:.3g}",
                f"{found['ms'].over(base['ms']):.2f}",
                f"{found['cpu_ms'].median:.3g}",
                f"{network.batch_size / found['ms'].median * 1e3:,.0f}",
                *seconds.values(),
                f"{found['peak_mib'].median:,.0f}",
            ]
        )
    ours = CONTESTANTS[OURS].title if OURS in figures else "the first"
    header = [
        "",
        "ms a step",
        f"x {ours}",
        "CPU ms",
        "examples/s",
        *START_COLUMNS.values(),
        "peak MiB",
    ]
    title = f"{network.title}, batch {network.batch_size} (medians; least-greatest in brackets)"
    return f"{title}\n{table(header, rows)}"


START_COLUMNS = {
    "cold_process": "s to step 1",
    "cold_fit": "of it in fit",
    "warm_process": "again",
    "warm_fit": "of it in fit",
}


def as_json(results: dict[str, dict[str, dict[str, Spread]]]) -> dict[str, Any]:
    return {
        network: {
            name: {figure: spread.as_json() for figure, spread in found.items()}
            for name, found in figures.items()
        }
        for network, figures in results.items()
    }


if __name__ == "__main__":
    sys.exit(main())
