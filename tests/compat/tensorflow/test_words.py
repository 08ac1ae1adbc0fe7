"""Values of words, as TensorFlow 1.4 prints them: each expression was run there by a session."""

import numpy as np
import pytest

L = np.array([[1.0, 2, 3], [0, -1, 0.5]], "f")
Y = np.array([[0, 1.0, 0], [0.5, 0.5, 0]], "f")
X = np.linspace(-1, 1, 2 * 5 * 5 * 3).reshape(2, 5, 5, 3).astype("f")
KERNEL = np.linspace(-0.5, 0.5, 3 * 3 * 3 * 2).reshape(3, 3, 3, 2).astype("f")
IMAGES = np.arange(24, dtype="f").reshape(1, 3, 4, 2) / 10
BOXES = np.array([[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, 2, 1, 3], [0, 0, 0.9, 1.0]], "f")
ZERO = np.zeros(3, "f")
SCORES = np.array([0.9, 0.8, 0.7, 0.95], "f")

CASES = {
    "tf.nn.conv2d(X, KERNEL, [1, 2, 2, 1], 'SAME')[0, :, :, 0]": [
        [-2.0314043, -1.9564393, -0.7048247],
        [0.3684943, 1.4502343, 1.3736862],
        [0.608079, 1.0181081, 0.6217551],
    ],
    "tf.nn.max_pool(X, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')[0, :, :, 0]": [
        [-0.7583892, -0.6778523, -0.6375839],
        [-0.3557047, -0.2751678, -0.2348993],
        [-0.1543624, -0.0738255, -0.033557],
    ],
    "tf.nn.avg_pool(X, [1, 3, 3, 1], [1, 2, 2, 1], 'SAME')[0, :, :, 0]": [
        [-0.8791946, -0.8187919, -0.7583893],
        [-0.5771812, -0.5167786, -0.4563758],
        [-0.2751678, -0.2147651, -0.1543624],
    ],
    "tf.nn.lrn(X, depth_radius=1, alpha=2e-1, beta=.75, bias=1.)[0, 0, :2]": [
        [-0.7791967, -0.6987144, -0.7626277],
        [-0.7606802, -0.685407, -0.7435631],
    ],
    "tf.nn.softmax_cross_entropy_with_logits(labels=Y, logits=L)": [1.4076059, 1.6041307],
    "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 2], logits=L)": [
        1.4076059,
        0.6041306,
    ],
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=L)": [
        [1.3132617, 0.126928, 3.0485873],
        [0.6931472, 0.8132617, 0.974077],
    ],
    "tf.nn.l2_loss(L)": 7.625,
    "tf.space_to_depth(np.arange(16.).reshape(1, 2, 4, 2), 2)": [
        [[[0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]]]
    ],
    "tf.depth_to_space(np.arange(16.).reshape(1, 1, 2, 8), 2)[..., 0]": [
        [[0, 2, 8, 10], [4, 6, 12, 14]]
    ],
    "tf.nn.l2_normalize(L, 1)": [[0.2672612, 0.5345225, 0.8017837], [0.0, -0.8944272, 0.4472136]],
    "tf.nn.moments(tf.constant(L), [0])[1]": [0.25, 2.25, 1.5625],
    "tf.nn.batch_normalization(L, ZERO, np.full(3, 2, 'f'), ZERO + 1, None, 1e-3)": [
        [1.7069302, 2.4138603, 3.1207903],
        [1.0, 0.2930699, 1.3534651],
    ],
    "tf.nn.top_k(L, 2)[1]": [[2, 1], [2, 0]],
    "tf.nn.in_top_k(L, [1, 2], 1)": [False, True],
    "tf.nn.relu_layer(L, np.eye(3, dtype='f'), np.ones(3, 'f'))": [[2, 3, 4], [1, 0, 1.5]],
    "tf.nn.xw_plus_b(L, np.eye(3, dtype='f'), [1., 2, 3])": [[2, 4, 6], [1, 1, 3.5]],
    "tf.nn.leaky_relu(L)": [[1, 2, 3], [0, -0.2, 0.5]],
    "tf.image.convert_image_dtype(np.array([0, 128, 255], 'uint8'), tf.float32)": [0, 0.5019608, 1],
    "tf.image.convert_image_dtype(np.array([0, .5, .999, 1], 'f'), tf.uint8)": [0, 127, 255, 255],
    "tf.image.rgb_to_grayscale(np.array([[[10, 20, 30], [255, 0, 7]]], 'uint8'))": [[[18], [77]]],
    "tf.image.non_max_suppression(BOXES, SCORES, 10, .5)": [3, 2],
    "tf.image.non_max_suppression(BOXES, SCORES, 2, .9)": [3, 0],
    "tf.image.resize_images(IMAGES, [5, 3])[0, :, 1, 0]": [
        0.2666667,
        0.7466667,
        1.2266667,
        1.7066667,
        1.8666667,
    ],
    "tf.image.resize_images(IMAGES, [5, 3], 1)[0, :, 1, 0]": [0.2, 0.2, 1.0, 1.0, 1.8],
    "tf.image.resize_images(IMAGES, [5, 3], 1, True)[0, :, 1, 0]": [0.4, 1.2, 1.2, 2.0, 2.0],
    "tf.image.resize_images(IMAGES, [5, 3], 2)[0, :, 1, 0]": [
        0.2740198,
        0.6769011,
        1.2918121,
        1.752298,
        1.9603915,
    ],
    "tf.image.resize_images(IMAGES, [5, 3], tf.image.ResizeMethod.AREA)[0, :, 1, 0]": [
        0.3,
        0.5666667,
        1.1,
        1.6333334,
        1.8999994,
    ],
    "tf.one_hot([0, 2, -1], 3)": [[1, 0, 0], [0, 0, 1], [0, 0, 0]],
    "tf.split(L, [1, 2], 1)[1]": [[2, 3], [-1, 0.5]],
    "tf.where(L > 0)": [[0, 0], [0, 1], [0, 2], [1, 2]],
    "tf.boolean_mask(L, [True, False])": [[1, 2, 3]],
    "tf.pad(L, [[1, 0], [0, 1]])": [[0, 0, 0, 0], [1, 2, 3, 0], [0, -1, 0.5, 0]],
    "tf.range(2, 9, 3)": [2, 5, 8],
    "tf.linspace(0., 1., 3)": [0, 0.5, 1],
    "tf.reverse(L, [1])": [[3, 2, 1], [0.5, -1, 0]],
    "tf.gather(L, [1, 0])": [[0, -1, 0.5], [1, 2, 3]],
    "tf.constant([1., 2.], shape=[2, 2])": [[1, 2], [2, 2]],
    "tf.round([.5, 1.5, -.5])": [0, 2, 0],
    "tf.reduce_mean([1, 2, 4])": 2,
    "tf.div(tf.constant(-7), 2)": -4,
    "tf.constant(7) / 2": 3.5,
    "tf.constant(-7) % 3": 2,
    "tf.shape(tf.zeros([2, 3]))": [2, 3],
    "tf.matmul(L, L, transpose_b=True)": [[14, -0.5], [-0.5, 1.25]],
}


