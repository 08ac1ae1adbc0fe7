"""What compile makes: a program, which knows its objective as soon as the shapes are known."""

import numpy as np
import pytest

from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X[:, :1]


def network():
    model = Sequential([Dense(1, input_shape=(3,))])
    model.compile(SGD(0.1), "mse")
    return model


def test_a_program_is_made_step_by_step():
    model = Sequential([Dense(2), Dense(1)])
    assert model.program.arguments is None and not model.program.prepared
    model.compile("sgd", "mse")
    assert model.program.arguments.loss == "mse" and model.program.objective is None
    model.build((None, 3))
    assert model.metrics_names == ["loss"] and model.program.objective is not None
    assert not model.program.prepared and model.program.step == 0
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    assert model.program.prepared and model.program.step == int(model.opt_state.count) == 6


def test_a_compile_that_fails_leaves_the_program():
    model = network()
    model.fit(X, Y, epochs=1, verbose=0)
    program = model.program
    for arguments in [("sgd", "no such loss"), ("no such optimizer", "mse")]:
        with pytest.raises(ValueError, match="no such"):
            model.compile(*arguments)
    with pytest.raises(ValueError, match="`steps_per_execution` is 0"):
        model.compile("sgd", "mse", steps_per_execution=0)
    assert model.program is program and int(model.opt_state.count) == 1


def test_a_running_fit_keeps_the_program_it_began_with():
    """Even the optimizer object may be the same: its state starts again with the new program."""
    model, plain = network(), network()
    plain.set_weights(model.get_weights())
    again = LambdaCallback(on_epoch_end=lambda epoch, logs: model.compile(model.optimizer, "mae"))
    settings = {"batch_size": 4, "epochs": 2, "verbose": 0, "validation_data": (X, Y)}
    history = model.fit(X, Y, callbacks=[again], **settings).history
    assert history == plain.fit(X, Y, **settings).history
    assert model.opt_state is None and model.program.step == 0
    assert model.loss == "mae" and np.array_equal(model.get_weights()[0], plain.get_weights()[0])


def test_only_a_compiled_model_has_a_training_config():
    model = network()
    again = Sequential([Dense(1, input_shape=(3,))])
    with pytest.raises(ValueError, match="was not compiled"):
        again.training_config()
    again.compile_from(model.training_config())
    assert again.training_config() == model.training_config()
