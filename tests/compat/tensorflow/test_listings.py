"""Small programs in the manner of the sources' TensorFlow listings run unmodified, with the numbers
of the same networks made of layers.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import layers
from jaxcnn.datasets import mnist
from jaxcnn.models import Sequential
from jaxcnn.reporting.event_file import field


@pytest.mark.slow
def test_digits(run, monkeypatch):
    """C1: the trained network is that of layers with the same weights."""
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 256, (5080, 28, 28), np.uint8), np.arange(5080, dtype=np.uint8) % 10
    monkeypatch.setattr(mnist, "load_data", lambda: (digits, digits))
    left = run("c1_digits.py")
    assert len(left["accuracies"]) == 2
    assert left["first"] == pytest.approx(np.log(10), rel=0.2)
    assert left["last"] != left["first"]

    model = Sequential()
    for filters in (4, 4, 8):
        shape = {"input_shape": (28, 28, 1)} if not model.layers else {}
        model.add(
            layers.Conv2D(filters, 3, padding="same", activation="relu", use_bias=False, **shape)
        )
        model.add(layers.MaxPooling2D(2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(25, activation="relu", use_bias=False))
    model.add(layers.Dense(10, use_bias=False))
    session = left["sess"]
    variables = [*left["kernels"], left["w4"], left["w_o"]]
    model.set_weights(session.run(variables))
    feed = {left["X"]: left["x_test"], left["keep_conv"]: 1.0, left["keep_hidden"]: 1.0}
    np.testing.assert_allclose(
        session.run(left["logits"], feed), model.predict(left["x_test"]), atol=1e-6
    )


def test_groups_and_a_new_last_layer(run, tmp_path, capsys):
    """C3 and C4: what the network computes, and that only the last layer is trained."""
    rng = np.random.default_rng(1)
    shapes = {"conv1": (3, 3, 3, 8), "conv2": (3, 3, 4, 6), "fc6": (54, 5), "fc8": (5, 4)}
    weights = {
        name: [(rng.normal(size=s) * 0.3).astype("f"), (rng.normal(size=s[-1]) * 0.3).astype("f")]
        for name, s in shapes.items()
    }
    np.save(tmp_path / "weights.npy", weights, allow_pickle=True)
    left = run("c3_groups.py")

    model = Sequential([
        layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", input_shape=(15, 15, 3)),
        layers.LocalResponseNormalization(),
        layers.MaxPooling2D(3, 2),
        layers.Conv2D(6, 3, padding="same", groups=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(5, activation="relu"),
        layers.Dense(4, activation="softmax"),
    ])  # fmt: skip
    model.set_weights([array for pair in weights.values() for array in pair])
    np.testing.assert_allclose(left["output"], model.predict(left["images"]), atol=1e-6)
    assert capsys.readouterr().out.startswith("Image 0\n")
    assert left["losses"] == sorted(left["losses"], reverse=True)
    assert not np.array_equal(left["trained"], np.array([[0.1, -0.1]] * 5, "f"))
    np.testing.assert_array_equal(left["untouched"], weights["fc6"][0])


def test_style(run):
    """C6: the costs are those that TensorFlow 1.4 prints when it runs the same script."""
    left = run("c6_style.py")
    expected = [79332856.0, 76680384.0, 73458792.0, 69680064.0, 65357580.0]
    np.testing.assert_allclose(left["costs"], expected, rtol=1e-4)
    assert np.abs(left["mixed_image"] - left["noise"]).max() <= 5 * 1.5 * 1.01


def test_faces(run, tf, tmp_path, capsys):
    """C8: flags, events, a checkpoint, and going on from it."""
    first = dict(run("c8_faces.py", "--logs_dir", "logs", "--iterations=3")["record"])
    assert first["steps"] == 3 and not first["restored"] and first["scope"] == "conv1/"
    assert first["saved"] == "logs/model.ckpt-2"
    assert len(first["training"]) == 2 and np.isfinite(first["validation"]).all()
    np.testing.assert_allclose(first["opinions"].sum(1), 1, rtol=1e-5)
    assert "Training Loss: 1." in capsys.readouterr().out
    (events,) = (tmp_path / "logs").glob("events.out.tfevents.*")
    content = events.read_bytes()
    for tag in ("conv1/W_conv1", "conv1/b_conv1", "Entropy", "Reg_loss"):
        assert field(1, tag) in content
    assert b"fc_1/MatMul" in content  # the graph

    tf.reset_default_graph()
    tf.flags.FLAGS.clear()
    second = run("c8_faces.py", "--iterations=1", "--logs_dir=logs", "--mode=again")["record"]
    assert second["restored"] and second["steps"] == 4 and second["mode"] == "again"
    assert "Model Restored!" in capsys.readouterr().out


def test_joining(tf):
    """U7, exactly as the notes print it."""
    t1 = K.variable(np.array([[[1, 2], [2, 3]], [[4, 4], [5, 3]]]))
    t2 = K.variable(np.array([[[7, 4], [8, 4]], [[2, 10], [15, 11]]]))
    from keras import backend

    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        joined = [session.run(backend.concatenate([t1, t2], axis=axis)) for axis in (-2, -1)]
        again = session.run(tf.concat([t1, t2], 1))
    expected = [[[1, 2], [2, 3], [7, 4], [8, 4]], [[4, 4], [5, 3], [2, 10], [15, 11]]]
    np.testing.assert_array_equal(joined[0], expected)
    np.testing.assert_array_equal(again, expected)
    assert joined[1].tolist() == [[[1, 2, 7, 4], [2, 3, 8, 4]], [[4, 4, 2, 10], [5, 3, 15, 11]]]


def test_transposed_convolution(tf):
    """U14, exactly as the notes print it, by both words."""
    x = tf.constant([[[[1.0], [1.0]], [[2.0], [2.0]]]])
    kernel = tf.constant(1.0, shape=[3, 3, 1, 1])
    y = tf.nn.conv2d_transpose(x, kernel, [1, 4, 4, 1], [1, 2, 2, 1], padding="SAME")
    ones = tf.ones_initializer()
    z = tf.layers.conv2d_transpose(x, 1, 3, strides=2, padding="same", kernel_initializer=ones)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    for value in session.run([y, z]):
        assert value[0, :, :, 0].tolist() == [
            [1, 1, 2, 1],
            [1, 1, 2, 1],
            [3, 3, 6, 3],
            [2, 2, 4, 2],
        ]


def test_devices(tf):
    """U5: settings of sessions and devices change no number."""
    options = tf.ConfigProto(allow_soft_placement=True)
    options.gpu_options.allow_growth = True
    from keras import backend

    backend.set_session(tf.Session(config=options))
    with tf.device("/cpu:0"):
        model = tf.keras.models.Sequential([tf.keras.layers.Dense(2, input_dim=3)])
    assert model.predict(np.ones((1, 3))).shape == (1, 2)
    with pytest.raises(ValueError, match=r'has no "allow_grow" field\. Did you mean'):
        options.gpu_options.allow_grow = True


def test_a_layer_that_resizes(tf, tmp_path):
    """U15: an image read and resized by words, and the same word inside a saved Lambda."""
    from PIL import Image

    pixels = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    raw = tf.gfile.FastGFile(str(tmp_path / "a.png"), "rb").read()
    image = tf.image.convert_image_dtype(tf.image.decode_jpeg(raw), dtype=tf.float32)
    assert image.get_shape().as_list() == [4, 6, 3]
    with tf.Session() as session:
        np.testing.assert_allclose(image.eval(), pixels / 255, atol=1e-6)
        resized = tf.image.resize_images(image, [8, 12], method=tf.image.ResizeMethod.BILINEAR)
        larger = session.run(resized)

    height, width = 8, 12

    def resize(x):
        return tf.image.resize_images(x, (height, width))

    model = tf.keras.Sequential([tf.keras.layers.Lambda(resize, input_shape=(4, 6, 3))])
    np.testing.assert_allclose(model.predict(pixels[None] / 255)[0], larger, atol=1e-6)
