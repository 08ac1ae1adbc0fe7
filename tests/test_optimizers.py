"""The update rules beside NumPy references; hyperparameters, clipping, states, and optax."""

import inspect
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxcnn import config, optimizers
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    GradientAccumulation,
    Lion,
    Nadam,
    RMSprop,
)
from jaxcnn.spellings.dialect import speaking
from jaxcnn.training.optimizer_state import named_arrays, with_arrays

STEPS = 6
RNG = np.random.default_rng(0)
PARAMS = {
    "dense": {"kernel": RNG.normal(size=(4, 3)), "bias": RNG.normal(size=3)},
    "scale": RNG.normal(size=()),
}
GRADS = [jax.tree.map(lambda p: RNG.normal(size=p.shape) * 3, PARAMS) for _ in range(STEPS)]
RULES = {
    name: rule
    for name, rule in optimizers.registry.items().items()
    if rule not in (GradientAccumulation, optimizers.LayerRates, optimizers.OptaxTransformation)
    and issubclass(rule, optimizers.Optimizer)
}


def f32(tree):
    return jax.tree.map(lambda x: jnp.asarray(x, jnp.float32), tree)


def train(optimizer, params=PARAMS, grads=GRADS):
    """The parameters after each of the updates."""
    params = f32(params)
    state, update = optimizer.init(params), jax.jit(optimizer.update)
    history = []
    for g in grads:
        changes, state = update(f32(g), state, params)
        params = optax.apply_updates(params, changes)
        history.append(params)
    return history, state


# The rules of the spec, F40 to F47, on one NumPy array in double precision: generators that are
# sent gradients and the parameter and yield the change. h holds the arguments; h["lr"] is the rate
# of this update, decay included.


def sgd(g, p, s, h, t):
    v = h["momentum"] * s.get("v", 0) - h["lr"] * g
    return (h["momentum"] * v - h["lr"] * g if h["nesterov"] else v), {"v": v}


def rmsprop(g, p, s, h, t):
    a = h["rho"] * s.get("a", 0) + (1 - h["rho"]) * g**2
    return -h["lr"] * g / (np.sqrt(a) + h["epsilon"]), {"a": a}


def adagrad(g, p, s, h, t):
    a = s.get("a", 0) + g**2
    return -h["lr"] * g / (np.sqrt(a) + h["epsilon"]), {"a": a}


def adadelta(g, p, s, h, t):
    d = s.get("d", 0)
    a = h["rho"] * s.get("a", 0) + (1 - h["rho"]) * g**2
    u = g * np.sqrt(d + h["epsilon"]) / np.sqrt(a + h["epsilon"])
    return -h["lr"] * u, {"a": a, "d": h["rho"] * d + (1 - h["rho"]) * u**2}


def adam(g, p, s, h, t):
    m = h["beta_1"] * s.get("m", 0) + (1 - h["beta_1"]) * g
    v = h["beta_2"] * s.get("v", 0) + (1 - h["beta_2"]) * g**2
    vhat = np.maximum(s.get("vhat", 0), v) if h["amsgrad"] else v
    rate = h["lr"] * np.sqrt(1 - h["beta_2"] ** t) / (1 - h["beta_1"] ** t)
    return -rate * m / (np.sqrt(vhat) + h["epsilon"]), {"m": m, "v": v, "vhat": vhat}


def adamw(g, p, s, h, t):
    change, s = adam(g, p, s, h, t)
    return change - h["lr"] * h["weight_decay"] * p, s


def adamax(g, p, s, h, t):
    m = h["beta_1"] * s.get("m", 0) + (1 - h["beta_1"]) * g
    u = np.maximum(h["beta_2"] * s.get("u", 0), np.abs(g))
    return -h["lr"] / (1 - h["beta_1"] ** t) * m / (u + h["epsilon"]), {"m": m, "u": u}


def nadam(g, p, s, h, t):
    def mu(t):
        return h["beta_1"] * (1 - 0.5 * 0.96 ** (t * h["schedule_decay"]))

    product = np.prod([mu(i) for i in range(1, t + 1)])
    m = h["beta_1"] * s.get("m", 0) + (1 - h["beta_1"]) * g
    v = h["beta_2"] * s.get("v", 0) + (1 - h["beta_2"]) * g**2
    bar = (1 - mu(t)) * g / (1 - product) + mu(t + 1) * m / (1 - product * mu(t + 1))
    return -h["lr"] * bar / (np.sqrt(v / (1 - h["beta_2"] ** t)) + h["epsilon"]), {"m": m, "v": v}


