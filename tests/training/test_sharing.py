"""Layers shared by several models: who trains what; what is frozen; penalties and constraints."""

import numpy as np
import pytest

from jaxcnn.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Input,
    LeakyReLU,
    add,
    concatenate,
    subtract,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD, Adam

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(16, 4)).astype("float32")
NOISE = RNG.normal(size=(16, 2)).astype("float32")
ONES = np.ones((16, 1))


def moved(before, model):
    return [bool(np.any(a != b)) for a, b in zip(before, model.get_weights(), strict=True)]


def gan(freeze):
    """(discriminator, generator, combined): the discriminator is compiled, then perhaps frozen,
    then combined.
    """
    discriminator = Sequential(
        [
            Dense(6, input_shape=(4,)),
            BatchNormalization(),
            LeakyReLU(0.2),
            Dropout(0.3),
            Dense(1, activation="sigmoid"),
        ]
    )
    discriminator.compile(Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    generator = Sequential(
        [Dense(5, input_dim=2), BatchNormalization(), Dense(4, activation="tanh")]
    )
    if freeze:
        discriminator.trainable = False
    noise = Input((2,))
    combined = Model(noise, discriminator(generator(noise)))
    combined.compile(Adam(0.01), "binary_crossentropy")
    return discriminator, generator, combined


@pytest.mark.filterwarnings("ignore:.*.trainable. has changed")
def test_a_discriminator_compiled_before_it_was_frozen_trains_alone_and_rests_in_the_gan():
    discriminator, generator, combined = gan(freeze=True)
    for _ in range(3):
        before_d, before_g = discriminator.get_weights(), generator.get_weights()
        loss, accuracy = discriminator.train_on_batch(REAL, ONES)
        assert loss > 0 and 0 <= accuracy <= 1
        assert all(moved(before_d, discriminator)) and not any(moved(before_g, generator))
        before_d = discriminator.get_weights()
        combined.train_on_batch(NOISE, ONES)
        assert not any(moved(before_d, discriminator)) and all(moved(before_g, generator))
        combined.fit(NOISE, ONES, epochs=1, batch_size=8, verbose=0)
        assert not any(moved(before_d, discriminator))
        discriminator.fit(REAL, ONES, epochs=1, batch_size=8, verbose=0)
        assert all(moved(before_d, discriminator))


def test_a_discriminator_never_frozen_is_trained_by_both():
    discriminator, _, combined = gan(freeze=False)
    before = discriminator.get_weights()
    combined.train_on_batch(NOISE, ONES)
    assert all(moved(before, discriminator))
    assert np.array_equal(
        combined.predict(NOISE), discriminator.predict(combined.layers[1].predict(NOISE))
    )


def test_each_model_has_an_optimizer_state_of_its_own():
    discriminator, _, combined = gan(freeze=False)
    discriminator.train_on_batch(REAL, ONES)
    discriminator.train_on_batch(REAL, ONES)
    combined.train_on_batch(NOISE, ONES)
    assert int(discriminator.opt_state.count) == 2 and int(combined.opt_state.count) == 1


def test_a_change_of_trainable_since_compile_is_remarked_and_waits_for_compile():
    model = Sequential([Dense(3, input_shape=(4,), name="first"), Dense(1)])
    model.compile("sgd", "mse")
    model.layers[0].trainable = False
    before = model.get_weights()
    for use in (model.fit, model.train_on_batch):
        with pytest.warns(
            UserWarning, match=r"`trainable` has changed .*\(layers first\).*call compile\(\) again"
        ):
            use(REAL, ONES)
    assert all(moved(before, model))
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(REAL, ONES, epochs=1, verbose=0)
    assert moved(before, model) == [False, False, True, True]


@pytest.mark.parametrize("whole", [True, False])
def test_neither_weights_nor_statistics_of_frozen_layers_move(whole):
    inner = Sequential([Dense(3, input_shape=(4,)), BatchNormalization()])
    model = Sequential([inner, Dense(2), BatchNormalization(), Dense(1)])
    if whole:
        inner.trainable = False
    else:
        inner.layers[1].trainable = model.layers[2].trainable = False
    model.compile("adam", "mse")
    before = model.get_weights()
    model.fit(REAL, ONES, batch_size=8, epochs=2, verbose=0)
    dense, norm = [not whole] * 2, [False] * 4
    assert moved(before, model) == [*dense, *norm, True, True, *[whole] * 4, True, True]


def test_no_optimizer_state_is_kept_for_frozen_weights():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(1)])
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    model.fit(REAL, ONES, epochs=1, verbose=0)
    assert [array.shape for _, array in model.optimizer_arrays()][1:] == [(3, 1), (1,)] * 2


