"""A U-Net trained on all devices of the machine (U5 of the notes).

Data: MNIST; the masks are the strokes of digits in noise, as the notes have no data. The notes
choose GPUs by CUDA_VISIBLE_DEVICES, which works for JAX, too. A CPU is made two devices here; four
it is by

    XLA_FLAGS=--xla_force_host_platform_device_count=4 python -m experiments run u05_many_devices

and without that by

    python -m experiments run u05_many_devices
"""

import jax
import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications import UNet
from jaxcnn.optimizers import Adam
from jaxcnn.utils import multi_gpu_model

PROGRAM = Program(
    title="A U-Net on many devices",
    ids=("U5",),
    data=("mnist",),
    minutes=1.6,
    devices=2,
    settings={"epochs": 5, "samples": 2000, "filters": 8, "depth": 3, "batch_size": 16},
    quick={"epochs": 1, "samples": 32, "filters": 2, "depth": 2},
    seeds=3,
)


def main(run: Run) -> None:
    (pictures, _), _ = digits.load(run.settings.samples)
    pictures = np.pad(pictures, ((0, 0), (2, 2), (2, 2), (0, 0)))
    masks = (pictures > 0.5).astype("float32")
    x = (
        (pictures + np.random.default_rng(run.seed).normal(0, 0.4, pictures.shape))
        .clip(0, 1)
        .astype("float32")
    )

    G = jax.local_device_count()
    run.figure("devices", G)
    model = UNet((32, 32, 1), filters=run.settings.filters, depth=run.settings.depth)
    alone = UNet((32, 32, 1), filters=run.settings.filters, depth=run.settings.depth)
    alone.set_weights(model.get_weights())
    parallel_model = multi_gpu_model(model, gpus=G)
    for either in (parallel_model, alone):
        either.compile(optimizer=Adam(lr=1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    first = slice(run.settings.batch_size * G)
    losses = [  # of two steps on the same images: the second is by what the first has learned
        [either.train_on_batch(x[first], masks[first])[0] for _ in range(2)]
        for either in (parallel_model, alone)
    ]
    difference = np.abs(np.subtract(*losses)).max()
    run.check("loss of two steps, difference from one device", difference, 0, 1e-4)
    run.check("the loss falls", losses[0][1] < losses[0][0], True)
    history = parallel_model.fit(
        x,
        masks,
        batch_size=run.settings.batch_size * G,
        epochs=run.settings.epochs,
        verbose=2,
        validation_split=0.25,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.figure("validation accuracy of pixels", history.history["val_acc"][-1])
    run.curve(history)
    found = model.predict(x[-6:])  # the weights are those that all devices trained
    run.picture(
        "masks",
        np.concatenate([x[-6:], found, masks[-6:]]),
        columns=6,
        title="noisy, found, wanted",
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
