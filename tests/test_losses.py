"""The losses beside their formulas: values, gradients, shapes, names and options."""

import inspect
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import config, losses
from jaxcnn.spellings.dialect import speaking

EPS = 1e-7
RNG = np.random.default_rng(0)
ONE_HOT = np.eye(4)[[0, 2, 3, 1, 1]]
SHARES = RNG.dirichlet(np.ones(4), 5)
SCORES = RNG.uniform(0.05, 0.9, (5, 4))
ANY = RNG.normal(size=(5, 4))
SIGNS = np.sign(RNG.normal(size=(5, 4)))
LABELS = ONE_HOT.argmax(-1)


def clip(y):
    return np.clip(y, EPS, 1 - EPS)


def unit(y):
    return y / np.linalg.norm(y, axis=-1, keepdims=True)


def shares_of(y):
    return clip(y / y.sum(-1, keepdims=True))


def log_softmax(y):
    return y - np.log(np.exp(y).sum(-1, keepdims=True))


# loss, options, y_true, y_pred, expected: formulas F23 to F31 and section 3 of the second book,
# written in NumPy
CASES = [
    ("mean_squared_error", {}, ANY, SCORES, ((SCORES - ANY) ** 2).mean(-1)),
    ("mean_absolute_error", {}, ANY, SCORES, np.abs(SCORES - ANY).mean(-1)),
    (
        "mean_absolute_percentage_error",
        {},
        ANY,
        SCORES,
        100 * (np.abs(ANY - SCORES) / np.abs(ANY)).mean(-1),
    ),
    (
        "mean_squared_logarithmic_error",
        {},
        ANY,
        SCORES,
        ((np.log(np.maximum(SCORES, EPS) + 1) - np.log(np.maximum(ANY, EPS) + 1)) ** 2).mean(-1),
    ),
    ("hinge", {}, SIGNS, ANY, np.maximum(1 - SIGNS * ANY, 0).mean(-1)),
    ("squared_hinge", {}, SIGNS, ANY, (np.maximum(1 - SIGNS * ANY, 0) ** 2).mean(-1)),
    (
        "categorical_hinge",
        {},
        ONE_HOT,
        SCORES,
        np.maximum(0, 1 + ((1 - ONE_HOT) * SCORES).max(-1) - (ONE_HOT * SCORES).sum(-1)),
    ),
    ("logcosh", {}, ANY, SCORES, np.log(np.cosh(SCORES - ANY)).mean(-1)),
    (
        "huber",
        {"delta": 0.7},
        ANY,
        SCORES,
        np.where(
            np.abs(SCORES - ANY) <= 0.7,
            0.5 * (SCORES - ANY) ** 2,
            0.7 * np.abs(SCORES - ANY) - 0.5 * 0.7**2,
        ).mean(-1),
    ),
    ("categorical_crossentropy", {}, SHARES, SCORES, -(SHARES * np.log(shares_of(SCORES))).sum(-1)),
    (
        "categorical_crossentropy",
        {"from_logits": True},
        SHARES,
        ANY,
        -(SHARES * log_softmax(ANY)).sum(-1),
    ),
    (
        "sparse_categorical_crossentropy",
        {},
        LABELS,
        SCORES,
        -(ONE_HOT * np.log(shares_of(SCORES))).sum(-1),
    ),
    (
        "sparse_categorical_crossentropy",
        {"from_logits": True},
        LABELS,
        ANY,
        -(ONE_HOT * log_softmax(ANY)).sum(-1),
    ),
    (
        "binary_crossentropy",
        {},
        SHARES,
        SCORES,
        -(SHARES * np.log(SCORES) + (1 - SHARES) * np.log(1 - SCORES)).mean(-1),
    ),
    (
        "binary_crossentropy",
        {"from_logits": True},
        SHARES,
        ANY,
        (np.log1p(np.exp(ANY)) - SHARES * ANY).mean(-1),
    ),
    ("kullback_leibler_divergence", {}, SHARES, SCORES, (SHARES * np.log(SHARES / SCORES)).sum(-1)),
    ("poisson", {}, SHARES, SCORES, (SCORES - SHARES * np.log(SCORES + EPS)).mean(-1)),
    ("cosine_proximity", {}, ANY, SCORES, -(unit(ANY) * unit(SCORES)).mean(-1)),
]
FUNCTIONS = {name: f for name, f in losses.registry.items().items() if inspect.isfunction(f)}
CLASSES = {name: c for name, c in losses.registry.items().items() if inspect.isclass(c)}


def targets(name, scores):
    """Targets that a loss can take with these scores."""
    return np.zeros(scores.shape[:-1], int) if name.startswith("sparse") else np.zeros(scores.shape)