def siamese(shared):
    a, b = Input((4,)), Input((4,))
    distance = subtract([shared(a), shared(b)])
    return Model([a, b], Dense(1, name="head")(distance))


@pytest.mark.parametrize("nested", [True, False])
def test_a_siamese_pair_gets_the_gradients_of_both_branches(nested):
    branch = Dense(3, use_bias=False, name="shared")
    model = siamese(Sequential([Input((4,)), branch]) if nested else branch)
    model.compile(SGD(0.1), "mse")
    (kernel,), (head, bias) = branch.get_weights(), model.get_layer("head").get_weights()
    other = REAL[::-1]
    error = 2 * ((REAL - other) @ kernel @ head + bias - 1) / 16
    model.fit([REAL, other], ONES, epochs=1, batch_size=16, verbose=0)
    expected = kernel - 0.1 * (REAL.T @ error @ head.T - other.T @ error @ head.T)
    assert np.allclose(branch.get_weights()[0], expected, atol=1e-6)
    a, b = model.predict([REAL, other]), model.predict([other, REAL])
    bias = model.get_layer("head").get_weights()[1]
    assert np.allclose(a - bias, -(b - bias), atol=1e-6)


def test_weights_of_shared_layers_are_seen_by_every_model_that_has_them():
    encoder = Sequential([Dense(2, input_shape=(4,))])
    x = Input((4,))
    auto = Model(x, Dense(4)(encoder(x)))
    auto.compile("adam", "mse")
    before = encoder.predict(REAL)
    auto.fit(REAL, REAL, epochs=2, verbose=0)
    after = encoder.predict(REAL)
    assert not np.allclose(before, after)
    kernel, bias = encoder.layers[0].get_weights()
    assert np.allclose(after, REAL @ kernel + bias, atol=1e-6)


def through_two_models(shared):
    """Twice the output of `shared`, reached through a model of its own each time."""
    left, right = Sequential([Input((4,)), shared]), Sequential([Input((4,)), shared])
    x = Input((4,))
    return Model(x, add([left(x), right(x)])), left, right


@pytest.mark.parametrize("optimizer", [SGD(0.1), "adam"])
def test_a_layer_reached_through_two_nested_models_trains_as_the_one_layer_it_is(optimizer):
    shared = Dense(1, name="shared")
    model, *_ = through_two_models(shared)
    x = Input((4,))
    again = Dense(1)
    plain = Model(x, add([again(x), again(x)]))
    again.set_weights(shared.get_weights())
    for one in (model, plain):
        one.compile(optimizer, "mse")
        one.fit(REAL, ONES, epochs=2, batch_size=8, shuffle=False, verbose=0)
        one.train_on_batch(REAL, ONES)
    assert not np.allclose(shared.get_weights()[1], 0)
    for a, b in zip(shared.get_weights(), again.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)
    assert len(model.optimizer_arrays()) == len(plain.optimizer_arrays())
    assert np.allclose(model.predict(REAL), plain.predict(REAL), atol=1e-6)


