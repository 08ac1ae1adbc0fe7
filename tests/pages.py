"""Pages of documentation as the tests read them: their Python, their tables, links and anchors."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", flags=re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\|(.*)\|$", flags=re.MULTILINE)
HEADING = re.compile(r"^#+ +(.*?)(?: +\{#([\w-]+)\})?$", flags=re.MULTILINE)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)(?: \"[^\"]*\")?\)")


class Code(NamedTuple):
    """A block of Python, or the code of one cell of a table, and the line where it begins."""

    line: int
    source: str


class Row(NamedTuple):
    """A row of a table: the code of its cells, one string a cell, and its line."""

    line: int
    cells: list[str]


def code_blocks(text: str) -> Iterator[Code]:
    """The Python blocks of a page, from top to bottom."""
    for match in FENCE.finditer(text):
        if match[2] == "python":
            yield Code(text.count("\n", 0, match.start(3)) + 1, textwrap.dedent(match[3]))


def fences(text: str) -> Iterator[tuple[str, str]]:
    """(language and title, code) of every block of a page."""
    for match in FENCE.finditer(text):
        yield match[0].partition("\n")[0].strip(" `"), textwrap.dedent(match[3])


def rows(text: str) -> Iterator[Row]:
    """The rows of a page's tables, without their heads: of each cell what stands in backticks."""
    bare = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
    for match in ROW.finditer(bare):
        cells = [re.findall(r"`([^`]+)`", cell) for cell in match[1].split("|")]
        if any(cells):
            yield Row(bare.count("\n", 0, match.start()) + 1, ["\n".join(c) for c in cells])


def run(code: Code, name: str, folder: Path, namespace: dict) -> None:
    """Run a block; its lines have the numbers of the page in tracebacks."""
    path = folder / f"{name}_{code.line}.py"  # libraries look up the source of functions
    path.write_text(code.source)
    exec(compile(code.source, str(path), "exec"), namespace)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as Markdown makes them."""
    bare = FENCE.sub("", text)
    return {
        name or re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip())
        for title, name in HEADING.findall(bare)
    }


def links(text: str) -> Iterator[tuple[bool, str, str]]:
    """(whether it is an image, the words, the target) of each link outside of code."""
    bare = re.sub(r"`[^`\n]*`", "code", FENCE.sub("", text))
    for match in LINK.finditer(bare):
        yield match[1] == "!", match[2], match[3]
