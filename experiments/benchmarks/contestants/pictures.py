"""Batches of augmented images, each library in its own way:
``(load, folder or arrays) -> endless batches``.

All make the same changes of the same pictures: `CHANGES`, with linear interpolation, and values in
0 .. 1. Libraries without such changes of their own make them in the way that their users do:
PyTorch by its `grid_sample`, grain by scipy; each image by itself, in the workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CHANGES: dict[str, Any] = {
    "rotation_range": 20,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "zoom_range": 0.15,
    "horizontal_flip": True,
}


@dataclass(frozen=True)
class Load:
    """What is read, `batch` at a time: `samples` images of `size` x `size`, in memory or as JPEG
    files.
    """

    title: str
    size: int
    samples: int
    batch: int
    files: bool = False

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Random images in uint8 and labels."""
        rng = np.random.default_rng(0)
        pictures = rng.integers(0, 256, (self.samples, self.size, self.size, 3), dtype=np.uint8)
        return pictures, rng.integers(0, 2, self.samples).astype(np.float32)


def jaxcnn_generator(load: Load, folder: Path) -> Iterator[Any]:
    from jaxcnn.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(**CHANGES, rescale=1 / 255, interpolation_order=1)
    if load.files:
        return generator.flow_from_directory(
            folder, (load.size, load.size), batch_size=load.batch, class_mode="binary", seed=0
        )
    return generator.flow(*load.arrays(), batch_size=load.batch, seed=0)


def jaxcnn_device(load: Load, folder: Path) -> Iterator[Any]:
    """The pure function on batches of uint8, as inside of a training step; what is made stays on
    the device.
    """
    import jax

    from jaxcnn.preprocessing.image import augment

    pictures, labels = load.arrays()
    key = jax.random.key(0)

    @jax.jit
    def change(step: int, batch: np.ndarray) -> jax.Array:
        return augment(jax.random.fold_in(key, step), batch, **CHANGES, interpolation_order=1) / 255

    for step in range(2**31):
        start = step * load.batch % load.samples
        batch = change(step, pictures[start : start + load.batch])
        yield batch.block_until_ready(), labels[start : start + load.batch]


def keras_generator(load: Load, folder: Path) -> Iterator[Any]:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(**CHANGES, rescale=1 / 255)  # interpolates linearly by default
    if load.files:
        return generator.flow_from_directory(
            str(folder), (load.size, load.size), batch_size=load.batch, class_mode="binary"
        )
    return generator.flow(*load.arrays(), batch_size=load.batch)


def torch_loader(load: Load, folder: Path) -> Iterator[Any]:
    import torch

    class Pictures(torch.utils.data.Dataset):
        def __init__(self) -> None:
            self.read, self.count = reader(load, folder)

        def __len__(self) -> int:
            return self.count

        def __getitem__(self, index: int) -> Any:
            pixels, label = self.read(index)
            picture = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
            angle = torch.deg2rad((torch.rand(()) * 2 - 1) * CHANGES["rotation_range"])
            shift = (torch.rand(2) * 2 - 1) * 2 * CHANGES["width_shift_range"]
            zoom = 1 + (torch.rand(2) * 2 - 1) * CHANGES["zoom_range"]
            mirror = torch.where(torch.rand(()) < 0.5, -1.0, 1.0)
            first = torch.stack(
                [torch.cos(angle) * zoom[0] * mirror, -torch.sin(angle) * zoom[1], shift[0]]
            )
            second = torch.stack(
                [torch.sin(angle) * zoom[0] * mirror, torch.cos(angle) * zoom[1], shift[1]]
            )
            grid = torch.nn.functional.affine_grid(
                torch.stack([first, second])[None], list(picture.shape), align_corners=False
            )
            changed = torch.nn.functional.grid_sample(
                picture, grid, padding_mode="border", align_corners=False
            )
            return changed[0], label

    loader = torch.utils.data.DataLoader(
        Pictures(),
        load.batch,
        shuffle=True,
        num_workers=os.cpu_count() or 1,
        persistent_workers=True,
    )
    return endless(loader)


def grain_loader(load: Load, folder: Path) -> Iterator[Any]:
    import grain
    from scipy import ndimage

    read, count = reader(load, folder)

    def change(index: int, rng: np.random.Generator) -> Any:
        pixels, label = read(index)
        angle = np.deg2rad(rng.uniform(-1, 1) * CHANGES["rotation_range"])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = turn @ np.diag(1 + rng.uniform(-1, 1, 2) * CHANGES["zoom_range"])
        middle = np.array([load.size / 2, load.size / 2])
        offset = (
            middle
            - matrix @ middle
            + rng.uniform(-1, 1, 2) * CHANGES["width_shift_range"] * load.size
        )
        picture = pixels.astype(np.float32) / 255
        planes = [
            ndimage.affine_transform(picture[..., c], matrix, offset, order=1, mode="nearest")
            for c in range(3)
        ]
        changed = np.stack(planes, -1)
        return (changed[:, ::-1] if rng.random() < 0.5 else changed), label

    data = (
        grain.MapDataset.range(count)
        .seed(0)
        .shuffle()
        .repeat()
        .random_map(change)
        .batch(load.batch)
    )
    ahead = grain.ReadOptions(
        num_threads=os.cpu_count() or 1, prefetch_buffer_size=4
    )  # batches made by threads
    return iter(data.to_iter_dataset(ahead))


def reader(load: Load, folder: Path) -> tuple[Callable[[int], tuple[np.ndarray, float]], int]:
    """(number -> image in uint8 and label, how many there are), for libraries that read one at a
    time.
    """
    if not load.files:
        pictures, labels = load.arrays()
        return lambda i: (pictures[i], float(labels[i])), load.samples
    from PIL import Image

    paths = sorted(folder.glob("*/*.jpg"))
    classes = sorted({path.parent.name for path in paths})

    def read(index: int) -> tuple[np.ndarray, float]:
        with Image.open(paths[index]) as picture:
            pixels = picture.convert("RGB").resize((load.size, load.size), Image.Resampling.NEAREST)
        return np.asarray(pixels), float(classes.index(paths[index].parent.name))

    return read, len(paths)


def endless(loader: Any) -> Iterator[Any]:
    while True:
        yield from loader


LIBRARIES = {
    "jaxcnn": jaxcnn_generator,
    "augment": jaxcnn_device,
    "keras": keras_generator,
    "torch": torch_loader,
    "grain": grain_loader,
}


def train(load: Load, session: Any, library: str, folder: str) -> None:
    """Make a pass of batches whenever it is this contestant's turn, as the harness wants it."""
    batches = LIBRARIES[library](load, Path(folder))
    session.begin()
    for _ in range(session.epochs):
        session.epoch_begin()
        for _ in range(load.samples // load.batch):
            x, _ = next(batches)
        session.epoch_end(float(np.asarray(x).mean()))
