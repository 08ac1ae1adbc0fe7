"""Every layer: shapes, weights, configuration, outputs, and one step of SGD through it (so
gradients, updates).
"""

import keras
import numpy as np
from harness import ALL, add, integers, normal, randomize
from keras import backend as K
from keras import layers as L
from keras.models import Model, Sequential
from keras.optimizers import SGD

BATCH = 4
S1, S2, S3 = (7, 4), (6, 7, 4), (4, 5, 4, 2)


def ints_of(high):
    return lambda *shape, **options: integers(high, *shape, **options)


def with_mask(*shape, **options):
    """Some steps, at the end, in the middle and at the start, all zero: Masking skips them."""
    x = normal(*shape, **options)
    x[0, -2:] = 0
    x[1, 2] = 0
    x[2, :1] = 0
    return x


def measure(make, shapes, data=None, train=True, mask=False, batch_shape=False, config=True):
    """`make()` gives a layer; `shapes` is the shape of a sample, or a list of them for a layer of
    several inputs.
    """
    several = isinstance(shapes, list)
    shapes = shapes if several else [shapes]
    draw = with_mask if mask else data or normal
    xs = [draw(BATCH, *s, seed=i) for i, s in enumerate(shapes)]
    inputs = [
        L.Input(batch_shape=x.shape) if batch_shape else L.Input(shape=s)
        for x, s in zip(xs, shapes)
    ]
    tensors = inputs
    if mask:
        tensors = [L.Masking()(t) for t in tensors]
    elif data is None:  # something to train in front of it shows the gradient of its input
        tensors = [L.Dense(s[-1])(t) for t, s in zip(tensors, shapes)]
    layer = make()
    model = Model(inputs if several else inputs[0], layer(tensors if several else tensors[0]))
    randomize(model)
    x = xs if several else xs[0]
    shape = model.output_shape
    out = {
        "weights": [list(w.shape) for w in layer.get_weights()],
        "shape": [list(s) for s in shape] if isinstance(shape, list) else list(shape),
        "params": layer.count_params(),
        "predict": model.predict(x, batch_size=BATCH),
    }
    if config:
        out["config"] = layer.get_config()
    if train:
        model.compile(SGD(0.1), "mse")
        answers = out["predict"] if isinstance(out["predict"], list) else [out["predict"]]
        targets = [normal(*a.shape, seed=50 + i) for i, a in enumerate(answers)]
        out["loss"] = model.train_on_batch(x, targets if len(targets) > 1 else targets[0])
        out["after"] = model.get_weights()
        out["predict after"] = model.predict(x, batch_size=BATCH)
    return out


def layer(name, make, shapes, eras=ALL, **options):
    add("layers", name, lambda: measure(make, shapes, **options), eras)


# -- core
for text, make, shape in [
    ("Dense(5)", lambda: L.Dense(5), (4,)),
    ("Dense(5, relu) 3D", lambda: L.Dense(5, activation="relu"), (3, 4)),
    ("Dense(5, softmax) 4D", lambda: L.Dense(5, activation="softmax"), (2, 3, 4)),
    ("Dense(5, no bias)", lambda: L.Dense(5, use_bias=False, activation="tanh"), (4,)),
    (
        "Dense(regularized)",
        lambda: L.Dense(3, kernel_regularizer="l2", bias_regularizer="l1"),
        (4,),
    ),
    (
        "Dense(activity l1)",
        lambda: L.Dense(3, activity_regularizer=keras.regularizers.l1(0.1)),
        (4,),
    ),
    (
        "Dense(activity l2)",
        lambda: L.Dense(3, activity_regularizer=keras.regularizers.l2(0.1)),
        (4,),
    ),
    (
        "Dense(constraints)",
        lambda: L.Dense(3, kernel_constraint="max_norm", bias_constraint="non_neg"),
        (4,),
    ),
    (
        "Dense(unit_norm)",
        lambda: L.Dense(3, kernel_constraint=keras.constraints.UnitNorm(axis=0)),
        (4,),
    ),
    (
        "Dense(min_max_norm)",
        lambda: L.Dense(3, kernel_constraint=keras.constraints.MinMaxNorm(0.2, 0.4, rate=0.5)),
        (4,),
    ),
    ("Flatten 2D", lambda: L.Flatten(), (3, 4)),
    ("Flatten 4D", lambda: L.Flatten(), (2, 3, 4)),
    ("Reshape", lambda: L.Reshape((4, 3)), (3, 4)),
    ("Reshape -1", lambda: L.Reshape((-1, 2)), (3, 4)),
    ("Reshape (-1,)", lambda: L.Reshape((-1,)), (3, 4)),
    ("Permute (2,1)", lambda: L.Permute((2, 1)), (3, 4)),
    ("Permute (3,1,2)", lambda: L.Permute((3, 1, 2)), (2, 3, 4)),
    ("RepeatVector", lambda: L.RepeatVector(3), (4,)),
    ("Dropout test", lambda: L.Dropout(0.5), (4,)),
    ("SpatialDropout1D test", lambda: L.SpatialDropout1D(0.5), S1),
    ("SpatialDropout2D test", lambda: L.SpatialDropout2D(0.5), S2),
    ("SpatialDropout3D test", lambda: L.SpatialDropout3D(0.5), S3),
    ("GaussianNoise test", lambda: L.GaussianNoise(0.5), (4,)),
    ("GaussianDropout test", lambda: L.GaussianDropout(0.5), (4,)),
    ("AlphaDropout test", lambda: L.AlphaDropout(0.5), (4,)),
    ("ActivityRegularization", lambda: L.ActivityRegularization(l1=0.02, l2=0.05), (3, 4)),
    ("Lambda", lambda: L.Lambda(lambda x: x**2 + K.sum(x, axis=-1, keepdims=True)), (3, 4)),
    ("Lambda arguments", lambda: L.Lambda(lambda x, k: x * k, arguments={"k": 3.0}), (3, 4)),
    ("Lambda output_shape", lambda: L.Lambda(lambda x: x[:, :2], output_shape=(2,)), (4,)),
    (
        "Lambda output_shape function",
        lambda: L.Lambda(lambda x: K.mean(x, axis=1), output_shape=lambda s: (s[0], s[2])),
        (3, 4),
    ),
]:
    random = any(word in text for word in ("Dropout", "Noise"))
    layer(text, make, shape, train=not random, config="Lambda" not in text)

