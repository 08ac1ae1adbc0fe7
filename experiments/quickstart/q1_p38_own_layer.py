"""A layer of one's own with trained weights (section 5.13, Q1.P38 and Q2.P18).

Data: random numbers. The book's `add_weight` has no name, which Keras 2.0.4 demands; here it is
optional (X30).

    python -m experiments run q1_p38_own_layer
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import Layer
from jaxcnn.models import Sequential

PROGRAM = Program(title="A layer of one's own", ids=("Q1.P38", "Q2.P18"))


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[1], self.output_dim), initializer="uniform", trainable=True
        )
        super().build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)


def main(run: Run) -> None:
    model = Sequential([MyLayer(3, input_shape=(7,))])
    model.summary()
    run.check("shape", model.output_shape, (None, 3))
    run.check("parameters", model.count_params(), 21)
    rng = np.random.default_rng(run.seed)
    x, kernel = rng.random((256, 7)).astype("float32"), rng.random((7, 3)).astype("float32")
    run.check(
        "product, largest error",
        np.abs(model.predict(x) - x @ model.get_weights()[0]).max(),
        0,
        1e-5,
    )
    model.compile("rmsprop", "mse")
    history = model.fit(x, x @ kernel, epochs=30, verbose=0)
    run.check("the loss falls", history.history["loss"][-1] < history.history["loss"][0], True)
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
