"""Names that programs import from the files of Keras 2.0 to 2.3, and what they do."""

import importlib

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Flatten
from jaxcnn.models import Sequential

NAMES = {
    "keras.activations": "Layer",
    "keras.applications.resnet50": "AveragePooling2D Flatten Model get_file get_source_inputs",
    "keras.applications.vgg16": "GlobalMaxPooling2D Input MaxPooling2D Model",
    "keras.backend": "Function conv3d_transpose eager separable_conv1d size symbolic",
    "keras.callbacks": "Progbar",
    "keras.datasets.mnist": "get_file",
    "keras.engine.network": "Input Layer ask_to_proceed_with_overwrite",
    "keras.engine.saving": "h5dict save_weights_to_hdf5_group load_weights_from_hdf5_group_by_name",
    "keras.engine.training_arrays": "Progbar check_num_samples",
    "keras.engine.training_utils": "is_sequence standardize_class_weights",
    "keras.layers.convolutional_recurrent": "ConvLSTM2DCell ConvRNN2D InputSpec",
    "keras.legacy.interfaces": "generate_legacy_method_interface raise_duplicate_arg_error",
    "keras.utils": "H5Dict h5dict",
    "keras.utils.multi_gpu_utils": "Lambda Model clone_model concatenate",
}


def test_names(as_keras):
    for path, names in NAMES.items():
        module = importlib.import_module(path)
        for name in names.split():
            assert getattr(module, name) is not None
    losses = importlib.import_module("keras.losses")
    assert "Dense" not in dir(losses)
    with pytest.raises(AttributeError, match=r"jaxcnn has no keras\.losses\.Dens"):
        losses.Densee  # noqa: B018


def test_weights_in_groups(as_keras, tmp_path):
    import h5py
    from keras.engine.saving import load_weights_from_hdf5_group, save_weights_to_hdf5_group

    model = Sequential([Flatten(input_shape=(2, 2)), Dense(3), Dense(1)])
    expected = model.get_weights()
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        save_weights_to_hdf5_group(file, model.layers)
    model.set_weights([w + 1 for w in expected])
    with h5py.File(tmp_path / "weights.h5", "r") as file:
        load_weights_from_hdf5_group(file, model.layers)
    for weight, value in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_helpers_of_training(as_keras):
    from keras.engine import training_utils as utils

    assert utils.standardize_class_weights({0: 2.0}, ["a"]) == [{0: 2.0}]
    assert utils.standardize_sample_weights({"b": 1}, ["a", "b"]) == [None, 1]
    assert utils.standardize_sample_weights(None, ["a", "b"]) == [None, None]
    with pytest.raises(ValueError, match="was a list of 1 elements, but the model has 2 outputs"):
        utils.standardize_sample_weights([1], ["a", "b"])
    assert utils.standardize_single_array(np.ones(3)).shape == (3, 1)
    assert utils.check_num_samples([np.ones((3, 2))], batch_size=2) == 3
    assert utils.check_num_samples([], steps=4) is None
    with pytest.raises(ValueError, match="If steps is set, the `batch_size` must be None"):
        utils.check_num_samples([], batch_size=1, steps=4)
    assert [utils.should_run_validation(2, epoch) for epoch in range(3)] == [False, True, False]
    assert utils.should_run_validation([1, 3], 2) and not utils.is_generator_or_sequence([1])


def test_decorators_for_old_words(as_keras):
    from keras.legacy.interfaces import generate_legacy_interface

    class Layer:
        @generate_legacy_interface(
            allowed_positional_args=["units"],
            conversions=[("output_dim", "units"), ("border", "padding")],
            value_conversions={"mode": {"th": "channels_first"}},
            preprocessor=lambda args, kwargs: (args, {"use_bias": False, **kwargs}, []),
        )
        def __init__(self, units=None, **options):
            self.given = units, options

    assert Layer(3).given == (3, {"use_bias": False})
    given = Layer(output_dim=3, border="same", mode="th").given
    assert given == (3, {"use_bias": False, "padding": "same", "mode": "channels_first"})
    with pytest.raises(TypeError, match=r"`Layer` can accept only 1 positional arguments"):
        Layer(3, 4)
    with pytest.raises(TypeError, match="both the legacy keyword argument `output_dim`"):
        Layer(units=3, output_dim=3)


def test_preprocessors_of_old_words(as_keras):
    """The arguments that come out are those of the real Keras 2.2.4."""
    from keras.legacy import interfaces

    for name, args, kwargs, new_args, new_kwargs in (
        ("recurrent", (3,), {"input_dim": 4}, (3,), {"input_shape": (None, 4)}),
        ("batchnorm", (), {"mode": 0, "axis": 1}, (), {"axis": 1}),
        ("conv2d", (3, 4, 5), {"activation": "relu"}, (3, (4, 5)), {"activation": "relu"}),
    ):
        preprocess = getattr(interfaces, f"{name}_args_preprocessor")
        with pytest.warns(UserWarning, match="Keras 1 spelling"):
            assert preprocess((None, *args), kwargs)[:2] == ((None, *new_args), new_kwargs)


def test_classes_of_metrics_of_keras_2_3(as_keras):
    """The means are those of the real Keras 2.3.1."""
    from keras import metrics

    y = np.array([[1, 0], [1, 0], [1, 1], [0, 0]], "float32")
    p = np.array([[0.9, 0.8], [0.3, 0.2], [0.6, 0.55], [0.1, 0.45]], "float32")
    for name, mean in (("KLDivergence", 0.6045), ("CosineSimilarity", 0.64463), ("Accuracy", 0)):
        metric = getattr(metrics, name)()
        assert np.mean(metric(y, p)) == pytest.approx(mean, abs=2e-5)


def test_convolutions():
    """The sums are those of Keras 2.2.4 on TensorFlow 1.13."""
    random = np.random.RandomState(0)
    x, depthwise, pointwise = random.rand(2, 7, 3), random.rand(3, 3, 2), random.rand(1, 6, 4)
    for options, shape, total in (
        ({"padding": "same"}, (2, 7, 4), 85.4537),
        ({"strides": 2}, (2, 3, 4), 40.8057),
        ({"dilation_rate": 2}, (2, 3, 4), 41.2423),
    ):
        y = np.asarray(K.eval(K.separable_conv1d(x, depthwise, pointwise, **options)))
        assert y.shape == shape and y.sum() == pytest.approx(total, rel=1e-5)
    x, kernel = random.rand(2, 3, 3, 3, 4), random.rand(2, 2, 2, 5, 4)
    for options, size in (({"strides": (2, 2, 2), "padding": "same"}, 6), ({}, 4)):
        shape = (2, size, size, size, 5)
        y = np.asarray(K.eval(K.conv3d_transpose(x, kernel, shape, **options)))
        assert y.shape == shape and y.sum() == pytest.approx(2112.003, rel=1e-5)
