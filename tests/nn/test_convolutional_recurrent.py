import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn

X = np.random.default_rng(0).normal(size=(2, 3, 5, 6, 3)).astype("float32")


def convolved(x, kernel, stride=1, dilation=1, padding="VALID"):
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(
        x,
        kernel,
        (stride, stride),
        padding,
        rhs_dilation=(dilation, dilation),
        dimension_numbers=layout,
    )


def reference(x, params, stride=1, dilation=1, mask=None):
    """Outputs of all steps and final states, by the formulas of the paper without the peepholes."""
    kernel, recurrent, bias = params["kernel"], params["recurrent_kernel"], params["bias"]
    filters = recurrent.shape[2]
    gate = lambda v: jnp.clip(0.2 * v + 0.5, 0, 1)  # noqa: E731
    h = c = jnp.zeros_like(convolved(x[:, 0], kernel, stride, dilation)[..., :filters])
    outputs = []
    for t in range(x.shape[1]):
        total = (
            convolved(x[:, t], kernel, stride, dilation)
            + bias.reshape(1, 1, 1, -1)
            + convolved(h, recurrent, padding="SAME")
        )
        i, f, candidate, o = (total[..., k * filters : (k + 1) * filters] for k in range(4))
        new_c = gate(f) * c + gate(i) * jnp.tanh(candidate)
        new_h = gate(o) * jnp.tanh(new_c)
        keep = (
            np.ones((x.shape[0], 1, 1, 1), bool)
            if mask is None
            else mask[:, t].reshape(-1, 1, 1, 1)
        )
        h, c = jnp.where(keep, new_h, h), jnp.where(keep, new_c, c)
        outputs.append(h)
    return jnp.stack(outputs, 1), [h, c]


def made(**options):
    module = nn.ConvLSTM2D(2, 3, return_sequences=True, return_state=True, **options)
    rng = np.random.default_rng(1)
    shapes = {"kernel": (3, 3, 3, 8), "recurrent_kernel": (3, 3, 2, 8), "bias": (8,)}
    params = {
        name: jnp.asarray(0.5 * rng.normal(size=shape), "float32") for name, shape in shapes.items()
    }
    return module, {"params": params}


@pytest.mark.parametrize(
    ("options", "masked"), [({}, True), ({"stride": 2}, False), ({"dilation": 2}, False)]
)
def test_outputs_states_and_gradients(options, masked):
    mask = np.array([[True, False, True], [False, True, False]]) if masked else None
    module, variables = made(
        strides=options.get("stride", 1), dilation_rate=options.get("dilation", 1)
    )
    assert jax.tree.map(jnp.shape, module.init(jax.random.key(0), X)) == jax.tree.map(
        jnp.shape, variables
    )

    def ours(params, x):
        y, *states = module.apply({"params": params}, x, mask=mask)
        return weighted(y, states), (y, states)

    def theirs(params, x):
        y, states = reference(x, params, mask=mask, **options)
        return weighted(y, states), (y, states)

    def weighted(y, states):
        return jnp.sum(jnp.sin(jnp.arange(y.size).reshape(y.shape)) * y) + 0.5 * jnp.sum(states[1])

    found, wanted = (
        jax.jit(jax.grad(f, argnums=(0, 1), has_aux=True))(variables["params"], jnp.asarray(X))
        for f in (ours, theirs)
    )
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5), found, wanted)


def test_channels_first_and_same_padding():
    module, variables = made(padding="same")
    first = module.clone(data_format="channels_first")
    found = first.apply(variables, np.moveaxis(X, -1, 2))
    for a, b in zip(found, module.apply(variables, X), strict=True):
        np.testing.assert_allclose(np.moveaxis(a, -3, -1), b, rtol=1e-6, atol=1e-6)
    states = [np.ones((2, 2, 5, 6), "float32")] * 2
    again = first.apply(variables, np.moveaxis(X, -1, 2), states)
    wanted = module.apply(variables, X, [np.ones((2, 5, 6, 2), "float32")] * 2)
    np.testing.assert_allclose(np.moveaxis(again[0], 2, -1), wanted[0], rtol=1e-6, atol=1e-6)


def test_stateful_continuation_is_one_long_call():
    module, variables = made(stateful=True, data_format="channels_first", padding="same")
    x = np.moveaxis(X, -1, 2)
    variables |= {"state": module.init(jax.random.key(0), x)["state"]}
    assert variables["state"]["state_0"].shape == (2, 2, 5, 6)  # as the outputs are
    whole = module.apply(variables, x)
    _, changed = module.apply(variables, x[:, :1], mutable=["state"])
    second = module.apply({**variables, **changed}, x[:, 1:])
    np.testing.assert_allclose(second[0], whole[0][:, 1:], rtol=1e-5, atol=1e-6)


def test_dropout_draws_one_mask_for_all_steps():
    module = nn.ConvLSTM2D(2, 1, dropout=0.5, recurrent_initializer="zeros", return_sequences=True)
    x = np.repeat(X[:, :1], 3, axis=1)
    variables = module.init(jax.random.key(0), x)
    carry_closed = (
        variables["params"]["bias"].at[2:4].set(-100.0)
    )  # forget everything: each output is its step's own
    variables = {"params": {**variables["params"], "bias": carry_closed}}
    y = module.apply(variables, x, train=True, rngs={"dropout": jax.random.key(0)})
    np.testing.assert_allclose(y, np.repeat(y[:, :1], 3, axis=1), rtol=1e-6)
    assert not np.allclose(y, module.apply(variables, x))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filters": 0}, "filters"),
        ({"kernel_size": (3, 3, 3)}, "kernel_size"),
        ({"padding": "causal"}, "padding"),
        ({"strides": 2, "dilation_rate": 2}, "cannot both"),
        ({"recurrent_dropout": 2}, "recurrent_dropout"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        nn.ConvLSTM2D(**{"filters": 2, "kernel_size": 3, **options})


def test_bad_inputs():
    with pytest.raises(ValueError, match="5 axes"):
        nn.ConvLSTM2D(2, 3).init(jax.random.key(0), X[:, 0])
    with pytest.raises(ValueError, match="smaller than the kernel"):
        nn.ConvLSTM2D(2, 7).init(jax.random.key(0), X)
