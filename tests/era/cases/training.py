"""compile, fit, evaluate, predict: the numbers of every epoch, their names, what is printed, which
files appear.
"""

import os
import re
import shutil
import tempfile

import keras
import numpy as np
from harness import add, history_values, integers, normal, one_hot, printed, randomize, uniform
from keras import backend as K
from keras import callbacks as C
from keras import layers as L
from keras.models import Model, Sequential
from keras.optimizers import SGD, Adam

N = 22  # batches of 8 leave 6
X, T = normal(N, 5), integers(3, N)
Y = one_hot(T, 3)
XV, YV = normal(10, 5, seed=5), one_hot(integers(3, 10, seed=5), 3)
BINARY = (T > 0).astype("float32")
W = uniform(N, low=0.1, high=2.0)
W0 = np.where(np.arange(N) % 4 < 2, W, 0).astype("float32")
WZ = W0.copy()
WZ[8:16] = 0  # a batch without weight


def classifier(
    loss="categorical_crossentropy",
    optimizer=None,
    metrics=("accuracy",),
    units=3,
    activation="softmax",
    **options,
):
    model = Sequential(
        [
            L.Dense(6, input_shape=(5,), activation="tanh", name="hidden"),
            L.Dense(units, activation=activation, name="out"),
        ]
    )
    randomize(model)
    model.compile(optimizer or SGD(lr=0.3), loss, metrics=list(metrics), **options)
    return model


def fitted(model, *data, **options):
    options.setdefault("epochs", 3)
    options.setdefault("batch_size", 8)
    options.setdefault("verbose", 0)
    options.setdefault("shuffle", False)
    out = history_values(model.fit(*data, **options))
    out["weights"] = model.get_weights()
    out["names"] = " ".join(model.metrics_names)
    return out


def fit_case(name, make, data, eras=("204", "224"), **options):
    add("training", "fit " + name, lambda: fitted(make(), *data, **options), eras)


# -- losses and metrics in fit
fit_case("plain", classifier, (X, Y))
fit_case("batch 32", classifier, (X, Y), batch_size=32)
fit_case("batch 1", classifier, (X, Y), batch_size=1)
fit_case("validation_data", classifier, (X, Y), validation_data=(XV, YV))
fit_case(
    "validation_data of one batch size more",
    classifier,
    (X, Y),
    validation_data=(XV, YV),
    batch_size=7,
)
fit_case("validation_split", classifier, (X, Y), validation_split=0.3)
fit_case("validation weights", classifier, (X, Y), validation_data=(XV, YV, uniform(10)))
fit_case("initial_epoch", classifier, (X, Y), initial_epoch=1)
fit_case("no metrics", lambda: classifier(metrics=()), (X, Y), validation_data=(XV, YV))
for loss in [
    "mse",
    "mae",
    "mape",
    "msle",
    "squared_hinge",
    "hinge",
    "logcosh",
    "kld",
    "poisson",
    "cosine_proximity",
    "categorical_crossentropy",
    "binary_crossentropy",
    "categorical_hinge",
]:
    fit_case("loss %s" % loss, lambda loss=loss: classifier(loss), (X, Y), validation_data=(XV, YV))
fit_case("sparse (n, 1)", lambda: classifier("sparse_categorical_crossentropy"), (X, T[:, None]))
fit_case("sparse (n,)", lambda: classifier("sparse_categorical_crossentropy"), (X, T))
fit_case(
    "binary", lambda: classifier("binary_crossentropy", units=1, activation="sigmoid"), (X, BINARY)
)
fit_case(
    "binary (n, 1)",
    lambda: classifier("binary_crossentropy", units=1, activation="sigmoid"),
    (X, BINARY[:, None]),
    validation_split=0.2,
)
fit_case("binary mse", lambda: classifier("mse", units=1, activation="sigmoid"), (X, BINARY))
fit_case(
    "hinge signs", lambda: classifier("hinge", units=1, activation="tanh"), (X, 2 * BINARY - 1)
)
METRICS = [
    "acc",
    "mse",
    "mae",
    "mape",
    "msle",
    "cosine",
    "binary_accuracy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "kullback_leibler_divergence",
    "hinge",
    "poisson",
    "logcosh",
]
fit_case("many metrics", lambda: classifier(metrics=METRICS), (X, Y), validation_data=(XV, YV))
fit_case(
    "metric functions",
    lambda: classifier(
        metrics=[keras.metrics.categorical_accuracy, keras.losses.mean_squared_error]
    ),
    (X, Y),
)


