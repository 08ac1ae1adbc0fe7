"""The frames of a video: of a file, of a folder with one image for each frame, or of a camera."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.images import SUFFIXES, read_image
from jaxcnn.utils.packages import opencv

__all__ = ["read_camera", "read_frames"]


def read_frames(
    path: str | Path, step: int = 1, limit: int | None = None, size: tuple[int, int] | None = None
) -> Iterator[np.ndarray]:
    """Every ``step``-th frame, from the first, as uint8 (height, width, 3) in RGB; one at a time.

    Args:
        path: a video file that OpenCV reads, or a folder of images, taken in the order of the
            numbers in their names.
        step: 1 for every frame. Default: 1.
        limit: stop after this many; None for all.
        size: (height, width) to resize to; None leaves them.

    Raises:
        FileNotFoundError: there is no such file or folder.
        DamagedFileError: a file has no frame or is broken.
        ImportError: a video is to be read without OpenCV
            (``pip install "opencv-python-headless<5"``).
        ValueError: a `step` below 1.

    Examples:
        >>> import pathlib, PIL.Image
        >>> pathlib.Path("frames").mkdir()
        >>> for i in range(3):
        ...     PIL.Image.new("RGB", (8, 6)).save(f"frames/{i}.png")
        >>> [frame.shape for frame in jc.datasets.frames.read_frames("frames", step=2)]
        [(6, 8, 3), (6, 8, 3)]

    References:
        - Bradski et al., "OpenCV 4.10.0: modules/videoio/include/opencv2/videoio.hpp", 2024,
          <https://github.com/opencv/opencv/blob/4.10.0/modules/videoio/include/opencv2/videoio.hpp>
    """
    path = Path(path)
    if step < 1:
        raise ValueError(f"step must be at least 1; got {step}.")
    if not path.exists():
        raise FileNotFoundError(f"There is no video or folder of frames at {path}.")
    frames = _of_folder(path, step, size) if path.is_dir() else _of_video(path, step, size)
    for i, frame in enumerate(frames):
        if limit is not None and i >= limit:
            return
        yield frame


def read_camera(number: int) -> Iterator[np.ndarray]:
    """The images of a camera as uint8 (height, width, 3) in RGB, until it stops or is closed.

    Args:
        number: 0 for the first camera of the machine.

    Raises:
        OSError: there is no such camera, or it gives no image.
        ImportError: OpenCV is not installed.

    Examples:
        >>> for frame in jc.datasets.frames.read_camera(0):
        ...     print(frame.shape)

    References:
        - Bradski et al., "OpenCV 4.10.0: modules/videoio/include/opencv2/videoio.hpp", 2024,
          <https://github.com/opencv/opencv/blob/4.10.0/modules/videoio/include/opencv2/videoio.hpp>
    """
    cv2 = opencv("Reading a camera")
    camera = cv2.VideoCapture(number)
    count = 0
    try:
        while camera.isOpened():
            read, frame = camera.read()
            if not read:
                break
            count += 1
            yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    finally:
        camera.release()
    if count == 0:
        raise OSError(f"Camera {number} gives no image; is it there, and does nobody else use it?")


def _of_folder(path: Path, step: int, size: tuple[int, int] | None) -> Iterator[np.ndarray]:
    files = sorted(
        (file for file in path.iterdir() if file.suffix.lower() in SUFFIXES), key=_by_numbers
    )
    if not files:
        raise DamagedFileError(path, "it has no images")
    return (read_image(file, "RGB", size) for file in files[::step])


def _by_numbers(file: Path) -> list[tuple[int, str]]:
    """A key that sorts frame10 after frame9."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", file.name)
    ]


def _of_video(path: Path, step: int, size: tuple[int, int] | None) -> Iterator[np.ndarray]:
    cv2 = opencv("Reading a video")
    video = cv2.VideoCapture(str(path))
    number = 0
    try:
        while video.grab():  # decodes only what is retrieved
            if number % step == 0:
                read, frame = video.retrieve()
                if not read:
                    raise DamagedFileError(path, f"frame {number} cannot be decoded")
                if size is not None and frame.shape[:2] != size:
                    frame = cv2.resize(frame, size[::-1])
                yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            number += 1
    finally:
        video.release()
    if number == 0:
        raise DamagedFileError(path, "not a video that OpenCV reads")
