"""What each image of a run shows, in words: IMAGES.csv, and the titles of curves."""

from __future__ import annotations

import csv
from typing import Any

from experiments.program import FOLDER

WORDS = FOLDER / "IMAGES.csv"


def described_images() -> dict[tuple[str, str], str]:
    """(program, file) -> what the image shows, of IMAGES.csv."""
    with open(WORDS, encoding="utf-8", newline="") as file:
        return {(row["program"], row["image"]): row["words"] for row in csv.DictReader(file)}


def described(result: dict[str, Any]) -> dict[str, str]:
    """File -> what it shows, of each image of a run that is described, its curves first."""
    words = described_images()
    name, title = result["program"], result["title"]
    curves = {
        f"{curve['name']}.png": f"Curves of {title}: {curve['name'].replace('_', ' ')}"
        for curve in result["curves"]
    }
    return curves | {
        image: words[name, image] for image in result["pictures"] if (name, image) in words
    }


def alternatives(result: dict[str, Any]) -> dict[str, str]:
    """File -> words for those who do not see it, of every image of a run, its curves last."""
    words = described(result)
    curves = [f"{curve['name']}.png" for curve in result["curves"]]
    files = [*result["pictures"], *curves]
    return {file: words.get(file, f"{result['title']}: {file[:-4]}") for file in files}
