"""Changes the package in small ways, one at a time, and counts the changes that no test notices.

    pip install cosmic-ray pytest-cov
    python .ci/mutants.py cover ROOM...             which test runs which line of jaxcnn/ROOM
    python .ci/mutants.py run ROOM... --count 300   mutants of jaxcnn/ROOM, on copies of the tree
    python .ci/mutants.py report

The changes are those of cosmic-ray. A mutant is tried with the tests that run its line, the most
particular ones first; where none does it counts as unnoticed. Changes of annotations and messages
are left out, and those that Python itself treats alike.
"""

from __future__ import annotations

import argparse
import ast
import functools
import importlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".mutants"
DATA = WORK / "lines.coverage"
SECONDS, PATIENCE = 120, 900  # of the processor, and in all, for the tests of one mutant
MOST_TESTS = 60  # that are tried with one mutant
# A room -> the folders with its tests.
FOLDERS = {
    "layers": ["layers", "models", "compat"],
    "training": ["training", "models", "callbacks", "distributed"],
}
PRELOADED = ("jax", "flax.linen", "optax", "orbax.checkpoint", "h5py")
# Replacements that mean the same for the values that occur, or cannot run at all.
LEFT_OUT = ("_Is_Eq", "_IsNot_NotEq", "_Eq_Is", "_NotEq_IsNot", "Variable", "ExceptionReplacer")


