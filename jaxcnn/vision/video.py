"""Videos written, taken apart into images and named by what most of their frames show.

Frames are uint8 (rows, columns, 3) in RGB; `jaxcnn.datasets.frames.read_frames` reads them.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.datasets.frames import read_frames
from jaxcnn.preprocessing.image.files import save_img
from jaxcnn.utils.files import atomic_path
from jaxcnn.utils.packages import opencv


def write_video(
    path: str | os.PathLike[str], frames: Iterable[np.ndarray], fps: float = 25.0
) -> int:
    """Write frames as a video, whole or not at all, and return how many.

    Args:
        path: .mp4 (MPEG-4) or .avi (Motion JPEG).
        frames: uint8 (height, width, 3) in RGB, all of one size.
        fps: frames a second. Default: 25.0.

    Raises:
        ValueError: another suffix, no frame, or a frame of another size or type.
        OSError: OpenCV cannot write.

    Examples:
        >>> frames = [np.zeros((16, 16, 3), np.uint8)] * 3
        >>> jc.vision.write_video("video.avi", frames)
        3

    References:
        - Bradski et al., "OpenCV 4.10.0: modules/videoio/include/opencv2/videoio.hpp", 2024,
          <https://github.com/opencv/opencv/blob/4.10.0/modules/videoio/include/opencv2/videoio.hpp>
    """
    codecs = {".mp4": "mp4v", ".avi": "MJPG"}
    suffix = Path(path).suffix.lower()
    if suffix not in codecs:
        raise ValueError(f"{path}: a video can be written as {' or '.join(codecs)}.")
    cv2 = opencv("Writing a video")
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise ValueError(f"{path}: there are no frames to write.")
    rows, columns = np.shape(first)[:2]
    count = 0
    with atomic_path(path) as temporary:
        video = cv2.VideoWriter(
            str(temporary), cv2.VideoWriter_fourcc(*codecs[suffix]), fps, (columns, rows)
        )
        try:
            if not video.isOpened():
                raise OSError(f"{path}: OpenCV cannot write this video.")
            for frame in itertools.chain([first], frames):
                frame = np.asarray(frame)
                if frame.dtype != np.uint8 or frame.shape != (rows, columns, 3):
                    raise ValueError(
                        f"{path}: frame {count} is {frame.dtype} {frame.shape}; expected uint8 "
                        f"{(rows, columns, 3)}."
                    )
                video.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
                count += 1
        finally:
            video.release()
    return count


def save_frames(
    video: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    limit: int | None = None,
    step: int = 1,
    first: int = 1,
) -> list[Path]:
    """Write frames of a video as ``first.png``, ``first + 1.png``, ... and return their paths.

    Args:
        video: as for `read_frames`.
        folder: made when it is not there.
        limit: how many at most. Default: None.
        step: 1 for every frame. Default: 1.
        first: number of the first image. Default: 1.

    Examples:
        >>> import pathlib, PIL.Image
        >>> pathlib.Path("video").mkdir()
        >>> PIL.Image.new("RGB", (8, 6)).save("video/0.png")
        >>> [path.name for path in jc.vision.save_frames("video", "frames")]
        ['1.png']

    References:
        - Boutell et al., "PNG (Portable Network Graphics) Specification", 1997,
          <https://www.rfc-editor.org/rfc/rfc2083>
    """
    paths = []
    for number, frame in enumerate(read_frames(Path(video), step, limit), first):
        paths.append(Path(folder) / f"{number}.png")
        save_img(paths[-1], frame, data_format="channels_last", scale=False)
    return paths


def majority(labels: Sequence[Hashable]) -> tuple[Any, float]:
    """The label that occurs most often, of equal ones the first, and its share.

    Args:
        labels: the labels, of any kind that can be compared.

    Raises:
        ValueError: there are none.

    Examples:
        >>> jc.vision.majority(["cat", "dog", "cat", "cat"])
        ('cat', 0.75)

    References:
        - Lam and Suen, "Application of Majority Voting to Pattern Recognition", 1997,
          <https://doi.org/10.1109/3468.618255>
    """
    if not labels:
        raise ValueError("There are no labels to choose from.")
    label, count = Counter(labels).most_common(1)[0]
    return label, count / len(labels)


def tag_video(
    frames: Iterable[np.ndarray],
    classify: Callable[[np.ndarray], Sequence[Hashable]],
    batch_size: int = 32,
) -> tuple[Any, float]:
    """The label of a video: each frame is classified, and the majority decides.

    Args:
        frames: from `read_frames`, uint8 (height, width, 3), all of one size.
        classify: from uint8 frames (n, rows, columns, 3) to n labels.
        batch_size: frames that are classified at once. Default: 32.

    Returns:
        The label and the share of the frames that have it.

    Raises:
        ValueError: `batch_size` is below 1, there are no frames, or `classify` returns not one
            label for each.

    Examples:
        >>> frames = [np.zeros((8, 8, 3), np.uint8)] * 3
        >>> jc.vision.tag_video(frames, lambda batch: ["cat"] * len(batch))
        ('cat', 1.0)

    References:
        - Lam and Suen, "Application of Majority Voting to Pattern Recognition", 1997,
          <https://doi.org/10.1109/3468.618255>
    """
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1; given {batch_size}.")
    frames = iter(frames)
    labels: list[Hashable] = []
    while batch := list(itertools.islice(frames, batch_size)):
        batch_labels = list(classify(np.stack(batch)))
        if len(batch_labels) != len(batch):
            raise ValueError(
                f"`classify` returned {len(batch_labels)} labels for {len(batch)} frames."
            )
        labels += batch_labels
    return majority(labels)
