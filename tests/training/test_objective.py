"""The weighting rules of Keras 2.0.4 beside an independent NumPy reference."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import losses
from jaxcnn.metrics import Recall, get
from jaxcnn.training import Objective, OutputObjective
from jaxcnn.training.objective import weighted_loss


def keras_2(scores, weights=None, mask=None):
    """The mean of a loss over a batch, step by step as Keras 2.0.4 takes it (float64)."""
    scores = np.asarray(scores, np.float64)
    if mask is not None:
        scores = scores * mask
        scores = scores / np.mean(mask)
    if weights is not None:
        weights = np.asarray(weights, np.float64)
        scores = scores.mean(axis=tuple(range(weights.ndim, scores.ndim))) * weights
        scores = scores / np.mean(weights != 0)
    return np.mean(scores)


RNG = np.random.default_rng(0)
WEIGHTS = np.array([0.5, 0.0, 2.0, 1.0, 0.0, 3.0], "float32")
STEPS = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 1], [1, 1, 1], [0, 0, 1]], bool)
TEMPORAL = RNG.uniform(0, 2, (6, 3)).astype("float32") * (RNG.random((6, 3)) > 0.3)
BY_ROW = RNG.normal(size=6).astype("float32")
BY_STEP = RNG.normal(size=(6, 3)).astype("float32")
BY_PIXEL = RNG.normal(size=(6, 3, 2)).astype("float32")

CASES = [
    (BY_ROW, None, None),
    (BY_ROW, WEIGHTS, None),
    (BY_STEP, None, None),
    (BY_STEP, WEIGHTS, None),
    (BY_STEP, TEMPORAL, None),
    (BY_STEP, None, STEPS),
    (BY_STEP, WEIGHTS, STEPS),
    (BY_STEP, TEMPORAL, STEPS),
    (BY_PIXEL, None, None),
    (BY_PIXEL, WEIGHTS, None),
    (BY_PIXEL, TEMPORAL, None),
]


@pytest.mark.parametrize(("scores", "weights", "mask"), CASES)
def test_the_mean_of_a_loss(scores, weights, mask):
    found = weighted_loss(
        *[None if a is None else jnp.asarray(a) for a in (scores, weights, mask)], None
    )
    assert float(found) == pytest.approx(keras_2(scores, weights, mask), rel=1e-5)


@pytest.mark.parametrize(("scores", "weights", "mask"), CASES)
@pytest.mark.parametrize("filler", [0.0, 7.0, np.nan])
def test_padding_rows_do_not_count_whatever_they_hold(scores, weights, mask, filler):
    def padded(array, value):
        return (
            None
            if array is None
            else jnp.concatenate([array, jnp.full((2, *array.shape[1:]), value, array.dtype)])
        )

    rows = jnp.asarray([1.0] * 6 + [0.0] * 2)
    found = weighted_loss(padded(scores, filler), padded(weights, 1), padded(mask, True), rows)
    assert float(found) == pytest.approx(keras_2(scores, weights, mask), rel=1e-5)


def test_one_number_for_the_whole_batch():
    assert float(weighted_loss(jnp.float32(2.0), None, None, None)) == 2.0
    found = weighted_loss(jnp.float32(2.0), jnp.asarray(WEIGHTS), None, None)
    assert float(found) == pytest.approx(keras_2(2.0 * np.ones(6), WEIGHTS))


def test_a_batch_of_weight_zero_is_worth_nothing():
    assert float(weighted_loss(jnp.asarray(BY_ROW), jnp.zeros(6), None, None)) == 0.0
    assert float(weighted_loss(jnp.asarray(BY_STEP), None, jnp.zeros((6, 3), bool), None)) == 0.0


def test_metrics_ignore_sample_weights_unless_they_are_weighted():
    accuracy = get("categorical_accuracy")
    output = OutputObjective(
        "y",
        losses.get("mse"),
        metrics=(("acc", accuracy),),
        weighted_metrics=(("weighted_acc", accuracy),),
    )
    objective = Objective((output,))
    targets, predictions = jnp.eye(3)[jnp.array([0, 1, 2, 0])], jnp.eye(3)[jnp.array([0, 1, 0, 0])]
    sums = objective.init_metrics()
    weights = jnp.array([1.0, 0.0, 4.0, 0.0])
    arguments = ([predictions], [targets], [weights], [None], None)
    found = objective.results(objective.update(sums, {"loss": jnp.float32(1)}, *arguments))
    assert float(found["acc"]) == 0.75 and float(found["weighted_acc"]) == pytest.approx(0.2)


def test_averages_over_batches_of_different_sizes_count_rows():
    objective = Objective(
        (OutputObjective("y", losses.get("mse"), metrics=(("mae", get("mae")),)),)
    )
    sums = objective.init_metrics()
    errors = [jnp.array([[1.0], [2.0], [3.0]]), jnp.array([[10.0]])]
    for error in errors:
        target = jnp.zeros_like(error)
        loss, _ = objective.total([error], [target], [None], [None], None)
        sums = objective.update(sums, {"loss": loss}, [error], [target], [None], [None], None)
    found = objective.results(sums)
    assert float(found["mae"]) == pytest.approx(4.0) and float(found["loss"]) == pytest.approx(
        114 / 4
    )


def test_names_in_the_order_of_keras():
    def output(name, loss="mse"):
        metrics = ((f"{name}_acc", get("binary_accuracy")),)
        return OutputObjective(name, losses.get(loss), metrics=metrics if loss else ())

    objective = Objective((output("a"), output("b", None), output("c")))
    assert objective.names == ("loss", "a_loss", "c_loss", "a_acc", "c_acc")
    assert Objective((OutputObjective("a", losses.get("mse")),)).names == ("loss",)


def test_whole_batch_losses_and_metrics_forbid_padding():
    def dice(y_true, y_pred):
        return 1 - 2 * jnp.sum(y_true * y_pred) / (jnp.sum(y_true) + jnp.sum(y_pred))

    x = jnp.ones((4, 2))

    def exact(**fields):
        return (
            Objective((OutputObjective("y", **fields),)).bind([x], [x]).exact_when_padded([x], [x])
        )

    assert exact(loss=losses.get("mse"))
    assert not exact(loss=dice)
    assert not exact(loss=losses.get("mse"), metrics=(("dice", get(dice)),))
    assert exact(loss=losses.get("mse"), metrics=(("recall", Recall()),))
