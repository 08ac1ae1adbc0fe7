"""Frozen layers: no movement, no optimizer state, no gradient work; cached features; rates by
layer.
"""

import jax
import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.layers import Conv2D, Dense, Flatten
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD, Adam, LayerRates, deserialize, serialize
from jaxcnn.training import cached_features, freeze, init_state, train_step, unfreeze

X = np.random.default_rng(0).random((16, 8, 8, 3), np.float32)
Y = np.eye(2, dtype=np.float32)[np.arange(16) % 2]


def stack():
    config.set_random_seed(0)
    return Sequential(
        [
            Conv2D(4, 3, activation="relu", input_shape=(8, 8, 3), name="first"),
            Conv2D(4, 3, activation="relu", name="second"),
            Conv2D(4, 3, activation="relu", name="third"),
            Flatten(name="flat"),
            Dense(2, activation="softmax", name="top"),
        ]
    )


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (slice(2), ["first", "second"]),
        (slice(-2, None), ["flat", "top"]),
        ("second", ["second"]),
        (["top", "first"], ["top", "first"]),
        (None, ["first", "second", "third", "flat", "top"]),
    ],
)
def test_freezing_by_slice_and_by_name(given, names):
    model = stack()
    assert freeze(model, given) == names
    assert [layer.name for layer in model.layers if not layer.trainable] == sorted(
        names, key=[layer.name for layer in model.layers].index
    )
    assert unfreeze(model, given) == names
    assert all(layer.trainable for layer in model.layers)


def test_an_unknown_layer():
    with pytest.raises(ValueError, match="Did you mean 'third'"):
        freeze(stack(), ["first", "thrid"])


def convolutions(jaxpr):
    """How many convolutions of each kind a program holds, those inside its parts included."""
    found = []
    for equation in jaxpr.eqns:
        if equation.primitive.name in ("jaxcnn_convolution", "jaxcnn_convolution_relu"):
            # With a bias and a ReLU there is only the output.
            found.append(equation.params.get("target", "output"))
        for inner in jax.tree.leaves(
            equation.params, is_leaf=lambda p: hasattr(p, "eqns") or hasattr(p, "jaxpr")
        ):
            inner = getattr(inner, "jaxpr", inner)
            found += convolutions(inner) if hasattr(inner, "eqns") else []
    return found


def program(frozen):
    """(state, traced training step) of the stack with the given layers frozen."""
    model = stack()
    mask = {
        name: {"kernel": name not in frozen, "bias": name not in frozen}
        for name in ("first", "second", "third")
    }
    optimizer = Adam(0.01)
    state = init_state(model.module, optimizer, X[:1], trainable=mask)
    step = train_step(model.module, "categorical_crossentropy", optimizer)
    return state, jax.jit(step).trace(state, (X, Y))


def test_frozen_layers_get_no_optimizer_state_and_no_gradient_work():
    whole, everything = program(())
    part, less = program(("first", "second"))
    assert set(whole.opt_state.slots["m"]) == {"first", "second", "third", "top"}
    assert set(part.opt_state.slots["m"]) == {"third", "top"}
    # Backward: a gradient for each trained kernel, and for the input of each layer above the lowest
    # trained one.
    assert sorted(convolutions(everything.jaxpr)) == ["input"] * 2 + ["kernel"] * 3 + ["output"] * 3
    assert sorted(convolutions(less.jaxpr)) == ["kernel"] + ["output"] * 3
    costs = [step.lower().compile().cost_analysis() for step in (everything, less)]
    memory = [
        step.lower().compile().memory_analysis().temp_size_in_bytes for step in (everything, less)
    ]
    assert memory[1] < memory[0]
    assert costs[1]["bytes accessed"] < costs[0]["bytes accessed"]


