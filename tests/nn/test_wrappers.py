import flax.linen
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")


def test_time_distributed_is_the_layer_on_each_step():
    inner = nn.Dense(2, activation="tanh")
    module = nn.TimeDistributed(inner)
    variables = module.init(jax.random.key(0), X)
    weights = {"params": variables["params"]["layer"]}
    y = module.apply(variables, X)
    for t in range(5):
        np.testing.assert_allclose(y[:, t], inner.apply(weights, X[:, t]), rtol=1e-6)


def test_time_distributed_statistics_are_those_of_all_real_steps():
    module = nn.TimeDistributed(nn.BatchNormalization(momentum=0.0))
    variables = module.init(jax.random.key(0), X)
    assert module.mixes_rows == nn.BatchNormalization().mixes_rows
    with nn.valid_rows(jnp.array([1.0, 1.0, 0.0])):
        _, changed = module.apply(variables, X, train=True, mutable=["batch_stats"])
    statistics = changed["batch_stats"]["layer"]
    np.testing.assert_allclose(statistics["moving_mean"], X[:2].mean((0, 1)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(statistics["moving_variance"], X[:2].var((0, 1)), rtol=1e-5)


def test_time_distributed_takes_any_flax_module_and_recurrent_layers():
    plain = nn.TimeDistributed(flax.linen.Dense(2))
    assert plain.init_with_output(jax.random.key(0), X)[0].shape == (3, 5, 2)
    assert plain.mixes_rows
    nested = nn.TimeDistributed(nn.LSTM(2, return_sequences=True))
    films = np.ones((2, 3, 4, 5), "float32")
    assert nested.init_with_output(jax.random.key(0), films)[0].shape == (2, 3, 4, 2)


def test_time_distributed_refuses_what_is_no_sequence():
    with pytest.raises(ValueError, match=r"\(batch, steps, \.\.\.\)"):
        nn.TimeDistributed(nn.Dense(2)).init(jax.random.key(0), X[:, 0])
    with pytest.raises(ValueError, match="layer"):
        nn.TimeDistributed("dense")


MERGED = {
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda a, b: (a + b) / 2,
    "concat": lambda a, b: np.concatenate([a, b], -1),
}


@pytest.mark.parametrize("mode", [*MERGED, None])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_bidirectional_merges_both_directions(mode, return_sequences, masked):
    mask = np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1]], bool) if masked else None
    module = nn.Bidirectional(nn.GRU(2, return_sequences=return_sequences), mode)
    variables = module.init(jax.random.key(0), X)
    found = module.apply(variables, X, mask=mask)
    one = {way: {"params": variables["params"][f"{way}_layer"]} for way in ("forward", "backward")}
    y = nn.GRU(2, return_sequences=return_sequences).apply(one["forward"], X, mask=mask)
    reversed_mask = None if mask is None else mask[:, ::-1]
    z = nn.GRU(2, return_sequences=return_sequences).apply(
        one["backward"], X[:, ::-1], mask=reversed_mask
    )
    z = z[:, ::-1] if return_sequences else z
    for a, b in zip(
        found if mode is None else [found],
        [y, z] if mode is None else [MERGED[mode](y, z)],
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    passed_on = module.compute_mask(X, mask)
    own = mask if return_sequences else None
    assert passed_on == [own, own] if mode is None else passed_on is own


def test_bidirectional_states_are_forward_then_backward():
    module = nn.Bidirectional(nn.LSTM(2, return_state=True))
    variables = module.init(jax.random.key(0), X)
    states = [np.full((3, 2), v, "float32") for v in (0.1, 0.2, 0.3, 0.4)]
    y, *final = module.apply(variables, X, states)
    forward = nn.LSTM(2, return_state=True).apply(
        {"params": variables["params"]["forward_layer"]}, X, states[:2]
    )
    backward = nn.LSTM(2, return_state=True, go_backwards=True).apply(
        {"params": variables["params"]["backward_layer"]}, X, states[2:]
    )
    np.testing.assert_array_equal(y, np.concatenate([forward[0], backward[0]], -1))
    for a, b in zip(final, [*forward[1:], *backward[1:]], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(module.apply(variables, [X, *states])[0], y)
    assert module.compute_mask(X, np.ones((3, 5), bool)) == [None] * 5


def test_bidirectional_over_a_cell_has_weights_for_each_direction():
    module = nn.Bidirectional(nn.RNN(nn.StackedRNNCells([nn.LSTMCell(3), nn.GRUCell(2)])))
    params = module.init(jax.random.key(0), X)["params"]
    assert set(params) == {"forward_layer", "backward_layer"}
    ours, theirs = (params[way]["cell"]["cells_0"]["kernel"] for way in sorted(params))
    assert not np.allclose(ours, theirs)


@pytest.mark.parametrize(
    ("layer", "mode", "message"),
    [
        (nn.Dense(2), "sum", "recurrent"),
        (nn.LSTM(2), "max", "merge_mode"),
        ("lstm", "sum", "layer"),
    ],
)
def test_bidirectional_refuses_other_layers_and_modes(layer, mode, message):
    with pytest.raises(ValueError, match=message):
        nn.Bidirectional(layer, mode)
