"""Activations, losses, metrics, initializers, regularizers, constraints as plain functions."""

import numpy as np
from harness import add, integers, normal, one_hot, uniform
from keras import activations, constraints, initializers, losses, metrics, regularizers
from keras import backend as K
from keras import layers as L
from keras.layers import Input, Lambda
from keras.models import Model, Sequential


def evaluate(function, *arrays, **options):
    return np.asarray(K.eval(function(*[K.variable(a) for a in arrays], **options)))


def number(x):
    """Orthogonal and Identity of 2.0.4 give arrays, the others tensors."""
    return x if isinstance(x, np.ndarray) else np.asarray(K.eval(x))


def gradient(function, *arrays):
    """Of the sum with respect to the last argument, through a Lambda layer."""
    x = Input(batch_shape=arrays[-1].shape)
    y = Lambda(
        lambda t: K.sum(function(*[K.constant(a) for a in arrays[:-1]] + [t])) + K.zeros_like(t)
    )(x)
    model = Model(x, y)
    return K.function([model.input], K.gradients(K.mean(model.output), [model.input]))(
        [arrays[-1]]
    )[0]


def symbolic(function, *arrays):
    """The function itself on placeholders, as programs do that climb a loss with K.gradients."""
    tensors = [K.placeholder(shape=a.shape) for a in arrays]
    value = function(*tensors)
    out = K.function(tensors, [value] + K.gradients(K.sum(value), [tensors[-1]]))(list(arrays))
    return {"value": np.asarray(out[0]), "gradient": np.asarray(out[1])}


# -- activations
line = (
    np.concatenate([np.linspace(-8, 8, 33), [0.0, 2.5, -2.5, 100, -100]])
    .astype("float32")
    .reshape(2, 19)
)
for name in [
    "elu",
    "softplus",
    "softsign",
    "relu",
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "linear",
    "softmax",
    "selu",
    "exponential",
]:
    add("functions", "activation " + name, lambda name=name: evaluate(activations.get(name), line))
    if name != "exponential":
        add(
            "functions",
            "gradient of " + name,
            lambda name=name: gradient(activations.get(name), normal(3, 5) * 2),
        )
add(
    "functions",
    "activation elu alpha",
    lambda: evaluate(lambda x: activations.elu(x, alpha=0.3), line),
)
add(
    "functions",
    "activation relu alpha max",
    lambda: evaluate(lambda x: activations.relu(x, alpha=0.1, max_value=3.0), line),
)
add(
    "functions",
    "activation relu max",
    lambda: evaluate(lambda x: activations.relu(x, max_value=3.0), line),
)
add(
    "functions",
    "activation relu threshold",
    lambda: evaluate(lambda x: activations.relu(x, alpha=0.1, threshold=1.0), line),
    ("224",),
)
for shape in [(3, 4), (2, 3, 4), (2, 2, 3, 4)]:
    add(
        "functions",
        "softmax %s" % (shape,),
        lambda s=shape: evaluate(activations.softmax, normal(*s)),
    )
    add(
        "functions",
        "softmax axis 1 %s" % (shape,),
        lambda s=shape: evaluate(lambda x: activations.softmax(x, axis=1), normal(*s)),
    )