def test_frozen_layers_stay_while_the_others_learn():
    model = stack()
    freeze(model, slice(2))
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.compile("adam", "categorical_crossentropy")
    model.fit(X, Y, epochs=2, verbose=0)
    for layer in model.layers:
        pairs = list(zip(before[layer.name], layer.get_weights(), strict=True))
        assert all(np.array_equal(a, b) == (layer.name in ("first", "second")) for a, b in pairs)


def test_features_are_computed_once(tmp_path, monkeypatch):
    model = stack()
    path = tmp_path / "sub/features.npz"
    first = cached_features(model, X, path)
    np.testing.assert_array_equal(first, model.predict(X))
    monkeypatch.setattr(model, "predict", lambda *args, **kwargs: pytest.fail("computed again"))
    np.testing.assert_array_equal(cached_features(model, X, path), first)
    monkeypatch.undo()
    assert [p.name for p in path.parent.iterdir()] == ["features.npz"]

    other = cached_features(model, X[:3], path)  # other data
    assert len(other) == 3
    model.get_layer("top").set_weights([w + 1 for w in model.get_layer("top").get_weights()])
    model.get_layer("first").set_weights([w * 2 for w in model.get_layer("first").get_weights()])
    np.testing.assert_array_equal(
        cached_features(model, X[:3], path), model.predict(X[:3])
    )  # other weights
    path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(
        cached_features(model, X[:3], path), model.predict(X[:3])
    )  # damaged


@pytest.mark.parametrize(
    "make", [lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.01)], ids=["sgd", "adam"]
)
def test_rates_by_layer_are_learning_rates(make):
    """Each layer moves as if the whole model was trained with its rate, as far as one step goes."""
    moves = {}
    for factor in (1.0, 0.25):
        model = stack()
        before = model.variables["params"]
        optimizer = make()
        optimizer.lr = factor * optimizer.lr
        model.compile(optimizer, "categorical_crossentropy")
        model.train_on_batch(X, Y)
        moves[factor] = jax.tree.map(
            lambda a, b: np.asarray(b - a), before, model.variables["params"]
        )
    model = stack()
    before = model.variables["params"]
    model.compile(
        LayerRates(make(), {"top": 1.0, "first": 0.0}, default=0.25), "categorical_crossentropy"
    )
    model.train_on_batch(X, Y)
    for name, factor in (("top", 1.0), ("second", 0.25), ("third", 0.25)):
        for weight in ("kernel", "bias"):
            change = model.variables["params"][name][weight] - before[name][weight]
            np.testing.assert_allclose(change, moves[factor][name][weight], rtol=1e-3, atol=1e-7)
    np.testing.assert_array_equal(
        model.variables["params"]["first"]["kernel"], before["first"]["kernel"]
    )


def test_rates_of_nested_models_numbers_and_configuration(tmp_path):
    inner = stack()
    inner.name = "base"
    model = Sequential([inner, Dense(2, activation="softmax", name="head")])
    optimizer = LayerRates(SGD(0.1), {"base": 0.1, "third": 0.5})
    model.compile(optimizer, "categorical_crossentropy")
    model.train_on_batch(X, Y)
    assert optimizer.lr == 0.1
    optimizer.lr = 0.2
    assert optimizer.optimizer.lr == 0.2
    path = [jax.tree_util.DictKey(key) for key in ("base", "third", "kernel")]
    assert optimizer.factor(tuple(path)) == 0.5
    assert optimizer.factor(tuple(path[:1])) == 0.1
    again = deserialize(serialize(optimizer))
    assert (again.factors, again.default, again.lr) == ({"base": 0.1, "third": 0.5}, 1.0, 0.2)


def test_wrong_rates():
    with pytest.raises(ValueError, match="factor of 'top'"):
        LayerRates(SGD(), {"top": -1.0})
    with pytest.raises(ValueError, match="must not average"):
        LayerRates(Adam(ema=0.9), {"top": 1.0})
    model = stack()
    model.compile(LayerRates(SGD(), {"tops": 1.0}), "mse")
    with pytest.raises(ValueError, match="Did you mean 'top'"):
        model.fit(X, Y, epochs=1, verbose=0)
