"""Metrics and losses of Keras 2.3 that are objects; the expected values are those of the real 2.3.1
with TensorFlow 1.15.
"""

import numpy as np
import pytest

from jaxcnn import compat

from ..other_keras import set_aside

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
Y = np.array([[1.0], [0.0], [2.0]])
WEIGHTS = np.array([1.0, 0.0, 3.0])
TRUE = np.array([[1.0], [0.0], [1.0], [0.0]])
SCORES = np.array([[0.9], [0.6], [0.4], [0.1]])


@pytest.fixture(autouse=True)
def keras():
    with set_aside():
        compat.install("2.3")
        import keras

        keras.backend.clear_session()
        yield keras
        compat.uninstall()


def compiled(keras, loss="mse", **settings):
    model = keras.models.Sequential([keras.layers.Dense(1, input_dim=2)])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
    model.compile("sgd", loss, **settings)
    return model


def test_metrics_of_users_and_of_the_library_count_in_training(keras):
    K, metrics = keras.backend, keras.metrics

    class Sure(metrics.Metric):
        def __init__(self, name="sure", **kwargs):
            super().__init__(name=name, **kwargs)
            self.seen = self.add_weight(name="seen", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            return [K.update_add(self.seen, K.sum(K.cast(y_pred > 0.5, "float32")))]

        def result(self):
            return self.seen

    class Far(metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            return super().update_state(K.abs(y_true - y_pred), sample_weight=sample_weight)

    model = compiled(
        keras,
        metrics=[Sure(), Far(name="far"), metrics.RootMeanSquaredError()],
        weighted_metrics=[metrics.MeanSquaredError(name="w")],
    )
    names = ["sure", "far", "root_mean_squared_error", "w"]
    assert model.metrics_names == ["loss", *names]
    assert [metric.name for metric in model.metrics] == names
    values = model.evaluate(X, Y, sample_weight=WEIGHTS, batch_size=2, verbose=0)
    np.testing.assert_allclose(values, [3.202656, 1, 1.4875001, 1.5454402, 2.4019918], rtol=1e-5)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Precision", "precision_1", 0.5),
        ("Recall", "recall_1", 0.5),
        ("TruePositives", "true_positives_1", 1.0),
        ("AUC", "auc_1", 0.75),
        ("BinaryAccuracy", "binary_accuracy", 0.5),
        ("Hinge", "hinge", 0.85),
    ],
)
def test_a_metric_is_called_on_arrays(keras, kind, name, value):
    metric = getattr(keras.metrics, kind)()
    assert metric.name == name
    np.testing.assert_allclose(keras.backend.eval(metric(TRUE, SCORES)), value, rtol=1e-5)
    assert type(metric).from_config(metric.get_config()).get_config() == metric.get_config()


def test_thresholds_and_sums_of_areas(keras):
    metrics = keras.metrics
    counts = metrics.TruePositives(thresholds=[0.2, 0.5, 0.95])(TRUE, SCORES)
    assert counts.tolist() == [2, 1, 0]
    lower = metrics.AUC(num_thresholds=5, curve="PR", summation_method="minoring")
    higher = metrics.AUC(thresholds=[0.3, 0.5], summation_method="majoring")
    np.testing.assert_allclose([lower(TRUE, SCORES), higher(TRUE, SCORES)], [0.25, 0.75], rtol=1e-6)
    values = np.array([1.0, 3.0, 5.0, 7.0])
    assert metrics.Mean()(values, sample_weight=np.array([1.0, 1.0, 0.0, 0.0])) == 2
    assert metrics.Sum()(values) == 16


def test_losses_say_how_samples_become_one_number(keras):
    K = keras.backend

    class Twice(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return 2 * K.mean(K.square(y_true - y_pred), axis=-1)

    def value(**settings):
        model = compiled(keras, Twice(**settings))
        return model.evaluate(X, Y, sample_weight=WEIGHTS, verbose=0)

    np.testing.assert_allclose(value(reduction="sum", name="t"), 19.2159348, rtol=1e-6)
    np.testing.assert_allclose(value(), 6.4053116, rtol=1e-6)
    model = compiled(keras, Twice(reduction="sum"))
    model.train_on_batch(X, Y, WEIGHTS)
    expected = [0.63875, -0.126625]
    np.testing.assert_allclose(model.get_weights()[0].ravel(), expected, rtol=1e-4)


def test_losses_of_the_library_take_their_arguments(keras):
    losses = keras.losses
    smooth = losses.BinaryCrossentropy(label_smoothing=0.2)(TRUE, SCORES)
    np.testing.assert_allclose(smooth, 0.6004134, rtol=1e-6)
    cosines = losses.cosine_proximity(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(cosines, [-0.6], rtol=1e-6)
    assert losses.Huber(delta=0.2, reduction="none")(TRUE, SCORES).shape == (4, 1)
    described = {"reduction": "sum_over_batch_size", "name": "huber_loss", "delta": 1.0}
    assert losses.Huber().get_config() == described
    with pytest.raises(ValueError, match="Reduction"):
        losses.Huber(reduction="mean")(TRUE, SCORES)


def test_tensors_of_the_model_are_measured_besides(keras):
    K = keras.backend
    x = keras.layers.Input((2,))
    dense = keras.layers.Dense(1)
    y = dense(x)
    model = keras.models.Model(x, y)
    dense.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
    model.add_metric(K.sum(K.abs(y)), name="size")
    model.add_metric(keras.metrics.Mean(name="m")(y))
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "mae", "size", "m"]
    values = model.evaluate(X, Y, batch_size=2, verbose=0)
    np.testing.assert_allclose(values, [2.3883854, 1.4875001, 1.11875, 0.7458333], rtol=1e-6)
    with pytest.raises(TypeError, match="add_metric"):
        model.add_metric(1.0)


def test_configurations_of_optimizers_say_learning_rate(keras):
    described = keras.optimizers.Adam(learning_rate=0.5).get_config()
    assert described["learning_rate"] == 0.5 and "lr" not in described
    assert keras.optimizers.Adam.from_config(described).get_config() == described


def test_layers_kept_as_attributes_are_listed(keras):
    layers = keras.layers

    class Two(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.a, self.b = layers.Dense(3), layers.Dense(2)

        def call(self, x):
            return self.b(self.a(x))

        def compute_output_shape(self, shape):
            return shape[0], 2

    model = keras.models.Sequential([layers.InputLayer((4,)), Two(), layers.Dense(1)])
    assert (len(model.layers[-2].weights), model.count_params()) == (4, 26)


@pytest.mark.parametrize(
    ("room", "kind", "args", "kwargs"),
    [
        ("losses", "Huber", (1.0, "none", "h", 2), {}),
        ("losses", "MeanSquaredError", (), {"delta": 1.0}),
        ("metrics", "TopKCategoricalAccuracy", (3, "top", None, 1), {}),
        ("metrics", "Precision", (), {"threshold": 0.5}),
        ("metrics", "Hinge", ("h", None, 1), {}),
    ],
)
def test_an_argument_too_many_is_refused(keras, room, kind, args, kwargs):
    with pytest.raises(TypeError, match=rf"{kind}\(\) (too many|got an unexpected)"):
        getattr(getattr(keras, room), kind)(*args, **kwargs)
