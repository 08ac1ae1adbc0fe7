"""Shapes and parameter counts that the books state for single layers."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import config, layers
from jaxcnn.models import Model, Sequential


@pytest.fixture
def channels_first():
    config.set_image_data_format("channels_first")
    yield
    config.reset()


# layers in a row, shape of a sample, shapes after each layer, parameters of each layer
STACKS = [
    ([layers.Dense, (32,)], (16,), [(32,)], [544]),
    (
        [layers.Reshape, ((6, 2),), layers.Reshape, ((-1, 2, 2),)],
        (3, 4),
        [(6, 2), (3, 2, 2)],
        [0, 0],
    ),
    ([layers.Permute, ((2, 1),)], (10, 64), [(64, 10)], [0]),
    (
        [layers.Dense, (32,), layers.RepeatVector, (3,)],
        (32,),
        [(32,), (3, 32)],
        [1056, 0],
    ),
    ([layers.Conv2D, (1, 3)], (9, 9, 1), [(7, 7, 1)], [10]),
    ([layers.MaxPooling1D, (2,)], (10, 64), [(5, 64)], [0]),
    ([layers.Conv1D, (32, 3)], (10, 128), [(8, 32)], [3 * 128 * 32 + 32]),
    ([layers.Conv1D, (32, 3)], (None, 128), [(None, 32)], [3 * 128 * 32 + 32]),
    ([layers.Flatten, ()], (64, 32, 32), [(65536,)], [0]),
    ([layers.Dense, (32,), layers.Dense, (10,)], (784,), [(32,), (10,)], [25120, 330]),
    ([layers.Dense, (32,), layers.Dense, (32,)], (16,), [(32,), (32,)], [544, 1056]),
]


@pytest.mark.parametrize(
    ("stack", "shape", "shapes", "counts"), STACKS, ids=[s[0][0].__name__ for s in STACKS]
)
def test_stack(stack, shape, shapes, counts):
    x = layers.Input(shape)
    for make, arguments, wanted, count in zip(stack[::2], stack[1::2], shapes, counts, strict=True):
        layer = make(*arguments)
        x = layer(x)
        assert x.shape == (None, *wanted)
        assert layer.count_params() == count


@pytest.mark.usefixtures("channels_first")
def test_images_with_channels_first():
    convolution = layers.Conv2D(64, (3, 3), padding="same")
    x = convolution(layers.Input((3, 32, 32)))
    assert x.shape == (None, 64, 32, 32)
    assert convolution.count_params() == 1792
    assert layers.Flatten()(x).shape == (None, 65536)
    assert layers.Conv2D(32, (3, 3))(layers.Input(batch_shape=(10, 3, 28, 28))).shape == (
        10,
        32,
        26,
        26,
    )
    assert layers.MaxPooling2D((2, 2))(layers.Input((3, 28, 28))).shape == (None, 3, 14, 14)
    assert layers.MaxPooling2D((4, 4))(layers.Input((3, 28, 28))).shape == (None, 3, 7, 7)


@pytest.mark.usefixtures("channels_first")
def test_one_layer_on_two_sizes():
    """With channels last the second call would find 64 channels instead of 32."""
    layer = layers.Conv2D(16, (3, 3), padding="same")
    layer(layers.Input((3, 32, 32)))
    assert layer.input_shape == (None, 3, 32, 32)
    assert layer.count_params() == 448
    layer(layers.Input((3, 64, 64)))
    assert layer.get_input_shape_at(0) == (None, 3, 32, 32)
    assert layer.get_input_shape_at(1) == (None, 3, 64, 64)


@pytest.mark.usefixtures("channels_first")
def test_a_film_frame_by_frame():
    layer = layers.TimeDistributed(layers.Conv2D(64, (3, 3)))
    assert layer(layers.Input((10, 3, 299, 299))).shape == (None, 10, 64, 297, 297)
    assert layer.count_params() == 1792


def test_a_kernel_has_k_k_d_weights():
    """A causal convolution does not look ahead."""
    layer = layers.Conv2D(1, 5, use_bias=False)
    layer(layers.Input((8, 8, 3)))
    assert layer.count_params() == 5 * 5 * 3
    causal = layers.Conv1D(2, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(0).normal(size=(1, 8, 3)).astype("float32")
    y, changed = causal(x), np.array(x)
    changed[:, 5:] += 1
    np.testing.assert_array_equal(causal(changed)[:, :5], y[:, :5])


def test_a_convolution_over_time_is_one_over_an_image_of_one_column():
    x = np.random.default_rng(0).normal(size=(2, 10, 4)).astype("float32")
    over_time, over_image = layers.Conv1D(5, 3), layers.Conv2D(5, (3, 1))
    wanted = over_time(x)
    kernel, bias = over_time.get_weights()
    over_image(layers.Input((10, 1, 4)))
    over_image.set_weights([kernel[:, None], bias])
    np.testing.assert_allclose(over_image(x[:, :, None])[:, :, 0], wanted, rtol=1e-5, atol=1e-6)


def test_dot_products_and_cosines():
    """From (batch, n) and (batch, n) to (batch, 1)."""
    a, b = np.float32([[1, 2, 2], [0, 0, 0]]), np.float32([[2, 1, 2], [1, 2, 3]])
    np.testing.assert_allclose(layers.dot([a, b], axes=1), [[8], [0]])
    np.testing.assert_allclose(
        layers.dot([a, b], axes=1, normalize=True), [[8 / 9], [0]], rtol=1e-6
    )


def test_activity_regularization_sums_over_the_batch():
    """L1 * sum|x| + l2 * sum x**2 over the whole output (Keras 3 divides by the batch
    size).
    """
    layer = layers.ActivityRegularization(l1=0.1, l2=0.01)
    x = np.float32([[1, -2], [3, 4]])
    _, collected = layer.module.apply({}, x, mutable=["losses"])
    np.testing.assert_allclose(collected["losses"]["activity"], 0.1 * 10 + 0.01 * 30, rtol=1e-6)


def test_images_in_both_data_formats():
    """100 colour images of 16 x 32, and the layer that gives the same numbers for
    either.
    """
    first = np.random.default_rng(0).normal(size=(100, 3, 16, 32)).astype("float32")
    last = first.transpose(0, 2, 3, 1)
    assert last.shape == (100, 16, 32, 3)
    here, there = layers.Conv2D(4, 3), layers.Conv2D(4, 3, data_format="channels_first")
    y = here(last)
    there(layers.Input((3, 16, 32)))
    there.set_weights(here.get_weights())
    np.testing.assert_allclose(
        np.asarray(there(first)).transpose(0, 2, 3, 1), y, rtol=1e-4, atol=1e-5
    )
    assert layers.Input((128, 128, 128, 3)).shape[1:] == (128, 128, 128, 3)


def test_sums_along_axes():
    a = np.array([[1, 2], [3, 4]])
    for total in (np.sum, K.sum):
        np.testing.assert_array_equal(total(a, axis=0), [4, 6])
        np.testing.assert_array_equal(total(a, axis=1), [3, 7])


def test_merges_are_elementwise():
    a, b = np.float32([[1, 5, -2]]), np.float32([[3, 2, -4]])
    wanted = {"add": a + b, "multiply": a * b, "average": (a + b) / 2, "maximum": np.maximum(a, b)}
    for name, values in wanted.items():
        np.testing.assert_array_equal(getattr(layers, name)([a, b]), values)
    with pytest.raises(ValueError, match="at least"):
        layers.add([layers.Input((3,))])


def test_rows_of_softmax_sum_to_one():
    x = np.random.default_rng(0).normal(size=(5, 4, 7)).astype("float32") * 9
    np.testing.assert_allclose(np.sum(layers.Activation("softmax")(x), axis=-1), 1, rtol=1e-5)


# id, layer, shape of a sample, shape of its output
SHAPES = [
    (layers.Conv1D(4, 3, padding="causal", strides=2), (7, 2), (4, 4)),
    (layers.Conv1D(4, 3, padding="causal", dilation_rate=3), (7, 2), (7, 4)),
    (layers.Conv2D(2, 3, padding="same", strides=2), (7, 8, 1), (4, 4, 2)),
    (layers.Conv2D(2, 3, dilation_rate=2), (7, 8, 1), (3, 4, 2)),
    (layers.SeparableConv2D(5, 3, depth_multiplier=2), (6, 6, 4), (4, 4, 5)),
    (layers.Conv2DTranspose(2, 3, strides=2), (5, 5, 3), (11, 11, 2)),
    (layers.Conv2DTranspose(2, 2, strides=3), (5, 5, 3), (15, 15, 2)),
    (layers.Conv3D(4, 3, data_format="channels_first"), (3, 10, 16, 16), (4, 8, 14, 14)),
    (layers.Cropping1D(), (6, 2), (4, 2)),
    (layers.Cropping2D(), (6, 6, 1), (6, 6, 1)),
    (layers.Cropping2D(((1, 2), (0, 1))), (6, 6, 1), (3, 5, 1)),
    (layers.Cropping3D(), (6, 6, 6, 1), (4, 4, 4, 1)),
    (layers.UpSampling1D(), (3, 5), (6, 5)),
    (layers.UpSampling2D(), (3, 5, 1), (6, 10, 1)),
    (layers.UpSampling3D(), (1, 2, 3, 1), (2, 4, 6, 1)),
    (layers.ZeroPadding1D(), (3, 1), (5, 1)),
    (layers.ZeroPadding2D(((1, 0), (0, 2))), (3, 3, 1), (4, 5, 1)),
    (layers.ZeroPadding3D(), (3, 3, 3, 1), (5, 5, 5, 1)),
    (layers.MaxPooling1D(3, 2, "same"), (7, 1), (4, 1)),
    (layers.MaxPooling2D((2, 3), padding="same"), (7, 7, 1), (4, 3, 1)),
    (layers.MaxPooling3D(), (5, 4, 6, 1), (2, 2, 3, 1)),
    (layers.AveragePooling1D(), (7, 1), (3, 1)),
    (layers.AveragePooling2D(3, strides=1), (7, 7, 1), (5, 5, 1)),
    (layers.AveragePooling3D(), (4, 4, 4, 1), (2, 2, 2, 1)),
    (layers.GlobalMaxPooling1D(), (3, 5), (5,)),
    (layers.GlobalAveragePooling1D(), (3, 5), (5,)),
    (layers.GlobalMaxPooling2D(), (3, 4, 5), (5,)),
    (layers.GlobalAveragePooling2D(), (3, 4, 5), (5,)),
    (layers.LocallyConnected1D(3, 2, strides=2), (7, 2), (3, 3)),
    (layers.RepeatVector(3), (4,), (3, 4)),
]


@pytest.mark.parametrize(
    ("layer", "shape", "wanted"), SHAPES, ids=[type(s[0]).__name__ for s in SHAPES]
)
def test_output_shapes(layer, shape, wanted):
    assert layer(layers.Input(shape)).shape == (None, *wanted)
    assert np.shape(layer(np.zeros((2, *shape), "float32"))) == (2, *wanted)
    assert layer.compute_output_shape((None, *shape)) == (None, *wanted)


UNSUPPORTING = [
    "Flatten",
    "Permute",
    "Reshape",
    "Conv1D",
    "MaxPooling1D",
    "LocallyConnected1D",
    "UpSampling1D",
]
UNSUPPORTING += ["ZeroPadding1D", "Cropping1D", "GlobalMaxPooling1D"]
ARGUMENTS = {
    "Permute": ((2, 1),),
    "Reshape": ((12,),),
    "Conv1D": (2, 2),
    "LocallyConnected1D": (2, 2),
}


@pytest.mark.parametrize("name", UNSUPPORTING)
def test_a_mask_that_reaches_a_layer_without_masks_raises(name):
    words = layers.Embedding(9, 4, mask_zero=True)(layers.Input((3,), dtype="int32"))
    with pytest.raises(ValueError, match="does not support masking"):
        getattr(layers, name)(*ARGUMENTS.get(name, ()))(words)


def test_the_shape_of_an_output_without_a_call():
    """Of layers, of models and of layers that users write."""

    class Projection(layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], 3), initializer="uniform")
            super().build(input_shape)

        def call(self, x):
            return K.dot(x, self.kernel)

    layer = Projection()
    assert layer.compute_output_shape((None, 4)) == (None, 3)
    assert layer(layers.Input((4,))).shape == (None, 3)
    assert layer.count_params() == 12
    assert Sequential([layers.Dense(3, input_dim=2), layers.Dense(5)]).compute_output_shape(
        (7, 2)
    ) == (7, 5)
    assert layers.LSTM(3, return_state=True).compute_output_shape((None, 4, 2)) == [(None, 3)] * 3
    with pytest.raises(ValueError, match="conv2d_1"):
        layers.Conv2D(3, 3).compute_output_shape((None, 4))


def test_the_mean_over_steps_leaves_masked_ones_out():
    x, given = layers.Input((3,), dtype="int32"), np.array([[1, 2, 0], [0, 0, 0]])
    model = Model(x, layers.GlobalAveragePooling1D()(layers.Embedding(4, 2, mask_zero=True)(x)))
    (rows,) = model.get_weights()
    np.testing.assert_allclose(model.predict(given), [(rows[1] + rows[2]) / 2, [0, 0]], atol=1e-6)
