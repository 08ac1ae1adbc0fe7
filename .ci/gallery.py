"""A hook of MkDocs: the pages of the gallery, made from the results of experiments/, and their
images.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from experiments import site


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made to what was read from the folder of the documentation."""
    for path, text in site.pages().items():
        files.append(File.generated(config, path, content=text))
    for path, image in site.images().items():
        files.append(File.generated(config, path, abs_src_path=str(image)))
    return files
