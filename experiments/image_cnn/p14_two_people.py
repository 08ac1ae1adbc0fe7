"""A network that tells "me" from another person, and finds me in a film (sections 8.3 and 8.4, P14
and P15).

Data: the first two people of the ORL faces of whom the cascade finds a face on each of the ten
photographs; the book's author photographed himself and his daughter 2,000 times. 60 changed copies
of each photograph make the book's 1,200 images, divided by photograph: six of each person to train,
two to validate, two to test, which are also the film. The book draws its test images from all, so
that copies of what it trained on are among them.

The book's folder of photographs, its camera and its window are the commands `jaxcnn faces learn
FOLDER` and `jaxcnn faces watch CAMERA|FILE`.

    python -m experiments run p14_two_people
"""

from pathlib import Path

import jax
import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import orl_faces
from jaxcnn.datasets.frames import read_frames
from jaxcnn.faces import Face, find_faces
from jaxcnn.faces.acquaintance import grown
from jaxcnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential, load_model
from jaxcnn.optimizers import SGD
from jaxcnn.preprocessing.image import ImageDataGenerator, augment
from jaxcnn.utils import to_categorical
from jaxcnn.vision import resize_with_bars, write_video

OTHERS = (
    "two other people, of 20 photographs in place of 1,200; no copy of a photograph that is "
    "trained on is validated or tested on, as the source's are; the test accuracies of the three "
    "seeds are 1.0, 0.608 and 1.0"
)
PROGRAM = Program(
    title="My face, in pictures and in a film",
    ids=("P14", "P15"),
    data=("orl_faces",),
    packages=("cv2",),
    minutes=12,
    settings={"copies": 60, "epochs": 10, "batch_size": 20},
    quick={"copies": 5, "epochs": 1},
    seeds=3,
    why={
        "loss": OTHERS,
        "accuracy": OTHERS,
        "validation loss": OTHERS,
        "validation accuracy": OTHERS,
        "test accuracy": OTHERS,
    },
)
SIZE, ME, PHOTOGRAPHS = 64, 0, 10
TRAINED, VALIDATED, TESTED = range(6), range(6, 8), range(8, 10)  # photographs of each person
PARAMETERS = [896, 9_248, 18_496, 36_928, 6_423_040, 1_026]


def faces_in(picture: np.ndarray) -> list[Face]:
    """The faces that the cascade of the book finds, each 10 pixels larger to all sides, within the
    image.
    """
    import cv2

    cascade = Path(cv2.__file__).with_name("data") / "haarcascade_frontalface_alt2.xml"
    squares = find_faces(picture, scale_factor=1.2, min_neighbors=3, min_size=32, cascade=cascade)
    return [grown(square, picture.shape) for square in squares]


def cut(picture: np.ndarray, face: Face) -> np.ndarray:
    """The face as the network takes it: uint8 (64, 64, 3)."""
    x, y, w, h = face
    return resize_with_bars(picture[y : y + h, x : x + w], (SIZE, SIZE))


