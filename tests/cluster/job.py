"""A training that the tests run in jobs of several processes and devices:
``job.py RESULT [key=value ...]``.

Writes the history, the weights, an evaluation over a remainder and predictions to
RESULT_<process>.npz.
"""

import os
import signal
import sys
import time

import jax
import numpy as np

import jaxcnn as jc
from jaxcnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
    concatenate,
)
from jaxcnn.nn.batch import batch_parts

DEFAULTS = {
    "distribute": "yes",
    "fsdp": "",
    # the number of parts of a batch that have statistics of their own, on one device too
    "local": "",
    "model": "1",
    "epochs": "4",
    "batch_size": "16",
    "checkpoints": "",
    "every": "",
    "resume": "",  # goes on with a run that had ended, too
    "data": "arrays",
    "die": "",  # the epoch after which process 1 kills itself
    "terminate": "",  # the epoch after which process 0 gets SIGTERM
    "differ": "",
    "slowly": "",  # seconds that each step waits; process 0 prints its number
}


def main(result, *settings):
    options = {**DEFAULTS, **dict(setting.split("=") for setting in settings)}
    print("clock", int(time.time()), flush=True)
    if options["distribute"]:
        rules = {"dense_1/kernel": (None, "model")} if options["model"] != "1" else None
        jc.distribute(
            model=int(options["model"]),
            rules=rules,
            fsdp=bool(options["fsdp"]),
            local_statistics=bool(options["local"]),
        )
    generator = np.random.default_rng(0)
    x = generator.random((64, 12, 12, 1), dtype="float32")
    y = np.eye(10, dtype="float32")[generator.integers(0, 10, 64)]
    extra = generator.random((64, 3), dtype="float32")
    if options["differ"] and jax.process_index() == 1:
        x, y, extra = x[:48], y[:48], extra[:48]

    pictures, numbers = Input((12, 12, 1)), Input((3,))
    features = Flatten()(
        MaxPooling2D()(BatchNormalization()(Conv2D(8, 3, activation="relu")(pictures)))
    )
    hidden = Dense(64, activation="relu")(Dropout(0.2)(concatenate([features, numbers])))
    model = jc.Model([pictures, numbers], Dense(10, activation="softmax")(hidden))
    model.compile(
        jc.optimizers.SGD(lr=0.05, momentum=0.9), "categorical_crossentropy", metrics=["accuracy"]
    )

    class Trouble(jc.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if options["die"] == str(epoch) and jax.process_index() == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            if options["terminate"] and epoch >= int(options["terminate"]):
                if epoch == int(options["terminate"]) and jax.process_index() == 0:
                    os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.5)  # for the other processes to hear of it

    class Restored(jc.callbacks.Callback):
        """Keeps the weights with which the first epoch begins."""

        weights = None

        def on_epoch_begin(self, epoch, logs=None):
            if self.weights is None:
                self.weights = model.get_weights()

    class Slowly(jc.callbacks.Callback):
        done = 0

        def on_batch_end(self, batch, logs=None):
            self.done += 1
            if jax.process_index() == 0:
                print("done", self.done, flush=True)
            time.sleep(float(options["slowly"]))

    size = int(options["batch_size"])
    restored = Restored()
    callbacks = [restored, Trouble(), *([Slowly()] if options["slowly"] else [])]
    fitting = {"epochs": int(options["epochs"]), "verbose": 2, "callbacks": callbacks}
    if options["checkpoints"]:
        every = int(options["every"]) if options["every"] else None
        fitting |= {"checkpoint_dir": options["checkpoints"], "checkpoint_every": every}
        fitting |= {"resume": True} if options["resume"] else {}
    groups = int(options["local"] or 1) if not options["distribute"] else 1
    if options["data"] == "shares":  # every process has its own part of each batch
        here, parts = jax.process_index(), jax.process_count()

        def share(array, start):
            return array[start : start + size][here * size // parts : (here + 1) * size // parts]

        def batches():
            while True:
                for start in range(0, 64, size):
                    yield [share(x, start), share(extra, start)], share(y, start)

        history = model.fit(batches(), steps_per_epoch=64 // size, **fitting)
    else:
        with batch_parts(groups):
            history = model.fit(
                [x, extra], y, batch_size=size, shuffle=options["data"] != "ordered", **fitting
            )
    found = {f"weight_{i}": weight for i, weight in enumerate(model.get_weights())}
    found |= {f"began_{i}": weight for i, weight in enumerate(restored.weights or [])}
    found |= {f"history_{name}": np.asarray(values) for name, values in history.history.items()}
    found["evaluated"] = np.asarray(
        model.evaluate([x[:13], extra[:13]], y[:13], batch_size=8, verbose=0)
    )
    found["predicted"] = model.predict([x[:13], extra[:13]], batch_size=8)
    found["devices"] = np.asarray(jax.device_count())
    np.savez(f"{result}_{jax.process_index()}.npz", **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
