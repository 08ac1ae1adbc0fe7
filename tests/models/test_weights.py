"""Weights as Keras lists them: order, counts, setting all or none."""

import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.layers import BatchNormalization, Dense, Input, add
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Model, Sequential


def shapes(weights):
    return [w.shape for w in weights]


def test_batch_normalization_lists_statistics_last():
    layer = BatchNormalization()
    layer(Input((3,)))
    gamma, beta, mean, variance = layer.get_weights()
    assert gamma.tolist() == [1] * 3 and beta.tolist() == [0] * 3
    assert mean.tolist() == [0] * 3 and variance.tolist() == [1] * 3
    assert len(layer.trainable_weights) == 2 and len(layer.non_trainable_weights) == 2
    assert layer.count_params() == 12


def nested():
    inner = Sequential([Dense(2, input_shape=(3,)), BatchNormalization(), Dense(4)])
    return Sequential([inner, BatchNormalization(), Dense(5)])


def test_models_list_layer_by_layer_and_nested_models_as_one_layer():
    model = nested()
    inner = [
        (3, 2),
        (2,),
        (2,),
        (2,),
        (2, 4),
        (4,),
        (2,),
        (2,),
    ]  # what is trained first, then the statistics
    assert shapes(model.layers[0].weights) == inner
    assert shapes(model.layers[0].get_weights()) == [
        (3, 2),
        (2,),
        (2,),
        (2,),
        (2,),
        (2,),
        (2, 4),
        (4,),
    ]
    assert shapes(model.get_weights()) == [*inner, (4,), (4,), (4,), (4,), (4, 5), (5,)]
    assert model.count_params() == sum(w.size for w in model.get_weights()) == 69


def test_weights_put_back_give_the_same_model():
    model = nested()
    x = np.random.default_rng(0).normal(size=(6, 3))
    changed = [w + 0.1 * i for i, w in enumerate(model.get_weights())]
    model.set_weights(changed)
    assert all(np.allclose(a, b) for a, b in zip(changed, model.get_weights(), strict=True))
    config.set_random_seed(7)
    other = nested()
    assert not np.allclose(other.predict(x), model.predict(x))
    other.set_weights(model.get_weights())
    assert np.array_equal(other.predict(x), model.predict(x))


def test_get_weights_gives_copies():
    model = Sequential([Dense(2, input_shape=(3,))])
    model.get_weights()[0][:] = 7
    assert not np.any(model.get_weights()[0] == 7)


def test_set_weights_takes_all_or_nothing():
    model = Sequential([Dense(2, input_shape=(3,), name="first"), Dense(4, name="second")])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"shape \(4,\) not .* \(5,\): 'bias' of layer 'second'"):
        model.set_weights([before[0] + 1, before[1] + 1, before[2] + 1, np.ones(5)])
    with pytest.raises(ValueError, match="length 3, but the layer was expecting 4 weights"):
        model.set_weights(before[:3])
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_set_variables_takes_all_or_nothing():
    model = Sequential([Dense(2, input_shape=(3,), name="d")])
    before = model.get_weights()
    with pytest.raises(ValueError, match="no variable 'params/e/kernel'"):
        model.set_variables(
            {"params": {"d": {"bias": np.ones(2)}, "e": {"kernel": np.ones((3, 2))}}}
        )
    with pytest.raises(ValueError, match=r"'params/d/kernel' has shape \(3, 2\); given \(2, 3\)"):
        model.set_variables({"params": {"d": {"bias": np.ones(2), "kernel": np.ones((2, 3))}}})
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    model.set_variables({"params": {"d": {"bias": np.ones(2)}}})
    assert model.get_weights()[1].tolist() == [1, 1] and np.array_equal(
        model.get_weights()[0], before[0]
    )


def test_initial_weights():
    kernel, bias = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0])
    model = Sequential([Dense(2, input_shape=(3,), weights=[kernel, bias])])
    assert np.array_equal(model.get_weights()[0], kernel) and np.array_equal(
        model.get_weights()[1], bias
    )


def test_initial_weights_that_do_not_fit_are_reported_where_the_layer_is_built():
    layer = Dense(2, weights=[np.ones((4, 2)), np.ones(2)], name="d")
    for _ in range(2):
        with pytest.raises(
            ValueError, match=r"\(3, 2\) not compatible .* \(4, 2\): 'kernel' of layer 'd'"
        ):
            layer(Input((3,)))
    assert layer(Input((4,))).shape == (None, 2)
    assert np.array_equal(layer.get_weights()[0], np.ones((4, 2)))


def test_weights_of_a_layer_never_called():
    assert Dense(2).get_weights() == []
    with pytest.raises(ValueError, match="not built yet"):
        Dense(2).count_params()


def test_the_seed_and_the_name_decide_the_weights():
    def made(seed):
        reset_names()
        config.set_random_seed(seed)
        return Sequential([Dense(2, input_shape=(3,)), Dense(3)]).get_weights()

    first, again, other = made(1), made(1), made(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    reset_names()
    config.set_random_seed(1)
    x = y = Input((3,))
    for layer in (Dense(2), Dense(3)):
        y = layer(y)
    functional = Model(x, y)
    assert all(np.array_equal(a, b) for a, b in zip(first, functional.get_weights(), strict=True))


def test_trainable_flags_decide_which_weights_are_trainable():
    inner = Sequential([Dense(2, input_shape=(3,)), BatchNormalization()], name="inner")
    x = Input((3,))
    model = Model(x, add([inner(x), Dense(2)(x)]))
    assert len(model.trainable_weights) == 6 and len(model.non_trainable_weights) == 2
    inner.layers[0].trainable = False
    assert len(model.trainable_weights) == 4
    inner.trainable = False
    assert len(model.trainable_weights) == 2 and len(model.non_trainable_weights) == 6
    model.trainable = False
    assert model.trainable_weights == [] and len(model.weights) == 8


def test_the_format_of_weights_as_programs_say_it(tmp_path):
    model = Sequential([Dense(2, input_shape=(3,))])
    model.save_weights(tmp_path / "w.h5", save_format="h5")
    model.load_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="save_weights writes HDF5; given save_format='tf'"):
        model.save_weights(tmp_path / "w", save_format="tf")
