"""Models of Keras 1.2.2, on TensorFlow and on Theano: their files, and the same programs run by
jaxcnn.
"""

import collections
import os

import keras
from harness import add, integers, normal, one_hot, printed, randomize
from keras import layers as L
from keras import optimizers as O
from keras.models import Model, Sequential, load_model, model_from_json, model_from_yaml

N = 6
OURS = "jaxcnn" in (keras.__file__ or "")
ZOO = collections.OrderedDict()
Entry = collections.namedtuple("Entry", "build x y trains batch")


def entry(x, y, trains=True, batch=N):
    def keep(build):
        ZOO[build.__name__] = Entry(build, x, y, trains, batch)
        return build

    return keep


def classes(n, *shape):
    return one_hot(integers(n, N, *shape), n)


@entry(normal(N, 5), classes(3))
def mlp():
    model = Sequential()
    model.add(L.Dense(6, input_dim=5, init="uniform", activation="relu", W_regularizer="l2"))
    model.add(L.Dense(output_dim=4, b_constraint="nonneg", bias=True))
    model.add(L.Activation("tanh"))
    model.add(
        L.Dense(3, activation="softmax", bias=False, W_constraint=keras.constraints.maxnorm(2))
    )
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model


@entry(normal(N, 8, 7, 2), classes(3))
def cnn_tf():
    model = Sequential()
    model.add(
        L.Convolution2D(
            4, 3, 2, border_mode="same", input_shape=(8, 7, 2), subsample=(2, 1), dim_ordering="tf"
        )
    )
    model.add(L.BatchNormalization(axis=-1, mode=0, epsilon=1e-3, momentum=0.9))
    model.add(L.Activation("relu"))
    model.add(L.MaxPooling2D(pool_size=(2, 2), border_mode="valid", dim_ordering="tf"))
    model.add(L.Flatten())
    model.add(L.Dense(3, activation="softmax"))
    model.compile(
        loss="categorical_crossentropy",
        optimizer=O.SGD(lr=0.05, momentum=0.9, nesterov=True, decay=1e-4),
        metrics=["accuracy"],
    )
    return model


@entry(normal(N, 2, 8, 7), classes(3))
def cnn_th():
    model = Sequential()
    model.add(L.ZeroPadding2D((1, 1), input_shape=(2, 8, 7), dim_ordering="th"))
    model.add(L.Convolution2D(4, 3, 2, activation="relu", dim_ordering="th"))
    model.add(L.BatchNormalization(axis=1))
    model.add(L.AveragePooling2D((2, 2), strides=(1, 2), dim_ordering="th"))
    model.add(L.Convolution2D(3, 2, 2, activation="tanh", dim_ordering="th", W_regularizer="l1"))
    model.add(L.Flatten())
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=O.Adam(), metrics=["accuracy"])
    return model


@entry(normal(N, 6, 6, 4), classes(3))
def other_convolutions():
    model = Sequential()
    model.add(
        L.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), input_shape=(6, 6, 4), dim_ordering="tf")
    )
    model.add(L.UpSampling2D((2, 2), dim_ordering="tf"))
    model.add(L.Cropping2D(((1, 1), (0, 2)), dim_ordering="tf"))
    model.add(L.LocallyConnected2D(2, 2, 2, subsample=(2, 2), dim_ordering="tf"))
    model.add(L.Reshape((-1, 2)))
    model.add(L.Convolution1D(3, 2, border_mode="valid", activation="relu"))
    model.add(L.MaxPooling1D(2))
    model.add(L.Flatten())
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adagrad")
    return model


@entry(normal(N, 4, 5, 3), normal(N, 9, 11, 2))
def deconvolution():
    model = Sequential()
    model.add(
        L.Deconvolution2D(
            2,
            3,
            3,
            output_shape=(None, 9, 11, 2),
            subsample=(2, 2),
            border_mode="valid",
            input_shape=(4, 5, 3),
            dim_ordering="tf",
        )
    )
    model.compile(loss="mse", optimizer="sgd")
    return model


@entry(normal(N, 6, 6, 2), classes(3))
def separable():
    model = Sequential()
    model.add(
        L.SeparableConvolution2D(
            4,
            3,
            3,
            depth_multiplier=2,
            border_mode="same",
            input_shape=(6, 6, 2),
            dim_ordering="tf",
        )
    )
    model.add(L.GlobalAveragePooling2D(dim_ordering="tf"))
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="sgd")
    return model


@entry(normal(N, 4, 5, 6, 2), classes(3))
def volumes():
    model = Sequential()
    model.add(L.Convolution3D(3, 2, 3, 2, input_shape=(4, 5, 6, 2), dim_ordering="tf"))
    model.add(L.MaxPooling3D((1, 2, 2), dim_ordering="tf"))
    model.add(L.Flatten())
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="sgd")
    return model