def lion(g, p, s, h, t):
    m = s.get("m", 0)
    change = -h["lr"] * np.sign(h["beta_1"] * m + (1 - h["beta_1"]) * g)
    return change, {"m": h["beta_2"] * m + (1 - h["beta_2"]) * g}


REFERENCES = {
    "SGD": sgd,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
    "Adadelta": adadelta,
    "Adam": adam,
    "AdamW": adamw,
    "Adamax": adamax,
    "Nadam": nadam,
    "Lion": lion,
}


def reference(optimizer):
    h = {
        **optimizer.hyperparameters,
        **{k: getattr(optimizer, k, None) for k in ("nesterov", "amsgrad")},
    }
    h.setdefault("momentum", 0.0)
    rule, lr = REFERENCES[type(optimizer).__name__], h["lr"]
    leaves, tree = jax.tree.flatten(PARAMS)
    slots = [{} for _ in leaves]
    history = []
    for count, grads in enumerate(GRADS):
        h["lr"] = lr / (1 + optimizer.decay * count)
        g = jax.tree.leaves(grads)
        if optimizer.clipnorm:
            norm = np.sqrt(sum((x**2).sum() for x in g))
            g = [x * optimizer.clipnorm / norm if norm >= optimizer.clipnorm else x for x in g]
        if optimizer.clipvalue:
            g = [np.clip(x, -optimizer.clipvalue, optimizer.clipvalue) for x in g]
        stepped = [rule(x, p, s, h, count + 1) for x, p, s in zip(g, leaves, slots, strict=True)]
        leaves = [p + change for p, (change, _) in zip(leaves, stepped, strict=True)]
        slots = [s for _, s in stepped]
        history.append(tree.unflatten(leaves))
    return history


CASES = [
    *(rule() for rule in RULES.values()),
    *(rule(lr=0.05, decay=0.1) for rule in RULES.values()),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True, decay=0.01),
    SGD(0.1, nesterov=True),
    RMSprop(0.01, rho=0.8, epsilon=1e-3),
    Adadelta(rho=0.9, epsilon=1e-2),
    Adam(0.01, 0.8, 0.9, 1e-2),
    Adam(0.01, amsgrad=True, beta_2=0.5),
    AdamW(0.01, weight_decay=0.1, amsgrad=True, beta_2=0.5),
    Adamax(0.01, 0.8, 0.9, 1e-2),
    Nadam(0.01, 0.8, 0.9, 1e-2, schedule_decay=0.5),
    Lion(0.01, 0.5, 0.6),
    *(rule(lr=0.05, clipnorm=1.0, clipvalue=0.1) for rule in RULES.values()),
    SGD(clipnorm=1e6),
    SGD(clipvalue=0.5),
]


def test_every_rule_has_a_reference_here():
    assert REFERENCES.keys() == RULES.keys()


@pytest.mark.parametrize(
    "optimizer",
    CASES,
    ids=lambda o: f"{type(o).__name__}-{'-'.join(map(str, o.get_config().values()))}",
)
def test_rule_against_the_reference(optimizer):
    history, state = train(optimizer)
    assert state.count == STEPS
    for ours, theirs in zip(history, reference(optimizer), strict=True):
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=0, atol=1e-6), ours, theirs)


def test_clipping_keeps_a_zero_gradient():
    optimizer = SGD(clipnorm=1.0, clipvalue=1.0)
    zero = jnp.zeros(3)
    np.testing.assert_array_equal(optimizer.update(zero, optimizer.init(zero))[0], zero)


SIGNATURES = {  # Keras 2.0.4: argument names, order and defaults
    SGD: {"lr": 0.01, "momentum": 0.0, "decay": 0.0, "nesterov": False},
    RMSprop: {"lr": 0.001, "rho": 0.9, "epsilon": 1e-8, "decay": 0.0},
    Adagrad: {"lr": 0.01, "epsilon": 1e-8, "decay": 0.0},
    Adadelta: {"lr": 1.0, "rho": 0.95, "epsilon": 1e-8, "decay": 0.0},
    Adam: {
        "lr": 0.001,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-8,
        "decay": 0.0,
        "amsgrad": False,
    },
    Adamax: {"lr": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "decay": 0.0},
    Nadam: {"lr": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "schedule_decay": 0.004},
}


