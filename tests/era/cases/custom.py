"""Layers, losses, callbacks and loops as users of 2.0.4 wrote them."""

import keras
import numpy as np
from harness import add, history_values, integers, normal, one_hot, randomize
from keras import backend as K
from keras import layers as L
from keras.engine.topology import InputSpec, Layer
from keras.models import Model, Sequential
from keras.optimizers import SGD

N = 10


class Scaled(Layer):
    """The documentation's example, with a mask passed on and a penalty."""

    def __init__(self, units, **kwargs):
        self.units = units
        self.supports_masking = True
        super(Scaled, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer="uniform",
            regularizer=keras.regularizers.l2(0.1),
            trainable=True,
        )
        self.factor = self.add_weight(
            name="factor", shape=(self.units,), initializer="one", trainable=False
        )
        super(Scaled, self).build(input_shape)

    def call(self, x, mask=None):
        return K.dot(x, self.kernel) * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape[:-1] + (self.units,)

    def compute_mask(self, x, mask=None):
        return mask


class Attention(Layer):
    """As found in many kernels: a softmax over the steps, masked by hand."""

    def __init__(self, **kwargs):
        super(Attention, self).__init__(**kwargs)
        self.supports_masking = True
        self.init = keras.initializers.get("glorot_uniform")

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight(
            shape=(input_shape[-1],), initializer=self.init, name="{}_W".format(self.name)
        )
        self.b = self.add_weight(
            shape=(input_shape[1],), initializer="zero", name="{}_b".format(self.name)
        )
        self.built = True

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        eij = K.squeeze(K.dot(x, K.expand_dims(self.W)), axis=-1) + self.b
        a = K.exp(K.tanh(eij))
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(x * K.expand_dims(a), axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[-1]


class Centre(Layer):
    """Keeps a running mean by add_update and adds a loss by add_loss."""

    def build(self, input_shape):
        self.mean = self.add_weight(
            name="mean", shape=input_shape[1:], initializer="zeros", trainable=False
        )
        self.input_spec = InputSpec(ndim=2, axes={1: input_shape[1]})
        super(Centre, self).build(input_shape)

    def call(self, x, training=None):
        batch = K.mean(x, axis=0)
        self.add_update([K.moving_average_update(self.mean, batch, 0.9)], x)
        self.add_loss(0.1 * K.mean(K.square(x)), inputs=x)
        return K.in_train_phase(x - batch, x - self.mean, training=training)


class TwoInputs(Layer):
    def call(self, inputs):
        a, b = inputs
        return [a * b, a + b]

    def compute_output_shape(self, shapes):
        return [shapes[0], shapes[1]]

    def compute_mask(self, inputs, mask=None):
        return [None, None]


def sequential(*layers):
    model = Sequential(list(layers))
    randomize(model)
    return model


def measured(model, x, y, loss="mse", epochs=3):
    out = {
        "predict": model.predict(x),
        "weights before": [list(w.shape) for w in model.get_weights()],
    }
    model.compile(SGD(0.1), loss, metrics=["mae"])
    out.update(
        history_values(model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0))
    )
    out["weights"] = model.get_weights()
    out["after"] = model.predict(x)
    return out


def sequences():
    x = integers(8, N, 5) + 1
    x[::2, 3:] = 0
    return x


def two_inputs():
    a, b = L.Input((4,)), L.Input((4,))
    p, q = TwoInputs()([L.Dense(4)(a), b])
    model = Model([a, b], L.Dense(2)(L.concatenate([p, q])))
    randomize(model)
    return measured(model, [normal(N, 4), normal(N, 4, seed=2)], normal(N, 2))


add(
    "custom",
    "layer of the documentation",
    lambda: measured(
        sequential(L.Dense(4, input_shape=(3,)), Scaled(2)), normal(N, 3), normal(N, 2)
    ),
)
add(
    "custom",
    "layer in a masked chain",
    lambda: measured(
        sequential(L.Embedding(9, 3, mask_zero=True, input_length=5), Scaled(4), L.LSTM(2)),
        sequences(),
        normal(N, 2),
    ),
)
add(
    "custom",
    "layer in TimeDistributed",
    lambda: measured(
        sequential(L.TimeDistributed(Scaled(2), input_shape=(5, 3))),
        normal(N, 5, 3),
        normal(N, 5, 2),
    ),
)
add(
    "custom",
    "attention",
    lambda: measured(
        sequential(
            L.Embedding(9, 3, mask_zero=True, input_length=5),
            L.LSTM(4, return_sequences=True),
            Attention(),
            L.Dense(2),
        ),
        sequences(),
        normal(N, 2),
    ),
)
add(
    "custom",
    "updates and losses in call",
    lambda: measured(
        sequential(L.Dense(4, input_shape=(3,)), Centre(), L.Dense(2)), normal(N, 3), normal(N, 2)
    ),
)
add("custom", "several inputs and outputs", two_inputs)


def triplet_loss(y_true, y_pred):
    anchor, positive, negative = y_pred[:, 0:3], y_pred[:, 3:6], y_pred[:, 6:9]
    return K.maximum(
        K.sum(K.square(anchor - positive), axis=1)
        - K.sum(K.square(anchor - negative), axis=1)
        + 0.2,
        0,
    )