for _kind in ("LSTM", "GRU", "SimpleRNN"):

    def _recurrent(kind=_kind):
        model = Sequential()
        model.add(
            getattr(L, kind)(
                4,
                input_shape=(5, 3),
                return_sequences=True,
                consume_less="gpu" if kind != "SimpleRNN" else "cpu",
            )
        )
        model.add(
            getattr(L, kind)(
                3,
                inner_init="orthogonal",
                init="glorot_uniform",
                go_backwards=True,
                **({"inner_activation": "sigmoid"} if kind != "SimpleRNN" else {}),
            )
        )
        model.add(L.Dense(2))
        model.compile(loss="mse", optimizer="adam")
        return model

    _recurrent.__name__ = _kind.lower()
    entry(normal(N, 5, 3), normal(N, 2))(_recurrent)
    if _kind != "SimpleRNN":

        def _cpu(kind=_kind):
            model = Sequential()
            model.add(
                getattr(L, kind)(4, input_shape=(5, 3), consume_less="cpu", W_regularizer="l2")
            )
            model.add(L.Dense(2))
            model.compile(loss="mse", optimizer="adam")
            return model

        _cpu.__name__ = _kind.lower() + "_cpu"
        entry(normal(N, 5, 3), normal(N, 2))(_cpu)


@entry(integers(9, N, 5), classes(3))
def masked():
    model = Sequential()
    model.add(L.Embedding(9, 4, input_length=5, mask_zero=True, init="uniform"))
    model.add(
        L.LSTM(
            output_dim=6,
            inner_activation="hard_sigmoid",
            activation="sigmoid",
            return_sequences=True,
        )
    )
    model.add(L.GRU(4))
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


@entry(normal(N, 5, 3), normal(N, 2))
def bidirectional():
    model = Sequential()
    model.add(L.Bidirectional(L.LSTM(4, return_sequences=True), input_shape=(5, 3)))
    model.add(L.Bidirectional(L.GRU(3), merge_mode="ave"))
    model.add(L.Dense(2))
    model.compile(loss="mse", optimizer="adamax")
    return model


@entry(normal(N, 3, 2), normal(N, 3, 2), batch=3)
def stateful():
    model = Sequential()
    model.add(L.LSTM(4, batch_input_shape=(3, 3, 2), stateful=True, return_sequences=True))
    model.add(L.TimeDistributed(L.Dense(2)))
    model.compile(loss="mse", optimizer="adam")
    return model


@entry(normal(N, 3, 6, 6, 1), classes(3))
def time_distributed():
    model = Sequential()
    model.add(
        L.TimeDistributed(L.Convolution2D(2, 3, 3, dim_ordering="tf"), input_shape=(3, 6, 6, 1))
    )
    model.add(L.TimeDistributed(L.Flatten()))
    model.add(L.TimeDistributed(L.Dense(4, activation="tanh")))
    model.add(L.GRU(3))
    model.add(L.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="sgd")
    return model


@entry([normal(N, 5), normal(N, 5, seed=3)], normal(N, 2))
def merged_sequential():
    left, right = Sequential(), Sequential()
    left.add(L.Dense(4, input_dim=5))
    right.add(L.Dense(4, input_dim=5, activation="relu"))
    model = Sequential()
    model.add(L.Merge([left, right], mode="concat"))
    model.add(L.Dense(2))
    model.compile(loss="mse", optimizer="sgd")
    return model


for _mode in ("sum", "mul", "concat", "ave", "max", "cos", "dot"):

    def _merged(mode=_mode):
        one, two = L.Input((5,), name="one"), L.Input((5,), name="two")
        shared = L.Dense(4, activation="tanh", name="shared")
        from keras.layers import merge

        model = Model(
            input=[one, two],
            output=L.Dense(2)(
                L.Flatten()(merge([shared(one), shared(two)], mode=mode))
                if mode == "cos"
                else L.Dense(2)(merge([shared(one), shared(two)], mode=mode))
            ),
        )
        model.compile("sgd", "mse")
        return model

    _merged.__name__ = "merge_" + _mode
    entry([normal(N, 5), normal(N, 5, seed=3)], normal(N, 2))(_merged)


@entry([normal(N, 5), normal(N, 4)], [classes(3), normal(N, 1)])
def two_by_two():
    from keras.layers import merge

    one, two = L.Input((5,), name="one"), L.Input((4,), name="two")
    joined = merge([L.Dense(4)(one), L.Dense(4)(two)], mode="concat", concat_axis=-1)
    model = Model(
        input=[one, two],
        output=[
            L.Dense(3, activation="softmax", name="classes")(joined),
            L.Dense(1, name="number")(joined),
        ],
    )
    model.compile(
        "nadam",
        {"classes": "categorical_crossentropy", "number": "mse"},
        metrics={"classes": "accuracy"},
        loss_weights={"classes": 1.0, "number": 0.2},
    )
    return model


@entry([normal(N, 5), normal(N, 5, seed=4)], normal(N, 1))
def siamese():
    base = Sequential(
        [L.Dense(4, input_shape=(5,), activation="relu"), L.BatchNormalization(), L.Dense(3)]
    )
    one, two = L.Input((5,)), L.Input((5,))
    from keras.layers import merge

    model = Model(
        [one, two], L.Dense(1, activation="sigmoid")(merge([base(one), base(two)], mode="mul"))
    )
    model.compile("adadelta", "binary_crossentropy", metrics=["accuracy"])
    return model


