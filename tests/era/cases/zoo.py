"""Models in the spelling of Keras 2: name -> (build, inputs, targets, whether it trains without
chance).
"""

import collections

import keras
from harness import integers, normal, one_hot, randomize
from keras import layers as L
from keras import optimizers as O
from keras.models import Model, Sequential
from keras.regularizers import l1_l2, l2

N = 6
ZOO = collections.OrderedDict()
Entry = collections.namedtuple("Entry", "build x y trains batch eras")


def entry(x, y, trains=True, batch=N, eras=("204", "224")):
    def keep(build):
        ZOO[build.__name__] = Entry(build, x, y, trains, batch, eras)
        return build

    return keep


def classes(n, *shape):
    return one_hot(integers(n, N, *shape), n)


@entry(normal(N, 5), classes(3))
def mlp():
    model = Sequential(
        [
            L.Dense(6, activation="relu", input_shape=(5,)),
            L.Dropout(0.0),
            L.Dense(3),
            L.Activation("softmax"),
        ]
    )
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return model


@entry(normal(N, 10, 10, 1), classes(4))
def mnist_cnn():
    model = Sequential()
    model.add(L.Conv2D(4, (3, 3), activation="relu", input_shape=(10, 10, 1)))
    model.add(L.Conv2D(6, (3, 3), activation="relu"))
    model.add(L.MaxPooling2D((2, 2)))
    model.add(L.Dropout(0.0))
    model.add(L.Flatten())
    model.add(L.Dense(8, activation="relu"))
    model.add(L.Dropout(0.0))
    model.add(L.Dense(4, activation="softmax"))
    model.compile(O.Adadelta(), "categorical_crossentropy", metrics=["accuracy"])
    return model


@entry(normal(N, 8, 8, 3), classes(3), trains=False)
def dropout_cnn():
    model = Sequential(
        [
            L.Conv2D(4, 3, padding="same", input_shape=(8, 8, 3), kernel_regularizer=l2(0.001)),
            L.BatchNormalization(),
            L.LeakyReLU(0.2),
            L.SpatialDropout2D(0.2),
            L.ZeroPadding2D(1),
            L.AveragePooling2D(),
            L.GaussianNoise(0.1),
            L.UpSampling2D(2),
            L.Cropping2D(((1, 1), (0, 2))),
            L.GlobalAveragePooling2D(),
            L.GaussianDropout(0.3),
            L.Dense(
                3,
                activation="softmax",
                kernel_initializer="he_normal",
                bias_initializer=keras.initializers.Constant(0.1),
            ),
        ]
    )
    model.compile(O.Adam(lr=0.002, decay=1e-3), "categorical_crossentropy", metrics=["acc", "mse"])
    return model


