"""Metrics beside scikit-learn: batches, weights, padding, shapes and names."""

import functools
import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from jaxcnn import losses, metrics

RNG = np.random.default_rng(0)
FUNCTIONS = {name: f for name, f in metrics.registry.items().items() if inspect.isfunction(f)}
STREAMING = {
    "AUC": metrics.AUC(),
    "Precision": metrics.Precision(),
    "Recall": metrics.Recall(),
    "F1": metrics.F1(),
    "MeanIoU": metrics.MeanIoU(2),
    "TruePositives": metrics.TruePositives(),
    "TrueNegatives": metrics.TrueNegatives(),
    "FalsePositives": metrics.FalsePositives(),
    "FalseNegatives": metrics.FalseNegatives(),
    "SensitivityAtSpecificity": metrics.SensitivityAtSpecificity(0.5),
    "SpecificityAtSensitivity": metrics.SpecificityAtSensitivity(0.5),
    "RootMeanSquaredError": metrics.RootMeanSquaredError(),
}
EVERY = {**{name: metrics.get(name) for name in FUNCTIONS}, **STREAMING}


def measure(metric, y_true, y_pred, weight=None, batches=1):
    metric = metric.bind(y_true, y_pred)
    acc, update = metric.init(), jax.jit(metric.update)
    weights = [None] * batches if weight is None else np.split(np.float32(weight), batches)
    for t, p, w in zip(np.split(y_true, batches), np.split(y_pred, batches), weights, strict=True):
        acc = update(acc, t, p, w)
    return metric.result(acc)


def data(name, rows=12):
    """Targets and predictions that the metric can take."""
    scores = RNG.uniform(0.01, 0.99, (rows, 6)).astype("float32")
    if name.startswith("sparse"):
        return RNG.integers(0, 6, (rows, 1)), scores
    if name == "MeanIoU":
        return RNG.integers(0, 2, (rows, 6)), RNG.integers(0, 2, (rows, 6))
    if "categorical" in name:
        return np.eye(6, dtype="float32")[RNG.integers(0, 6, rows)], scores
    return RNG.integers(0, 2, (rows, 6)).astype("float32"), scores


def test_every_class_of_metric_is_tested_here():
    classes = [
        c
        for c in metrics.registry.items().values()
        if inspect.isclass(c) and issubclass(c, metrics.Metric)
    ]
    assert {type(m) for m in EVERY.values()} == set(classes)


@pytest.mark.parametrize("name", EVERY)
def test_batches_padding_and_weights(name):
    metric = EVERY[name]
    y_true, y_pred = data(name)
    whole = measure(metric, y_true, y_pred)
    np.testing.assert_allclose(measure(metric, y_true, y_pred, batches=3), whole, rtol=1e-5)

    weight = np.float32([1, 1, 1, 1, 0, 0, 2, 2, 2, 0, 0, 0])
    counted = np.repeat(np.arange(12), weight.astype(int))
    expected = measure(metric, y_true[counted], y_pred[counted])
    np.testing.assert_allclose(
        measure(metric, y_true, y_pred, weight, batches=2), expected, rtol=1e-5
    )

    garbage = y_pred.copy()
    garbage[weight == 0] = np.nan if y_pred.dtype.kind == "f" else 10**6
    np.testing.assert_allclose(measure(metric, y_true, garbage, weight), expected, rtol=1e-5)
    assert metric.exact_when_padded


@pytest.mark.parametrize("name", EVERY)
def test_contract(name):
    metric = EVERY[name]
    hash(metric)
    y_true, y_pred = data(name)
    empty = metric.init()
    full = metric.update(empty, y_true, y_pred, np.zeros(12, np.float32))
    assert metric.result(empty) == metric.result(full) == 0.0
    assert jax.tree.map(lambda a: (a.shape, a.dtype), full) == jax.tree.map(
        lambda a: (a.shape, a.dtype), empty
    )
    assert metrics.deserialize(metrics.serialize(metric)) == metric
    assert isinstance(metric.name, str)