@pytest.mark.parametrize(("rule", "expected"), SIGNATURES.items())
def test_signature(rule, expected):
    parameters = [
        p for p in inspect.signature(rule).parameters.values() if p.kind is not p.VAR_KEYWORD
    ]
    assert [(p.name, p.default) for p in parameters] == list(expected.items())


@pytest.mark.parametrize("name", RULES)
def test_contract(name):
    rule = RULES[name]
    optimizer = rule(learning_rate=0.3, decay=0.1, clipnorm=1.0, clipvalue=0.5)
    assert optimizer.lr == optimizer.learning_rate == 0.3
    assert optimizer.get_config()["clipnorm"] == 1.0

    config = optimizers.serialize(optimizer)
    assert optimizers.serialize(optimizers.deserialize(config)) == config
    for spelling in (name, name.lower(), name.upper()):
        assert type(optimizers.get(spelling)) is rule
    assert optimizers.get(optimizer) is optimizer
    assert getattr(optimizers, name.lower()) is rule

    params = {"w": jnp.ones((2, 3), jnp.bfloat16), "none": None}
    state = optimizer.init(params)
    changes, after = jax.jit(optimizer.update)(params, state, params)
    described = [jax.tree.map(lambda a: (a.shape, a.dtype), s) for s in (state, after)]
    assert described[0] == described[1]
    assert changes["w"].dtype == jnp.float32  # added in float32, then rounded once
    assert {slot.dtype for slot in jax.tree.leaves(after.slots)} <= {jnp.dtype(jnp.float32)}
    traced = jax.eval_shape(optimizer.init, params)
    assert jax.tree.map(lambda a: (a.shape, a.dtype), traced) == described[0]


@pytest.mark.parametrize("name", RULES)
def test_numbers_change_without_compiling_again(name):
    optimizer, params = RULES[name](), jnp.ones(3)
    state, update = optimizer.init(params), jax.jit(optimizer.update)
    first, state = update(params, state, params)
    version = optimizer.version
    optimizer.lr = 0.0
    assert optimizer.version == version + 1
    assert optimizer.hyper()["lr"] == 0.0
    assert state.hyper["lr"] != 0.0  # a host-side change waits until it is written into the state
    state = state._replace(hyper={n: jnp.float32(v) for n, v in optimizer.hyper().items()})
    assert np.all(update(params, state, params)[0] == 0)
    assert np.all(first != 0)
    assert update._cache_size() == 1


@pytest.mark.parametrize("name", RULES)
def test_slots_are_listed_alike_before_and_after_a_compiled_step(name):
    optimizer, params = RULES[name](), {"dense": {"kernel": jnp.ones((2, 3)), "bias": jnp.ones(3)}}
    order = [("dense", "kernel"), ("dense", "bias")]
    fresh = optimizer.init(params)
    _, state = jax.jit(optimizer.update)(params, fresh, params)
    listed = named_arrays(state, order)
    assert [n for n, _ in listed] == [n for n, _ in named_arrays(fresh, order)]
    restored = with_arrays(optimizer.init(params), order, [value for _, value in listed])
    jax.tree.map(np.testing.assert_array_equal, restored.slots, state.slots)


def test_a_slot_follows_its_parameter_to_its_device():
    device = jax.devices()[-1]
    params = jax.device_put(jnp.ones(3), device)
    assert Adam().init(params).slots["m"].devices() == {device}


