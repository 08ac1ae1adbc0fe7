"""The plan of the house: imports run down, no room reaches into another, calls can be read."""

import ast
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jaxcnn import models

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "jaxcnn"

# (importing module, imported module) -> why it runs up all the same; at most 3.
UPWARD: dict[tuple[str, str], str] = {}
MOST_ANY = 20  # per 1,000 lines
MOST_LINES = 400  # of a file, besides docstrings
# Records that change while they are used; every other dataclass is frozen.
CHANGING = {
    "compat.shims.tensorflow_input_data.DataSets",
    "compat.tensorflow.scopes.VariableScope",
    "layers.symbolic.graph_updates.Recorded",
    "layers.symbolic.tensor.Node",
    "nn.graph.Values",
    "runtime.config._Settings",
    "runtime.context._Surroundings",
    "saving.assignment.Stored",
    "saving.foreign.modules.Module",
    "saving.foreign.onnx_graph.Graph",
    "saving.foreign.onnx_graph.Node",
    "saving.foreign.torch_files.Storage",
    "training.clock.Clock",
    "training.functions.Functions",
    "training.input.sources.Indexed",
    "training.input.sources.Iterated",
    "training.input.sources.Walked",
    "training.nan_policy.NaNPolicy",
    "training.program.Program",
    "training.resume.Resumption",
    "training.saves.Saves",
    "wrappers.scikit_learn._Stored",
}
VAGUE = {"found", "own", "wanted", "place", "kept", "made", "what", "how"}


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Module name -> its syntax tree."""
    modules = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = ast.parse(path.read_text(encoding="utf-8"))
    return modules


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


@functools.cache
def floors() -> dict[str, int]:
    """Room -> its floor, from the table of the page on architecture."""
    rows = re.findall(
        r"^\| (\d+) \| ([^|]*) \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE
    )
    return {name: int(floor) for floor, names in rows for name in re.findall(r"`(\w+)`", names)}


def imported(tree: ast.Module) -> Iterator[str]:
    """Modules of the package that a module imports anywhere, by statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if room(alias.name) != alias.name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "jaxcnn":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in trees() else str(node.module)
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("import_module")
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


@functools.cache
def imports() -> dict[str, set[str]]:
    return {
        module: {name for name in imported(tree) if name.split(".")[0] == "jaxcnn"} - {module}
        for module, tree in trees().items()
    }


def test_every_room_has_one_floor():
    assert {room(module) for module in trees()} == set(floors())


def test_imports_run_down():
    upward = {
        (module, target)
        for module, targets in imports().items()
        for target in targets
        if room(module) != room(target) and floors()[room(target)] >= floors()[room(module)]
    }
    assert upward == set(UPWARD)
    assert len(UPWARD) <= 3


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected parts of more than one node, by Tarjan's algorithm (1972)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    parts: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in order:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            part = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(part) > 1:
                parts.append(sorted(part))

    sys.setrecursionlimit(10_000)
    for node in graph:
        if node not in order:
            visit(node)
    return parts


def test_circles_finds_one():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]


def test_imports_make_no_circle():
    assert circles(imports()) == []


def defined_names(tree: ast.Module) -> set[str]:
    """Underscore names that a module defines: functions, classes, variables, attributes."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("self", "cls")
        ):
            names.add(node.attr)
    return {name for name in names if name.startswith("_") and not name.endswith("__")}


def private_reaches() -> list[str]:
    """Underscore names that belong to another room and are used here all the same."""
    by_room: dict[str, set[str]] = {}
    for module, tree in trees().items():
        by_room.setdefault(room(module), set()).update(defined_names(tree))
    reaches = []
    for module, tree in trees().items():
        here = by_room[room(module)] | {"_replace", "_asdict", "_fields"}  # of named tuples
        elsewhere = set().union(*(names for name, names in by_room.items() if name != room(module)))
        foreign = elsewhere - here
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in foreign:
                if ast.unparse(node.value).split(".")[0] not in ("jax", "np", "os", "sys"):
                    reaches.append(f"{module}:{node.lineno} {ast.unparse(node)}")
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jaxcnn"):
                reaches += [
                    f"{module}:{node.lineno} {alias.name}"
                    for alias in node.names
                    if alias.name.startswith("_")
                ]
    return reaches


def test_no_room_reaches_into_another():
    assert private_reaches() == []


def test_no_call_passes_more_than_five_arguments_by_position():
    long = [
        f"{module}:{node.lineno} {ast.unparse(node.func)}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) > 5
    ]
    assert long == []


def test_no_private_function_takes_more_than_six_arguments():
    long = []
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and re.match(r"_[^_]", node.name):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                names = [a.arg for a in arguments if a.arg not in ("self", "cls")]
                if len(names) > 6:
                    long.append(f"{module}:{node.lineno} {node.name}")
    assert long == []


def test_a_model_is_four_classes():
    for kind in (models.Model, models.Sequential):
        assert len(kind.__mro__) - 1 <= 4, kind.__mro__  # besides object


def docstrings(tree: ast.Module) -> int:
    """The number of lines of all docstrings."""
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            count += node.body[0].end_lineno - node.body[0].lineno + 1
    return count


def test_files_are_short():
    """At most 400 lines besides docstrings, which say as much as a reader needs."""
    long = {}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > MOST_LINES and (code := lines - docstrings(ast.parse(text))) > MOST_LINES:
            long[path.name] = code
    assert long == {}


def test_types_are_named():
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    anys = sum(len(re.findall(r"\bAny\b", text)) for text in texts)
    lines = sum(text.count("\n") for text in texts)
    assert 1000 * anys / lines <= MOST_ANY


@pytest.mark.parametrize("word", sorted(VAGUE))
def test_variables_say_what_they_hold(word):
    places = [
        f"{module}:{node.lineno}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == word)
        or (isinstance(node, ast.arg) and node.arg == word)
    ]
    assert places == []


def unfrozen() -> Iterator[str]:
    """Each dataclass that does not say frozen=True."""
    for module, tree in trees().items():
        for node in ast.walk(tree):
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                text = ast.unparse(decorator).removeprefix("dataclasses.")
                if text.startswith("dataclass") and "frozen=True" not in text:
                    yield f"{module.removeprefix('jaxcnn.')}.{node.name}"


def test_records_are_frozen_unless_they_change():
    assert set(unfrozen()) == CHANGING
