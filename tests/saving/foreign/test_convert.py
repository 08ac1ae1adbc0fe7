"""Our layers with the weights of PyTorch's compute what those compute, which NumPy says here."""

import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Sequential

from . import conftest as torch


def arrays(**shapes):
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype("float32") for name, shape in shapes.items()}


def loaded(layers, state, path, **options):
    torch.write_safetensors(path, state)
    model = Sequential(layers)
    model.load_weights(path, by="order", **options)
    return model


def compare(model, x, expected):
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=2e-5)


def last(x):
    return np.moveaxis(x, 1, -1)


IMAGE = np.random.default_rng(1).normal(size=(2, 4, 5, 6)).astype("float32")
STEPS = np.random.default_rng(2).normal(size=(2, 3, 4)).astype("float32")
GATED = {"weight_ih_l0": (12, 4), "weight_hh_l0": (12, 3), "bias_ih_l0": (12,), "bias_hh_l0": (12,)}


def test_convolution_flattened_image_and_rows(tmp_path):
    state = arrays(
        **{"0.weight": (3, 4, 2, 3), "0.bias": (3,), "2.weight": (2, 48), "2.bias": (2,)}
    )
    layers = [L.Conv2D(3, (2, 3), input_shape=(5, 6, 4)), L.Flatten(), L.Dense(2)]
    inner = torch.conv(IMAGE, state["0.weight"], state["0.bias"]).reshape(2, -1)
    expected = torch.rows(inner, state["2.weight"], state["2.bias"])
    compare(loaded(layers, state, tmp_path / "w"), last(IMAGE), expected)


def test_transposed_convolution(tmp_path):
    state = arrays(**{"up.weight": (4, 3, 2, 3), "up.bias": (3,)})
    layers = [L.Conv2DTranspose(3, (2, 3), strides=2, input_shape=(5, 6, 4))]
    expected = torch.conv_transpose(IMAGE, state["up.weight"], state["up.bias"], 2)
    compare(loaded(layers, state, tmp_path / "w"), last(IMAGE), last(expected))


def test_depthwise_and_separable_convolutions(tmp_path):
    state = arrays(**{"d.weight": (8, 1, 2, 3), "d.bias": (8,)})
    layers = [L.DepthwiseConv2D((2, 3), depth_multiplier=2, input_shape=(5, 6, 4))]
    inner = torch.conv(IMAGE, state["d.weight"], state["d.bias"], groups=4)
    compare(loaded(layers, state, tmp_path / "w"), last(IMAGE), last(inner))
    state |= arrays(**{"p.weight": (5, 8, 1, 1), "p.bias": (5,)})
    state["d.bias"] *= 0  # the layer has none between
    inner = torch.conv(IMAGE, state["d.weight"], state["d.bias"], groups=4)
    layers = [L.SeparableConv2D(5, (2, 3), depth_multiplier=2, input_shape=(5, 6, 4))]
    expected = torch.conv(inner, state["p.weight"], state["p.bias"])
    compare(loaded(layers, state, tmp_path / "w"), last(IMAGE), last(expected))


def test_normalization_embedding_and_slopes(tmp_path):
    names = ("weight", "bias", "running_mean", "running_var")
    state = {"e.weight": np.ones((5, 4), "float32") * [[0], [1], [2], [3], [4]]}
    state |= {f"n.{k}": np.abs(v) for k, v in arrays(**dict.fromkeys(names, (4,))).items()}
    state |= {"n.num_batches_tracked": np.array(7), "a.weight": np.full(1, 0.5, "float32")}
    state = {k: v if v.dtype == np.int64 else v.astype("float32") for k, v in state.items()}
    layers = [
        L.Embedding(5, 4, input_length=3),
        L.BatchNormalization(epsilon=1e-5),
        L.PReLU(shared_axes=[1]),
    ]
    x = np.array([[0, 1, 4]])
    mean, variance = state["n.running_mean"], state["n.running_var"]
    y = (x[..., None] - mean) / np.sqrt(variance + 1e-5) * state["n.weight"] + state["n.bias"]
    compare(loaded(layers, state, tmp_path / "w"), x, np.where(y > 0, y, 0.5 * y))


