"""The `K` functions on arrays."""

import numpy as np
from harness import add, integers, normal, one_hot, uniform
from keras import backend as K

A, B, V = normal(3, 4), normal(4, 5), normal(4)
C, D = normal(2, 3, 4), normal(2, 4, 5)
P = uniform(3, 4, low=0.05)
IMAGE, VOLUME, SEQUENCE = normal(2, 5, 6, 3), normal(2, 3, 4, 5, 2), normal(2, 7, 3)


def value(text, function, *arrays, **options):
    """`function` of variables holding the arrays, evaluated."""
    eras = options.pop("eras", ("204", "224"))
    add(
        "backend",
        text,
        lambda: {"value": np.asarray(K.eval(function(*[K.variable(a) for a in arrays])))},
        eras,
    )


for name in [
    "square",
    "abs",
    "sqrt",
    "exp",
    "log",
    "round",
    "sign",
    "sin",
    "cos",
    "relu",
    "elu",
    "softmax",
    "softplus",
    "softsign",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "transpose",
    "flatten",
    "batch_flatten",
    "zeros_like",
    "ones_like",
    "identity",
    "stop_gradient",
]:
    value(name, lambda x, n=name: getattr(K, n)(x), np.abs(A) if name in ("sqrt", "log") else A * 2)
value("sqrt negative", K.sqrt, np.asarray([-1.0, 0.0, 4.0], "float32"))
value("log zero", K.log, np.asarray([0.0, 1.0], "float32"))
value("round halves", K.round, np.asarray([0.5, 1.5, 2.5, -0.5, -1.5, 2.4], "float32"))
for name in [
    "max",
    "min",
    "sum",
    "prod",
    "mean",
    "var",
    "std",
    "any",
    "all",
    "argmax",
    "argmin",
    "logsumexp",
]:
    x = np.round(A) if name in ("any", "all") else A
    if not name.startswith("arg"):
        value(name, lambda x, n=name: getattr(K, n)(x), x)
        value("%s axis (0, 1)" % name, lambda x, n=name: getattr(K, n)(x, axis=(0, 1)), x[None])
        value(
            "%s axis 1 keepdims" % name,
            lambda x, n=name: getattr(K, n)(x, axis=1, keepdims=True),
            x,
        )
    value("%s axis 0" % name, lambda x, n=name: getattr(K, n)(x, axis=0), x)
    value("%s axis -1" % name, lambda x, n=name: getattr(K, n)(x, axis=-1), x)
value("argmax default", K.argmax, C)
value("argmax ties", K.argmax, np.asarray([[1, 1, 0], [0, 2, 2]], "float32"))
value(
    "mean of booleans",
    lambda x: K.mean(K.equal(x, K.round(x)), axis=-1),
    np.round(A) + (A > 1) * 0.25,
)
value("cumsum", lambda x: K.cumsum(x, axis=1), A)
value("cumprod", lambda x: K.cumprod(x, axis=0), A)
value("cumsum default", K.cumsum, A)
value("pow", lambda x: K.pow(x, 3), A)
value("clip", lambda x: K.clip(x, -0.5, 0.5), A)
value("clip low above high", lambda x: K.clip(x, 0.5, -0.5), A)
value("clip none", lambda x: K.clip(x, 0.1, None), A, eras=("224",))
for name in [
    "equal",
    "not_equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "maximum",
    "minimum",
]:
    value(
        name, lambda x, y, n=name: getattr(K, n)(x, y), np.round(A), np.round(normal(3, 4, seed=2))
    )
value("dot 2D", K.dot, A, B)
value("dot 3D 2D", K.dot, C, B)
value("dot 3D 3D", K.dot, C, normal(6, 4, 5))
value("dot 4D 2D", K.dot, normal(2, 2, 3, 4), B)
for text, x, y, axes in [
    ("(2,1)", C, D, (2, 1)),
    ("none", C, D, None),
    ("1", normal(5, 4), normal(5, 4, seed=1), 1),
    ("(1,1) 2D 3D", normal(2, 4), D, (1, 1)),
    ("(2,1) 3D 2D", C, normal(2, 4), (2, 1)),
    ("2", C, normal(2, 5, 4), 2),
    ("(1,2)", C, normal(2, 5, 3), (1, 2)),
    ("(1,1)", C, normal(2, 3, 6), (1, 1)),
    ("4D", normal(2, 3, 4, 5), normal(2, 3, 5, 6), None),
    ("int list", C, D, [2, 1]),
]:
    value(
        "batch_dot %s" % text,
        lambda x, y, a=axes: K.batch_dot(x, y) if a is None else K.batch_dot(x, y, axes=a),
        x,
        y,
    )
