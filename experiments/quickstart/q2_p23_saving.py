"""Whole models, structures and weights in files (section 8.1.2, Q2.P23).

Data: random numbers.

    python -m experiments run q2_p23_saving
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import utils
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential, load_model, model_from_json, model_from_yaml

PROGRAM = Program(title="Models in files", ids=("Q2.P23",), packages=("yaml",))


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    x, y = rng.random((128, 3)).astype("float32"), rng.random((128, 3)).astype("float32")
    model = Sequential()
    model.add(Dense(2, input_dim=3, name="dense_1"))
    model.add(Dense(3, name="dense_2"))
    model.compile("rmsprop", "mse")
    model.fit(x, y, epochs=2, verbose=0)

    # Everything: two epochs, a file and two more are four epochs.
    model.save(run.out / "my_model.h5")
    again = load_model(run.out / "my_model.h5")
    run.check("predictions after reading", np.array_equal(again.predict(x), model.predict(x)), True)
    losses = []
    for trained in (model, again):
        utils.set_random_seed(run.seed)
        losses.append(trained.fit(x, y, epochs=2, verbose=0).history["loss"])
    run.check("both go on alike, the optimizer too", losses[0] == losses[1], True)

    # Structure alone, weights alone.
    model.save_weights(run.out / "my_model_weights.h5")
    for rebuilt in (model_from_json(model.to_json()), model_from_yaml(model.to_yaml())):
        rebuilt.load_weights(run.out / "my_model_weights.h5")
        run.check(
            "structure and weights", np.array_equal(rebuilt.predict(x), model.predict(x)), True
        )

    # Weights into another model, by the names of the layers: only dense_1 is in both.
    other = Sequential()
    other.add(Dense(2, input_dim=3, name="dense_1"))
    other.add(Dense(10, name="new_dense"))
    before = other.get_layer("new_dense").get_weights()
    other.load_weights(run.out / "my_model_weights.h5", by_name=True)
    kernel, expected = other.layers[0].get_weights()[0], model.layers[0].get_weights()[0]
    run.check("dense_1 is read", np.array_equal(kernel, expected), True)
    unchanged = all(
        np.array_equal(a, b) for a, b in zip(before, other.layers[1].get_weights(), strict=True)
    )
    run.check("new_dense is not", unchanged, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