def mean_prediction(y_true, y_pred):
    return K.mean(y_pred[:, 0])


def own_loss(y_true, y_pred):
    return K.sum(K.square(y_true - y_pred), axis=-1) + 0.1


def scalar_loss(y_true, y_pred):
    return K.mean(K.square(y_true - y_pred)) * 2


fit_case(
    "own metric", lambda: classifier(metrics=[mean_prediction, "acc"]), (X, Y), validation_split=0.3
)
fit_case("own loss", lambda: classifier(own_loss), (X, Y), sample_weight=W)
fit_case("scalar loss", lambda: classifier(scalar_loss), (X, Y))
fit_case("scalar loss weights", lambda: classifier(scalar_loss), (X, Y), sample_weight=W)
fit_case(
    "top_k metric",
    lambda: classifier(metrics=["top_k_categorical_accuracy"], units=7),
    (X, one_hot(integers(7, N), 7)),
)
fit_case(
    "sparse metric",
    lambda: classifier("sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"]),
    (X, T[:, None]),
)

# -- weights
fit_case(
    "class_weight", classifier, (X, Y), class_weight={0: 1.0, 1: 2.5, 2: 0.3}, validation_split=0.3
)
fit_case(
    "class_weight sparse",
    lambda: classifier("sparse_categorical_crossentropy"),
    (X, T[:, None]),
    class_weight={0: 1.0, 1: 2.5, 2: 0.3},
)
fit_case(
    "class_weight binary",
    lambda: classifier("binary_crossentropy", units=1, activation="sigmoid"),
    (X, BINARY),
    class_weight={0: 1.0, 1: 3.0},
)
fit_case("class_weight zero", classifier, (X, Y), class_weight={0: 0.0, 1: 2.5, 2: 1.0})
fit_case("class_weight missing class", classifier, (X, Y), class_weight={0: 1.0, 1: 2.5})
fit_case(
    "sample_weight", classifier, (X, Y), sample_weight=W, validation_data=(XV, YV, uniform(10))
)
fit_case("sample_weight zeros", classifier, (X, Y), sample_weight=W0)
fit_case("sample_weight zero batch", classifier, (X, Y), sample_weight=WZ)
fit_case("sample_weight ints", classifier, (X, Y), sample_weight=np.arange(N) % 3)
fit_case(
    "sample_weight and class_weight",
    classifier,
    (X, Y),
    sample_weight=W,
    class_weight={0: 1.0, 1: 2.5, 2: 0.3},
)
fit_case(
    "sample_weight and validation_split", classifier, (X, Y), sample_weight=W, validation_split=0.3
)
fit_case(
    "weighted_metrics",
    lambda: classifier(weighted_metrics=["acc", "mae"]),
    (X, Y),
    ("224",),
    sample_weight=W,
    validation_data=(XV, YV, uniform(10)),
)


def tagger(
    loss="categorical_crossentropy",
    mask=True,
    mode="temporal",
    metrics=("acc", "mae"),
    activation="softmax",
    units=3,
):
    model = Sequential(
        [
            L.Embedding(9, 4, mask_zero=mask, input_length=5),
            L.LSTM(6, return_sequences=True),
            L.TimeDistributed(L.Dense(units, activation=activation)),
        ]
    )
    randomize(model)
    model.compile(SGD(lr=0.3), loss, metrics=list(metrics), sample_weight_mode=mode)
    return model


def words():
    x = integers(8, N, 5, low=0) + 1
    for i in range(N):
        x[i, 5 - i % 4 :] = 0
    return x


