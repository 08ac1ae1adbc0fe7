"""What a film shows, by the vote of its frames (section 8.6, P20).

Data: a photograph of a panda, over which a camera moves; the film "carphone", in which a man in a
suit talks in a car; a film of a street in several scenes; MobileNet with its ImageNet weights. The
book describes it and has neither code nor film: each frame is classified, and the class of most
frames is the film's. The street shows what that is worth where no class fits: the votes scatter.

    python -m experiments run p20_tagging
"""

from collections import Counter
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
from jaxcnn.visualization.figure import BLUE, new_figure, plain_axes

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
    labels: list[str] = []

    def classify(frames: np.ndarray) -> list[str]:
        inputs = MobileNet.preprocess_input(frames.astype("float32"), "channels_last")
        names = [best[0][1] for best in decode_predictions(model.predict(inputs), top=1)]
        labels.extend(names)
        return names

    panda = run.out / "panda.avi"
    write_video(panda, moving(read_image(media / "panda.jpg"), 480, 100))
    films = {
        "the panda": panda,
        "the man in the car": media / "carphone_pristine.mp4",
        "the street": media / "bikes.mp4",
    }
    figure = new_figure(11, 3.2)
    for number, (name, path) in enumerate(films.items(), 1):
        labels.clear()
        tag, share = tag_video(read_frames(path, step, size=(size, size)), classify)
        run.figure(f"{name} shows", tag)
        run.figure(f"{name}: share of the frames", share)
        axes = figure.add_subplot(1, len(films), number)
        plain_axes(axes)
        words, votes = zip(*reversed(Counter(labels).most_common(5)), strict=True)
        axes.barh(words, np.array(votes) / len(labels), color=BLUE)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(words) - 5.5, len(words) - 0.5)
        axes.set_xlabel("share of the frames")
        axes.set_title(f"{name}: votes of {len(labels)} frames", fontsize=9)
        if name == "the panda":
            run.check("the camera moves over", tag, "giant_panda")
    run.check("frames of the street that were classified", len(labels), -(-250 // step))
    run.picture("votes", figure)
    shown = np.stack(list(read_frames(media / "bikes.mp4", 25, size=(136, 320))))
    named = classify(np.stack(list(read_frames(media / "bikes.mp4", 25, size=(size, size)))))
    run.picture("street", shown, columns=5, titles=named)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
