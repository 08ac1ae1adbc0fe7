"""Batches from data that does not fit into memory: shuffled, augmented, sharded, resumable.

The batches of a stream are a function of its seed and its position alone, so that a run resumed
from a saved position sees exactly the samples that it would have seen. Built on grain:
``pip install grain``.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import jax
import numpy as np

from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.images import class_files, read_image
from jaxcnn.runtime import config
from jaxcnn.runtime.types import HostArray, PyTree
from jaxcnn.utils.packages import installed

__all__ = ["PictureFolder", "Source", "Stream", "Zipped"]

Sample: TypeAlias = PyTree  # a tuple, list or dict of arrays and numbers


class Source(Protocol):
    """Samples by number.

    Such are a list, ``builder.as_data_source(split=...)`` of tensorflow-datasets, a class of yours.

    Examples:
        >>> from jaxcnn.datasets.streaming import Source
        >>> samples: Source = ["a", "b"]
        >>> len(samples), samples[1]
        (2, 'b')

    References:
        - Google, "Grain 0.2.18: grain/_src/python/data_sources.py", 2026,
          <https://github.com/google/grain/blob/v0.2.18/grain/_src/python/data_sources.py>
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sample: ...


class Zipped:
    """The rows of arrays as samples: ``Zipped(x, y)[i]`` is ``(x[i], y[i])``.

    Memory-mapped arrays stay on the disk.

    Args:
        *arrays: arrays, lists or memory-mapped files of one length.

    Raises:
        ValueError: their lengths differ, or there is none.

    Examples:
        >>> from jaxcnn.datasets.streaming import Zipped
        >>> samples = Zipped(x, y)
        >>> len(samples), samples[0]
        (4, (array([1., 1.], dtype=float32), array([1.], dtype=float32)))

    References:
        - Abadi et al., "TensorFlow: tf.data.Dataset", 2018,
          <https://www.tensorflow.org/api_docs/python/tf/data/Dataset>
    """

    def __init__(self, *arrays: HostArray) -> None:
        if len({len(array) for array in arrays}) != 1:
            raise ValueError(
                f"All arrays need the same length; given {', '.join(str(len(a)) for a in arrays)}."
            )
        self.arrays = arrays

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: int) -> tuple[PyTree, ...]:
        return tuple(array[index] for array in self.arrays)


