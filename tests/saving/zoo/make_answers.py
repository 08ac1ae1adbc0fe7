"""usage: make_answers.py FILE.json: what the installed Keras writes of each object, and computes.

Every layer, loss, metric, optimizer, schedule, initializer, regularizer and constraint of this
Keras (2.0 to 3.15), at its defaults and with each argument set by itself: the configuration as its
files hold it, and what the object computes from inputs and weights that a formula gives.
`make_answers.py --merge ANSWERS.json.xz FILE.json...` puts several into one table, where what
versions have in common stands once. The environment's KINDS are the layers that jaxcnn has, whose
arguments are all tried, and KERAS_NAME may say tf_keras.
"""

import inspect
import json
import lzma
import os
import re
import sys
import zlib

import numpy as np

SEVERAL = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
NEEDED = {
    "units": 3, "filters": 4, "kernel_size": 2, "rate": 0.25, "stddev": 0.1, "input_dim": 5,
    "output_dim": 3, "dims": (2, 1), "n": 3, "target_shape": (2, 3), "activation": "tanh",
    "axes": 1, "p": 0.25, "sigma": 0.1, "nb_filter": 4, "filter_length": 2, "nb_row": 2,
    "nb_col": 2, "kernel_dim1": 2, "kernel_dim2": 2, "kernel_dim3": 2, "l1": 0.1, "l2": 0.1,
    "num_classes": 3, "value": 0.3, "initial_learning_rate": 0.1, "decay_steps": 10,
    "decay_rate": 0.5, "boundaries": [5, 30], "values": [0.3, 0.2, 0.1], "first_decay_steps": 10,
    "recall": 0.5, "precision": 0.5, "sensitivity": 0.5, "specificity": 0.5, "max_value": 1.0,
    "scale": 2.0, "seed": 7,
}  # fmt: skip
VALUES = dict(
    NEEDED, units=5, filters=6, kernel_size=3, strides=2, padding="same", output_dim=2,
    data_format="channels_first", dilation_rate=2, groups=2, use_bias=False, momentum=0.9,
    epsilon=0.01, center=False, axis=1, noise_shape=(None, 1), return_sequences=True,
    return_state=True, go_backwards=True, stateful=True, unroll=True, dropout=0.3,
    recurrent_dropout=0.3, recurrent_activation="relu", reset_after=False, unit_forget_bias=False,
    depth_multiplier=2, output_padding=0, keepdims=True, mask_value=1.0, negative_slope=0.2,
    threshold=0.1, theta=0.2, alpha=0.7, alpha_initializer="ones", shared_axes=[1], mask_zero=True,
    interpolation="bilinear", size=3, cropping=((1, 2), (0, 1)), merge_mode="sum", normalize=True,
    offset=0.5, lora_rank=2, synchronized=True, renorm=True, fused=False, mean=[1.0, 2.0, 3.0],
    variance=[1.0, 2.0, 3.0], invert=True, trainable=False, name="nn", l1=0.3, l2=0.2,
    rms_scaling=True, pool_size=3, dtype="float16", implementation=2, input_length=4,
    zero_output_for_mask=True, time_major=True, from_logits=True, label_smoothing=0.1,
    reduction="sum", delta=2.0, ignore_class=1, thresholds=0.3, top_k=2, class_id=1,
    num_thresholds=50, curve="PR", summation_method="minoring", multi_label=True, k=3,
    learning_rate=0.3, lr=0.3, decay=0.1, nesterov=True, rho=0.8, centered=True, beta_1=0.8,
    beta_2=0.95, amsgrad=True, weight_decay=0.1, clipnorm=0.5, clipvalue=0.1, global_clipnorm=0.5,
    use_ema=True, loss_scale_factor=2.0, gradient_accumulation_steps=2, schedule_decay=0.01,
    initial_accumulator_value=0.2, staircase=True, end_learning_rate=0.01, power=2.0, cycle=True,
    t_mul=1.5, m_mul=0.8, warmup_target=0.2, warmup_steps=5, mode="fan_avg", distribution="uniform",
    gain=0.5, minval=-0.2, maxval=0.3, min_value=0.3, apply_class_balancing=True, gamma=1.5,
    subsample=2, subsample_length=2, border_mode="same", dim_ordering="th", bias=False,
    init="he_normal", inner_init="he_normal", inner_activation="relu", atrous_rate=2, mode_=1,
    stride=2, length=3, pool_length=3, consume_less="gpu", forget_bias_init="zero", dropout_W=0.3,
    dropout_U=0.3, return_attention_scores=True, ragged=True, sparse=True, dot_axes=1, m=2.0,
    W_constraint="nonneg", output_mode="int", sparse_y_true=True, bias_regularizer="l2",
    batch_input_shape=None, clip=0.3, foreach=True, alpha_=1,
)  # fmt: skip
for key in ("batch_input_shape", "mode_", "alpha_"):
    del VALUES[key]
