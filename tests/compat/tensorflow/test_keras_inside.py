"""``tensorflow.keras``, and layers of Keras among words of TensorFlow."""

import importlib
import sys

import numpy as np
import pytest

from jaxcnn import compat, layers, models
from jaxcnn.compat.detection import dialect_of
from jaxcnn.optimizers import SGD

SPELLINGS = """
tensorflow.keras layers models backend callbacks datasets preprocessing utils
tensorflow.keras Sequential Model Input
tensorflow.keras.layers Dense Conv2D BatchNormalization Layer InputLayer
tensorflow.keras.models Sequential Model load_model model_from_json
tensorflow.keras.utils to_categorical Sequence plot_model
tensorflow.keras.preprocessing.image ImageDataGenerator load_img
tensorflow.keras.preprocessing.text Tokenizer
tensorflow.keras.preprocessing.sequence pad_sequences
tensorflow.keras.datasets mnist fashion_mnist imdb
tensorflow.keras.callbacks EarlyStopping ModelCheckpoint TensorBoard
tensorflow.keras.optimizers Adam SGD
tensorflow.keras.regularizers l2
tensorflow.keras.initializers RandomNormal
tensorflow.keras.losses SparseCategoricalCrossentropy
tensorflow.keras.applications.vgg16 VGG16 preprocess_input
tensorflow.python.keras.layers Dense
tensorflow.python.keras backend
tensorflow.compat.v1.keras.layers Dense
tensorflow.compat.v1 placeholder Session
tensorflow.examples.tutorials.mnist input_data
""".strip().splitlines()


def test_imports(tf):
    for line in SPELLINGS:
        path, *names = line.split()
        scope = {}
        exec(f"from {path} import {', '.join(names)}", scope)
        assert set(names) <= set(scope)
    import tensorflow.compat.v1 as tf1

    assert tf.keras.layers.Dense is layers.Dense is scope.get("Dense", layers.Dense)
    assert tf1.nn.relu is tf.nn.relu
    assert (tf.__version__, tf.keras.__version__) == ("1.4.0", "2.0.4-tf")
    with pytest.raises(ImportError, match=r"has no module tensorflow\.keras\.layer\. Did you mean"):
        import tensorflow.keras.layer
    with pytest.raises(ImportError, match=r"has no module tensorflow\.contrib"):
        import tensorflow.contrib.slim  # noqa: F401


def test_a_program_of_later_spellings(run, tmp_path):
    script = tmp_path / "later.py"
    script.write_text(
        "import numpy as np\n"
        "import tensorflow as tf\n"
        "from tensorflow.keras import layers\n"
        "x = np.linspace(0, 1, 24).reshape(12, 2).astype('float32')\n"
        "y = tf.keras.utils.to_categorical(np.arange(12) % 3)\n"
        "model = tf.keras.Sequential([layers.Dense(4, activation=tf.nn.relu, input_shape=(2,)),\n"
        "                             layers.Dense(3, activation='softmax')])\n"
        "model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01),\n"
        "              loss='categorical_crossentropy', metrics=['accuracy'])\n"
        "history = model.fit(x, y, epochs=1, verbose=0,\n"
        "                    callbacks=[tf.keras.callbacks.History()])\n"
        "accuracy = history.history['accuracy']\n"
        "output = tf.keras.backend.get_value(model.layers[0].kernel)\n"
    )
    left = run(str(script))
    assert left["accuracy"] == left["history"].history["acc"]
    assert left["output"].shape == (2, 4)


