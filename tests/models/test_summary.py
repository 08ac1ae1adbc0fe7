"""`summary()` byte for byte: the books' tables in the layout of Keras 2.0.4."""

import pytest

from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Dropout,
    Flatten,
    GlobalMaxPooling2D,
    Input,
    LeakyReLU,
    MaxPooling2D,
    Reshape,
    UpSampling2D,
    add,
    concatenate,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking


def lines_of(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    return lines


def narrow(*fields):
    """A row of the table of a chain: 28, 25 and 10 characters."""
    name, shape, params = map(str, fields)
    return f"{name[:28]:28} {shape[:25]:25} {params[:10]:10}"


def wide(*fields):
    """A row of the table of a graph: 32, 21, 11 and 33 characters."""
    name, shape, params, source = map(str, fields)
    return f"{name[:32]:32} {shape[:21]:21} {params[:11]:11} {source[:33]:33}"


def table(
    rows, trainable, frozen=0, row=narrow, header=("Layer (type)", "Output Shape", "Param #")
):
    """The whole table; a row may be a list of rows of one layer."""
    width = len(row(*header))
    lines = ["_" * width, row(*header), "=" * width]
    for fields in rows:
        lines += [row(*f) for f in (fields if isinstance(fields, list) else [fields])] + [
            "_" * width
        ]
    lines[-1] = "=" * width
    lines += [f"Total params: {trainable + frozen:,}", f"Trainable params: {trainable:,}"]
    return [*lines, f"Non-trainable params: {frozen:,}", "_" * width]


def images(*shape):
    return (None, *shape)


def mnist_cnn():
    return Sequential(
        [
            Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            Conv2D(64, (3, 3), activation="relu"),
            MaxPooling2D(pool_size=(2, 2)),
            Dropout(0.25),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    )


# "|" marks the end of each line, so that trailing blanks are seen.
MNIST_CNN = """\
_________________________________________________________________|
Layer (type)                 Output Shape              Param #   |
=================================================================|
conv2d_1 (Conv2D)            (None, 26, 26, 32)        320       |
_________________________________________________________________|
conv2d_2 (Conv2D)            (None, 24, 24, 64)        18496     |
_________________________________________________________________|
max_pooling2d_1 (MaxPooling2 (None, 12, 12, 64)        0         |
_________________________________________________________________|
dropout_1 (Dropout)          (None, 12, 12, 64)        0         |
_________________________________________________________________|
flatten_1 (Flatten)          (None, 9216)              0         |
_________________________________________________________________|
dense_1 (Dense)              (None, 128)               1179776   |
_________________________________________________________________|
dropout_2 (Dropout)          (None, 128)               0         |
_________________________________________________________________|
dense_2 (Dense)              (None, 10)                1290      |
=================================================================|
Total params: 1,199,882|
Trainable params: 1,199,882|
Non-trainable params: 0|
_________________________________________________________________|
"""


def test_mnist_cnn(capsys):
    mnist_cnn().summary()
    assert capsys.readouterr().out == MNIST_CNN.replace("|", "")


def face_cnn(first_options):
    """The 18 layers of a network of the books."""
    layers = [
        Conv2D(32, (3, 3), padding="same", **first_options),
        Activation("relu"),
        Conv2D(32, (3, 3)),
    ]
    layers += [
        Activation("relu"),
        MaxPooling2D((2, 2)),
        Dropout(0.25),
        Conv2D(64, (3, 3), padding="same"),
    ]
    layers += [
        Activation("relu"),
        Conv2D(64, (3, 3)),
        Activation("relu"),
        MaxPooling2D((2, 2)),
        Dropout(0.25),
    ]
    return [
        *layers,
        Flatten(),
        Dense(512),
        Activation("relu"),
        Dropout(0.5),
        Dense(2),
        Activation("softmax"),
    ]


FACE_ROWS = [
    ("conv2d_1 (Conv2D)", images(64, 64, 32), 896),
    ("activation_1 (Activation)", images(64, 64, 32), 0),
    ("conv2d_2 (Conv2D)", images(62, 62, 32), 9248),
    ("activation_2 (Activation)", images(62, 62, 32), 0),
    ("max_pooling2d_1 (MaxPooling2D)", images(31, 31, 32), 0),
    ("dropout_1 (Dropout)", images(31, 31, 32), 0),
    ("conv2d_3 (Conv2D)", images(31, 31, 64), 18496),
    ("activation_3 (Activation)", images(31, 31, 64), 0),
    ("conv2d_4 (Conv2D)", images(29, 29, 64), 36928),
    ("activation_4 (Activation)", images(29, 29, 64), 0),
    ("max_pooling2d_2 (MaxPooling2D)", images(14, 14, 64), 0),
    ("dropout_2 (Dropout)", images(14, 14, 64), 0),
    ("flatten_1 (Flatten)", images(12544), 0),
    ("dense_1 (Dense)", images(512), 6423040),
    ("activation_5 (Activation)", images(512), 0),
    ("dropout_3 (Dropout)", images(512), 0),
    ("dense_2 (Dense)", images(2), 1026),
    ("activation_6 (Activation)", images(2), 0),
]


def test_face_cnn():
    assert lines_of(Sequential(face_cnn({"input_shape": (64, 64, 3)}))) == table(
        FACE_ROWS, 6_489_634
    )


def test_a_chain_through_the_functional_api_shows_its_input():
    x = picture = Input((64, 64, 3))
    for layer in face_cnn({}):
        x = layer(x)
    rows = [("input_1 (InputLayer)", images(64, 64, 3), 0), *FACE_ROWS]
    assert lines_of(Model(picture, x)) == table(rows, 6_489_634)


def test_denoising_autoencoder():
    def conv(filters, activation="relu", **options):
        return Conv2D(filters, (3, 3), activation=activation, padding="same", **options)

    model = Sequential(
        [conv(32, input_shape=(28, 28, 1)), MaxPooling2D((2, 2), padding="same"), conv(32)]
    )
    for layer in [
        MaxPooling2D((2, 2), padding="same"),
        conv(32),
        UpSampling2D((2, 2)),
        conv(32),
        UpSampling2D((2, 2)),
    ]:
        model.add(layer)
    model.add(conv(1, "sigmoid"))
    rows = [
        ("conv2d_1 (Conv2D)", images(28, 28, 32), 320),
        ("max_pooling2d_1 (MaxPooling2D)", images(14, 14, 32), 0),
        ("conv2d_2 (Conv2D)", images(14, 14, 32), 9248),
        ("max_pooling2d_2 (MaxPooling2D)", images(7, 7, 32), 0),
        ("conv2d_3 (Conv2D)", images(7, 7, 32), 9248),
        ("up_sampling2d_1 (UpSampling2D)", images(14, 14, 32), 0),
        ("conv2d_4 (Conv2D)", images(14, 14, 32), 9248),
        ("up_sampling2d_2 (UpSampling2D)", images(28, 28, 32), 0),
        ("conv2d_5 (Conv2D)", images(28, 28, 1), 289),
    ]
    assert lines_of(model) == table(rows, 28_353)


def test_cifar_vgg():
    model, rows, convolutions, activations = Sequential(), [], 0, 0
    shape = (32, 32, 3)
    for block, filters in enumerate([(32, 32, 32, 48, 48), (80,) * 5, (128,) * 5], start=1):
        for count in filters:
            first = {"input_shape": shape} if not rows else {}
            model.add(Conv2D(count, (3, 3), padding="same", **first))
            model.add(Activation("relu"))
            convolutions, activations = convolutions + 1, activations + 1
            params = 9 * shape[-1] * count + count
            shape = (*shape[:2], count)
            rows.append((f"conv2d_{convolutions} (Conv2D)", images(*shape), params))
            rows.append((f"activation_{activations} (Activation)", images(*shape), 0))
        if block < 3:
            model.add(MaxPooling2D((2, 2)))
            shape = (shape[0] // 2, shape[1] // 2, shape[2])
            rows.append((f"max_pooling2d_{block} (MaxPooling2D)", images(*shape), 0))
        else:
            model.add(GlobalMaxPooling2D())
            shape = shape[-1:]
            rows.append(("global_max_pooling2d_1 (GlobalMaxPooling2D)", images(*shape), 0))
        model.add(Dropout(0.25))
        rows.append((f"dropout_{block} (Dropout)", images(*shape), 0))
    for layer in [Dense(500), Activation("relu"), Dropout(0.4), Dense(10), Activation("softmax")]:
        model.add(layer)
    rows += [
        ("dense_1 (Dense)", images(500), 64500),
        ("activation_16 (Activation)", images(500), 0),
        ("dropout_4 (Dropout)", images(500), 0),
        ("dense_2 (Dense)", images(10), 5010),
        ("activation_17 (Activation)", images(10), 0),
    ]
    lines = lines_of(model)
    assert lines == table(rows, 1_071_542)
    assert any(line.startswith("global_max_pooling2d_1 (Glob (None, 128) ") for line in lines)


@pytest.fixture
def dcgan():
    """(DM, D, AM, G): the models of a DCGAN, made in the book's order."""
    dm = Sequential()
    d = Sequential()
    for i, (filters, strides) in enumerate([(64, 2), (128, 2), (256, 2), (512, 1)]):
        first = {"input_shape": (28, 28, 1)} if i == 0 else {}
        d.add(
            Conv2D(
                filters,
                5,
                strides=strides,
                padding="same",
                activation=LeakyReLU(alpha=0.2),
                **first,
            )
        )
        d.add(Dropout(0.4))
    for layer in [Flatten(), Dense(1), Activation("sigmoid")]:
        d.add(layer)
    dm.add(d)
    am = Sequential()
    g = Sequential(
        [Dense(7 * 7 * 256, input_dim=100), BatchNormalization(momentum=0.9), Activation("relu")]
    )
    for layer in [Reshape((7, 7, 256)), Dropout(0.4)]:
        g.add(layer)
    for filters, upsampled in [(128, True), (64, True), (32, False)]:
        if upsampled:
            g.add(UpSampling2D())
        g.add(Conv2DTranspose(filters, 5, padding="same"))
        g.add(BatchNormalization(momentum=0.9))
        g.add(Activation("relu"))
    g.add(Conv2DTranspose(1, 5, padding="same"))
    g.add(Activation("sigmoid"))
    am.add(g)
    am.add(d)
    return dm, d, am, g


def test_a_discriminator_hides_the_layers_used_as_activations(dcgan):
    rows = [
        ("conv2d_1 (Conv2D)", images(14, 14, 64), 1664),
        ("dropout_1 (Dropout)", images(14, 14, 64), 0),
        ("conv2d_2 (Conv2D)", images(7, 7, 128), 204928),
        ("dropout_2 (Dropout)", images(7, 7, 128), 0),
        ("conv2d_3 (Conv2D)", images(4, 4, 256), 819456),
        ("dropout_3 (Dropout)", images(4, 4, 256), 0),
        ("conv2d_4 (Conv2D)", images(4, 4, 512), 3277312),
        ("dropout_4 (Dropout)", images(4, 4, 512), 0),
        ("flatten_1 (Flatten)", images(8192), 0),
        ("dense_1 (Dense)", images(1), 8193),
        ("activation_1 (Activation)", images(1), 0),
    ]
    assert lines_of(dcgan[1]) == table(rows, 4_311_553)


def test_a_generator(dcgan):
    rows = [
        ("dense_2 (Dense)", images(12544), 1266944),
        ("batch_normalization_1 (BatchNormalization)", images(12544), 50176),
        ("activation_2 (Activation)", images(12544), 0),
        ("reshape_1 (Reshape)", images(7, 7, 256), 0),
        ("dropout_5 (Dropout)", images(7, 7, 256), 0),
        ("up_sampling2d_1 (UpSampling2D)", images(14, 14, 256), 0),
        ("conv2d_transpose_1 (Conv2DTranspose)", images(14, 14, 128), 819328),
        ("batch_normalization_2 (BatchNormalization)", images(14, 14, 128), 512),
        ("activation_3 (Activation)", images(14, 14, 128), 0),
        ("up_sampling2d_2 (UpSampling2D)", images(28, 28, 128), 0),
        ("conv2d_transpose_2 (Conv2DTranspose)", images(28, 28, 64), 204864),
        ("batch_normalization_3 (BatchNormalization)", images(28, 28, 64), 256),
        ("activation_4 (Activation)", images(28, 28, 64), 0),
        ("conv2d_transpose_3 (Conv2DTranspose)", images(28, 28, 32), 51232),
        ("batch_normalization_4 (BatchNormalization)", images(28, 28, 32), 128),
        ("activation_5 (Activation)", images(28, 28, 32), 0),
        ("conv2d_transpose_4 (Conv2DTranspose)", images(28, 28, 1), 801),
        ("activation_6 (Activation)", images(28, 28, 1), 0),
    ]
    assert lines_of(dcgan[3]) == table(rows, 2_368_705, 25_536)


def test_nested_models_are_rows_named_in_the_order_of_creation(dcgan):
    dm, _, am, _ = dcgan
    assert [model.name for model in dcgan] == [
        "sequential_1",
        "sequential_2",
        "sequential_3",
        "sequential_4",
    ]
    discriminator = ("sequential_2 (Sequential)", images(1), 4311553)
    generator = ("sequential_4 (Sequential)", images(28, 28, 1), 2394241)
    assert lines_of(dm) == table([discriminator], 4_311_553)
    assert lines_of(am) == table([generator, discriminator], 6_680_258, 25_536)


def test_a_frozen_part_counts_as_not_trainable(dcgan):
    _, d, am, _ = dcgan
    d.trainable = False
    assert lines_of(am)[-4:-1] == [
        "Total params: 6,705,794",
        "Trainable params: 2,368,705",
        "Non-trainable params: 4,337,089",
    ]


GRAPH_HEADER = ("Layer (type)", "Output Shape", "Param #", "Connected to")


def test_a_graph_shows_what_each_layer_is_connected_to():
    left, right = Input((8,)), Input((4,), name="right")
    shared = Dense(4)
    a = shared(left)
    b = add([Dense(4, name="from_right")(right), a])
    model = Model([left, right], concatenate([b, a, shared(Dense(8)(b))]))
    rows = [
        ("right (InputLayer)", images(4), 0, ""),
        ("input_1 (InputLayer)", images(8), 0, ""),
        ("from_right (Dense)", images(4), 20, "right[0][0]"),
        [("dense_1 (Dense)", images(4), 36, "input_1[0][0]"), ("", "", "", "dense_2[0][0]")],
        [("add_1 (Add)", images(4), 0, "from_right[0][0]"), ("", "", "", "dense_1[0][0]")],
        ("dense_2 (Dense)", images(8), 40, "add_1[0][0]"),
        [
            ("concatenate_1 (Concatenate)", images(12), 0, "add_1[0][0]"),
            ("", "", "", "dense_1[0][0]"),
            ("", "", "", "dense_1[1][0]"),
        ],
    ]
    assert lines_of(model) == table(rows, 96, row=wide, header=GRAPH_HEADER)
    assert {len(line) for line in lines_of(model) if line[0] not in "TN"} == {100}


def test_shapes_that_differ_between_calls_are_multiple():
    conv = Conv2D(2, 3)
    small, large = Input((8, 8, 1)), Input((9, 9, 1))
    model = Model([small, large], [conv(small), conv(large)])
    rows = [
        ("input_1 (InputLayer)", images(8, 8, 1), 0, ""),
        ("input_2 (InputLayer)", images(9, 9, 1), 0, ""),
        [("conv2d_1 (Conv2D)", "multiple", 20, "input_1[0][0]"), ("", "", "", "input_2[0][0]")],
    ]
    assert lines_of(model) == table(rows, 20, row=wide, header=GRAPH_HEADER)


def test_calls_that_belong_to_another_model_are_left_out():
    dense = Dense(2)
    other, a, b = Input((3,)), Input((3,)), Input((3,))
    dense(other)
    lines = lines_of(Model([a, b], add([dense(a), dense(b)])))
    assert wide("dense_1 (Dense)", (None, 2), 8, "input_2[0][0]") in lines
    assert not any("input_1" in line for line in lines)


def test_a_nested_model_counts_its_own_graph_as_its_first_call():
    inner = Sequential([Dense(2, input_shape=(3,))])
    a, b = Input((3,)), Input((3,))
    lines = lines_of(Model([a, b], add([inner(a), inner(b)])))
    assert wide("", "", "", "sequential_1[2][0]") in lines
    assert wide("add_1 (Add)", (None, 2), 0, "sequential_1[1][0]") in lines


def test_weights_of_a_layer_shared_by_nested_models_are_counted_once():
    shared = Dense(2)
    a = Sequential([shared, Dense(1)], name="a")
    b = Sequential([shared, Dense(1)], name="b")
    x = Input((3,))
    assert "Total params: 14" in lines_of(Model(x, add([a(x), b(x)])))


def test_line_length_and_positions():
    model = Sequential([Dense(4, input_shape=(3,), name="a_name_that_is_rather_long")])
    header, row = (lines_of(model, line_length=40)[i] for i in (1, 3))
    assert header == "Layer (type)      Output Shape    Param "
    assert row == "a_name_that_is_ra (None, 4)       16    "
    in_characters = lines_of(model, line_length=50, positions=(30, 44, 50))[3]
    assert in_characters == "a_name_that_is_rather_long (D (None, 4)     16    "
    assert lines_of(model, line_length=20, positions=(0.5, 0.75, 1.0))[3] == "a_name_th (Non 16   "


def test_a_model_of_unknown_input_shape_has_no_table():
    with pytest.raises(ValueError, match=r"sequential_1.*input shape"):
        Sequential([Dense(2)]).summary()


def test_a_summary_with_connections_has_98_columns_in_keras_2_2():
    a, b = Input((3,)), Input((3,))
    model = Model([a, b], add([a, b]))
    with speaking("2.2"):
        assert {len(line) for line in lines_of(model) if line[0] == "_"} == {98}
