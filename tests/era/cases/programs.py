"""Programs of 2016 to 2018 as people wrote them: own layers, games of several models, loops."""

import functools

import keras
import numpy as np
from harness import add as _add
from harness import history_values, integers, normal, one_hot, randomize, uniform
from keras import backend as K
from keras import callbacks, constraints, initializers, metrics, optimizers, regularizers
from keras import layers as L
from keras.engine.topology import InputSpec, Layer
from keras.layers.wrappers import Wrapper
from keras.models import Model, Sequential, model_from_json
from keras.optimizers import SGD

N = 8


def add(name, eras=("204", "224")):
    def keep(f):
        _add("programs", name, f, eras)
        return f

    return keep


def steps(model, x, y, count=3):
    return [model.train_on_batch(x, y) for _ in range(count)]


def trained(model, x, y, loss="mse", lr=0.05, **options):
    randomize(model)
    model.compile(SGD(lr), loss, **options)
    out = {
        "shape": str(model.output_shape),
        "before": model.predict(x, batch_size=N),
        "losses": steps(model, x, y),
    }
    return dict(out, weights=model.get_weights(), after=model.predict(x, batch_size=N))


# ---- layers as in collections of further layers
class PELU(Layer):
    def __init__(
        self, alpha_initializer="ones", beta_initializer="ones", shared_axes=None, **kwargs
    ):
        super(PELU, self).__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.beta_initializer = initializers.get(beta_initializer)
        if shared_axes is None:
            self.shared_axes = None
        elif not isinstance(shared_axes, (list, tuple)):
            self.shared_axes = [shared_axes]
        else:
            self.shared_axes = list(shared_axes)

    def build(self, input_shape):
        shape = list(input_shape[1:])
        self.param_broadcast = [False] * len(shape)
        if self.shared_axes is not None:
            for i in self.shared_axes:
                shape[i - 1] = 1
                self.param_broadcast[i - 1] = True
        shape = tuple(shape)
        self.alpha = self.add_weight(shape=shape, name="alpha", initializer=self.alpha_initializer)
        self.beta = self.add_weight(shape=shape, name="beta", initializer=self.beta_initializer)
        axes = {}
        if self.shared_axes:
            for i in range(1, len(input_shape)):
                if i not in self.shared_axes:
                    axes[i] = input_shape[i]
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)
        self.built = True

    def call(self, x, mask=None):
        pos = K.relu(x) * self.alpha / (self.beta + K.epsilon())
        neg = self.alpha * (K.exp((-K.relu(-x)) / (self.beta + K.epsilon())) - 1)
        return neg + pos

    def get_config(self):
        config = {
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "shared_axes": self.shared_axes,
        }
        return dict(list(super(PELU, self).get_config().items()) + list(config.items()))


@add("PELU with shared axes")
def pelu():
    m = Sequential(
        [L.Conv2D(3, 2, input_shape=(5, 5, 2)), PELU(shared_axes=[1, 2]), L.Flatten(), L.Dense(2)]
    )
    x = normal(N, 5, 5, 2)
    out = trained(m, x, normal(N, 2))
    again = model_from_json(m.to_json(), custom_objects={"PELU": PELU})
    again.set_weights(m.get_weights())
    return dict(out, again=again.predict(x), axes=str(again.layers[1].shared_axes))


class TrainableSwish(Layer):
    def __init__(self, beta=1.0, trainable=False, **kwargs):
        super(TrainableSwish, self).__init__(**kwargs)
        self.supports_masking = True
        self.beta = beta
        self.trainable = trainable

    def build(self, input_shape):
        self.scaling_factor = K.variable(self.beta, dtype=K.floatx(), name="scaling_factor")
        if self.trainable:
            self._trainable_weights.append(self.scaling_factor)
        super(TrainableSwish, self).build(input_shape)

    def call(self, inputs, mask=None):
        return inputs * K.sigmoid(self.scaling_factor * inputs)


@add("swish with a variable")
def swish():
    m = Sequential(
        [
            L.Dense(4, input_shape=(5,)),
            TrainableSwish(trainable=True),
            TrainableSwish(beta=2.0),
            L.Dense(2),
        ]
    )
    return trained(m, normal(N, 5), normal(N, 2))


class InstanceNormalization(Layer):
    def __init__(
        self,
        axis=None,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        super(InstanceNormalization, self).__init__(**kwargs)
        self.supports_masking = True
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape):
        ndim = len(input_shape)
        if self.axis == 0:
            raise ValueError("Axis cannot be zero")
        if (self.axis is not None) and (ndim == 2):
            raise ValueError("Cannot specify axis for rank 1 tensor")
        self.input_spec = InputSpec(ndim=ndim)
        shape = (1,) if self.axis is None else (input_shape[self.axis],)
        if self.scale:
            self.gamma = self.add_weight(
                shape=shape,
                name="gamma",
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        else:
            self.gamma = None
        if self.center:
            self.beta = self.add_weight(
                shape=shape,
                name="beta",
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        else:
            self.beta = None
        self.built = True

    def call(self, inputs, training=None):
        input_shape = K.int_shape(inputs)
        reduction_axes = list(range(len(input_shape)))
        if self.axis is not None:
            del reduction_axes[self.axis]
        del reduction_axes[0]
        mean = K.mean(inputs, reduction_axes, keepdims=True)
        stddev = K.std(inputs, reduction_axes, keepdims=True) + self.epsilon
        normed = (inputs - mean) / stddev
        broadcast_shape = [1] * len(input_shape)
        if self.axis is not None:
            broadcast_shape[self.axis] = input_shape[self.axis]
        if self.scale:
            normed = normed * K.reshape(self.gamma, broadcast_shape)
        if self.center:
            normed = normed + K.reshape(self.beta, broadcast_shape)
        return normed

    def get_config(self):
        config = {
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
        }
        return dict(
            list(super(InstanceNormalization, self).get_config().items()) + list(config.items())
        )


for _axis in (None, -1, 1):

    @add("instance normalization axis %s" % _axis)
    def instance(axis=_axis):
        x = L.Input((5, 4, 3))
        h = InstanceNormalization(axis=axis, gamma_regularizer="l2")(
            L.Conv2D(3, 3, padding="same")(x)
        )
        return trained(Model(x, L.Dense(3)(L.Flatten()(h))), normal(N, 5, 4, 3), normal(N, 3))


class GroupNormalization(Layer):
    def __init__(self, groups=2, axis=-1, epsilon=1e-5, **kwargs):
        super(GroupNormalization, self).__init__(**kwargs)
        self.groups, self.axis, self.epsilon = groups, axis, epsilon

    def build(self, input_shape):
        dim = input_shape[self.axis]
        if dim % self.groups:
            raise ValueError("groups must divide the channels")
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: dim})
        self.gamma = self.add_weight(shape=(dim,), name="gamma", initializer="ones")
        self.beta = self.add_weight(shape=(dim,), name="beta", initializer="zeros")
        self.built = True

    def call(self, inputs, **kwargs):
        input_shape = K.int_shape(inputs)
        tensor_input_shape = K.shape(inputs)
        reduction_axes = list(range(len(input_shape)))
        del reduction_axes[self.axis]
        broadcast_shape = [1] * len(input_shape)
        broadcast_shape[self.axis] = input_shape[self.axis] // self.groups
        broadcast_shape.insert(1, self.groups)
        group_axes = [tensor_input_shape[0]] + [input_shape[i] for i in range(1, len(input_shape))]
        group_axes[self.axis] = input_shape[self.axis] // self.groups
        group_axes.insert(1, self.groups)
        group_shape = [group_axes[0], self.groups] + group_axes[2:]
        inputs = K.reshape(inputs, K.stack(group_shape))
        group_reduction_axes = list(range(len(group_axes)))
        group_reduction_axes = group_reduction_axes[2:]
        mean = K.mean(inputs, axis=group_reduction_axes, keepdims=True)
        variance = K.var(inputs, axis=group_reduction_axes, keepdims=True)
        inputs = (inputs - mean) / K.sqrt(variance + self.epsilon)
        inputs = K.reshape(inputs, K.stack(group_shape))
        outputs = inputs * K.reshape(self.gamma, broadcast_shape) + K.reshape(
            self.beta, broadcast_shape
        )
        return K.reshape(outputs, tensor_input_shape)

    def compute_output_shape(self, input_shape):
        return input_shape


@add("group normalization")
def group():
    x = L.Input((3, 4, 4))
    return trained(
        Model(x, L.Flatten()(GroupNormalization()(x))), normal(N, 3, 4, 4), normal(N, 48)
    )


class CosineDense(Layer):
    def __init__(
        self,
        units,
        kernel_initializer="glorot_uniform",
        activation=None,
        weights=None,
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_bias=True,
        **kwargs,
    ):
        if "input_shape" not in kwargs and "input_dim" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_dim"),)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.activation = keras.activations.get(activation)
        self.units = units
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.use_bias = use_bias
        self.initial_weights = weights
        super(CosineDense, self).__init__(**kwargs)

    def build(self, input_shape):
        ndim = len(input_shape)
        assert ndim >= 2
        input_dim = input_shape[-1]
        self.input_dim = input_dim
        self.input_spec = [InputSpec(dtype=K.floatx(), ndim=ndim)]
        self.kernel = self.add_weight(
            shape=(input_dim, self.units),
            initializer=self.kernel_initializer,
            name="{}_W".format(self.name),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,), initializer="zero", name="{}_b".format(self.name)
            )
        else:
            self.bias = None
        if self.initial_weights is not None:
            self.set_weights(self.initial_weights)
            del self.initial_weights
        self.built = True

    def call(self, x, mask=None):
        if self.use_bias:
            b, xb = self.bias, 1.0
        else:
            b, xb = 0.0, 0.0
        xnorm = K.sqrt(K.sum(K.square(x), axis=-1, keepdims=True) + xb + K.epsilon())
        Wnorm = K.sqrt(K.sum(K.square(self.kernel), axis=0) + K.square(b) + K.epsilon())
        xWnorm = xnorm * Wnorm
        output = K.dot(x, self.kernel) / xWnorm
        if self.use_bias:
            output += self.bias / xWnorm
        return self.activation(output)

    def compute_output_shape(self, input_shape):
        assert (
            input_shape
            and len(input_shape) >= 2
            and input_shape[-1]
            and input_shape[-1] == self.input_dim
        )
        output_shape = list(input_shape)
        output_shape[-1] = self.units
        return tuple(output_shape)


for _bias in (True, False):

    @add("cosine dense bias=%s" % _bias)
    def cosine(bias=_bias):
        return trained(
            Sequential(
                [
                    CosineDense(
                        4,
                        use_bias=bias,
                        activation="relu",
                        kernel_regularizer="l2",
                        activity_regularizer="l1",
                        input_dim=5,
                    )
                ]
            ),
            normal(N, 5),
            normal(N, 4),
        )


