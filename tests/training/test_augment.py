"""`fit(augment=...)`: inputs changed at random inside of the training step."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import jaxcnn
from jaxcnn import layers
from jaxcnn.preprocessing.image import Augmentation, ImageDataGenerator
from jaxcnn.training import init_state, train_step
from jaxcnn.training.nan_policy import NonFiniteLossError

X = np.random.default_rng(0).random((20, 6, 6, 3)).astype(np.float32)
Y = np.arange(20) % 2
CHANGES = Augmentation(rotation_range=40, width_shift_range=0.2, horizontal_flip=True)


def model(shape=(6, 6, 3)):
    made = jaxcnn.Sequential(
        [layers.Flatten(input_shape=shape), layers.Dense(2, activation="softmax")]
    )
    made.compile("sgd", "sparse_categorical_crossentropy")
    return made


def trained(**settings):
    jaxcnn.runtime.config.reset()
    jaxcnn.layers.naming.reset_names()
    made = model()
    made.fit(X, Y, batch_size=8, verbose=0, **{"epochs": 1, **settings})
    return made.get_weights()[0]


def test_steps_see_changed_inputs_and_validation_does_not():
    made = model()
    start = made.evaluate(X, Y, verbose=0)
    made.optimizer.lr = 0.0
    history = made.fit(X, Y, 20, 3, 0, validation_data=(X, Y), augment=CHANGES).history
    assert len({*history["loss"], start}) == 4  # every step has changes of its own
    np.testing.assert_allclose(history["val_loss"], start, rtol=1e-5)


def test_the_seed_and_the_step_decide():
    whole = trained(epochs=2, augment=CHANGES)
    np.testing.assert_array_equal(whole, trained(epochs=2, augment=CHANGES))
    assert not np.array_equal(whole, trained(epochs=2))


def test_a_resumed_run_sees_the_same_changes(tmp_path):
    whole = trained(epochs=3, augment=CHANGES)
    trained(epochs=2, augment=CHANGES, checkpoint_dir=tmp_path)
    np.testing.assert_array_equal(
        trained(epochs=3, augment=CHANGES, checkpoint_dir=tmp_path, resume=True), whole
    )


def test_the_pure_step():
    module, variables = model().module, model().variables
    optimizer = optax.sgd(0.1)
    state = init_state(module, optimizer, X[:1])
    seen = []

    def augment(key, inputs):
        seen.append(inputs.shape)
        return inputs * 0

    step = jax.jit(
        train_step(module, "sparse_categorical_crossentropy", optimizer, augment=augment)
    )
    _, logs = step(state, (X, Y[:, None]))
    assert seen == [X.shape] and variables["params"]
    np.testing.assert_allclose(
        logs["loss"], np.log(2), rtol=1e-6
    )  # of zeros the network knows nothing


def test_generators_on_their_own_and_augmented_on_the_device():
    flow = ImageDataGenerator(rotation_range=20, rescale=0.5).flow(X, Y, batch_size=8, seed=0)
    made = model()
    history = made.fit_generator(flow, steps_per_epoch=3, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    plain = ImageDataGenerator().flow(X, Y, batch_size=8, seed=0)
    assert np.isfinite(made.fit(plain, epochs=1, verbose=0, augment=CHANGES).history["loss"]).all()
    assert made.predict(ImageDataGenerator().flow(X, batch_size=8, shuffle=False)).shape == (20, 2)


def test_shapes_must_stay():
    with pytest.raises(
        ValueError,
        match=r"must keep the shapes of the inputs, \(8, 6, 6, 3\); it returned \(8, 3, 6, 3\)",
    ):
        trained(augment=lambda key, x: x[:, ::2])


def test_what_stops_being_finite_is_named():
    with pytest.raises(NonFiniteLossError, match="`augment` gives inputs that are not finite"):
        trained(augment=lambda key, x: jnp.log(x - 1), nan="raise")
