"""Words inside Lambdas, with the shapes and sums of TensorFlow 1.13 under Keras 2.2.4."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import compat
from jaxcnn.layers import Input, Lambda
from jaxcnn.models import Model

RANDOM = np.random.RandomState(0)
X = RANDOM.rand(8, 6, 4).astype("float32")
PLACES = np.sort(RANDOM.randint(0, 6, (8, 2)).astype("int32"), axis=1)
WHOLE = 96.753  # the sum of X


@pytest.fixture
def tf(as_keras):
    compat.install("2.2", tensorflow=True)
    import tensorflow

    return tensorflow


def result(function, *arrays):
    """The shape of a Lambda without the batch, and the sum of its values."""
    inputs = [Input(a.shape[1:], dtype=str(a.dtype)) for a in arrays]
    given = inputs if len(inputs) > 1 else inputs[0]
    values = Model(inputs, Lambda(function)(given)).predict([*arrays] if len(arrays) > 1 else X)
    return values.shape[1:], round(float(values.astype("float64").sum()), 3)


def rounds(tf, x):
    """The states of all steps, written one after the other."""
    steps = tf.transpose(x, [1, 0, 2])

    def body(t, h, states):
        h = h * 0.5 + steps[t]
        return t + 1, h, states.write(t, h)

    states = tf.TensorArray("float32", size=tf.shape(x)[1])
    start = (0, tf.zeros_like(x[:, 0]), states)
    states = tf.while_loop(lambda t, h, states: t < tf.shape(x)[1], body, start)[2]
    return tf.transpose(states.stack(), [1, 0, 2])


def three_sums(tf, x):
    """The sum of the first three steps."""
    i, total = tf.constant(0), tf.zeros_like(x[:, 0])
    body = lambda i, total: [tf.add(i, 1), total + x[:, i]]  # noqa: E731
    return tf.while_loop(lambda i, total: tf.less(i, 3), body, [i, total])[1]


def over_steps(tf, x, **options):
    steps = tf.transpose(x, [1, 0, 2])
    return tf.transpose(tf.scan(lambda a, b: a * 0.5 + b, steps, **options), [1, 0, 2])


def flat(tf, x):
    batch, steps, width = tf.unstack(tf.shape(x))
    return tf.reshape(x, (batch, steps * width))


OF_ONE = {
    "sizes": (flat, (24,), WHOLE),
    "while_loop": (three_sums, (4,), 46.376),
    "TensorArray": (rounds, (6, 4), 159.683),
    "scan": (over_steps, (6, 4), 159.683),
    "top_k": (lambda tf, x: tf.nn.top_k(tf.transpose(x, [0, 2, 1]), 2).values, (4, 2), 48.82),
    "gather_nd": (
        lambda tf, x: tf.gather_nd(x, tf.stack([tf.range(tf.shape(x)[0]), tf.fill([8], 2)], 1)),
        (4,),
        15.181,
    ),
    "strided_slice": (
        lambda tf, x: tf.strided_slice(x, [0, 0, 0], [8, 6, 4], [1, 2, 1]),
        (3, 4),
        49.722,
    ),
    "sort": (lambda tf, x: tf.sort(x, axis=1), (6, 4), WHOLE),
    "argsort": (lambda tf, x: tf.cast(tf.argsort(x, axis=1), "float32"), (6, 4), 480),
    "meshgrid": (
        lambda tf, x: x + tf.cast(tf.add_n(tf.meshgrid(tf.range(4), tf.range(6))), "float32"),
        (6, 4),
        864.753,
    ),
    "matrix_band_part": (lambda tf, x: tf.matrix_band_part(x, 0, -1), (6, 4), 37.052),
    "extract_image_patches": (
        lambda tf, x: tf.extract_image_patches(
            x[..., None], [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"
        ),
        (3, 2, 4),
        WHOLE,
    ),
    "activations": (
        lambda tf, x: (
            tf.nn.swish(x)
            + tf.nn.leaky_relu(x)
            + tf.nn.selu(x)
            + tf.nn.elu(x)
            + tf.nn.softplus(x)
            + tf.nn.relu6(x)
            + tf.nn.crelu(x)[..., :4]
            + tf.nn.log_softmax(x)
        ),
        (6, 4),
        469.703,
    ),
    "case": (
        lambda tf, x: tf.case([(K.sum(x) > 1e6, lambda: x)], default=lambda: x * 3),
        (6, 4),
        290.258,
    ),
}
OF_TWO = {
    "sequence_mask": (
        lambda tf, x, i: tf.cast(tf.sequence_mask(i[:, 0], 6), "float32") * K.sum(x, -1),
        (6,),
        47.848,
    ),
    "reverse_sequence": (
        lambda tf, x, i: tf.reverse_sequence(x, i[:, 1], seq_axis=1, batch_axis=0),
        (6, 4),
        WHOLE,
    ),
    "batch_gather": (lambda tf, x, i: tf.batch_gather(x, i), (2, 4), 33.128),
    "scatter_nd": (
        lambda tf, x, i: tf.scatter_nd(tf.expand_dims(i[:, 0], 1), K.sum(x, 1), [8, 4]),
        (4,),
        WHOLE,
    ),
    "map_fn": (
        lambda tf, x, i: tf.map_fn(lambda p: p[0] * tf.cast(p[1][0], "float32"), (x, i), "float32"),
        (6, 4),
        float((X * PLACES[:, :1, None]).sum().round(3)),
    ),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_words_of_one_tensor(name, tf):
    function, shape, total = OF_ONE[name]
    got = result(lambda x: function(tf, x), X)
    assert got[0] == shape and got[1] == pytest.approx(total, abs=2e-3)


@pytest.mark.parametrize("name", OF_TWO)
def test_words_of_two_tensors(name, tf):
    function, shape, total = OF_TWO[name]
    got = result(lambda pair: function(tf, *pair), X, PLACES)
    assert got[0] == shape and got[1] == pytest.approx(total, abs=2e-3)


def test_values_of_words(tf):
    run = tf.Session().run
    rows = np.array([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]], "f")
    assert run(tf.reverse_sequence(rows, [2, 3], 1)).tolist() == [[1, 3, 2], [4, 5, 0]]
    assert run(tf.sort(rows, direction="DESCENDING")).tolist() == [[3, 2, 1], [5, 4, 0]]
    assert run(tf.scan(lambda a, b: a + b, rows, reverse=True)).tolist() == [[3, 6, 6], [0, 5, 4]]
    assert run(tf.scan(lambda a, b: a + b, rows, tf.zeros([3])))[1].tolist() == [3, 6, 6]
    assert run(tf.cumprod([2.0, 3.0, 4.0], exclusive=True, reverse=True)).tolist() == [12, 4, 1]
    assert run(tf.matrix_band_part(tf.ones([3, 3]), 0, 1))[0].tolist() == [1, 1, 0]
    assert run(tf.linalg.inv(2 * tf.eye(2))).tolist() == [[0.5, 0], [0, 0.5]]
    assert run(tf.math.atan2(1.0, 1.0)) == pytest.approx(np.pi / 4)
    assert run(tf.random.uniform([3])).shape == (3,)
    _, total = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + 2.0), (0, tf.zeros([])))
    assert run(total) == 8
    assert not tf.executing_eagerly() and tf.get_logger().name == "tensorflow"
    assert tf.function(max) is max and tf.function(autograph=False)(max) is max
    assert tf.test.is_gpu_available() == bool(tf.config.experimental.list_physical_devices("GPU"))


def test_files_of_tensorflow(tf):
    from tensorflow.python.client import device_lib
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.ops import array_ops, math_ops, nn_ops
    from tensorflow.python.ops import nn as nn_file

    assert math_ops.reduce_mean is tf.reduce_mean and array_ops.where is tf.where
    assert nn_ops.softmax is nn_file.softmax is tf.nn.softmax
    assert ops.control_dependencies is tf.control_dependencies
    assert ops.convert_to_tensor is tf.convert_to_tensor and dtypes.float32 is tf.float32
    assert device_lib.list_local_devices()[0].device_type == "CPU" or tf.test.gpu_device_name()


def test_devices_as_keras_lists_them(tf, monkeypatch):
    """Names as the real 2.2.4 printed them, that of a GPU as its `multi_gpu_model` wants it."""
    from keras import backend as K
    from keras.utils import multi_gpu_utils

    name = "/job:localhost/replica:0/task:0/device:CPU:0"
    assert multi_gpu_utils._get_available_devices()[0] == name
    assert multi_gpu_utils._normalize_device_name(name) == "/cpu:0"
    gpu = SimpleNamespace(platform="gpu", id=1, device_kind="H")
    monkeypatch.setattr(jax, "devices", lambda platform=None: [gpu])
    assert K.tensorflow_backend._get_available_gpus()[-1] == name.replace("CPU:0", "GPU:1")


def test_what_depends_on_values_is_not_compiled(tf):
    def first(pair):
        x, places = pair
        return tf.map_fn(lambda p: K.max(p[0][: p[1][0] + 1], axis=0), (x, places), "float32")

    with pytest.warns(UserWarning, match="runs operation by operation"):
        assert result(first, X, PLACES) == ((4,), 23.949)
    with pytest.warns(UserWarning, match="runs operation by operation"):
        halved = result(lambda x: tf.while_loop(lambda y: K.sum(y) > 1, lambda y: y / 2, [x]), X)
    assert halved == ((6, 4), 0.756)


def test_refusals(tf):
    with pytest.raises(AttributeError, match=r"Instead: tf\.unsorted_segment_sum"):
        tf.segment_sum  # noqa: B018
    with pytest.raises(ValueError, match="words make graphs here"):
        tf.enable_eager_execution()


@pytest.mark.parametrize("symbolic", [False, True], ids=["in a loss", "in the graph"])
@pytest.mark.parametrize(
    "sizes",
    [
        lambda tf, x: [tf.size(x[:, 0]), 2],
        lambda tf, x: tf.stack([tf.shape(x)[0], 2]),
        lambda tf, x: tf.concat([tf.shape(x)[:1], [2]], 0),
        lambda tf, x: [tf.shape(x)[0], tf.rank(x)],
        lambda tf, x: tf.constant([4, 2]) if x.shape[0] == 4 else [tf.shape(x)[0], 2],
        lambda tf, x: [tf.reduce_prod(tf.shape(x)[:1]), 2],
    ],
)
def test_what_is_computed_of_sizes_is_a_size(tf, sizes, symbolic):
    """Also within functions that are traced, such as losses."""
    from keras.layers import Dense
    from keras.models import Sequential

    def tiled(x):
        return tf.reduce_sum(tf.tile(x, sizes(tf, x))) / tf.to_float(tf.size(x))

    model = Sequential([Dense(3, input_shape=(3,))])
    x = np.random.RandomState(0).rand(4, 3).astype("float32")
    expected = np.tile(model.predict(x), (4, 2)).sum() / 12
    if symbolic:
        value = tf.Session().run(tiled(model.output), {model.input: x})
    else:
        model.compile("sgd", lambda _, y: tiled(y))
        value = model.test_on_batch(x, x)
    np.testing.assert_allclose(value, expected, rtol=1e-5)