def test_a_schedule_as_learning_rate():
    optimizer = SGD(lr=optax.piecewise_constant_schedule(1.0, {2: 0.1}), decay=0.5)
    params = jnp.zeros(1)
    history, _ = train(optimizer, params, [jnp.ones(1)] * 3)
    steps = -np.diff(np.concatenate([[0.0], np.ravel(history)]))
    np.testing.assert_allclose(steps, [1.0, 1 / 1.5, 0.1 / 2], rtol=1e-6)
    assert optimizer.hyper() == {"decay": 0.5}
    with pytest.raises(ValueError, match=r"schedule of SGD\.lr is fixed"):
        optimizer.lr = 0.1
    with pytest.raises(ValueError, match="has no configuration"):
        optimizer.get_config()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: SGD(lrr=0.1),
            TypeError,
            "SGD takes no argument 'lrr'; allowed: lr, momentum.*Did you mean 'lr'",
        ),
        (lambda: Nadam(name="n"), TypeError, "Nadam takes no argument 'name'"),
        (lambda: SGD(lr=0.1, learning_rate=0.2), TypeError, "same number"),
        (lambda: SGD(-0.1), ValueError, "SGD: lr must be a number >= 0, got -0.1"),
        (lambda: SGD("0.1"), ValueError, "lr must be a number"),
        (lambda: Adam(beta_1=1.0), ValueError, "beta_1 must be a number >= 0 and < 1.0, got 1.0"),
        (lambda: Adam(decay=float("nan")), ValueError, "decay must be"),
        (lambda: Adam(clipnorm=-1.0), ValueError, "clipnorm must be"),
        (lambda: Adam(epsilon=optax.constant_schedule(1.0)), ValueError, "epsilon must be"),
        (lambda: setattr(SGD(), "momentum", 0.9), AttributeError, "made without momentum"),
        (lambda: setattr(SGD(), "lr", "high"), ValueError, "lr must be"),
        (lambda: optimizers.get("adm"), ValueError, "Unknown optimizer 'adm'.*Adam"),
        (lambda: optimizers.get(None), ValueError, "got None"),
        (lambda: optimizers.get(optax.adam), ValueError, "must be a name"),
        (lambda: GradientAccumulation(SGD(), 0), ValueError, "positive integer, got 0"),
        (
            lambda: AdamW().update(jnp.ones(1), AdamW().init(jnp.ones(1))),
            ValueError,
            r"update\(grads, state, params\)",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_epsilon_none_is_the_setting():
    config.set_epsilon(1e-3)
    try:
        assert RMSprop(epsilon=None).epsilon == 1e-3
    finally:
        config.reset()


def test_no_clipping():
    assert SGD(clipnorm=None, clipvalue=0).get_config() == SGD().get_config()


def test_a_users_rule():
    class SignDescent(optimizers.Optimizer):
        slots = ("last",)
        strength = optimizers.Hyper()

        def __init__(self, lr=0.1, strength=2.0, **kwargs):
            super().__init__(lr, kwargs, strength=strength)

        def rule(self, g, p, slots, h):
            return -h.lr * h.strength * jnp.sign(g), (g,)

    optimizer = optimizers.deserialize(
        {"class_name": "SignDescent", "config": {"strength": 3.0}}, {"SignDescent": SignDescent}
    )
    changes, state = optimizer.update(jnp.array([-4.0, 2.0]), optimizer.init(jnp.zeros(2)))
    np.testing.assert_allclose(changes, [0.3, -0.3], rtol=1e-6)
    np.testing.assert_array_equal(state.slots["last"], [-4, 2])


def test_within_an_optax_chain():
    chain = optax.chain(optax.scale(2.0), SGD(0.5))
    np.testing.assert_allclose(chain.update(jnp.ones(2), chain.init(jnp.ones(2)))[0], [-1, -1])


def test_any_optax_transformation():
    history, _ = train(optimizers.get(optax.adamw(0.1)))
    params, state = f32(PARAMS), optax.adamw(0.1).init(f32(PARAMS))
    for g, ours in zip(GRADS, history, strict=True):
        with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes
            changes, state = optax.adamw(0.1).update(f32(g), state, params)
        params = optax.apply_updates(params, changes)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), ours, params)


def test_learning_rate_of_an_optax_transformation():
    optimizer = optimizers.get(optax.inject_hyperparams(optax.sgd)(learning_rate=0.5))
    params = {"w": jnp.ones(2)}
    state = jax.jit(optimizer.init)(params)
    assert optimizer.lr == optimizer.learning_rate == 0.5
    update = jax.jit(optimizer.update, donate_argnums=1)
    changes, state = update(params, state)
    np.testing.assert_allclose(changes["w"], [-0.5, -0.5])
    optimizer.lr = 0.25
    state = state._replace(hyper={"lr": jnp.float32(optimizer.hyper()["lr"])})
    for _ in range(2):
        changes, state = update(params, state)
    np.testing.assert_allclose(changes["w"], [-0.25, -0.25])
    assert update._cache_size() == 1
    assert optimizer.init(params).hyper == {"lr": 0.25}