@entry(normal(N, 6, 5), normal(N, 6, 2))
def activations():
    model = Sequential()
    model.add(L.TimeDistributed(L.Dense(4), input_shape=(6, 5)))
    model.add(
        L.advanced_activations.LeakyReLU(0.2)
        if hasattr(L, "advanced_activations")
        else L.LeakyReLU(0.2)
    )
    model.add(L.Dense(4))
    model.add(L.PReLU(init="zero"))
    model.add(L.ELU(0.5))
    model.add(L.ThresholdedReLU(0.1))
    model.add(L.Dropout(p=0.0))
    model.add(L.Permute((1, 2)))
    model.add(L.TimeDistributed(L.Dense(2)))
    model.compile("sgd", "mse")
    return model


@entry(normal(N, 3, 5), normal(N, 3, 2))
def time_distributed_model():
    inner = Sequential([L.Dense(4, input_shape=(5,), activation="tanh"), L.Dense(2)])
    x = L.Input((3, 5))
    model = Model(x, L.TimeDistributed(inner)(x))
    model.compile("adam", "mse", sample_weight_mode="temporal")
    return model


@entry(normal(N, 3, 2, 5, 5), normal(N, 2))
def conv_lstm():
    model = Sequential()
    model.add(
        L.ConvLSTM2D(
            2,
            3,
            3,
            border_mode="same",
            return_sequences=True,
            input_shape=(3, 2, 5, 5),
            dim_ordering="th",
        )
    )
    model.add(L.ConvLSTM2D(2, 2, 2, dim_ordering="th", border_mode="valid"))
    model.add(L.Flatten())
    model.add(L.Dense(2))
    model.compile("sgd", "mse")
    return model


@entry(normal(N, 5), normal(N, 4))
def highway():
    model = Sequential([L.Highway(input_dim=5), L.MaxoutDense(4, nb_feature=3)])
    model.compile("sgd", "mse")
    return model


def path(era, name, ending):
    return os.path.join(os.environ["ERA_FOLDER"], era, "files", name + ending)


def steps(model, item, count=3):
    cut = lambda a, i: (
        [v[i : i + item.batch] for v in a] if isinstance(a, list) else a[i : i + item.batch]
    )
    return [
        model.train_on_batch(cut(item.x, i), cut(item.y, i))
        for _ in range(count)
        for i in range(0, N, item.batch)
    ]


def behaviour(name, model, train=True):
    item = ZOO[name]
    model.reset_states()  # the writer has just trained, the reader has not
    out = {"predict": model.predict(item.x, batch_size=item.batch)}
    if train:
        model.reset_states()
        out["evaluate"] = model.evaluate(item.x, item.y, batch_size=item.batch, verbose=0)
        model.reset_states()
        out["losses"] = steps(model, item)
        model.reset_states()
        out["predict after"] = model.predict(item.x, batch_size=item.batch)
        out["names"] = " ".join(model.metrics_names)
    return out


# what the models answered when they were saved; 1.2.2 cannot load all of its own files
WRITTEN = {}


def whole(era, name):
    if OURS:
        return behaviour(name, load_model(path(era, name, ".h5")))
    item = ZOO[name]
    model = item.build()
    randomize(model)
    steps(model, item)
    model.save(path(era, name, ".h5"))
    model.save_weights(path(era, name, ".weights"), overwrite=True)
    for ending, text in ((".json", model.to_json()), (".yaml", model.to_yaml())):
        with open(path(era, name, ending), "w") as file:
            file.write(text)
    WRITTEN[era, name] = model.get_weights(), behaviour(name, model, train=False)
    return behaviour(name, model)


def parts(era, name, ending):
    if OURS:
        with open(path(era, name, ending)) as file:
            model = (model_from_json if ending == ".json" else model_from_yaml)(file.read())
        model.load_weights(path(era, name, ".weights"))
        return behaviour(name, model, train=False)
    return WRITTEN[era, name][1]


def built(era, name):
    """The Keras 1 program itself, then the weights of the file, then training with a fresh
    optimizer.
    """
    model = ZOO[name].build()
    if OURS:
        model.load_weights(path(era, name, ".weights"))
    else:
        model.set_weights(WRITTEN[era, name][0])
    return behaviour(name, model)


def parameters(name):
    with printed():
        model = ZOO[name].build()
    return {"parameters": model.count_params(), "shape": str(model.output_shape)}


for name, item in ZOO.items():
    for era in ("122", "122th"):
        add("keras1", "%s %s h5" % (era, name), lambda e=era, n=name: whole(e, n), (era,))
        add(
            "keras1",
            "%s %s json + weights" % (era, name),
            lambda e=era, n=name: parts(e, n, ".json"),
            (era,),
        )
        add(
            "keras1",
            "%s %s yaml + weights" % (era, name),
            lambda e=era, n=name: parts(e, n, ".yaml"),
            (era,),
        )
        add("keras1", "%s %s program" % (era, name), lambda e=era, n=name: built(e, n), (era,))
    add("keras1", "structure %s" % name, lambda n=name: parameters(n), ("122",))