WITHOUT = {  # a room's arguments with other values
    "layers": {"alpha": 0.7, "scale": False, "seed": 7, "value": 0.3},
    "schedules": {"alpha": 0.1},
    "initializers": {"scale": 3.0, "mean": 0.5, "value": 0.6, "axis": 1},
}
SIZES = {"1D": (9, 4), "2D": (6, 7, 4), "3D": (4, 5, 6, 4)}
SHAPES = {
    "ConvLSTM1D": (3, 6, 2), "ConvLSTM2D": (3, 6, 5, 2), "ConvLSTM3D": (3, 5, 4, 4, 2),
    "UpSampling2D": (3, 4, 2), "UpSampling3D": (2, 3, 2, 2), "Normalization": (4, 3),
    "SpatialDropout1D": (5, 4), "Embedding": (4,), "Dense": (4,), "RepeatVector": (4,),
    "Reshape": (6,), "MaxoutDense": (4,), "Highway": (4,), "GlobalAveragePooling1D": (5, 4),
    "GlobalMaxPooling1D": (5, 4),
}  # fmt: skip


def numbers(shape, seed, positive=False):
    """Numbers from -0.5 to 0.5, or from 0.1 to 1.1, that a formula gives."""
    count = int(np.prod(shape, dtype=int))
    values = ((np.arange(count) * 7919 + seed * 3571 + 13) % 997) / 997.0
    return (values + (0.1 if positive else -0.5)).reshape(shape).astype("float32")


def inputs_of(name, indices=5):
    """What a layer of this class is called on: one array or two."""
    shape = SHAPES.get(name) or next((s for end, s in SIZES.items() if end in name), (5, 4))
    if name == "Embedding":
        return [(np.arange(8).reshape(2, 4) * 3) % indices]
    if name in SEVERAL or name in ("Merge", "Attention", "AdditiveAttention"):
        return [numbers((2, 4, 3), 1), numbers((2, 4, 3), 2)]
    return [3 * numbers((2,) + shape, 1)]


