"""Emotions of faces: two convolutions trained for 1001 iterations, and 1000 opinions on one
photograph (C8).

Data: a part of FER2013, whose classes stand in the chapter's order, in place of the chapter's set
of 4,178 + 1,312 faces; the published network mini_XCEPTION beside ours on the same faces; a
photograph of Labeled Faces in the Wild. An interrupted run continues from its last hundred
iterations, as the chapter's does. What the chapter watches in TensorBoard, losses as scalars and
the weights as histograms, is in the folder `logs` of the results: `tensorboard --logdir runs`.

    python -m experiments run c8_emotion
"""

import time

import numpy as np
from PIL import Image

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import visualization
from jaxcnn.applications import pretrained
from jaxcnn.callbacks import TensorBoard
from jaxcnn.datasets import fer2013, lfw
from jaxcnn.faces.finding import grayscale
from jaxcnn.initializers import TruncatedNormal
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential, load_model
from jaxcnn.optimizers import Adam
from jaxcnn.regularizers import l2
from jaxcnn.utils import to_categorical

OTHER_FACES = (
    "7,000 faces of FER2013 in place of the chapter's 3,761, which are not available: the "
    "published network mini_XCEPTION has only 0.655 of them right"
)
OTHER_PHOTOGRAPH = "another photograph, and a network trained on other faces"
PROGRAM = Program(
    title="Emotions of faces",
    ids=("C8",),
    data=("fer2013", "emotion_network", "lfw"),
    minutes=6,
    settings={
        "iterations": 1001,
        "batch_size": 128,
        "samples": None,
        "opinions": 1000,
        "person": 0,
    },
    quick={"iterations": 2, "batch_size": 16, "samples": 64, "opinions": 4},
    seeds=3,
    why={
        "validation loss at iteration 0": OTHER_FACES,
        "validation loss at iteration 100": OTHER_FACES,
        "validation loss at iteration 200": OTHER_FACES,
        "validation loss at iteration 300": OTHER_FACES,
        "validation loss at iteration 400": OTHER_FACES,
        "validation loss at iteration 500": OTHER_FACES,
        "validation loss at iteration 600": OTHER_FACES,
        "validation loss at iteration 700": OTHER_FACES,
        "validation loss at iteration 800": OTHER_FACES,
        "validation loss at iteration 900": OTHER_FACES,
        "validation loss at iteration 1000": OTHER_FACES,
        "share of the votes: happy": OTHER_PHOTOGRAPH,
        "share of the votes: fear": OTHER_PHOTOGRAPH,
        "share of the votes: surprise": OTHER_PHOTOGRAPH,
    },
)
EMOTIONS = ("anger", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def network() -> Sequential:
    start = TruncatedNormal(stddev=0.02)
    weights = {"kernel_initializer": start, "activation": "relu"}
    decay = {"kernel_regularizer": l2(0.005), "bias_regularizer": l2(0.005)}  # 0.01 * sum(w^2) / 2
    model = Sequential()
    model.add(Conv2D(32, 5, padding="same", input_shape=(48, 48, 1), **weights, **decay))
    model.add(MaxPooling2D(2))
    model.add(Conv2D(64, 3, padding="same", **weights, **decay))
    model.add(MaxPooling2D(2))
    model.add(Flatten())
    model.add(Dense(256, **weights))
    model.add(Dropout(0.5))
    model.add(Dense(7, activation="softmax", kernel_initializer=start))
    model.compile(Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return model


def prepared(faces: np.ndarray) -> np.ndarray:
    return faces[..., np.newaxis].astype("float32") / 255


def main(run: Run) -> None:
    (x, y), _, (x_test, labels) = fer2013.load_data()
    x, y, x_test, labels = (array[: run.settings.samples] for array in (x, y, x_test, labels))
    held = len(x) // 10  # validation
    x_valid, y_valid = prepared(x[:held]), to_categorical(y[:held], 7)
    x_train, y_train = prepared(x[held:]), to_categorical(y[held:], 7)
    print("train", len(x_train), "validation", len(x_valid), "test", len(x_test))

    model = network()
    run.check("parameters", model.count_params(), 832 + 18_496 + 9_216 * 256 + 256 + 256 * 7 + 7)
    first, losses = 0, []
    checkpoint, record = run.checkpoint_dir / "model.h5", run.checkpoint_dir / "losses.txt"
    if checkpoint.exists() and record.exists():
        model, losses = load_model(checkpoint), np.loadtxt(record, ndmin=2).tolist()
        first = 100 * (len(losses) - 1)
        losses = losses[:-1]
        print("Model Restored!")
    run.checkpoint_dir.mkdir(parents=True, exist_ok=True)
    board = TensorBoard(run.out / "logs", histogram_freq=100)
    board.set_model(model)
    board.validation_data = [x_valid, y_valid]
    board.on_train_begin()
    for step in range(first, run.settings.iterations):
        if step % 100 == 0:
            losses.append(model.evaluate(x_valid, y_valid, verbose=0))
            print(
                f"{time.strftime('%Y-%m-%d %H:%M:%S')} Validation Loss: {losses[-1][0]:f}",
                flush=True,
            )
            model.save(checkpoint)
            np.savetxt(record, losses)
        batch = np.random.default_rng([run.seed, step]).integers(
            0, len(x_train), run.settings.batch_size
        )
        loss, _ = model.train_on_batch(x_train[batch], y_train[batch])
        if step % 10 == 0:
            print(f"Step {step}, Training Loss: {loss:f}")
            validation = {"validation_loss": losses[-1][0]} if step % 100 == 0 else {}
            board.on_epoch_end(step, {"training_loss": loss, **validation})
    board.on_train_end()
    written = b"".join(path.read_bytes() for path in (run.out / "logs").rglob("events.out.*"))
    weights = [weight.name.removesuffix(":0") for weight in model.weights]
    tags = ["training_loss", "validation_loss", *weights, "dense_2_out"]
    run.check("what TensorBoard shows", [tag for tag in tags if tag.encode() in written], tags)
    for i, (loss, _) in enumerate(losses):
        run.figure(f"validation loss at iteration {100 * i}", loss)
    run.curve(
        {"val_loss": [a for a, _ in losses], "val_acc": [b for _, b in losses]},
        title="measured each 100 iterations",
        step="measurement",
    )
    run.model(model)

    probabilities = model.predict(prepared(x_test))
    run.figure("test accuracy", np.mean(probabilities.argmax(1) == labels))
    matrix = run.out / "confusion.png"
    visualization.plot_confusion_matrix(labels, probabilities.argmax(1), matrix, list(EMOTIONS))
    run.picture("confusion", matrix)
    published = load_model(pretrained.find("fer2013_mini_XCEPTION.102-0.66.hdf5"), compile=False)
    larger = np.stack(
        [
            np.asarray(Image.fromarray(face).resize((64, 64), Image.Resampling.BILINEAR))
            for face in x_test
        ]
    )
    theirs = published.predict(prepared(larger) * 2 - 1).argmax(1)
    run.figure("test accuracy of the published mini_XCEPTION", np.mean(theirs == labels))

    photographs, _, _ = lfw.load_data()
    photograph = photographs[run.settings.person][65:185, 65:185]
    face = np.asarray(
        Image.fromarray(grayscale(photograph)).resize((48, 48), Image.Resampling.BILINEAR)
    )
    opinion = K.function([model.input, K.learning_phase()], [model.output])
    votes = np.bincount(
        [opinion([prepared(face[None]), 1])[0].argmax() for _ in range(run.settings.opinions)],
        None,
        7,
    )
    for emotion, share in zip(EMOTIONS, votes / votes.sum(), strict=True):
        run.figure(f"share of the votes: {emotion}", share)
    run.figure("the photograph's emotion, most votes", EMOTIONS[votes.argmax()])
    run.picture("photograph", np.stack([grayscale(photograph)])[..., None])


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
