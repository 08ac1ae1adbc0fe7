"""The sources' listings in the words of TensorFlow have the numbers of the programs in
`experiments` of the same id, from the same weights; U7 and U14 are in `test_listings`.

Dropout is off on both sides, because the streams of random numbers differ.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import applications
from jaxcnn import backend as K
from jaxcnn.applications import inception_module
from jaxcnn.datasets import mnist
from jaxcnn.layers import Conv2D, Dense, Dropout, Input, Layer, LocalResponseNormalization
from jaxcnn.losses import categorical_crossentropy
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import Adam

# At the end, so that the installed jaxcnn is tested, where it is installed.
sys.path.append(str(Path(__file__).parents[3]))

from experiments.cnn_chapter import c1_lenet, c5_vgg, c7_inception
from experiments.keras_usage import u07_concatenate, u13_transposed_convolution, u15_resizing


def save_weights(folder, layers):
    """The weights of layers in order; their number as a name of three digits."""
    arrays = [w for layer in layers for w in layer.get_weights()]
    weights = {f"{i:03}": w for i, w in enumerate(arrays)}
    np.savez(folder / "weights.npz", **weights)


@pytest.mark.slow
def test_c1(run, tf, monkeypatch):
    """Predictions, and the weights after three steps. The listing's RMSProp is TensorFlow's, which
    begins with squares of 1 where Keras's, in the program, begins with 0: the program's network is
    trained by TensorFlow's here.
    """
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 256, (5064, 28, 28), np.uint8), np.arange(5064, dtype=np.uint8) % 10
    monkeypatch.setattr(mnist, "load_data", lambda: (digits, digits))
    left = run("c1_digits.py")

    program = c1_lenet.network()
    model = Sequential([layer for layer in program.layers if not isinstance(layer, Dropout)])
    model.set_weights([6 * w for w in model.get_weights()])  # so that outputs differ visibly
    model.compile(tf.train.RMSPropOptimizer(0.001, 0.9), "categorical_crossentropy", ["accuracy"])
    session, variables = left["sess"], [*left["kernels"], left["w4"], left["w_o"]]
    session.run(tf.global_variables_initializer())
    pairs = zip(variables, model.get_weights(), strict=True)
    session.run([tf.assign(variable, value) for variable, value in pairs])
    X, Y = left["X"], left["Y"]
    off = {left["keep_conv"]: 1.0, left["keep_hidden"]: 1.0}
    x, y = left["x_train"][:48], left["y_train"][:48]
    probabilities = session.run(tf.nn.softmax(left["logits"]), {X: x, **off})
    np.testing.assert_allclose(probabilities, model.predict(x), atol=1e-6)
    for batch in (slice(0, 16), slice(16, 32), slice(32, 48)):
        feed = {X: x[batch], Y: y[batch], **off}
        cost, _ = session.run([left["cost"], left["train_op"]], feed)
        assert cost == pytest.approx(model.train_on_batch(x[batch], y[batch])[0], rel=1e-5)
    for ours, theirs in zip(model.get_weights(), session.run(variables), strict=True):
        np.testing.assert_allclose(theirs, ours, atol=2e-5)


@pytest.mark.slow
def test_c3(run, tmp_path, capsys):
    """The probabilities of two pictures by AlexNet, and the five that are printed."""
    alexnet = applications.AlexNet(weights=None)
    weighted = [layer for layer in alexnet.layers if layer.get_weights()]
    np.save(
        tmp_path / "bvlc_alexnet.npy",
        {layer.name: [3 * layer.get_weights()[0], layer.get_weights()[1]] for layer in weighted},
        allow_pickle=True,
    )
    alexnet.set_weights([3 * w if w.ndim > 1 else w for w in alexnet.get_weights()])
    images = np.random.default_rng(1).uniform(-100, 100, (2, 227, 227, 3)).astype("f")
    np.save(tmp_path / "images.npy", images)
    left = run("c3_alexnet.py")
    expected = alexnet.predict(images)
    assert expected.max() > 0.05
    np.testing.assert_allclose(left["output"], expected, rtol=1e-3, atol=1e-6)
    best = capsys.readouterr().out.splitlines()[1].split()[0]
    assert int(best) == expected[0].argmax()


def test_c4(run, tmp_path):
    """The listing's loss applies softmax twice, the program's once: with the same loss the last
    layer has the same losses, accuracies and weights.
    """
    rng = np.random.default_rng(2)
    fc8 = Sequential([Dropout(0.0, input_shape=(6,)), Dense(2, activation="softmax")])
    features, labels = rng.normal(size=(12, 6)).astype("f"), np.eye(2, dtype="f")[[0, 1, 1, 0] * 3]
    kernel, bias = fc8.get_weights()
    np.savez(tmp_path / "features.npz", features=features, labels=labels, kernel=kernel, bias=bias)
    left = run("c4_last_layer.py")
    fc8.set_weights([kernel, bias])  # the program's initializer has drawn all variables again
    np.testing.assert_allclose(left["first"], fc8.predict(features), rtol=1e-5)

    def twice(labels, predictions):
        return categorical_crossentropy(labels, K.softmax(predictions))

    fc8.compile(Adam(), twice, metrics=["accuracy"])
    for i, numbers in enumerate(left["losses"]):
        batch = slice(4 * i, 4 * i + 4)
        expected = fc8.train_on_batch(features[batch], labels[batch])
        np.testing.assert_allclose(numbers, expected, rtol=1e-5)
    for ours, theirs in zip(fc8.get_weights(), left["weights"], strict=True):
        np.testing.assert_allclose(theirs, ours, atol=1e-6)
    assert left["tested"] == pytest.approx(fc8.evaluate(features, labels, verbose=0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("configuration", c5_vgg.NETWORKS)
def test_c5(run, tmp_path, configuration):
    """The maps of the last pool of each configuration, for a small picture."""
    network = getattr(applications, c5_vgg.NETWORKS[configuration][0])
    model = network(weights=None, include_top=False, input_shape=(32, 32, 3))

    def window(layer: Layer) -> int:
        if isinstance(layer, LocalResponseNormalization):
            return -1
        return layer.kernel_size[0] if isinstance(layer, Conv2D) else 0

    save_weights(tmp_path, model.layers)
    np.save(tmp_path / "windows.npy", [window(layer) for layer in model.layers[1:]])
    images = np.random.default_rng(3).uniform(-100, 100, (1, 32, 32, 3)).astype("f")
    np.save(tmp_path / "images.npy", images)
    expected = model.predict(images)
    np.testing.assert_allclose(
        run("c5_vgg.py")["output"], expected, rtol=1e-3, atol=1e-5 * expected.max()
    )


def test_c7(run, tmp_path):
    """Module 3a; the listing's classifier reads a frozen graph, which is refused by name."""
    x = Input((7, 7, 12))
    module = Model(x, inception_module(x, (4, 6, 8, 2, 3, 5)))
    parts = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
    save_weights(tmp_path, [module.get_layer(f"inception/{part}") for part in parts])
    maps = np.random.default_rng(4).normal(size=(2, 7, 7, 12)).astype("f")
    np.save(tmp_path / "maps.npy", maps)
    assert c7_inception.inception_module is inception_module
    expected = module.predict(maps)  # before the program's initializer draws all variables again
    np.testing.assert_allclose(run("c7_module.py")["output"], expected, atol=1e-6)


