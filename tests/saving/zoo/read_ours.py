"""usage: read_ours.py FOLDER DIALECT...: reads what `write_ours.py` wrote with the Keras here.

Prints one JSON text: for each file its number, its dialect, and "equal" or what is not. KERAS_NAME
is the package, such as tf_keras. Runs in CPython 3.6, too.
"""

import json
import os
import sys
from functools import partial

import numpy as np

# What TensorFlow says of channels_first without a GPU, of files that it has read well.
NOT_ON_CPU = ("UnimplementedError", "InvalidArgumentError")


def package():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    name = os.environ.get("KERAS_NAME", "keras")
    __import__(name + ".models")
    return sys.modules[name]


def listed(value):
    return value if isinstance(value, (list, tuple)) else [value]


def sentence(error):
    return " ".join(f"{type(error).__name__}: {error}".split())


def outcome(keras, folder, entry, dialect):
    """What becomes of a file here."""
    with np.load(os.path.join(folder, f"{entry['number']}.npz")) as arrays:
        inputs = [arrays[name] for name in sorted(arrays.files) if name[0] == "x"]
        expected = [arrays[name] for name in sorted(arrays.files) if name[0] == "y"]
    try:
        model = keras.models.load_model(os.path.join(folder, entry["files"][dialect]))
    except Exception as error:
        return f"cannot be read: {sentence(error)}"
    try:
        whole = inputs if len(inputs) > 1 else inputs[0]
        found = listed(model.predict(whole, batch_size=2, verbose=0))
    except Exception as error:
        if type(error).__name__ in NOT_ON_CPU and entry["argument"] == "data_format":
            return "read, needs a GPU"
        return f"cannot predict: {sentence(error)}"
    if [np.shape(a) for a in found] != [np.shape(b) for b in expected]:
        return f"differs: {[np.shape(a) for a in found]} for {[np.shape(b) for b in expected]}"
    close = map(partial(np.allclose, rtol=1e-3, atol=1e-4), found, expected)
    return "equal" if all(close) else "differs: in its numbers"


def main(folder, dialects):
    keras = package()
    with open(os.path.join(folder, "index.json")) as file:
        index = json.load(file)
    results = []
    for entry in index:
        for dialect in dialects:
            if dialect in entry["files"]:
                said = outcome(keras, folder, entry, dialect)
                results.append([entry["number"], dialect, said[:300]])
                if said.startswith("cannot"):  # TensorFlow 1 may be left inside a condition
                    keras.backend.clear_session()
        if entry["number"] % 10 == 0:
            keras.backend.clear_session()
    print(json.dumps({"version": keras.__version__, "results": results}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
