"""Models that are derived from `Model` with a `call`, as Keras 2.2 has them."""

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import BatchNormalization, Dense, Dropout, Input, concatenate

X = np.arange(32, dtype="float32").reshape(8, 4) / 32


class Classifier(jc.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.second = Dense(3, activation="softmax")  # listed in this order
        self.first = Dense(5, activation="relu")
        self.dropout = Dropout(0.5)

    def call(self, inputs, training=None):
        return self.second(self.dropout(self.first(inputs), training=training))


class Two(jc.Model):
    def __init__(self):
        super().__init__()
        self.normal = BatchNormalization()
        self.inner = Classifier()
        self.stack = [Dense(2, name=f"stacked_{i}") for i in range(2)]

    def call(self, inputs):
        a, b = inputs
        hidden = self.normal(concatenate([a, b]))
        for layer in self.stack:
            hidden = layer(hidden)
        return hidden, self.inner(a)


def test_it_is_built_by_the_first_data():
    model = Classifier(name="classifier")
    with pytest.raises(ValueError, match="does not know its input shape yet"):
        model.summary()
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, np.eye(3)[np.arange(8) % 3], epochs=1, verbose=0).history
    assert sorted(history) == ["acc", "loss"]
    assert [w.shape for w in model.get_weights()] == [(5, 3), (3,), (4, 5), (5,)]
    assert model.layers == [model.second, model.first, model.dropout]
    np.testing.assert_allclose(model.predict(X).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(model(X)), model.predict(X), rtol=1e-5)


def test_a_list_of_one_array_is_that_array():
    model = Classifier()
    model.compile("sgd", "mse")
    model.fit([X], np.ones((8, 3)), epochs=1, verbose=0)
    assert model.predict(X).shape == (8, 3)


@pytest.mark.parametrize("data", [[], {"a": X}], ids=["nothing", "dict"])
def test_data_that_cannot_build_it(data):
    model = Classifier(name="classifier")
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="'classifier' is built by its first data"):
        model.fit(data, np.ones((8, 3)), verbose=0)
    assert not model.built


def test_several_inputs_and_outputs(tmp_path):
    model = Two()
    model.compile("sgd", "mse")
    targets = [np.ones((8, 2)), np.ones((8, 3))]
    history = model.fit([X, X], targets, epochs=1, verbose=0).history
    assert sorted(history) == ["loss", "output_1_loss", "output_2_loss"]
    model.save_weights(tmp_path / "weights.h5")
    other = Two()
    other.build([(None, 4), (None, 4)])
    other.load_weights(tmp_path / "weights.h5")
    for mine, theirs in zip(model.predict([X, X]), other.predict([X, X]), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_it_is_a_layer_of_another_model():
    inputs = Input((4,))
    part = Classifier()
    model = jc.Model(inputs, Dense(1)(part(inputs)))
    assert part.built and model.output_shape == (None, 1)


def test_refusals(tmp_path):
    with pytest.raises(TypeError, match="only a subclass that defines"):
        jc.Model()
    model = Classifier()
    model.build((None, 4))
    with pytest.raises(NotImplementedError, match="save_weights"):
        model.save(tmp_path / "model.h5")
