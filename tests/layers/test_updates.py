"""Updates, masks and losses of calls, as layers and models are asked for them."""

import numpy as np
import pytest

from jaxcnn import Model, Sequential, regularizers
from jaxcnn import backend as K
from jaxcnn.layers import (
    Activation,
    Add,
    BatchNormalization,
    Bidirectional,
    Conv2D,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    InputSpec,
    Lambda,
    Layer,
    Masking,
    PReLU,
    SimpleRNN,
    TimeDistributed,
)
from jaxcnn.spellings.dialect import speaking

X = np.arange(8, dtype="float32").reshape(4, 2)


class Counting(Layer):
    """Counts its calls in training."""

    def build(self, input_shape):
        self.count = self.add_weight("count", (), initializer="zeros", trainable=False)
        self.unused = self.add_weight("unused", (), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.add_update([K.update_add(self.count, 1.0)], inputs)
        return inputs


def test_statistics_of_a_batch_normalization():
    x = Input((2,))
    layer = BatchNormalization(momentum=0.5)
    model = Model(x, layer(Dense(2, kernel_initializer="identity")(x)))
    model.compile("sgd", "mse")
    assert [v.label for v, _ in layer.updates] == ["moving_mean", "moving_variance"]
    assert layer.get_updates_for(layer.input) == layer.updates == model.updates
    assert layer.get_updates_for(None) == layer.get_updates_for(x) == []
    step = K.function([x], [model.output], updates=model.updates)
    step([X])
    moved = layer.get_weights()
    layer.set_weights([*moved[:2], np.zeros(2), np.ones(2)])
    model.optimizer.lr = 0.0
    model.train_on_batch(X, X)
    for a, b in zip(moved, layer.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    layer.trainable = False
    assert Model(x, layer(x)).layers[-1].get_updates_for(x) == []


def test_a_whole_loop_with_the_updates_of_the_model():
    def network():
        x = Input((2,))
        model = Model(x, Dense(1, kernel_initializer="ones")(BatchNormalization()(x)))
        model.compile("sgd", "mse")
        return model

    model, reference = network(), network()
    updates = model.optimizer.get_updates(model._collected_trainable_weights, [], model.total_loss)
    step = K.function(
        [*model.inputs, *model.targets, *model.sample_weights, K.learning_phase()],
        [model.total_loss],
        updates=model.updates + updates,
    )
    for _ in range(2):
        value = step([X, X[:, :1], np.ones(4), 1.0])[0]
        assert value == pytest.approx(reference.train_on_batch(X, X[:, :1]), rel=1e-5)
    for a, b in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_updates_of_layers_that_users_write():
    x = Input((2,))
    layer = Counting()
    model = Model(x, layer(x))
    assert [v.label for v, _ in model.updates] == ["count"]
    step = K.function([x], [model.output], updates=layer.updates)
    step([X])
    step([X])
    assert K.get_value(layer.count) == 2


def test_states_are_updates():
    layer = SimpleRNN(2, stateful=True)
    model = Sequential([Input(batch_shape=(4, 1, 2)), layer])
    assert len(model.state_updates) == len(layer.updates) == 1


def test_updates_from_outside():
    x = Input((2,))
    layer = Dense(1)
    model = Model(x, layer(x))
    v = K.variable(0.0)
    layer.add_update([K.update_add(v, 1.0)])
    layer.add_update(K.update(v, K.sum(x)), inputs=x)
    assert len(layer.get_updates_for(None)) == len(layer.get_updates_for(x)) == 1
    assert len(model.updates) == 2
    K.function([], [], updates=layer.get_updates_for(None))([])
    assert K.get_value(v) == 1
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="computed from the inputs is carried out where"):
        model.train_on_batch(X, X[:, :1])


def test_losses_of_calls():
    x, other = Input((2,)), Input((2,))
    layer = Dense(1, kernel_regularizer="l2", activity_regularizer="l1")
    layer(x), layer(other)
    layer.add_loss(K.sum(x), inputs=x)
    counts = [len(layer.get_losses_for(inputs)) for inputs in (None, x, other)]
    assert counts == [1, 2, 1]


def test_masks_of_calls():
    x = Input((3,))
    embedding = Embedding(4, 2, mask_zero=True)
    y = embedding(x)
    outside = Lambda(lambda t: t, mask=lambda t, mask: mask)(y)
    assert embedding.input_mask is None
    mask = K.function([x], [embedding.output_mask, outside.layer.get_input_mask_at(0)])
    for value in mask([[[1, 0, 2]]]):
        assert value.tolist() == [[True, False, True]]


def test_calls_on_outputs():
    x = Input((2,))
    first, second = Dense(2), Dense(2)
    second(first(x))
    assert first.outbound_nodes == second.inbound_nodes == first._outbound_nodes
    first.outbound_nodes = []
    assert first.outbound_nodes == [] and second.inbound_nodes


class PassingMasks(Layer):
    supports_masking = True

    def compute_mask(self, inputs, mask=None):
        return super().compute_mask(inputs, mask)

    def call(self, inputs):
        return inputs


def test_masks_that_layers_compute():
    x = Input((3,))
    mask = Embedding(4, 2, mask_zero=True).compute_mask(x)
    assert K.function([x], [mask])([[[1, 0, 2]]])[0].tolist() == [[True, False, True]]
    assert Dense(2).compute_mask(x, None) is None
    passed = PassingMasks()(Embedding(4, 2, mask_zero=True)(x))
    assert passed.mask_shape == (None, 3)
    with pytest.raises(TypeError, match="does not support masking"):
        Counting().compute_mask(x, x)


def test_masks_of_merged_inputs_are_known_before_the_inputs():
    a, b = Input((3, 2)), Input((3, 2))
    joined = Add().compute_mask([a, b], [np.array([[1, 1, 0]]), np.array([[0, 1, 1]])])
    assert np.array_equal(joined, [[0, 1, 0]])
    assert Add().compute_mask([a, b], [None, None]) is None
    (mask,) = K.function([a], [Masking().compute_mask(a)])([np.array([[[0, 0], [1, 0], [0, 0]]])])
    assert mask.tolist() == [[False, True, False]]
    for inputs, masks in [([a, b], np.ones(3)), (a, [None, None]), ([a, b], [None])]:
        with pytest.raises(ValueError, match="a mask or None for each input"):
            Add().compute_mask(inputs, masks)


def test_the_outputs_of_a_users_layer_are_regularized():
    class Twice(Layer):
        def call(self, x):
            return x * 2

    layer = Twice(input_shape=(3,))
    layer.activity_regularizer = regularizers.get("l1")
    model = Sequential([layer])
    model.compile("sgd", "mse")
    x = np.ones((4, 3), np.float32)
    assert np.allclose(model.evaluate(x, 2 * x, verbose=0), 0.24) and len(model.losses) == 1


def test_updates_and_losses_added_to_a_layer_before_it_is_called():
    a, dense = Input((2,)), Dense(1)
    dense.add_update(0, inputs=a)
    dense.add_update(1)
    dense.add_loss(0, inputs=a)
    dense.add_loss(1)
    assert dense.get_updates_for(a) == [0] and dense.get_updates_for(None) == [1]
    assert dense.get_losses_for(a) == [0] and dense.get_losses_for(None) == [1]
    around = TimeDistributed(Dense(2, kernel_regularizer="l1"))
    around(Input((3, 4)))
    assert len(around.get_losses_for(None)) == 1


def test_updates_and_losses_of_both_directions():
    x, layer = Input((3, 2)), Bidirectional(SimpleRNN(3, kernel_regularizer="l1"))
    layer(x)
    for part in (layer.forward_layer, layer.backward_layer):
        part.add_update(0, inputs=x)
        part.add_update(1)
        part.add_loss(0, inputs=x)
        part.add_loss(1)
    assert layer.updates == [0, 1, 0, 1] and layer.get_updates_for(x) == [0, 0]
    assert len(layer.losses) == 6 and len(layer.get_losses_for(None)) == 4
    assert layer.get_losses_for(x) == [0, 0]


def test_a_layer_that_is_not_trained_updates_nothing():
    layer = TimeDistributed(BatchNormalization())
    layer(Input((3, 2)))
    assert len(layer.updates) == 2
    layer.trainable = False
    assert not layer.updates
    layer.trainable = True
    assert len(layer.updates) == 2


def test_a_model_inside_another_adds_its_losses_for_each_call():
    a, b, c = Input((2,)), Input((2,)), Input((2,))
    shared = Dense(2, kernel_regularizer="l1", activity_regularizer="l2")
    inner = Model(a, shared(a))
    model = Model([b, c], Add()([inner(b), inner(c)]))
    assert len(inner.losses) == 2 and len(model.losses) == 3
    values = K.function([b, c], model.losses)([X, 2 * X])
    outputs = inner.predict(X), inner.predict(2 * X)
    expected = [0.01 * np.abs(shared.get_weights()[0]).sum()]
    expected += [0.01 * np.square(output).sum() for output in outputs]
    np.testing.assert_allclose(sorted(values), sorted(expected), rtol=1e-5)
    steps = Sequential([TimeDistributed(Dense(2, activity_regularizer="l2"), input_shape=(3, 4))])
    assert len(steps.losses) == 1


def test_what_layers_demand_of_their_inputs():
    dense, shared = Dense(2), PReLU(shared_axes=[1])
    assert dense.input_spec == InputSpec(min_ndim=2)
    dense(Input((3,)))
    shared(Input((4, 3)))
    assert dense.input_spec == InputSpec(min_ndim=2, axes={-1: 3})
    assert shared.input_spec == InputSpec(ndim=3, axes={2: 3})
    assert Conv2D(2, 2).input_spec == InputSpec(ndim=4)
    assert SimpleRNN(2).input_spec == [InputSpec(ndim=3)] and Activation("relu").input_spec is None
    model = Model(inputs := [Input((2,)), Input((2,))], Add()(inputs))
    assert model.input_spec == [None, None]


def test_the_mean_over_the_steps_that_are_not_masked():
    model = Sequential([Masking(input_shape=(3, 2)), GlobalAveragePooling1D()])
    x = np.array([[[1, 2], [3, 4], [0, 0]], [[5, 6], [0, 0], [0, 0]]], "float32")
    np.testing.assert_allclose(model.predict(x), [[2, 3], [5, 6]])
    assert model.output_mask is None


def test_masks_inside_of_steps_in_programs_of_keras_2_2():
    x = np.array([[[1, 2, 0], [3, 0, 0], [0, 0, 0]]])

    def masks():
        inputs = Input((None, None), dtype="int32")
        words = TimeDistributed(Embedding(5, 4, mask_zero=True))
        sentences = TimeDistributed(SimpleRNN(2, kernel_initializer="ones"))
        outputs = sentences(words(inputs))
        layers = [layer for layer in (words, sentences) if layer.output_mask is not None]
        values = [K.function([inputs], [layer.output_mask])([x])[0] for layer in layers]
        return values, Model(inputs, outputs).predict(x)[0]

    with speaking("2.2"):
        (of_words, of_sentences), outputs = masks()
    np.testing.assert_array_equal(of_words, x > 0)
    np.testing.assert_array_equal(of_sentences, [[True, True, False]])
    assert np.all(outputs[2] == 0) and np.all(outputs[:2] != 0)
    assert masks()[0] == []