ONE_HOT = np.eye(4)[[0, 1, 2, 3]]
SCORES = np.float32(
    [[0.7, 0.1, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25]]
)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("categorical_accuracy", {}, [1, 0, 0, 0]),
        ("top_k_categorical_accuracy", {"k": 1}, [1, 0, 0, 1]),  # ties count for the right class
        ("top_k_categorical_accuracy", {"k": 2}, [1, 1, 0, 1]),
        ("top_k_categorical_accuracy", {"k": 3}, [1, 1, 1, 1]),
        ("top_k_categorical_accuracy", {}, [1, 1, 1, 1]),  # k=5 of four classes
        ("binary_accuracy", {}, [1, 0.75, 0.75, 0.75]),
    ],
)
def test_accuracies(name, options, expected):
    np.testing.assert_array_equal(FUNCTIONS[name](ONE_HOT, SCORES, **options), expected)
    sparse = FUNCTIONS.get(f"sparse_{name}")
    if sparse:
        for labels in (np.arange(4), np.arange(4.0)[:, None]):
            np.testing.assert_array_equal(sparse(labels, SCORES, **options), expected)


def test_binary_accuracy_rounds_a_half_to_zero():
    result = metrics.binary_accuracy(
        np.array([[0], [1], [0], [1]]), np.float32([[0.5], [0.5], [0.51], [0.51]])
    )
    np.testing.assert_array_equal(result, [1, 0, 0, 1])


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n.endswith("accuracy")])
def test_nan_is_never_a_hit(name):
    labels = np.zeros(2, int) if name.startswith("sparse") else np.eye(4)[[0, 0]]
    scores = np.float32([[np.nan, 0.1, 0.2, 0.3], [np.nan] * 4])
    if (
        name == "binary_accuracy"
    ):  # judged column by column: the three zeros of the first row are right
        np.testing.assert_array_equal(FUNCTIONS[name](labels, scores), [0.75, 0])
    else:
        np.testing.assert_array_equal(FUNCTIONS[name](labels, scores), [0, 0])


@pytest.mark.parametrize("label", [-1, 4])
@pytest.mark.parametrize(
    "name", ["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"]
)
def test_a_class_number_out_of_range_is_no_hit(name, label):
    assert float(FUNCTIONS[name](np.array([label]), SCORES[:1])[0]) == 0


def test_axes_between_batch_and_classes_are_averaged_or_weighted():
    y_true, y_pred = RNG.normal(size=(4, 3, 2)), RNG.normal(size=(4, 3, 2)).astype("float32")
    errors = np.abs(y_true - y_pred).mean(-1)
    metric = metrics.get("mae")
    assert measure(metric, y_true, y_pred) == pytest.approx(errors.mean(), rel=1e-5)
    assert measure(metric, y_true, y_pred, [1, 0, 0, 1]) == pytest.approx(
        errors[[0, 3]].mean(), rel=1e-5
    )
    mask = np.float32([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]])
    assert measure(metric, y_true, y_pred, mask) == pytest.approx(
        (errors * mask).sum() / 6, rel=1e-5
    )


def test_weights_that_do_not_fit():
    with pytest.raises(ValueError, match=r"Weights of shape \(3,\) do not fit"):
        measure(metrics.get("mae"), np.zeros((4, 2)), np.zeros((4, 2)), np.ones(3))
    with pytest.raises(ValueError, match=r"Weights of shape \(3,\) do not fit"):
        measure(metrics.Precision(), np.zeros((4, 2)), np.zeros((4, 2)), np.ones(3))


def mean_pred(y_true, y_pred):  # U19: a scalar
    return jnp.mean(y_pred)


def spread(y_true, y_pred):  # a dictionary, of a scalar and of one number a row
    return {"low": jnp.min(y_pred, axis=-1), "mean": jnp.mean(y_pred)}


def test_a_function_that_returns_a_scalar_counts_rows():
    metric = metrics.get(mean_pred)
    assert metric.name == "mean_pred"
    y_pred = np.float32([[1], [2], [3], [10]])
    metric = metric.bind(y_pred, y_pred)
    assert not metric.exact_when_padded
    acc = metric.update(metric.init(), y_pred[:3], y_pred[:3])
    acc = metric.update(acc, y_pred[3:], y_pred[3:])
    assert metric.result(acc) == 4.0
    acc = metric.update(
        metric.init(), y_pred[:2], y_pred[:2], jnp.array([0.5, 0.0])
    )  # one row counts
    acc = metric.update(acc, y_pred[2:], y_pred[2:], jnp.array([2.0, 3.0]))
    assert metric.result(acc) == pytest.approx((1.5 + 2 * 6.5) / 3)