for name in [
    "softmax",
    "elu",
    "selu",
    "softplus",
    "softsign",
    "relu",
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "linear",
    "exponential",
]:
    layer("Activation %s" % name, lambda name=name: L.Activation(name), (3, 4))
layer("Activation softmax 4D", lambda: L.Activation("softmax"), (2, 3, 4))

layer("Masking", lambda: L.Masking(0.0), (5, 3), mask=True, train=False)
layer(
    "Masking value",
    lambda: L.Masking(mask_value=1.0),
    (5, 3),
    data=lambda *s, **o: np.round(normal(*s, **o)),
    train=False,
)

# -- advanced activations
for text, make, shape in [
    ("LeakyReLU", lambda: L.LeakyReLU(), (3, 4)),
    ("LeakyReLU(0.1)", lambda: L.LeakyReLU(alpha=0.1), (3, 4)),
    ("PReLU", lambda: L.PReLU(), (3, 4)),
    ("PReLU shared", lambda: L.PReLU(shared_axes=[1, 2]), (3, 4, 2)),
    ("PReLU shared 1", lambda: L.PReLU(shared_axes=[1]), (3, 4, 2)),
    ("ELU", lambda: L.ELU(), (3, 4)),
    ("ELU(0.3)", lambda: L.ELU(alpha=0.3), (3, 4)),
    ("ThresholdedReLU", lambda: L.ThresholdedReLU(), (3, 4)),
    ("ThresholdedReLU(0.2)", lambda: L.ThresholdedReLU(theta=0.2), (3, 4)),
]:
    layer(text, make, shape)
for text, make, shape in [
    ("Softmax", lambda: L.Softmax(), (3, 4)),
    ("Softmax axis 1", lambda: L.Softmax(axis=1), (3, 4)),
    ("ReLU", lambda: L.ReLU(), (3, 4)),
    (
        "ReLU max slope threshold",
        lambda: L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.3),
        (3, 4),
    ),
]:
    layer(text, make, shape, eras=("224",))

# -- convolutions
for padding in ("valid", "same", "causal"):
    for k, s, d in [(3, 1, 1), (2, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2), (4, 1, 1), (1, 1, 1)]:
        layer(
            "Conv1D %s k%d s%d d%d" % (padding, k, s, d),
            lambda p=padding, k=k, s=s, d=d: L.Conv1D(5, k, strides=s, padding=p, dilation_rate=d),
            S1,
        )
