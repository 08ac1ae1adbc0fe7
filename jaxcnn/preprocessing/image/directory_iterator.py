"""Batches of the pictures in a folder that has a folder for each class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from jaxcnn.preprocessing.image.file_iterator import (
    LABELLED,
    FileIterator,
    is_picture_name,
    readable,
)
from jaxcnn.preprocessing.image.files import EXTENSIONS
from jaxcnn.preprocessing.image.iterator import split_bounds
from jaxcnn.runtime.hints import closest

if TYPE_CHECKING:
    from jaxcnn.preprocessing.image.generator import ImageDataGenerator


class DirectoryIterator(FileIterator):
    """Batches of the pictures in a folder of class folders; see
    `ImageDataGenerator.flow_from_directory`.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        image_data_generator: ImageDataGenerator,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str = "channels_last",
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        skip_unreadable: bool = False,
    ) -> None:
        if class_mode not in (*LABELLED, "input", None):
            raise ValueError(
                f'Invalid class_mode: {class_mode!r}; expected one of "categorical", "binary", '
                '"sparse", "input", or '
                "None."
            )
        directory = os.fspath(directory)
        names = _class_folders(directory, classes)
        if class_mode == "binary" and len(names) > 2:
            raise ValueError(
                f'class_mode="binary" is for two classes; {directory} has {len(names)}: use '
                '"sparse".'
            )
        filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            found = _pictures_below(directory, name, follow_links)
            if not found:
                raise ValueError(
                    f"The class folder {os.path.join(directory, name)} has no pictures "
                    f"({', '.join(EXTENSIONS)}). Put "
                    "some there, remove it, or name the classes to use by `classes`."
                )
            part = found[split_bounds(len(found), image_data_generator.validation_split, subset)]
            filenames += part
            numbers += [number] * len(part)
        if skip_unreadable:
            keep = readable([os.path.join(directory, name) for name in filenames])
            filenames, numbers = [filenames[i] for i in keep], [numbers[i] for i in keep]
        print(f"Found {len(filenames)} images belonging to {len(names)} classes.")
        super().__init__(
            directory,
            filenames,
            image_data_generator,
            target_size,
            color_mode,
            class_mode,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            interpolation,
        )
        self.classes = np.asarray(numbers, np.int32)
        self.class_indices = {name: number for number, name in enumerate(names)}


def _class_folders(directory: str, classes: Sequence[str] | None) -> list[str]:
    found = sorted(
        name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name))
    )
    if not found:
        raise ValueError(
            f"{directory} has no folders; it must have one for each class, with pictures in them."
        )
    for name in classes or ():
        if name not in found and not os.path.isdir(os.path.join(directory, name)):
            raise ValueError(
                f"{directory} has no class folder '{name}'; it has {', '.join(found)}."
                f"{closest(name, found)}"
            )
    return list(classes) if classes else found


def _pictures_below(directory: str, name: str, follow_links: bool) -> list[str]:
    """The pictures in a class folder and the folders in it, relative to `directory`, in order."""
    return [
        os.path.relpath(os.path.join(root, file), directory)
        for root, _, files in sorted(
            os.walk(os.path.join(directory, name), followlinks=follow_links)
        )
        for file in sorted(files)
        if is_picture_name(file)
    ]
