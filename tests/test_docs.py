"""The pages of the documentation: their Python runs, their tables are true, their links lead
somewhere.
"""

import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import warnings

import pytest

from experiments import site
from experiments.images import described_images
from experiments.report import results
from jaxcnn.compat import OldSpellingWarning
from jaxcnn.layers import Layer

from .pages import DOCS, ROOT, Code, anchors, code_blocks, fences, links, rows, run

PAGES = sorted(DOCS.rglob("*.md"))
NAMES = [str(page.relative_to(DOCS)) for page in PAGES]
TEXTS = {name: page.read_text() for name, page in zip(NAMES, PAGES, strict=True)}
# Pages that run many networks or read much; -m slow has them.
HEAVY = {"guides/transfer-learning.md", "guides/detection.md"}
# The words of the old column are those of another library: Flax, which is always there, and two
# that need not be installed.
FOREIGN = {"coming-from/keras-3.md", "coming-from/pytorch.md", "coming-from/flax.md"}
KERAS_3 = """
import keras
import numpy as np

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
x, y = np.ones((8, 3), np.float32), np.zeros(8, int)
trainable, other = model.trainable_variables, model.non_trainable_variables
"""
PYTORCH = """
import torch
import torch.nn.functional as F
from torch import nn

x = torch.ones((8, 3, 8, 8))
a = b = torch.ones((2, 3))
model = nn.Sequential(nn.Flatten(), nn.Linear(192, 2))
p, body, loader, f = list(model.parameters()), model, [(x, a)], torch.sin
"""
# Rooms whose names are promised, and what they offer to other rooms alone.
ROOMS = [
    *("jaxcnn", "jaxcnn.models", "jaxcnn.callbacks", "jaxcnn.optimizers", "jaxcnn.detection"),
    *("jaxcnn.faces", "jaxcnn.layers", "jaxcnn.nn", "jaxcnn.saving", "jaxcnn.style"),
    *("jaxcnn.training", "jaxcnn.utils", "jaxcnn.vision", "jaxcnn.visualization"),
]
# Rooms without a list: what they define is offered.
UNLISTED = [
    *("jaxcnn.activations", "jaxcnn.constraints", "jaxcnn.initializers", "jaxcnn.losses"),
    *("jaxcnn.metrics", "jaxcnn.regularizers"),
]
INTERNAL = {
    *("CallbackList", "Graph", "Hyper", "Logs", "Network", "Operation", "SymbolicTensor"),
    *("build_graph", "current_valid_rows", "declared_weights", "deserialize", "graph_config"),
    *("registry", "sequential_config", "valid_rows"),
    *("absolute", "aligned", "class_labels", "function_of", "l2_normalize"),
}
# What is beside the pages: made from the results of experiments/ and from notebooks.
MADE = sorted([*site.pages(), *(f"tutorials/{b.stem}.md" for b in DOCS.glob("tutorials/*.ipynb"))])


def page(name):
    return pytest.param(name, marks=[pytest.mark.slow] if name in HEAVY else [])


def value(code, namespace):
    """The value of the last expression of a cell, after the lines before it have run."""
    *before, last = code.source.split("\n")
    exec("\n".join(before), namespace)
    try:
        return eval(last, namespace)
    except SyntaxError:
        exec(last, namespace)
    return None


@pytest.mark.parametrize("name", [page(name) for name in NAMES if "```python" in TEXTS[name]])
def test_the_python_of_a_page_runs_in_order(name, tmp_path, monkeypatch):
    """Blocks from top to bottom; on a page that translates, each row where it stands."""
    monkeypatch.chdir(tmp_path)
    translates = name.startswith("coming-from/")
    steps = [*code_blocks(TEXTS[name]), *(rows(TEXTS[name]) if translates else ())]
    namespace: dict = {"__name__": "page"}
    other = namespace
    if name == "coming-from/keras-3.md":
        os.environ.setdefault("KERAS_BACKEND", "jax")
        other = names_of("keras", KERAS_3)
    elif name == "coming-from/pytorch.md":
        other = names_of("torch", PYTORCH)
    for step in sorted(steps):
        if isinstance(step, Code):
            run(step, re.sub(r"\W", "_", name), tmp_path, namespace)
            continue
        old, new = step.cells[0], step.cells[-1]
        assert old and new, f"{name}, line {step.line}: no code in a row"
        result = value(Code(step.line, new), namespace)
        if name in FOREIGN and other is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the other library
                value(Code(step.line, old), other)
        if name not in FOREIGN:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", OldSpellingWarning)
                before = value(Code(step.line, old), namespace)
            if isinstance(result, Layer) and isinstance(before, Layer):
                assert settings(before) == settings(result), f"{name}, line {step.line}"


def names_of(package, code):
    """The names of the old column of a page, None where its library is not installed."""
    if importlib.util.find_spec(package) is None:
        return None
    namespace: dict = {"__name__": "old"}
    exec(code, namespace)
    return namespace


