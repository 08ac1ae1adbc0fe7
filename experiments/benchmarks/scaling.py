"""What sharing a step costs: the sharded step on one device compared with the plain one, and what
many devices exchange.

    python -m experiments.benchmarks.scaling [--quick] [--repeats 15] [--out DIR]

Measured in separate processes: `fit` under `jaxcnn.distribute` on one device compared with `fit`
without it, epochs in turn; the bytes that the compiled step adds up over 8 simulated devices,
compared with those that `experiments.cluster.scaling` predicts; and samples a second on 1, 2, 4 and
8 simulated devices and in 1, 2 and 4 processes. All devices here share the same cores, so the ideal
of the last is no gain and no loss.

``--quick`` measures nothing: it checks the bytes, for two small networks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.benchmarks.harness import Spread, describe_machine, table, write_json
from experiments.cluster.collectives import collectives
from experiments.cluster.scaling import Network

BATCH = 128


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check the bytes, of small networks"
    )
    parser.add_argument(
        "--repeats", type=int, default=15, help="epochs measured of each (default 15)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for scaling.json"
    )
    parser.add_argument("--as", dest="role", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        print(json.dumps(ROLES[options.role[0]](*options.role[1:])))
        return 0
    exchanged = {
        name: child("exchange", name, devices=8)
        for name in ("mlp", "norm", *(() if options.quick else ("p12",)))
    }
    rows = [
        [name, f"{e['predicted']:,}", f"{e['found']:,}", f"{e['sums']}"]
        for name, e in exchanged.items()
    ]
    text = "Bytes added up over 8 devices in a step\n" + table(
        ["", "predicted", "compiled", "all-reduces"], rows
    )
    print(text)
    wrong = [name for name, e in exchanged.items() if abs(e["found"] / e["predicted"] - 1) > 0.01]
    if wrong:
        print(f"The bytes differ by more than 1 % from those predicted: {', '.join(wrong)}")
    if options.quick:
        return int(bool(wrong))
    pairs = {
        name: child("overhead", name, str(options.repeats), devices=1) for name in ("mlp", "p12")
    }
    rows = []
    for name, found in pairs.items():
        plain, sharded = Spread(tuple(found["plain"])), Spread(tuple(found["sharded"]))
        ratio = sharded.over(plain).scaled(100.0)
        rows.append(
            [
                name,
                f"{plain.scaled(1e3):.3g}",
                f"{sharded.scaled(1e3):.3g}",
                f"{ratio.median - 100:+.1f} %",
            ]
        )
    overhead = "One device, ms a step\n" + table(["", "plain", "distribute()", "overhead"], rows)
    print(overhead)
    rows = []
    for devices in (1, 2, 4, 8):
        rows.append(
            [f"{devices} devices", f"{child('throughput', 'p12', devices=devices)['rate']:,.0f}"]
        )
    for processes in (2, 4):
        rows.append(
            [
                f"{processes} processes",
                f"{child('throughput', 'p12', processes=processes)['rate']:,.0f}",
            ]
        )
    shared = f"{os.cpu_count()} cores shared, P12, samples a second in all\n" + table(
        ["", "rate"], rows
    )
    print(shared)
    report = "\n\n".join([text, overhead, shared])
    write_json(
        options.out / "scaling.json",
        {"title": "scaling", "report": report, "load": describe_machine()["load_average"]},
    )
    return int(bool(wrong))


def child(*role: str, devices: int = 1, processes: int = 0) -> Any:
    """What a role finds in a process with so many devices, or in a job of so many processes."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={devices}"
    environment = {
        **os.environ,
        "XLA_FLAGS": flags.strip(),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    launch = ["-m", "jaxcnn.launch", "--processes", str(processes)] if processes else []
    command = [sys.executable, *launch, __file__, "--as", *role]
    found = subprocess.run(command, env=environment, capture_output=True, text=True)
    lines = [
        line for line in found.stdout.splitlines() if line.removeprefix("[0] ").startswith("{")
    ]
    if found.returncode or not lines:
        raise RuntimeError(f"{' '.join(role)} failed:\n{(found.stdout + found.stderr)[-2000:]}")
    return json.loads(lines[-1].removeprefix("[0] "))


def model_of(name: str) -> Any:
    """A compiled network, with data for it."""
    import numpy as np

    import jaxcnn as jc
    from jaxcnn.layers import (
        Activation,
        BatchNormalization,
        Conv2D,
        Dense,
        Dropout,
        Flatten,
        MaxPooling2D,
    )

    shape = {"mlp": (784,), "norm": (16,), "p12": (28, 28, 1)}[name]
    layers = {
        "mlp": lambda: [
            Dense(512, activation="relu", input_shape=shape),
            Dense(512, activation="relu"),
        ],
        "norm": lambda: [
            Dense(256, use_bias=False, input_shape=shape),
            BatchNormalization(),
            Activation("relu"),
        ],
        "p12": lambda: [
            Conv2D(32, 3, activation="relu", input_shape=shape),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Dropout(0.25),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.5),
        ],
    }
    model = jc.Sequential([*layers[name](), Dense(10, activation="softmax")])
    model.compile(jc.optimizers.SGD(0.01), "categorical_crossentropy", metrics=["accuracy"])
    generator = np.random.default_rng(0)
    x = generator.random((8 * BATCH, *shape), np.float32)
    return model, x, np.eye(10, dtype=np.float32)[generator.integers(0, 10, len(x))]