def test_every_loss_has_a_formula_here():
    assert {name for name, *_ in CASES} == FUNCTIONS.keys()


@pytest.mark.parametrize(("name", "options", "y_true", "y_pred", "expected"), CASES)
def test_values(name, options, y_true, y_pred, expected):
    y_pred = np.float32(y_pred)
    result = jax.jit(partial(losses.get(name), **options))(y_true, y_pred)
    np.testing.assert_allclose(result, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(3, 2), (3, 5, 2), (3, 4, 4, 2), (3, 1)])
def test_the_last_axis_is_reduced(name, shape):
    scores = jax.ShapeDtypeStruct(shape, jnp.float32)
    assert (
        jax.eval_shape(FUNCTIONS[name], targets(name, np.zeros(shape)), scores).shape == shape[:-1]
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_gradient_are_finite_at_delicate_scores(name):
    scores = np.float32(
        [[0, 0, 0], [1, 1, 1], [1, 0, 0], [1e4, 1e4, 1e4], [-1, -1, -1], [1, -1, 0]]
    )
    if name == "poisson":  # the logarithm of a negative rate has no value
        scores = scores[:-2]
    y_true = np.concatenate([targets(name, scores), targets(name, scores) + 1])
    scores = np.concatenate([scores, scores])
    value, pull_back = jax.vjp(lambda p: FUNCTIONS[name](y_true, p), scores)
    assert np.isfinite(value).all()
    assert np.isfinite(pull_back(jnp.ones_like(value))[0]).all()


@pytest.mark.parametrize(
    "name", ["categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"]
)
def test_extreme_logits_are_finite(name):
    logits = np.float32([[1e4, -1e4, 0.0]])
    value, gradient = jax.value_and_grad(
        lambda p: FUNCTIONS[name](targets(name, logits) + 1, p, from_logits=True).sum()
    )(logits)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


def test_gradient_of_the_absolute_error_is_zero_at_zero():
    gradient = jax.grad(lambda p: losses.mae(np.float32([[1, 2]]), p).sum())(np.float32([[1, 3]]))
    np.testing.assert_array_equal(gradient, [[0, 0.5]])


def test_a_certain_error_costs_what_it_does_in_keras():
    zero_one = np.float32([[0.0], [1.0]])
    np.testing.assert_allclose(
        losses.binary_crossentropy(1 - zero_one, zero_one), [16.118095, 15.942385], rtol=1e-6
    )
    wrong = np.float32([[1.0, 0.0]])
    np.testing.assert_allclose(
        losses.categorical_crossentropy(wrong[:, ::-1], wrong), [16.118095], rtol=1e-6
    )


@pytest.mark.parametrize(
    "labels", [LABELS, LABELS[:, None], LABELS.astype("float32"), LABELS.astype("uint8")]
)
def test_forms_of_class_numbers(labels):
    expected = losses.categorical_crossentropy(ONE_HOT, np.float32(SCORES))
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy(labels, np.float32(SCORES)), expected, rtol=1e-6
    )


def test_a_class_number_out_of_range_gives_nan_in_its_row_only():
    result = np.asarray(
        losses.sparse_categorical_crossentropy(np.array([0, -1, 4]), np.full((3, 4), 0.25))
    )
    np.testing.assert_array_equal(np.isnan(result), [False, True, True])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_half_precision_is_computed_in_float32(name):
    scores = jax.ShapeDtypeStruct((2, 3), jnp.bfloat16)
    assert (
        jax.eval_shape(FUNCTIONS[name], targets(name, np.zeros((2, 3))), scores).dtype
        == jnp.float32
    )


def test_targets_without_the_last_axis():
    y_pred = np.float32(SCORES[:, :1])
    np.testing.assert_array_equal(losses.mse(ANY[:, 0], y_pred), losses.mse(ANY[:, :1], y_pred))


