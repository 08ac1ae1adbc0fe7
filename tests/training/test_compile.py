"""What compile makes: a program, which knows its objective as soon as the shapes are known."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import Dense, Input
from jaxcnn.models import Model, Sequential
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


@pytest.mark.parametrize("computed", [False, True])
def test_loss_weights_that_change(computed):
    """The total is made with the values that the variables have at the time."""
    x = Input((3,))
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)])
    first, second = K.variable(0.7), K.variable(0.3)
    model.compile("sgd", "mse", loss_weights=[first, second * 2.0 if computed else second])

    def change(epoch, logs):
        K.set_value(second, K.get_value(second) + 0.2)

    settings = {"batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0}
    callbacks = [LambdaCallback(on_epoch_end=change)]
    history = model.fit(X, [Y, -Y], callbacks=callbacks, validation_data=(X, [Y, Y]), **settings)
    logs = {name: np.array(values) for name, values in history.history.items()}
    weights = np.array([0.3, 0.5, 0.7]) * (2 if computed else 1)
    for prefix in ("", "val_"):
        total = 0.7 * logs[f"{prefix}a_loss"] + weights * logs[f"{prefix}b_loss"]
        np.testing.assert_allclose(logs[f"{prefix}loss"], total, rtol=1e-5)
    K.set_value(first, 0.0)
    K.set_value(second, 0.0)
    before = model.get_weights()
    assert model.train_on_batch(X, [Y, Y])[0] == 0
    assert all(map(np.array_equal, before, model.get_weights()))