layer("Conv1D relu no bias", lambda: L.Conv1D(5, 3, activation="relu", use_bias=False), S1)
for form in ("channels_last", "channels_first"):
    for padding in ("valid", "same"):
        for k, s, d in [
            ((3, 3), (1, 1), (1, 1)),
            ((2, 3), (1, 1), (1, 1)),
            ((3, 2), (2, 2), (1, 1)),
            ((4, 4), (2, 3), (1, 1)),
            ((2, 2), (1, 1), (2, 2)),
            ((3, 3), (1, 1), (2, 1)),
            ((1, 1), (2, 2), (1, 1)),
            ((2, 2), (3, 3), (1, 1)),
        ]:
            layer(
                "Conv2D %s %s k%s s%s d%s" % (form, padding, k, s, d),
                lambda f=form, p=padding, k=k, s=s, d=d: L.Conv2D(
                    5, k, strides=s, padding=p, data_format=f, dilation_rate=d
                ),
                S2,
            )
        for k, s, d in [
            ((2, 2, 2), (1, 1, 1), (1, 1, 1)),
            ((1, 2, 3), (1, 2, 1), (1, 1, 1)),
            ((2, 2, 1), (2, 2, 2), (1, 1, 1)),
            ((2, 2, 2), (1, 1, 1), (1, 2, 1)),
        ]:
            layer(
                "Conv3D %s %s k%s s%s d%s" % (form, padding, k, s, d),
                lambda f=form, p=padding, k=k, s=s, d=d: L.Conv3D(
                    3, k, strides=s, padding=p, data_format=f, dilation_rate=d
                ),
                S3,
            )
        for k, s, m in [
            ((3, 3), (1, 1), 1),
            ((2, 3), (1, 1), 2),
            ((3, 3), (2, 2), 1),
            ((2, 2), (3, 3), 3),
        ]:
            layer(
                "SeparableConv2D %s %s k%s s%s m%d" % (form, padding, k, s, m),
                lambda f=form, p=padding, k=k, s=s, m=m: L.SeparableConv2D(
                    5, k, strides=s, padding=p, data_format=f, depth_multiplier=m
                ),
                S2,
            )
            layer(
                "DepthwiseConv2D %s %s k%s s%s m%d" % (form, padding, k, s, m),
                lambda f=form, p=padding, k=k, s=s, m=m: L.DepthwiseConv2D(
                    k, strides=s, padding=p, data_format=f, depth_multiplier=m
                ),
                S2,
                eras=("224",),
            )
        for k, s in [
            ((3, 3), (1, 1)),
            ((2, 2), (2, 2)),
            ((3, 3), (2, 2)),
            ((2, 4), (3, 2)),
            ((3, 3), (3, 3)),
            ((1, 1), (2, 2)),
            ((5, 5), (2, 2)),
            ((2, 2), (3, 3)),
            ((4, 3), (3, 5)),
        ]:
            layer(
                "Conv2DTranspose %s %s k%s s%s" % (form, padding, k, s),
                lambda f=form, p=padding, k=k, s=s: L.Conv2DTranspose(
                    3, k, strides=s, padding=p, data_format=f
                ),
                (3, 4, 2),
            )
        layer(
            "Conv3DTranspose %s %s" % (form, padding),
            lambda f=form, p=padding: L.Conv3DTranspose(
                3, 3, strides=(2, 1, 2), padding=p, data_format=f
            ),
            (2, 3, 2, 2),
            eras=("224",),
        )
        layer(
            "Conv2DTranspose output_padding %s %s" % (form, padding),
            lambda f=form, p=padding: L.Conv2DTranspose(
                3, 3, strides=2, padding=p, data_format=f, output_padding=1
            ),
            (3, 4, 2),
            eras=("224",),
        )
        for pool, s in [
            ((2, 2), None),
            ((3, 2), None),
            ((3, 3), (2, 2)),
            ((2, 2), (3, 3)),
            ((2, 2), (1, 1)),
        ]:
            for kind in ("MaxPooling2D", "AveragePooling2D"):
                layer(
                    "%s %s %s %s s%s" % (kind, form, padding, pool, s),
                    lambda kind=kind, f=form, p=padding, q=pool, s=s: getattr(L, kind)(
                        q, strides=s, padding=p, data_format=f
                    ),
                    S2,
                )
        for pool, s in [((2, 2, 2), None), ((1, 2, 3), (1, 2, 1)), ((2, 2, 2), (1, 1, 1))]:
            for kind in ("MaxPooling3D", "AveragePooling3D"):
                layer(
                    "%s %s %s %s s%s" % (kind, form, padding, pool, s),
                    lambda kind=kind, f=form, p=padding, q=pool, s=s: getattr(L, kind)(
                        q, strides=s, padding=p, data_format=f
                    ),
                    S3,
                )
    for kind, shape in [
        ("GlobalMaxPooling2D", S2),
        ("GlobalAveragePooling2D", S2),
        ("GlobalMaxPooling3D", S3),
        ("GlobalAveragePooling3D", S3),
    ]:
        layer(
            "%s %s" % (kind, form),
            lambda kind=kind, f=form: getattr(L, kind)(data_format=f),
            shape,
            eras=("224",) if "3D" in kind else ALL,
        )
    for amount in [1, (2, 1), ((1, 2), (0, 3))]:
        layer(
            "ZeroPadding2D %s %s" % (form, amount),
            lambda a=amount, f=form: L.ZeroPadding2D(a, data_format=f),
            S2,
        )
        layer(
            "Cropping2D %s %s" % (form, amount),
            lambda a=amount, f=form: L.Cropping2D(a, data_format=f),
            S2 if form == "channels_last" else (3, 6, 7),
        )
    for amount in [1, (1, 0, 1), ((1, 2), (0, 1), (1, 0))]:
        layer(
            "ZeroPadding3D %s %s" % (form, amount),
            lambda a=amount, f=form: L.ZeroPadding3D(a, data_format=f),
            S3,
        )
        layer(
            "Cropping3D %s %s" % (form, amount),
            lambda a=amount, f=form: L.Cropping3D(a, data_format=f),
            (4, 5, 4, 5),
        )
    layer("UpSampling2D %s" % form, lambda f=form: L.UpSampling2D((2, 3), data_format=f), S2)
    layer("UpSampling2D int %s" % form, lambda f=form: L.UpSampling2D(2, data_format=f), S2)
    layer("UpSampling3D %s" % form, lambda f=form: L.UpSampling3D((2, 1, 3), data_format=f), S3)
    layer(
        "LocallyConnected2D %s" % form,
        lambda f=form: L.LocallyConnected2D(3, (2, 3), data_format=f),
        S2,
    )
    layer(
        "LocallyConnected2D strides %s" % form,
        lambda f=form: L.LocallyConnected2D(
            3, (2, 2), strides=(2, 3), data_format=f, activation="tanh"
        ),
        S2,
    )
    layer(
        "LocallyConnected2D no bias %s" % form,
        lambda f=form: L.LocallyConnected2D(3, (2, 2), use_bias=False, data_format=f),
        S2,
    )
    layer(
        "UpSampling2D bilinear %s" % form,
        lambda f=form: L.UpSampling2D(2, data_format=f, interpolation="bilinear"),
        S2,
        eras=("224",),
    )
    layer(
        "SpatialDropout2D %s test" % form,
        lambda f=form: L.SpatialDropout2D(0.5, data_format=f),
        S2,
        train=False,
    )
    layer(
        "Flatten data_format %s" % form, lambda f=form: L.Flatten(data_format=f), S2, eras=("224",)
    )
for padding in ("valid", "same"):
    for pool, s in [(2, None), (3, None), (3, 2), (2, 3), (2, 1)]:
        for kind in ("MaxPooling1D", "AveragePooling1D"):
            layer(
                "%s %s %s s%s" % (kind, padding, pool, s),
                lambda kind=kind, p=padding, q=pool, s=s: getattr(L, kind)(q, strides=s, padding=p),
                S1,
            )
    layer(
        "SeparableConv1D %s" % padding,
        lambda p=padding: L.SeparableConv1D(5, 3, strides=2, padding=p, depth_multiplier=2),
        S1,
        eras=("224",),
    )
layer(
    "SeparableConv1D dilated", lambda: L.SeparableConv1D(5, 2, dilation_rate=2), S1, eras=("224",)
)
for kind in ("GlobalMaxPooling1D", "GlobalAveragePooling1D"):
    layer(kind, lambda kind=kind: getattr(L, kind)(), S1)
