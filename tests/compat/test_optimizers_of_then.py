"""What an old program sees of an optimizer; numbers and names are those of the real Kerases."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import optimizers
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential, load_model
from jaxcnn.spellings.dialect import speaking

VERSIONS = ("1.2", "2.0", "2.2")


@pytest.fixture(params=VERSIONS)
def keras(request):
    with speaking(request.param):
        yield request.param


class OfAUser(optimizers.Adam):
    def get_updates(self, *args, **kwargs):
        return super().get_updates(*args, **kwargs)


def trained(optimizer):
    model = Sequential([Dense(1, input_dim=2)])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
    model.compile(optimizer, "mse")
    for _ in range(2):
        model.train_on_batch(np.array([[1.0, 2.0]]), np.array([[1.0]]))
    return model


def test_weights_are_variables_with_names(keras):
    optimizer = optimizers.SGD(0.1)
    model = trained(optimizer)
    names = {
        "1.2": ["Variable:0", "Variable_4:0", "Variable_5:0"],
        "2.0": ["iterations:0", "Variable:0", "Variable_1:0"],
        "2.2": ["SGD/iterations:0", "training/SGD/Variable:0", "training/SGD/Variable_1:0"],
    }
    assert [weight.name for weight in optimizer.weights] == names[keras]
    bias = optimizer.weights[1 if keras == "2.0" else 2]
    assert K.int_shape(bias) == (1,)
    np.testing.assert_allclose(K.get_value(bias), [-0.036], atol=1e-6)
    K.set_value(bias, [0.5])
    assert [0.5] in [list(np.ravel(value)) for value in optimizer.get_weights()]
    before = K.get_value(bias)
    model.train_on_batch(np.array([[1.0, 2.0]]), np.array([[1.0]]))
    assert K.get_value(bias) != before


@pytest.mark.parametrize(("momentum", "velocity"), [(0.0, [-0.036, -0.072]), (0.5, [0.054, 0.108])])
def test_the_last_change_is_listed_without_momentum_too(keras, momentum, velocity):
    optimizer = optimizers.SGD(0.1, momentum=momentum)
    trained(optimizer)
    kernel = optimizer.get_weights()[2 if keras == "2.0" else 1]
    np.testing.assert_allclose(np.ravel(kernel), velocity, atol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adam"])
def test_a_count_that_nothing_needs_stays_at_0_before_keras_2_2(keras, name):
    optimizer = getattr(optimizers, name)(0.1)
    trained(optimizer)
    assert float(K.get_value(optimizer.iterations)) == (
        2 if keras == "2.2" or name == "Adam" else 0
    )


def test_a_place_for_amsgrad_is_listed_of_a_users_adam_too(keras):
    for optimizer in (optimizers.Adam(0.1), OfAUser(0.1)):
        trained(optimizer)
        assert (
            len(optimizer.weights) == len(optimizer.get_weights()) == (7 if keras == "2.2" else 5)
        )


def test_a_users_rmsprop_lists_no_count():
    class OfAnother(optimizers.RMSprop):
        def get_updates(self, *args, **kwargs):
            return super().get_updates(*args, **kwargs)

    optimizer = OfAnother()
    model = Sequential([Dense(1, input_dim=2)])
    model.compile(optimizer, "mse")
    assert [weight.shape for weight in optimizer.weights] == [(2, 1), (1,)]


def test_configurations_have_the_numbers_of_variables(keras):
    assert optimizers.Adam(0.1).get_config() == {
        "lr": 0.10000000149011612,
        "beta_1": 0.8999999761581421,
        "beta_2": 0.9990000128746033,
        "epsilon": 1e-07 if keras == "2.2" else 1e-08,
        "decay": 0.0,
        **({"amsgrad": False} if keras == "2.2" else {}),
    }
    assert optimizers.Adadelta().get_config()["rho"] == 0.95


def test_an_sgd_goes_through_files_of_keras_3(keras, tmp_path):
    model = trained(optimizers.SGD(0.1))
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert again.opt_state.count == 2
    x, y = np.array([[1.0, 2.0]]), np.array([[1.0]])
    assert again.train_on_batch(x, y) == pytest.approx(model.train_on_batch(x, y))


def test_models_of_one_optimizer_count_their_updates_together():
    """The expected values are those of Keras 2.2.4."""
    with speaking("2.2"):
        optimizer, models = optimizers.Adam(0.1), []
        for _ in range(2):
            model = Sequential([Dense(1, input_dim=2, use_bias=False)])
            model.set_weights([np.array([[0.5], [-0.25]])])
            model.compile(optimizer, "mse")
            models.append(model)
        x, y = np.array([[1.0, 2.0]]), np.array([[1.0]])
        for index in (0, 0, 1, 0):
            models[index].train_on_batch(x, y)
        kernels = [model.get_weights()[0].ravel() for model in models]
        np.testing.assert_allclose(kernels[0], [0.78105795, 0.03105813], rtol=1e-5)
        np.testing.assert_allclose(kernels[1], [0.56388146, -0.1861185], rtol=1e-5)
        assert K.get_value(optimizer.iterations) == optimizer.get_weights()[0] == 4
        models[0].compile(optimizer, "mse")
        models[0].train_on_batch(x, y)
        expected = [0.83560622, 0.08560665]
        np.testing.assert_allclose(models[0].get_weights()[0].ravel(), expected, rtol=1e-5)
        assert optimizer.get_weights()[0] == 5


def test_a_users_updates_are_given_the_arguments_of_then(keras):
    """Kerases 1.2.2 and 2.0.4 give three by position, 2.2.4 two by name."""
    given = []

    class Watching(optimizers.SGD):
        def get_updates(self, *args, **kwargs):
            given.append(([type(arg) for arg in args], sorted(kwargs)))
            return super().get_updates(*args, **kwargs)

    trained(Watching(0.1))
    args, kwargs = given[0]
    assert kwargs == (["loss", "params"] if keras == "2.2" else [])
    assert len(args) == (0 if keras == "2.2" else 3)
    assert args[1:2] == ([] if keras == "2.2" else [dict])


NADAM = [[1.2014062, 0.7529041], [0.5239220, 0.2961704], [0.5239220, 0.2555143]]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_momenta_of_nadam_belong_to_the_object(version, tmp_path):
    """Compiled again it goes on, read from a file it begins anew; losses of the real ones."""
    x = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [1.0, 1.0]], "float32")
    y = x.sum(1, keepdims=True)
    with speaking(version):
        model = Sequential([Dense(1, input_dim=2)])
        model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
        optimizer = optimizers.Nadam(0.1)
        model.compile(optimizer, "mse")
        first = model.fit(x, y, nb_epoch=2, verbose=0).history["loss"]
        model.save(tmp_path / "model.h5")
        loaded = load_model(tmp_path / "model.h5")
        from_file = loaded.fit(x, y, nb_epoch=2, verbose=0).history["loss"]
        model.compile(optimizer, "mse")
        again = model.fit(x, y, nb_epoch=2, verbose=0).history["loss"]
    np.testing.assert_allclose([first, from_file, again], NADAM, rtol=2e-5)
