"""The weighting rules of Keras 2.0.4 beside an independent NumPy reference."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import losses
from jaxcnn.metrics import Recall, get
from jaxcnn.training import Objective, OutputObjective
from jaxcnn.training.objective import (
    combined_weights,
    result_names,
    simple_objective,
    weighted_loss,
)


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


def output(name, loss="mse", **fields):
    return OutputObjective(name, losses.get(loss), **fields)


def test_weighted_metrics_come_last_and_have_names_of_their_own():
    metric = ("m", get("mae")), ("n", get("mse"))
    only = output("y", metrics=metric[:1], weighted_metrics=metric[1:])
    assert only.all_metrics == metric
    assert Objective((only,)).names == ("loss", "m", "n")


def test_the_total_is_the_weighted_sum_of_the_losses():
    objective = Objective((output("a"), output("b", None), output("c", weight=3.0)))
    ones = jnp.ones((2, 1))
    total, parts = objective.total(
        [ones, ones, 2 * ones], [0 * ones, None, 0 * ones], [None] * 3, [None] * 3, None
    )
    assert float(total) == 1 + 3 * 4
    assert {name: float(value) for name, value in parts.items()} == {"a_loss": 1, "c_loss": 4}
    total, parts = Objective((output("a"),)).total([ones], [0 * ones], [None], [None], None)
    assert float(total) == 1 and parts == {} and total.dtype == jnp.float32


def test_losses_and_metrics_of_half_precision_are_float32():
    seen = []

    def loss(y_true, y_pred):
        seen.append(y_pred.dtype)
        return jnp.mean(y_pred, axis=-1)

    objective = Objective((OutputObjective("y", loss, metrics=(("m", get(loss)),)),))
    half = jnp.ones((2, 1), jnp.bfloat16)
    objective.total([half], [half], [None], [None], None)
    objective.update(
        objective.init_metrics(), {"loss": jnp.float32(0)}, [half], [half], [None], [None], None
    )
    assert seen == [jnp.float32] * 2


def test_the_averages_of_nothing_and_of_one_row():
    objective = Objective((output("y", metrics=(("mae", get("mae")),)),))
    empty = objective.init_metrics()
    assert {n: float(v) for n, v in objective.results(empty).items()} == {"loss": 0, "mae": 0}
    row = jnp.full((1, 2), 3.0)
    sums = objective.update(empty, {"loss": jnp.float32(9)}, [row], [0 * row], [None], [None], None)
    assert {n: float(v) for n, v in objective.results(sums).items()} == {"loss": 9, "mae": 3}


def test_padding_rows_are_not_in_the_averages():
    objective = Objective((output("y", metrics=(("mae", get("mae")),)),))
    sums = objective.init_metrics()
    for value, rows in ((1.0, [1, 1, 1]), (5.0, [1, 0, 0])):
        error = jnp.asarray([[value], [100.0], [100.0]] if rows[1] == 0 else [[value]] * 3)
        real = jnp.asarray(rows, jnp.float32)
        loss, _ = objective.total([error], [0 * error], [None], [None], real)
        sums = objective.update(sums, {"loss": loss}, [error], [0 * error], [None], [None], real)
    averages = objective.results(sums)
    assert float(averages["mae"]) == 2 and float(averages["loss"]) == (3 * 1 + 25) / 4


def test_metrics_mind_the_mask():
    metric = ("mae", get("mae"))
    objective = Objective((output("y", metrics=(metric,), weighted_metrics=(("w", metric[1]),)),))
    error = jnp.asarray([[[1.0], [7.0]], [[3.0], [5.0]]])
    mask = jnp.asarray([[True, False], [True, True]])
    sums = objective.update(
        objective.init_metrics(),
        {"loss": jnp.float32(0)},
        [error],
        [0 * error],
        [jnp.asarray([2.0, 0.0])],
        [mask],
        None,
    )
    averages = objective.results(sums)
    assert float(averages["mae"]) == 3 and float(averages["w"]) == 1


def test_names_of_several_results():
    def both(y_true, y_pred):
        return {"low": jnp.min(y_pred, axis=-1), "high": jnp.max(y_pred, axis=-1)}

    x = jnp.asarray([[1.0, 2.0]])
    metric = get(both).bind(x, x)
    assert result_names("y_both", metric) == ["y_high", "y_low"]
    assert result_names("acc", get("mae")) == result_names("acc", get("mae").bind(x, x)) == ["acc"]
    assert result_names("recall", Recall()) == ["recall"]
    objective = Objective((output("y", metrics=(("both", metric),)),))
    assert objective.names == ("loss", "high", "low")
    sums = objective.update(
        objective.init_metrics(), {"loss": jnp.float32(0)}, [x], [x], [None], [None], None
    )
    averages = objective.results(sums)
    assert (float(averages["low"]), float(averages["high"])) == (1, 2)


def test_a_scalar_loss_forbids_padding_behind_an_output_without_loss():
    def scalar(y_true, y_pred):
        return jnp.mean(y_pred)

    x = jnp.ones((4, 2))
    for last, exact in (("mse", True), (scalar, False)):
        objective = Objective((output("a", None), output("b", last)))
        assert objective.exact_when_padded([None, x], [x, x]) is exact


def test_added_losses_forbid_padding():
    x = jnp.ones((4, 2))
    for added, exact in (((), True), ((1,), False)):
        objective = Objective((output("a", "mse"),), added=added)
        assert objective.exact_when_padded([x], [x]) is exact


def test_a_mask_does_not_concern_a_loss_by_row():
    mask = jnp.asarray(STEPS)
    assert float(weighted_loss(jnp.asarray(BY_ROW), None, mask, None)) == pytest.approx(
        float(np.mean(BY_ROW)), rel=1e-5
    )


def test_a_batch_of_padding_alone_is_worth_nothing():
    rows = jnp.zeros(6)
    for scores, mask in ((BY_ROW, None), (BY_STEP, None), (BY_STEP, STEPS)):
        mask = None if mask is None else jnp.asarray(mask)
        assert float(weighted_loss(jnp.asarray(scores), None, mask, rows)) == 0


def test_a_scalar_counts_rows_of_weight():
    two = jnp.float32(2)
    assert float(weighted_loss(two, jnp.asarray([3.0, 0.0, 5.0]), None, None)) == 2 * 8 / 2
    assert float(weighted_loss(two, jnp.zeros(3), None, None)) == 0
    assert float(weighted_loss(two, jnp.asarray([3.0]), None, None)) == 6


def test_a_masked_loss_has_a_gradient_where_nothing_counts():
    gradient = jax.grad(lambda s: weighted_loss(s, None, jnp.zeros((6, 3), bool), None))(
        jnp.asarray(BY_STEP)
    )
    assert not np.any(np.asarray(gradient))


@pytest.mark.parametrize(
    ("weights", "mask", "rows", "expected"),
    [
        (None, None, None, None),
        ([2, 3], None, None, [2, 3]),
        (None, None, [1, 0], [1, 0]),
        ([2, 3], None, [1, 0], [2, 0]),
        ([2, 3], [[True, False], [True, True]], None, [[2, 0], [3, 3]]),
        ([[2, 4], [3, 5]], [[True, False], [True, True]], [0, 1], [[0, 0], [3, 5]]),
    ],
)
def test_weights_of_a_metric(weights, mask, rows, expected):
    arrays = [None if a is None else jnp.asarray(a) for a in (weights, mask, rows)]
    combined = combined_weights(*arrays)
    if expected is None:
        assert combined is None
    else:
        assert combined.dtype == jnp.float32 and combined.tolist() == expected


def test_an_objective_by_names():
    objective = simple_objective("mse", ["mae", Recall()])
    assert objective.names == ("loss", "mean_absolute_error", "recall")
    (only,) = objective.outputs
    assert only.name == "output" and only.loss is losses.mean_squared_error
    assert (
        only.weight == 1.0 and only.temporal is False and simple_objective("mse").names == ("loss",)
    )
