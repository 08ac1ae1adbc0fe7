"""A new last layer on a frozen network distinguishes cats and dogs (C4).

Data: photographs of dogs and cats, and AlexNet's weights, bvlc_alexnet.npy, where they are in the
models folder; else SqueezeNet's, whose 512 averaged maps stand for AlexNet's 4,096 features. They
are computed once and kept. Softmax is applied once.

    python -m experiments run c4_cats_and_dogs
"""

import itertools
from collections.abc import Callable

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.datasets import dogs_vs_cats
from jaxcnn.initializers import RandomNormal
from jaxcnn.layers import Dense, Dropout, GlobalAveragePooling2D
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import Adam
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.training.transfer import cached_features, freeze

PROGRAM = Program(
    title="Only the last layer learns cats and dogs",
    ids=("C4",),
    data=("alexnet", "dogs_vs_cats"),
    minutes=3,
    settings={"train": 2000, "test": 1000, "batch_size": 100, "epochs": 30},
    quick={"train": 8, "test": 4, "batch_size": 4, "epochs": 1},
    seeds=5,
    why={
        "accuracy on 100 test pictures": (
            "2,000 photographs in place of 6,000, and SqueezeNet's 512 features in place of "
            "AlexNet's 4,096 where its weights are not here"
        ),
    },
)


def frozen_network() -> tuple[Model, Callable[[np.ndarray], np.ndarray]]:
    """Images to features, without weights to train, and how its images are prepared."""
    if DATA["alexnet"].has_own():
        whole, prepare = applications.AlexNet(), applications.AlexNet.preprocess_input
        features = whole.get_layer("fc7").output
    else:
        whole, prepare = applications.SqueezeNet(), applications.SqueezeNet.preprocess_input
        features = GlobalAveragePooling2D()(whole.get_layer("fire9/concat").output)
    frozen = Model(whole.input, features)
    freeze(frozen)
    return frozen, prepare


def pictures(folder, samples: int, prepare) -> tuple[np.ndarray, np.ndarray]:
    """So many of a shuffled folder, and their classes, one-hot."""
    datagen = ImageDataGenerator(preprocessing_function=prepare)
    flow = datagen.flow_from_directory(folder, target_size=(227, 227), batch_size=50, seed=0)
    batches = list(itertools.islice(flow, -(-samples // 50)))
    return tuple(np.concatenate(parts)[:samples] for parts in zip(*batches, strict=True))


def main(run: Run) -> None:
    train, validation = dogs_vs_cats.folders()
    frozen, prepare = frozen_network()
    weights = frozen.get_weights()
    x_train, y_train = pictures(train, run.settings.train, prepare)
    x_test, y_test = pictures(validation, run.settings.test, prepare)
    features = cached_features(frozen, x_train, run.out / "features_train.npz")
    test_features = cached_features(frozen, x_test, run.out / "features_test.npz")

    fc8 = Sequential()
    fc8.add(Dropout(0.15, input_shape=features.shape[1:]))
    fc8.add(Dense(2, activation="softmax", kernel_initializer=RandomNormal(stddev=1.0)))
    fc8.compile(Adam(), "categorical_crossentropy", metrics=["accuracy"])
    random, batch_size = np.random.default_rng(run.seed), run.settings.batch_size
    record = {"loss": [], "acc": [], "val_loss": [], "val_acc": []}
    for _ in range(run.settings.epochs):
        order = random.permutation(len(features))
        steps = []
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            loss, accuracy = fc8.train_on_batch(features[batch], y_train[batch])
            print(f"Minibatch Loss= {loss:.6f}, Training Accuracy= {accuracy:.5f}")
            steps.append((loss, accuracy))
        for name, value in zip(
            record,
            (*np.mean(steps, axis=0), *fc8.evaluate(test_features, y_test, verbose=0)),
            strict=True,
        ):
            record[name].append(float(value))
    run.curve(record)

    model = Model(frozen.input, fc8(frozen.output))
    right = model.predict(x_test[:100]).argmax(1) == y_test[:100].argmax(1)
    run.figure("accuracy on 100 test pictures", right.mean())
    run.figure("accuracy on all test pictures", record["val_acc"][-1])

    # One step of the whole network, through the frozen part, moves only the last layer, whose
    # softmax has a slope where its weights are small.
    before = [0.001 * weight for weight in fc8.get_weights()]
    fc8.set_weights(before)
    model.compile(Adam(), "categorical_crossentropy")
    model.train_on_batch(x_train[:4], y_train[:4])
    same = all(np.array_equal(a, b) for a, b in zip(weights, frozen.get_weights(), strict=True))
    run.check("a step leaves the frozen part as it was", same, True)
    moved = not np.array_equal(before[0], fc8.get_weights()[0])
    run.check("and moves the last layer", moved, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
