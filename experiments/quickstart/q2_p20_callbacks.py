"""Callbacks that save, draw and act: ModelCheckpoint, TensorBoard, LambdaCallback (section 8.1.1,
Q2.P20-P22).

Data: random numbers. The book calls the first argument of ModelCheckpoint `filename`, and its trio
of lambdas does not parse (O18, O19 in ERRATA.md).

    python -m experiments run q2_p20_callbacks
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.callbacks import LambdaCallback, ModelCheckpoint, TensorBoard
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential, load_model

PROGRAM = Program(title="Callbacks", ids=("Q2.P20", "Q2.P21", "Q2.P22"))


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).random((256, 10)).astype("float32")
    y = x @ np.arange(10, dtype="float32")[:, None] / 10
    model = Sequential([Dense(8, activation="relu", input_dim=10), Dense(1)])
    model.compile("adam", "mse")

    checkpoints = [
        ModelCheckpoint(filepath=run.out / "modelsave.hdf5"),
        ModelCheckpoint(filepath=run.out / "weights.{epoch:02d}-{val_loss:.2f}.hdf5"),
    ]
    history = model.fit(x, y, epochs=3, verbose=0, validation_split=0.25, callbacks=checkpoints)
    names = [
        f"weights.{epoch:02d}-{loss:.2f}.hdf5"
        for epoch, loss in enumerate(history.history["val_loss"])
    ]
    run.check(
        "P20: files", sorted(path.name for path in run.out.glob("weights.*.hdf5")), sorted(names)
    )
    kept = load_model(run.out / "modelsave.hdf5")
    run.check(
        "P20: the file predicts as the model",
        np.array_equal(kept.predict(x), model.predict(x)),
        True,
    )

    graph = TensorBoard(
        log_dir=run.out / "Graph", histogram_freq=0, write_graph=True, write_images=True
    )
    model.fit(x, y, epochs=2, verbose=0, callbacks=[graph])
    run.check(
        "P21: event files", len(list((run.out / "Graph").rglob("events.out.tfevents.*"))) > 0, True
    )

    # Print every batch, collect the losses for an image, and end what was started at the
    # beginning.
    batches, losses, processes = [], [], ["a process"]
    batch_print_callback = LambdaCallback(on_batch_begin=lambda batch, logs: batches.append(batch))
    plot_loss_callback = LambdaCallback(
        on_epoch_end=lambda epoch, logs: losses.append(logs["loss"])
    )
    cleanup_callback = LambdaCallback(on_train_end=lambda logs: processes.clear())
    callbacks = [batch_print_callback, plot_loss_callback, cleanup_callback]
    model.fit(x, y, epochs=3, batch_size=64, verbose=0, callbacks=callbacks)
    run.check("P22: batches", batches, [0, 1, 2, 3] * 3)
    run.check("P22: left to end", len(processes), 0)
    run.curve({"loss": losses}, "loss")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