def test_values(check_values):
    check_values(CASES, globals())


NAMES = {
    "tf.placeholder(tf.float32, [None, 3])": 'Tensor("Placeholder:0", shape=(?, 3), dtype=float32)',
    "tf.placeholder('float')": 'Tensor("Placeholder_1:0", shape=<unknown>, dtype=float32)',
    "tf.constant(2.)": 'Tensor("Const:0", shape=(), dtype=float32)',
    "tf.constant([1, 2])": 'Tensor("Const_1:0", shape=(2,), dtype=int32)',
    "tf.Variable([1., 2.], name='b')": "<tf.Variable 'b:0' shape=(2,) dtype=float32_ref>",
    "tf.Variable(1)": "<tf.Variable 'Variable:0' shape=() dtype=int32_ref>",
    "tf.nn.relu(A).name": "Relu:0",
    "tf.nn.dropout(A, .5).name": "dropout/mul:0",
    "tf.nn.dropout(A, .5).op.name": "dropout_1/mul",
    "(A + A).name": "add:0",
    "(A * 2.).name": "mul:0",
    "(-A).name": "Neg:0",
    "tf.add(A, A, name='total').name": "total:0",
    "tf.argmax(A, 0).name": "ArgMax:0",
    "tf.matmul(L, L, transpose_b=True).name": "MatMul:0",
    "tf.split(L, 3, 1)[2].name": "split:2",
}


def test_names_and_texts(tf):
    """As TensorFlow 1.4 prints them in an empty graph."""
    scope = {**globals(), "tf": tf}
    for expression, expected in NAMES.items():
        scope["A"] = scope.get("A")
        if expression.startswith("tf.nn.relu"):
            scope["A"] = tf.constant([1.0, 2.0], name="a")
        value = eval(expression, scope)
        assert (value if isinstance(value, str) else repr(value)) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("tf.foo", "tf.foo is not one of the TensorFlow words that jaxcnn knows"),
        ("tf.nn.relux", "Did you mean 'tf.nn.relu'"),
        ("tf.nn.placeholder", "Did you mean 'tf.placeholder'"),
        ("tf.contrib.layers.xavier_initializer", "knows. Instead: tf.layers"),
        ("tf.GraphDef", "a frozen graph is not read; `jaxcnn classify"),
    ],
)
def test_other_words(tf, expression, message):
    with pytest.raises(AttributeError, match=message):
        eval(expression, {"tf": tf})


ERRORS = [
    ("tf.add(tf.constant(1), tf.constant(1.))", TypeError, "has type float32 that does not match"),
    ("tf.constant(1) + 1.5", TypeError, "has a fraction"),
    ("tf.nn.softmax_cross_entropy_with_logits(L, L)", ValueError, "named arguments"),
    ("tf.matmul(L, L)", ValueError, "MatMul|matmul|dot"),
    ("tf.Variable()", ValueError, "initial_value must be specified"),
    ("tf.concat(1, [L, L])", TypeError, "takes the tensors first"),
    ("tf.where(L > 0, L)", ValueError, "both be non-None or both be None"),
    ("tf.reshape(L, tf.placeholder(tf.int32, (2,)))", ValueError, "only known when the graph runs"),
    ("tf.summary.scalar('a', tf.constant([1.])).eval(session=S)", ValueError, "shape"),
    ("tf.image.decode_jpeg(tf.constant(1))", TypeError, "bytes of a file"),
    ("tf.train.Saver()", ValueError, "No variables to save"),
    ("tf.train.AdamOptimizer().minimize(tf.constant(1.))", ValueError, "No variables to optimize"),
]


