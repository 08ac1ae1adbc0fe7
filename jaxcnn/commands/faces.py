"""``jaxcnn faces learn FOLDER``, ``jaxcnn faces watch CAMERA|FILE``: who people are."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from jaxcnn.datasets.frames import read_camera, read_frames
from jaxcnn.detection.detector import Detection
from jaxcnn.detection.drawing import draw
from jaxcnn.faces.acquaintance import Acquaintance, Recognised, divided, learn, named, read_album
from jaxcnn.utils.options import between, whole
from jaxcnn.utils.packages import opencv
from jaxcnn.utils.progbar import Progbar
from jaxcnn.vision.video import write_video

STRANGER = "stranger"
TITLE = "jaxcnn faces"
KNOWN = Path("known_faces")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the two commands."""

    def show_help(arguments: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    parser.set_defaults(act=show_help)
    actions = parser.add_subparsers(metavar="ACTION")
    learning = actions.add_parser(
        "learn", help="learn people from a folder with a subfolder of photographs for each"
    )
    learning.add_argument("folder", type=Path, metavar="FOLDER")
    learning.add_argument(
        "--out", type=Path, default=KNOWN, help=f"folder for what was learnt ({KNOWN})"
    )
    learning.add_argument(
        "--epochs", type=whole(1), default=30, help="of ten batches each (default 30)"
    )
    learning.add_argument("--seed", type=whole(0), default=0)
    learning.set_defaults(act=learn_people)

    watching = actions.add_parser("watch", help="say who is in a video, or before a camera")
    watching.add_argument(
        "source",
        metavar="CAMERA|FILE",
        help="the number of a camera (0 is the first), a video, or a folder of images",
    )
    watching.add_argument(
        "--known", type=Path, default=KNOWN, help=f"folder that `learn` wrote ({KNOWN})"
    )
    watching.add_argument(
        "--threshold",
        type=between(0, 2),
        help="greatest distance at which a face is somebody's (default: what `learn` chose)",
    )
    watching.add_argument("--save", type=Path, help="write the drawn video, .mp4 or .avi")
    watching.add_argument(
        "--fps", type=between(1, 1000), default=25.0, help="frames a second of --save (default 25)"
    )
    watching.add_argument("--limit", type=whole(1), help="stop after so many frames")
    watching.set_defaults(act=watch)


def run(arguments: argparse.Namespace) -> int:
    """Learn or watch."""
    status: int = arguments.act(arguments)
    return status


def learn_people(arguments: argparse.Namespace) -> int:
    """Learn the people of a folder, say how well, and keep what was learnt."""
    print(f"looking for faces in {arguments.folder}", flush=True)
    album = read_album(arguments.folder)
    absent = Counter(path.parent.name for path in album.without)
    for name, faces in album.faces.items():
        print(f"{name}: a face on {len(faces)} of {len(faces) + absent[name]} photographs")
    for path in album.without:
        print(f"  no face, not used: {path}")
    split = divided(album)
    bar = Progbar(arguments.epochs)
    acquaintance = learn(split, arguments.epochs, seed=arguments.seed, on_epoch=bar.update)
    count = sum(map(len, split.tested.values()))
    print(
        f"named {named(acquaintance, split.tested)} of {count} photographs that it did not learn "
        f"from; nearer than {acquaintance.threshold:.3f} is the person, else a {STRANGER}"
    )
    acquaintance.save(arguments.out)
    print(f"written to {arguments.out}")
    return 0


def watch(arguments: argparse.Namespace) -> int:
    """Say who comes and goes, show it where there is a screen, and write it with --save."""
    acquaintance = Acquaintance.load(arguments.known)
    if arguments.threshold is not None:
        acquaintance = Acquaintance(acquaintance.encoder, acquaintance.people, arguments.threshold)
    camera = arguments.source.isdecimal()
    source = read_camera(int(arguments.source)) if camera else read_frames(arguments.source)
    seen: Counter[str] = Counter()
    began = time.perf_counter()
    with until_interrupted(source) as frames:
        drawn = recognised(itertools.islice(frames, arguments.limit), acquaintance, seen)
        shown = in_window(drawn) if has_screen() else drawn
        if arguments.save is None:
            count = sum(1 for _ in shown)
        else:
            count = write_video(arguments.save, shown, arguments.fps)
    rate = count / (time.perf_counter() - began)
    for name, times in seen.most_common():
        print(f"{name}: on {times} of {count} frames")
    print(f"{count} frames, {rate:.1f} a second")
    if arguments.save is not None:
        print(f"written to {arguments.save}")
    return 0


def recognised(
    frames: Iterable[np.ndarray], acquaintance: Acquaintance, seen: Counter[str]
) -> Iterator[np.ndarray]:
    """The frames with a box and name around each face; who is there is printed when it changes.

    Args:
        frames: uint8 (height, width, 3) in RGB.
        acquaintance: who is known.
        seen: name -> on how many frames, counted on.
    """
    before: list[str] | None = None
    for number, frame in enumerate(frames):
        faces = acquaintance.look(frame)
        names = [face.name or STRANGER for face in faces]
        if names != before:
            print(f"frame {number}: {', '.join(map(described, faces)) or 'nobody'}", flush=True)
            before = names
        seen.update(set(names))
        yield draw(frame, boxes(faces))


def described(recognised: Recognised) -> str:
    """A name, and how far the face is from the nearest person's."""
    return f"{recognised.name or STRANGER} (distance {recognised.distance:.2f})"


def boxes(faces: Sequence[Recognised]) -> list[Detection]:
    """What `draw` takes: a name, how far the face is, and its corners."""
    return [
        Detection(
            face.name or STRANGER,
            face.distance,
            (
                float(face.face.left),
                float(face.face.top),
                float(face.face.left + face.face.width),
                float(face.face.top + face.face.height),
            ),
        )
        for face in faces
    ]


def has_screen() -> bool:
    """Whether a window can be opened: there is a display, and OpenCV was built with windows."""
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    lines = opencv("Watching a camera or video").getBuildInformation().splitlines()
    if any(line.split() == ["GUI:", "NONE"] for line in lines):
        print(
            "No window: this OpenCV has none. In its place: pip uninstall opencv-python-headless "
            '&& pip install "opencv-python<5".'
        )
        return False
    return True


def in_window(frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The frames, each shown in a window, until the key q is pressed there."""
    cv2 = opencv("Watching a camera or video")
    try:
        for frame in frames:
            cv2.imshow(TITLE, cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
            yield frame
            if cv2.waitKey(10) & 0xFF == ord("q"):
                break
    finally:
        cv2.destroyAllWindows()


@contextlib.contextmanager
def until_interrupted(frames: Iterator[np.ndarray]) -> Iterator[Iterator[np.ndarray]]:
    """The frames until they end or Ctrl-C is pressed, so that a video of a camera is whole."""
    pressed = False

    def stop(number: int, stack: object) -> None:
        nonlocal pressed
        pressed = True

    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield itertools.takewhile(lambda frame: not pressed, frames)
    finally:
        signal.signal(signal.SIGINT, previous)
