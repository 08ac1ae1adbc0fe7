"""usage: write_ours.py FOLDER: what this library writes for other Kerases, by `read_ours.py`.

Every layer class at its defaults and with each argument set, activations, initializers, and whole
models, also those of the zoo: each as FOLDER/NUMBER-DIALECT with inputs and predictions in
FOLDER/NUMBER.npz, and FOLDER/index.json, which says what is refused, and why.
"""

import importlib.util
import inspect
import json
import sys
import warnings
import zipfile
from pathlib import Path

import jax
import numpy as np

import jaxcnn as jc
from jaxcnn import activations, initializers
from jaxcnn import layers as L
from jaxcnn.layers.base import LAYERS

# Name of a dialect -> (ending of files, argument `keras`).
DIALECTS = {
    "2.0": (".h5", "2.0"),
    "2.2": (".h5", "2.2"),
    "3": (".h5", "3"),
    "h5": (".h5", None),
    "keras": (".keras", None),
    "3.keras": (".keras", "3"),
}
WITHOUT_KERAS = {  # of the image book and of programs on operations: no Keras has them
    "CustomScaleLayer",
    "EuclideanRBF",
    "LocalResponseNormalization",
    "Operation",
    "PartialConv2D",
    "RandomizedReLU",
    "Subsampling2D",
}
# Bytecode belongs to one Python, those of CUDA need one, Normalization needs what it is fitted to.
SKIPPED = WITHOUT_KERAS | {"CuDNNGRU", "CuDNNLSTM", "InputLayer", "Lambda", "Normalization"}
UNFINISHED = ("Initializer", "_Normal")
MODELS = ("Model", "Sequential")


def formulas():
    """The arguments, inputs and weights by which the table of answers was made."""
    path = Path(__file__).with_name("make_answers.py")
    spec = importlib.util.spec_from_file_location("make_answers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.keras, module.L, module.VERSION, module.KERAS_1 = jc, L, "2.0.4", False
    module.parameters_of = parameters_of
    return module


def parameters_of(kind, last):
    """Name of each argument of a class -> whether it has no default."""
    given = inspect.signature(kind).parameters.values()
    return {p.name: p.default is p.empty for p in given if not p.kind.name.startswith("VAR")}


def layers(table):
    """(class, argument, value, layer) of every class with each argument set by itself."""
    for name, kind in sorted(LAYERS.items().items()):
        if name in SKIPPED or name in MODELS:
            continue
        for argument, arguments in table.variants(kind, "layers", kind):
            if argument in ("dtype", "name"):
                continue
            try:
                layer = kind(**{**table.inner(name), **arguments})
            except (TypeError, ValueError) as error:  # a value that is for other classes
                print(name, argument, error)
                continue
            yield name, argument, arguments.get(argument, ""), layer
    for name, function in sorted(vars(activations).items()):
        if callable(function) and getattr(function, "__module__", "") == activations.__name__:
            try:
                yield "Dense", "activation", name, L.Dense(3, activation=name)
            except ValueError:
                continue
    for name, kind in sorted(vars(initializers).items()):
        base = initializers.Initializer
        if isinstance(kind, type) and issubclass(kind, base) and name not in UNFINISHED:
            needed = {"Constant": {"value": 0.3}}.get(name, {})
            try:
                yield (
                    "Dense",
                    "kernel_initializer",
                    name,
                    L.Dense(4, kernel_initializer=kind(**needed)),
                )
            except TypeError:
                continue


def called(table, name, layer):
    """(model, inputs) of a layer with weights that a formula gives."""
    arrays = table.inputs_of(name)
    if name.endswith("Cell") or name == "StackedRNNCells":
        layer = L.RNN(layer)
    symbols = [
        L.Input(batch_shape=x.shape, dtype="int32" if name == "Embedding" else "float32")
        for x in arrays
    ]
    several = len(symbols) > 1
    model = jc.Model(symbols, layer(symbols if several else symbols[0]))
    weights = [table.numbers(w.shape, 10 + i, True) for i, w in enumerate(model.get_weights())]
    model.set_weights(weights)
    return model, arrays


def whole_models(folder):
    """(name, model, inputs) of models with several inputs, models inside, masks and states."""
    spec = importlib.util.spec_from_file_location(
        "conftest", Path(__file__).parents[1] / "conftest.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, model in {"stack": module.stack(), "graph": module.graph()}.items():
        model = module.randomise(model)
        yield name, model, listed(module.inputs_of(model))
    text = [
        L.Embedding(9, 4, mask_zero=True, input_length=5),
        L.LSTM(3, return_sequences=True),
        L.Dropout(0.5),
        L.GRU(3),
        L.Dense(2),
    ]
    words = np.array([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8], [3, 0, 0, 0, 0]], "int32")
    yield "masked text", jc.Sequential(text), [words]
    states = jc.Sequential([L.LSTM(3, stateful=True, batch_input_shape=(2, 4, 3)), L.Dense(2)])
    yield "states", states, [np.ones((2, 4, 3), "float32")]
    for path in sorted(Path(__file__).parent.glob("keras-*.zip")):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder / path.stem)
        for name in ("image", "sequence", "nested"):
            arrays = np.load(folder / path.stem / f"{name}.npz")
            inputs = [arrays[k] for k in sorted(arrays) if k.startswith("x")]
            model = jc.models.load_model(folder / path.stem / f"{name}.keras", compile=False)
            yield f"{name} of {path.stem}", model, inputs


def listed(value):
    return value if isinstance(value, list) else [value]


def written(folder, number, model, inputs):
    """Dialect -> file, and dialect -> why it is refused."""
    predicted = listed(model.predict(inputs if len(inputs) > 1 else inputs[0], 2, verbose=0))
    arrays = {f"x{i}": x for i, x in enumerate(inputs)}
    np.savez(folder / f"{number}.npz", **arrays, **{f"y{i}": y for i, y in enumerate(predicted)})
    files, refused = {}, {}
    for dialect, (ending, keras) in DIALECTS.items():
        name = f"{number}-{dialect.removesuffix('.keras')}{ending}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.save(folder / name, keras=keras)
            files[dialect] = name
        except ValueError as error:
            refused[dialect] = str(error)
    return {"files": files, "refused": refused}


def main(folder):
    table, index = formulas(), []

    def add(kind, argument, value, model, inputs):
        entry = {"kind": kind, "argument": argument, "value": str(value)[:60]}
        index.append({**entry, "number": len(index), **written(folder, len(index), model, inputs)})

    for name, argument, value, layer in layers(table):
        try:
            model, inputs = called(table, name, layer)
        except ValueError as error:  # it cannot be called so, or on these inputs
            print(name, argument, value, error)
            continue
        add(name, argument, value, model, inputs)
    for name, model, inputs in whole_models(folder):
        model.compile("adam", "mse")
        add("whole models", name, "", model, inputs)
    (folder / "index.json").write_text(json.dumps(index))
    print(len(index), "models")


if __name__ == "__main__":
    jax.config.update("jax_disable_most_optimizations", True)
    main(Path(sys.argv[1]))
