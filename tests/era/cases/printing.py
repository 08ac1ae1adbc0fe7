"""What is printed: summaries line by line, progress bars with their durations blanked, model
descriptions.
"""

import re

import keras
from harness import add, normal, printed

from cases.training import X2, XV, XV2, Y2, YV, YV2, N, X, Y, batches, classifier, two_outputs
from cases.zoo import ZOO


def summary(build, **options):
    model = build()
    with printed() as stream:
        model.summary(**options)
    return stream.getvalue()


for name, item in ZOO.items():
    add("printing", "summary %s" % name, lambda n=name: summary(ZOO[n].build), item.eras)
for text, options in [
    ("line_length 80", {"line_length": 80}),
    ("line_length 60", {"line_length": 60}),
    ("positions", {"positions": [0.4, 0.7, 1.0]}),
    ("both", {"line_length": 120, "positions": [0.3, 0.6, 0.8, 1.0]}),
]:
    for name in ("mlp", "two_by_two", "siamese"):
        add(
            "printing",
            "summary %s %s" % (name, text),
            lambda n=name, o=options: summary(ZOO[n].build, **o),
        )
add("printing", "summary print_fn", lambda: summary_lines("mlp"))
add("printing", "summary print_fn functional", lambda: summary_lines("two_by_two"))


def summary_lines(name):
    lines = []
    ZOO[name].build().summary(print_fn=lines.append)
    return "\n".join(lines)


def long_names():
    from keras.layers import Dense, Input
    from keras.layers import add as plus
    from keras.models import Model

    x = Input((4,), name="an_input_layer_with_a_long_name")
    a = Dense(4, name="a_dense_layer_with_a_really_long_name_of_more_than_thirty_letters")(x)
    b = Dense(4, name="b")(x)
    return Model(x, Dense(12345, name="wide")(plus([a, b, x])))


add("printing", "summary long names", lambda: summary(long_names))


def bar(make, *data, **options):
    """The last state of each line, as it remains on the screen."""
    generator = options.pop("generator", None)
    model = make()
    with printed() as stream:
        if generator:
            model.fit_generator(batches(*data), steps_per_epoch=generator, epochs=2, **options)
        else:
            model.fit(*data, batch_size=8, epochs=2, shuffle=False, **options)
    return screen(stream.getvalue())


def screen(text):
    lines = [line.replace("\b", "").split("\r")[-1].rstrip(" ") for line in text.split("\n")]
    return "\n".join(
        re.sub(
            r"\b\d+(\.\d+)?(e[-+]?\d+)?(s|ms|us)\b( "
            r"\d+(\.\d+)?(s|ms|us)/(step|sample))?",
            "T",
            line,
        )
        for line in lines
    )


for text, make, data, options in [
    ("plain", classifier, (X, Y), {}),
    ("verbose 2", classifier, (X, Y), {"verbose": 2}),
    ("verbose 0", classifier, (X, Y), {"verbose": 0}),
    ("validation", classifier, (X, Y), {"validation_data": (XV, YV)}),
    ("validation verbose 2", classifier, (X, Y), {"validation_data": (XV, YV), "verbose": 2}),
    ("split", classifier, (X, Y), {"validation_split": 0.3}),
    ("no metrics", lambda: classifier(metrics=()), (X, Y), {}),
    ("outputs", lambda: two_outputs(metrics=["mae"]), (X2, Y2), {"validation_data": (XV2, YV2)}),
    ("small loss", lambda: small(), (X, normal(N, 3)), {}),
    ("small loss verbose 2", lambda: small(), (X, normal(N, 3)), {"verbose": 2}),
    ("negative loss", lambda: classifier("cosine_proximity"), (X, Y), {"verbose": 2}),
    ("generator", classifier, (X, Y), {"generator": 3}),
    (
        "generator verbose 2",
        classifier,
        (X, Y),
        {"generator": 3, "verbose": 2, "validation_data": (XV, YV)},
    ),
    ("initial_epoch", classifier, (X, Y), {"initial_epoch": 1}),
]:
    add("printing", "bar " + text, lambda a=(make,) + data, o=options: bar(*a, **o))


def small():
    return classifier(lambda y_true, y_pred: keras.backend.mean(y_pred, axis=-1) * 1e-5, metrics=[])


def evaluate_bar(call):
    with printed() as stream:
        call(classifier())
    return screen(stream.getvalue())