def test_what_is_refused(tf):
    scope = {**globals(), "tf": tf, "S": tf.Session()}
    for expression, kind, message in ERRORS:
        with pytest.raises(kind, match=message):
            eval(expression, scope)


def test_products_of_shapes_and_constants_stand_in_shapes(tf):
    x = tf.placeholder(tf.float32, (None, 3, 2))
    shapes = [
        [-1, tf.reduce_prod(x.get_shape()[1:])],
        [-1, tf.reduce_prod(tf.shape(x)[1:])],
        [-1, tf.constant(2) * 3],
    ]
    for shape in shapes:
        assert tf.reshape(x, shape).shape == (None, 6)
    with pytest.raises(ValueError, match="only known when the graph runs"):
        tf.reshape(x, [-1, tf.placeholder(tf.int32, ())])


def test_parts_by_value(tf):
    """As in TensorFlow 1.4 and 1.13."""
    data, numbers = tf.placeholder(tf.float32, (None, 2)), tf.placeholder(tf.int32, (None,))
    rows = np.arange(12.0).reshape(6, 2)
    fed = {data: rows, numbers: [2, 0, 1, 2, 2, 0]}
    parts = tf.dynamic_partition(data, numbers, 3)
    places = tf.dynamic_partition(tf.range(tf.shape(data)[0]), numbers, 3)
    whole = tf.dynamic_stitch(places, [part * (i + 1) for i, part in enumerate(parts)])
    gradient = tf.gradients(tf.reduce_sum(tf.square(parts[2])), data)[0]
    counted = tf.unique_with_counts(numbers)
    with tf.Session() as session:
        for i, part in enumerate(session.run(parts, fed)):
            np.testing.assert_array_equal(part, rows[np.array(fed[numbers]) == i])
        factors = np.array(fed[numbers])[:, None] + 1
        np.testing.assert_array_equal(session.run(whole, fed), rows * factors)
        np.testing.assert_array_equal(session.run(gradient, fed), 2 * rows * (factors == 3))
        values, at = session.run(tf.unique(numbers), fed)
        np.testing.assert_array_equal(values, [2, 0, 1])
        np.testing.assert_array_equal(at, [0, 1, 2, 0, 0, 1])
        np.testing.assert_array_equal(session.run(counted.count, fed), [3, 2, 1])
        many = np.arange(200_000) % 3  # of which no table of all pairs could be made
        values, at = session.run(tf.unique(numbers), {numbers: many})
        np.testing.assert_array_equal(values, [0, 1, 2])
        np.testing.assert_array_equal(at, many)
        assert session.run(tf.unique(numbers), {numbers: []}).y.size == 0
        last = session.run(tf.dynamic_stitch([[0, 1], [1]], [[1.0, 2.0], [9.0]]))
        np.testing.assert_array_equal(last, [1, 9])
        with pytest.raises(ValueError, match="must be a vector"):
            tf.unique(data)
        with pytest.raises(ValueError, match="there is no element"):
            session.run(tf.dynamic_stitch([np.zeros(0, "i")], [np.zeros(0, "f")]))


def test_functions_of_numpy(tf):
    """As in TensorFlow 1.13."""
    rows = np.arange(24.0, dtype="f").reshape(8, 3) / 24
    data = tf.placeholder(tf.float32, (None, 3))
    total, count = tf.py_func(
        lambda a: (a.sum(0), np.int64(len(a))), [data], [tf.float32, tf.int64]
    )
    with tf.Session() as session:

        def run(tensor):
            return session.run(tensor, {data: rows})

        np.testing.assert_allclose(run(total), [3.5, 3.8333335, 4.1666665])
        np.testing.assert_allclose(run(total * 2 + 1), [8, 8.666667, 9.333333], rtol=1e-6)
        assert run(count) == 8
        assert "<unknown>" in repr(total)
        total.set_shape((3,))
        assert total.get_shape().as_list() == [3]
        assert run(tf.py_func(lambda: np.float32(3), [], tf.float32)) == 3
        assert run(tf.py_func(lambda b: np.int32(b.sum()), [np.arange(4)], tf.int32)) == 6
        with pytest.raises(ValueError, match="is float64, but `Tout` says float32"):
            run(tf.py_func(lambda a: a.astype("float64"), [data], tf.float32))
        with pytest.raises(ValueError, match="returned 2 values"):
            run(tf.py_func(lambda a: (a, a), [data], tf.float32))
        with pytest.raises(ZeroDivisionError):
            run(tf.py_func(lambda a: 1 / 0, [data], tf.float32))