value("gather", lambda x: K.gather(x, K.variable([2, 0, 2], dtype="int32")), A)
value(
    "gather 2D", lambda x: K.gather(x, K.variable([[2, 0], [1, 1]], dtype="int32")), C.reshape(6, 4)
)
value("concatenate", lambda x, y: K.concatenate([x, y]), A, normal(3, 2))
value("concatenate axis 0", lambda x, y: K.concatenate([x, y], axis=0), A, normal(2, 4))
value("reshape", lambda x: K.reshape(x, (2, -1)), A)
value("permute_dimensions", lambda x: K.permute_dimensions(x, (2, 0, 1)), C)
value("repeat_elements", lambda x: K.repeat_elements(x, 2, axis=1), C)
value("repeat", lambda x: K.repeat(x, 3), A)
value("tile", lambda x: K.tile(x, (2, 3)), A)
value("tile 3D", lambda x: K.tile(x, [1, 2, 1]), C)
value("expand_dims", lambda x: K.expand_dims(x, 1), A)
value("expand_dims default", K.expand_dims, A)
value("squeeze", lambda x: K.squeeze(x, 1), A[:, None])
value("stack", lambda x, y: K.stack([x, y], axis=1), A, normal(3, 4, seed=1))
value("stack default", lambda x, y: K.stack([x, y]), A, normal(3, 4, seed=1))
value("one_hot", lambda x: K.one_hot(K.cast(x, "int32"), 5), integers(5, 3, 2).astype("float32"))
value(
    "one_hot beyond",
    lambda x: K.one_hot(K.cast(x, "int32"), 3),
    np.asarray([0, 2, 3, -1], "float32"),
)
value("reverse", lambda x: K.reverse(x, 1), C)
value("reverse two", lambda x: K.reverse(x, [0, 2]), C)
value("arange", lambda: K.arange(5))
value("arange start step", lambda: K.arange(2, 11, 3))
value("arange negative", lambda: K.arange(-3))
value("eye", lambda: K.eye(3))
value("zeros", lambda: K.zeros((2, 3)))
value("ones", lambda: K.ones((2, 3)))
value("constant", lambda: K.constant(3.0, shape=(2, 2)))
value("cast", lambda x: K.cast(x, "int32"), 3 * A)
value("slice", lambda x: K.slice(x, [0, 1], [2, 2]), A, eras=("224",))
value("temporal_padding", lambda x: K.temporal_padding(x, (1, 2)), SEQUENCE)
value("temporal_padding default", K.temporal_padding, SEQUENCE)
value("l2_normalize", lambda x: K.l2_normalize(x, axis=1), A)
value("l2_normalize zero", lambda x: K.l2_normalize(x, axis=1), np.zeros((2, 3), "float32"))
value("l2_normalize 0", lambda x: K.l2_normalize(x, 0), A)
value("in_top_k", lambda p: K.in_top_k(p, K.variable([0, 1, 3], dtype="int32"), 2), P)
value("relu alpha max", lambda x: K.relu(x, alpha=0.2, max_value=0.5), A)
value("elu alpha", lambda x: K.elu(x, 0.5), A)
value("softmax 3D", K.softmax, C)
value("dropout highest", lambda x: K.max(K.dropout(x, 0.5)), np.ones((50, 50), "float32"))
value("dropout 0", lambda x: K.dropout(x, 0.0), A)
value(
    "categorical_crossentropy 2.0.4",
    lambda p, t: K.categorical_crossentropy(p, t),
    P,
    one_hot(integers(4, 3), 4),
    eras=("204",),
)
value(
    "categorical_crossentropy logits 2.0.4",
    lambda p, t: K.categorical_crossentropy(p, t, from_logits=True),
    A,
    one_hot(integers(4, 3), 4),
    eras=("204",),
)
value(
    "binary_crossentropy 2.0.4",
    lambda p, t: K.binary_crossentropy(p, t),
    P,
    np.round(P),
    eras=("204",),
)
value(
    "binary_crossentropy logits 2.0.4",
    lambda p, t: K.binary_crossentropy(p, t, from_logits=True),
    A,
    np.round(P),
    eras=("204",),
)
value(
    "sparse_categorical_crossentropy 2.0.4",
    lambda p, t: K.sparse_categorical_crossentropy(p, t),
    P,
    integers(4, 3, 1).astype("float32"),
    eras=("204",),
)
value(
    "sparse_categorical_crossentropy logits 2.0.4",
    lambda p, t: K.sparse_categorical_crossentropy(p, t, from_logits=True),
    A,
    integers(4, 3, 1).astype("float32"),
    eras=("204",),
)
for form, first in (("channels_last", IMAGE), ("channels_first", normal(2, 3, 5, 6))):
    value(
        "spatial_2d_padding %s" % form,
        lambda x, f=form: K.spatial_2d_padding(x, ((1, 2), (0, 3)), data_format=f),
        first,
    )
    value("resize_images %s" % form, lambda x, f=form: K.resize_images(x, 2, 3, f), first)
    value("bias_add %s" % form, lambda x, b, f=form: K.bias_add(x, b, f), first, normal(3))
    value(
        "bias_add full %s" % form, lambda x, b, f=form: K.bias_add(x, b, f), first, normal(5, 6, 3)
    )
    for padding in ("valid", "same"):
        value(
            "conv2d %s %s" % (form, padding),
            lambda x, k, f=form, p=padding: K.conv2d(
                x, k, strides=(2, 1), padding=p, data_format=f
            ),
            first,
            normal(2, 3, 3, 4),
        )
        value(
            "conv2d dilated %s %s" % (form, padding),
            lambda x, k, f=form, p=padding: K.conv2d(
                x, k, padding=p, data_format=f, dilation_rate=(2, 1)
            ),
            first,
            normal(2, 3, 3, 4),
        )
        value(
            "separable_conv2d %s %s" % (form, padding),
            lambda x, d, p, f=form, q=padding: K.separable_conv2d(
                x, d, p, padding=q, data_format=f
            ),
            first,
            normal(2, 3, 3, 2),
            normal(1, 1, 6, 4),
        )
        for mode in ("max", "avg"):
            value(
                "pool2d %s %s %s" % (form, padding, mode),
                lambda x, f=form, p=padding, m=mode: K.pool2d(
                    x, (2, 3), strides=(2, 1), padding=p, data_format=f, pool_mode=m
                ),
                first,
            )
    value(
        "conv2d_transpose %s" % form,
        lambda x, k, f=form: K.conv2d_transpose(
            x,
            k,
            (2, 10, 12, 4) if f == "channels_last" else (2, 4, 10, 12),
            strides=(2, 2),
            padding="same",
            data_format=f,
        ),
        first,
        normal(3, 3, 4, 3),
    )
    volume = VOLUME if form == "channels_last" else normal(2, 2, 3, 4, 5)
    value(
        "spatial_3d_padding %s" % form,
        lambda x, f=form: K.spatial_3d_padding(x, ((1, 0), (0, 1), (2, 1)), data_format=f),
        volume,
    )
    value("resize_volumes %s" % form, lambda x, f=form: K.resize_volumes(x, 2, 1, 2, f), volume)
    value(
        "conv3d %s" % form,
        lambda x, k, f=form: K.conv3d(x, k, padding="same", data_format=f),
        volume,
        normal(2, 2, 2, 2, 3),
    )
    value(
        "pool3d %s" % form,
        lambda x, f=form: K.pool3d(x, (2, 2, 2), padding="same", data_format=f, pool_mode="avg"),
        volume,
    )