for text, call in [
    ("evaluate", lambda m: m.evaluate(X, Y, batch_size=8)),
    ("predict", lambda m: m.predict(X, batch_size=8, verbose=1)),
    ("predict_classes", lambda m: m.predict_classes(X, batch_size=8)),
    ("predict_proba", lambda m: m.predict_proba(X, batch_size=8)),
    ("evaluate 0", lambda m: m.evaluate(X, Y, verbose=0)),
    ("predict 0", lambda m: m.predict(X)),
]:
    add("printing", "bar " + text, lambda c=call: evaluate_bar(c))


def progbar(**options):
    from keras.utils.generic_utils import Progbar

    with printed() as stream:
        progress = Progbar(12, interval=0, **options)
        for i in range(1, 13):
            progress.update(i, [("loss", 1.0 / i), ("acc", i / 24.0)])
        again = Progbar(5, interval=0, **options)
        for i in range(5):
            again.add(1, [("x", i * 1e-4)])
    return screen(stream.getvalue())


add("printing", "Progbar", lambda: progbar())
add("printing", "Progbar width", lambda: progbar(width=10))
add("printing", "Progbar verbose 2", lambda: progbar(verbose=2))


def names_of_model():
    model = classifier()
    return "%s | %s | %s" % (
        model.name,
        [layer.name for layer in model.layers],
        model.input_names + model.output_names,
    )


def automatic_names():
    from keras import layers as L
    from keras.models import Model, Sequential

    x = L.Input((4, 4, 3))
    y = x
    names = []
    for make in (
        lambda: L.Conv2D(3, 3, padding="same"),
        lambda: L.Conv2D(3, 3, padding="same"),
        lambda: L.BatchNormalization(),
        lambda: L.MaxPooling2D(),
        lambda: L.LeakyReLU(),
        lambda: L.PReLU(),
        lambda: L.ELU(),
        lambda: L.GlobalAveragePooling2D(),
        lambda: L.Dense(3),
        lambda: L.RepeatVector(2),
        lambda: L.TimeDistributed(L.Dense(2)),
        lambda: L.LSTM(3, return_sequences=True),
        lambda: L.GRU(3, return_sequences=True),
        lambda: L.SimpleRNN(3, return_sequences=True),
        lambda: L.Bidirectional(L.LSTM(3)),
        lambda: L.Activation("relu"),
        lambda: L.Dropout(0.1),
        lambda: L.ActivityRegularization(),
        lambda: L.Lambda(lambda t: t),
        lambda: L.Dense(3),
        lambda: L.GaussianNoise(0.1),
    ):
        layer = make()
        y = layer(y)
        names.append(layer.name)
    a, b = L.Dense(3)(y), L.Dense(3)(y)
    for _ in (
        L.add([a, b]),
        L.concatenate([a, b]),
        L.multiply([a, b]),
        L.dot([a, b], 1),
        L.average([a, b]),
        L.maximum([a, b]),
    ):
        pass
    model = Model(x, y)
    names += [
        model.name,
        Model(x, a).name,
        Sequential([L.Dense(2, input_shape=(3,))]).name,
        L.Input((2,)).name.split(":")[0],
        L.Conv2DTranspose(2, 2).name,
        L.SeparableConv2D(2, 2).name,
        L.UpSampling2D().name,
        L.ZeroPadding2D().name,
        L.Cropping1D().name,
        L.LocallyConnected1D(2, 2).name,
        L.Embedding(2, 2).name,
        L.ConvLSTM2D(2, 2).name,
        L.MaxPooling1D().name,
        L.GlobalMaxPooling1D().name,
        L.Conv3D(2, 2).name,
        L.ThresholdedReLU().name,
        L.SpatialDropout1D(0.1).name,
        L.Masking().name,
        L.Permute((1,)).name,
        L.Reshape((2,)).name,
        L.Flatten().name,
    ]
    return "\n".join(names)


add("printing", "names of a model", names_of_model)
add("printing", "automatic names", automatic_names)
add(
    "printing",
    "names of weights",
    lambda: "\n".join(
        "%s %s" % (w.name.split(":")[0], tuple(map(int, w.shape)))
        for n in (
            "mnist_cnn",
            "siamese",
            "other_convolutions",
            "masked_lstm",
            "bidirectional",
            "conv_lstm",
            "with_everything_set",
        )
        for w in ZOO[n].build().weights
    ),
)