@pytest.mark.parametrize(
    "transformation",
    [optax.sgd(0.5), optax.inject_hyperparams(optax.sgd)(optax.constant_schedule(0.5))],
)
def test_a_fixed_learning_rate_says_so(transformation):
    optimizer = optimizers.get(transformation)
    state = optimizer.init(jnp.ones(2))
    assert optimizer.hyper() == state.hyper == {}
    assert not hasattr(optimizer, "lr")
    with pytest.raises(AttributeError, match="inject_hyperparams"):
        optimizer.lr = 0.1


@pytest.mark.parametrize(
    "transformation",
    [
        optax.adamw(optax.exponential_decay(0.1, 10, 0.9), weight_decay=0.1),
        optax.inject_hyperparams(optax.sgd)(optax.linear_schedule(1.0, 0.0, 10), momentum=0.9),
        optax.chain(optax.clip(0.5), optax.sgd(optax.piecewise_constant_schedule(0.1, {2: 0.5}))),
        optax.lamb(1e-3),
    ],
)
def test_an_optax_transformation_is_made_again_from_names_and_numbers(transformation):
    described = json.loads(json.dumps(optimizers.serialize(optimizers.get(transformation))))
    again = optimizers.deserialize(described)
    for a, b in zip(train(optimizers.get(transformation))[0], train(again)[0], strict=True):
        jax.tree.map(np.testing.assert_array_equal, a, b)


@pytest.mark.parametrize(
    "transformation",
    [
        optax.sgd(lambda count: 0.1),
        optax.masked(optax.sgd(0.1), lambda params: params),
        optax.GradientTransformation(lambda params: (), lambda g, state, params=None: (g, state)),
        optax.scale_by_schedule(optax.join_schedules([lambda count: 1.0], [])),
    ],
)
def test_an_optax_transformation_of_other_functions_has_no_configuration(transformation):
    with pytest.raises(ValueError, match="optax"):
        optimizers.serialize(optimizers.get(transformation))


@pytest.mark.parametrize("inner", [Adam(0.1, decay=0.5), AdamW(0.1), SGD(0.1, momentum=0.9)])
def test_accumulated_gradients_equal_one_large_batch(inner):
    every_other = [
        jax.tree.map(lambda a, b: (a + b) / 2, *GRADS[i : i + 2]) for i in range(0, STEPS, 2)
    ]
    expected, _ = train(inner, grads=every_other)
    optimizer = GradientAccumulation(inner, 2)
    history, state = train(optimizer)
    jax.tree.map(lambda a, b: np.testing.assert_array_equal(a, b), history[0], f32(PARAMS))
    for large, small in zip(expected, history[1::2], strict=True):
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), small, large)
    assert state.count == STEPS
    assert state.hyper.keys() == inner.hyper().keys()
    optimizer.lr = 0.7
    assert inner.lr == 0.7
    assert optimizer.version == inner.version
    assert (
        optimizers.deserialize(optimizers.serialize(optimizer)).get_config()
        == optimizer.get_config()
    )


def test_running_average_of_the_weights():
    optimizer = SGD(lr=0.5, ema=0.8)
    params = {"w": jnp.asarray([1.0, -2.0])}
    state, average = optimizer.init(params), np.asarray([1.0, -2.0])
    for step in range(4):
        changes, state = optimizer.update({"w": jnp.asarray([1.0, step])}, state, params)
        params = optax.apply_updates(params, changes)
        average = 0.8 * average + 0.2 * np.asarray(params["w"])
    np.testing.assert_allclose(state.slots["average"]["w"], average, rtol=1e-6)
    assert SGD.from_config(optimizer.get_config()).ema == 0.8
    with pytest.raises(
        ValueError, match=r"SGD: ema must be a number >= 0 and < 1 or None, got 1\.5"
    ):
        SGD(ema=1.5)