@add("cosine dense weights=")
def cosine_weights():
    return Sequential([CosineDense(4, input_dim=5, weights=[normal(5, 4), normal(4)])]).predict(
        normal(N, 5)
    )


class CosineConv2D(L.Conv2D):
    def build(self, input_shape):
        super(CosineConv2D, self).build(input_shape)
        self.kernel_norm_shape = (self.kernel_size[0], self.kernel_size[1], input_shape[-1], 1)
        self.kernel_norm = K.variable(np.ones(self.kernel_norm_shape), name="kernel_norm")

    def call(self, x):
        b, xb = (self.bias, 1.0) if self.use_bias else (0.0, 0.0)
        xnorm = K.sqrt(
            K.conv2d(
                K.square(x),
                self.kernel_norm,
                strides=self.strides,
                padding=self.padding,
                data_format=self.data_format,
            )
            + xb
            + K.epsilon()
        )
        Wnorm = K.sqrt(
            K.sum(K.square(self.kernel), axis=(0, 1, 2), keepdims=True) + K.square(b) + K.epsilon()
        )
        out = K.conv2d(
            x,
            self.kernel / Wnorm,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
        )
        if self.use_bias:
            out += K.reshape(self.bias / Wnorm, (1, 1, 1, self.filters))
        return self.activation(out / xnorm)


@add("cosine convolution")
def cosine_conv():
    m = Sequential(
        [CosineConv2D(3, (2, 3), activation="tanh", input_shape=(5, 4, 2)), L.Flatten(), L.Dense(2)]
    )
    return trained(m, normal(N, 5, 4, 2), normal(N, 2))