XW, YW = words(), one_hot(integers(3, N, 5), 3)
WT = uniform(N, 5, low=0.1, high=2.0)
WT0 = np.where(uniform(N, 5, seed=3) < 0.4, 0, WT).astype("float32")
fit_case("masked sequences", lambda: tagger(mode=None), (XW, YW), validation_split=0.3)
fit_case(
    "masked sequences mse",
    lambda: tagger("mse", mode=None, metrics=["mse"]),
    (XW, YW),
    validation_split=0.3,
)
fit_case("masked sequences sample_weight", lambda: tagger(mode=None), (XW, YW), sample_weight=W)
fit_case(
    "masked sequences sample_weight zeros", lambda: tagger(mode=None), (XW, YW), sample_weight=W0
)
fit_case(
    "masked sparse",
    lambda: tagger("sparse_categorical_crossentropy", mode=None, metrics=["acc"]),
    (XW, YW.argmax(-1)[..., None]),
)
fit_case(
    "masked binary",
    lambda: tagger("binary_crossentropy", mode=None, activation="sigmoid", metrics=["acc"]),
    (XW, YW),
)
fit_case("temporal", lambda: tagger(mask=False), (XW, YW), sample_weight=WT)
fit_case("temporal zeros", lambda: tagger(mask=False), (XW, YW), sample_weight=WT0)
fit_case(
    "temporal masked", tagger, (XW, YW), sample_weight=WT, validation_data=(XW[:7], YW[:7], WT[:7])
)
fit_case("temporal masked zeros", tagger, (XW, YW), sample_weight=WT0)
fit_case("temporal without weights", tagger, (XW, YW))
fit_case("unmasked sequences", lambda: tagger(mask=False, mode=None), (XW, YW), class_weight=None)


def masked_vector_output():
    model = Sequential([L.Masking(input_shape=(5, 3)), L.GRU(4)])
    randomize(model)
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def sequences_with_pauses():
    x = normal(N, 5, 3)
    x[::3, 3:] = 0
    x[1::3, :2] = 0
    return x


fit_case(
    "masked input, vector output",
    masked_vector_output,
    (sequences_with_pauses(), normal(N, 4)),
    validation_split=0.2,
)


def pictures(loss="categorical_crossentropy", form="channels_last"):
    shape = (6, 6, 2) if form == "channels_last" else (2, 6, 6)
    model = Sequential(
        [
            L.Conv2D(4, 3, activation="relu", input_shape=shape, data_format=form),
            L.BatchNormalization(axis=-1 if form == "channels_last" else 1),
            L.MaxPooling2D(data_format=form),
            L.Flatten(),
            L.Dropout(0.0),
            L.Dense(3, activation="softmax"),
        ]
    )
    randomize(model)
    model.compile(SGD(lr=0.1, momentum=0.9), loss, metrics=["accuracy"])
    return model


for form in ("channels_last", "channels_first"):
    fit_case(
        "pictures %s" % form,
        lambda f=form: pictures(form=f),
        (normal(N, *((6, 6, 2) if form == "channels_last" else (2, 6, 6))), Y),
        validation_split=0.3,
    )


def segmentation():
    model = Sequential(
        [L.Conv2D(3, 3, padding="same", activation="softmax", input_shape=(4, 5, 2))]
    )
    randomize(model)
    model.compile(SGD(0.5), "categorical_crossentropy", metrics=["acc"])
    return model


fit_case(
    "pictures as targets",
    segmentation,
    (normal(N, 4, 5, 2), one_hot(integers(3, N, 4, 5), 3)),
    sample_weight=W,
)
fit_case(
    "autoencoder channels_first",
    lambda: autoencoder("channels_first"),
    (normal(N, 2, 4, 4), uniform(N, 2, 4, 4)),
)
fit_case(
    "autoencoder channels_last",
    lambda: autoencoder("channels_last"),
    (normal(N, 4, 4, 2), uniform(N, 4, 4, 2)),
)


def autoencoder(form):
    model = Sequential(
        [
            L.Conv2D(
                3,
                2,
                strides=2,
                data_format=form,
                input_shape=(4, 4, 2) if form == "channels_last" else (2, 4, 4),
            ),
            L.Conv2DTranspose(2, 2, strides=2, data_format=form, activation="sigmoid"),
        ]
    )
    randomize(model)
    model.compile("sgd", "binary_crossentropy", metrics=["acc"])
    return model


def penalised(**options):
    model = Sequential(
        [
            L.Dense(
                6, input_shape=(5,), kernel_regularizer="l2", activity_regularizer="l1", name="a"
            ),
            L.ActivityRegularization(l2=0.01),
            L.Dense(3, activation="softmax", bias_regularizer="l1", kernel_constraint="max_norm"),
        ]
    )
    randomize(model)
    model.compile(SGD(lr=0.1), "categorical_crossentropy", metrics=["acc"], **options)
    return model


fit_case("penalties", penalised, (X, Y), validation_split=0.3)
fit_case("penalties full batches", penalised, (X[:16], Y[:16]))
fit_case("penalties sample_weight", penalised, (X, Y), sample_weight=W)

# -- several outputs