layer(
    "GlobalAveragePooling1D masked",
    lambda: L.GlobalAveragePooling1D(),
    S1,
    eras=("224",),
    mask=True,
    train=False,
)
for amount in [1, (2, 1)]:
    layer("ZeroPadding1D %s" % (amount,), lambda a=amount: L.ZeroPadding1D(a), S1)
    layer("Cropping1D %s" % (amount,), lambda a=amount: L.Cropping1D(a), S1)
layer("UpSampling1D", lambda: L.UpSampling1D(3), S1)
layer("LocallyConnected1D", lambda: L.LocallyConnected1D(3, 3), S1)
layer(
    "LocallyConnected1D strides",
    lambda: L.LocallyConnected1D(3, 2, strides=2, activation="relu"),
    S1,
)
layer(
    "Conv2D regularized",
    lambda: L.Conv2D(
        3,
        2,
        kernel_regularizer="l1_l2",
        activity_regularizer="l2",
        kernel_constraint=keras.constraints.max_norm(0.5, axis=[0, 1, 2]),
    ),
    S2,
)
layer("Conv2D softmax", lambda: L.Conv2D(3, 2, activation="softmax"), S2)
layer(
    "Conv2D channels_first relu",
    lambda: L.Conv2D(3, 2, activation="relu", data_format="channels_first"),
    S2,
)

# -- normalization
for text, make, shape in [
    ("BatchNormalization", lambda: L.BatchNormalization(), (4,)),
    ("BatchNormalization 4D", lambda: L.BatchNormalization(), S2),
    ("BatchNormalization axis 1 4D", lambda: L.BatchNormalization(axis=1), S2),
    ("BatchNormalization axis 2 4D", lambda: L.BatchNormalization(axis=2), S2),
    ("BatchNormalization 3D", lambda: L.BatchNormalization(), S1),
    ("BatchNormalization axis 1 3D", lambda: L.BatchNormalization(axis=1), S1),
    ("BatchNormalization 5D", lambda: L.BatchNormalization(), S3),
    (
        "BatchNormalization momentum epsilon",
        lambda: L.BatchNormalization(momentum=0.7, epsilon=0.1),
        S2,
    ),
    ("BatchNormalization no scale", lambda: L.BatchNormalization(scale=False), S2),
    ("BatchNormalization no center", lambda: L.BatchNormalization(center=False), (4,)),
    ("BatchNormalization neither", lambda: L.BatchNormalization(center=False, scale=False), S2),
    (
        "BatchNormalization regularized",
        lambda: L.BatchNormalization(
            beta_regularizer="l2", gamma_regularizer="l1", gamma_constraint="non_neg"
        ),
        S2,
    ),
]:
    layer(text, make, shape)


def normalization_over_steps(frozen=False, axis=-1):
    model = Sequential(
        [L.BatchNormalization(axis=axis, input_shape=(3, 4), momentum=0.8), L.Flatten(), L.Dense(2)]
    )
    randomize(model)
    if frozen:
        model.layers[0].trainable = False
    model.compile("sgd", "mse")
    out = {
        "losses": [
            model.train_on_batch(3 * normal(6, 3, 4, seed=i) + 1, normal(6, 2, seed=i))
            for i in range(5)
        ]
    }
    out["weights"] = model.get_weights()
    out["test"] = model.evaluate(normal(6, 3, 4), normal(6, 2), verbose=0)
    return out


add("layers", "BatchNormalization five steps", normalization_over_steps)
add("layers", "BatchNormalization five steps axis 1", lambda: normalization_over_steps(axis=1))
add("layers", "BatchNormalization trainable=False", lambda: normalization_over_steps(frozen=True))

# -- embedding
layer("Embedding", lambda: L.Embedding(9, 3), (5,), data=ints_of(9))
layer("Embedding 2D input", lambda: L.Embedding(9, 3), (2, 5), data=ints_of(9))
layer("Embedding input_length", lambda: L.Embedding(9, 3, input_length=5), (5,), data=ints_of(9))
layer(
    "Embedding regularized",
    lambda: L.Embedding(9, 3, embeddings_regularizer="l2", embeddings_constraint="max_norm"),
    (5,),
    data=ints_of(9),
)
layer(
    "Embedding activity",
    lambda: L.Embedding(9, 3, activity_regularizer="l2"),
    (5,),
    data=ints_of(9),
)

