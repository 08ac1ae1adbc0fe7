"""The arguments of the training methods, in order and with the defaults of Keras 2.0.4; later ones
come after them.
"""

import inspect

import pytest

from jaxcnn.models import Model, Sequential, load_model, save_model
from jaxcnn.utils import HDF5Matrix, multi_gpu_model

_FIT = (
    "x=None, y=None, batch_size=32, epochs=1, verbose=1, callbacks=None, validation_split=0.0, "
    "validation_data=None, "
    "shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0"
)
_PULL = "max_q_size=10, workers=1, pickle_safe=False"
MODEL = {
    # The loss may be left out since Keras 2.1.4, and targets where no output has one.
    "compile": "optimizer, loss=None, metrics=None, loss_weights=None, sample_weight_mode=None, "
    "weighted_metrics=None",
    "fit": _FIT + ", steps_per_epoch=None, validation_steps=None",  # the last two since Keras 2.0.7
    "evaluate": "x=None, y=None, batch_size=32, verbose=1, sample_weight=None, steps=None",
    "predict": "x, batch_size=32, verbose=0, steps=None",
    # The last one since Keras 2.3.
    "train_on_batch": "x, y=None, sample_weight=None, class_weight=None, reset_metrics=True",
    "test_on_batch": "x, y=None, sample_weight=None, reset_metrics=True",
    "predict_on_batch": "x",
    # The number of steps is required in Keras 2.0.4; later a Sequence knows it.
    "fit_generator": "generator, steps_per_epoch=None, epochs=1, verbose=1, callbacks=None, "
    "validation_data=None, "
    f"validation_steps=None, class_weight=None, {_PULL}, initial_epoch=0",
    "evaluate_generator": f"generator, steps=None, {_PULL}",
    "predict_generator": f"generator, steps=None, {_PULL}, verbose=0",
    "reset_states": "",
}
SEQUENTIAL = {
    **MODEL,
    "compile": "optimizer, loss=None, metrics=None, sample_weight_mode=None, weighted_metrics=None",
    "fit": MODEL["fit"].replace("epochs=1", "epochs=10"),
    "train_on_batch": "x, y=None, class_weight=None, sample_weight=None, reset_metrics=True",
    "predict_classes": "x, batch_size=32, verbose=1",
    "predict_proba": "x, batch_size=32, verbose=1",
}


def written(function):
    """The arguments that may be given by position, as text."""
    parameters = [
        p for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY
    ]
    plain = [p.replace(annotation=p.empty) for p in parameters if p.name != "self"]
    return str(inspect.Signature(plain))[1:-1]


def as_signature(text):
    namespace = {}
    exec(f"def function({text}): pass", namespace)
    return str(inspect.signature(namespace["function"]))[1:-1]


@pytest.mark.parametrize("method", MODEL)
def test_methods_of_models(method):
    assert written(getattr(Model, method)) == as_signature(MODEL[method])


@pytest.mark.parametrize("method", SEQUENTIAL)
def test_methods_of_sequential_models(method):
    assert written(getattr(Sequential, method)) == as_signature(SEQUENTIAL[method])


def test_utilities():
    assert written(save_model) == as_signature(
        "model, filepath, overwrite=True, include_optimizer=True"
    )
    assert written(load_model) == as_signature(
        "filepath, custom_objects=None, compile=True, safe_mode=True"
    )
    assert written(HDF5Matrix) == as_signature(
        "datapath, dataset, start=0, end=None, normalizer=None"
    )
    assert written(multi_gpu_model) == as_signature(
        "model, gpus=None, cpu_merge=True, cpu_relocation=False"
    )