def test_a_function_that_returns_a_dictionary():
    metric = metrics.get(spread)
    y_pred = np.float32([[1, 2], [3, 4]])
    bound = metric.bind(
        jax.ShapeDtypeStruct((2, 2), jnp.float32), jax.ShapeDtypeStruct((2, 2), jnp.float32)
    )
    assert bound.outputs == (("low", 1), ("mean", 0))
    result = bound.result(jax.jit(bound.update)(bound.init(), y_pred, y_pred))
    assert result == {"low": 2.0, "mean": 2.5}
    with pytest.raises(ValueError, match=r"returns \['low', 'mean'\].*bind"):
        metric.update(metric.init(), y_pred, y_pred)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("mae", "mean_absolute_error"),
        (metrics.mae, "mean_absolute_error"),
        (losses.Huber(2.0), "huber"),
        (functools.partial(metrics.top_k_categorical_accuracy, k=3), "top_k_categorical_accuracy"),
        ("auc", "auc"),
        (metrics.AUC(name="area"), "area"),
        (metrics.AUC, "auc"),
        ({"class_name": "Recall", "config": {"thresholds": 0.3}}, "recall"),
    ],
)
def test_get(identifier, name):
    assert metrics.get(identifier).name == name


@pytest.mark.parametrize(
    ("shape", "loss", "kind"),
    [
        ((None, 1), "mse", "binary"),
        ((None, 1), "sparse_categorical_crossentropy", "binary"),
        ((None, 10), "binary_crossentropy", "binary"),
        ((None, 10), losses.binary_crossentropy, "binary"),
        ((None, 10), losses.BinaryCrossentropy(from_logits=True), "binary"),
        ((None, 10), "sparse_categorical_crossentropy", "sparse_categorical"),
        ((None, 10), losses.SparseCategoricalCrossentropy(), "sparse_categorical"),
        ((None, 10), "categorical_crossentropy", "categorical"),
        ((None, 7, 10), "mse", "categorical"),
        ((None, 10), mean_pred, "categorical"),
        ((None, 10), None, "categorical"),
    ],
)
def test_accuracy_and_crossentropy_fit_the_output(shape, loss, kind):
    accuracy, crossentropy = (
        metrics.get(word, shape, loss) for word in ("accuracy", "crossentropy")
    )
    assert (accuracy.name, accuracy.function.__name__) == ("acc", f"{kind}_accuracy")
    assert (crossentropy.name, crossentropy.function.__name__) == ("ce", f"{kind}_crossentropy")
    assert metrics.get("acc", shape, loss) == accuracy == metrics.resolve_accuracy(shape, loss)
    assert (
        metrics.get("ce", shape, loss) == crossentropy == metrics.resolve_crossentropy(shape, loss)
    )


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        (None, "got None"),
        ("accuracy", "shape of the predictions is needed"),
        ("acuracy_top_k", "Unknown metric"),
        (5, "metric must be a name"),
    ],
)
def test_no_metric(identifier, message):
    with pytest.raises(ValueError, match=message):
        metrics.get(identifier)


@pytest.mark.parametrize("metric", [metrics.Precision(0.4), metrics.Recall(0.4), metrics.F1(0.4)])
def test_counts_against_sklearn(metric):
    y_true, y_pred = RNG.integers(0, 2, (40, 3)), RNG.uniform(size=(40, 3)).astype("float32")
    weight = RNG.integers(0, 3, 40)
    oracle = getattr(sklearn_metrics, f"{metric.name}_score")
    expected = oracle(y_true.ravel(), y_pred.ravel() > 0.4, sample_weight=np.repeat(weight, 3))
    assert measure(metric, y_true, y_pred, weight, batches=2) == pytest.approx(expected, rel=1e-5)