COMMANDS = [
    (name, line)
    for name in NAMES
    for kind, code in fences(TEXTS[name])
    for line in code.splitlines()
    if kind == "sh" and name != "guides/cluster.md"  # tests/cluster/test_guide.py runs those
]


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_the_commands_of_a_page_run(name, command, tmp_path):
    """Those without the title "not run here": such blocks install, need weights, or take long."""
    first, *further = shlex.split(command, comments=True)
    programs = {"python": [sys.executable], "jaxcnn": [sys.executable, "-m", "jaxcnn"]}
    run = subprocess.run(
        [*programs[first], *further],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "JAXCNN_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_commands_are_run_or_marked_as_shown_only():
    kinds = {kind for name in NAMES for kind, _ in fences(TEXTS[name])}
    assert kinds <= {"python", "sh", 'sh title="not run here"', "text", ""}
    assert len(COMMANDS) >= 3


def settings(layer):
    """What a layer is, but for its automatic name."""
    return type(layer), {k: v for k, v in layer.get_config().items() if k != "name"}


@pytest.mark.parametrize("name", NAMES)
def test_links_and_images_lead_somewhere(name):
    source = DOCS / name
    for image, words, target in links(TEXTS[name]):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        goal = (source.parent / path).resolve() if path else source
        assert goal.is_file(), f"{name}: no {target}"
        assert DOCS in goal.parents, f"{name}: {target} is not part of the site"
        if anchor and "reference" not in goal.parts:
            assert anchor in anchors(goal.read_text()), f"{name}: no {target}"
        assert len(words) >= (8 if image else 1), f"{name}: {target} needs words"


def test_every_page_is_in_the_menu_once():
    menu = re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), flags=re.MULTILINE)
    assert sorted(menu) == sorted([*NAMES, *MADE])
    assert len(NAMES) >= 25


def reference_entries():
    """What the pages of the reference show: module or object -> its members, where listed."""
    text = "".join(TEXTS[name] for name in NAMES if name.startswith("reference/"))
    entry = r"^::: ([\w.]+)\n(?: {4}options:\n {6}members: \[(.*)\]\n)?"
    return dict(re.findall(entry, text, flags=re.MULTILINE))


def assert_shown(room, name, thing):
    """The module that defines it is on a page, and lists it where it lists its members."""
    shown = reference_entries()
    module, label = thing.__module__, getattr(thing, "__name__", name)
    assert module in shown or f"{module}.{label}" in shown, f"{room}.{name}: {module}"
    listed = shown.get(module, "")
    assert not listed or label in listed.split(", "), f"{room}.{name} of {module}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_has_every_public_name(room):
    offered = importlib.import_module(room)
    for name in offered.__all__:
        thing = getattr(offered, name)
        module, label = getattr(thing, "__module__", ""), getattr(thing, "__name__", name)
        if module.startswith("jaxcnn.") and module != room and label not in INTERNAL:
            assert_shown(room, name, thing)


@pytest.mark.parametrize("room", UNLISTED)
def test_the_reference_has_what_a_room_without_a_list_defines(room):
    offered = vars(importlib.import_module(room))
    things = {
        name: thing
        for name, thing in offered.items()
        if name[0] != "_" and getattr(thing, "__module__", None) and callable(thing)
    }
    defined = {
        name: thing
        for name, thing in things.items()
        if thing.__module__.startswith(f"{room}.") and thing.__name__ not in INTERNAL
    }
    for name, thing in defined.items():
        assert_shown(room, name, thing)
    assert defined or room in reference_entries()  # a room of one file is shown as it is


def test_the_gallery_says_what_each_image_shows_and_has_no_empty_columns():
    if not site.RESULTS.is_dir():
        pytest.skip(
            "these tests are not beside the results, which a source distribution leaves out"
        )
    pages, words = site.pages(), described_images()
    drawn = {
        (name, image)
        for name, result in results(site.RESULTS).items()
        for image in result["pictures"]
        if not re.fullmatch(r"mnist_\d+\.png", image)  # on the way to mnist.png
    }
    assert set(words) <= drawn  # an image without words is not shown
    assert all(len(text.split()) >= 5 for text in words.values())
    shown = [target for text in pages.values() for target in re.findall(r"!\[.+?\]\((.+?)\)", text)]
    assert {f"books/{target}" for target in shown} == set(site.images())
    assert len(shown) >= 90
    for name, text in pages.items():
        for table in re.findall(r"(?:^\|.*\|\n?)+", text, flags=re.MULTILINE):
            rows = [re.split(r"(?<!\\)\|", row)[1:-1] for row in table.strip().splitlines()]
            assert all(any(cell.strip() for cell in c) for c in zip(*rows[2:], strict=True)), name


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_those_of_the_house(name):
    """One word for one thing, and nothing of a particular machine."""
    words = re.sub(r"`[^`]*`", "", re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL))
    assert not re.search(r"\b(pictures?|anew|behind the)\b", words, flags=re.IGNORECASE)
    assert not re.search(r"(?<![\w.:/~$}>-])/[a-z][\w-]*/", TEXTS[name])  # a path from the root
    assert TEXTS[name].startswith(("# ", "---\n"))