def two_outputs(**options):
    one, two = L.Input((5,), name="one"), L.Input((4,), name="two")
    shared = L.Dense(4, activation="tanh", name="shared")
    joined = L.concatenate([shared(one), L.Dense(4, name="left")(two)])
    classes = L.Dense(3, activation="softmax", name="classes")(joined)
    number = L.Dense(1, name="number")(joined)
    model = Model([one, two], [classes, number])
    randomize(model)
    options.setdefault("loss", ["categorical_crossentropy", "mse"])
    model.compile(options.pop("optimizer", SGD(lr=0.1)), **options)
    return model


X2, Y2 = [X, normal(N, 4)], [Y, normal(N, 1)]
XV2, YV2 = [XV, normal(10, 4, seed=1)], [YV, normal(10, 1, seed=1)]
fit_case("outputs", two_outputs, (X2, Y2), validation_data=(XV2, YV2))
fit_case("outputs split", two_outputs, (X2, Y2), validation_split=0.3)
fit_case("outputs one loss", lambda: two_outputs(loss="mse"), (X2, Y2))
fit_case(
    "outputs loss dictionary",
    lambda: two_outputs(loss={"classes": "categorical_crossentropy", "number": "mae"}),
    (X2, Y2),
)
fit_case(
    "outputs loss_weights",
    lambda: two_outputs(loss_weights=[0.3, 2.0]),
    (X2, Y2),
    validation_data=(XV2, YV2),
)
fit_case(
    "outputs loss_weights dictionary",
    lambda: two_outputs(loss_weights={"classes": 0.3, "number": 2.0}),
    (X2, Y2),
)
fit_case("outputs loss_weights part", lambda: two_outputs(loss_weights={"number": 2.0}), (X2, Y2))
fit_case(
    "outputs metrics list",
    lambda: two_outputs(metrics=["acc", "mae"]),
    (X2, Y2),
    validation_data=(XV2, YV2),
)
fit_case(
    "outputs metrics dictionary",
    lambda: two_outputs(metrics={"classes": "acc", "number": ["mae", "mse"]}),
    (X2, Y2),
    validation_data=(XV2, YV2),
)
fit_case(
    "outputs metrics dictionary part",
    lambda: two_outputs(metrics={"classes": ["accuracy"]}),
    (X2, Y2),
)
fit_case(
    "outputs arrays by name",
    two_outputs,
    ({"one": X2[0], "two": X2[1]}, {"classes": Y2[0], "number": Y2[1]}),
    validation_data=({"one": XV2[0], "two": XV2[1]}, {"classes": YV2[0], "number": YV2[1]}),
)
fit_case("outputs sample_weight list", two_outputs, (X2, Y2), sample_weight=[W, W0])
fit_case(
    "outputs sample_weight dictionary",
    two_outputs,
    (X2, Y2),
    sample_weight={"classes": W, "number": W0},
)
fit_case("outputs sample_weight part", two_outputs, (X2, Y2), sample_weight={"classes": W})
fit_case(
    "outputs class_weight dictionary",
    two_outputs,
    (X2, Y2),
    class_weight={"classes": {0: 1.0, 1: 2.0, 2: 0.5}},
)
fit_case(
    "outputs validation weights",
    two_outputs,
    (X2, Y2),
    validation_data=(XV2, YV2, [uniform(10), uniform(10, seed=1)]),
)
fit_case("outputs loss None", lambda: two_outputs(loss=[None, "mse"]), (X2, Y2[1]))
fit_case(
    "outputs loss missing", lambda: two_outputs(loss={"number": "mse"}), (X2, {"number": Y2[1]})
)


def shared_twice():
    """One layer used at two places, with a penalty; one output is an input of what follows."""
    one, two = L.Input((5,)), L.Input((5,))
    shared = L.Dense(4, kernel_regularizer="l2", activity_regularizer="l2")
    a, b = shared(one), shared(two)
    model = Model(
        [one, two], [L.Dense(2, name="head")(L.concatenate([a, b])), L.Dense(1, name="tail")(a)]
    )
    randomize(model)
    model.compile(SGD(0.1), "mse", metrics=["mae"])
    return model


fit_case(
    "shared layer with penalties",
    shared_twice,
    ([X, normal(N, 5, seed=2)], [normal(N, 2), normal(N, 1)]),
    validation_split=0.2,
)