def sampled(array):
    """[shape, some of the numbers, a sum over all of them]."""
    array = np.asarray(array, "float64")
    flat = array.reshape(-1)
    some = flat[:: max(1, len(flat) // 12)][:12]
    weighted = (flat * np.cos(np.arange(len(flat)))).sum()
    return [list(array.shape)] + [[float("%.6g" % v) for v in list(some) + [weighted]]]


def computed(values):
    """`sampled` of one array or of several."""
    return [sampled(v) for v in (values if isinstance(values, (list, tuple)) else [values])]


def stable(name):
    """A number that is always the same for a name."""
    return zlib.crc32(name.encode()) % 900


# From here on with Keras.


def parameters_of(kind, last):
    """Name of each argument of a class and of its bases up to `last` -> its default."""
    result = {}
    for base in inspect.getmro(kind):
        if base is object or "__init__" not in vars(base):
            continue
        try:
            if hasattr(inspect, "signature"):
                given = inspect.signature(base.__init__).parameters.values()
                for p in given:
                    if not p.kind.name.startswith("VAR") and p.name != "self":
                        result.setdefault(p.name, p.default is inspect.Parameter.empty)
        except (TypeError, ValueError):
            continue
        if base is last:
            break
    return result


def objects(argument):
    """An object for an argument that takes one, or None."""
    if argument.endswith("_initializer") and argument != "alpha_initializer":
        return keras.initializers.he_normal() if old() else keras.initializers.HeNormal()
    if argument.endswith("regularizer") and KERAS_1:
        return keras.regularizers.l1l2(0.1, 0.2)
    if argument.endswith("regularizer"):
        return keras.regularizers.l1_l2(l1=0.1, l2=0.2)
    if argument.endswith("constraint") and KERAS_1:
        return keras.constraints.maxnorm(2.0, axis=0)
    if argument.endswith("constraint"):
        return keras.constraints.max_norm(2.0, axis=0)
    return None


def old():
    return VERSION[0] == "1" or (VERSION[0] == "2" and int(VERSION.split(".")[1]) < 4)


def inner(name):
    """The layers that a class needs inside."""
    if name == "TimeDistributed":
        return {"layer": L.Dense(2)}
    if name == "Bidirectional":
        return {"layer": L.LSTM(2)}
    if name == "RNN":
        return {"cell": L.LSTMCell(2)}
    if name == "StackedRNNCells":
        return {"cells": [L.LSTMCell(2), L.SimpleRNNCell(3)]}
    return {}


def variants(kind, room, last):
    """(argument or '', arguments to call the class with): at defaults, and one after another."""
    name, parameters = kind.__name__, parameters_of(kind, last)
    defined = parameters_of(kind, kind)
    needed = {a: NEEDED[a] for a, empty in defined.items() if empty and a in NEEDED}
    if name == "Merge":
        needed = {"mode": "sum"}
    if name in ("L1", "L2", "L1L2"):
        needed = {}
    yield "", dict(needed)
    for argument in sorted(parameters):
        value = objects(argument) if room == "layers" else None
        if value is None and argument not in VALUES:
            continue
        values = [value]
        if value is None:
            values = [WITHOUT.get(room, {}).get(argument, VALUES[argument])]
        if argument in ("momentum", "nesterov") and name == "SGD":
            yield argument, dict(needed, **{"momentum": 0.9, argument: values[0]})
            continue
        if argument == "padding" and "ZeroPadding" in name:
            values = [{"1": (1, 2), "2": ((1, 2), (0, 1)), "3": ((1, 2), (0, 1), (1, 0))}[name[-2]]]
        if argument == "padding" and name == "Conv1D":
            values = ["same", "causal"]
        if argument == "cropping":
            values = [{"1": (1, 2), "2": ((1, 2), (0, 1)), "3": ((1, 2), (0, 1), (1, 0))}[name[-2]]]
        if argument == "interpolation":
            values = ["bilinear", "nearest"]
        if argument == "merge_mode":
            values = ["sum", "mul", "ave", None]
        if argument == "activation" and name == "Activation":
            values = ["relu", "elu", "selu", "softplus", "softsign", "tanh", "sigmoid", "linear"]
            values += ["hard_sigmoid", "exponential", "swish", "silu", "gelu", "softmax"]
            values += ["leaky_relu", "relu6", "mish", "hard_silu"]
        if argument == "distribution":
            values = ["uniform", "normal", "truncated_normal", "untruncated_normal"]
        if argument == "mode":
            values = ["fan_in", "fan_out", "fan_avg"] if room == "initializers" else [1, 2]
        if argument == "mode" and name == "Merge":
            values = ["sum", "mul", "concat", "ave", "max", "dot", "cos"]
        if argument == "reduction":
            values = ["sum", "none", "sum_over_batch_size"]
        if argument == "curve":
            values = ["PR", "ROC"]
        if argument == "size" and name in ("UpSampling2D", "UpSampling3D"):
            values = [(2, 3) if name[-2] == "2" else (1, 2, 3)]
        if argument == "dims":
            values = [(2, 1)]
        for value in values:
            yield argument, dict(needed, **{argument: value})


def plain(value):
    """A value as its JSON text has it."""
    return json.loads(json.dumps(value, default=encoded))


def encoded(value):
    if hasattr(value, "item"):
        return value.item()
    try:
        return ENCODER(value)
    except TypeError:
        return str(value)


def layer_entry(name, kind, arguments):
    """(configurations, further) of a layer."""
    arguments = dict(inner(name), **arguments)
    if KERAS_1 and name in ("AtrousConvolution1D", "AtrousConvolution2D"):
        arguments.setdefault("atrous_rate", 2)
    if KERAS_1 and name in ("Deconvolution2D",):
        arguments["output_shape"] = (None, 7, 8, 4)
    layer = kind(**arguments)
    written = []
    if hasattr(L, "serialize"):
        written.append(plain(L.serialize(layer)))
    arrays = inputs_of(name)
    cell = name.endswith("Cell") or name == "StackedRNNCells"
    further = {}
    try:
        called = L.RNN(layer) if cell else layer
        ints = name == "Embedding"
        symbols = [
            L.Input(batch_shape=a.shape, dtype="int32" if ints else "float32") for a in arrays
        ]
        if name == "Merge":
            y = called(symbols)
        else:
            y = called(symbols if len(symbols) > 1 else symbols[0])
        Model = keras.models.Model
        model = Model(input=symbols, output=y) if KERAS_1 else Model(symbols, y)
        text = json.loads(model.to_json())["config"]["layers"][-1]
        text = {k: v for k, v in text.items() if k not in ("inbound_nodes", "name")}
        written.append(text["config"]["cell"] if cell else text)
        names = [w.name for w in called.weights]
        shapes = [list(w.shape) for w in called.get_weights()]
        positive = [int("variance" in n or "running_std" in n) for n in names]
        weights = [numbers(s, 10 + i, p) for i, (s, p) in enumerate(zip(shapes, positive))]
        if shapes and name != "Normalization":  # it keeps what it was built with
            called.set_weights(weights)
            further["weights"] = [[s, p] for s, p in zip(shapes, positive)]
        xs = arrays if len(arrays) > 1 else arrays[0]
        if old():
            result = model.predict(xs)
        else:
            result = model(xs)
        if isinstance(result, dict):
            raise ValueError
        result = (
            [np.asarray(r) for r in result]
            if isinstance(result, (list, tuple))
            else [np.asarray(result)]
        )
        further["out"] = computed(result)
    except Exception as error:  # it cannot be called so, here or on these inputs
        further.pop("weights", None)
        if os.environ.get("VERBOSE"):
            print(name, arguments, type(error).__name__, str(error)[:150])
    if VERSION[0] == "2" and not old():  # '.h5' in the first form, '.keras' in the other
        try:
            written.append(plain(L.serialize(layer, use_legacy_format=True)))
        except TypeError:
            pass
    return written, further


TARGETS = np.eye(3)[[0, 2, 1, 1]].astype("float32")
GUESSES = np.abs(numbers((4, 3), 3)) + 0.1
GUESSES = (GUESSES / GUESSES.sum(1, keepdims=True)).astype("float32")


def targets_for(name):
    """(targets, predictions) for a loss or metric."""
    if name.startswith("Sparse"):
        return TARGETS.argmax(1), GUESSES
    if "IoU" in name:
        if "OneHot" in name:
            return TARGETS, GUESSES
        return np.array([0, 2, 1, 1]), np.array([0, 1, 1, 2])
    return TARGETS, GUESSES


def object_entry(room, kind, arguments):
    """(configurations, further) of an object that is no layer."""
    thing = kind(**arguments)
    module = schedules() if room == "schedules" else getattr(keras, room)
    if room == "regularizers" and old() or room == "constraints" and KERAS_1:
        written = [plain({"class_name": kind.__name__, "config": thing.get_config()})]
    elif KERAS_1:
        written = [plain(thing.get_config())]
    else:
        written = [plain(module.serialize(thing))]
        try:
            written.append(plain(module.serialize(thing, use_legacy_format=True)))
        except TypeError:
            pass
    try:
        return written, {"out": computed(result_of(room, kind.__name__, thing))}
    except Exception as error:
        if os.environ.get("VERBOSE"):
            print(room, kind.__name__, arguments, type(error).__name__, str(error)[:150])
        return written, {}


def result_of(room, name, thing):
    K = None if VERSION[0] == "3" else keras.backend
    if room == "losses":
        y, p = targets_for(name)
        return np.asarray(thing(y, p))
    if room == "metrics":
        y, p = targets_for(name)
        thing.update_state(y, p)
        return np.asarray(thing.result())
    if room == "schedules":
        return np.array([float(np.asarray(thing(step))) for step in (0, 5, 9, 20, 50)])
    if room == "optimizers":
        model = keras.models.Sequential()
        model.add(L.Dense(2, input_dim=4) if old() else L.Dense(2, input_shape=(4,)))
        model.set_weights([numbers((4, 2), 1), numbers((2,), 2)])
        model.compile(optimizer=thing, loss="mse")
        for step in range(3):
            model.train_on_batch(numbers((3, 4), 4 + step), numbers((3, 2), 9))
        return model.get_weights()
    if room == "initializers":
        shape = (40, 50)
        if name in ("Identity", "IdentityInitializer"):
            shape = (5, 5)
        array = thing(shape)
        array = K.eval(array) if old() and hasattr(array, "op") else np.asarray(array)
        # The deviation, the mean and the ends tell distributions from each other.
        return np.array([array.std(), array.mean(), array.min(), array.max()])
    if room == "regularizers":
        value = thing(K.variable(numbers((4, 3), 1)) if K else numbers((4, 3), 1))
        return K.eval(value) if old() else np.asarray(value)
    results = []
    for shape in ((4, 3), (2, 2, 3, 3)):
        array = 3 * numbers(shape, 1)
        value = thing(K.variable(array) if K else array)
        results.append(K.eval(value) if old() else np.asarray(value))
    return results


def schedules():
    return keras.optimizers.schedules


def rooms():
    """(room, module) of what has configurations."""
    yield "layers", keras.layers
    if KERAS_1:
        return
    for room in ("losses", "metrics", "optimizers", "initializers", "regularizers", "constraints"):
        if old() and room in ("losses", "metrics"):
            continue
        yield room, getattr(keras, room)
    if hasattr(keras.optimizers, "schedules"):
        yield "schedules", keras.optimizers.schedules


def entries():
    base = {"layers": L.Layer}
    asked, ours = os.environ.get("ROOMS", "").split(), os.environ.get("KINDS", "").split()
    for room, module in rooms():
        if asked and room not in asked:
            continue
        for name, kind in sorted(vars(module).items()):
            if not inspect.isclass(kind) or name != kind.__name__ and room == "layers":
                continue
            if room == "layers" and (name.startswith("_") or not issubclass(kind, L.Layer)):
                continue
            if name in ("Layer", "InputSpec", "Wrapper", "Recurrent", "InputLayer", "Lambda"):
                continue
            tried = 0
            for argument, arguments in variants(kind, room, base.get(room, kind)):
                if argument and room == "layers" and ours and name not in ours:
                    break  # that there is no such class is asked once
                if room != "layers" and argument in ("dtype", "name", "trainable"):
                    continue
                try:
                    if room == "layers":
                        written, further = layer_entry(name, kind, arguments)
                    else:
                        written, further = object_entry(room, kind, arguments)
                except Exception as error:
                    if os.environ.get("VERBOSE"):
                        print(room, name, argument, type(error).__name__, str(error)[:150])
                    continue
                tried += 1
                seen = []
                for config in written:
                    if config not in seen:
                        seen.append(config)
                        yield dict(further, room=room, kind=name, argument=argument, config=config)
            if VERSION[0] != "3" and hasattr(keras.backend, "clear_session"):
                keras.backend.clear_session()
            print(room, name, tried, flush=True)


def nameless(value, key=""):
    """A configuration without the numbers that count layers."""
    if isinstance(value, dict):
        return {k: nameless(v, k) for k, v in value.items() if k != "shared_object_id"}
    if isinstance(value, list):
        return [nameless(item) for item in value]
    return re.sub(r"(_\d+)+$", "", value) if key == "name" and isinstance(value, str) else value


def merged(paths):
    """One entry for all versions that write and compute the same."""
    table, kinds = {}, os.environ["KINDS"].split()
    for path in paths:
        with open(path) as file:
            found = json.load(file)
        for entry in map(nameless, found["entries"]):
            if entry["argument"] and entry["room"] == "layers" and entry["kind"] not in kinds:
                continue
            key = json.dumps(entry, sort_keys=True)
            table.setdefault(key, (entry, []))[1].append(found["version"])
    return [dict(entry, versions=versions) for entry, versions in table.values()]


if __name__ == "__main__" and sys.argv[1] == "--merge":
    packed = json.dumps(merged(sys.argv[3:]), separators=(",", ":"), sort_keys=True)
    with lzma.open(sys.argv[2], "wb", preset=9) as file:
        file.write(packed.encode())
    print(len(packed), os.path.getsize(sys.argv[2]))
elif __name__ == "__main__":
    os.environ.setdefault("KERAS_BACKEND", "jax")
    if os.environ.get("KERAS_NAME"):
        keras = __import__(os.environ["KERAS_NAME"])
    else:
        import keras
    VERSION = keras.__version__
    KERAS_1 = VERSION[0] == "1"
    L = keras.layers
    ENCODER = str
    if VERSION[0] == "2":
        try:
            saving = __import__(keras.__name__ + ".src.saving.legacy.saved_model.json_utils")
            ENCODER = saving.src.saving.legacy.saved_model.json_utils.get_json_type
        except ImportError:
            pass
    result = {"version": VERSION, "entries": list(entries())}
    with open(sys.argv[1], "w") as file:
        json.dump(result, file)
    print(VERSION, len(result["entries"]), sum("out" in e for e in result["entries"]))
