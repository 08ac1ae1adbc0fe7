"""Batches of the images in a folder that has a folder for each class."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from jaxcnn.preprocessing.image.file_iterator import (
    LABELLED,
    FileIterator,
    is_image_name,
    readable,
)
from jaxcnn.preprocessing.image.files import EXTENSIONS
from jaxcnn.preprocessing.image.flow import Flow, Reading, Saving
from jaxcnn.preprocessing.image.iterator import Transform, subset_slice
from jaxcnn.spellings.hints import closest


class DirectoryIterator(FileIterator):
    """Batches of the images in a folder of class folders.

    See `ImageDataGenerator.flow_from_directory`.

    Args:
        directory: folder with a folder for each class.
        image_data_generator: the generator whose changes are applied.
        target_size: (height, width) that images are resized to. Default: (256, 256).
        color_mode: 'rgb', 'rgba' or 'grayscale'. Default: 'rgb'.
        classes: names of the folders in the order of the classes; None for all, sorted.
        class_mode: 'categorical', 'binary', 'sparse', 'input' or None for no targets. Default:
            'categorical'.
        batch_size: images a batch. Default: 32.
        shuffle: whether each epoch has an order of its own. Default: True.
        seed: decides everything random; None follows the seed of the library.
        data_format: 'channels_last' or 'channels_first'. Default: 'channels_last'.
        save_to_dir: folder where the images that are made are written too; None for nowhere.
        save_prefix: beginning of the names of those files. Default: ''.
        save_format: format of those files. Default: 'jpeg'.
        follow_links: whether links to folders are followed. Default: False.
        subset: 'training' or 'validation', a part by the `validation_split` of the generator; None
            for all.
        interpolation: how images are resized: 'nearest', 'bilinear', 'bicubic', ... Default:
            'nearest'.
        skip_unreadable: whether files that cannot be read are left out with a warning; else they
            raise. Default: False.
        draft: whether JPEG files are decoded at a smaller size that is enough, as by `load_img`.
            Default: False.

    Raises:
        ValueError: an argument that is not allowed.

    Examples:
        >>> import pathlib
        >>> from jaxcnn.preprocessing.image import ImageDataGenerator, save_img
        >>> for name in ("cats", "dogs"):
        ...     pathlib.Path("train", name).mkdir(parents=True)
        ...     save_img(f"train/{name}/0.png", np.zeros((8, 8, 3)))
        >>> batches = ImageDataGenerator().flow_from_directory("train", target_size=(4, 4))
        Found 2 images belonging to 2 classes.
        >>> type(batches).__name__, next(batches)[0].shape
        ('DirectoryIterator', (2, 4, 4, 3))

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        image_data_generator: Transform,
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
        draft: bool = False,
    ) -> None:
        if class_mode not in (*LABELLED, "input", None):
            raise ValueError(
                f'Invalid class_mode: {class_mode!r}; expected one of "categorical", "binary", '
                '"sparse", "input", or None.'
            )
        directory = os.fspath(directory)
        class_names = _class_folders(directory, classes)
        if class_mode == "binary" and len(class_names) > 2:
            raise ValueError(
                f'class_mode="binary" is for two classes; {directory} has {len(class_names)}: use '
                '"sparse".'
            )
        filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(class_names):
            images = _images_below(directory, name, follow_links)
            if not images:
                raise ValueError(
                    f"The class folder {os.path.join(directory, name)} has no images "
                    f"({', '.join(EXTENSIONS)}). Put some there, remove it, or name the classes to "
                    "use by `classes`."
                )
            part = images[subset_slice(len(images), image_data_generator.validation_split, subset)]
            filenames += part
            numbers += [number] * len(part)
        if skip_unreadable:
            kept_files = readable([os.path.join(directory, name) for name in filenames])
            filenames = [filenames[i] for i in kept_files]
            numbers = [numbers[i] for i in kept_files]
        print(f"Found {len(filenames)} images belonging to {len(class_names)} classes.")
        saving = Saving(save_to_dir, save_prefix, save_format)
        super().__init__(
            directory,
            filenames,
            class_mode,
            image_data_generator=image_data_generator,
            reading=Reading(target_size, color_mode, interpolation, draft),
            flow=Flow(batch_size, shuffle, seed, data_format, saving),
        )
        self.classes = np.asarray(numbers, np.int32)
        self.class_indices = {name: number for number, name in enumerate(class_names)}


def _class_folders(directory: str, classes: Sequence[str] | None) -> list[str]:
    folders = sorted(
        name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name))
    )
    if not folders:
        raise ValueError(
            f"{directory} has no folders; it must have one for each class, with images in them."
        )
    for name in classes or ():
        if name not in folders and not os.path.isdir(os.path.join(directory, name)):
            raise ValueError(
                f"{directory} has no class folder '{name}'; it has {', '.join(folders)}."
                f"{closest(name, folders)}"
            )
    return list(classes) if classes else folders


def _images_below(directory: str, name: str, follow_links: bool) -> list[str]:
    """The images in a class folder and the folders in it, relative to `directory`, in order."""
    return [
        os.path.relpath(os.path.join(root, file), directory)
        for root, _, files in sorted(
            os.walk(os.path.join(directory, name), followlinks=follow_links)
        )
        for file in sorted(files)
        if is_image_name(file)
    ]