def test_words_inside_a_loss_and_a_layer(tf):
    """The triplet loss of the notes, which is called on arrays and on tensors."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        anchor, positive, negative = y_pred[:, 0], y_pred[:, 1], y_pred[:, 2]
        near = tf.reduce_sum(tf.square(tf.subtract(anchor, positive)), axis=-1)
        far = tf.reduce_sum(tf.square(tf.subtract(anchor, negative)), axis=-1)
        return tf.reduce_sum(tf.maximum(tf.add(tf.subtract(near, far), alpha), 0.0))

    model = tf.keras.Sequential([
        tf.keras.layers.Dense(6, input_dim=2, use_bias=False),
        tf.keras.layers.Lambda(lambda x: tf.reshape(x, [-1, 3, 2]) * tf.constant(2.0)),
    ])  # fmt: skip
    model.compile("sgd", triplet_loss)
    x = np.array([[1.0, -1.0], [0.5, 2.0]], "f")
    outputs = model.predict(x)
    a, p, n = outputs[:, 0], outputs[:, 1], outputs[:, 2]
    expected = np.maximum(((a - p) ** 2).sum(-1) - ((a - n) ** 2).sum(-1) + 0.2, 0).sum()
    assert model.test_on_batch(x, np.zeros((2, 3, 2))) == pytest.approx(expected, rel=1e-5)


def test_layers_of_keras_in_a_session(tf):
    """Keras as a simplified interface to TensorFlow: its layers, losses and session."""
    from keras import backend as K
    from keras.objectives import categorical_crossentropy

    session = tf.Session()
    K.set_session(session)
    images = tf.placeholder(tf.float32, shape=(None, 4))
    labels = tf.placeholder(tf.float32, shape=(None, 2))
    x = tf.keras.layers.Dense(3, activation="relu")(images)
    x = tf.keras.layers.Dropout(0.5)(x)
    predictions = tf.keras.layers.Dense(2, activation="softmax")(x)
    loss = tf.reduce_mean(categorical_crossentropy(labels, predictions))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session.run(tf.global_variables_initializer())
    feed = {images: np.eye(4), labels: np.eye(2)[[0, 1, 0, 1]], K.learning_phase(): 0}
    with session.as_default():
        before = loss.eval(feed)
        for _ in range(3):
            step.run(feed)
        assert loss.eval(feed) < before
        feed = {**feed, K.learning_phase(): 1}
        assert predictions.eval(feed).shape == (4, 2)
    assert K.get_session() is session and K.tf is tf


def test_boxes_of_a_model(tf):
    """The last steps of the notes' object detection: masks and suppression behind a model."""
    from keras import backend as K

    from jaxcnn.detection import suppression

    x = layers.Input((4, 5))
    model = tf.keras.Model(x, layers.Activation("linear")(x))
    session = K.get_session()
    scores, boxes = model.output[0, :, 4], model.output[0, :, :4]
    mask = scores >= 0.6
    some, their = tf.boolean_mask(scores, mask), tf.boolean_mask(boxes, mask)
    most = K.variable(2, dtype="int32")
    session.run(tf.variables_initializer([most]))
    chosen = tf.image.non_max_suppression(their, some, most, iou_threshold=0.5)
    outputs = [K.gather(some, chosen), K.gather(their, chosen)]
    rows = np.array(
        [[0, 0, 1, 1, 0.7], [0, 0.1, 1, 1, 0.9], [2, 2, 3, 3, 0.8], [4, 4, 5, 5, 0.5]], "f"
    )
    left = session.run(outputs, {model.input: rows[None], K.learning_phase(): 0})
    ours = suppression.non_max_suppression(
        rows[:, :4], rows[:, 4], np.zeros(4, int), 0.6, 0.5, max_boxes=2
    )
    np.testing.assert_array_equal(left[0], ours.scores)
    np.testing.assert_array_equal(left[1], ours.boxes)


def test_what_resets_the_graph(tf):
    tf.Variable(2.0)
    from tensorflow.python.framework import ops

    ops.reset_default_graph()
    assert tf.global_variables() == []


def test_layers_of_tensorflow(tf):
    x = tf.placeholder(tf.float32, [None, 8, 8, 1])
    start = tf.truncated_normal_initializer(stddev=0.02)
    maps = tf.layers.conv2d(
        x, 4, 3, padding="same", activation=tf.nn.relu, kernel_initializer=start
    )
    flat = tf.layers.flatten(tf.layers.max_pooling2d(maps, 2, 2))
    training = tf.placeholder(tf.bool)
    logits = tf.layers.dense(tf.layers.dropout(flat, 0.4, training=training), 3)
    assert [v.name for v in tf.trainable_variables()] == [
        "conv2d/kernel:0",
        "conv2d/bias:0",
        "dense/kernel:0",
        "dense/bias:0",
    ]
    loss = tf.reduce_mean(tf.square(logits - 1.0))
    step = tf.train.AdamOptimizer().minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert np.abs(session.run(tf.trainable_variables()[0])).max() <= 0.04
        feed = {x: np.ones((2, 8, 8, 1)), training: False}
        before = session.run(loss, feed)
        session.run(step, {**feed, training: True})
        assert session.run(loss, feed) < before


def test_the_keras_of_a_program_is_seen():
    assert dialect_of("from tensorflow.keras.layers import ReLU") == "2.2"
    assert dialect_of("from tensorflow.python.keras.layers import Dense") == "2.0"
    assert dialect_of("from tensorflow.keras.initializers import Zeros\nf(nb_epoch=1)") == "2.0"


def test_the_real_one_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", type(sys)("tensorflow"))
    with pytest.raises(RuntimeError, match="already imported, and is left alone"):
        compat.install(tensorflow=True)


def test_asked_for_later(as_keras, monkeypatch):
    import keras

    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    with pytest.raises(ImportError, match="tensorflow=True"):
        import tensorflow
    compat.install(tensorflow=True)
    import tensorflow

    assert tensorflow.keras.layers.Dense is keras.layers.Dense


def test_models_compiled_with_optimizers_of_tensorflow(tf):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, use_bias=False, input_shape=(1,))])
    model.compile(tf.train.GradientDescentOptimizer(0.25), loss="mse")
    model.set_weights([np.zeros((1, 1), "f")])
    model.train_on_batch(np.ones((2, 1)), np.ones((2, 1)))
    assert model.get_weights()[0] == 0.5
    with pytest.raises(TypeError, match="whose learning rate is a number"):
        model.compile(tf.train.AdamOptimizer(tf.placeholder(tf.float32)), loss="mse")


