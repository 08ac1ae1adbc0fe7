"""usage: optimizer_states.py write|read FOLDER VERSION: what optimizers remember, in model files.

`write` runs as a program for Keras VERSION (`python -m jaxcnn.compat --keras VERSION`), `read` with
that Keras itself, in CPython 3.6, too; it prints the files whose arrays are not those written.
"""

import json
import os
import sys

import numpy as np
from keras import optimizers
from keras.layers import LSTM, Bidirectional, Dense
from keras.models import Sequential, load_model

OPTIMIZERS = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam")


def stacks():
    yield "dense", [Dense(4, input_shape=(3,)), Dense(2)], (3,)
    yield "twelve", [Dense(4, input_shape=(3,)), *(Dense(4) for _ in range(11)), Dense(2)], (3,)
    yield "bidirectional", [Bidirectional(LSTM(4), input_shape=(5, 3)), Dense(2)], (5, 3)


def remembered(model, by_name):
    """'name of the weight, slot' -> array, and the number of updates where it is listed."""
    listed = model.optimizer.get_weights()
    weights = list(model.trainable_weights)
    if by_name:
        weights.sort(key=lambda weight: weight.name)
    first = 0 if np.ndim(listed[0]) else 1
    state = {"count": int(listed[0])} if first else {}
    for at, array in enumerate(listed[first:]):
        slot, i = divmod(at, len(weights))
        state[f"{weights[i].name}, {slot}"] = np.asarray(array, "float32").tolist()
    return state


def main(action, folder, version):
    for optimizer in OPTIMIZERS:
        for stack, layers, shape in stacks():
            path = os.path.join(folder, optimizer + "_" + stack)
            if action == "write":
                model = Sequential(layers)
                model.compile(getattr(optimizers, optimizer)(), "mse")
                draw = np.random.RandomState(0)
                model.fit(draw.rand(8, *shape), draw.rand(8, 2), epochs=2, verbose=0)
                model.save(path + ".h5")
                with open(path + ".json", "w") as file:
                    json.dump(remembered(model, False), file)
                continue
            with open(path + ".json") as file:
                written = json.load(file)
            if remembered(load_model(path + ".h5"), version == "2.0") != written:
                print("differs:", optimizer, stack)


main(*sys.argv[1:])
