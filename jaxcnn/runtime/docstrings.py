"""Docstrings in sections, so that what a family shares is explained once and shown at each member.

A docstring is prose and then sections: ``Args:``, ``Returns:``, ``Raises:``, ``Examples:``,
``References:``, each with its lines indented. An entry of ``Args:`` is ``name: what it means``.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence

ORDER = ("Args", "Attributes", "Returns", "Yields", "Raises", "Examples", "References")
WIDTH = 96  # with the indent of a class body, 100
SECTION = re.compile(rf"^({'|'.join(ORDER)}):\n((?:[ ]+\S.*(?:\n|\Z)|\n)*)", flags=re.MULTILINE)
ENTRY = re.compile(r"^(?=\S)", flags=re.MULTILINE)


def sections(doc: str | None) -> dict[str, str]:
    """The prose of a docstring, by the name "", and the text of each section, by its head."""
    text = inspect.cleandoc(doc or "")
    prose = re.sub(r"\n{3,}", "\n\n", SECTION.sub("\n", text))
    named = {head: textwrap.dedent(body).strip("\n") for head, body in SECTION.findall(text)}
    return {"": prose.strip(), **named}


def entries(section: str) -> dict[str, str]:
    """The entries of a section by the names that they explain, each text on one line."""
    texts = {}
    for entry in ENTRY.split(section):
        names, colon, text = entry.partition(": ")
        if colon:
            for name in names.split(","):
                texts[name.strip(" *")] = " ".join(text.split())
    return texts


def joined(parts: Mapping[str, str]) -> str:
    """A docstring of these sections, the inverse of `sections`."""
    named = [
        f"{head}:\n{textwrap.indent(parts[head], '    ')}" for head in ORDER if parts.get(head)
    ]
    return "\n\n".join(part for part in (parts.get("", ""), *named) if part)


def listed(texts: Mapping[str, str]) -> str:
    """The text of a section with these entries."""
    return "\n".join(
        textwrap.fill(
            f"{name}: {text}", WIDTH - 4, subsequent_indent="    ", break_on_hyphens=False
        )
        for name, text in texts.items()
    )


def with_arguments(doc: str | None, names: Sequence[str], shared: Mapping[str, str]) -> str:
    """A docstring whose Args explain `names` in that order, by itself or else as `shared` does."""
    parts = sections(doc)
    told = {**shared, **entries(parts.get("Args", ""))}
    return joined({**parts, "Args": listed({name: told[name] for name in names if name in told})})


def with_entry(doc: str | None, entry: str) -> str:
    """A docstring with one more argument, the last."""
    parts = sections(doc)
    text = textwrap.fill(entry, WIDTH - 4, subsequent_indent="    ", break_on_hyphens=False)
    return joined({**parts, "Args": f"{parts.get('Args', '')}\n{text}".strip()})
