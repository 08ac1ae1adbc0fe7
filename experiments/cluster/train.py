"""The MNIST network of the image book (P12) on all devices of a job, going on after every
interruption.

    python -m jaxcnn.launch --processes 2 experiments/cluster/train.py --checkpoints runs/mnist
    --sample

Beside this file lie templates that run it on clusters: `slurm.sh`, `kubernetes_job.yaml`,
`kubernetes_jobset.yaml` and `tpu_pod.sh`. The checkpoint folder must be one that all machines see.
Started again after it was killed, or asked to end (SIGTERM, exit status 75), the program continues
from the newest checkpoint in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import jaxcnn as jc
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D


def network() -> jc.Sequential:
    """The network, for 28x28 images with one channel."""
    return jc.Sequential(
        [
            Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Dropout(0.25),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> jc.callbacks.History:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--checkpoints", required=True, help="folder that every process of the job can write"
    )
    parser.add_argument(
        "--every", type=int, default=100, help="updates between two checkpoints (default 100)"
    )
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument(
        "--batch-size", type=int, default=128, help="samples of all devices together (default 128)"
    )
    parser.add_argument("--fsdp", action="store_true", help="cut the weights over the devices too")
    parser.add_argument(
        "--sample", action="store_true", help="5,000 digits that need no download, instead of MNIST"
    )
    parser.add_argument("--samples", type=int, help="train on so many pictures only")
    options = parser.parse_args(arguments)

    jc.distribute(fsdp=options.fsdp)  # first: it joins the processes of the job
    jc.utils.set_random_seed(1337)
    (x, y), (xt, yt) = (
        jc.datasets.mnist.sample() if options.sample else jc.datasets.mnist.load_data()
    )
    x, y = x[: options.samples], y[: options.samples]

    model = network()
    model.compile("adadelta", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x[..., None] / 255.0,
        y,
        batch_size=options.batch_size,
        epochs=options.epochs,
        verbose=2,
        validation_data=(xt[..., None] / 255.0, yt),
        # a batch that spoils the weights is left out, and the last checkpoint's are taken
        nan="rollback",
        checkpoint_dir=options.checkpoints,
        checkpoint_every=options.every,
        callbacks=[
            jc.callbacks.Performance(),
            jc.callbacks.CSVLogger(f"{options.checkpoints}.csv"),
        ],
    )


if __name__ == "__main__":
    main()