def cover(rooms: list[str], workers: int) -> None:
    """Run the tests of the rooms once and note which of them runs which line."""
    folders = dict.fromkeys(f for room in rooms for f in FOLDERS.get(room, [room]))
    settings = WORK / "coveragerc"
    settings.write_text(f"[run]\ndata_file = {DATA}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(workers)]
    command += [*(f"tests/{folder}" for folder in folders), "--cov-context=test", "--cov-report="]
    command += [f"--cov-config={settings}", *(f"--cov=jaxcnn/{room}" for room in rooms)]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    subprocess.run(command, cwd=ROOT, check=False)


@functools.cache
def breadth() -> Counter[str]:
    """How many lines each test runs."""
    return Counter(
        test
        for file in coverage_data().measured_files()
        for tests in coverage_data().contexts_by_lineno(file).values()
        for test in {context.rpartition("|")[0] for context in tests}
    )


@functools.cache
def coverage_data() -> CoverageData:
    data = CoverageData(str(DATA))
    data.read()
    return data


@functools.cache
def statement_of(file: str) -> dict[int, range]:
    """Line -> the lines of the innermost statement that it belongs to, without a body."""
    lines: dict[int, range] = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            span = range(node.lineno, max(node.lineno, last) + 1)
            lines |= dict.fromkeys(span, span)
    return lines


def tests_of(file: str, line: int) -> list[str]:
    """The tests that run a line, those first that run little else; of the file when it is imported.

    There are none of a line that no test runs.
    """
    contexts = coverage_data().contexts_by_lineno(str(ROOT / file))
    own = [c for number in statement_of(file).get(line, [line]) for c in contexts.get(number, [])]
    if own and not any(own):  # runs on import only
        own = [context for of_line in contexts.values() for context in of_line]
    tests = {context.rpartition("|")[0] for context in own} - {""}
    return sorted(tests, key=lambda test: (breadth()[test], test))[:MOST_TESTS]


Span = tuple[tuple[int, int], tuple[int, int]]


def left_out(source: str) -> list[Span]:
    """The parts with nothing to mutate: annotations, docstrings, messages, imports, `strict`."""
    parts: list[ast.AST | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom):
            parts.append(node)
        elif isinstance(node, ast.AnnAssign):
            alias = ast.unparse(node.annotation) == "TypeAlias"
            parts.append(node if alias else node.annotation)
        elif (
            (isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases))
            or (isinstance(node, ast.keyword) and node.arg in ("strict", "stacklevel"))
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ):
            parts.append(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "cast":
            parts.append(node.args[0])
        elif isinstance(node, ast.arg):
            parts.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            parts.append(node.returns)
    return [
        ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
        for part in parts
        if isinstance(part, ast.stmt | ast.expr | ast.keyword)
    ]


def mutants(rooms: list[str]) -> Iterator[tuple[str, str, int, int]]:
    """(file, operator, occurrence, line) of all mutants of the rooms."""
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    for room in rooms:
        for path in sorted((ROOT / "jaxcnn" / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            skipped, tree = left_out(source), get_ast(source)
            for name in cosmic_ray.plugins.operator_names():
                if any(name.endswith(part) or part in name for part in LEFT_OUT):
                    continue
                operator = cosmic_ray.plugins.get_operator(name)()
                occurrence = 0
                for node in ast_nodes(tree):
                    for start, _ in operator.mutation_positions(node):
                        if not any(first <= start < last for first, last in skipped):
                            yield str(path.relative_to(ROOT)), name, occurrence, start[0]
                        occurrence += 1


def mutated(source: str, operator: str, occurrence: int) -> str | None:
    import cosmic_ray.mutating
    import cosmic_ray.plugins

    chosen = cosmic_ray.plugins.get_operator(operator)()
    return cosmic_ray.mutating.mutate_code(source, chosen, occurrence)


def try_mutant(copy: Path, file: str, changed: str, tests: list[str]) -> str:
    """ "killed", "survived" or "timeout", with the tests run in a child of this process."""
    target = copy / file
    original = target.read_text(encoding="utf-8")
    target.write_text(changed, encoding="utf-8")
    try:
        child = os.fork()
        if child == 0:
            os.setpgrp()
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            output = os.open(str(copy / "mutant.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.chdir(copy)
            sys.path.insert(0, str(copy))
            os.environ["PYTHONPATH"] = str(copy)
            import pytest

            status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])
            os._exit(int(status))
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                late = code in (-signal.SIGXCPU, -signal.SIGKILL)
                return "survived" if code == 0 else "timeout" if late else "killed"
            time.sleep(0.05)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "timeout"
    finally:
        target.write_text(original, encoding="utf-8")


def run(rooms: list[str], count: int, seed: int, workers: int) -> None:
    """Try `count` mutants drawn at random, with a copy of the checkout for each worker."""
    sample = list(mutants(rooms))
    random.Random(seed).shuffle(sample)
    places = {(file, line, name.split("_")[0]): None for file, name, _, line in sample}
    for mutant in sample:  # one of the replacements of each operator
        file, name, _, line = mutant
        places[file, line, name.split("_")[0]] = places[file, line, name.split("_")[0]] or mutant
    chosen = [mutant for mutant in places.values() if mutant][:count]
    print(f"{len(sample)} mutants in {', '.join(rooms)}; {len(chosen)} are tried", flush=True)
    for number in range(workers):
        copy = WORK / f"copy{number}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".mutants", "results")
        )
        if os.fork() == 0:
            os.environ["JAX_PLATFORMS"] = "cpu"
            for name in PRELOADED:  # once for all children
                importlib.import_module(name)

            log = WORK / f"results{number}.jsonl"
            known = {(r["file"], r["operator"], r["occurrence"]) for r in results()}
            file, _, _, line = chosen[number]
            unchanged = (ROOT / file).read_text(encoding="utf-8")
            if try_mutant(copy, file, unchanged, tests_of(file, line)) != "survived":
                sys.exit(f"The tests of {file} fail as it is: {copy / 'mutant.log'}")
            for file, operator, occurrence, line in chosen[number::workers]:
                if (file, operator, occurrence) in known:  # of a run that was stopped
                    continue
                source = (ROOT / file).read_text(encoding="utf-8")
                changed = mutated(source, operator, occurrence)
                if changed is None or changed == source:
                    continue
                start, tests = time.monotonic(), tests_of(file, line)
                outcome = try_mutant(copy, file, changed, tests) if tests else "survived"
                row = {"file": file, "line": line, "operator": operator, "occurrence": occurrence}
                row |= {"outcome": outcome, "seconds": round(time.monotonic() - start, 1)}
                with log.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(row) + "\n")
            os._exit(0)
    if any(os.wait()[1] for _ in range(workers)):
        sys.exit(1)
    report()


def results() -> list[dict[str, Any]]:
    """What is known of mutants so far."""
    return [
        json.loads(text)
        for log in sorted(WORK.glob("results*.jsonl"))
        for text in log.read_text(encoding="utf-8").splitlines()
    ]


def report() -> None:
    """Count the outcomes and show what survived."""
    rows = results()
    alive = [row for row in rows if row["outcome"] == "survived"]
    for row in sorted(alive, key=lambda row: (row["file"], row["line"])):
        source = (ROOT / row["file"]).read_text(encoding="utf-8").splitlines()
        print(f"{row['file']}:{row['line']} {row['operator']}")
        print(f"    {source[row['line'] - 1].strip()}")
    share = 100 * len(alive) / max(1, len(rows))
    print(
        f"{len(rows)} mutants, {len(rows) - len(alive)} noticed, {len(alive)} not ({share:.1f} %)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("cover", "run", "report"))
    parser.add_argument("names", nargs="*", help="rooms")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    if options.command == "cover":
        cover(options.names, options.workers)
    elif options.command == "run":
        run(options.names, options.count, options.seed, options.workers)
    else:
        report()
