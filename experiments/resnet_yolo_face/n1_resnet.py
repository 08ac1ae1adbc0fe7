"""Residual blocks, and the ResNet-50 that they make, trained on hand signs (N1).

Data: hand signs of six numbers, 64 x 64; of the course's images 864 are here for training, and
its own 120 for tests. With 27 steps an epoch the averages of batch normalization (momentum 0.99)
follow late, so that test accuracy stays at chance for the first epochs; Keras 3 has 0.167 there on
the same images too. The network learns 864 images by heart: after 15 epochs nearly all of them are
right, and half of the test's; after 30 nine of ten of these, too. At epoch 19, where the training
loss rose from 0.05 to 0.34, they fell back to chance for two epochs.

    python -m experiments run n1_resnet
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications import CourseResNet50, convolutional_block, identity_block
from jaxcnn.datasets import signs
from jaxcnn.layers import Dense, GlobalAveragePooling2D, Input
from jaxcnn.models import Model
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="ResNet-50 on hand signs",
    ids=("N1",),
    data=("signs",),
    minutes=10,
    settings={"epochs": 30, "batch_size": 32, "samples": None, "stages": 4},
    quick={"epochs": 1, "samples": 8, "batch_size": 8, "stages": 1},
)


def main(run: Run) -> None:
    X = Input(shape=(16, 16, 256))
    block = Model(X, identity_block(X, 3, (64, 64, 256), stage=2, block="b"))
    run.check("identity block: shape", block.output_shape, (None, 16, 16, 256))
    names = [layer.name for layer in block.layers]
    expected = [f"{kind}2b_branch2{part}" for part in "abc" for kind in ("res", "bn")]
    run.check("identity block: names", [name for name in names if "branch" in name], expected)
    block = Model(X, convolutional_block(X, 3, (128, 128, 512), stage=3, block="a", s=2))
    run.check("convolutional block: shape", block.output_shape, (None, 8, 8, 512))
    run.check(
        "convolutional block: shortcut",
        "res3a_branch1" in [layer.name for layer in block.layers],
        True,
    )

    (x_train, y_train), (x_test, y_test) = (
        signs.load_data("signs", part) for part in ("train", "test")
    )
    x_train, x_test = (x[: run.settings.samples].astype("float32") / 255 for x in (x_train, x_test))
    y_train, y_test = (to_categorical(y[: run.settings.samples], 6) for y in (y_train, y_test))
    model = CourseResNet50(input_shape=(64, 64, 3), classes=6)
    run.check("parameters", model.count_params(), 23_600_006)
    if run.settings.stages < 4:  # the first ones only, so that a quick run compiles in seconds
        end = model.get_layer(f"bn{run.settings.stages + 1}c_branch2c").output
        model = Model(model.input, Dense(6, activation="softmax")(GlobalAveragePooling2D()(end)))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x_train,
        y_train,
        epochs=run.settings.epochs,
        batch_size=run.settings.batch_size,
        verbose=2,
        validation_data=(x_test, y_test),
        checkpoint_dir=run.checkpoint_dir,
    )
    record = history.history
    run.figure("loss of the first epoch", record["loss"][0])
    run.figure("loss of the last epoch", record["loss"][-1])
    run.figure("training accuracy", record["acc"][-1])
    run.figure("test accuracy", record["val_acc"][-1])
    run.figure("best test accuracy", max(record["val_acc"]))
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
