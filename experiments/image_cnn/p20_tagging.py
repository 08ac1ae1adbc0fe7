"""What a film shows, by the vote of its frames (section 8.6, P20).

Data: a film of cyclists, and MobileNet with its ImageNet weights.  The book describes it and has neither code nor
film: each frame is classified, and the class of most frames is the film's.

    python -m experiments run p20_tagging
"""

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications import MobileNet
from jaxcnn.applications.imagenet_utils import decode_predictions
from jaxcnn.datasets.frames import read_frames
from jaxcnn.vision import tag_video

PROGRAM = Program(
    title="A film named by its frames",
    ids=("P20",),
    data=("media", "mobilenet", "imagenet_classes"),
    packages=("cv2",),
    minutes=0.5,
    settings={"step": 5},
    quick={"step": 125},
)


def main(run: Run) -> None:
    video = DATA["media"].place() / "bikes.mp4"
    size = MobileNet.size
    model = MobileNet(weights="imagenet", input_shape=(size, size, 3))

    def classify(frames: np.ndarray) -> list[str]:
        inputs = MobileNet.preprocess_input(frames.astype("float32"), "channels_last")
        return [best[0][1] for best in decode_predictions(model.predict(inputs), top=1)]

    labels = []

    def remembered(frames: np.ndarray) -> list[str]:
        found = classify(frames)
        labels.extend(found)
        return found

    tag, share = tag_video(read_frames(video, run.settings.step, size=(size, size)), remembered)
    run.check("frames classified", len(labels), -(-250 // run.settings.step))
    run.figure("the film shows", tag)
    run.figure("share of the frames", share)
    shown = np.stack(list(read_frames(video, 125, size=(136, 320))))
    run.picture("frames", shown, columns=2, title=f"{tag}: {share:.0%} of the frames")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
