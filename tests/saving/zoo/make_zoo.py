"""usage: make_zoo.py FOLDER: models and configurations as the installed Keras writes them.

Writes FOLDER/keras-VERSION.zip: small models in every format that this version has, with their
predictions beside them, and the configuration of each layer, loss, metric, optimizer, initializer,
regularizer and constraint at its defaults.
"""

import inspect
import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

L = keras.layers
ROOMS = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "initializers",
    "regularizers",
    "constraints",
)
UNITS, WINDOW, RATE = {"units": 2}, {"filters": 2, "kernel_size": 3}, {"rate": 0.25}
NEEDED = {
    "Activation": {"activation": "relu"},
    "Dense": UNITS,
    "DepthwiseConv1D": {"kernel_size": 3},
    "DepthwiseConv2D": {"kernel_size": 3},
    "Dot": {"axes": 1},
    "Embedding": {"input_dim": 5, "output_dim": 2},
    "GaussianNoise": {"stddev": 0.1},
    "GRU": UNITS,
    "GRUCell": UNITS,
    "Lambda": None,
    "LSTM": UNITS,
    "LSTMCell": UNITS,
    "Permute": {"dims": (2, 1)},
    "RepeatVector": {"n": 3},
    "Rescaling": {"scale": 2.0},
    "Reshape": {"target_shape": (2, 3)},
    "SimpleRNN": UNITS,
    "SimpleRNNCell": UNITS,
}


def made(kind, name, thing):
    """An object of a class with what it needs, or None."""
    parameters = inspect.signature(thing).parameters
    if kind == "layers":
        if name in ("Bidirectional", "TimeDistributed", "RNN", "StackedRNNCells"):
            inner = {"Bidirectional": L.LSTM, "TimeDistributed": L.Dense}.get(name, L.LSTMCell)(2)
            return thing([inner] if name == "StackedRNNCells" else inner)
        needed = NEEDED.get(name, {})
        if "rate" in parameters and name.endswith("Dropout"):
            needed = RATE
        if "filters" in parameters:
            needed = WINDOW
        return None if needed is None else thing(**needed)
    return thing(**({"num_classes": 3} if name == "MeanIoU" else {}))


def configurations():
    """Name of each class -> its description at its defaults."""
    result = {}
    for kind in ROOMS:
        module = getattr(keras, kind)
        for name, thing in sorted(vars(module).items()):
            if not inspect.isclass(thing):
                continue
            try:
                described = module.serialize(made(kind, name, thing))
                result[kind + "." + name] = json.loads(json.dumps(described, default=str))
            except Exception:
                continue  # needs more than its class, or cannot be described
    return result


def image():
    x = y = L.Input((8, 7, 2))
    for layer in (
        L.Conv2D(4, 3, padding="same", kernel_regularizer="l2", activation="relu"),
        L.BatchNormalization(),
        L.SeparableConv2D(3, 3),
        L.LeakyReLU(),
        L.DepthwiseConv2D(2),
        L.ZeroPadding2D(1),
        L.MaxPooling2D(),
        L.Conv2DTranspose(2, 3, activation="tanh", bias_regularizer=keras.regularizers.L1(0.1)),
        L.Flatten(),
        L.Dense(6, activation="softmax"),
    ):
        y = layer(y)
    model = keras.Model(x, y, name="image")
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.5)
    model.compile(
        keras.optimizers.Adam(rate),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.0),
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy()],
    )
    return model


def sequence():
    return keras.Sequential(
        [
            L.Input((5,), dtype="int32"),
            L.Embedding(9, 4),
            L.Bidirectional(L.LSTM(3, return_sequences=True)),
            L.Conv1D(3, 2, padding="causal"),
            L.GRU(3, return_sequences=True),
            L.TimeDistributed(L.Dense(4, activation="elu")),
            L.RNN([L.SimpleRNNCell(2), L.LSTMCell(3)]),
            L.Dense(2),
        ],
        name="sequence",
    )


def nested():
    a, b = L.Input((4, 3)), L.Input((4, 3))
    x = L.Input((4, 3))
    inner = keras.Model(x, L.BatchNormalization()(L.Dense(3, activation="tanh")(x)), name="inner")
    shared = L.Conv1D(3, 2, padding="same")
    tower = keras.Sequential([L.Input((4, 6)), L.Dense(4), L.Dense(3), L.ReLU()], name="tower")
    left, right = inner(shared(a)), inner(shared(b))
    merged = tower(L.Concatenate()([left, L.Add()([left, right])]))
    pooled = L.GlobalAveragePooling1D()(merged)
    model = keras.Model([a, b], [L.Dense(2, activation="softmax")(pooled), right], name="nested")
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), ["mse", keras.losses.Huber()])
    return model


def main(folder):
    version = keras.__version__
    rng = np.random.default_rng(0)
    path = os.path.join(folder, "keras-" + version + ".zip")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryDirectory() as tmp,
    ):
        described = json.dumps(configurations(), sort_keys=True, separators=(",", ":"))
        archive.writestr("configurations.json", described)
        for make in (image, sequence, nested):
            model = make()
            weights = [np.abs(w) + 0.3 * rng.random(w.shape) for w in model.get_weights()]
            model.set_weights([w.astype("float32") / 2 for w in weights])
            x = [rng.random((3, *t.shape[1:])).astype("float32") for t in model.inputs]
            if make is sequence:
                x = [(9 * x[0]).astype("int32")]
            if make is image:
                model.fit(x[0], np.eye(6)[:3], epochs=2, verbose=0)
            y = model.predict(x if len(x) > 1 else x[0], verbose=0)
            arrays = {f"x{i}": a for i, a in enumerate(x)}
            arrays.update({f"y{i}": a for i, a in enumerate(y if isinstance(y, list) else [y])})
            name = os.path.join(tmp, make.__name__)
            np.savez(name + ".npz", **arrays)
            model.save(name + ".keras")
            model.save(name + ".h5")
            model.save_weights(name + ".weights.h5")
            if not version.startswith("3"):
                model.save_weights(name + ".checkpoint", save_format="tf")
                model.save(name + ".saved", save_format="tf")
        for folder, _, names in sorted(os.walk(tmp)):
            if folder == tmp or folder.endswith("variables"):
                for file in (os.path.join(folder, name) for name in sorted(names)):
                    archive.write(file, os.path.relpath(file, tmp))
    print(path, os.path.getsize(path))


if __name__ == "__main__":
    main(sys.argv[1])