# -- losses and metrics
REAL = [
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "squared_hinge",
    "hinge",
    "logcosh",
    "kullback_leibler_divergence",
    "poisson",
    "cosine_proximity",
    "categorical_hinge",
    "binary_crossentropy",
    "categorical_crossentropy",
]
SHORT = ["mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "kld", "KLD", "cosine"]


def pairs():
    p = uniform(6, 5, low=0.01)
    yield "probabilities", one_hot(integers(5, 6), 5), p / p.sum(-1, keepdims=True)
    yield "unnormalised", one_hot(integers(5, 6), 5), p
    yield "real", normal(6, 5), normal(6, 5, seed=3)
    yield "signs", np.sign(normal(6, 5)), normal(6, 5, seed=3)
    yield "sequences", uniform(3, 4, 5), uniform(3, 4, 5, seed=3)
    yield "pictures", uniform(2, 3, 4, 5), uniform(2, 3, 4, 5, seed=3)
    yield (
        "extremes",
        np.asarray([[0, 1, 0, 1], [1, 0, 0, 0]], "float32"),
        np.asarray([[0, 1, 1, 0], [1, 1e-9, 1e-4, 0]], "float32"),
    )
    yield "zeros", np.zeros((2, 3), "float32"), np.zeros((2, 3), "float32")
    yield "large", 50 * normal(2, 3), 60 * normal(2, 3, seed=1)


for name in REAL + SHORT:
    for kind, y, p in pairs():
        if name in SHORT and kind != "real":
            continue
        add(
            "functions",
            "loss %s %s" % (name, kind),
            lambda n=name, y=y, p=p: evaluate(losses.get(n), y, p),
        )
        if kind in ("probabilities", "real", "sequences", "extremes") and name in REAL:
            add(
                "functions",
                "gradient of loss %s %s" % (name, kind),
                lambda n=name, y=y, p=p: gradient(losses.get(n), y, p),
            )
for shape in [(6, 1), (6,)]:
    add(
        "functions",
        "loss sparse_categorical_crossentropy %s" % (shape,),
        lambda s=shape: evaluate(
            losses.sparse_categorical_crossentropy,
            integers(5, *s).astype("float32"),
            uniform(6, 5, low=0.01),
        ),
    )
add(
    "functions",
    "loss sparse_categorical_crossentropy sequences",
    lambda: evaluate(
        losses.sparse_categorical_crossentropy,
        integers(5, 3, 4, 1).astype("float32"),
        uniform(3, 4, 5, low=0.01),
    ),
)
add(
    "functions",
    "gradient of loss sparse_categorical_crossentropy",
    lambda: gradient(
        losses.sparse_categorical_crossentropy,
        integers(5, 6, 1).astype("float32"),
        uniform(6, 5, low=0.01),
    ),
)
for name in [
    "binary_accuracy",
    "categorical_accuracy",
    "mse",
    "mae",
    "cosine_proximity",
    "hinge",
    "poisson",
    "logcosh",
]:
    for kind, y, p in pairs():
        add(
            "functions",
            "metric %s %s" % (name, kind),
            lambda n=name, y=y, p=p: evaluate(getattr(metrics, n), y, p),
        )
add(
    "functions",
    "metrics.get gives a function",
    lambda: evaluate(metrics.get("binary_accuracy"), one_hot([0, 1], 3), uniform(2, 3)),
)
add(
    "functions",
    "metric binary_accuracy halves",
    lambda: evaluate(
        metrics.binary_accuracy,
        np.asarray([[0, 1, 2, 0], [1, 1, 0, 0]], "float32"),
        np.asarray([[0.5, 0.5, 1.5, -0.2], [0.51, 0.49, 0.7, 2.5]], "float32"),
    ),
)
add(
    "functions",
    "metric categorical_accuracy ties",
    lambda: evaluate(
        metrics.categorical_accuracy,
        one_hot([0, 1, 2], 3),
        np.asarray([[0.5, 0.5, 0], [0.5, 0.5, 0], [1, 1, 1]], "float32"),
    ),
)
add(
    "functions",
    "metric sparse_categorical_accuracy",
    lambda: evaluate(
        metrics.sparse_categorical_accuracy, integers(5, 9, 1).astype("float32"), uniform(9, 5)
    ),
)
add(
    "functions",
    "metric sparse_categorical_accuracy sequences",
    lambda: evaluate(
        metrics.sparse_categorical_accuracy,
        integers(5, 3, 4, 1).astype("float32"),
        uniform(3, 4, 5),
    ),
)
for k in (1, 2, 3, 5):
    add(
        "functions",
        "metric top_k_categorical_accuracy %d" % k,
        lambda k=k: np.mean(
            evaluate(
                lambda y, p: metrics.top_k_categorical_accuracy(y, p, k=k),
                one_hot(integers(6, 9), 6),
                uniform(9, 6),
            )
        ),
    )
    add(
        "functions",
        "metric sparse_top_k_categorical_accuracy %d" % k,
        lambda k=k: np.mean(
            evaluate(
                lambda y, p: metrics.sparse_top_k_categorical_accuracy(y, p, k=k),
                integers(6, 9, 1).astype("float32"),
                uniform(9, 6),
            )
        ),
        ("224",),
    )
add(
    "functions",
    "metric top_k ties",
    lambda: np.mean(
        evaluate(
            lambda y, p: metrics.top_k_categorical_accuracy(y, p, k=2),
            one_hot([2, 3, 0], 4),
            np.asarray([[1, 1, 1, 0], [0.5, 0.5, 0.5, 0.5], [0, 1, 1, 1]], "float32"),
        )
    ),
)
for name in [
    "mean_squared_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "cosine_proximity",
]:
    add(
        "functions",
        "losses.%s of placeholders" % name,
        lambda n=name: symbolic(
            losses.get(n), uniform(4, 3, low=0.1), uniform(4, 3, low=0.1, seed=2)
        ),
    )
for name in ["relu", "softmax", "tanh", "elu"]:
    add(
        "functions",
        "activations.%s of a placeholder" % name,
        lambda n=name: symbolic(activations.get(n), normal(4, 3)),
    )
for name in ["mse", "kld", "cosine", "binary_crossentropy", "acc", "nonsense", "hinge", "MSLE"]:
    add("functions", "losses.get(%s) name" % name, lambda n=name: losses.get(n).__name__)
    add("functions", "metrics.get(%s) name" % name, lambda n=name: metrics.get(n).__name__)

# -- initializers
SHAPES = [(60, 90), (3, 3, 24, 40), (5, 24, 40), (3, 3, 3, 12, 20), (1000,), (300, 8)]


def drawn(make, shape):
    """As the weight of that shape of a layer."""
    if len(shape) == 1:
        return Sequential(
            [L.Dense(shape[0], bias_initializer=make(), input_shape=(2,))]
        ).get_weights()[1]
    if shape == (300, 8):
        return Sequential(
            [L.Embedding(300, 8, embeddings_initializer=make(), input_length=2)]
        ).get_weights()[0]
    if len(shape) == 2:
        return Sequential(
            [L.Dense(shape[1], kernel_initializer=make(), input_shape=shape[:1])]
        ).get_weights()[0]
    kind = {3: L.Conv1D, 4: L.Conv2D, 5: L.Conv3D}[len(shape)]
    return Sequential(
        [
            kind(
                shape[-1],
                shape[0],
                kernel_initializer=make(),
                input_shape=shape[:-2] + shape[-2:-1],
            )
        ]
    ).get_weights()[0]


def statistics(make, shape):
    """Of four draws; `check.py` allows for a sample's noise where a value's name ends in ~."""
    x = np.concatenate([np.ravel(drawn(make, shape)) for _ in range(4)])
    return {
        "deviation~": x.std(),
        "mean/deviation~": x.mean() / x.std(),
        "lowest/deviation~": x.min() / x.std(),
        "highest/deviation~": x.max() / x.std(),
    }


STATISTICS = []
for name in [
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
]:
    STATISTICS += [(name, lambda name=name: initializers.get(name), shape) for shape in SHAPES]
for text, make in [
    ("RandomNormal()", lambda: initializers.RandomNormal()),
    ("RandomNormal(1, 0.5)", lambda: initializers.RandomNormal(1.0, 0.5)),
    ("RandomUniform()", lambda: initializers.RandomUniform()),
    ("RandomUniform(0, 2)", lambda: initializers.RandomUniform(0.0, 2.0)),
    ("TruncatedNormal()", lambda: initializers.TruncatedNormal()),
    ("TruncatedNormal(1, 0.5)", lambda: initializers.TruncatedNormal(1.0, 0.5)),
    ("uniform", lambda: initializers.get("uniform")),
    ("normal", lambda: initializers.get("normal")),
    ("VarianceScaling()", lambda: initializers.VarianceScaling()),
    ("orthogonal", lambda: initializers.get("orthogonal")),
] + [
    (
        "VarianceScaling(2, %s, %s)" % (m, d),
        lambda m=m, d=d: initializers.VarianceScaling(2.0, m, d),
    )
    for m in ("fan_in", "fan_out", "fan_avg")
    for d in ("normal", "uniform")
]:
    STATISTICS += [(text, make, shape) for shape in [(60, 90), (3, 3, 24, 40)]]
for text, make, shape in STATISTICS:
    add(
        "functions",
        "initializer %s %s" % (text, shape),
        lambda make=make, shape=shape: statistics(make, shape),
    )
for text, make in [
    ("zeros", lambda: initializers.get("zeros")),
    ("ones", lambda: initializers.get("ones")),
    ("zero", lambda: initializers.get("zero")),
    ("one", lambda: initializers.get("one")),
    ("Constant(3)", lambda: initializers.Constant(3.0)),
    ("constant", lambda: initializers.get("constant")),
    ("Identity", lambda: initializers.Identity()),
    ("Identity(2)", lambda: initializers.Identity(gain=2.0)),
    ("identity", lambda: initializers.get("identity")),
]:
    add("functions", "initializer " + text, lambda make=make: drawn(make, (4, 4)))


def orthogonality(shape, gain):
    q = drawn(lambda: initializers.Orthogonal(gain=gain), shape).reshape(-1, shape[-1])
    return q.T.dot(q) if q.shape[0] >= q.shape[1] else q.dot(q.T)


for shape, gain in [((6, 4), 1.0), ((4, 6), 1.5), ((3, 3, 4, 5), 1.0)]:
    add(
        "functions",
        "initializer Orthogonal(%s) %s" % (gain, shape),
        lambda s=shape, g=gain: orthogonality(s, g),
    )
for text, make in [
    ("glorot_uniform", lambda: initializers.glorot_uniform(seed=3)),
    ("he_normal", lambda: initializers.get("he_normal")),
    ("RandomNormal", lambda: initializers.RandomNormal(stddev=0.1)),
    ("Constant", lambda: initializers.Constant(2)),
    ("Orthogonal", lambda: initializers.Orthogonal()),
    ("VarianceScaling", lambda: initializers.VarianceScaling()),
    ("RandomUniform", lambda: initializers.RandomUniform()),
    ("TruncatedNormal", lambda: initializers.TruncatedNormal()),
    ("Identity", lambda: initializers.Identity()),
]:
    add(
        "functions",
        "initializer config " + text,
        lambda make=make: {"class": type(make()).__name__, "config": make().get_config()},
    )

for name in ["glorot_uniform", "RandomNormal", "zeros", "Constant"]:
    add(
        "functions",
        "initializers.get(%s)(shape)" % name,
        lambda n=name: {"shape": list(number(initializers.get(n)((3, 4))).shape)},
    )


def own_initializer(shape, dtype=None):
    return K.ones(shape, dtype=dtype) * 0.5


add("functions", "own initializer", lambda: drawn(lambda: own_initializer, (3, 4)))


# -- regularizers
for text, make in [
    ("l1()", lambda: regularizers.l1()),
    ("l2()", lambda: regularizers.l2()),
    ("l1_l2()", lambda: regularizers.l1_l2()),
    ("l1(0.3)", lambda: regularizers.l1(0.3)),
    ("l2(0.3)", lambda: regularizers.l2(0.3)),
    ("l1_l2(0.1, 0.2)", lambda: regularizers.l1_l2(0.1, 0.2)),
    ("L1L2", lambda: regularizers.L1L2(0.1, 0.2)),
    ("'l1'", lambda: regularizers.get("l1")),
    ("'l2'", lambda: regularizers.get("l2")),
    ("'l1_l2'", lambda: regularizers.get("l1_l2")),
]:
    add(
        "functions",
        "regularizer " + text,
        lambda make=make: {
            "value": evaluate(make(), normal(3, 4)),
            "config": make().get_config(),
            "class": type(make()).__name__,
        },
    )

# -- constraints
for text, make in [
    ("max_norm()", lambda: constraints.max_norm()),
    ("max_norm(0.7)", lambda: constraints.max_norm(0.7)),
    ("max_norm(1, axis=1)", lambda: constraints.max_norm(1.0, axis=1)),
    ("max_norm(1, axis=(0, 1))", lambda: constraints.max_norm(1.0, axis=[0, 1])),
    ("non_neg", lambda: constraints.non_neg()),
    ("unit_norm", lambda: constraints.unit_norm()),
    ("unit_norm(1)", lambda: constraints.unit_norm(axis=1)),
    ("min_max_norm()", lambda: constraints.min_max_norm()),
    ("min_max_norm(0.5, 0.8, 0.3)", lambda: constraints.min_max_norm(0.5, 0.8, rate=0.3)),
    ("min_max_norm(0.5, 0.8, axis 1)", lambda: constraints.min_max_norm(0.5, 0.8, axis=1)),
    ("'max_norm'", lambda: constraints.get("max_norm")),
    ("'unit_norm'", lambda: constraints.get("unit_norm")),
    ("MaxNorm(2)", lambda: constraints.MaxNorm(2)),
    ("'NonNeg'", lambda: constraints.get("NonNeg")),
    ("maxnorm", lambda: constraints.maxnorm(2)),
    ("nonneg", lambda: constraints.nonneg()),
    ("unitnorm", lambda: constraints.unitnorm()),
]:
    add(
        "functions",
        "constraint " + text,
        lambda make=make: {
            "2D": evaluate(make(), 2 * normal(3, 4)),
            "zeros": evaluate(make(), np.zeros((2, 3), "float32")),
            "3D": evaluate(make(), normal(2, 3, 4)),
            "config": make().get_config(),
            "class": type(make()).__name__,
        },
    )