for padding in ("valid", "same", "causal"):
    value(
        "conv1d %s" % padding,
        lambda x, k, p=padding: K.conv1d(x, k, padding=p, data_format="channels_last"),
        SEQUENCE,
        normal(3, 3, 4),
    )
    value(
        "conv1d strides %s" % padding,
        lambda x, k, p=padding: K.conv1d(x, k, strides=2, padding=p, data_format="channels_last"),
        SEQUENCE,
        normal(3, 3, 4),
    )
value(
    "batch_normalization",
    lambda x, m, v, b, g: K.batch_normalization(x, m, v, b, g, epsilon=0.01),
    A,
    V,
    np.abs(V),
    V * 2,
    V * 3,
)
add(
    "backend",
    "normalize_batch_in_training",
    lambda: {
        "values": [
            np.asarray(K.eval(t))
            for t in K.normalize_batch_in_training(
                K.variable(IMAGE), K.variable(V[:3]), K.variable(V[1:]), [0, 1, 2], epsilon=0.01
            )
        ]
    },
)
add(
    "backend",
    "normalize_batch_in_training axis 1",
    lambda: {
        "values": [
            np.asarray(K.eval(t)).ravel()
            for t in K.normalize_batch_in_training(
                K.variable(IMAGE),
                K.variable(normal(5)),
                K.variable(normal(5, seed=1)),
                [0, 2, 3],
                epsilon=0.01,
            )
        ]
    },
)
value("switch true", lambda x, y: K.switch(K.equal(K.variable(1.0), 1), x, y), A, 2 * A)
value("switch comparison", lambda x, y: K.switch(K.greater(K.sum(x), 0), x, y), A, 2 * A)
value("switch elementwise", lambda x, y: K.switch(K.greater(x, 0), x, y), A, 2 * A, eras=("224",))
value("map_fn", lambda x: K.map_fn(lambda row: K.sum(row) * row, x), A)
value("foldl", lambda x: K.foldl(lambda a, row: a * 0.5 + row, x), A)
value("foldr", lambda x: K.foldr(lambda a, row: a * 0.5 + row, x), A)
value(
    "foldl initializer", lambda x: K.foldl(lambda a, row: a + row, x, initializer=K.variable(V)), A
)