def found_people(photographs: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The first two people with a face that is found on each of their photographs.

    Raises:
        ValueError: there are no two.
    """
    chosen = []
    for person in np.unique(people):
        colours = np.repeat(photographs[people == person][..., None], 3, axis=-1)
        if all(faces_in(photograph) for photograph in colours):
            chosen.append(colours)
        if len(chosen) == 2:
            return np.stack(chosen)
    raise ValueError("No two people have a face that is found on each of their photographs.")


def build_model() -> Sequential:
    model = Sequential()
    model.add(Conv2D(32, (3, 3), padding="same", input_shape=(SIZE, SIZE, 3)))
    model.add(Activation("relu"))
    model.add(Conv2D(32, (3, 3)))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Conv2D(64, (3, 3), padding="same"))
    model.add(Activation("relu"))
    model.add(Conv2D(64, (3, 3)))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(512))
    model.add(Activation("relu"))
    model.add(Dropout(0.5))
    model.add(Dense(2))
    model.add(Activation("softmax"))
    model.summary()
    return model


def film(people: np.ndarray) -> list[np.ndarray]:
    """Frames with both people side by side, ten for each pair of photographs; I move to the right,
    the other up.
    """
    frames = []
    for mine, other in zip(*people, strict=True):
        for t in range(10):
            frame = np.full((180, 320, 3), 110, np.uint8)
            frame[40 : 40 + mine.shape[0], 20 + 2 * t : 20 + 2 * t + mine.shape[1]] = mine
            frame[50 - 3 * t : 50 - 3 * t + other.shape[0], 190 : 190 + other.shape[1]] = other
            frames.append(frame)
    return frames


def recognise(model: Sequential, frame: np.ndarray) -> tuple[np.ndarray, list[tuple[Face, bool]]]:
    """The frame with my face in a green square under my name, and each face with whether it is
    mine.
    """
    import cv2

    found, drawn = [], frame.copy()
    for face in faces_in(frame):
        probabilities = model.predict_proba(
            cut(frame, face)[None].astype("float32") / 255, verbose=0
        )
        mine = bool(probabilities[0].argmax() == ME)
        found.append((face, mine))
        if mine:
            x, y, w, h = face
            cv2.rectangle(drawn, (x, y), (x + w, y + h), (0, 255, 0), thickness=2)
            above = (x, max(y - 8, 16))  # the book writes it over the forehead
            cv2.putText(drawn, "Dady", above, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 0, 255), 2)
    return drawn, found


def main(run: Run) -> None:
    settings = run.settings
    two = found_people(*orl_faces.load_data())  # (2, 10, 112, 92, 3)
    faces = [
        cut(photograph, max(faces_in(photograph), key=lambda face: face.width))
        for photograph in two.reshape(-1, *two.shape[2:])
    ]

    # Copies as other photographs would have been: the person a little elsewhere, in other light
    copies = np.repeat(np.stack(faces), settings.copies, axis=0).astype("float32")
    changes = {
        "rotation_range": 5,
        "width_shift_range": 0.05,
        "height_shift_range": 0.05,
        "zoom_range": 0.1,
    }
    copies = np.asarray(
        augment(jax.random.key(run.seed), copies, **changes, brightness_range=(0.8, 1.2))
    )
    images = copies.clip(0, 255) / 255
    labels = np.repeat([ME, 1], PHOTOGRAPHS * settings.copies)
    run.check("labels one-hot", to_categorical([ME, 1], 2), [[1, 0], [0, 1]])
    of_photograph = np.tile(np.repeat(np.arange(PHOTOGRAPHS), settings.copies), 2)
    (x, y), (x_valid, y_valid), (x_test, y_test) = (
        (images[rows], to_categorical(labels[rows], 2))
        for rows in (np.isin(of_photograph, numbers) for numbers in (TRAINED, VALIDATED, TESTED))
    )
    expected = [2 * len(numbers) * settings.copies for numbers in (TRAINED, VALIDATED, TESTED)]
    run.check("pictures to train, validate and test", [len(x), len(x_valid), len(x_test)], expected)

    model = build_model()
    counted = [layer.count_params() for layer in model.layers if layer.count_params()]
    run.check("parameters", counted, PARAMETERS)
    run.check("parameters in all", model.count_params(), 6_489_634)
    sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
    model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
    datagen = ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.2,
        height_shift_range=0.2,
        horizontal_flip=True,
        vertical_flip=False,
    )
    history = model.fit(
        datagen.flow(x, y, batch_size=settings.batch_size, seed=run.seed),
        steps_per_epoch=len(x) // settings.batch_size,
        epochs=settings.epochs,
        verbose=2,
        validation_data=(x_valid, y_valid),
        checkpoint_dir=run.checkpoint_dir,
    )
    run.curve(history)
    run.figure("loss", history.history["loss"][-1])
    run.figure("accuracy", history.history["acc"][-1])
    run.figure("validation loss", history.history["val_loss"][-1])
    run.figure("validation accuracy", history.history["val_acc"][-1])

    path = run.model(model, "me.face.model")
    model = load_model(path)
    score = model.evaluate(x_test, y_test, verbose=0)
    print(f"{model.metrics_names[1]}: {score[1] * 100:.2f}%")
    run.figure("test accuracy", score[1])
    shown = np.concatenate([images[:: settings.copies], images[1 :: settings.copies]])
    title = "two people, and a changed copy of each photograph"
    run.picture("pictures", shown, columns=PHOTOGRAPHS, title=title)

    video = run.out / "film.avi"
    count = write_video(video, film(two[:, list(TESTED)]), fps=10)
    frames, found = [], []
    for frame in read_frames(video):
        drawn, faces_found = recognise(model, frame)
        frames.append(drawn)
        found += [(face.left + face.width / 2 < 160, mine) for face, mine in faces_found]
    run.check("frames of the film", len(frames), count)
    for name, wanted in (("me", True), ("the other", False)):
        named = [mine for left, mine in found if left == wanted]
        run.figure(f"film, {name}: faces found", f"{len(named)} of {count}")
        run.figure(f"film, {name}: named as me", f"{sum(named)} of {len(named)}")
    run.picture("film", np.stack(frames[::5]), columns=2)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
