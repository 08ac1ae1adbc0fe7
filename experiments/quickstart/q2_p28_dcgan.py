"""Two networks play against each other until one draws digits (section 9.3, figure 9-5, Q2.P28).

Data: MNIST; the first 55,000 digits, as the book's loader keeps the other 5,000 apart. The
discriminator is one object in both games and stays trained in both. The book prints images only;
how digit-like they are is measured here by the MNIST network that the book's chapter 8 trains. Keep
a GPU for the full run; it takes a day on two CPU cores, where the kept run has a quarter of the
maps and smaller batches. The game can be lost: at the book's sizes and seed 0 the discriminator
called every image false from step 45 on, where the clipped loss has no slope to come back by.

    python -m experiments run q2_p28_dcgan
"""

import itertools
import time

import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications.dcgan import discriminator, generator
from jaxcnn.commands.quickstart import mnist_cnn
from jaxcnn.models import Sequential
from jaxcnn.optimizers import RMSprop

PROGRAM = Program(
    title="DCGAN draws digits",
    ids=("Q2.P28",),
    data=("mnist",),
    minutes=1500,
    settings={
        "train_steps": 10_000,
        "batch_size": 256,
        "save_interval": 500,
        "samples": 55_000,
        "depth": 64,
        "reader_epochs": 12,
    },
    quick={
        "train_steps": 2,
        "batch_size": 8,
        "save_interval": 1,
        "samples": 256,
        "depth": 4,
        "reader_epochs": 1,
    },
)


class ElapsedTimer:
    def __init__(self):
        self.start_time = time.time()

    def elapsed(self, sec: float) -> str:
        for size, unit in ((3600, "hr"), (60, "min")):
            if sec >= size:
                return f"{sec / size:.1f} {unit}"
        return f"{sec:.1f} sec"

    def elapsed_time(self):
        print(f"Elapsed: {self.elapsed(time.time() - self.start_time)}")


class DCGAN:
    def __init__(self, depth: int = 64):
        self.D, self.G = discriminator(depth=depth), generator(depth=4 * depth)
        self.D.summary()
        self.G.summary()
        self.DM = Sequential([self.D])
        self.DM.compile(
            loss="binary_crossentropy",
            optimizer=RMSprop(lr=0.0008, clipvalue=1.0, decay=6e-8),
            metrics=["accuracy"],
        )
        self.AM = Sequential([self.G, self.D])
        self.AM.compile(
            loss="binary_crossentropy",
            optimizer=RMSprop(lr=0.0004, clipvalue=1.0, decay=3e-8),
            metrics=["accuracy"],
        )


class MNIST_DCGAN:
    def __init__(self, run: Run):
        self.run = run
        self.x_train = digits.load(run.settings.samples)[0][0]
        self.random = np.random.default_rng(run.seed)
        self.dcgan = DCGAN(run.settings.depth)

    def train(
        self, train_steps: int = 2000, batch_size: int = 256, save_interval: int = 0
    ) -> dict[str, list[float]]:
        noise_input = self.random.uniform(-1.0, 1.0, size=[16, 100])
        logs = {"D loss": [], "D acc": [], "A loss": [], "A acc": []}
        for i in range(train_steps):
            images_train = self.x_train[self.random.integers(0, len(self.x_train), size=batch_size)]
            noise = self.random.uniform(-1.0, 1.0, size=[batch_size, 100])
            images_fake = self.dcgan.G.predict(noise)
            x = np.concatenate((images_train, images_fake))
            y = np.ones([2 * batch_size, 1])
            y[batch_size:, :] = 0
            d_loss = self.dcgan.DM.train_on_batch(x, y)

            y = np.ones([batch_size, 1])
            noise = self.random.uniform(-1.0, 1.0, size=[batch_size, 100])
            a_loss = self.dcgan.AM.train_on_batch(noise, y)
            log = f"{i}: [D loss: {d_loss[0]:f}, acc: {d_loss[1]:f}]"
            print(f"{log} [A loss: {a_loss[0]:f}, acc: {a_loss[1]:f}]")
            for name, value in zip(logs, (*d_loss, *a_loss), strict=True):
                logs[name].append(value)
            if save_interval > 0 and (i + 1) % save_interval == 0:
                self.plot_images(f"mnist_{i + 1}", noise_input)
        return logs

    def plot_images(self, name: str, noise: np.ndarray) -> None:
        self.run.picture(name, self.dcgan.G.predict(noise), columns=4)


def parameters(depth: int) -> tuple[int, int]:
    """How many weights D and G have: kernels of 5 x 5, and two dense layers."""
    maps = [1, depth, 2 * depth, 4 * depth, 8 * depth]
    of_d = sum(25 * a * b + b for a, b in itertools.pairwise(maps)) + 16 * maps[-1] + 1
    maps = [4 * depth, 2 * depth, depth, depth // 2]
    of_g = sum(25 * a * b + b + 4 * b for a, b in itertools.pairwise(maps)) + 25 * maps[-1] + 1
    return of_d, of_g + (101 + 4) * 49 * maps[0]


def confidence(run: Run, pictures: np.ndarray) -> float:
    """How sure a network that learned to read MNIST is of its reading, on average."""
    (x, y), test = digits.load(run.settings.samples)
    reader = mnist_cnn()
    reader.compile("adadelta", "categorical_crossentropy", metrics=["accuracy"])
    reader.fit(
        x,
        y,
        batch_size=128,
        epochs=run.settings.reader_epochs,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir,
    )
    run.figure("accuracy of the reader on test digits", reader.evaluate(*test, verbose=0)[1])
    return float(reader.predict(pictures).max(1).mean())


def main(run: Run) -> None:
    mnist_dcgan = MNIST_DCGAN(run)
    dcgan = mnist_dcgan.dcgan
    of_d, of_g = parameters(run.settings.depth)  # 4,311,553 and 2,394,241 at the book's depth
    run.check("parameters of D", dcgan.D.count_params(), of_d)
    run.check("parameters of G", dcgan.G.count_params(), of_g)
    run.check("parameters of both", dcgan.AM.count_params(), of_d + of_g)
    start = dcgan.D.get_weights()[0], dcgan.G.get_weights()[0]
    timer = ElapsedTimer()
    logs = mnist_dcgan.train(
        run.settings.train_steps, run.settings.batch_size, run.settings.save_interval
    )
    timer.elapsed_time()
    run.curve(logs, step="step")
    for name, network, before in zip(("D", "G"), (dcgan.D, dcgan.G), start, strict=True):
        moved = not np.array_equal(before, network.get_weights()[0])
        run.check(f"{name} has learned", moved, True)
    run.check(
        "D is one object in both games",
        np.array_equal(dcgan.DM.get_weights()[0], dcgan.AM.get_weights()[-len(dcgan.D.weights)]),
        True,
    )
    noise = mnist_dcgan.random.uniform(-1.0, 1.0, size=[256, 100])
    mnist_dcgan.plot_images("mnist", noise[:16])
    real = mnist_dcgan.random.integers(0, len(mnist_dcgan.x_train), size=16)
    run.picture("real_digits", mnist_dcgan.x_train[real], columns=4)
    run.model(mnist_dcgan.dcgan.G, "generator")
    run.figure(
        "confidence of the reader in drawn digits",
        confidence(run, mnist_dcgan.dcgan.G.predict(noise)),
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