# -- recurrent
for kind in ("SimpleRNN", "GRU", "LSTM"):
    for text, options in [
        ("", {}),
        ("sequences", {"return_sequences": True}),
        ("backwards", {"go_backwards": True}),
        ("backwards sequences", {"go_backwards": True, "return_sequences": True}),
        ("unroll", {"unroll": True}),
        ("unroll sequences", {"unroll": True, "return_sequences": True}),
        ("implementation 0", {"implementation": 0, "return_sequences": True}),
        ("implementation 1", {"implementation": 1, "return_sequences": True}),
        ("implementation 2", {"implementation": 2, "return_sequences": True}),
        ("relu", {"activation": "relu"}),
        ("no bias", {"use_bias": False}),
        ("activation None", {"activation": None}),
        (
            "regularized",
            {
                "kernel_regularizer": "l2",
                "recurrent_regularizer": "l1",
                "bias_regularizer": "l2",
                "recurrent_constraint": "max_norm",
            },
        ),
        ("activity", {"activity_regularizer": "l2"}),
        ("activity sequences", {"activity_regularizer": "l2", "return_sequences": True}),
    ]:
        layer("%s %s" % (kind, text), lambda kind=kind, o=options: getattr(L, kind)(3, **o), S1)
        if text in (
            "",
            "sequences",
            "backwards",
            "backwards sequences",
            "unroll",
            "unroll sequences",
            "implementation 2",
        ):
            layer(
                "%s masked %s" % (kind, text),
                lambda kind=kind, o=options: getattr(L, kind)(3, **o),
                S1,
                mask=True,
            )
    if kind != "SimpleRNN":
        layer(
            "%s sigmoid gates" % kind,
            lambda kind=kind: getattr(L, kind)(3, recurrent_activation="sigmoid"),
            S1,
        )
    for merge in ("concat", "sum", "mul", "ave", None):
        for sequences in (False, True):
            layer(
                "Bidirectional %s %s %s" % (kind, merge, sequences),
                lambda kind=kind, m=merge, s=sequences: L.Bidirectional(
                    getattr(L, kind)(3, return_sequences=s), merge_mode=m
                ),
                S1,
            )
    for sequences in (False, True):
        layer(
            "Bidirectional masked %s %s" % (kind, sequences),
            lambda kind=kind, s=sequences: L.Bidirectional(getattr(L, kind)(3, return_sequences=s)),
            S1,
            mask=True,
        )
    layer(
        "%s return_state" % kind,
        lambda kind=kind: getattr(L, kind)(3, return_state=True),
        S1,
        train=False,
        eras=("224",),
    )
layer("LSTM unit_forget_bias False", lambda: L.LSTM(3, unit_forget_bias=False), S1)
layer("GRU reset_after", lambda: L.GRU(3, reset_after=True), S1, eras=("224",))
layer(
    "GRU reset_after sigmoid masked",
    lambda: L.GRU(3, reset_after=True, recurrent_activation="sigmoid"),
    S1,
    eras=("224",),
    mask=True,
)
layer("RNN SimpleRNNCell", lambda: L.RNN(L.SimpleRNNCell(3)), S1, eras=("224",))
layer(
    "RNN stacked",
    lambda: L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True),
    S1,
    eras=("224",),
)
layer(
    "RNN StackedRNNCells",
    lambda: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.LSTMCell(2)])),
    S1,
    eras=("224",),
)