def nested():
    inner = Sequential(
        [L.Dense(4, activation="tanh", input_shape=(5,)), L.BatchNormalization(), L.Dense(3)],
        name="inner",
    )
    one, two = L.Input((5,)), L.Input((5,))
    model = Model([one, two], L.Dense(3, activation="softmax")(L.add([inner(one), inner(two)])))
    randomize(model)
    model.compile(Adam(0.01), "categorical_crossentropy", metrics=["acc"])
    return model


fit_case("nested model called twice", nested, ([X, normal(N, 5, seed=2)], Y), validation_split=0.2)


def input_is_output():
    x = L.Input((5,))
    y = L.Dense(5)(x)
    model = Model(x, [y, L.Dense(2)(y)])
    randomize(model)
    model.compile("sgd", "mse")
    return model


fit_case("output on the way", input_is_output, (X, [normal(N, 5), normal(N, 2)]))

# -- return forms


def forms(make, x, y, weights=None):
    model = make()
    half = lambda a: [v[:8] for v in a] if isinstance(a, list) else a[:8]
    out = {
        "names": " ".join(model.metrics_names),
        "evaluate": model.evaluate(x, y, batch_size=8, verbose=0),
        "evaluate weights": model.evaluate(x, y, batch_size=8, verbose=0, sample_weight=weights)
        if weights is not None
        else 0,
        "test_on_batch": model.test_on_batch(half(x), half(y)),
        "predict": model.predict(x, batch_size=8),
        "predict_on_batch": model.predict_on_batch(half(x)),
        "train_on_batch": model.train_on_batch(half(x), half(y)),
        "train again": model.train_on_batch(half(x), half(y)),
    }
    for key in ("evaluate", "test_on_batch", "predict", "predict_on_batch", "train_on_batch"):
        out[key + " type"] = (
            "list %d" % len(out[key])
            if isinstance(out[key], list)
            else "array"
            if np.ndim(out[key])
            else "number"
        )
    out["dtype"] = str(
        np.asarray(
            out["predict"] if not isinstance(out["predict"], list) else out["predict"][0]
        ).dtype
    )
    return out


for text, make, x, y, weights in [
    ("one metric", classifier, X, Y, W),
    ("no metric", lambda: classifier(metrics=()), X, Y, W0),
    ("outputs", two_outputs, X2, Y2, [W, W0]),
    ("outputs metrics", lambda: two_outputs(metrics=["mae"]), X2, Y2, None),
    ("masked", lambda: tagger(mode=None), XW, YW, W),
    ("temporal", tagger, XW, YW, WT0),
    ("penalties", penalised, X, Y, None),
    ("pictures", pictures, normal(N, 6, 6, 2), Y, W),
]:
    add("training", "forms " + text, lambda a=(make, x, y, weights): forms(*a))


def weighted_batches():
    model = classifier()
    return {
        "class": model.train_on_batch(X[:8], Y[:8], class_weight={0: 1.0, 1: 2.0, 2: 0.0}),
        "sample": model.train_on_batch(X[:8], Y[:8], sample_weight=W[:8]),
        "test": model.test_on_batch(X[:8], Y[:8], sample_weight=W0[:8]),
        "weights": model.get_weights(),
    }


add("training", "train_on_batch weights", weighted_batches)
add(
    "training",
    "train_on_batch all weights zero",
    lambda: classifier().train_on_batch(X[:8], Y[:8], sample_weight=np.zeros(8)),
)
add(
    "training",
    "evaluate weights zero batch",
    lambda: classifier().evaluate(X, Y, batch_size=8, sample_weight=WZ, verbose=0),
)
add("training", "predict_classes", lambda: classifier().predict_classes(X, verbose=0))
add("training", "predict_proba", lambda: classifier().predict_proba(X, verbose=0))
add(
    "training",
    "predict_classes binary",
    lambda: classifier("binary_crossentropy", units=1, activation="sigmoid").predict_classes(
        X, verbose=0
    ),
)
add(
    "training",
    "predict_classes dtype",
    lambda: str(
        classifier("binary_crossentropy", units=1, activation="sigmoid")
        .predict_classes(X, verbose=0)
        .dtype
    ),
)
add(
    "training",
    "metrics_names before",
    lambda: " ".join(two_outputs(metrics={"number": "mae"}).metrics_names),
)


def batches(x, y, weights=None, size=8):
    while True:
        for start in range(0, len(y if not isinstance(y, list) else y[0]), size):
            cut = lambda a: (
                [v[start : start + size] for v in a]
                if isinstance(a, list)
                else a[start : start + size]
            )
            yield (cut(x), cut(y)) if weights is None else (cut(x), cut(y), cut(weights))


