"""What a film shows, by the vote of its frames (section 8.6, P20).

Data: a photograph of a panda, over which a camera moves, and a film of a street in several scenes;
MobileNet with its ImageNet weights. The book describes it and has neither code nor film: each frame
is classified, and the class of most frames is the film's.

    python -m experiments run p20_tagging
"""

from collections.abc import Iterator

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications import MobileNet
from jaxcnn.applications.imagenet_utils import decode_predictions
from jaxcnn.datasets.frames import read_frames
from jaxcnn.datasets.images import read_image
from jaxcnn.vision import tag_video, write_video

PROGRAM = Program(
    title="Films named by their frames",
    ids=("P20",),
    data=("media", "mobilenet", "imagenet_classes"),
    packages=("cv2",),
    minutes=0.5,
    settings={"step": 5},
    quick={"step": 50},
)


def moving(picture: np.ndarray, size: int, frames: int) -> Iterator[np.ndarray]:
    """Windows of an image, from its upper left corner to the lower right one."""
    room = np.array(picture.shape[:2]) - size
    for share in np.linspace(0, 1, frames):
        top, left = (share * room).astype(int)
        yield picture[top : top + size, left : left + size]


def main(run: Run) -> None:
    media, size, step = DATA["media"].place(), MobileNet.size, run.settings.step
    model = MobileNet(weights="imagenet", input_shape=(size, size, 3))
    labels = []

    def classify(frames: np.ndarray) -> list[str]:
        inputs = MobileNet.preprocess_input(frames.astype("float32"), "channels_last")
        found = [best[0][1] for best in decode_predictions(model.predict(inputs), top=1)]
        labels.extend(found)
        return found

    panda = run.out / "panda.avi"
    write_video(panda, moving(read_image(media / "panda.jpg"), 480, 100))
    tag, share = tag_video(read_frames(panda, step, size=(size, size)), classify)
    run.check("the camera moves over", tag, "giant_panda")
    run.figure("share of its frames", share)

    labels.clear()
    tag, share = tag_video(read_frames(media / "bikes.mp4", step, size=(size, size)), classify)
    run.check("frames of the street that were classified", len(labels), -(-250 // step))
    run.figure("the street shows", tag)
    run.figure("share of the frames", share)
    shown = np.stack(list(read_frames(media / "bikes.mp4", 25, size=(136, 320))))
    named = labels[:: 25 // step] if step < 25 else None
    run.picture("street", shown, columns=5, titles=named)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
