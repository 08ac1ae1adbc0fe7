"""One result out of the runs with several seeds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.program import Entry
from experiments.run import RESULT, command, execute, write_json


def execute_seeds(
    entry: Entry, out: Path, quick: bool, seeds: Sequence[int], changes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Run a program once for each seed, below `out`, and write the one result of them all.

    Seeds that an interrupted call has finished are not run again; images and curves are those of
    the first seed.
    """
    if len(seeds) == 1:
        return execute(entry, out, quick, seeds[0], changes)
    if (out / RESULT).exists():  # all were finished
        shutil.rmtree(out)
    results = []
    for seed in seeds:
        folder = out / f"seed{seed}"
        result = finished(folder / RESULT, command(entry.name, quick, [seed], changes))
        results.append(result or execute(entry, folder, quick, seed, changes))
        if results[-1]["state"] != "passed":
            break
    result = joined(results)
    result["command"] = command(entry.name, quick, result["seeds"], changes)
    curves = [f"{curve['name']}.{kind}" for curve in result["curves"] for kind in ("png", "csv")]
    for name in [*result["pictures"], *curves]:
        shutil.copyfile(out / f"seed{seeds[0]}" / name, out / name)
    write_json(out / RESULT, result)
    return result


def finished(path: Path, line: str) -> dict[str, Any] | None:
    """The result in that file, when the same command has passed."""
    if not path.exists():
        return None
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result if result["state"] == "passed" and result["command"] == line else None


def joined(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The first result with the values of all of them; the last one's where that did not pass."""
    *_, last = results
    if last["state"] != "passed":
        return last
    figures = []
    for same in zip(*(result["figures"] for result in results), strict=True):
        values = [value for figure in same for value in figure.get("values", [])]
        figures.append({**same[0], "values": values} if values else same[0])
    return {
        **results[0],
        "seeds": [seed for result in results for seed in result["seeds"]],
        "figures": figures,
        "seconds": round(sum(result["seconds"] for result in results), 1),
        "resumed": any(result["resumed"] for result in results),
    }