def rnn(**options):
    def step(x, states):
        h = K.tanh(K.dot(x, w) + states[0] * 0.5)
        return h * 2, [h]

    w = K.variable(normal(3, 4))
    mask = options.pop("mask", None)
    if mask is not None:
        options["mask"] = K.equal(K.variable(mask.astype("float32")), 1)
    last, outputs, states = K.rnn(step, K.variable(SEQUENCE), [K.variable(normal(2, 4))], **options)
    return {"last": K.eval(last), "outputs": K.eval(outputs), "state": K.eval(states[0])}


MASK = np.asarray([[1, 1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 1, 1, 1]], bool)
for text, options in [
    ("", {}),
    ("backwards", {"go_backwards": True}),
    ("unroll", {"unroll": True, "input_length": 7}),
    ("masked", {"mask": MASK}),
    ("masked backwards", {"mask": MASK, "go_backwards": True}),
    ("masked unroll", {"mask": MASK, "unroll": True, "input_length": 7}),
]:
    add("backend", "rnn " + text, lambda o=options: rnn(**o))


def placeholder_function():
    x, y = K.placeholder(shape=(None, 4)), K.placeholder(shape=(None, 4))
    total = K.variable(0.0)
    f = K.function([x, y], [x + y, K.sum(x * y)], updates=[K.update_add(total, K.sum(x))])
    out = {
        "first": [np.asarray(v) for v in f([A, A * 2])],
        "second": [np.asarray(v) for v in f([A * 3, A])],
    }
    out["total"] = float(K.get_value(total))
    out["shapes"] = "%s %s %s" % (K.int_shape(x), K.ndim(y), K.dtype(x))
    return out


add("backend", "function", placeholder_function)


def known_by_rank(make):
    """Placeholders of which only the rank is known."""
    x, y = K.placeholder(ndim=2), K.placeholder(shape=(None, 4))
    return {"value": np.asarray(K.function([x, y], [make(x, y)])([A, A * 2])[0])}


for text, make in [
    ("add", lambda x, y: x + y),
    ("multiply", lambda x, y: x * y),
    ("maximum", K.maximum),
    ("dot", lambda x, y: K.dot(x, K.transpose(y))),
    ("sum", lambda x, y: K.sum(x, axis=1)),
    ("concatenate", lambda x, y: K.concatenate([x, y], axis=0)),
    ("same rank", lambda x, y: K.square(x) - x),
]:
    add("backend", "placeholder(ndim=2) " + text, lambda make=make: known_by_rank(make))


def gradients():
    x = K.placeholder(shape=(3, 4))
    w = K.variable(B)
    loss = K.sum(K.square(K.dot(x, w)))
    return {
        "x": K.function([x], K.gradients(loss, [x]))([A])[0],
        "w": K.function([x], K.gradients(loss, [w]))([A])[0],
    }


add("backend", "gradients", gradients)


def updates():
    v, w = K.variable(np.zeros(3)), K.variable(np.ones(3))
    x = K.placeholder(shape=(3,))
    f = K.function([x], [K.sum(x)], updates=[(v, v + x), K.update_sub(w, x)])
    out = {
        "results": [float(f([np.arange(3)])[0]) for _ in range(3)],
        "v": K.get_value(v),
        "w": K.get_value(w),
    }
    m = K.variable(np.ones(3))
    g = K.function([x], [K.sum(x)], updates=[K.moving_average_update(m, x, 0.9)])
    g([np.arange(3)])
    out["m"] = K.get_value(m)
    K.set_value(m, np.full(3, 7.0))
    out["set"] = K.get_value(m)
    K.batch_set_value([(v, np.ones(3)), (w, np.zeros(3))])
    out["batch"] = K.batch_get_value([v, w])
    return out