def test_recurrent_layers_of_two_levels(tmp_path):
    second = {
        k.replace("l0", "l1"): (s if "ih" not in k or len(s) == 1 else (12, 3))
        for k, s in GATED.items()
    }
    state = arrays(**{f"rnn.{k}": s for k, s in (GATED | second).items()})
    first, then = ([state[f"rnn.{k}"] for k in keys] for keys in (GATED, second))
    settings = {"recurrent_activation": "sigmoid", "return_sequences": True}
    layers = [L.LSTM(3, **settings, input_shape=(3, 4)), L.LSTM(3, **settings)]
    # four gates of three units
    compare(
        loaded(layers, state, tmp_path / "w"), STEPS, torch.lstm(torch.lstm(STEPS, *first), *then)
    )


def test_both_directions(tmp_path):
    backward = {f"{k}_reverse": s for k, s in GATED.items()}
    state = arrays(**(GATED | backward))
    layer = L.LSTM(3, recurrent_activation="sigmoid", return_sequences=True)
    model = loaded([L.Bidirectional(layer, input_shape=(3, 4))], state, tmp_path / "w")
    ahead = torch.lstm(STEPS, *(state[k] for k in GATED))
    back = torch.lstm(STEPS[:, ::-1], *(state[k] for k in backward))[:, ::-1]
    compare(model, STEPS, np.concatenate([ahead, back], -1))


def test_gru_resets_after(tmp_path):
    state = arrays(**GATED)  # three gates of four units
    state["weight_hh_l0"] = arrays(w=(12, 4))["w"]
    settings = {"recurrent_activation": "sigmoid", "input_shape": (3, 4)}
    model = loaded([L.GRU(4, reset_after=True, **settings)], state, tmp_path / "w")
    compare(model, STEPS, torch.gru(STEPS, *state.values()))
    with pytest.raises(ValueError, match=r"'gru_.*' was built with reset_after=False; '0' resets"):
        loaded([L.GRU(4, **settings)], state, tmp_path / "w")


def test_simple_recurrence(tmp_path):
    shapes = {
        "weight_ih_l0": (3, 4),
        "weight_hh_l0": (3, 3),
        "bias_ih_l0": (3,),
        "bias_hh_l0": (3,),
    }
    state = arrays(**shapes)
    h = np.zeros((2, 3))
    for t in range(3):
        w_ih, w_hh, b_ih, b_hh = state.values()
        h = np.tanh(torch.rows(STEPS[:, t], w_ih, b_ih) + torch.rows(h, w_hh, b_hh))
    compare(loaded([L.SimpleRNN(3, input_shape=(3, 4))], state, tmp_path / "w"), STEPS, h)


DENSE = {"a.weight": (2, 3), "a.bias": (2,)}
MISFITS = {
    "needs 'kernel' of shape": (L.Dense, {}, {"a.weight": (2, 4), "a.bias": (2,)}),
    "needs 'bias'; 'a' has weight and no bias": (L.Dense, {}, {"a.weight": (2, 3)}),
    "has no weight for 'a.bias'": (L.Dense, {"use_bias": False}, DENSE),
}


@pytest.mark.parametrize("message", MISFITS)
def test_what_does_not_fit_is_named_and_nothing_changes(message, tmp_path):
    kind, options, shapes = MISFITS[message]
    torch.write_safetensors(tmp_path / "w", arrays(**shapes))
    model = Sequential([L.Activation("linear", input_shape=(3,)), kind(2, **options)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=f"w: layer '{model.layers[1].name}' {message}"):
        model.load_weights(tmp_path / "w")
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="due to mismatch"):
        report = model.load_weights(tmp_path / "w", skip_mismatch=True)
    assert report.left == (model.layers[1].name,) and len(report.unused) == len(shapes)


def test_what_a_state_dict_does_not_say_is_named(tmp_path):
    names = ("weight", "bias", "running_mean", "running_var")
    state = arrays(**GATED) | {f"n.{k}": np.ones(3, "float32") for k in names}
    layers = [L.LSTM(3, input_shape=(3, 4)), L.BatchNormalization()]
    with pytest.warns(UserWarning, match=r"hard_sigmoid gates, PyTorch sigmoid; .*epsilon=0\.001"):
        loaded(layers, state, tmp_path / "w")