def generated(make, *data, **options):
    model = make()
    history = model.fit_generator(batches(*data), steps_per_epoch=3, epochs=2, verbose=0, **options)
    out = history_values(history)
    out["weights"] = model.get_weights()
    out["evaluate"] = model.evaluate_generator(batches(*data), 3)
    out["predict"] = model.predict_generator(batches(*data), 3)
    return out


add("training", "generator", lambda: generated(classifier, X, Y))
add("training", "generator weights", lambda: generated(classifier, X, Y, W))
add(
    "training",
    "generator class_weight",
    lambda: generated(classifier, X, Y, class_weight={0: 1.0, 1: 2.0, 2: 0.5}),
)
add(
    "training",
    "generator validation arrays",
    lambda: generated(classifier, X, Y, validation_data=(XV, YV)),
)
add(
    "training",
    "generator validation generator",
    lambda: generated(
        classifier, X, Y, validation_data=batches(XV, YV, size=5), validation_steps=2
    ),
)
add("training", "generator outputs", lambda: generated(two_outputs, X2, Y2))
add("training", "generator initial_epoch", lambda: generated(classifier, X, Y, initial_epoch=1))

# -- callbacks


class Recorder(C.Callback):
    def __init__(self):
        super(Recorder, self).__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin %s" % sorted(logs or {}))
        self.params_given = {
            k: str(self.params.get(k))
            for k in ("batch_size", "epochs", "steps", "samples", "verbose", "metrics")
        }

    def on_train_end(self, logs=None):
        self.calls.append("train end %s" % sorted(logs or {}))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append("epoch %d begin %s" % (epoch, sorted(logs or {})))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(
            "epoch %d end %s" % (epoch, ["%s=%.4f" % (k, logs[k]) for k in sorted(logs)])
        )

    def on_batch_begin(self, batch, logs=None):
        self.calls.append(
            "batch %d begin %s" % (batch, {k: int(v) for k, v in sorted(logs.items())})
        )

    def on_batch_end(self, batch, logs=None):
        self.calls.append(
            "batch %d end %s" % (batch, ["%s=%.4f" % (k, logs[k]) for k in sorted(logs)])
        )


def recorded(generator=False, **options):
    recorder, model = Recorder(), classifier()
    if generator:
        model.fit_generator(
            batches(X, Y), steps_per_epoch=3, epochs=2, verbose=0, callbacks=[recorder], **options
        )
    else:
        model.fit(
            X, Y, batch_size=8, epochs=2, verbose=0, shuffle=False, callbacks=[recorder], **options
        )
    out = {"params " + k: v for k, v in recorder.params_given.items()}
    out["calls"] = "\n".join(recorder.calls)
    return out


add("training", "callback calls", recorded)
add("training", "callback calls validation", lambda: recorded(validation_data=(XV, YV)))
add("training", "callback calls generator", lambda: recorded(generator=True))
add(
    "training",
    "callback calls generator validation",
    lambda: recorded(generator=True, validation_data=(XV, YV)),
)


class Script(C.Callback):
    """Overwrites what is monitored, so that the callbacks behind it see a chosen course."""

    def __init__(self, values, key="val_loss"):
        super(Script, self).__init__()
        self.values, self.key = values, key

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.values[epoch]


def numbers_apart(name, text):
    """Fractions apart from the text around them: float32 differs in its last digit."""
    fraction = r"-?\d+\.\d+(?:e-?\d+)?"
    return {
        name: re.sub(fraction, "#", text).replace("\r", "\\r"),
        name + " numbers": np.asarray([float(v) for v in re.findall(fraction, text)]),
    }


COURSE = [1.0, 0.9, 0.95, 0.91, 0.8999, 0.92, 0.93, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.41, 0.42]


