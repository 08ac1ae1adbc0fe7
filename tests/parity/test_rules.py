"""Activations, losses, metrics, initializers, constraints and optimizers beside Keras 3, where the
rules coincide.
"""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest

from jaxcnn import activations, constraints, initializers, losses, metrics, optimizers

pytestmark = pytest.mark.filterwarnings("ignore:Explicitly requested dtype")

RNG = np.random.default_rng(0)
X = np.float32(RNG.normal(size=(4, 5)) * 2)


def value_and_gradient(function, x):
    return jax.value_and_grad(lambda x: jnp.sum(jnp.sin(function(x))))(x)


def assert_same(ours, theirs, x):
    for a, b in zip(value_and_gradient(ours, x), value_and_gradient(theirs, x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


ACTIVATIONS = [
    ("softmax", {}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("relu", {}),
    ("relu", {"max_value": 1.0}),
    ("tanh", {}),
    ("sigmoid", {}),
    ("linear", {}),
    ("exponential", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
]


@pytest.mark.parametrize(("name", "options"), ACTIVATIONS)
def test_activations(name, options):
    ours, theirs = activations.get(name), getattr(keras.activations, name)
    assert_same(lambda x: ours(x, **options), lambda x: theirs(x, **options), X)


def test_relu_with_slope():
    theirs = keras.activations.relu
    assert_same(
        lambda x: activations.relu(x, 0.3, 1.0),
        lambda x: theirs(x, negative_slope=0.3, max_value=1.0),
        X,
    )


SHARES = np.float32(RNG.dirichlet(np.ones(5), 4))
SIGNS = np.float32(np.sign(RNG.normal(size=(4, 5))))
ONE_HOT = np.float32(np.eye(5)[RNG.integers(0, 5, 4)])
SCORES = np.float32(RNG.uniform(0.05, 0.95, (4, 5)))
LABELS = ONE_HOT.argmax(-1)

# ours, theirs, options, y_true, y_pred. Left out: cosine_proximity (a sum there) and hinge of 0 and
# 1 (made -1 and 1)
LOSSES = [
    ("mean_squared_error", "mean_squared_error", {}, X, SCORES),
    ("mean_absolute_error", "mean_absolute_error", {}, X, SCORES),
    ("mean_absolute_percentage_error", "mean_absolute_percentage_error", {}, X, SCORES),
    ("mean_squared_logarithmic_error", "mean_squared_logarithmic_error", {}, X, SCORES),
    ("hinge", "hinge", {}, SIGNS, X),
    ("squared_hinge", "squared_hinge", {}, SIGNS, X),
    ("categorical_hinge", "categorical_hinge", {}, ONE_HOT, SCORES),
    ("logcosh", "log_cosh", {}, X, SCORES),
    ("huber", "huber", {"delta": 0.5}, X, SCORES),
    ("categorical_crossentropy", "categorical_crossentropy", {}, SHARES, SCORES),
    ("categorical_crossentropy", "categorical_crossentropy", {"from_logits": True}, SHARES, X),
    ("sparse_categorical_crossentropy", "sparse_categorical_crossentropy", {}, LABELS, SCORES),
    (
        "sparse_categorical_crossentropy",
        "sparse_categorical_crossentropy",
        {"from_logits": True},
        LABELS,
        X,
    ),
    ("binary_crossentropy", "binary_crossentropy", {}, SHARES, SCORES),
    ("binary_crossentropy", "binary_crossentropy", {"from_logits": True}, SHARES, X),
    ("kullback_leibler_divergence", "kl_divergence", {}, SHARES, SCORES),
    ("poisson", "poisson", {}, SHARES, SCORES),
]


@pytest.mark.parametrize(("ours", "theirs", "options", "y_true", "y_pred"), LOSSES)
def test_losses(ours, theirs, options, y_true, y_pred):
    ours, theirs = losses.get(ours), getattr(keras.losses, theirs)
    assert_same(
        lambda p: ours(y_true, p, **options), lambda p: theirs(y_true, p, **options), y_pred
    )


@pytest.mark.parametrize(
    ("name", "y_true"),
    [
        ("binary_accuracy", np.float32(SHARES > 0.3)),
        ("categorical_accuracy", ONE_HOT),
        ("sparse_categorical_accuracy", LABELS),
    ],
)
def test_accuracies(name, y_true):
    theirs = (
        np.asarray(getattr(keras.metrics, name)(y_true, SCORES)).reshape(4, -1).mean(-1)
    )  # binary: by element
    np.testing.assert_allclose(getattr(metrics, name)(y_true, SCORES), theirs, rtol=1e-6)


@pytest.mark.parametrize(
    "name", ["top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"]
)
@pytest.mark.parametrize("k", [1, 3])
def test_top_k(name, k):
    y_true = LABELS if name.startswith("sparse") else ONE_HOT
    expected = getattr(keras.metrics, name)(y_true, SCORES, k=k)
    np.testing.assert_array_equal(getattr(metrics, name)(y_true, SCORES, k=k), expected)


STREAMING = [
    ("AUC", {}),
    ("AUC", {"curve": "PR"}),
    ("AUC", {"num_thresholds": 11}),
    ("Precision", {}),
    ("Precision", {"thresholds": 0.7, "class_id": 1}),
    ("Recall", {"top_k": 2}),
    ("Recall", {"top_k": 1, "class_id": 2}),
]


@pytest.mark.parametrize(("name", "options"), STREAMING)
def test_streaming_metrics(name, options):
    y_true = np.float32(RNG.uniform(size=(60, 3)) > 0.6)
    y_pred = np.clip(0.3 * y_true + 0.8 * RNG.uniform(size=(60, 3)), 0, 1).astype("float32")
    weight = np.float32(RNG.integers(0, 3, 60))
    ours, theirs = getattr(metrics, name)(**options), getattr(keras.metrics, name)(**options)
    acc = ours.init()
    for part in np.split(np.arange(60), 3):
        acc = ours.update(acc, y_true[part], y_pred[part], weight[part])
        theirs.update_state(y_true[part], y_pred[part], weight[part])
    assert float(ours.result(acc)) == pytest.approx(float(theirs.result()), abs=1e-6)


@pytest.mark.parametrize("shape", [(30, 4), (5, 3, 4), (3, 2, 3, 4), (2, 2, 2, 3, 4)])
def test_uniform_limits_follow_the_same_fans(shape):
    theirs = np.abs(keras.initializers.GlorotUniform(seed=1)(shape)).max()
    bound = np.sqrt(6 / sum(initializers.fans(shape)))
    assert 0.9 * bound < theirs <= bound * (1 + 1e-6)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("MaxNorm", {"max_value": 1.0}),
        ("MaxNorm", {"max_value": 1.0, "axis": [0, 1]}),
        ("NonNeg", {}),
        ("UnitNorm", {"axis": 1}),
        ("MinMaxNorm", {"min_value": 2.0, "max_value": 3.0, "rate": 0.7}),
    ],
)
def test_constraints(name, options):
    ours, theirs = (
        getattr(constraints, name)(**options),
        getattr(keras.constraints, name)(**options),
    )
    np.testing.assert_allclose(ours(jnp.asarray(X)), theirs(X), rtol=1e-5)


SMALL = {"epsilon": 1e-8}
OPTIMIZERS = [  # ours, theirs, shared arguments, further ones of theirs
    ("SGD", "SGD", {"learning_rate": 0.1}, {}),
    ("SGD", "SGD", {"learning_rate": 0.1, "momentum": 0.9}, {}),
    ("SGD", "SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}, {}),
    ("RMSprop", "RMSprop", {"learning_rate": 0.01, "rho": 0.8, "epsilon": 0.0}, {}),
    (
        "Adagrad",
        "Adagrad",
        {"learning_rate": 0.1, "epsilon": 0.0},
        {"initial_accumulator_value": 0.0},
    ),
    ("Adadelta", "Adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-3}, {}),
    ("Adam", "Adam", {"learning_rate": 0.01, **SMALL}, {}),
    ("Adam", "Adam", {"learning_rate": 0.01, "amsgrad": True, **SMALL}, {}),
    ("AdamW", "AdamW", {"learning_rate": 0.01, "weight_decay": 0.1, **SMALL}, {}),
    ("Adamax", "Adamax", {"learning_rate": 0.01, **SMALL}, {}),
    ("Lion", "Lion", {"learning_rate": 0.01, "beta_2": 0.9}, {}),
    ("SGD", "SGD", {"learning_rate": 0.1, "clipvalue": 0.3}, {}),
]


@pytest.mark.parametrize(("ours", "theirs", "shared", "further"), OPTIMIZERS)
def test_optimizers(ours, theirs, shared, further):
    compare(
        getattr(optimizers, ours)(**shared), getattr(keras.optimizers, theirs)(**shared, **further)
    )


def test_nadam_with_the_schedule_of_keras_3():
    compare(optimizers.Nadam(0.01, schedule_decay=1.0), keras.optimizers.Nadam(0.01, epsilon=1e-8))


def test_clipnorm_is_the_global_norm():
    compare(optimizers.SGD(0.1, clipnorm=0.5), keras.optimizers.SGD(0.1, global_clipnorm=0.5))


def compare(ours, theirs):
    params = [jnp.asarray(X), jnp.asarray(X[0])]
    variables = [keras.Variable(p) for p in params]
    theirs.build(variables)
    state, update = ours.init(params), jax.jit(ours.update)
    for _ in range(4):
        grads = [jnp.asarray(RNG.normal(size=p.shape), jnp.float32) for p in params]
        changes, state = update(grads, state, params)
        params = optax.apply_updates(params, changes)
        theirs.apply(grads, variables)
        for mine, variable in zip(params, variables, strict=True):
            np.testing.assert_allclose(mine, variable.value, rtol=0, atol=2e-6)