def test_a_layer_shared_by_nested_models_moves_where_one_of_them_is_trained():
    shared = Dense(1, name="shared")
    model, left, right = through_two_models(shared)
    left.trainable = False
    model.compile("sgd", "mse")
    before = shared.get_weights()[0]
    model.fit(REAL, ONES, epochs=1, verbose=0)
    moved = shared.get_weights()[0]
    assert not np.array_equal(before, moved)
    right.trainable = False
    model.compile("sgd", "mse")
    model.fit(REAL, ONES, epochs=1, verbose=0)
    assert np.array_equal(moved, shared.get_weights()[0])


def test_statistics_of_models_of_one_tensor_move_once_a_step():
    shared = BatchNormalization(name="shared", momentum=0.9)
    model, *_ = through_two_models(shared)
    model.compile("sgd", "mse")
    model.train_on_batch(REAL, np.zeros((16, 4)))
    mean, variance = shared.get_weights()[2:]
    np.testing.assert_allclose(mean, 0.1 * REAL.mean(0), atol=1e-6)
    np.testing.assert_allclose(variance, 0.9 + 0.1 * REAL.var(0), atol=1e-6)


def test_statistics_of_models_of_several_tensors_move_by_each():
    shared = BatchNormalization(name="shared", momentum=0.9)
    left, right = Sequential([Input((4,)), shared]), Sequential([Input((4,)), shared])
    x, y = Input((4,)), Input((4,))
    model = Model([x, y], add([left(x), right(y)]))
    model.compile("sgd", "mse")
    other = 2 * REAL[::-1] + 1
    model.train_on_batch([REAL, other], np.zeros((16, 4)))
    mean = shared.get_weights()[2]
    np.testing.assert_allclose(mean, 0.1 * (REAL.mean(0) + other.mean(0)), atol=1e-6)
    right.trainable = False
    model.compile("sgd", "mse")
    model.train_on_batch([REAL, other], np.zeros((16, 4)))
    moved_by_left = 0.9 * mean + 0.1 * REAL.mean(0)
    np.testing.assert_allclose(shared.get_weights()[2], moved_by_left, atol=1e-6)


def test_a_discriminator_and_a_classifier_with_one_body_train_as_in_keras():
    """InfoGAN's three models, values of the real Keras 2.0.4 on Theano."""
    rng = np.random.RandomState(0)
    body = Sequential(
        [Dense(3, input_shape=(4,), name="b1"), BatchNormalization(name="bn"), Dense(3, name="b2")]
    )
    x, z = Input((4,)), Input((2,))
    h = body(x)
    d = Model(x, Dense(1, activation="sigmoid", name="d")(h))
    q = Model(x, Dense(2, activation="softmax", name="q")(h))
    g = Model(z, Dense(4, name="g")(z))
    for model in (d, q):
        model.compile(SGD(0.1), "mse")
    draws = [rng.normal(size=w.shape).astype("f") * 0.3 for w in body.get_weights()]
    body.set_weights([np.abs(w) if w.shape == (3,) else w for w in draws])
    for model, shape in ((d, (3, 1)), (q, (3, 2)), (g, (2, 4))):
        model.layers[-1].set_weights([rng.normal(size=shape), np.zeros(shape[1])])
    both = Model(z, [d(g(z)), q(g(z))])
    both.compile(SGD(0.1), ["mse", "mse"])
    real, noise = rng.normal(size=(8, 4)).astype("f"), rng.normal(size=(8, 2)).astype("f")
    truth, labels = rng.uniform(size=(8, 1)).astype("f"), np.eye(2)[rng.randint(0, 2, 8)]
    seen = []
    for _ in range(2):
        seen += [d.train_on_batch(real, truth), q.train_on_batch(real, labels)]
        seen += both.train_on_batch(noise, [truth, labels])
    expected = [0.0428384, 0.2608374, 0.2782083, 0.0415030, 0.2367052]
    expected += [0.0377013, 0.2316092, 0.2635867, 0.0376626, 0.2259241]
    np.testing.assert_allclose(seen, expected, rtol=1e-4)