def one_weight(optimizer, gradients, start=1.0):
    """The path of a single weight."""
    history, _ = train(optimizer, {"w": np.array(start)}, [{"w": np.array(g)} for g in gradients])
    return np.array([float(p["w"]) for p in history])


def test_adam_takes_steps_of_one_rate_for_a_constant_gradient():
    """The book prints the corrections without their power t: its steps grow to 2.08 rates at t =
    12, fall to 0.40.
    """
    path = one_weight(Adam(0.01), [3.0] * 20)
    np.testing.assert_allclose(np.diff(path, prepend=1.0), -0.01, rtol=1e-3)
    t = np.arange(1, 1001)
    printed = (1 - 0.9**t) / (1 - 0.9) / np.sqrt((1 - 0.999**t) / (1 - 0.999))
    assert printed[0] == pytest.approx(1)
    assert (printed.argmax() + 1, printed.max().round(2), printed[-1].round(2)) == (12, 2.08, 0.4)


def test_adadelta_moves_from_its_zero_state():
    """As the book prints it, without epsilon in the numerator, the first step is 0, and so are all
    that follow.
    """
    path = one_weight(Adadelta(), [2.0] * 100)
    assert (np.diff(path, prepend=1.0) < 0).all()
    moved = path_of_printed_adadelta([2.0] * 100)
    np.testing.assert_array_equal(moved, 1.0)


def path_of_printed_adadelta(gradients, x=1.0, rho=0.95, epsilon=1e-8):
    g2, x2, path = 0.0, 0.0, []
    for g in gradients:
        g2 = rho * g2 + (1 - rho) * g**2
        step = -np.sqrt(x2) / np.sqrt(g2 + epsilon) * g
        x2, x = rho * x2 + (1 - rho) * step**2, x + step
        path.append(x)
    return np.array(path)


def test_adagrad_counts_the_newest_gradient():
    """The book's sum stops before it, which would divide the first step by delta alone."""
    np.testing.assert_allclose(
        one_weight(Adagrad(0.01), [4.0, 3.0]), [0.99, 0.99 - 0.01 * 3 / 5], rtol=1e-6
    )


def test_decay_counts_updates():
    """decay=0.9 is taken at each update: after 80 of them the rate is 1/73 of the first."""
    steps = -np.diff(one_weight(SGD(0.1, decay=0.9), [1.0] * 81), prepend=1.0)
    np.testing.assert_allclose(steps[0] / steps[80], 73, rtol=1e-3)


def test_clipping_by_norm_and_by_value():
    """clipnorm is the length of all gradients together; clipvalue bounds each component."""
    grads = {"a": jnp.array([3.0, 0.0]), "b": jnp.array([4.0])}
    for optimizer, wanted in [
        (SGD(1.0, clipnorm=1.0), ([0.6, 0], [0.8])),
        (SGD(1.0, clipvalue=0.5), ([0.5, 0], [0.5])),
    ]:
        changes, _ = optimizer.update(grads, optimizer.init(grads), grads)
        np.testing.assert_allclose(changes["a"], np.negative(wanted[0]), rtol=1e-6)
        np.testing.assert_allclose(changes["b"], np.negative(wanted[1]), rtol=1e-6)


def test_epsilon_of_keras_2_2():
    with speaking("2.2"):
        assert optimizers.Adam().epsilon == optimizers.get("adadelta").epsilon == 1e-7
        assert optimizers.RMSprop(0.1, 0.9, 1e-3).epsilon == 1e-3
        assert optimizers.Nadam(epsilon=1e-8).epsilon == 1e-8
    assert optimizers.Adam().epsilon == 1e-8


@pytest.mark.parametrize("rule", ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Nadam"])
def test_setting_the_number_of_updates_leaves_the_rest_of_the_state(rule):
    """Of rules that do not list it among their weights, too."""
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile(getattr(optimizers, rule)(0.1), "mse")
    model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
    before = model.optimizer.get_weights()
    model.optimizer.iterations = 7
    after = model.optimizer.get_weights()
    assert int(model.optimizer.iterations) == 7 and len(after) == len(before)
    first = 1 if before[0].ndim == 0 else 0
    for one, other in zip(before[first:], after[first:], strict=True):
        np.testing.assert_array_equal(one, other)