class SubPixel(Layer):
    def __init__(self, scale_factor=2, data_format=None, **kwargs):
        super(SubPixel, self).__init__(**kwargs)
        self.scale_factor = scale_factor
        self.data_format = data_format or K.image_data_format()

    def call(self, x, mask=None):
        r = self.scale_factor
        _, h, w, c = K.int_shape(x)
        y = K.reshape(x, (-1, h, w, r, r, c // (r * r)))
        y = K.permute_dimensions(y, (0, 1, 3, 2, 4, 5))
        return K.reshape(y, (-1, h * r, w * r, c // (r * r)))

    def compute_output_shape(self, s):
        b, h, w, c = s
        return (b, h * self.scale_factor, w * self.scale_factor, c // self.scale_factor**2)


@add("subpixel upscaling")
def subpixel():
    m = Sequential(
        [L.Conv2D(8, 3, padding="same", input_shape=(3, 4, 2)), SubPixel(), L.Conv2D(1, 1)]
    )
    return trained(m, normal(N, 3, 4, 2), normal(N, 6, 8, 1))


class DSSIM(object):
    def __init__(self, k1=0.01, k2=0.03, kernel_size=2, max_value=1.0):
        self.__name__ = "DSSIM"
        self.kernel_size = kernel_size
        self.c1, self.c2 = (k1 * max_value) ** 2, (k2 * max_value) ** 2

    def __call__(self, y_true, y_pred):
        mean = lambda t: K.pool2d(
            t,
            (self.kernel_size, self.kernel_size),
            strides=(self.kernel_size, self.kernel_size),
            pool_mode="avg",
        )
        y_true = K.reshape(y_true, [-1] + list(K.int_shape(y_pred)[1:]))
        y_pred = K.reshape(y_pred, [-1] + list(K.int_shape(y_pred)[1:]))
        u_true, u_pred = mean(y_true), mean(y_pred)
        var_true, var_pred = (
            mean(K.square(y_true)) - K.square(u_true),
            mean(K.square(y_pred)) - K.square(u_pred),
        )
        covar = mean(y_true * y_pred) - u_true * u_pred
        ssim = (2 * u_true * u_pred + self.c1) * (2 * covar + self.c2)
        denom = (K.square(u_true) + K.square(u_pred) + self.c1) * (var_pred + var_true + self.c2)
        return K.mean((1.0 - ssim / denom) / 2.0)


@add("DSSIM as the loss")
def dssim():
    m = Sequential([L.Conv2D(2, 3, padding="same", activation="sigmoid", input_shape=(4, 4, 1))])
    return trained(
        m, uniform(N, 4, 4, 1), uniform(N, 4, 4, 2), loss=DSSIM(), metrics=[DSSIM(), "mae"]
    )


def jaccard_distance(y_true, y_pred, smooth=100):
    intersection = K.sum(K.abs(y_true * y_pred), axis=-1)
    sum_ = K.sum(K.abs(y_true) + K.abs(y_pred), axis=-1)
    jac = (intersection + smooth) / (sum_ - intersection + smooth)
    return (1 - jac) * smooth


@add("jaccard distance")
def jaccard():
    return trained(
        Sequential([L.Dense(3, activation="sigmoid", input_dim=5)]),
        normal(N, 5),
        np.round(uniform(N, 3)),
        loss=jaccard_distance,
    )


def squash(x, axis=-1):
    s = K.sum(K.square(x), axis, keepdims=True) + K.epsilon()
    return K.sqrt(s) / (0.5 + s) * x


def softmax(x, axis=-1):
    ex = K.exp(x - K.max(x, axis=axis, keepdims=True))
    return ex / K.sum(ex, axis=axis, keepdims=True)


class Capsule(Layer):
    def __init__(self, num_capsule, dim_capsule, routings=3, share_weights=True, **kwargs):
        super(Capsule, self).__init__(**kwargs)
        self.num_capsule, self.dim_capsule, self.routings, self.share_weights = (
            num_capsule,
            dim_capsule,
            routings,
            share_weights,
        )

    def build(self, input_shape):
        dim = input_shape[-1]
        n = 1 if self.share_weights else input_shape[-2]
        self.kernel = self.add_weight(
            name="capsule_kernel",
            shape=(n, dim, self.num_capsule * self.dim_capsule),
            initializer="glorot_uniform",
            trainable=True,
        )
        super(Capsule, self).build(input_shape)

    def call(self, inputs):
        if self.share_weights:
            hat = K.conv1d(inputs, self.kernel, data_format="channels_last")
        else:
            hat = K.local_conv1d(inputs, self.kernel, [1], [1])
        batch_size, n = K.shape(inputs)[0], K.shape(inputs)[1]
        hat = K.reshape(hat, (batch_size, n, self.num_capsule, self.dim_capsule))
        hat = K.permute_dimensions(hat, (0, 2, 1, 3))
        b = K.zeros_like(hat[:, :, :, 0])
        for i in range(self.routings):
            c = softmax(b, 1)
            o = squash(K.batch_dot(c, hat, [2, 2]))
            if i < self.routings - 1:
                b += K.batch_dot(o, hat, [2, 3])
        return o

    def compute_output_shape(self, input_shape):
        return (None, self.num_capsule, self.dim_capsule)


@add("capsules")
def capsules():
    x = L.Input((4, 4, 6))
    h = L.Reshape((16, 6))(x)
    c = Capsule(3, 2, 3, True)(h)
    length = L.Lambda(lambda z: K.sqrt(K.sum(K.square(z), 2)), output_shape=(3,))(c)
    margin = lambda t, p: K.sum(
        t * K.square(K.relu(0.9 - p)) + 0.25 * (1 - t) * K.square(K.relu(p - 0.1)), -1
    )
    return trained(
        Model(x, length),
        normal(N, 4, 4, 6),
        one_hot(integers(3, N), 3),
        loss=margin,
        metrics=["accuracy"],
    )


class CRF(Layer):
    """Linear chain, its normaliser by K.rnn, the best path at test time."""

    def __init__(self, units, **kwargs):
        super(CRF, self).__init__(**kwargs)
        self.supports_masking = True
        self.units = units

    def build(self, input_shape):
        input_shape = tuple(input_shape)
        self.input_spec = [InputSpec(shape=input_shape)]
        self.input_dim = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(self.input_dim, self.units), name="kernel", initializer="glorot_uniform"
        )
        self.chain_kernel = self.add_weight(
            shape=(self.units, self.units), name="chain_kernel", initializer="orthogonal"
        )
        self.bias = self.add_weight(shape=(self.units,), name="bias", initializer="zeros")
        self.left_boundary = self.add_weight(shape=(self.units,), name="left", initializer="zeros")
        self.built = True

    def energies(self, x):
        e = K.dot(x, self.kernel) + self.bias
        return K.concatenate(
            [e[:, :1, :] + K.expand_dims(K.expand_dims(self.left_boundary, 0), 0), e[:, 1:, :]],
            axis=1,
        )

    def call(self, x, mask=None):
        e = self.energies(x)
        test = K.one_hot(K.argmax(e, -1), self.units)
        self.last_energies = e
        return K.in_train_phase(K.softmax(e), test)

    def compute_output_shape(self, s):
        return s[:2] + (self.units,)

    def compute_mask(self, x, mask=None):
        return mask

    def log_norm(self, e, mask=None):
        chain = K.expand_dims(self.chain_kernel, 0)

        def step(energy, states):
            previous = states[0]
            t = K.expand_dims(previous, 2) + K.expand_dims(energy, 1) + chain
            m = K.max(t, axis=1)
            new = m + K.log(K.sum(K.exp(t - K.expand_dims(m, 1)), 1))
            return new, [new]

        last, _, _ = K.rnn(step, e[:, 1:, :], [e[:, 0, :]])
        m = K.max(last, 1)
        return m + K.log(K.sum(K.exp(last - K.expand_dims(m, 1)), 1))

    def loss(self, y_true, y_pred):
        e = self.energies(
            self.inbound_nodes[0].input_tensors[0]
            if hasattr(self, "inbound_nodes")
            else self._inbound_nodes[0].input_tensors[0]
        )
        point = K.sum(K.sum(e * y_true, 2), 1)
        links = K.sum(K.sum(K.dot(y_true[:, :-1, :], self.chain_kernel) * y_true[:, 1:, :], 2), 1)
        return self.log_norm(e) - point - links


@add("conditional random field")
def crf():
    x = L.Input((5,))
    h = L.Embedding(9, 4)(x)
    layer = CRF(3)
    m = Model(x, layer(h))
    randomize(m)
    m.compile(SGD(0.1), loss=layer.loss, metrics=["accuracy"])
    words, tags = integers(9, N, 5), one_hot(integers(3, N, 5), 3)
    return {"losses": steps(m, words, tags), "weights": m.get_weights(), "after": m.predict(words)}


class MinibatchDiscrimination(Layer):
    def __init__(self, nb_kernels, kernel_dim, **kwargs):
        self.nb_kernels, self.kernel_dim = nb_kernels, kernel_dim
        super(MinibatchDiscrimination, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 2
        self.input_spec = [InputSpec(dtype=K.floatx(), shape=(None, input_shape[1]))]
        self.W = self.add_weight(
            shape=(self.nb_kernels, input_shape[1], self.kernel_dim),
            initializer="glorot_uniform",
            name="kernel",
            trainable=True,
        )
        super(MinibatchDiscrimination, self).build(input_shape)

    def call(self, x, mask=None):
        activation = K.reshape(K.dot(x, self.W), (-1, self.nb_kernels, self.kernel_dim))
        diffs = K.expand_dims(activation, 3) - K.expand_dims(
            K.permute_dimensions(activation, [1, 2, 0]), 0
        )
        abs_diffs = K.sum(K.abs(diffs), axis=2)
        return K.concatenate([x, K.sum(K.exp(-abs_diffs), axis=2)], axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[1] + self.nb_kernels


@add("minibatch discrimination")
def minibatch():
    m = Sequential([L.Dense(4, input_dim=5), MinibatchDiscrimination(3, 2), L.Dense(1)])
    return trained(m, normal(N, 5), normal(N, 1))


class BatchRenormalization(Layer):
    def __init__(
        self,
        axis=-1,
        momentum=0.9,
        epsilon=1e-3,
        r_max_value=3.0,
        d_max_value=5.0,
        t_delta=1e-3,
        **kwargs,
    ):
        self.supports_masking = True
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.r_max_value, self.d_max_value, self.t_delta = r_max_value, d_max_value, t_delta
        super(BatchRenormalization, self).__init__(**kwargs)

    def build(self, input_shape):
        dim = input_shape[self.axis]
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: dim})
        shape = (dim,)
        self.gamma = self.add_weight(
            shape=shape, initializer="ones", name="{}_gamma".format(self.name)
        )
        self.beta = self.add_weight(
            shape=shape, initializer="zeros", name="{}_beta".format(self.name)
        )
        self.running_mean = self.add_weight(
            shape=shape,
            initializer="zeros",
            name="{}_running_mean".format(self.name),
            trainable=False,
        )
        self.running_variance = self.add_weight(
            shape=shape,
            initializer="ones",
            name="{}_running_std".format(self.name),
            trainable=False,
        )
        self.r_max = K.variable(1.0, name="{}_r_max".format(self.name))
        self.d_max = K.variable(0.0, name="{}_d_max".format(self.name))
        self.t = K.variable(0.0, name="{}_t".format(self.name))
        self.t_delta_tensor = K.constant(self.t_delta)
        self.built = True

    def call(self, inputs, training=None):
        input_shape = K.int_shape(inputs)
        reduction_axes = list(range(len(input_shape)))
        del reduction_axes[self.axis]
        mean_batch, var_batch = K.mean(inputs, reduction_axes), K.var(inputs, reduction_axes)
        std_batch = K.sqrt(var_batch + self.epsilon)
        r = std_batch / K.sqrt(self.running_variance + self.epsilon)
        r = K.stop_gradient(K.minimum(K.maximum(r, 1 / self.r_max), self.r_max))
        d = (mean_batch - self.running_mean) / K.sqrt(self.running_variance + self.epsilon)
        d = K.stop_gradient(K.minimum(K.maximum(d, -self.d_max), self.d_max))
        x_normed = (((inputs - mean_batch) / std_batch) * r + d) * self.gamma + self.beta
        r_max = self.r_max_value / (1 + (self.r_max_value - 1) * K.exp(-self.t))
        d_max = self.d_max_value / (1 + ((self.d_max_value / 1e-3) - 1) * K.exp(-(2 * self.t)))
        self.add_update(
            [
                K.moving_average_update(self.running_mean, mean_batch, self.momentum),
                K.moving_average_update(self.running_variance, std_batch**2, self.momentum),
                K.update(self.r_max, r_max),
                K.update(self.d_max, d_max),
                K.update_add(self.t, 1e-3),
            ],
            inputs,
        )

        def running():
            return K.batch_normalization(
                inputs,
                self.running_mean,
                self.running_variance,
                self.beta,
                self.gamma,
                epsilon=self.epsilon,
            )

        return K.in_train_phase(x_normed, running, training=training)


@add("batch renormalization")
def renorm():
    m = Sequential([L.Dense(4, input_dim=5), BatchRenormalization(), L.Dense(2)])
    randomize(m)
    w = m.layers[1].get_weights()
    w[3] = np.abs(w[3]) + 0.5
    m.layers[1].set_weights(w)
    m.compile(SGD(0.05), "mse")
    x, y = normal(N, 5), normal(N, 2)
    out = {"before": m.predict(x), "losses": steps(m, x, y)}
    l = m.layers[1]
    return dict(
        out,
        weights=m.get_weights(),
        after=m.predict(x),
        numbers=[K.get_value(l.r_max), K.get_value(l.d_max), K.get_value(l.t)],
    )


class ConcreteDropout(Wrapper):
    def __init__(self, layer, weight_regularizer=1e-2, dropout_regularizer=1e-1, **kwargs):
        super(ConcreteDropout, self).__init__(layer, **kwargs)
        self.weight_regularizer, self.dropout_regularizer = weight_regularizer, dropout_regularizer
        self.supports_masking = True
        self.p_logit, self.p = None, None

    def build(self, input_shape=None):
        self.input_spec = InputSpec(shape=input_shape)
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        super(ConcreteDropout, self).build()
        self.p_logit = self.layer.add_weight(
            name="p_logit",
            shape=(1,),
            initializer=initializers.RandomUniform(-2.0, 0.0),
            trainable=True,
        )
        self.p = K.sigmoid(self.p_logit[0])
        input_dim = np.prod(input_shape[1:])
        kernel_regularizer = (
            self.weight_regularizer * K.sum(K.square(self.layer.kernel)) / (1.0 - self.p)
        )
        dropout_regularizer = (
            (self.p * K.log(self.p) + (1.0 - self.p) * K.log(1.0 - self.p))
            * self.dropout_regularizer
            * input_dim
        )
        self.layer.add_loss(K.sum(kernel_regularizer + dropout_regularizer))

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def call(self, inputs, training=None):
        return self.layer.call(inputs * (1 - self.p))


@add("concrete dropout as a wrapper")
def concrete():
    x = L.Input((5,))
    m = Model(x, L.Dense(2)(ConcreteDropout(L.Dense(4, activation="tanh"))(x)))
    return trained(m, normal(N, 5), normal(N, 2))


# ---- attention
class AttentionWithContext(Layer):
    def __init__(self, W_regularizer=None, u_regularizer=None, bias=True, **kwargs):
        self.supports_masking = True
        self.init = initializers.get("glorot_uniform")
        self.W_regularizer = regularizers.get(W_regularizer)
        self.bias = bias
        super(AttentionWithContext, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight(
            shape=(input_shape[-1], input_shape[-1]),
            initializer=self.init,
            name="{}_W".format(self.name),
            regularizer=self.W_regularizer,
        )
        self.b = self.add_weight(
            shape=(input_shape[-1],), initializer="zero", name="{}_b".format(self.name)
        )
        self.u = self.add_weight(
            shape=(input_shape[-1],), initializer=self.init, name="{}_u".format(self.name)
        )
        super(AttentionWithContext, self).build(input_shape)

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        uit = K.tanh(K.dot(x, self.W) + self.b)
        ait = K.squeeze(K.dot(uit, K.expand_dims(self.u)), axis=-1)
        a = K.exp(ait)
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        a = K.expand_dims(a)
        return K.sum(x * a, axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[-1]


@add("hierarchical attention")
def han():
    sentence = L.Input((4,), dtype="int32")
    h = AttentionWithContext(W_regularizer="l2")(
        L.Bidirectional(L.GRU(3, return_sequences=True))(
            L.Embedding(9, 3, mask_zero=True)(sentence)
        )
    )
    encoder = Model(sentence, h)
    review = L.Input((3, 4), dtype="int32")
    r = AttentionWithContext()(
        L.Bidirectional(L.GRU(2, return_sequences=True))(L.TimeDistributed(encoder)(review))
    )
    m = Model(review, L.Dense(2, activation="softmax")(r))
    words = integers(9, N, 3, 4)
    words[:3, :, 2:] = 0
    words[:, :, 0] = 1
    return trained(m, words, one_hot(integers(2, N), 2), loss="categorical_crossentropy")


@add("attention by permuting")
def permuted():
    x = L.Input((5, 3))
    h = L.LSTM(4, return_sequences=True)(x)
    a = L.Permute((2, 1))(h)
    a = L.Reshape((4, 5))(a)
    a = L.Dense(5, activation="softmax")(a)
    a = L.Lambda(lambda t: K.mean(t, axis=1), name="dim_reduction")(a)
    a = L.RepeatVector(4)(a)
    p = L.Permute((2, 1), name="attention_vec")(a)
    m = Model(x, L.Dense(1)(L.Flatten()(L.multiply([h, p]))))
    out = trained(m, normal(N, 5, 3), normal(N, 1))
    f = K.function([m.input] + [K.learning_phase()], [m.get_layer("attention_vec").output])
    return dict(out, vector=f([normal(N, 5, 3), 0.0])[0])


@add("attention of words seen one by one", ("224",))
def bahdanau():
    repeat, concat, dense1, dense2, act, dot = (
        L.RepeatVector(4),
        L.Concatenate(axis=-1),
        L.Dense(3, activation="tanh"),
        L.Dense(1, activation="relu"),
        L.Activation(lambda t: softmax(t, 1)),
        L.Dot(axes=1),
    )
    x, s0, c0 = L.Input((4, 3)), L.Input((5,)), L.Input((5,))
    a = L.Bidirectional(L.LSTM(2, return_sequences=True))(x)
    cell, out_layer = L.LSTM(5, return_state=True), L.Dense(2, activation="softmax")
    s, c, outs = s0, c0, []
    for _ in range(3):
        e = dense2(dense1(concat([a, repeat(s)])))
        context = dot([act(e), a])
        s, _, c = cell(context, initial_state=[s, c])
        outs.append(out_layer(s))
    m = Model([x, s0, c0], outs)
    y = [one_hot(integers(2, N, seed=i), 2) for i in range(3)]
    zero = np.zeros((N, 5))
    randomize(m)
    m.compile(SGD(0.1), "categorical_crossentropy")
    return {"losses": steps(m, [normal(N, 4, 3), zero, zero], y), "weights": m.get_weights()}


@add("sequence to sequence with inference models", ("224",))
def seq2seq():
    enc = L.Input((None, 3))
    _, h, c = L.LSTM(4, return_state=True)(enc)
    dec = L.Input((None, 2))
    lstm, dense = (
        L.LSTM(4, return_sequences=True, return_state=True),
        L.Dense(2, activation="softmax"),
    )
    out, _, _ = lstm(dec, initial_state=[h, c])
    m = Model([enc, dec], dense(out))
    a, b, y = normal(N, 5, 3), one_hot(integers(2, N, 4), 2), one_hot(integers(2, N, 4, seed=5), 2)
    result = trained(m, [a, b], y, loss="categorical_crossentropy")
    encoder = Model(enc, [h, c])
    hi, ci = L.Input((4,)), L.Input((4,))
    out, h2, c2 = lstm(dec, initial_state=[hi, ci])
    decoder = Model([dec, hi, ci], [dense(out), h2, c2])
    states, token, said = encoder.predict(a), b[:, :1], []
    for _ in range(3):
        token, sh, sc = decoder.predict([token] + states)
        states = [sh, sc]
        said.append(token)
        token = np.eye(2)[token.argmax(-1)]
    return dict(result, said=np.array(said))


@add("memory network")
def memnn():
    story, question = L.Input((6,)), L.Input((3,))
    em, ec, eq = (Sequential([L.Embedding(9, n), L.Dropout(0.0)]) for n in (4, 3, 4))
    m_, c_, q_ = em(story), ec(story), eq(question)
    match = L.Activation("softmax")(L.dot([m_, q_], axes=(2, 2)))
    response = L.Permute((2, 1))(L.add([match, c_]))
    answer = L.LSTM(3)(L.concatenate([response, q_]))
    m = Model([story, question], L.Activation("softmax")(L.Dense(9)(answer)))
    return trained(
        m,
        [integers(9, N, 6), integers(9, N, 3)],
        integers(9, N, 1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


# ---- losses that hold tensors of the model
class VariationalLayer(Layer):
    def __init__(self, **kwargs):
        self.is_placeholder = True
        super(VariationalLayer, self).__init__(**kwargs)

    def vae_loss(self, x, decoded, mean, log_var):
        xent = 5 * metrics.binary_crossentropy(x, decoded)
        kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
        return K.mean(xent + kl)

    def call(self, inputs):
        self.add_loss(self.vae_loss(*inputs), inputs=inputs)
        return inputs[0]


def vae_parts():
    x = L.Input((5,))
    h = L.Dense(4, activation="relu")(x)
    mean, log_var = L.Dense(2)(h), L.Dense(2)(h)
    z = L.Lambda(
        lambda a: (
            a[0]
            + K.exp(a[1] / 2) * K.random_normal(shape=(K.shape(a[0])[0], 2), mean=0.0, stddev=0.0)
        ),
        output_shape=(2,),
    )([mean, log_var])
    d1, d2 = L.Dense(4, activation="relu"), L.Dense(5, activation="sigmoid")
    return x, mean, log_var, z, d1, d2


@add("VAE by a layer")
def vae_layer():
    x, mean, log_var, z, d1, d2 = vae_parts()
    y = VariationalLayer()([x, d2(d1(z)), mean, log_var])
    m = Model(x, y)
    randomize(m)
    m.compile(optimizer=SGD(0.1), loss=None)
    data = uniform(N, 5)
    h = m.fit(data, None, shuffle=False, epochs=3, batch_size=N, verbose=0)
    code = L.Input((2,))
    return dict(
        history_values(h),
        weights=m.get_weights(),
        codes=Model(x, mean).predict(data),
        generated=Model(code, d2(d1(code))).predict(normal(3, 2)),
    )


@add("VAE by a loss that closes over tensors")
def vae_closure():
    x, mean, log_var, z, d1, d2 = vae_parts()
    m = Model(x, d2(d1(z)))

    def vae_loss(y, p):
        return K.mean(K.square(y - p), axis=-1) - 0.5 * K.mean(
            1 + log_var - K.square(mean) - K.exp(log_var), axis=-1
        )

    data = uniform(N, 5)
    return trained(m, data, data, loss=vae_loss, metrics=["mse"])


@add("center loss by an embedding")
def center():
    x, label = L.Input((5,)), L.Input((1,))
    feature = L.Dense(3, activation="tanh", name="feature")(x)
    out = L.Dense(4, activation="softmax", name="out")(feature)
    centers = L.Embedding(4, 3)(label)
    l2 = L.Lambda(lambda t: K.sum(K.square(t[0] - t[1][:, 0]), 1, keepdims=True), name="l2")(
        [feature, centers]
    )
    m = Model([x, label], [out, l2])
    y = integers(4, N, 1)
    return_ = {}
    randomize(m)
    m.compile(
        SGD(0.1),
        loss=["sparse_categorical_crossentropy", lambda t, p: p],
        loss_weights=[1, 0.2],
        metrics={"out": "accuracy"},
    )
    return_["losses"] = steps(m, [normal(N, 5), y], [y, np.zeros((N, 1))])
    return dict(return_, names=" ".join(m.metrics_names), weights=m.get_weights())


def weighted_categorical_crossentropy(weights):
    weights = K.variable(weights)

    def loss(y_true, y_pred):
        y_pred /= K.sum(y_pred, axis=-1, keepdims=True)
        y_pred = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
        return -K.sum(y_true * K.log(y_pred) * weights, -1)

    return loss


@add("weighted cross-entropy")
def weighted():
    return trained(
        Sequential([L.Dense(3, activation="softmax", input_dim=5)]),
        normal(N, 5),
        one_hot(integers(3, N), 3),
        loss=weighted_categorical_crossentropy(np.array([0.5, 2.0, 10.0])),
    )


@add("policy gradient with an advantage input")
def policy():
    state, advantage, old = L.Input((4,)), L.Input((1,)), L.Input((2,))
    p = L.Dense(2, activation="softmax")(L.Dense(3, activation="tanh")(state))
    m = Model([state, advantage, old], p)

    def ppo(y_true, y_pred):
        prob, old_prob = (
            K.sum(y_true * y_pred, -1, keepdims=True),
            K.sum(y_true * old, -1, keepdims=True),
        )
        r = prob / (old_prob + 1e-10)
        return -K.mean(
            K.minimum(r * advantage, K.clip(r, 0.8, 1.2) * advantage)
            + 1e-3 * -(prob * K.log(prob + 1e-10))
        )

    return trained(
        m,
        [normal(N, 4), normal(N, 1), uniform(N, 2, low=0.2)],
        one_hot(integers(2, N), 2),
        loss=ppo,
    )


@add("DQN with a mask and a frozen target")
def dqn():
    def net():
        return Sequential([L.Dense(6, activation="relu", input_dim=4), L.Dense(3)])

    online, target = net(), net()
    randomize(online)
    target.set_weights(online.get_weights())
    state, mask, goal = L.Input((4,)), L.Input((3,)), L.Input((3,))

    def huber(args):
        t, p, m = args
        e = (t - p) * m
        return K.sum(
            0.5 * K.square(K.clip(K.abs(e), 0.0, 1.0)) + K.abs(e) - K.clip(K.abs(e), 0.0, 1.0),
            axis=-1,
            keepdims=True,
        )

    loss_out = L.Lambda(huber, output_shape=(1,), name="loss")([goal, online(state), mask])
    m = Model([goal, state, mask], [loss_out, online(state)])
    m.compile(SGD(0.1), loss=[lambda t, p: p, lambda t, p: K.zeros_like(p)])
    s, a = normal(N, 4), one_hot(integers(3, N), 3)
    out = []
    for _ in range(3):
        q = target.predict(s).max(1)
        out.append(
            m.train_on_batch(
                [a * (0.5 + 0.9 * q)[:, None], s, a], [np.zeros((N, 1)), np.zeros((N, 3))]
            )
        )
        target.set_weights(
            [0.9 * t + 0.1 * o for t, o in zip(target.get_weights(), online.get_weights())]
        )
    return {"losses": out, "weights": online.get_weights(), "target": target.get_weights()}


@add("actor and critic by K.function")
def reinforce():
    m = Sequential([L.Dense(3, activation="softmax", input_dim=4)])
    randomize(m)
    action, reward = (
        K.placeholder(shape=(None, 3), name="action"),
        K.placeholder(shape=(None,), name="reward"),
    )
    prob = K.sum(action * m.output, axis=1)
    loss = -K.mean(K.log(prob) * reward)
    opt = SGD(0.1)
    updates = (
        opt.get_updates(m.trainable_weights, [], loss)
        if keras.__version__ < "2.0.5"
        else opt.get_updates(params=m.trainable_weights, loss=loss)
    )
    train = K.function([m.input, action, reward], [loss], updates=updates)
    s, a, r = normal(N, 4), one_hot(integers(3, N), 3), normal(N)
    return {"losses": [train([s, a, r])[0] for _ in range(3)], "weights": m.get_weights()}


# ---- games of several models
def discriminator():
    m = Sequential()
    m.add(L.Dense(6, input_dim=4))
    m.add(L.LeakyReLU(alpha=0.2))
    m.add(L.BatchNormalization(momentum=0.8))
    m.add(L.Dense(1, activation="sigmoid"))
    return m


def generator(out=4):
    m = Sequential()
    m.add(L.Dense(5, input_dim=3))
    m.add(L.BatchNormalization(momentum=0.8))
    m.add(L.Activation("relu"))
    m.add(L.Dense(out, activation="tanh"))
    return m


def play(d, combined, make, names, real, noise):
    out = []
    ones, zeros = np.ones((N, 1)), np.zeros((N, 1))
    for i in range(2):
        fake = make(noise)
        out.append(np.ravel(d.train_on_batch(real, ones)))
        out.append(np.ravel(d.train_on_batch(fake, zeros)))
        out.append(np.ravel(combined.train_on_batch(noise, ones)))
    return out


@add("GAN with batch normalization in both")
def gan():
    d, g = discriminator(), generator()
    randomize(d)
    randomize(g)
    d.compile(loss="binary_crossentropy", optimizer=SGD(0.1), metrics=["accuracy"])
    z = L.Input((3,))
    d.trainable = False
    combined = Model(z, d(g(z)))
    combined.compile(loss="binary_crossentropy", optimizer=SGD(0.1))
    out = play(d, combined, g.predict, None, normal(N, 4), normal(N, 3))
    return {
        "losses": np.concatenate(out),
        "d": d.get_weights(),
        "g": g.get_weights(),
        "n": len(combined.trainable_weights),
        "m": len(d.trainable_weights),
    }


@add("InfoGAN with a shared trunk")
def infogan():
    x = L.Input((4,))
    trunk = Sequential(
        [L.Dense(6, input_dim=4), L.LeakyReLU(0.2), L.BatchNormalization(momentum=0.8)]
    )
    h = trunk(x)
    d = Model(x, L.Dense(1, activation="sigmoid")(h))
    q = Model(x, L.Dense(2, activation="softmax")(L.Dense(3)(h)))
    g = generator()
    for m in (trunk, d, q, g):
        randomize(m)
    d.compile(loss=["binary_crossentropy"], optimizer=SGD(0.1), metrics=["accuracy"])
    q.compile(loss=["categorical_crossentropy"], optimizer=SGD(0.1), metrics=["accuracy"])
    z = L.Input((3,))
    image = g(z)
    d.trainable = False
    combined = Model(z, [d(image), q(image)])
    combined.compile(loss=["binary_crossentropy", "categorical_crossentropy"], optimizer=SGD(0.1))
    real, noise, label = normal(N, 4), normal(N, 3), one_hot(integers(2, N), 2)
    out = []
    for _ in range(2):
        out.append(np.ravel(d.train_on_batch(real, np.ones((N, 1)))))
        out.append(np.ravel(d.train_on_batch(g.predict(noise), np.zeros((N, 1)))))
        out.append(np.ravel(combined.train_on_batch(noise, [np.ones((N, 1)), label])))
    return {
        "losses": np.concatenate(out),
        "trunk": trunk.get_weights(),
        "g": g.get_weights(),
        "q": q.get_weights(),
    }


@add("CoGAN with shared layers")
def cogan():
    z = L.Input((3,))
    shared = Sequential(
        [L.Dense(5, input_dim=3), L.LeakyReLU(0.2), L.BatchNormalization(momentum=0.8)]
    )
    h = shared(z)
    g1, g2 = Model(z, L.Dense(4)(h)), Model(z, L.Dense(4)(h))
    body = Sequential(
        [L.Dense(5, input_dim=4), L.LeakyReLU(0.2), L.BatchNormalization(momentum=0.8)]
    )
    x1, x2 = L.Input((4,)), L.Input((4,))
    d1, d2 = (
        Model(x1, L.Dense(1, activation="sigmoid")(body(x1))),
        Model(x2, L.Dense(1, activation="sigmoid")(body(x2))),
    )
    for m in (shared, body, g1, g2, d1, d2):
        randomize(m)
    for d in (d1, d2):
        d.compile(SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    d1.trainable = d2.trainable = False
    combined = Model(z, [d1(g1(z)), d2(g2(z))])
    combined.compile(SGD(0.1), ["binary_crossentropy", "binary_crossentropy"])
    a, b, noise = normal(N, 4), normal(N, 4, seed=9), normal(N, 3)
    one, nil, out = np.ones((N, 1)), np.zeros((N, 1)), []
    for _ in range(2):
        for d, r, g in ((d1, a, g1), (d2, b, g2)):
            out += [
                np.ravel(d.train_on_batch(r, one)),
                np.ravel(d.train_on_batch(g.predict(noise), nil)),
            ]
        out.append(np.ravel(combined.train_on_batch(noise, [one, one])))
    return {
        "losses": np.concatenate(out),
        "shared": shared.get_weights(),
        "body": body.get_weights(),
        "g1": g1.get_weights(),
        "d2": d2.get_weights(),
    }


@add("ACGAN with an embedding of labels")
def acgan():
    x = L.Input((4,))
    f = Sequential([L.Dense(6, activation="relu", input_dim=4), L.Dropout(0.0)])(x)
    d = Model(
        x,
        [
            L.Dense(1, activation="sigmoid", name="generation")(f),
            L.Dense(3, activation="softmax", name="auxiliary")(f),
        ],
    )
    body = Sequential([L.Dense(5, activation="relu", input_dim=3), L.Dense(4)])
    latent, label = L.Input((3,)), L.Input((1,), dtype="int32")
    cls = L.Flatten()(L.Embedding(3, 3, embeddings_initializer="glorot_normal")(label))
    g = Model([latent, label], body(L.multiply([latent, cls])))
    randomize(d)
    randomize(g)
    d.compile(SGD(0.1), ["binary_crossentropy", "sparse_categorical_crossentropy"])
    fake = g([latent, label])
    d.trainable = False
    combined = Model([latent, label], list(d(fake)))
    combined.compile(SGD(0.1), ["binary_crossentropy", "sparse_categorical_crossentropy"])
    y, z, out = integers(3, N), normal(N, 3), []
    for _ in range(2):
        made = g.predict([z, y.reshape((-1, 1))], verbose=0)
        out.append(
            d.train_on_batch(
                np.concatenate([normal(N, 4), made]),
                [np.array([0.95] * N + [0] * N), np.concatenate([y, y])],
            )
        )
        out.append(combined.train_on_batch([z, y.reshape((-1, 1))], [np.ones(N), y]))
    return {
        "losses": np.array(out),
        "names": " ".join(d.metrics_names),
        "d": d.get_weights(),
        "g": g.get_weights(),
    }


@add("WGAN with clipped weights")
def wgan():
    def wasserstein(t, p):
        return K.mean(t * p)

    critic, g = Sequential([L.Dense(5, activation="tanh", input_dim=4), L.Dense(1)]), generator()
    randomize(critic)
    randomize(g)
    critic.compile(SGD(0.01), wasserstein)
    z = L.Input((3,))
    critic.trainable = False
    both = Model(z, critic(g(z)))
    both.compile(SGD(0.01), wasserstein)
    out = []
    for _ in range(2):
        for _ in range(2):
            out.append(critic.train_on_batch(normal(N, 4), -np.ones((N, 1))))
            out.append(critic.train_on_batch(g.predict(normal(N, 3)), np.ones((N, 1))))
            for l in critic.layers:
                l.set_weights([np.clip(w, -0.3, 0.3) for w in l.get_weights()])
        out.append(both.train_on_batch(normal(N, 3), -np.ones((N, 1))))
    return {"losses": out, "critic": critic.get_weights(), "g": g.get_weights()}


@add("WGAN-GP with a merge layer of one's own")
def wgan_gp():
    from keras.layers.merge import _Merge

    class RandomWeightedAverage(_Merge):
        def _merge_function(self, inputs):
            weights = K.random_uniform((N, 1)) * 0 + 0.3
            return (weights * inputs[0]) + ((1 - weights) * inputs[1])

    critic, g = (
        Sequential([L.Dense(5, activation="tanh", input_dim=4), L.Dense(1)]),
        Sequential([L.Dense(4, input_dim=3)]),
    )
    randomize(critic)
    randomize(g)

    def gradient_penalty_loss(y_true, y_pred, averaged_samples):
        gradients = K.gradients(y_pred, averaged_samples)[0]
        squared = K.square(gradients)
        norm = K.sqrt(K.sum(squared, axis=np.arange(1, len(squared.shape))))
        return K.mean(K.square(1 - norm))

    g.trainable = False
    real, z = L.Input((4,)), L.Input((3,))
    fake = g(z)
    inter = RandomWeightedAverage()([real, fake])
    partial = functools.partial(gradient_penalty_loss, averaged_samples=inter)
    partial.__name__ = "gradient_penalty"
    wass = lambda t, p: K.mean(t * p)
    m = Model([real, z], [critic(real), critic(fake), critic(inter)])
    m.compile(SGD(0.1), [wass, wass, partial], loss_weights=[1, 1, 10])
    critic.trainable, g.trainable = False, True
    noise = L.Input((3,))
    gm = Model(noise, critic(g(noise)))
    gm.compile(SGD(0.1), wass)
    one = np.ones((N, 1))
    out = []
    for _ in range(2):
        out += list(m.train_on_batch([normal(N, 4), normal(N, 3)], [-one, one, 0 * one]))
        out.append(gm.train_on_batch(normal(N, 3), -one))
    return {"losses": out, "critic": critic.get_weights(), "g": g.get_weights()}


@add("CycleGAN in small")
def cyclegan():
    def net():
        return Sequential([L.Dense(4, activation="tanh", input_dim=4), L.Dense(4)])

    ab, ba, da, db = net(), net(), discriminator(), discriminator()
    for m in (ab, ba, da, db):
        randomize(m)
    for d in (da, db):
        d.compile(SGD(0.1), "mse", metrics=["accuracy"])
    a, b = L.Input((4,)), L.Input((4,))
    fb, fa = ab(a), ba(b)
    da.trainable = db.trainable = False
    combined = Model(inputs=[a, b], outputs=[da(fa), db(fb), ba(fb), ab(fa), ba(a), ab(b)])
    combined.compile(
        loss=["mse", "mse", "mae", "mae", "mae", "mae"],
        loss_weights=[1, 1, 10, 10, 1, 1],
        optimizer=SGD(0.02),
    )
    x, y, one = normal(N, 4), normal(N, 4, seed=3), np.ones((N, 1))
    out = []
    for _ in range(2):
        out.append(np.ravel(da.train_on_batch(x, one)))
        out.append(np.ravel(db.train_on_batch(ab.predict(x), 0 * one)))
        out.append(np.ravel(combined.train_on_batch([x, y], [one, one, x, y, x, y])))
    return {"losses": np.concatenate(out), "ab": ab.get_weights(), "da": da.get_weights()}


@add("adversarial autoencoder")
def aae():
    x = L.Input((4,))
    h = L.Dense(5, activation="relu")(x)
    mu, log_var = L.Dense(2)(h), L.Dense(2)(h)
    code = (
        L.merge(
            [mu, log_var],
            mode=lambda p: p[0] + K.random_normal(K.shape(p[0])) * 0 * K.exp(p[1] / 2),
            output_shape=lambda p: p[0],
        )
        if keras.__version__ < "2.1"
        else L.Lambda(
            lambda p: p[0] + K.random_normal(K.shape(p[0])) * 0 * K.exp(p[1] / 2),
            output_shape=lambda p: p[0],
        )([mu, log_var])
    )
    enc, dec, d = (
        Model(x, code),
        Sequential([L.Dense(4, input_dim=2)]),
        Sequential([L.Dense(3, activation="tanh", input_dim=2), L.Dense(1, activation="sigmoid")]),
    )
    for m in (enc, dec, d):
        randomize(m)
    d.compile(SGD(0.1), "binary_crossentropy")
    d.trainable = False
    c = enc(x)
    m = Model(x, [dec(c), d(c)])
    m.compile(SGD(0.1), ["mse", "binary_crossentropy"], loss_weights=[0.999, 0.001])
    data, one, out = normal(N, 4), np.ones((N, 1)), []
    for _ in range(2):
        out += [
            d.train_on_batch(enc.predict(data), 0 * one),
            d.train_on_batch(normal(N, 2), one),
        ] + list(m.train_on_batch(data, [data, one]))
    return {"losses": out, "enc": enc.get_weights(), "d": d.get_weights()}


@add("siamese with batch normalization")
def siamese():
    base = Sequential(
        [L.Dense(6, activation="relu", input_dim=5), L.BatchNormalization(momentum=0.8), L.Dense(3)]
    )
    a, b = L.Input((5,)), L.Input((5,))
    d = L.Lambda(
        lambda v: K.sqrt(
            K.maximum(K.sum(K.square(v[0] - v[1]), axis=1, keepdims=True), K.epsilon())
        ),
        output_shape=lambda s: (s[0][0], 1),
    )([base(a), base(b)])
    m = Model([a, b], d)

    def contrastive(y, p):
        return K.mean(y * K.square(p) + (1 - y) * K.square(K.maximum(1 - p, 0)))

    def accuracy(y, p):
        return K.mean(K.equal(y, K.cast(p < 0.5, y.dtype)))

    return trained(
        m,
        [normal(N, 5), normal(N, 5, seed=2)],
        np.round(uniform(N, 1)),
        loss=contrastive,
        metrics=[accuracy],
    )


@add("shared batch normalization trained through two models")
def two_models():
    base = Sequential([L.Dense(4, input_dim=5), L.BatchNormalization(momentum=0.5)])
    x, y = L.Input((5,)), L.Input((5,))
    m1, m2 = Model(x, L.Dense(2)(base(x))), Model(y, L.Dense(3)(base(y)))
    for m in (m1, m2):
        randomize(m)
        m.compile(SGD(0.1), "mse")
    out = []
    for _ in range(2):
        out += [
            m1.train_on_batch(normal(N, 5), normal(N, 2)),
            m2.train_on_batch(normal(N, 5, seed=3), normal(N, 3)),
        ]
    return {
        "losses": out,
        "base": base.get_weights(),
        "p1": m1.predict(normal(N, 5)),
        "updates": [len(m1.updates), len(m2.updates), len(base.updates)],
    }


@add("frozen between compiles")
def frozen():
    base = Sequential([L.Dense(4, activation="tanh", input_dim=5), L.Dense(4)])
    z, top = L.Input((5,)), L.Dense(2)
    m = Model(z, top(base(z)))
    randomize(m)
    x, y, out = normal(N, 5), normal(N, 2), {}
    flags = lambda: [len(m.trainable_weights), len(m.non_trainable_weights)]
    weights = lambda: [w for l in base.layers[-2:] + [top] for w in l.get_weights()]
    m.compile(SGD(0.1), "mse")
    out["a"] = steps(m, x, y, 2)
    base.trainable = False
    out["still trains"] = steps(m, x, y, 1)
    m.compile(SGD(0.1), "mse")
    out["b"] = steps(m, x, y, 2)
    out["after b"] = weights()
    out["count"] = flags()
    base.trainable = True
    base.layers[0].trainable = False
    m.compile(SGD(0.1, momentum=0.9), "mse")
    out["c"] = steps(m, x, y, 2)
    out["after c"] = weights()
    out["count c"] = flags()
    return out


@add("frozen below batch normalization")
def frozen_bn():
    dense, norm, top = L.Dense(4), L.BatchNormalization(momentum=0.5), L.Dense(2)
    x = L.Input((5,))
    m = Model(x, top(norm(dense(x))))
    randomize(m)
    m.compile(SGD(0.1), "mse")
    out = {"a": steps(m, normal(N, 5), normal(N, 2), 2)}
    dense.trainable = False
    m.compile(SGD(0.1), "mse")
    out["b"] = steps(m, normal(N, 5), normal(N, 2), 2)
    return dict(out, w=[w for l in (dense, norm, top) for w in l.get_weights()])


@add("models inside models inside TimeDistributed")
def nested():
    inner = Sequential([L.Dense(4, activation="tanh", input_dim=5)])
    x = L.Input((5,))
    middle = Model(x, L.add([inner(x), L.Dense(4)(x)]))
    frames = L.Input((3, 5))
    h = L.TimeDistributed(middle)(frames)
    out = L.Dense(2)(L.GRU(3)(h))
    m = Model(frames, out)
    result = trained(m, normal(N, 3, 5), normal(N, 2))
    return dict(result, inner=inner.predict(normal(N, 5)), n=m.count_params())


@add("convolutions over frames with batch normalization")
def frames():
    cnn = Sequential([L.Conv2D(2, 2, input_shape=(4, 4, 1)), L.Activation("relu"), L.Flatten()])
    video = L.Input((3, 4, 4, 1))
    m = Model(video, L.Dense(2, activation="softmax")(L.LSTM(3)(L.TimeDistributed(cnn)(video))))
    return trained(
        m, normal(N, 3, 4, 4, 1), one_hot(integers(2, N), 2), loss="categorical_crossentropy"
    )


@add("states before the first call")
def states():
    lstm = L.LSTM(3, stateful=True, return_sequences=True, batch_input_shape=(2, 4, 3))
    m = Sequential([lstm, L.TimeDistributed(L.Dense(2))])
    randomize(m)
    m.compile(SGD(0.1), "mse")
    x, y, out = normal(2, 4, 3), normal(2, 4, 2), {}
    lstm.reset_states(states=[np.ones((2, 3)), 0.5 * np.ones((2, 3))])
    out["first"] = m.predict(x, batch_size=2)
    out["second"] = m.predict(x, batch_size=2)
    m.reset_states()
    out["losses"] = steps(m, x, y)
    out["state"] = [K.get_value(s) for s in lstm.states]
    lstm.reset_states([np.zeros((2, 3)), np.ones((2, 3))])
    return dict(out, last=m.predict(x, batch_size=2))


@add("stateful sequences in epochs of one")
def stateful():
    m = Sequential(
        [
            L.LSTM(4, batch_input_shape=(2, 3, 1), stateful=True, return_sequences=True),
            L.LSTM(3, stateful=True),
            L.Dense(1),
        ]
    )
    randomize(m)
    m.compile(SGD(0.1), "mse")
    x, y, out = normal(8, 3, 1), normal(8, 1), []
    for _ in range(3):
        out += m.fit(x, y, batch_size=2, verbose=0, epochs=1, shuffle=False).history["loss"]
        m.reset_states()
    return {"losses": out, "p": m.predict(x, batch_size=2)}


# ---- pictures made by gradients
def picture_net(x=None):
    return [
        L.Conv2D(3, 3, padding="same", activation="relu", name="block1_conv1"),
        L.MaxPooling2D(),
        L.Conv2D(4, 3, padding="same", activation="relu", name="block2_conv1"),
    ]


@add("filters that are seen best")
def filters():
    m = Sequential(
        [L.Conv2D(3, 3, padding="same", activation="relu", name="c1", input_shape=(8, 8, 3))]
        + picture_net()[1:]
    )
    randomize(m)
    layer_dict = dict([(layer.name, layer) for layer in m.layers])
    out = layer_dict["block2_conv1"].output
    loss = K.mean(out[:, :, :, 1])
    grads = K.gradients(loss, m.input)[0]
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    iterate = K.function([m.input], [loss, grads])
    img, losses = uniform(1, 8, 8, 3), []
    for _ in range(4):
        value, g = iterate([img])
        losses.append(value)
        img = img + g * 0.5
    return {"losses": losses, "img": img}


@add("dreams over octaves")
def dream():
    K.set_learning_phase(0)
    m = Sequential(
        [
            L.Conv2D(
                3, 3, padding="same", activation="relu", name="c1", input_shape=(None, None, 3)
            ),
            L.MaxPooling2D(),
            L.Conv2D(4, 3, padding="same", activation="relu", name="c2"),
        ]
    )
    randomize(m)
    loss = K.variable(0.0)
    for name, coeff in (("c1", 0.2), ("c2", 1.5)):
        x = m.get_layer(name).output
        scaling = K.prod(K.cast(K.shape(x), "float32"))
        loss = loss + coeff * K.sum(K.square(x[:, 2:-2, 2:-2, :])) / scaling
    d = m.input
    grads = K.gradients(loss, d)[0]
    grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
    f = K.function([d], [loss, grads])
    img, out = uniform(1, 12, 12, 3), []
    for size in (12, 16):
        img = img if size == 12 else np.pad(img, ((0, 0), (2, 2), (2, 2), (0, 0)), "edge")
        for _ in range(3):
            v, g = f([img])
            out.append(v)
            img = img + 0.1 * g
    return {"losses": out, "img": img}


@add("style transfer by variables and a placeholder")
def style():
    base, ref = K.variable(uniform(1, 8, 8, 3)), K.variable(uniform(1, 8, 8, 3, seed=4))
    combination = K.placeholder((1, 8, 8, 3))
    input_tensor = K.concatenate([base, ref, combination], axis=0)
    x = L.Input(tensor=input_tensor, shape=(8, 8, 3))
    h = x
    for l in picture_net():
        h = l(h)
    m = Model(x, h)
    randomize(m)
    outputs_dict = dict([(layer.name, layer.output) for layer in m.layers])

    def gram(t):
        f = K.batch_flatten(K.permute_dimensions(t, (2, 0, 1)))
        return K.dot(f, K.transpose(f))

    def style_loss(s, c):
        return K.sum(K.square(gram(s) - gram(c))) / (4.0 * 9 * 64**2)

    def total_variation(t):
        a = K.square(t[:, :7, :7, :] - t[:, 1:, :7, :])
        b = K.square(t[:, :7, :7, :] - t[:, :7, 1:, :])
        return K.sum(K.pow(a + b, 1.25))

    loss = K.variable(0.0)
    feats = outputs_dict["block2_conv1"]
    loss = loss + 0.5 * K.sum(K.square(feats[2, :, :, :] - feats[0, :, :, :]))
    for name in ("block1_conv1", "block2_conv1"):
        f = outputs_dict[name]
        loss = loss + style_loss(f[1, :, :, :], f[2, :, :, :])
    loss = loss + 0.01 * total_variation(combination)
    grads = K.gradients(loss, combination)
    outputs = [loss]
    outputs += grads if isinstance(grads, (list, tuple)) else [grads]
    f = K.function([combination], outputs)
    img, values = uniform(1, 8, 8, 3, seed=8), []
    for _ in range(3):
        v, g = f([img])
        values.append(v)
        img = img - 0.1 * g
    return {"losses": values, "img": img}


@add("what and where")
def swwae():
    def where(x):
        y_pre, y_post = x
        return K.gradients(K.sum(y_post), y_pre)

    img = L.Input((4, 4, 2))
    y = L.Conv2D(3, 3, padding="same")(img)
    pooled = L.MaxPooling2D()(y)
    w = L.Lambda(where, output_shape=lambda s: s[0])([y, pooled])
    up = L.multiply([L.UpSampling2D()(pooled), w])
    m = Model(img, L.Conv2D(2, 3, padding="same")(up))
    x = normal(N, 4, 4, 2)
    return trained(m, x, x)


@add("reading with CTC")
def ocr():
    x, labels, ilen, llen = (
        L.Input((8, 4), name="the_input"),
        L.Input((3,), name="the_labels"),
        L.Input((1,), dtype="int64", name="input_length"),
        L.Input((1,), dtype="int64", name="label_length"),
    )
    g1, g1b = (
        L.GRU(3, return_sequences=True)(x),
        L.GRU(3, return_sequences=True, go_backwards=True)(x),
    )
    y = L.Activation("softmax", name="softmax")(L.Dense(5)(L.concatenate([L.add([g1, g1b]), g1])))

    def ctc(args):
        p, l, i, n = args
        p = p[:, 2:, :]
        return K.ctc_batch_cost(l, p, i, n)

    loss = L.Lambda(ctc, output_shape=(1,), name="ctc")([y, labels, ilen, llen])
    m = Model(inputs=[x, labels, ilen, llen], outputs=loss)
    randomize(m)
    m.compile(
        loss={"ctc": lambda t, p: p},
        optimizer=SGD(lr=0.02, decay=1e-6, momentum=0.9, nesterov=True, clipnorm=5),
    )
    data = {
        "the_input": normal(N, 8, 4),
        "the_labels": integers(4, N, 3).astype("float32"),
        "input_length": np.full((N, 1), 6),
        "label_length": np.full((N, 1), 3),
    }
    out = steps(m, data, {"ctc": np.zeros(N)})
    return {"losses": out, "seen": K.function([x], [y])([normal(N, 8, 4)])[0], "w": m.get_weights()}


@add("IRNN")
def irnn():
    m = Sequential(
        [
            L.SimpleRNN(
                4,
                kernel_initializer=initializers.RandomNormal(stddev=0.001),
                recurrent_initializer=initializers.Identity(gain=1.0),
                activation="relu",
                input_shape=(6, 1),
            ),
            L.Dense(3),
            L.Activation("softmax"),
        ]
    )
    w = m.layers[0].get_weights()
    m.compile(
        loss="categorical_crossentropy", optimizer=optimizers.RMSprop(lr=1e-3), metrics=["accuracy"]
    )
    m.layers[0].set_weights([normal(1, 4), w[1], w[2]])
    m.layers[1].set_weights([normal(4, 3), np.zeros(3)])
    return {"u": w[1], "losses": steps(m, normal(N, 6, 1), one_hot(integers(3, N), 3))}


@add("hierarchical RNN")
def hrnn():
    x = L.Input((4, 3, 2))
    m = Model(x, L.Dense(3, activation="softmax")(L.LSTM(2)(L.TimeDistributed(L.LSTM(3))(x))))
    return trained(
        m, normal(N, 4, 3, 2), one_hot(integers(3, N), 3), loss="categorical_crossentropy"
    )


@add("antirectifier")
def anti():
    class Antirectifier(Layer):
        def compute_output_shape(self, input_shape):
            shape = list(input_shape)
            assert len(shape) == 2
            shape[-1] *= 2
            return tuple(shape)

        def call(self, inputs):
            inputs -= K.mean(inputs, axis=1, keepdims=True)
            inputs = K.l2_normalize(inputs, axis=1)
            return K.concatenate([K.relu(inputs), K.relu(-inputs)], axis=1)

    return trained(
        Sequential(
            [L.Dense(4, input_shape=(5,)), Antirectifier(), L.Dense(3), L.Activation("softmax")]
        ),
        normal(N, 5),
        one_hot(integers(3, N), 3),
        loss="categorical_crossentropy",
    )


@add("words with vectors that stay")
def vectors():
    matrix = normal(9, 3)
    x = L.Input((5,), dtype="int32")
    h = L.Embedding(9, 3, weights=[matrix], input_length=5, trainable=False)(x)
    h = L.GlobalMaxPooling1D()(L.Conv1D(4, 3, activation="relu")(h))
    m = Model(x, L.Dense(2, activation="softmax")(h))
    m.layers[2].set_weights([normal(3, 3, 4), normal(4)])
    m.layers[-1].set_weights([normal(4, 2), normal(2)])
    m.compile(SGD(0.1), "categorical_crossentropy", metrics=["acc"])
    return {
        "losses": steps(m, integers(9, N, 5), one_hot(integers(2, N), 2)),
        "w": m.get_weights(),
        "n": len(m.trainable_weights),
    }


@add("wider and deeper nets with the same answers")
def net2net():
    teacher = Sequential(
        [
            L.Conv2D(2, 3, padding="same", name="conv1", input_shape=(4, 4, 1)),
            L.MaxPooling2D(name="pool1"),
            L.Flatten(name="flatten"),
            L.Dense(4, activation="relu", name="fc1"),
            L.Dense(3, activation="softmax", name="fc2"),
        ]
    )
    randomize(teacher)
    w1, b1 = teacher.get_layer("fc1").get_weights()
    w2, b2 = teacher.get_layer("fc2").get_weights()
    index = np.array([0, 2])
    w1n, b1n = np.concatenate((w1, w1[:, index]), axis=1), np.append(b1, b1[index])
    factor = np.bincount(index, minlength=4)[index] + 1.0
    new = w2[index, :] / factor[:, np.newaxis]
    w2n = np.concatenate((w2, new), axis=0)
    w2n[index, :] = new
    student = Sequential(
        [
            L.Conv2D(2, 3, padding="same", name="conv1", input_shape=(4, 4, 1)),
            L.MaxPooling2D(name="pool1"),
            L.Flatten(name="flatten"),
            L.Dense(6, activation="relu", name="fc1"),
            L.Dense(6, activation="relu", name="fc1-deeper"),
            L.Dense(3, activation="softmax", name="fc2"),
        ]
    )
    names = [l.name for l in teacher.layers]
    for name in names:
        if name not in ("fc1", "fc2"):
            student.get_layer(name).set_weights(teacher.get_layer(name).get_weights())
    student.get_layer("fc1").set_weights([w1n, b1n])
    student.get_layer("fc1-deeper").set_weights([np.eye(6), np.zeros(6)])
    student.get_layer("fc2").set_weights([w2n, b2])
    x = normal(N, 4, 4, 1)
    return {"t": teacher.predict(x), "s": student.predict(x)}


@add("residual network with callbacks")
def resnet():
    def block(x, n, stride=1):
        y = L.Activation("relu")(
            L.BatchNormalization()(
                L.Conv2D(
                    n, 3, strides=stride, padding="same", kernel_regularizer=regularizers.l2(1e-4)
                )(x)
            )
        )
        y = L.BatchNormalization()(L.Conv2D(n, 3, padding="same")(y))
        if stride > 1:
            x = L.Conv2D(n, 1, strides=stride, padding="same")(x)
        return L.Activation("relu")(L.add([x, y]))

    x = L.Input((8, 8, 2))
    m = Model(
        x,
        L.Dense(3, activation="softmax")(
            L.Flatten()(
                L.AveragePooling2D(2)(block(block(L.Conv2D(2, 3, padding="same")(x), 2), 3, 2))
            )
        ),
    )
    randomize(m)
    m.compile(SGD(0.05), "categorical_crossentropy", metrics=["accuracy"])
    sched, reducer = (
        callbacks.LearningRateScheduler(lambda e: 0.05 * 0.5**e),
        callbacks.ReduceLROnPlateau(factor=np.sqrt(0.1), cooldown=0, patience=1, min_lr=0.5e-6),
    )
    h = m.fit(
        normal(N, 8, 8, 2),
        one_hot(integers(3, N), 3),
        epochs=3,
        batch_size=N,
        verbose=0,
        shuffle=False,
        callbacks=[reducer, sched],
    )
    return dict(history_values(h), lr=K.get_value(m.optimizer.lr))


# ---- callbacks
@add("cyclical rates")
def cyclical():
    class CyclicLR(callbacks.Callback):
        def __init__(self, base_lr=0.01, max_lr=0.1, step_size=2.0, gamma=0.99):
            super(CyclicLR, self).__init__()
            self.base_lr, self.max_lr, self.step_size, self.gamma = (
                base_lr,
                max_lr,
                step_size,
                gamma,
            )
            self.clr_iterations = self.trn_iterations = 0.0
            self.history = {}

        def clr(self):
            cycle = np.floor(1 + self.clr_iterations / (2 * self.step_size))
            x = np.abs(self.clr_iterations / self.step_size - 2 * cycle + 1)
            return (
                self.base_lr
                + (self.max_lr - self.base_lr)
                * np.maximum(0, 1 - x)
                * self.gamma**self.clr_iterations
            )

        def on_train_begin(self, logs={}):
            logs = logs or {}
            K.set_value(
                self.model.optimizer.lr, self.base_lr if self.clr_iterations == 0 else self.clr()
            )

        def on_batch_end(self, epoch, logs=None):
            logs = logs or {}
            self.trn_iterations += 1
            self.clr_iterations += 1
            self.history.setdefault("lr", []).append(K.get_value(self.model.optimizer.lr))
            self.history.setdefault("iterations", []).append(self.trn_iterations)
            for k, v in logs.items():
                self.history.setdefault(k, []).append(v)
            K.set_value(self.model.optimizer.lr, self.clr())

    m = Sequential([L.Dense(3, input_dim=5)])
    randomize(m)
    m.compile(SGD(0.5), "mse")
    c = CyclicLR()
    m.fit(
        normal(16, 5),
        normal(16, 3),
        batch_size=4,
        epochs=2,
        verbose=0,
        shuffle=False,
        callbacks=[c],
    )
    return {
        "lr": c.history["lr"],
        "loss": c.history["loss"],
        "keys": " ".join(sorted(c.history)),
        "w": m.get_weights(),
    }


@add("snapshots")
def snapshots():
    import os
    import tempfile

    folder = tempfile.mkdtemp()

    class Snapshot(callbacks.Callback):
        def __init__(self, at, prefix):
            super(Snapshot, self).__init__()
            self.at, self.prefix = at, prefix

        def on_epoch_end(self, epoch, logs={}):
            if epoch != 0 and (epoch + 1) % self.at == 0:
                self.model.save_weights(
                    os.path.join(folder, self.prefix + "-%d.h5" % ((epoch + 1) // self.at)),
                    overwrite=True,
                )

    m = Sequential([L.Dense(3, input_dim=5)])
    randomize(m)
    m.compile(SGD(0.1), "mse")
    cos = lambda t: 0.1 / 2 * (np.cos(np.pi * (t % 2) / 2) + 1)
    m.fit(
        normal(16, 5),
        normal(16, 3),
        batch_size=16,
        epochs=4,
        verbose=0,
        shuffle=False,
        callbacks=[
            callbacks.ModelCheckpoint(
                os.path.join(folder, "best.h5"),
                monitor="loss",
                save_best_only=True,
                save_weights_only=True,
            ),
            callbacks.LearningRateScheduler(schedule=cos),
            Snapshot(2, "s"),
        ],
    )
    preds = []
    for n in ("s-1.h5", "s-2.h5", "best.h5"):
        m.load_weights(os.path.join(folder, n))
        preds.append(m.predict(normal(4, 5)))
    return {"files": " ".join(sorted(os.listdir(folder))), "p": preds}


@add("dead units found")
def dead():
    class Dead(callbacks.Callback):
        def __init__(self, x):
            super(Dead, self).__init__()
            self.x, self.seen = x, []

        def on_epoch_end(self, epoch, logs={}):
            for layer in self.model.layers:
                if layer.get_config().get("activation") == "relu" or type(layer).__name__ == "ReLU":
                    f = K.function([self.model.input, K.learning_phase()], [layer.output])
                    self.seen.append(int((f([self.x, 0])[0].sum(0) == 0).sum()))

    x = normal(16, 5)
    m = Sequential(
        [L.Dense(6, activation="relu", input_dim=5), L.Dense(6, activation="relu"), L.Dense(2)]
    )
    randomize(m)
    w = m.get_weights()
    w[1][:] = -5
    m.set_weights(w)
    m.compile(SGD(0.01), "mse")
    c = Dead(x)
    m.fit(x, normal(16, 2), epochs=2, batch_size=16, verbose=0, callbacks=[c])
    return c.seen


@add("scores from predictions after each epoch")
def scores():
    class F1(callbacks.Callback):
        def on_train_begin(self, logs={}):
            self.f1 = []

        def on_epoch_end(self, epoch, logs={}):
            p = (np.asarray(self.model.predict(self.validation_data[0]))).round()
            t = self.validation_data[1]
            tp = (p * t).sum()
            self.f1.append(2 * tp / max(p.sum() + t.sum(), 1))
            logs["val_f1"] = self.f1[-1]

    m = Sequential([L.Dense(1, activation="sigmoid", input_dim=5)])
    randomize(m)
    m.compile(SGD(0.5), "binary_crossentropy")
    c = F1()
    x, y = normal(16, 5), np.round(uniform(16, 1))
    h = m.fit(
        x,
        y,
        validation_data=(x[:9], y[:9]),
        epochs=3,
        verbose=0,
        batch_size=8,
        shuffle=False,
        callbacks=[c],
    )
    return {"f1": c.f1, "keys": " ".join(sorted(h.history)), "n": len(c.validation_data)}


# ---- optimizers of one's own
def own_updates(cls_name):
    old = keras.__version__ < "2.0.5"

    class Padam(optimizers.Optimizer):
        def __init__(
            self,
            lr=1e-1,
            beta_1=0.9,
            beta_2=0.999,
            epsilon=1e-8,
            decay=0.0,
            amsgrad=False,
            partial=1.0 / 8.0,
            **kwargs,
        ):
            super(Padam, self).__init__(**kwargs)
            self.iterations = (
                K.variable(0, dtype="int64", name="iterations")
                if not old
                else K.variable(0, name="iterations")
            )
            self.lr, self.beta_1, self.beta_2, self.decay = (
                K.variable(lr, name="lr"),
                K.variable(beta_1, name="beta_1"),
                K.variable(beta_2, name="beta_2"),
                K.variable(decay, name="decay"),
            )
            self.epsilon, self.partial, self.initial_decay, self.amsgrad = (
                epsilon,
                partial,
                decay,
                amsgrad,
            )

        def _updates(self, loss, params):
            grads = self.get_gradients(loss, params)
            self.updates = [K.update_add(self.iterations, 1)]
            lr = self.lr
            if self.initial_decay > 0:
                lr = lr * (1.0 / (1.0 + self.decay * K.cast(self.iterations, K.dtype(self.decay))))
            t = K.cast(self.iterations, K.floatx()) + 1
            lr_t = lr * (K.sqrt(1.0 - K.pow(self.beta_2, t)) / (1.0 - K.pow(self.beta_1, t)))
            ms = [K.zeros(K.int_shape(p), dtype="float32") for p in params]
            vs = [K.zeros(K.int_shape(p), dtype="float32") for p in params]
            vhats = (
                [K.zeros(K.int_shape(p), dtype="float32") for p in params]
                if self.amsgrad
                else [K.zeros((1,)) for _ in params]
            )
            self.weights = [self.iterations] + ms + vs + vhats
            for p, g, m, v, vhat in zip(params, grads, ms, vs, vhats):
                m_t = (self.beta_1 * m) + (1.0 - self.beta_1) * g
                v_t = (self.beta_2 * v) + (1.0 - self.beta_2) * K.square(g)
                if self.amsgrad:
                    vhat_t = K.maximum(vhat, v_t)
                    denom = K.sqrt(vhat_t) + self.epsilon
                    self.updates.append(K.update(vhat, vhat_t))
                else:
                    denom = K.sqrt(v_t) + self.epsilon
                self.updates.append(K.update(m, m_t))
                self.updates.append(K.update(v, v_t))
                new_p = p - lr_t * (m_t / (denom ** (self.partial * 2)))
                if getattr(p, "constraint", None) is not None:
                    new_p = p.constraint(new_p)
                self.updates.append(K.update(p, new_p))
            return self.updates

        if old:

            def get_updates(self, params, constraints, loss):
                return self._updates(loss, params)
        else:

            def get_updates(self, loss, params):
                return self._updates(loss, params)

        def get_config(self):
            return dict(
                list(super(Padam, self).get_config().items())
                + [("lr", float(K.get_value(self.lr))), ("partial", self.partial)]
            )

    m = Sequential([L.Dense(4, activation="tanh", input_dim=5), L.Dense(2)])
    randomize(m)
    opt = Padam(amsgrad=cls_name == "amsgrad", decay=0.1)
    m.compile(opt, "mse")
    out = {
        "losses": steps(m, normal(N, 5), normal(N, 2), 4),
        "w": m.get_weights(),
        "names": str(sorted(opt.get_config())),
        "n": len(opt.get_weights()),
    }
    return out


add("Padam")(lambda: own_updates("plain"))
add("Padam amsgrad")(lambda: own_updates("amsgrad"))


@add("saving all by hand")
def by_hand():
    import os
    import tempfile

    import h5py

    m = Sequential([L.Dense(4, activation="tanh", input_dim=5), L.Dense(2)])
    randomize(m)
    m.compile(optimizers.Adam(lr=0.1), "mse")
    x, y = normal(N, 5), normal(N, 2)
    out = {"a": steps(m, x, y, 3)}
    symbolic = getattr(m.optimizer, "weights")
    values = K.batch_get_value(symbolic)
    path = os.path.join(tempfile.mkdtemp(), "a.h5")
    with h5py.File(path, "w") as f:
        g = f.create_group("optimizer_weights")
        for i, v in enumerate(values):
            g.create_dataset("w%d" % i, data=v)
    out["b"] = steps(m, x, y, 2)
    z = L.Input((5,))
    hidden = L.Dense(4, activation="tanh")(z)
    n = Model(z, L.Dense(2)(hidden))
    randomize(n)
    n.compile(optimizers.Adam(lr=0.1), "mse")
    steps(n, x, y, 3)
    n._make_train_function()
    n.optimizer.set_weights(values)
    return dict(out, c=steps(n, x, y, 2), n=len(values))


# ---- a recurrent layer of one's own
@add("recurrent layer with a step")
def recurrent_step():
    if keras.__version__ > "2.0.9":
        from keras.legacy.layers import Recurrent
    else:
        from keras.layers.recurrent import Recurrent

    class Leaky(Recurrent):
        def __init__(self, units, **kwargs):
            self.units = units
            super(Leaky, self).__init__(**kwargs)

        def build(self, input_shape):
            self.input_spec = InputSpec(ndim=3)
            self.state_spec = InputSpec(shape=(None, self.units))
            self.states = [None]
            self.kernel = self.add_weight(
                shape=(input_shape[-1], self.units), name="kernel", initializer="glorot_uniform"
            )
            self.recurrent_kernel = self.add_weight(
                shape=(self.units, self.units), name="recurrent_kernel", initializer="orthogonal"
            )
            self.built = True

        def preprocess_input(self, inputs, training=None):
            return inputs

        def step(self, x, states):
            h = 0.5 * states[0] + 0.5 * K.tanh(
                K.dot(x, self.kernel) + K.dot(states[0], self.recurrent_kernel)
            )
            return h, [h]

        def get_constants(self, inputs, training=None):
            return []

    m = Sequential(
        [
            Leaky(4, return_sequences=True, input_shape=(5, 3)),
            Leaky(3, go_backwards=True),
            L.Dense(2),
        ]
    )
    return trained(m, normal(N, 5, 3), normal(N, 2))


@add("scaled layers and weight norm by subclassing")
def weightnorm():
    class WNDense(L.Dense):
        def build(self, input_shape):
            super(WNDense, self).build(input_shape)
            self.g = self.add_weight(name="g", shape=(self.units,), initializer="ones")

        def call(self, x):
            k = self.kernel * self.g / K.sqrt(K.sum(K.square(self.kernel), axis=0))
            y = K.dot(x, k)
            if self.use_bias:
                y = K.bias_add(y, self.bias)
            return self.activation(y) if self.activation is not None else y

    return trained(
        Sequential([WNDense(4, activation="relu", input_dim=5), WNDense(2)]),
        normal(N, 5),
        normal(N, 2),
    )


@add("tied weights of an autoencoder")
def tied():
    class DenseTranspose(Layer):
        def __init__(self, dense, activation=None, **kwargs):
            self.dense, self.activation = dense, keras.activations.get(activation)
            super(DenseTranspose, self).__init__(**kwargs)

        def build(self, input_shape):
            self.biases = self.add_weight(
                name="bias", shape=(self.dense.input_shape[-1],), initializer="zeros"
            )
            super(DenseTranspose, self).build(input_shape)

        def call(self, x):
            return self.activation(K.dot(x, K.transpose(self.dense.kernel)) + self.biases)

        def compute_output_shape(self, s):
            return (s[0], self.dense.input_shape[-1])

    x = L.Input((5,))
    d = L.Dense(3, activation="tanh")
    m = Model(x, DenseTranspose(d)(d(x)))
    data = normal(N, 5)
    return trained(m, data, data)