def scripted(make, values=COURSE, key="val_loss", folder=None, **options):
    """What a callback does over a course: learning rates, the last epoch, text, files."""
    where = tempfile.mkdtemp()
    here = os.getcwd()
    os.chdir(where)
    try:
        callback, rates = make(), []
        model = classifier(optimizer=SGD(lr=0.1))
        watch = C.LambdaCallback(
            on_epoch_end=lambda epoch, logs: rates.append(float(K.get_value(model.optimizer.lr)))
        )
        with printed() as stream:
            history = model.fit(
                X,
                Y,
                batch_size=32,
                epochs=len(values),
                verbose=0,
                shuffle=False,
                callbacks=[Script(values, key), callback, watch],
                **options,
            )
        out = history_values(history)
        out["rates"] = rates
        out["text"] = stream.getvalue()
        out["files"] = " ".join(sorted(os.listdir(where)))
        out.update(
            numbers_apart(
                "contents",
                "\n".join(
                    open(f, newline="").read()
                    for f in sorted(os.listdir(where))
                    if f.endswith((".csv", ".log"))
                ),
            )
        )
        return out
    finally:
        os.chdir(here)
        shutil.rmtree(where)


for text, make, options in [
    ("EarlyStopping", lambda: C.EarlyStopping(), {}),
    ("EarlyStopping patience 2", lambda: C.EarlyStopping(patience=2, verbose=1), {}),
    (
        "EarlyStopping patience 5 delta",
        lambda: C.EarlyStopping(patience=5, min_delta=0.05, verbose=1),
        {},
    ),
    ("EarlyStopping max", lambda: C.EarlyStopping(mode="max", patience=3, verbose=1), {}),
    ("EarlyStopping min", lambda: C.EarlyStopping(mode="min", patience=3), {}),
    (
        "EarlyStopping acc",
        lambda: C.EarlyStopping("val_acc", patience=1, verbose=1),
        {"key": "val_acc"},
    ),
    ("EarlyStopping missing", lambda: C.EarlyStopping("val_nothing"), {}),
    ("EarlyStopping loss", lambda: C.EarlyStopping("loss", patience=1), {"key": "loss"}),
    ("ReduceLROnPlateau patience 1", lambda: C.ReduceLROnPlateau(patience=1, verbose=1), {}),
    (
        "ReduceLROnPlateau patience 2",
        lambda: C.ReduceLROnPlateau(patience=2, factor=0.5, verbose=1),
        {},
    ),
    ("ReduceLROnPlateau patience 0", lambda: C.ReduceLROnPlateau(patience=0, factor=0.5), {}),
    (
        "ReduceLROnPlateau cooldown",
        lambda: C.ReduceLROnPlateau(patience=1, cooldown=2, factor=0.5, verbose=1),
        {},
    ),
    (
        "ReduceLROnPlateau min_lr",
        lambda: C.ReduceLROnPlateau(patience=0, factor=0.3, min_lr=0.02, verbose=1),
        {},
    ),
    ("ReduceLROnPlateau max", lambda: C.ReduceLROnPlateau(patience=2, mode="max", verbose=1), {}),
    (
        "ReduceLROnPlateau acc",
        lambda: C.ReduceLROnPlateau("val_acc", patience=1, factor=0.5, verbose=1),
        {"key": "val_acc"},
    ),
    ("LearningRateScheduler", lambda: C.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)), {}),
    ("CSVLogger", lambda: C.CSVLogger("a.csv"), {}),
    ("CSVLogger separator", lambda: C.CSVLogger("a.csv", separator=";"), {}),
    (
        "ModelCheckpoint",
        lambda: C.ModelCheckpoint("w.{epoch:02d}-{val_loss:.2f}.hdf5", verbose=1),
        {},
    ),
    (
        "ModelCheckpoint period",
        lambda: C.ModelCheckpoint("w.{epoch}.h5", period=3, save_weights_only=True, verbose=1),
        {},
    ),
    (
        "ModelCheckpoint best",
        lambda: C.ModelCheckpoint(
            "w.{epoch:02d}-{val_loss:.4f}.h5", save_best_only=True, verbose=1
        ),
        {},
    ),
    (
        "ModelCheckpoint best max",
        lambda: C.ModelCheckpoint("w.{epoch:02d}.h5", save_best_only=True, mode="max", verbose=1),
        {},
    ),
    (
        "ModelCheckpoint best acc",
        lambda: C.ModelCheckpoint("w.{epoch:02d}.h5", "val_acc", save_best_only=True, verbose=1),
        {"key": "val_acc"},
    ),
    (
        "ModelCheckpoint best period",
        lambda: C.ModelCheckpoint("w.{epoch:02d}.h5", save_best_only=True, period=2, verbose=1),
        {},
    ),
    (
        "ModelCheckpoint missing",
        lambda: C.ModelCheckpoint(
            "w.{epoch:02d}.h5", "val_nothing", save_best_only=True, verbose=1
        ),
        {},
    ),
    ("TerminateOnNaN", lambda: C.TerminateOnNaN(), {}),
]:
    add("training", "callback " + text, lambda make=make, o=options: scripted(make, **o))
