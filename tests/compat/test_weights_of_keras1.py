"""What `get_weights` returns and `set_weights` takes in a program for Keras 1: shapes, and sums of
the squares of predictions, of the real 1.2.2 on TensorFlow.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.compat.keras1 import AtrousConvolution2D, Deconvolution2D, Merge
from jaxcnn.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvLSTM2D,
    Dense,
    Embedding,
    RepeatVector,
    SeparableConv2D,
    TimeDistributed,
)
from jaxcnn.models import Sequential, load_model
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling")
FIRST = {"dim_ordering": "th", "input_shape": (4, 5, 6)}
CASES = {
    "sequences": (lambda: Conv1D(3, 2, input_shape=(6, 4)), (2, 1, 4, 3), 28.427730537355153),
    "images": (lambda: Conv2D(3, 2, 2, input_shape=(5, 6, 4)), (2, 2, 4, 3), 154.78190706429078),
    "channels first": (lambda: Conv2D(3, 2, 2, **FIRST), (3, 4, 2, 2), 126.6288915286022),
    "square": (
        lambda: Conv2D(3, 3, 3, **{**FIRST, "input_shape": (3, 3, 3)}, border_mode="same"),
        (3, 3, 3, 3),
        149.56239264452626,
    ),
    "dilated": (
        lambda: AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), **FIRST),
        (3, 4, 2, 2),
        109.78900760220058,
    ),
    "transposed": (
        lambda: Deconvolution2D(3, 2, 2, output_shape=(None, 3, 6, 7), **FIRST),
        (3, 4, 2, 2),
        267.8646654828523,
    ),
    "volumes": (
        lambda: Conv3D(3, 2, 2, 2, **{**FIRST, "input_shape": (2, 4, 5, 6)}),
        (3, 2, 2, 2, 2),
        475.96813887967375,
    ),
    "of steps": (
        lambda: TimeDistributed(Conv2D(2, 2, 2, dim_ordering="th"), input_shape=(3, 4, 5, 6)),
        (2, 4, 2, 2),
        311.0759963167594,
    ),
    "gates and kernels": (
        lambda: ConvLSTM2D(3, 2, 2, **{**FIRST, "input_shape": (3, 2, 5, 6)}),
        (3, 2, 2, 2),
        4.4368825181300435,
    ),
    "separable": (
        lambda: SeparableConv2D(3, 2, 2, depth_multiplier=2, **FIRST),
        (2, 4, 2, 2),
        28.510875701904297,
    ),
    "gates": (lambda: LSTM(3, input_shape=(4, 2)), (2, 3), None),
}


@pytest.mark.parametrize("case", CASES)
def test_kernels_are_listed_and_taken_in_its_layout(case):
    make, shape, squares = CASES[case]
    with speaking("1.2"):
        model = Sequential([make()])
        listed = model.get_weights()
        assert listed[0].shape == shape
        values = [
            np.arange(array.size, dtype="f").reshape(array.shape) % 7 / np.float32(7)
            - np.float32(0.4)
            for array in listed
        ]
        model.set_weights(values)
        for value, array in zip(values, model.get_weights(), strict=True):
            np.testing.assert_array_equal(array, value)
        if squares is not None:
            x = np.random.RandomState(0).normal(size=(2, *model.input_shape[1:]))
            np.testing.assert_allclose(np.sum(model.predict(x, verbose=0) ** 2.0), squares, 1e-4)


def test_a_kernel_in_our_layout_is_taken_too_and_another_refused():
    with speaking("1.2"):
        model = Sequential([Conv2D(3, 2, 2, **FIRST)])
        ours = np.arange(48, dtype="f").reshape(2, 2, 4, 3)
        model.set_weights([ours, np.zeros(3)])
        np.testing.assert_array_equal(model.get_weights()[0], ours.transpose(3, 2, 0, 1))
        with pytest.raises(ValueError, match="not compatible"):
            model.set_weights([np.zeros((4, 3, 2, 2)), np.zeros(3)])


def test_without_that_version_kernels_are_as_today():
    model = Sequential([Conv2D(3, 2, data_format="channels_first", input_shape=(4, 5, 6))])
    assert model.get_weights()[0].shape == (2, 2, 4, 3)


GATED = {
    "LSTM": (lambda **words: LSTM(3, input_shape=(4, 2), **words), "icfo", 0.03476468101143837),
    "GRU": (lambda **words: GRU(3, input_shape=(4, 2), **words), "zrh", 0.1577400267124176),
}


def drawn(model):
    """The model with numbers that any library draws alike."""
    rng = np.random.RandomState(0)
    model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("kind", GATED)
def test_each_gate_has_weights_of_its_own(kind):
    """Names, order and values are those of the real 1.2.2; so is the loss of a loop by K."""
    layer, gates, loss = GATED[kind]
    with speaking("1.2"):
        model = drawn(Sequential([layer(name="r")]))
        names = [f"r_{word}_{gate}:0" for gate in gates for word in "WUb"]
        assert [w.name for w in model.weights] == names
        assert [w.name for w in model.trainable_weights] == names
        shapes = [(2, 3), (3, 3), (3,)] * len(gates)
        assert [tuple(w.shape) for w in model.weights] == shapes
        for value, listed in zip(
            K.batch_get_value(model.weights), model.get_weights(), strict=True
        ):
            np.testing.assert_array_equal(value, listed)
        mean = K.mean(K.square(model.output))
        gradients = K.gradients(mean, model.trainable_weights)
        x = np.random.RandomState(1).uniform(-1, 1, (2, 4, 2))
        values = K.function([model.input], [mean, *gradients])([x])
        assert values[0] == pytest.approx(loss, rel=1e-5)
        assert [v.shape for v in values[1:]] == shapes
        updates = SGD(0.1, momentum=0.9).get_updates(model.trainable_weights, {}, mean)
        before = model.get_weights()
        K.function([model.input], [mean], updates=updates)([x])
        for old, new, gradient in zip(before, model.get_weights(), values[1:], strict=True):
            np.testing.assert_allclose(new, old - 0.1 * gradient, atol=1e-6)
        for number, weight in enumerate(model.weights):
            K.set_value(weight, np.full(weight.shape, number))
        assert [w.mean() for w in model.get_weights()] == list(range(len(names)))


def test_attributes_are_the_listed_weights_and_all_gates_side_by_side():
    with speaking("1.2"):
        model = drawn(Sequential([LSTM(3, input_shape=(4, 2))]))
        layer = model.layers[0]
        assert layer.W_i is layer.trainable_weights[0]
        assert layer.U_c is layer.trainable_weights[4]
        parts = [K.get_value(getattr(layer, f"U_{gate}")) for gate in "ifco"]
        np.testing.assert_array_equal(K.eval(layer.U), np.concatenate(parts, -1))
        layer.trainable = False
        assert model.trainable_weights == [] and len(model.non_trainable_weights) == 12
        whole = Sequential([LSTM(3, input_shape=(4, 2), consume_less="gpu", name="g")])
        assert [w.name for w in whole.weights] == ["g_W:0", "g_U:0", "g_b:0"]
        assert not hasattr(whole.layers[0], "W_i")


def test_wrappers_list_the_weights_of_gates():
    with speaking("1.2"):
        both = Sequential([Bidirectional(GRU(3, name="g"), input_shape=(4, 2))])
        names = [f"{d}_g_{w}_{g}:0" for d in ("forward", "backward") for g in "zrh" for w in "WUb"]
        assert [w.name for w in both.weights] == names


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_gates_and_what_training_remembers_go_through_files(name, tmp_path):
    x = np.random.RandomState(1).uniform(-1, 1, (6, 4, 2))
    with speaking("1.2"):
        model = drawn(Sequential([LSTM(3, input_shape=(4, 2), return_sequences=True), GRU(2)]))
        model.compile("adam", "mse")
        model.train_on_batch(x, x[:, 0])
        assert len(model.optimizer.get_weights()) == 1 + 2 * 21
        model.save(str(tmp_path / name))
        again = load_model(str(tmp_path / name))
        expected = model.train_on_batch(x, x[:, 0]), model.train_on_batch(x, x[:, 0])
        assert (again.train_on_batch(x, x[:, 0]), again.train_on_batch(x, x[:, 0])) == expected
        with pytest.raises(ValueError, match="leave out keras="):
            model.save(str(tmp_path / name), keras="2.0")
    later = load_model(str(tmp_path / name))
    assert [w.shape for w in later.get_weights()[:3]] == [(2, 12), (3, 12), (12,)]
    for loss in expected:
        assert later.train_on_batch(x, x[:, 0]) == pytest.approx(loss, rel=1e-5)
    later.save_weights(str(tmp_path / "w.h5"))
    with speaking("1.2"):
        again.load_weights(str(tmp_path / "w.h5"))
        np.testing.assert_allclose(again.predict(x), later.predict(x), atol=1e-6)


def test_models_that_are_merged_list_their_weights_one_after_the_other():
    """Also where one is deeper than the other, in the stack that begins with their merging."""
    with speaking("1.2"):
        image = Sequential([Dense(4, input_dim=7, name="d1"), RepeatVector(5)])
        words = Sequential(
            [
                Embedding(9, 6, input_length=5, name="e"),
                GRU(6, return_sequences=True, name="g"),
                TimeDistributed(Dense(4, name="d2")),
            ]
        )
        model = Sequential()
        model.add(Merge([image, words], mode="concat", concat_axis=-1))
        model.add(Dense(3, name="d3"))
        gates = [f"g_{weight}_{gate}:0" for gate in "zrh" for weight in "WUb"]
        names = ["d1_W:0", "d1_b:0", "e_W:0", *gates, "d2_W:0", "d2_b:0", "d3_W:0", "d3_b:0"]
        assert [w.name for w in model.weights] == names
        assert [w.name for w in model.trainable_weights] == names
        assert [w.shape for w in model.get_weights()] == [tuple(w.shape) for w in model.weights]
        merged = model.layers[0]
        assert (merged.mode, merged.concat_axis, merged.dot_axes) == ("concat", -1, -1)
