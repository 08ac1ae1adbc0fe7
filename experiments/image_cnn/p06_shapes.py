"""The shapes that layers make of their inputs (chapter 3, P06).

Data: none.  The book's channels-first shapes are made by setting the image data format.

    python -m experiments run p06_shapes
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import (
    Activation,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    Lambda,
    MaxPooling1D,
    MaxPooling2D,
    Permute,
    RepeatVector,
    Reshape,
)
from jaxcnn.models import Sequential

PROGRAM = Program(title="What layers make of shapes", ids=("P06",))


def antirectifier(x):
    x = x - K.mean(x, axis=1, keepdims=True)
    x = K.l2_normalize(x, axis=1)
    return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


def main(run: Run) -> None:
    K.set_image_data_format("channels_first")

    model = Sequential()
    model.add(Dense(32, input_shape=(16,)))
    model.add(Activation("tanh"))
    run.check("Dense on 16 numbers", model.output_shape, (None, 32))

    model = Sequential()
    model.add(Conv2D(64, (3, 3), padding="same", input_shape=(3, 32, 32)))
    run.check("Conv2D on (3, 32, 32)", model.output_shape, (None, 64, 32, 32))
    model.add(Flatten())
    run.check("Flatten", model.output_shape, (None, 65536))

    model = Sequential()
    model.add(Reshape((3, 4), input_shape=(12,)))
    run.check("Reshape of 12 numbers", model.output_shape, (None, 3, 4))
    model.add(Reshape((6, 2)))
    run.check("Reshape again", model.output_shape, (None, 6, 2))
    model.add(Reshape((-1, 2, 2)))
    run.check("Reshape with -1", model.output_shape, (None, 3, 2, 2))

    model = Sequential()
    model.add(Permute((2, 1), input_shape=(10, 64)))
    run.check("Permute", model.output_shape, (None, 64, 10))

    model = Sequential()
    model.add(Dense(32, input_dim=32))
    run.check("Dense", model.output_shape, (None, 32))
    model.add(RepeatVector(3))
    run.check("RepeatVector", model.output_shape, (None, 3, 32))

    model = Sequential()
    model.add(Lambda(lambda x: x**2, input_shape=(16,)))
    model.add(Lambda(antirectifier))
    run.check("the antirectifier doubles the last axis", model.output_shape, (None, 32))

    model = Sequential()
    model.add(Conv2D(32, (3, 3), batch_input_shape=(10, 3, 28, 28)))
    run.check("Conv2D on ten pictures", model.output_shape, (10, 32, 26, 26))
    run.check(
        "Conv2D 3 x 3 on 9 x 9",
        Sequential([Conv2D(1, 3, input_shape=(1, 9, 9))]).output_shape,
        (None, 1, 7, 7),
    )

    for window, shape in (((2, 2), (None, 3, 14, 14)), ((4, 4), (None, 3, 7, 7))):
        pooled = Sequential([MaxPooling2D(pool_size=window, input_shape=(3, 28, 28))])
        run.check(f"MaxPooling2D {window}", pooled.output_shape, shape)
    run.check(
        "MaxPooling1D",
        Sequential([MaxPooling1D(2, input_shape=(10, 4))]).output_shape,
        (None, 5, 4),
    )

    one = Sequential([Conv1D(32, 3, input_shape=(10, 128))])
    run.check("Conv1D", one.output_shape, (None, 8, 32))
    run.check(
        "Conv1D on any number of steps",
        Sequential([Conv1D(32, 3, input_shape=(None, 128))]).output_shape[2],
        32,
    )
    run.check("Conv1D's kernel", one.layers[0].get_weights()[0].shape, (3, 128, 32))
    kernel = Sequential([Conv2D(1, 5, use_bias=False, input_shape=(3, 9, 9))])
    run.check("weights of a kernel K x K x D", kernel.count_params(), 5 * 5 * 3)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
