"""The pages of the documentation: their Python runs, their tables are true, their links lead
somewhere.
"""

import re
import warnings

import pytest

from jaxcnn.compat import OldSpellingWarning
from jaxcnn.layers import Layer

from .pages import DOCS, ROOT, Code, anchors, code_blocks, links, rows, run

PAGES = sorted(DOCS.rglob("*.md"))
NAMES = [str(page.relative_to(DOCS)) for page in PAGES]
TEXTS = {name: page.read_text() for name, page in zip(NAMES, PAGES, strict=True)}
# Pages that run many networks or read much; -m slow has them.
HEAVY = {"guides/transfer-learning.md", "guides/detection.md"}
# The words of the old column are those of another library, which need not be installed.
FOREIGN = {"coming-from/keras-3.md", "coming-from/pytorch.md", "coming-from/flax.md"}


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
    for step in sorted(steps):
        if isinstance(step, Code):
            run(step, re.sub(r"\W", "_", name), tmp_path, namespace)
            continue
        old, new = step.cells[0], step.cells[-1]
        assert old and new, f"{name}, line {step.line}: no code in a row"
        result = value(Code(step.line, new), namespace)
        if name not in FOREIGN:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", OldSpellingWarning)
                before = value(Code(step.line, old), namespace)
            if isinstance(result, Layer) and isinstance(before, Layer):
                assert settings(before) == settings(result), f"{name}, line {step.line}"


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
    assert sorted(menu) == NAMES
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_those_of_the_house(name):
    """One word for one thing, and nothing of a particular machine."""
    words = re.sub(r"`[^`]*`", "", re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL))
    assert not re.search(r"\b(pictures?|anew|behind the)\b", words, flags=re.IGNORECASE)
    assert not re.search(r"(?<![\w.:/~$}>-])/[a-z][\w-]*/", TEXTS[name])  # a path from the root
    assert TEXTS[name].startswith(("# ", "---\n"))