@entry(normal(N, 3, 8, 7), classes(3))
def channels_first_cnn():
    model = Sequential(
        [
            L.Conv2D(
                4,
                (3, 2),
                strides=(2, 1),
                padding="same",
                data_format="channels_first",
                input_shape=(3, 8, 7),
            ),
            L.BatchNormalization(axis=1),
            L.Activation("relu"),
            L.MaxPooling2D((2, 2), data_format="channels_first"),
            L.Flatten(),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        O.SGD(lr=0.05, momentum=0.9, nesterov=True, decay=1e-4, clipnorm=1.0),
        "categorical_crossentropy",
        metrics=["acc"],
    )
    return model


@entry(normal(N, 6, 6, 4), classes(3))
def other_convolutions():
    model = Sequential(
        [
            L.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", input_shape=(6, 6, 4)),
            L.PReLU(shared_axes=[1, 2]),
            L.Conv2DTranspose(3, 2, strides=2),
            L.ELU(),
            L.LocallyConnected2D(2, 3, strides=(3, 3)),
            L.ThresholdedReLU(0.1),
            L.Reshape((-1, 2)),
            L.Conv1D(3, 2, dilation_rate=2, activation="tanh"),
            L.LocallyConnected1D(2, 3),
            L.MaxPooling1D(2),
            L.Permute((2, 1)),
            L.Flatten(),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile(O.Adamax(), "categorical_crossentropy")
    return model


@entry(normal(N, 3, 5, 6), normal(N, 2))
def locally_connected_first():
    model = Sequential(
        [
            L.LocallyConnected2D(2, (2, 3), data_format="channels_first", input_shape=(3, 5, 6)),
            L.Flatten(),
            L.Dense(2),
        ]
    )
    model.compile("sgd", "mse")
    return model


@entry(normal(N, 3, 4, 5, 2), classes(2))
def volumes():
    model = Sequential(
        [
            L.Conv3D(3, 2, input_shape=(3, 4, 5, 2)),
            L.MaxPooling3D((1, 2, 2)),
            L.Flatten(),
            L.Dense(2, activation="softmax"),
        ]
    )
    model.compile(O.Adagrad(), "categorical_crossentropy")
    return model


@entry([normal(N, 5), normal(N, 4)], [classes(3), normal(N, 1)])
def two_by_two():
    one, two = L.Input((5,), name="one"), L.Input((4,), name="two")
    shared = L.Dense(4, activation="tanh", name="shared")
    joined = L.concatenate([shared(one), L.Dense(4)(two)])
    both = L.multiply([shared(one), L.Dense(4, use_bias=False)(two)])
    model = Model(
        inputs=[one, two],
        outputs=[
            L.Dense(3, activation="softmax", name="classes")(joined),
            L.Dense(1, name="number")(L.average([both, shared(one)])),
        ],
    )
    model.compile(
        O.Nadam(),
        {"classes": "categorical_crossentropy", "number": "mse"},
        metrics={"classes": "acc", "number": ["mae"]},
        loss_weights={"classes": 1.0, "number": 0.2},
    )
    return model


@entry([normal(N, 5), normal(N, 5, seed=4)], normal(N, 1))
def siamese():
    base = Sequential(
        [L.Dense(4, input_shape=(5,), activation="relu"), L.BatchNormalization(), L.Dense(3)],
        name="base",
    )
    one, two = L.Input((5,)), L.Input((5,))
    model = Model([one, two], L.Dense(1, activation="sigmoid")(L.maximum([base(one), base(two)])))
    model.compile(O.RMSprop(decay=0.01), "binary_crossentropy", metrics=["acc"])
    return model


@entry(normal(N, 5), normal(N, 2))
def nested_functional():
    x = L.Input((5,), name="inner_in")
    inner = Model(x, [L.Dense(3, name="first")(x), L.Dense(4, name="second")(x)], name="inner")
    y = L.Input((5,), name="outer_in")
    one, two = inner(L.Dense(5, name="before")(y))
    model = Model(y, L.Dense(2, name="after")(L.concatenate([one, two])), name="outer")
    model.compile("adam", "mae")
    return model


@entry(normal(N, 5), normal(N, 2))
def sequential_of_models():
    first = Sequential(
        [L.Dense(4, input_shape=(5,), activation="tanh"), L.Dense(3)], name="encoder"
    )
    x = L.Input((3,))
    second = Model(x, L.Dense(4)(L.Dense(2)(x)), name="decoder")
    model = Sequential([first, second, L.Dense(2)])
    model.compile("sgd", "mse")
    return model


@entry(integers(9, N, 5), classes(3))
def masked_lstm():
    model = Sequential(
        [
            L.Embedding(9, 4, input_length=5, mask_zero=True),
            L.LSTM(6, return_sequences=True),
            L.LSTM(4, unit_forget_bias=False, implementation=2),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


@entry(normal(N, 5, 3), normal(N, 2))
def gru_backwards():
    model = Sequential(
        [
            L.GRU(4, go_backwards=True, return_sequences=True, input_shape=(5, 3)),
            L.SimpleRNN(3, activation="relu", recurrent_regularizer="l2"),
            L.Dense(2),
        ]
    )
    model.compile("adadelta", "mse")
    return model


@entry(normal(N, 5, 3), normal(N, 2))
def bidirectional():
    model = Sequential(
        [
            L.Bidirectional(L.LSTM(4, return_sequences=True), input_shape=(5, 3)),
            L.Bidirectional(L.GRU(3), merge_mode="sum"),
            L.Dense(2),
        ]
    )
    model.compile("rmsprop", "mse")
    return model


@entry(normal(N, 3, 2), normal(N, 3, 2), batch=3)
def stateful():
    model = Sequential(
        [
            L.LSTM(4, batch_input_shape=(3, 3, 2), stateful=True, return_sequences=True),
            L.TimeDistributed(L.Dense(2)),
        ]
    )
    model.compile("adam", "mse")
    return model


@entry(normal(N, 3, 6, 6, 1), classes(3))
def time_distributed():
    model = Sequential(
        [
            L.TimeDistributed(L.Conv2D(2, 3, activation="relu"), input_shape=(3, 6, 6, 1)),
            L.TimeDistributed(L.MaxPooling2D()),
            L.TimeDistributed(L.Flatten()),
            L.LSTM(4),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    return model


@entry(normal(N, 3, 5), normal(N, 3, 2))
def time_distributed_model():
    inner = Sequential([L.Dense(4, input_shape=(5,), activation="tanh"), L.Dense(2)])
    x = L.Input((3, 5))
    model = Model(x, L.TimeDistributed(inner)(x))
    model.compile("adam", "mse", sample_weight_mode="temporal")
    return model


@entry(normal(N, 3, 5, 5, 1), normal(N, 2))
def conv_lstm():
    model = Sequential(
        [
            L.ConvLSTM2D(2, 3, padding="same", return_sequences=True, input_shape=(3, 5, 5, 1)),
            L.ConvLSTM2D(2, 2),
            L.GlobalMaxPooling2D(),
            L.Dense(2),
        ]
    )
    model.compile("sgd", "mse")
    return model


@entry(normal(N, 5), normal(N, 2))
def with_everything_set():
    model = Sequential(
        [
            L.Dense(
                6,
                input_dim=5,
                kernel_initializer=keras.initializers.RandomNormal(0.0, 0.2, seed=3),
                bias_initializer="ones",
                kernel_regularizer=l1_l2(0.01, 0.02),
                bias_regularizer=l2(0.1),
                activity_regularizer=keras.regularizers.l1(0.001),
                kernel_constraint=keras.constraints.max_norm(2.0),
                bias_constraint="non_neg",
                name="first",
            ),
            L.BatchNormalization(momentum=0.9, epsilon=0.01, scale=False, name="norm"),
            L.Dense(
                2, kernel_constraint=keras.constraints.UnitNorm(), name="last", trainable=False
            ),
        ],
        name="named",
    )
    model.compile(O.SGD(lr=0.01, clipvalue=0.5), "mse", metrics=["mae", "mape"])
    return model


@entry(normal(N, 5), normal(N, 2))
def frozen():
    model = Sequential(
        [
            L.Dense(6, input_shape=(5,)),
            L.BatchNormalization(),
            L.Dense(4, activation="elu"),
            L.Dense(2),
        ]
    )
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    return model


@entry([normal(N, 4, 5), normal(N, 3, 5)], normal(N, 2))
def attention():
    one, two = L.Input((4, 5)), L.Input((3, 5))
    scores = L.Activation("softmax")(L.dot([one, two], axes=2))
    context = L.dot([scores, two], axes=(2, 1))
    model = Model([one, two], L.Dense(2)(L.GlobalAveragePooling1D()(L.add([context, one]))))
    model.compile("adam", "mse")
    return model


@entry(normal(N, 6, 6, 3), normal(N, 6, 6, 2))
def fully_convolutional():
    x = L.Input((None, None, 3))
    y = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    model = Model(x, L.Conv2D(2, 1)(L.concatenate([x, y, L.Conv2D(2, 5, padding="same")(y)])))
    model.compile("adam", "mse")
    return model


@entry(integers(9, N, 7), normal(N, 1))
def text_cnn():
    x = L.Input((7,), dtype="int32")
    e = L.Embedding(9, 4)(x)
    towers = [
        L.GlobalMaxPooling1D()(L.Conv1D(3, k, activation="relu", padding="valid")(e))
        for k in (2, 3, 4)
    ]
    model = Model(x, L.Dense(1, activation="sigmoid")(L.concatenate(towers)))
    model.compile("adam", "binary_crossentropy", metrics=["acc"])
    return model


@entry(normal(N, 5), normal(N, 2))
def uncompiled():
    return Sequential([L.Dense(4, input_shape=(5,)), L.Dense(2)])


@entry(normal(N, 6, 6, 4), classes(3), eras=("224",))
def newer_layers():
    model = Sequential(
        [
            L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", input_shape=(6, 6, 4)),
            L.ReLU(max_value=6.0),
            L.Conv2D(3, 1),
            L.Softmax(axis=-1),
            L.Reshape((-1, 3)),
            L.SeparableConv1D(4, 3, strides=2),
            L.GRU(3, reset_after=True, return_sequences=True),
            L.RNN([L.LSTMCell(3), L.GRUCell(2)]),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile(O.Adam(amsgrad=True), "categorical_crossentropy", metrics=["acc"])
    return model


@entry(normal(N, 4, 3), normal(N, 2), eras=("224",))
def encoder_decoder():
    x = L.Input((4, 3))
    _, h, c = L.LSTM(3, return_state=True)(x)
    y = L.LSTM(3)(L.Dense(2)(x), initial_state=[h, c])
    model = Model(x, L.Dense(2)(L.subtract([y, h])))
    model.compile("adam", "mse")
    return model


def prepared(name):
    """Random weights, three steps of training behind it."""
    item = ZOO[name]
    model = item.build()
    randomize(model)
    if name != "uncompiled" and item.trains:
        steps(model, item, 3)
    return model


def steps(model, item, count):
    cut = lambda a, i: (
        [v[i : i + item.batch] for v in a] if isinstance(a, list) else a[i : i + item.batch]
    )
    return [
        model.train_on_batch(cut(item.x, i), cut(item.y, i))
        for _ in range(count)
        for i in range(0, N, item.batch)
    ]


def behaviour(name, model, train=True):
    """What a model does; equal for the same model wherever it was loaded."""
    item = ZOO[name]
    model.reset_states()  # the writer has just trained, the reader has not
    out = {"predict": model.predict(item.x, batch_size=item.batch)}
    if train and item.trains and name != "uncompiled":
        model.reset_states()
        out["evaluate"] = model.evaluate(item.x, item.y, batch_size=item.batch, verbose=0)
        model.reset_states()
        out["losses"] = steps(model, item, 3)
        out["weights"] = model.get_weights()
        out["names"] = " ".join(model.metrics_names)
    return out