class PictureFolder:
    """The images in a folder with one subfolder for each class: samples (image, label).

    Args:
        folder: its subfolders, in alphabetical order, are the classes; see ``classes``.
        size: (height, width) to resize to; None when all images have one size already.
        mode: "RGB" for uint8 (height, width, 3), or "L" for (height, width). Default: 'RGB'.
        skip_broken: decode every image once, now, and leave those out that cannot be, with a
            warning that names them. Default: False.

    Raises:
        DamagedFileError: there is no class, or one without an image; or, when it is read, an image
            is broken.

    Examples:
        >>> import pathlib, PIL.Image
        >>> for name in ("cats", "dogs"):
        ...     pathlib.Path("train", name).mkdir(parents=True)
        ...     PIL.Image.new("RGB", (8, 6)).save(f"train/{name}/0.png")
        >>> from jaxcnn.datasets.streaming import PictureFolder
        >>> folder = PictureFolder("train", size=(4, 4))
        >>> image, label = folder[1]
        >>> folder.classes, image.shape, int(label)
        (['cats', 'dogs'], (4, 4, 3), 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    def __init__(
        self,
        folder: str | Path,
        size: tuple[int, int] | None,
        mode: str = "RGB",
        skip_broken: bool = False,
    ) -> None:
        by_class = class_files(Path(folder))
        self.classes = list(by_class)
        self.size, self.mode = size, mode
        self.files = [
            (file, label) for label, files in enumerate(by_class.values()) for file in files
        ]
        if skip_broken:
            broken = [file for file, _ in self.files if not self._readable(file)]
            if broken:
                warnings.warn(
                    f"{len(broken)} broken images are left out: {', '.join(map(str, broken))}",
                    stacklevel=2,
                )
                self.files = [(file, label) for file, label in self.files if file not in broken]

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        file, label = self.files[index]
        return read_image(file, self.mode, self.size), label

    def _readable(self, file: Path) -> bool:
        try:
            read_image(file, self.mode)
        except DamagedFileError:
            return False
        return True


class Stream:
    """Batches from a source, one pass over it for each ``for`` loop.

        stream = Stream(PictureFolder("train", (150, 150)), batch_size=20, augment=flip)
        for x, y in stream:  # the first epoch
            ...
        for x, y in stream:  # the second, in another order
            ...

    A loop that is left early continues from there in the next one. ``get_state()`` is the position
    after the last batch, ``set_state(state)`` goes there.

    Args:
        source: samples by number.
        batch_size: samples in a batch of this process.
        shuffle: a new order in every epoch. Default: True.
        seed: decides the orders and what ``augment`` draws; by default that of
            ``jaxcnn.utils.set_random_seed``.
        transform: sample -> sample; runs in the worker threads. Default: None.
        augment: (sample, numpy.random.Generator) -> sample, after ``transform``. The generator is a
            function of seed, epoch and position, whichever thread runs it. Default: None.
        drop_remainder: leave out a last batch that is short. Default: False.
        shard: (number of this process, number of processes); by default those of JAX. Every process
            has equally many samples, and none twice; for that, up to count - 1 samples of an epoch
            are left out.
        workers: threads that read samples; 0, the better for arrays in memory, reads in the thread
            that asks. Default: 4.
        to: a jax.Device or Sharding to which batches are sent ahead of time (under a sharding over
            several processes, each its part), or None for NumPy arrays.
        ahead: batches that are made before they are asked for. Default: 2.

    Raises:
        ImportError: grain is missing.
        ValueError: the arguments make no batch.

    Examples:
        >>> from jaxcnn.datasets.streaming import Stream, Zipped
        >>> for images, labels in Stream(Zipped(x, y), batch_size=2, shuffle=False):
        ...     print(images.shape, labels.shape)
        (2, 2) (2, 1)
        (2, 2) (2, 1)

    References:
        - Google, "Grain 0.2.18: grain/_src/python/data_loader.py", 2026,
          <https://github.com/google/grain/blob/v0.2.18/grain/_src/python/data_loader.py>
    """

    def __init__(
        self,
        source: Source,
        batch_size: int,
        shuffle: bool = True,
        seed: int | None = None,
        transform: Callable[[Sample], Sample] | None = None,
        augment: Callable[[Sample, np.random.Generator], Sample] | None = None,
        drop_remainder: bool = False,
        shard: tuple[int, int] | None = None,
        workers: int = 4,
        to: jax.Device | jax.sharding.Sharding | None = None,
        ahead: int = 2,
    ) -> None:
        self._grain = installed("grain", "A Stream")
        self.source, self.batch_size, self.shuffle = source, batch_size, shuffle
        self.seed = config.seed() if seed is None else seed
        self.transform, self.augment, self.drop_remainder = transform, augment, drop_remainder
        self.shard = (jax.process_index(), jax.process_count()) if shard is None else shard
        self.workers, self.to, self.ahead = workers, to, ahead
        index, count = self.shard
        if not 0 <= index < count:
            raise ValueError(
                f"shard must be (number, count) with 0 <= number < count; got {self.shard}."
            )
        if batch_size < 1 or workers < 0 or ahead < 1:
            raise ValueError(
                "batch_size and ahead must be at least 1 and workers at least 0; got "
                f"{batch_size}, {ahead}, {workers}."
            )
        self.samples = len(source) // count
        if len(self) == 0:
            raise ValueError(
                f"There is no batch: {len(source)} samples for {count} process(es), {batch_size} "
                "in a batch" + (", and short batches are dropped." if drop_remainder else ".")
            )
        self._epoch, self._batch = 0, 0

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (
            self.samples // self.batch_size
            if self.drop_remainder
            else -(-self.samples // self.batch_size)
        )

    def __iter__(self) -> Iterator[Sample]:
        """The batches of this epoch from the position on."""
        epoch, batches = self._epoch, self._batches(self._epoch, self._batch)
        try:
            for batch in batches:
                if self._batch + 1 < len(self):
                    self._epoch, self._batch = epoch, self._batch + 1
                else:
                    self._epoch, self._batch = epoch + 1, 0
                yield batch
        finally:
            batches.close()  # ends the threads

    def get_state(self) -> dict[str, int]:
        """Where the next batch is: {"epoch": from 0, "batch": from 0}, and the seed; JSON-like."""
        return {"epoch": self._epoch, "batch": self._batch, "seed": self.seed}

    def set_state(self, state: dict[str, int]) -> None:
        """Go to a position that ``get_state`` returned, of this or an equal stream."""
        epoch, batch = state["epoch"], state["batch"]
        if epoch < 0 or not 0 <= batch < len(self):
            raise ValueError(
                f"The position {state} does not belong to this stream of {len(self)} batches an "
                "epoch."
            )
        self._epoch, self._batch, self.seed = epoch, batch, state["seed"]

    def _batches(self, epoch: int, first: int) -> Any:
        """grain's iterator over the batches of an epoch from number ``first`` on."""
        grain, (index, count) = self._grain, self.shard
        order = np.arange(len(self.source))
        if self.shuffle:
            order = np.random.Generator(np.random.Philox(key=[self.seed, epoch])).permutation(order)
        samples = grain.MapDataset.source(
            _Ordered(self.source, order[index : self.samples * count : count])
        )
        samples = samples.seed(int(np.random.SeedSequence([self.seed, epoch]).generate_state(1)[0]))
        if self.transform is not None:
            samples = samples.map(self.transform)
        if self.augment is not None:
            samples = samples.random_map(self.augment)
        if first:
            samples = samples[first * self.batch_size :]
        threads = grain.ReadOptions(
            self.workers, self.ahead * self.batch_size if self.workers else 0
        )
        batches = samples.to_iter_dataset(threads).batch(
            self.batch_size, drop_remainder=self.drop_remainder, batch_fn=stacked
        )
        if self.to is not None:
            batches = batches.map(self._placed)
        if self.to is not None or self.workers:
            batches = grain.experimental.ThreadPrefetchIterDataset(
                batches, prefetch_buffer_size=self.ahead
            )
        return iter(batches)

    def _placed(self, batch: Sample) -> Sample:
        if isinstance(self.to, jax.sharding.Sharding):
            return jax.tree.map(
                lambda array: jax.make_array_from_process_local_data(self.to, array), batch
            )
        return jax.device_put(batch, self.to)


class _Ordered:
    """Some samples of a source in an order: (n,) numbers."""

    def __init__(self, source: Source, order: np.ndarray) -> None:
        self.source, self.order = source, order

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> Sample:
        return self.source[int(self.order[index])]


def stacked(samples: Sequence[Sample]) -> Sample:
    """Samples as one, with a new first axis.

    Raises:
        ValueError: they differ in structure or shape.
    """
    try:
        return jax.tree.map(lambda *values: np.stack(values), *samples)
    except ValueError as error:
        shapes = {str(jax.tree.map(np.shape, sample)): None for sample in samples}
        raise ValueError(
            f"The samples of a batch have different shapes: {', '.join(list(shapes)[:3])}. Give "
            "them one, for images with `size` or in `transform`."
        ) from error