@pytest.mark.slow
def test_u5(run, tmp_path):
    """The losses and accuracies of two epochs."""
    model = applications.UNet((32, 32, 1), filters=2, depth=2, dropout=0.0)
    rng = np.random.default_rng(5)
    masks = (rng.random((8, 32, 32, 1)) > 0.5).astype("f")
    pictures = (masks + rng.normal(0, 0.4, masks.shape)).clip(0, 1).astype("f")
    np.savez(tmp_path / "pictures.npz", x=pictures, masks=masks)
    save_weights(tmp_path, model.layers)
    history = run("u5_unet.py")["history"].history
    model.compile(Adam(lr=1e-5), "binary_crossentropy", metrics=["accuracy"])
    ours = model.fit(pictures, masks, batch_size=4, epochs=2, verbose=0, shuffle=False).history
    for name in ("loss", "acc"):
        np.testing.assert_allclose(history[name], ours[name], rtol=1e-5)


@pytest.mark.parametrize("program", [u07_concatenate, u13_transposed_convolution])
def test_u7_and_u14(program):
    """The programs have the numbers that `test_listings` has of the listings."""

    class Checks:
        seed = 0

        def check(self, name, value, expected, tolerance=0):
            np.testing.assert_allclose(value, expected, atol=tolerance, err_msg=name)

        def picture(self, name, image):
            assert image.axes, name

    program.main(Checks())


def test_u15(run, tmp_path):
    """K.resize_images has the program's numbers. The program's layer takes pixels at their centres,
    TensorFlow 1 at their corners: with whole factors and the nearest pixel they agree.
    """
    picture = np.random.default_rng(6).random((1, 56, 84, 3)).astype("f")
    np.save(tmp_path / "picture.npy", picture)
    left = run("u15_resize.py")
    for interpolation, value in left["resized"].items():
        ours = K.eval(K.resize_images(K.variable(picture), 2, 2, "channels_last", interpolation))
        np.testing.assert_allclose(value, ours, atol=1e-6)
    size = (1, u15_resizing.H, u15_resizing.W, 3)
    for value in left["by_layer"]:
        np.testing.assert_array_equal(value, left["resized"]["nearest"])
        assert value.shape == size