def test_operations_are_no_outputs_of_functions(tf):
    weight = tf.Variable(1.0)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(weight * weight)
    with pytest.raises(TypeError, match="Operations run in a session"):
        tf.keras.backend.function([tf.keras.Input((1,))], [step])


def test_classes_of_metrics_and_what_contrib_is_instead(tf):
    metrics, keras = tf.keras.metrics, tf.keras
    model = keras.Sequential([keras.layers.Dense(3, input_shape=(3,))])
    model.set_weights([np.eye(3), np.zeros(3)])
    x = np.array([[0.1, 0.6, 0.3], [0.2, 0.3, 0.5]])
    model.compile("sgd", "mse", metrics=[metrics.MeanAbsoluteError(), metrics.Hinge])
    mean_absolute = model.evaluate(x, np.zeros((2, 3)), verbose=0)[1]
    assert model.metrics_names == ["loss", "mean_absolute_error", "hinge"]
    assert mean_absolute == pytest.approx(1 / 3)
    top = metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[top])
    assert model.evaluate(x, np.array([0, 2]), verbose=0)[1] == 0.5
    assert model.metrics_names == ["loss", "top2"]
    with pytest.raises(ImportError, match=r"no module tensorflow.contrib. Instead: tf.layers"):
        importlib.import_module("tensorflow.contrib.slim")


class Scaled(layers.Layer):
    """Times a variable that it lists among its weights in one of the ways of programs."""

    def __init__(self, variable, way, **kwargs):
        self.make, self.way = variable, way
        super().__init__(**kwargs)

    def build(self, shape):
        self.w = self.make((3,))
        self.way(self)
        super().build(shape)

    def call(self, inputs):
        return inputs * self.w


WAYS = [
    lambda self: setattr(self, "trainable_weights", [self.w]),
    lambda self: self._trainable_weights.append(self.w),
    lambda self: setattr(self, "trainable_weights", [*self.trainable_weights, self.w]),
    lambda self: self.non_trainable_weights.append(self.w),
]


@pytest.mark.parametrize("way", range(4))
@pytest.mark.parametrize("kind", ["Variable", "get_variable"])
def test_variables_of_tensorflow_as_weights(tf, tmp_path, kind, way):
    """The numbers are those of the real Keras 2.0.4 and 2.2.4."""
    from keras import backend as K

    def variable(shape):
        if kind == "Variable":
            return tf.Variable(tf.ones(shape), name="v")
        return tf.get_variable("g", shape, initializer=tf.ones_initializer())

    x = np.arange(6.0).reshape(2, 3) / 6
    layer = Scaled(variable, WAYS[way], input_shape=(3,))
    model = models.Sequential([layer])
    model.compile(SGD(0.5), "mse")
    K.get_session().run(tf.global_variables_initializer())
    losses = [model.train_on_batch(x, np.ones((2, 3))) for _ in range(2)]
    trained = way < 3
    np.testing.assert_allclose(losses, [0.4213, 0.40418 if trained else 0.4213], atol=1e-5)
    expected = [1.08160, 1.11563, 1.11229] if trained else [1, 1, 1]
    (value,) = model.get_weights()
    np.testing.assert_allclose(value, expected, atol=1e-5)
    assert len(layer.trainable_weights) == trained and model.count_params() == 3
    np.testing.assert_allclose(K.get_session().run(layer.w), value)
    model.save_weights(str(tmp_path / "w.h5"))
    model.set_weights([0 * value])
    model.load_weights(str(tmp_path / "w.h5"))
    np.testing.assert_allclose(model.predict(x), x * value, rtol=1e-6)


def test_a_variable_that_a_built_layer_lists(tf):
    """The numbers are those of the real Keras 2.0.4 and 2.2.4."""
    from keras import backend as K

    w = tf.Variable(tf.ones(3))
    dense = layers.Dense(3, kernel_initializer="ones", input_shape=(3,))
    model = models.Sequential([dense, layers.Lambda(lambda t: t * w)])
    dense.trainable_weights = [*dense.trainable_weights, w]
    model.compile(SGD(0.1), "mse")
    K.get_session().run(tf.global_variables_initializer())
    x, y = np.arange(6.0).reshape(2, 3) / 6, np.ones((2, 3))
    losses = [model.train_on_batch(x, y) for _ in range(2)]
    np.testing.assert_allclose(losses, [0.625, 0.49852], atol=1e-5)
    kernel, bias, scale = model.get_weights()
    np.testing.assert_allclose(kernel[:, 0], [0.97030, 0.96609, 0.96187], atol=1e-5)
    np.testing.assert_allclose(bias, [-0.02531] * 3, atol=1e-5)
    np.testing.assert_allclose(scale, [0.89663] * 3, atol=1e-5)