def stateful(kind, train=True, **options):
    model = Sequential()
    model.add(getattr(L, kind)(3, batch_input_shape=(BATCH, 3, 4), stateful=True, **options))
    if options.get("return_sequences"):
        model.add(L.TimeDistributed(L.Dense(2)))
    else:
        model.add(L.Dense(2))
    randomize(model)
    parts = [normal(BATCH, 3, 4, seed=i) for i in range(3)]
    out = {"predict %d" % i: model.predict(x, batch_size=BATCH) for i, x in enumerate(parts)}
    model.reset_states()
    out["predict reset"] = model.predict(parts[0], batch_size=BATCH)
    model.compile(SGD(0.1), "mse")
    shape = out["predict 0"].shape
    out["losses"] = [model.train_on_batch(x, normal(*shape, seed=9)) for x in parts]
    out["weights"] = model.get_weights()
    out["evaluate"] = model.evaluate(parts[0], normal(*shape), batch_size=BATCH, verbose=0)
    out["predict long"] = model.predict(np.concatenate(parts), batch_size=BATCH)
    history = model.fit(
        np.concatenate(parts),
        np.concatenate([normal(*shape, seed=i) for i in range(3)]),
        batch_size=BATCH,
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    out["fit"] = np.asarray(history.history["loss"])
    return out


for kind in ("SimpleRNN", "GRU", "LSTM"):
    for text, options in [
        ("", {}),
        ("sequences", {"return_sequences": True}),
        ("unroll", {"unroll": True}),
        ("backwards", {"go_backwards": True}),
    ]:
        add(
            "layers",
            "%s stateful %s" % (kind, text),
            lambda kind=kind, o=options: stateful(kind, **o),
        )


def bidirectional_stateful():
    model = Sequential(
        [
            L.Bidirectional(
                L.LSTM(3, stateful=True, return_sequences=True), batch_input_shape=(BATCH, 3, 4)
            ),
            L.Dense(2),
        ]
    )
    randomize(model)
    parts = [normal(BATCH, 3, 4, seed=i) for i in range(3)]
    out = {"predict %d" % i: model.predict(x, batch_size=BATCH) for i, x in enumerate(parts)}
    model.reset_states()
    out["reset"] = model.predict(parts[0], batch_size=BATCH)
    return out


add("layers", "Bidirectional LSTM stateful", bidirectional_stateful)


def initial_state(kind, states):
    x, *given = [L.Input((5, 4))] + [L.Input((3,)) for _ in range(states)]
    y = getattr(L, kind)(3)(x, initial_state=given if states > 1 else given[0])
    model = Model([x] + given, y)
    randomize(model)
    xs = [normal(BATCH, 5, 4)] + [normal(BATCH, 3, seed=i) for i in range(states)]
    out = {"predict": model.predict(xs)}
    model.compile("sgd", "mse")
    out["loss"] = [model.train_on_batch(xs, normal(BATCH, 3)) for _ in range(2)]
    out["weights"] = model.get_weights()
    return out


for kind, states in [("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2)]:
    add("layers", "%s initial_state" % kind, lambda kind=kind, n=states: initial_state(kind, n))


def reset_states_values():
    model = Sequential([L.LSTM(3, batch_input_shape=(BATCH, 3, 4), stateful=True)])
    randomize(model)
    model.layers[0].reset_states([normal(BATCH, 3), normal(BATCH, 3, seed=1)])
    return model.predict(normal(BATCH, 3, 4), batch_size=BATCH)


add("layers", "LSTM reset_states(values)", reset_states_values)

for form in ("channels_last", "channels_first"):
    for text, options in [
        ("", {}),
        ("sequences", {"return_sequences": True}),
        ("backwards", {"go_backwards": True, "return_sequences": True}),
        ("same", {"padding": "same"}),
        ("strides", {"strides": (2, 2)}),
        ("dilation", {"dilation_rate": (2, 2)}),
        ("same strides", {"padding": "same", "strides": (2, 1), "return_sequences": True}),
        ("no bias", {"use_bias": False, "activation": "relu"}),
        ("unit_forget_bias", {"unit_forget_bias": False}),
    ]:
        layer(
            "ConvLSTM2D %s %s" % (form, text),
            lambda f=form, o=options: L.ConvLSTM2D(2, 2, data_format=f, **o),
            (3, 5, 6, 4),
        )


def conv_lstm_stateful():
    model = Sequential(
        [L.ConvLSTM2D(2, 2, padding="same", stateful=True, batch_input_shape=(BATCH, 3, 4, 4, 1))]
    )
    randomize(model)
    parts = [normal(BATCH, 3, 4, 4, 1, seed=i) for i in range(2)]
    out = {"predict %d" % i: model.predict(x, batch_size=BATCH) for i, x in enumerate(parts)}
    model.reset_states()
    out["reset"] = model.predict(parts[0], batch_size=BATCH)
    return out


add("layers", "ConvLSTM2D stateful", conv_lstm_stateful)

# -- wrappers
layer("TimeDistributed Dense", lambda: L.TimeDistributed(L.Dense(3)), S1)
layer(
    "TimeDistributed Dense batch known",
    lambda: L.TimeDistributed(L.Dense(3, activation="relu")),
    S1,
    batch_shape=True,
)
layer(
    "TimeDistributed Dense regularized",
    lambda: L.TimeDistributed(L.Dense(3, kernel_regularizer="l2", activity_regularizer="l2")),
    S1,
)
layer("TimeDistributed Conv2D", lambda: L.TimeDistributed(L.Conv2D(3, 2)), (3, 4, 5, 2))
layer("TimeDistributed Flatten", lambda: L.TimeDistributed(L.Flatten()), (3, 4, 5, 2))
layer("TimeDistributed BatchNormalization", lambda: L.TimeDistributed(L.BatchNormalization()), S1)
layer("TimeDistributed LSTM", lambda: L.TimeDistributed(L.LSTM(3)), (3, 4, 2))
layer(
    "TimeDistributed Embedding",
    lambda: L.TimeDistributed(L.Embedding(9, 3)),
    (3, 5),
    data=ints_of(9),
)
layer("TimeDistributed masked", lambda: L.TimeDistributed(L.Dense(3)), S1, mask=True)
layer(
    "TimeDistributed TimeDistributed",
    lambda: L.TimeDistributed(L.TimeDistributed(L.Dense(3))),
    (2, 3, 4),
)
layer(
    "TimeDistributed Model",
    lambda: L.TimeDistributed(
        Sequential([L.Dense(3, input_shape=(4,), activation="tanh"), L.Dense(2)])
    ),
    S1,
    config=False,
)

# -- merging
pair = [(3, 4), (3, 4)]
for text, make, shapes in [
    ("Add", lambda: L.Add(), pair),
    ("Add three", lambda: L.Add(), [(3, 4)] * 3),
    ("Multiply", lambda: L.Multiply(), pair),
    ("Multiply three", lambda: L.Multiply(), [(3, 4)] * 3),
    ("Average", lambda: L.Average(), pair),
    ("Average three", lambda: L.Average(), [(3, 4)] * 3),
    ("Maximum", lambda: L.Maximum(), pair),
    ("Concatenate", lambda: L.Concatenate(), pair),
    ("Concatenate axis 1", lambda: L.Concatenate(axis=1), [(3, 4), (2, 4)]),
    ("Concatenate axis -2", lambda: L.Concatenate(axis=-2), [(3, 4), (2, 4)]),
    ("Dot 1", lambda: L.Dot(axes=1), [(4,), (4,)]),
    ("Dot 1 normalize", lambda: L.Dot(axes=1, normalize=True), [(4,), (4,)]),
    ("Dot -1", lambda: L.Dot(axes=-1), [(3, 4), (5, 4)]),
    ("Dot (1,2)", lambda: L.Dot(axes=(1, 2)), [(3, 4), (5, 3)]),
    ("Dot (2,1)", lambda: L.Dot(axes=(2, 1)), [(3, 4), (4, 5)]),
    ("Dot 2 normalize", lambda: L.Dot(axes=2, normalize=True), [(3, 4), (5, 4)]),
    ("Dot 1 3D", lambda: L.Dot(axes=1), [(3, 4), (3, 5)]),
    ("Dot (1,1) 2D 3D", lambda: L.Dot(axes=(1, 1)), [(3,), (3, 5)]),
    ("Add broadcast", lambda: L.Add(), [(3, 4), (1, 4)]),
    ("Multiply broadcast", lambda: L.Multiply(), [(3, 4), (3, 1)]),
    ("Add ranks", lambda: L.Add(), [(3, 4), (4,)]),
    ("Maximum ranks", lambda: L.Maximum(), [(2, 3, 4), (4,)]),
]:
    layer("merge " + text, make, shapes)
layer("merge Subtract", lambda: L.Subtract(), pair, eras=("224",))
layer("merge Minimum", lambda: L.Minimum(), pair, eras=("224",))


def legacy_merge(mode, shapes, **options):
    branches = [Sequential([L.Dense(s[-1], input_shape=s)]) for s in shapes]
    model = Sequential([L.Merge(branches, mode=mode, **options)])
    if len(model.output_shape) > 2:
        model.add(L.Flatten())
    model.add(L.Dense(2))
    parts = branches + [model.layers[-1]]  # `get_weights` of 2.0.4 gives nested lists here
    for part in parts:
        part.set_weights([normal(*w.shape) for w in part.get_weights()])
    xs = [normal(BATCH, *s, seed=i) for i, s in enumerate(shapes)]
    out = {"predict": model.predict(xs), "shape": list(model.output_shape)}
    model.compile("sgd", "mse")
    out["loss"] = [model.train_on_batch(xs, normal(BATCH, 2)) for _ in range(3)]
    out["weights"] = [w for part in parts for w in part.get_weights()]
    return out


for mode, shapes, options in [
    ("sum", [(3, 4), (3, 4)], {}),
    ("mul", [(3, 4), (3, 4)], {}),
    ("ave", [(3, 4), (3, 4)], {}),
    ("max", [(3, 4), (3, 4)], {}),
    ("concat", [(3, 4), (3, 4)], {}),
    ("concat", [(3, 4), (2, 4)], {"concat_axis": 1}),
    ("dot", [(4,), (4,)], {"dot_axes": 1}),
    ("dot", [(3, 4), (5, 4)], {"dot_axes": (2, 2)}),
    ("dot", [(3, 4), (3, 5)], {"dot_axes": 1}),
    ("cos", [(4,), (4,)], {"dot_axes": 1}),
    ("cos", [(3, 4), (3, 4)], {"dot_axes": 2}),
]:
    add(
        "layers",
        "Merge(%s, %s) %s" % (mode, options, shapes),
        lambda m=mode, s=shapes, o=options: legacy_merge(m, s, **o),
        ("204",),
    )


def masked_merge(kind, embeddings=True, **options):
    """Two masked branches meet; what follows reads the merged mask."""
    one, two = L.Input((5,)), L.Input((5,))
    vectors = L.Embedding(9, 3, mask_zero=True)
    other = L.Embedding(9, 3, mask_zero=embeddings)
    y = getattr(L, kind)(**options)([vectors(one), other(two)])
    model = Model([one, two], L.LSTM(2)(y))
    randomize(model)
    xs = [integers(9, BATCH, 5), integers(9, BATCH, 5, seed=3)]
    xs[0][0, 3:] = 0
    xs[1][1, :2] = 0
    xs[1][0, 2:] = 0
    out = {"predict": model.predict(xs)}
    model.compile("sgd", "mse")
    out["loss"] = [model.train_on_batch(xs, normal(BATCH, 2)) for _ in range(2)]
    out["weights"] = model.get_weights()
    return out


for kind in ("Add", "Multiply", "Average", "Maximum"):
    add("layers", "merge masked %s" % kind, lambda kind=kind: masked_merge(kind))
    add(
        "layers",
        "merge half masked %s" % kind,
        lambda kind=kind: masked_merge(kind, embeddings=False),
    )
for axis in (-1, 1):
    add(
        "layers",
        "merge masked Concatenate %d" % axis,
        lambda a=axis: masked_merge("Concatenate", axis=a),
    )
    add(
        "layers",
        "merge half masked Concatenate %d" % axis,
        lambda a=axis: masked_merge("Concatenate", embeddings=False, axis=a),
    )


def masked_chain(make):
    """Embedding with a mask, a layer that passes it on (or not), an LSTM."""
    model = Sequential([L.Embedding(9, 4, mask_zero=True, input_length=5)] + make())
    randomize(model)
    x = integers(9, BATCH, 5)
    x[0, 3:] = 0
    x[1, :2] = 0
    out = {"predict": model.predict(x)}
    model.compile("sgd", "mse", metrics=["mae"])
    target = normal(*out["predict"].shape)
    out["train"] = [model.train_on_batch(x, target) for _ in range(3)]
    out["test"] = model.test_on_batch(x, target)
    out["weights"] = model.get_weights()
    return out


for text, make in [
    ("LSTM", lambda: [L.LSTM(3)]),
    ("LSTM LSTM", lambda: [L.LSTM(3, return_sequences=True), L.LSTM(2)]),
    ("Dropout", lambda: [L.Dropout(0.0), L.LSTM(3)]),
    ("Activation", lambda: [L.Activation("tanh"), L.LSTM(3)]),
    ("Dense", lambda: [L.Dense(3), L.LSTM(2)]),
    ("TimeDistributed", lambda: [L.TimeDistributed(L.Dense(3)), L.LSTM(2)]),
    (
        "TimeDistributed end",
        lambda: [L.LSTM(3, return_sequences=True), L.TimeDistributed(L.Dense(2))],
    ),
    ("sequence loss", lambda: [L.LSTM(3, return_sequences=True)]),
    ("BatchNormalization", lambda: [L.BatchNormalization(), L.GRU(3)]),
    ("Bidirectional end", lambda: [L.Bidirectional(L.GRU(3, return_sequences=True))]),
    ("Bidirectional LSTM", lambda: [L.Bidirectional(L.GRU(3, return_sequences=True)), L.LSTM(2)]),
    ("Lambda", lambda: [L.Lambda(lambda x: x * 2), L.LSTM(2)]),
    ("Lambda mask", lambda: [L.Lambda(lambda x: x * 2, mask=lambda x, m: m), L.LSTM(2)]),
    ("GaussianNoise", lambda: [L.GaussianNoise(0.0), L.LSTM(2)]),
    ("LeakyReLU", lambda: [L.LeakyReLU(), L.LSTM(2)]),
    ("Permute", lambda: [L.Permute((2, 1)), L.LSTM(2)]),
    ("Flatten", lambda: [L.Flatten(), L.Dense(2)]),
    ("RepeatVector", lambda: [L.LSTM(3), L.RepeatVector(4), L.LSTM(2)]),
    ("Conv1D", lambda: [L.Conv1D(3, 2), L.LSTM(2)]),
    ("ActivityRegularization", lambda: [L.ActivityRegularization(0.1), L.LSTM(2)]),
    ("Masking again", lambda: [L.Masking(), L.LSTM(2)]),
    ("Reshape", lambda: [L.Reshape((5, 4)), L.LSTM(2)]),
    ("GlobalAveragePooling1D", lambda: [L.GlobalAveragePooling1D(), L.Dense(2)]),
]:
    add("layers", "mask through %s" % text, lambda make=make: masked_chain(make))


# -- chance, in training
def noise(make, shape):
    """Statistics of what a layer of chance makes of ones; `axes` names those along which all values
    agree.
    """
    model = Sequential([L.Lambda(lambda x: x, input_shape=shape), make()])
    x = np.ones((500,) + shape, "float32")
    y = np.asarray(K.function([model.input, K.learning_phase()], [model.output])([x, 1])[0])
    together = [axis for axis in range(1, y.ndim) if np.ptp(y, axis=axis).max() == 0]
    largest = 0.0 if "gaussian" in model.layers[-1].name else np.round(y.max(), 3)
    return {
        "deviation~": y.std(),
        "mean/deviation~": y.mean() / y.std(),
        "axes": together,
        "share of zeros": np.round(np.mean(y == 0), 1),
        "largest": largest,
    }


for text, make, shape in [
    ("Dropout(0.3)", lambda: L.Dropout(0.3), (40,)),
    ("Dropout(0.5)", lambda: L.Dropout(0.5), (40,)),
    ("Dropout noise_shape", lambda: L.Dropout(0.4, noise_shape=(500, 1, 4)), (6, 4)),
    ("SpatialDropout1D", lambda: L.SpatialDropout1D(0.4), (6, 40)),
    ("SpatialDropout2D", lambda: L.SpatialDropout2D(0.4), (3, 4, 20)),
    (
        "SpatialDropout2D channels_first",
        lambda: L.SpatialDropout2D(0.4, data_format="channels_first"),
        (20, 3, 4),
    ),
    ("SpatialDropout3D", lambda: L.SpatialDropout3D(0.4), (2, 3, 2, 20)),
    ("GaussianNoise", lambda: L.GaussianNoise(0.7), (40,)),
    ("GaussianDropout", lambda: L.GaussianDropout(0.3), (40,)),
    ("AlphaDropout", lambda: L.AlphaDropout(0.3), (40,)),
]:
    add("layers", "chance in " + text, lambda a=(make, shape): noise(*a))


def recurrent_chance(kind, **options):
    """How much the answers of one input spread, and whether the masks are the same at all steps."""
    model = Sequential(
        [
            getattr(L, kind)(
                30, input_shape=(6, 20), return_sequences=True, activation="linear", **options
            )
        ]
    )
    np.random.seed(3)
    model.set_weights([np.random.normal(0, 0.1, w.shape) for w in model.get_weights()])
    x = np.ones((400, 6, 20), "float32")
    y = np.asarray(K.function([model.input, K.learning_phase()], [model.output])([x, 1])[0])
    step = [y[:, t].std(axis=0).mean() for t in range(6)]
    return {"deviation~": step[0], "last/deviation~": step[5] / step[0]}


for kind in ("SimpleRNN", "GRU", "LSTM"):
    for implementation in (0, 1, 2):
        for text, options in [
            ("dropout", {"dropout": 0.4}),
            ("both", {"dropout": 0.3, "recurrent_dropout": 0.3}),
        ]:
            add(
                "layers",
                "chance in %s %s implementation %d" % (kind, text, implementation),
                lambda kind=kind, o=dict(options, implementation=implementation): recurrent_chance(
                    kind, **o
                ),
                ("204",),
            )


# -- ties
def ties(make, shape, several=False):
    """The gradient of values that are equal: who gets it?"""
    x = L.Input(batch_shape=(2,) + shape)
    a = L.Dense(shape[-1], use_bias=False)(x)
    y = make()([a, L.Lambda(lambda t: t * 1.0)(a)] if several else a)
    model = Model(x, y)
    model.set_weights([np.eye(shape[-1]) for _ in model.get_weights()])
    return K.function([model.input], K.gradients(K.sum(model.output), [model.input]))(
        [np.round(normal(2, *shape))]
    )[0]


for text, make, shape in [
    ("MaxPooling1D", lambda: L.MaxPooling1D(2), S1),
    ("MaxPooling2D 2", lambda: L.MaxPooling2D(2), S2),
    ("MaxPooling2D 3 2", lambda: L.MaxPooling2D(3, strides=2), S2),
    ("MaxPooling2D same", lambda: L.MaxPooling2D(2, padding="same"), S2),
    ("MaxPooling3D", lambda: L.MaxPooling3D(2), S3),
    ("GlobalMaxPooling1D", lambda: L.GlobalMaxPooling1D(), S1),
    ("GlobalMaxPooling2D", lambda: L.GlobalMaxPooling2D(), S2),
    ("relu", lambda: L.Activation("relu"), S1),
    ("LeakyReLU", lambda: L.LeakyReLU(), S1),
    ("ELU", lambda: L.ELU(), S1),
    ("hard_sigmoid", lambda: L.Activation("hard_sigmoid"), S1),
    ("clip", lambda: L.Lambda(lambda x: K.clip(x, -1, 1)), S1),
    ("maximum", lambda: L.Lambda(lambda x: K.maximum(x, 0.0)), S1),
    ("K.max", lambda: L.Lambda(lambda x: K.max(x, axis=1)), S1),
    ("abs", lambda: L.Lambda(K.abs), S1),
]:
    add("layers", "ties in " + text, lambda a=(make, shape): ties(*a))
add("layers", "ties in Maximum", lambda: ties(L.Maximum, S1, True))
