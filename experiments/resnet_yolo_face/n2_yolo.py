"""Objects found in photographs by YOLO, step by step (N2).

Data: Darknet's Tiny-YOLOv3 in place of the course's YOLOv2, whose weights are not available, and
photographs of a street, of dogs, horses and others in place of the course's 720 x 1280 images of
roads.

    python -m experiments run n2_yolo
"""

import time

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import config
from jaxcnn.detection import (
    Detector,
    Head,
    best_classes,
    corners,
    draw,
    iou,
    letterbox,
    non_max_suppression,
    scaled,
    score_filter,
    yolov2,
)
from jaxcnn.detection.networks import YOLOV2_ANCHORS
from jaxcnn.preprocessing.image import load_img

PROGRAM = Program(
    title="Objects found by YOLO",
    ids=("N2",),
    data=("tiny_yolo", "media"),
    minutes=1,
    settings={"pictures": 6, "score_threshold": 0.5, "iou_threshold": 0.45, "whole_yolov2": True},
    quick={"pictures": 2, "whole_yolov2": False},
)
PICTURES = (
    "darknet_dog.jpg",
    "street_people_cars.jpg",
    "darknet_horses.jpg",
    "darknet_person.jpg",
    "darknet_giraffe.jpg",
    "darknet_eagle.jpg",
)
SEEN = {
    "darknet_dog.jpg": {"dog", "bicycle"},
    "darknet_person.jpg": {"person", "dog", "horse"},
}  # at least


def main(run: Run) -> None:
    random = np.random.default_rng(run.seed)
    cells = 19
    head = Head(
        tuple((w / cells, h / cells) for w, h in YOLOV2_ANCHORS),
        (0, 1, 2, 3, 4),
        80,
        independent=False,
    )
    run.check("numbers of a cell, 5 x (80 + 5)", head.channels, 425)
    if run.settings.whole_yolov2:
        run.check(
            "output of YOLOv2 at 608 x 608", yolov2().model.output_shape, (None, cells, cells, 425)
        )
    boxes, confidence, probabilities = head.decode(
        random.standard_normal((1, cells, cells, 425)).astype("float32")
    )
    run.check("boxes", np.shape(boxes[0]), (cells * cells * 5, 4))
    scores, classes = best_classes(confidence[0], probabilities[0])
    likeliest = np.asarray(confidence[0])[:, None] * np.asarray(probabilities[0])
    run.check(
        "score = confidence x probability", np.allclose(scores, likeliest.max(1), atol=1e-6), True
    )
    kept = int(np.sum(score_filter(scores, 0.1)))
    run.check("boxes that pass the filter", kept, int(np.sum(np.asarray(scores) >= 0.1)))
    run.check("IoU", iou([2, 1, 4, 3], [1, 2, 3, 4]), 1 / 7, tolerance=1e-6)
    chosen = non_max_suppression(
        corners(boxes[0]), scores, classes, 0.1, 0.5, max_boxes=10, per_class=False
    )
    found = np.asarray(chosen.boxes)[np.asarray(chosen.valid)]
    overlap = np.asarray(iou(found[:, None], found[None])) - np.eye(len(found))
    run.check("boxes left by the suppression, at most", len(found) <= 10, True)
    run.check("none of them overlap by more than 0.5", bool(overlap.max() <= 0.5 + 1e-6), True)
    run.check(
        "a box scaled to 720 x 1280",
        scaled([0.25, 0.5, 0.75, 1.0], 720, 1280),
        [320, 360, 960, 720],
        tolerance=1e-3,
    )
    _, placement = letterbox(np.zeros((720, 1280, 3), np.uint8), 608, 608)
    whole = np.array([[0, (608 - 342) / 2 / 608, 1, (608 + 342) / 2 / 608]], np.float32)
    run.check(
        "the picture within the network's input",
        placement.to_picture(whole)[0],
        [0, 0, 1280, 720],
        tolerance=2,
    )

    models = config.home() / "models"
    detector = Detector.from_darknet(
        models / "yolov3-tiny.cfg", models / "yolov3-tiny.weights", models / "coco.names"
    )
    for name in PICTURES[: run.settings.pictures]:
        picture = np.asarray(load_img(config.home() / "media" / name))
        began = time.perf_counter()
        (objects,) = detector.detect(
            [picture], run.settings.score_threshold, run.settings.iou_threshold
        )
        print(f"Found {len(objects)} boxes for {name} in {time.perf_counter() - began:.2f} s")
        for label, score, box in objects:
            print(f"{label} {score:.2f} {tuple(round(edge) for edge in box)}")
        seen = ", ".join(f"{label} {score:.2f}" for label, score, _ in objects)
        run.figure(name, seen or "nothing")
        if expected := SEEN.get(name):
            run.check(
                f"{name}: what it shows", expected <= {label for label, _, _ in objects}, True
            )
        run.picture(name.removesuffix(".jpg"), draw(picture, objects))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
