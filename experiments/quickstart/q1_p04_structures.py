"""A model as a dictionary, as JSON and as YAML, and its weights in a file (section 4.1, Q1.P04-P06
and P45).

Data: none.  The book's `from models import` lacks a word (X09 in ERRATA.md).

    python -m experiments run q1_p04_structures
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Model, Sequential, model_from_json, model_from_yaml

PROGRAM = Program(
    title="Structures and weights", ids=("Q1.P04", "Q1.P05", "Q1.P06", "Q1.P45"), packages=("yaml",)
)


def layers(model: Model) -> list[tuple[str, str]]:
    return [(type(layer).__name__, layer.name) for layer in model.layers]


def main(run: Run) -> None:
    model = Sequential(
        [Dense(32, input_dim=784), Activation("relu"), Dense(10), Activation("softmax")]
    )
    again = Sequential.from_config(model.get_config())
    run.check("P04: layers of the configuration", layers(again), layers(model))
    json_string = model.to_json()
    run.check("P05: layers of the JSON", layers(model_from_json(json_string)), layers(model))
    yaml_string = model.to_yaml()
    run.check("P06: layers of the YAML", layers(model_from_yaml(yaml_string)), layers(model))
    print(yaml_string)

    rng = np.random.default_rng(run.seed)
    x = rng.random((8, 784)).astype("float32")
    model.set_weights([rng.normal(0, 0.1, weight.shape) for weight in model.get_weights()])
    model.save_weights(run.out / "weights.h5")
    run.check(
        "P45: structure alone has other weights",
        np.array_equal(again.predict(x), model.predict(x)),
        False,
    )
    again.load_weights(run.out / "weights.h5")
    run.check(
        "P45: with the file they are the same",
        np.array_equal(again.predict(x), model.predict(x)),
        True,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