add("backend", "updates", updates)


def phases():
    x = K.placeholder(shape=(3, 4))
    f = K.function(
        [x, K.learning_phase()], [K.in_train_phase(x * 2, x), K.in_test_phase(x * 5, x * 7)]
    )
    return {"train": f([A, 1]), "test": f([A, 0])}


add("backend", "learning phases", phases)


def layer_function():
    from keras.layers import BatchNormalization, Dense, Dropout
    from keras.models import Sequential

    model = Sequential([Dense(3, input_shape=(4,)), BatchNormalization(), Dropout(0.5)])
    model.set_weights(
        [
            normal(*w.shape) if i != 5 else np.abs(normal(*w.shape))
            for i, w in enumerate(model.get_weights())
        ]
    )
    f = K.function([model.layers[0].input, K.learning_phase()], [model.layers[1].output])
    return {"train": f([A, 1])[0], "test": f([A, 0])[0]}


add("backend", "function of layers", layer_function)
add(
    "backend",
    "settings",
    lambda: "%s %s %s %s" % (K.floatx(), K.epsilon(), K.image_data_format(), K.backend()[:0]),
)
add("backend", "get_uid", lambda: [K.get_uid("oracle"), K.get_uid("oracle"), K.get_uid("other")])
add(
    "backend",
    "shapes",
    lambda: (
        "%s %s %s %s"
        % (
            K.int_shape(K.variable(C)),
            K.ndim(K.variable(C)),
            K.dtype(K.placeholder((2,))),
            K.get_variable_shape(K.variable(A)),
        )
    ),
)
add("backend", "count_params", lambda: float(K.count_params(K.zeros((2, 3)))))
add("backend", "eval shape", lambda: np.asarray(K.eval(K.shape(K.variable(C)))))
add("backend", "cast_to_floatx", lambda: str(K.cast_to_floatx(np.arange(3)).dtype))
add(
    "backend",
    "variable dtypes",
    lambda: " ".join(
        K.dtype(K.variable(v)).replace("_ref", "")
        for v in (1, 2.0, np.arange(3), np.arange(3.0), [1, 2])
    ),
)
add("backend", "arange dtype", lambda: K.dtype(K.arange(3)))
add("backend", "print_tensor", lambda: K.eval(K.print_tensor(K.variable(V), "m")))
for name, options in [
    ("random_normal", {"mean": 1.0, "stddev": 2.0}),
    ("random_uniform", {"minval": -1.0, "maxval": 3.0}),
    ("random_binomial", {"p": 0.3}),
    ("truncated_normal", {"mean": 1.0, "stddev": 2.0}),
]:

    def statistics(name=name, options=options):
        x = np.asarray(K.eval(getattr(K, name)((100, 200), **options)))
        return {
            "deviation~": x.std(),
            "mean/deviation~": x.mean() / x.std(),
            "lowest/deviation~": x.min() / x.std(),
            "highest/deviation~": x.max() / x.std(),
        }

    add("backend", name, statistics)
for name in ("random_normal_variable", "random_uniform_variable"):
    add(
        "backend",
        name,
        lambda name=name: {"deviation~": K.get_value(getattr(K, name)((100, 200), 1.0, 2.0)).std()},
    )


def ctc():
    y_pred = uniform(2, 8, 5, low=0.1)
    y_pred /= y_pred.sum(-1, keepdims=True)
    labels = np.asarray([[1, 2, 3], [0, 0, 2]], "float32")
    return {
        "cost": K.eval(
            K.ctc_batch_cost(
                K.variable(labels),
                K.variable(y_pred),
                K.variable([[8], [6]]),
                K.variable([[3], [2]]),
            )
        )
    }


def ctc_greedy():
    y_pred = uniform(2, 8, 5, low=0.01) ** 4
    y_pred /= y_pred.sum(-1, keepdims=True)
    decoded, log = K.ctc_decode(K.variable(y_pred), K.variable([8, 6]))
    return {
        "log": K.eval(log),
        "text": " ".join(str([int(v) for v in row if v >= 0]) for row in K.eval(decoded[0])),
    }


add("backend", "ctc_batch_cost", ctc)
add("backend", "ctc_decode greedy", ctc_greedy)