def exchange(name: str) -> dict[str, Any]:
    """The bytes that a compiled step adds up over the devices, and those predicted."""
    import jax

    import jaxcnn as jc
    from jaxcnn.training.compile import prepare
    from jaxcnn.training.input import Data, whole_batch
    from jaxcnn.training.state import from_variables

    with jc.distribute() as scope:
        model, x, y = model_of(name)
        batch = whole_batch(model, model.program, Data(x[:BATCH], y[:BATCH]))
        prepare(model, model.program, batch)
        state = scope.distribution.placed(
            from_variables(model.variables, model.optimizer, trainable=model.program.trained)
        )
        text = (
            model.functions.train.dispatcher.single.lower(state, scope.distribution.cut(batch, 0))
            .compile()
            .as_text()
        )
    parameters = sum(array.size for array in jax.tree.leaves(state.params))
    statistics = (
        sum(array.size for array in jax.tree.leaves(state.collections.get("batch_stats", {}))) // 2
    )
    network = Network(name, parameters, 0.0, statistics, 0, 0)
    sizes = [call.size for call in collectives(text) if call.kind == "all-reduce"]
    return {"predicted": network.reduced_bytes(), "found": sum(sizes), "sums": len(sizes)}


def overhead(name: str, repeats: str) -> dict[str, list[float]]:
    """Seconds a step, plain and under `distribute`, epochs in turn."""
    import jaxcnn as jc

    plain, x, y = model_of(name)
    with jc.distribute():
        sharded, _, _ = model_of(name)
    found: dict[str, list[float]] = {"plain": [], "sharded": []}
    for number in range(int(repeats) + 2):
        for key, model in (("plain", plain), ("sharded", sharded)):
            seconds = epoch(model, x, y)
            if number > 1:
                found[key].append(seconds)
    return found


def throughput(name: str) -> dict[str, float]:
    """Samples a second under `distribute` with all devices that there are."""
    import jaxcnn as jc

    with jc.distribute():
        model, x, y = model_of(name)
        return {"rate": BATCH / min(epoch(model, x, y) for _ in range(5))}


def epoch(model: Any, x: Any, y: Any) -> float:
    """Seconds a step of an epoch, as `fit`'s own clock measures."""
    model.fit(x, y, batch_size=BATCH, verbose=0)
    return float(model.clock.total / model.clock.steps)


ROLES = {"exchange": exchange, "overhead": overhead, "throughput": throughput}

if __name__ == "__main__":
    sys.exit(main())
