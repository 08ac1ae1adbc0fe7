"""Twenty frames of a film as images (section 8.6, P19).

Data: a short film, for the book's a_002.mp4.

    python -m experiments run p19_frames
"""

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets.frames import read_frames
from jaxcnn.vision import save_frames

PROGRAM = Program(title="Frames of a film", ids=("P19",), data=("media",), packages=("cv2",))


def main(run: Run) -> None:
    video = DATA["media"].place() / "bikes.mp4"
    # The book counts before it writes: the first frame is 2.png, the last 21.png.
    written = save_frames(video, run.out / "frames", limit=20, first=2)
    run.check("files", [path.name for path in written], [f"{i}.png" for i in range(2, 22)])
    run.check("a frame", next(read_frames(written[0].parent)).shape, [272, 640, 3])
    small = np.stack(list(read_frames(written[0].parent, size=(68, 160))))
    run.picture("frames", small, columns=5)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