def triplets():
    base = sequential(L.Dense(3, input_shape=(4,)), L.Lambda(lambda x: K.l2_normalize(x, axis=1)))
    inputs = [L.Input((4,)) for _ in range(3)]
    model = Model(inputs, L.concatenate([base(i) for i in inputs]))
    return measured(
        model, [normal(N, 4, seed=i) for i in range(3)], np.zeros((N, 9), "float32"), triplet_loss
    )


def contrastive():
    base = sequential(L.Dense(3, input_shape=(4,), activation="relu"), L.Dense(2))
    a, b = L.Input((4,)), L.Input((4,))
    distance = L.Lambda(
        lambda v: K.sqrt(
            K.maximum(K.sum(K.square(v[0] - v[1]), axis=1, keepdims=True), K.epsilon())
        ),
        output_shape=lambda s: (s[0][0], 1),
    )([base(a), base(b)])
    model = Model([a, b], distance)
    return measured(
        model,
        [normal(N, 4), normal(N, 4, seed=1)],
        integers(2, N).astype("float32"),
        lambda y, d: K.mean(y * K.square(d) + (1 - y) * K.square(K.maximum(1 - d, 0))),
    )


def dice(y_true, y_pred):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    return 1 - (2.0 * K.sum(t * p) + 1) / (K.sum(t) + K.sum(p) + 1)


def focal(y_true, y_pred):
    p = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
    return K.sum(-y_true * 0.25 * K.pow(1 - p, 2.0) * K.log(p), axis=-1)


add("custom", "triplet loss", triplets)
add("custom", "contrastive loss", contrastive)
add(
    "custom",
    "dice loss",
    lambda: measured(
        sequential(L.Conv2D(1, 3, padding="same", activation="sigmoid", input_shape=(4, 4, 2))),
        normal(N, 4, 4, 2),
        np.round((normal(N, 4, 4, 1) + 1) / 2).clip(0, 1),
        dice,
    ),
)
add(
    "custom",
    "focal loss",
    lambda: measured(
        sequential(L.Dense(3, activation="softmax", input_shape=(4,))),
        normal(N, 4),
        one_hot(integers(3, N), 3),
        focal,
    ),
)


def gan():
    """Two compiled models that share layers, one of them frozen in the other."""
    d = sequential(L.Dense(5, input_shape=(3,)), L.LeakyReLU(0.2), L.Dense(1, activation="sigmoid"))
    d.compile(SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    g = sequential(L.Dense(4, input_shape=(2,), activation="tanh"), L.Dense(3))
    d.trainable = False
    z = L.Input((2,))
    joined = Model(z, d(g(z)))
    joined.compile(SGD(0.1), "binary_crossentropy")
    logs = []
    for i in range(4):
        noise, real = normal(6, 2, seed=i), normal(6, 3, seed=i)
        logs.append(
            list(d.train_on_batch(real, np.ones((6, 1))))
            + list(d.train_on_batch(g.predict(noise), np.zeros((6, 1))))
            + [joined.train_on_batch(noise, np.ones((6, 1)))]
        )
    return {
        "logs": logs,
        "d": d.get_weights(),
        "g": g.get_weights(),
        "trainable": [len(d.trainable_weights), len(joined.trainable_weights)],
    }


add("custom", "GAN", gan)


def popped():
    model = sequential(L.Dense(4, input_shape=(3,)), L.Dense(3), L.Dense(2))
    model.pop()
    model.add(L.Dense(5, kernel_initializer="ones"))
    return {
        "predict": model.predict(normal(N, 3)),
        "layers": len(model.layers),
        "shape": str(model.output_shape),
        "count": model.count_params(),
    }


def between():
    model = sequential(
        L.Dense(4, input_shape=(3,), name="a"),
        L.Dense(3, activation="relu", name="b"),
        L.Dense(2, name="c"),
    )
    inner = Model(inputs=model.input, outputs=model.get_layer("b").output)
    f = K.function([model.layers[0].input], [model.layers[1].output, model.layers[-1].output])
    return {
        "model": inner.predict(normal(N, 3)),
        "function": [np.asarray(v) for v in f([normal(N, 3)])],
        "index": model.get_layer(index=1).name,
    }


def saliency():
    model = sequential(
        L.Conv2D(3, 3, activation="relu", input_shape=(6, 6, 1)), L.Flatten(), L.Dense(2)
    )
    loss = K.mean(model.output[:, 1])
    grads = K.gradients(loss, model.input)[0]
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    f = K.function([model.input, K.learning_phase()], [loss, grads])
    out = f([normal(2, 6, 6, 1), 0])
    conv = model.layers[0].output
    cam = K.function([model.input], [conv, K.gradients(loss, conv)[0]])([normal(2, 6, 6, 1)])
    return {
        "loss": float(out[0]),
        "gradient": np.asarray(out[1]),
        "cam": [np.asarray(v) for v in cam],
    }


add("custom", "pop and add", popped)
add("custom", "outputs of layers", between)
add("custom", "gradients of the input", saliency)