for delta in ("min_delta", "epsilon"):
    add(
        "training",
        "callback ReduceLROnPlateau %s" % delta,
        lambda d=delta: scripted(
            lambda: C.ReduceLROnPlateau(patience=1, factor=0.5, verbose=1, **{d: 0.03})
        ),
        ("204",) if delta == "epsilon" else ("224",),
    )
add(
    "training",
    "callback EarlyStopping baseline restore",
    lambda: scripted(
        lambda: C.EarlyStopping(patience=2, baseline=0.85, restore_best_weights=True, verbose=1)
    ),
    ("224",),
)
add(
    "training",
    "callback EarlyStopping restore",
    lambda: scripted(lambda: C.EarlyStopping(patience=4, restore_best_weights=True, verbose=1)),
    ("224",),
)
add(
    "training",
    "callback LearningRateScheduler verbose",
    lambda: scripted(lambda: C.LearningRateScheduler(lambda epoch, lr: lr * 0.9, verbose=1)),
    ("224",),
)


def csv(append, validation=True):
    where = tempfile.mkdtemp()
    try:
        path = os.path.join(where, "log.csv")
        model = classifier()
        for start in (0, 2):
            model.fit(
                X,
                Y,
                batch_size=8,
                epochs=start + 2,
                initial_epoch=start,
                verbose=0,
                shuffle=False,
                validation_data=(XV, YV) if validation else None,
                callbacks=[C.CSVLogger(path, append=append)],
            )
        return numbers_apart("lines", open(path, newline="").read())
    finally:
        shutil.rmtree(where)


for append in (False, True):
    add("training", "CSVLogger append %s" % append, lambda a=append: csv(a))
    add(
        "training",
        "CSVLogger append %s without validation" % append,
        lambda a=append: csv(a, False),
    )

# -- losses from outside, attributes


def added_loss(where):
    x = L.Input((5,))
    layer = L.Dense(3, activation="softmax")
    y = layer(x)
    model = Model(x, y)
    randomize(model)
    if where == "model":
        model.add_loss(0.5 * K.mean(K.square(y)) + 100)
    elif where == "layer":
        layer.add_loss(0.5 * K.mean(K.square(y)) + 100, inputs=x)
    model.compile(SGD(0.3), "categorical_crossentropy")
    return fitted(model, X, Y)


for where in ("model", "layer"):
    add("training", "add_loss of a %s" % where, lambda w=where: added_loss(w))


def only_added_loss():
    x = L.Input((5,))
    y = L.Dense(5, activation="sigmoid")(x)
    model = Model(x, y)
    randomize(model)
    model.add_loss(K.mean(K.square(x - y)))
    model.compile(SGD(0.3), loss=None)
    return fitted(model, X)


def attribute(name, of="model"):
    model = Sequential(
        [
            L.Dense(3, input_shape=(5,), kernel_regularizer="l2", activity_regularizer="l1"),
            L.BatchNormalization(),
            L.Dense(2),
        ]
    )
    model.compile("sgd", "mse", metrics=["mae"])
    value = getattr(model if of == "model" else model.layers[0], name)
    if isinstance(value, (list, tuple)) and not name.endswith("shape"):
        return "list of %d" % len(value)
    plain = isinstance(value, (bool, str, int, float, type(None))) or name.endswith("shape")
    return str(value) if plain else "there"


add("training", "add_loss alone", only_added_loss)
MODEL_ATTRIBUTES = """
losses updates state_updates trainable_weights non_trainable_weights weights inputs outputs
layers input_shape output_shape stateful metrics_names metrics loss loss_weights
sample_weight_mode input_names output_names built trainable supports_masking uses_learning_phase
""".split()
LAYER_ATTRIBUTES = """
losses updates weights trainable_weights non_trainable_weights input_shape output_shape name
trainable built units use_bias supports_masking input_mask output_mask batch_input_shape
inbound_nodes outbound_nodes input_spec get_losses_for get_updates_for compute_mask
assert_input_compatibility
""".split()
for name in MODEL_ATTRIBUTES:
    add("training", "attribute model.%s" % name, lambda n=name: attribute(n))
for name in LAYER_ATTRIBUTES:
    add("training", "attribute layer.%s" % name, lambda n=name: attribute(n, "layer"))