def test_area_against_sklearn():
    y_true = RNG.integers(0, 2, (500, 1))
    y_pred = np.float32((y_true * 0.4 + RNG.uniform(size=(500, 1))) / 1.4)
    area = sklearn_metrics.roc_auc_score(y_true, y_pred)
    assert measure(metrics.AUC(1000), y_true, y_pred, batches=5) == pytest.approx(area, abs=2e-3)
    assert measure(metrics.AUC(), y_true, y_true.astype("float32")) == pytest.approx(1.0)
    assert measure(metrics.AUC(), y_true, np.full((500, 1), np.nan, "float32")) == 0.0


@pytest.mark.parametrize(
    ("y_true", "y_pred", "options"),
    [
        ([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], {}),
        ([[0], [0], [1], [1], [1]], [0, 1, 1, 1, 0], {}),
        (
            np.eye(3)[[0, 0, 1, 1, 1]],
            np.eye(3)[[0, 1, 1, 1, 0]],
            {"sparse_y_true": False, "sparse_y_pred": False},
        ),
        (
            [0, 0, 1, 1, 1, 255, -1, 0],
            [0, 1, 1, 1, 0, 0, 0, 3],
            {},
        ),  # numbers out of range are not counted
    ],
)
def test_mean_intersection_over_union(y_true, y_pred, options):
    result = measure(metrics.MeanIoU(3, **options), np.asarray(y_true), np.asarray(y_pred))
    assert result == pytest.approx((1 / 3 + 2 / 4) / 2)  # class 2 never occurs


def test_top_k_and_class_id():
    y_true = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    y_pred = np.float32([[0.3, 0.4, 0.2], [0.1, 0.2, 0.3], [0.0, 0.1, 0.9]])
    assert measure(metrics.Recall(top_k=1), y_true, y_pred) == pytest.approx(1 / 3)
    assert measure(metrics.Recall(top_k=2), y_true, y_pred) == 1.0
    assert measure(metrics.Recall(thresholds=0.25, top_k=2), y_true, y_pred) == pytest.approx(2 / 3)
    assert measure(metrics.Precision(class_id=2, top_k=1), y_true, y_pred) == 0.5
    assert measure(metrics.Precision(class_id=2), y_true, y_pred) == 1.0


@pytest.mark.parametrize("arguments", [{"curve": "roc"}, {"num_thresholds": 1}])
def test_bad_arguments_of_auc(arguments):
    with pytest.raises(ValueError, match="AUC"):
        metrics.AUC(**arguments)


@pytest.mark.parametrize(
    ("metric", "plain", "weighted"),
    [
        (metrics.TruePositives(), 3, 2),
        (metrics.FalsePositives(thresholds=0.5), 1, 1),
        (metrics.TrueNegatives(), 3, 4),
        (metrics.FalseNegatives(0.58), 2, 2.5),
        (metrics.SensitivityAtSpecificity(specificity=0.75), 0.75, 0.5),
        (metrics.SpecificityAtSensitivity(sensitivity=0.75), 0.5, 0),
        (metrics.SpecificityAtSensitivity(0.5, num_thresholds=5), 0.75, 0.8),
        (metrics.RootMeanSquaredError(), 0.46837, 0.48348),
    ],
)
def test_counts_as_of_keras_2_3_1(metric, plain, weighted):
    y_true = np.array([[1, 0], [1, 0], [1, 1], [0, 0]], "float32")
    y_pred = np.array([[0.9, 0.8], [0.3, 0.2], [0.6, 0.55], [0.1, 0.45]], "float32")
    assert measure(metric, y_true, y_pred) == pytest.approx(plain, abs=2e-5)
    weights = [1, 2, 0.5, 1]
    assert measure(metric, y_true, y_pred, weights) == pytest.approx(weighted, abs=2e-5)
    assert measure(metric, y_true, y_pred, weights, 2) == pytest.approx(weighted, abs=2e-5)


def test_what_a_share_cannot_be():
    with pytest.raises(ValueError, match="specificity must be from 0 to 1"):
        metrics.SensitivityAtSpecificity(specificity=1.5)
    with pytest.raises(ValueError, match="num_thresholds at least 1"):
        metrics.SpecificityAtSensitivity(0.5, num_thresholds=0)
