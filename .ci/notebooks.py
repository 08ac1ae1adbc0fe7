"""A hook of MkDocs: each notebook in docs/tutorials as a page beside it, with its outputs."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "tutorials"


def pages() -> dict[str, str]:
    """The path of each page in the site -> its Markdown."""
    return {f"tutorials/{path.stem}.md": markdown(path) for path in sorted(FOLDER.glob("*.ipynb"))}


def images() -> dict[str, bytes]:
    """The path of each image in the site -> its PNG."""
    return {
        f"tutorials/{name}": data
        for path in sorted(FOLDER.glob("*.ipynb"))
        for name, data in drawings(path)
    }


def cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, their sources and outputs as they stand in it."""
    listed: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return listed


def drawings(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, PNG) of each image that the cells of a notebook have shown."""
    for cell in cells(path):
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", ()):
                yield (
                    f"{path.stem}-{cell['id']}.png",
                    base64.b64decode("".join(output["data"]["image/png"])),
                )


def markdown(path: Path) -> str:
    """A notebook as a page; links between notebooks lead to their pages."""
    parts: list[str] = []
    for cell in cells(path):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source.replace(".ipynb)", ".md)"))
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" in data:
                parts.append(f"![{cell['metadata']['alt']}]({path.stem}-{cell['id']}.png)")
            elif text := "".join(output.get("text", data.get("text/plain", ""))).strip("\n"):
                parts.append(f"```text\n{text}\n```")
    title, _, rest = parts[0].partition("\n")
    download = f"This page is a notebook: [download it]({path.name})."
    return "\n\n".join([title, download, rest.strip(), *parts[1:]]) + "\n"


def on_files(files: Any, config: Any) -> Any:
    """Add the pages and their images to what was read from the folder of the documentation."""
    from mkdocs.structure.files import File

    for path, content in (pages() | images()).items():
        files.append(File.generated(config, path, content=content))
    return files