@pytest.mark.parametrize(
    ("name", "y_true", "y_pred", "message"),
    [
        ("mse", (5,), (5, 4), r"Targets of shape \(5,\) do not fit predictions of shape \(5, 4\)"),
        ("categorical_crossentropy", (5, 1), (5, 4), "sparse loss"),
        ("mse", (5, 1), (5,), "do not fit"),
        ("sparse_categorical_crossentropy", (5, 4), (5, 4), r"expected \(5,\) or \(5, 1\)"),
    ],
)
def test_shapes_that_do_not_fit(name, y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        losses.get(name)(np.zeros(y_true), np.zeros(y_pred))


ALIASES = {
    "mean_squared_error": ["mse", "MSE"],
    "mean_absolute_error": ["mae", "MAE"],
    "mean_absolute_percentage_error": ["mape", "MAPE"],
    "mean_squared_logarithmic_error": ["msle", "MSLE"],
    "kullback_leibler_divergence": ["kld", "KLD", "kl_divergence"],
    "cosine_proximity": ["cosine"],
    "binary_crossentropy": ["logloss"],
}


@pytest.mark.parametrize(
    ("alias", "name"), [(a, name) for name, found in ALIASES.items() for a in found]
)
def test_aliases(alias, name):
    assert losses.get(alias) is FUNCTIONS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_round_trip(name):
    assert losses.deserialize(losses.serialize(FUNCTIONS[name])) is FUNCTIONS[name]


@pytest.mark.parametrize("name", CLASSES)
def test_classes(name):
    loss = losses.get(name)
    assert losses.get(losses.serialize(loss)) == loss
    hash(loss)
    assert getattr(losses, name) is CLASSES[name]


def test_every_function_has_its_class():
    assert {losses.function_of(c()) for c in CLASSES.values()} == set(FUNCTIONS.values())


def test_options_of_a_class():
    loss = losses.CategoricalCrossentropy(from_logits=True)
    expected = losses.categorical_crossentropy(SHARES, np.float32(ANY), from_logits=True)
    np.testing.assert_array_equal(loss(SHARES, np.float32(ANY)), expected)
    assert losses.serialize(loss) == {
        "class_name": "CategoricalCrossentropy",
        "config": {"from_logits": True},
    }
    with pytest.raises(TypeError):
        losses.CategoricalCrossentropy(from_logit=True)


def test_none_users_and_unknown():
    assert losses.get(None) is None
    assert losses.get(jnp.subtract) is jnp.subtract
    with pytest.raises(
        ValueError, match=r"Unknown loss 'categorical_entropy'.*categorical_crossentropy"
    ):
        losses.get("categorical_entropy")


def test_epsilon_is_a_setting():
    config.set_epsilon(1e-3)
    try:
        np.testing.assert_allclose(
            losses.binary_crossentropy([[1.0]], [[0.0]]), -np.log(1e-3), rtol=1e-6
        )
    finally:
        config.reset()


def neuron(z):
    """The book's single neuron: a = sigmoid(w x + b)."""
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize("name", ["mse", "binary_crossentropy"])
def test_gradients_of_a_single_neuron(name):
    """Half the squared error: (a - y) s'(z) x; crossentropy: (a - y) x, without the slope of the
    sigmoid.
    """
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(8, 3)).astype("float32"), rng.integers(0, 2, (8, 1)).astype("float32")
    w, b = rng.normal(size=(3, 1)).astype("float32"), np.float32([[0.3]])

    def cost(w, b):
        return jnp.mean(losses.get(name)(y, jax.nn.sigmoid(x @ w + b))) * (
            0.5 if name == "mse" else 1.0
        )

    a = neuron(x @ w + b)
    error = (a - y) * (a * (1 - a) if name == "mse" else 1)
    for found, wanted in zip(
        jax.grad(cost, (0, 1))(w, b),
        ((x * error).mean(0)[:, None], error.mean(0)[None]),
        strict=True,
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_a_saturated_neuron_learns_faster_from_crossentropy():
    """From z = 4 towards 0 the squared error hardly moves: s'(4) is 0.018."""

    def after(name, steps=40):
        @jax.jit
        def step(z):
            return z - jax.grad(
                lambda z: losses.get(name)(jnp.zeros((1, 1)), jax.nn.sigmoid(z)).sum()
            )(z)

        z = jnp.full((1, 1), 4.0)
        for _ in range(steps):
            z = step(z)
        return float(jax.nn.sigmoid(z)[0, 0])

    assert after("binary_crossentropy") < 0.03 < 0.1 < after("mse")


def test_dense_and_sparse_crossentropy_are_one():
    labels = np.array([[0], [2], [3], [1], [1]])
    dense = losses.categorical_crossentropy(ONE_HOT, np.float32(SCORES))
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy(labels, np.float32(SCORES)), dense, rtol=1e-6
    )


def test_the_cosine_proximity_of_keras_2_2_is_the_whole_cosine():
    pair = jnp.array([[1.0, 2.0, 2.0]]), jnp.array([[2.0, 1.0, 2.0]])
    np.testing.assert_allclose(losses.cosine_proximity(*pair), [-8 / 27], rtol=1e-6)
    with speaking("2.2"):
        np.testing.assert_allclose(losses.cosine_proximity(*pair), [-8 / 9], rtol=1e-6)
