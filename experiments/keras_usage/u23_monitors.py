"""Callbacks that watch a measure of one's own: the Dice coefficient of masks (U23 of the notes).

Data: MNIST; the masks to find are the strokes of digits in noise, as the notes have no data.

    python -m experiments run u23_monitors
"""

import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TensorBoard
from jaxcnn.layers import Conv2D
from jaxcnn.models import Sequential, load_model

PROGRAM = Program(
    title="Callbacks that watch the Dice coefficient",
    ids=("U23",),
    data=("mnist",),
    minutes=0.2,
    settings={"epochs": 20, "samples": 5000},
    quick={"epochs": 2, "samples": 128},
    seeds=5,
)
smooth = 1.0


def dice_coef(y_true, y_pred):
    intersection = K.sum(K.flatten(y_true) * K.flatten(y_pred))
    return (2.0 * intersection + smooth) / (K.sum(y_true) + K.sum(y_pred) + smooth)


def main(run: Run) -> None:
    (pictures, _), _ = digits.load(run.settings.samples)
    masks = (pictures > 0.5).astype("float32")
    noise = np.random.default_rng(run.seed).normal(0, 0.4, pictures.shape)
    x = (pictures + noise).clip(0, 1).astype("float32")

    model = Sequential(
        [
            Conv2D(8, 3, padding="same", activation="relu", input_shape=(28, 28, 1)),
            Conv2D(8, 3, padding="same", activation="relu"),
            Conv2D(1, 1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[dice_coef])
    callbacks = [
        ModelCheckpoint(
            run.out / "best.h5",
            monitor="val_dice_coef",
            verbose=1,
            save_best_only=True,
            save_weights_only=False,
            mode="max",
            period=1,
        ),
        EarlyStopping(monitor="val_dice_coef", min_delta=0, patience=5, verbose=1, mode="max"),
        ReduceLROnPlateau(
            monitor="val_loss",
            factor=0.1,
            patience=10,
            verbose=0,
            mode="auto",
            epsilon=1e-4,
            cooldown=0,
            min_lr=0,
        ),
        TensorBoard(log_dir=run.out / "logs"),
    ]
    history = model.fit(
        x,
        masks,
        epochs=run.settings.epochs,
        verbose=2,
        validation_split=0.2,
        callbacks=callbacks,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.figure("best validation Dice coefficient", max(history.history["val_dice_coef"]))
    run.curve(history)
    best = load_model(run.out / "best.h5", custom_objects={"dice_coef": dice_coef})
    found = best.predict(x[-6:])
    run.picture(
        "masks",
        np.concatenate([x[-6:], found, masks[-6:]]),
        columns=6,
        title="noisy, found, wanted",
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