# -- penalties and constraints ---------------------------------------------------------------------


def test_penalties_are_part_of_the_loss_and_of_the_gradient():
    layer = Dense(
        3, input_shape=(4,), kernel_regularizer="l2", bias_regularizer="l1", bias_initializer="ones"
    )
    model = Sequential([layer])
    model.compile(SGD(0.5), "mse")
    kernel, bias = model.get_weights()
    y = model.predict(REAL)  # the mean of squares is 0 then, and so is its gradient
    penalty = 0.01 * np.sum(kernel**2) + 0.01 * np.sum(np.abs(bias))
    for batch_size in (16, 5):
        assert model.evaluate(REAL, y, batch_size=batch_size, verbose=0) == pytest.approx(
            penalty, rel=1e-4
        )
    assert model.train_on_batch(REAL, y) == pytest.approx(penalty, rel=1e-4)
    assert np.allclose(model.get_weights()[0], kernel * (1 - 0.5 * 0.02), atol=1e-5)
    assert np.allclose(model.get_weights()[1], bias - 0.5 * 0.01, atol=1e-5)


def test_a_shared_layer_is_penalised_once():
    shared = Dense(3, kernel_regularizer="l2", use_bias=False)
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], concatenate([shared(a), shared(b)]))
    model.compile("sgd", "mse")
    y = model.predict([REAL, REAL])
    penalty = 0.01 * np.sum(shared.get_weights()[0] ** 2)
    assert model.evaluate([REAL, REAL], y, verbose=0) == pytest.approx(penalty, rel=1e-4)


def test_activity_is_penalised_as_a_sum_over_the_batch_without_padding():
    model = Sequential([Dense(3, input_shape=(4,), activity_regularizer="l2")])
    model.compile("sgd", "mse")
    y = model.predict(REAL)
    batches = [y[i : i + 5] for i in range(0, 16, 5)]
    expected = np.average([0.01 * np.sum(b**2) for b in batches], weights=[len(b) for b in batches])
    assert model.evaluate(REAL, y, batch_size=5, verbose=0) == pytest.approx(expected, rel=1e-4)


def test_metrics_do_not_see_penalties():
    model = Sequential([Dense(3, input_shape=(4,), kernel_regularizer="l2")])
    model.compile("sgd", "mse", metrics=["mse"])
    loss, metric = model.evaluate(REAL, model.predict(REAL), verbose=0)
    assert loss > 0.001 and metric == pytest.approx(0, abs=1e-10)


def test_constraints_hold_after_every_update():
    inner = Sequential([Dense(5, input_shape=(4,), kernel_constraint="non_neg")])
    model = Sequential([inner, Dense(3, kernel_constraint="unit_norm", bias_constraint="non_neg")])
    model.compile(SGD(1.0), "mse")
    model.fit(REAL, -np.ones((16, 3)), batch_size=8, epochs=3, verbose=0)
    first, _, second, bias = model.get_weights()
    assert first.min() >= 0 and bias.min() >= 0
    assert np.allclose(np.linalg.norm(second, axis=0), 1, atol=1e-4)
    model.train_on_batch(REAL, -np.ones((16, 3)))
    assert model.get_weights()[0].min() >= 0


def test_a_frozen_layer_is_not_constrained_but_penalised():
    layer = Dense(
        3, input_shape=(4,), kernel_constraint="non_neg", kernel_regularizer="l2", trainable=False
    )
    model = Sequential([layer, Dense(1)])
    model.compile("sgd", "mse")
    kernel = layer.get_weights()[0]
    model.fit(REAL, ONES, epochs=1, verbose=0)
    assert np.array_equal(kernel, layer.get_weights()[0]) and kernel.min() < 0
    penalty = 0.01 * np.sum(kernel**2)
    assert model.evaluate(REAL, model.predict(REAL), verbose=0) == pytest.approx(penalty, rel=1e-4)
