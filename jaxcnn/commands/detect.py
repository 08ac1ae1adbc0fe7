"""``jaxcnn detect PICTURE...``: find objects, print them, and draw them on copies."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from jaxcnn.detection.detector import Detector
from jaxcnn.detection.drawing import draw
from jaxcnn.preprocessing.image import load_img, save_img
from jaxcnn.runtime import config
from jaxcnn.utils.files import DownloadError, download, download_command
from jaxcnn.utils.options import between

PUBLISHED = {
    "yolov3-tiny.cfg": "https://raw.githubusercontent.com/pjreddie/darknet/master/cfg/yolov3-tiny.cfg",
    "yolov3-tiny.weights": "https://pjreddie.com/media/files/yolov3-tiny.weights",
    "coco.names": "https://raw.githubusercontent.com/pjreddie/darknet/master/data/coco.names",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    models = "the models folder of JAXCNN_HOME"
    parser.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE")
    parser.add_argument(
        "--cfg", type=Path, help=f"Darknet network, by default yolov3-tiny.cfg in {models}"
    )
    parser.add_argument("--weights", type=Path, help="its weights, by default next to the cfg file")
    parser.add_argument(
        "--names", type=Path, help=f"class names, one a line, by default coco.names in {models}"
    )
    parser.add_argument(
        "--threshold", type=between(0, 1), default=0.5, help="least score, 0 to 1 (default 0.5)"
    )
    parser.add_argument(
        "--iou",
        type=between(0, 1),
        default=0.45,
        help="greatest overlap within a class (default 0.45)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("."), help="folder for the drawn images (default: here)"
    )


def fetch_published(absent: Iterable[Path]) -> None:
    """Download the files that are published under these names.

    Raises:
        FileNotFoundError: one is not, or cannot be downloaded; the message has the commands that
            get them.
    """
    paths = list(absent)
    for path in paths:
        if path.name not in PUBLISHED:
            raise FileNotFoundError(f"There is no file {path}.")
        try:
            download(PUBLISHED[path.name], path)
        except DownloadError as error:
            lines = "\n".join(f"  {download_command(PUBLISHED[p.name], p)}" for p in paths)
            raise FileNotFoundError(f"{path} is not here ({error}). Get it by\n{lines}") from None


def run(arguments: argparse.Namespace) -> int:
    """Detect on each image; 1 when a file is missing or cannot be used."""
    models = config.home() / "models"
    cfg = arguments.cfg or models / "yolov3-tiny.cfg"
    weights = arguments.weights or cfg.with_suffix(".weights")
    names = arguments.names or models / "coco.names"
    fetch_published(path for path in (cfg, weights, names) if not path.is_file())
    images = [np.asarray(load_img(path)) for path in arguments.pictures]
    detector = Detector.from_darknet(cfg, weights, names)
    for path, image in zip(arguments.pictures, images, strict=True):
        (detections,) = detector.detect([image], arguments.threshold, arguments.iou)
        print(f"{path}: {len(detections)} object{'s' * (len(detections) != 1)}")
        for label, score, box in detections:
            print(
                f"  {label} (score = {score:.5f})  at {', '.join(str(round(edge)) for edge in box)}"
            )
        out = arguments.out / f"{path.stem}_detected.png"
        save_img(out, draw(image, detections), "channels_last", scale=False)
        print(f"  written to {out}")
    return 0
