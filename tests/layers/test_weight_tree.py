"""Weights of a layer with layers inside it."""

import threading

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model, Sequential
from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Conv2D, Dense, Input, Layer, TimeDistributed
from jaxcnn.layers import weight_tree as tree
from jaxcnn.layers.resting import fixed_statistics


class Pair(Layer):
    """Two layers and a weight: x -> norm(dense(x)) + shift."""

    def __init__(self, **options):
        super().__init__(**options)
        self.dense = Dense(2, kernel_constraint="non_neg", name="dense")
        self.norm = BatchNormalization(name="norm")

    def build(self, input_shape):
        self.shift = self.add_weight("shift", (2,), "ones")

    def call(self, inputs):
        return self.norm(self.dense(inputs)) + self.shift


@pytest.fixture
def pair():
    layer = Pair(name="pair")
    layer(Input((3,)))
    return layer


ORDER = [
    ("pair", ("params", "shift")),
    ("dense", ("params", "kernel")),
    ("dense", ("params", "bias")),
    ("norm", ("params", "gamma")),
    ("norm", ("params", "beta")),
    ("norm", ("batch_stats", "moving_mean")),
    ("norm", ("batch_stats", "moving_variance")),
]


def named(entries):
    return [(owner.name, path) for owner, path in entries]


def test_layers_inside_one_another(pair):
    assert [layer.name for layer in tree.with_inner(pair)] == ["pair", "dense", "norm"]
    assert [layer.name for layer in pair.all_layers()] == ["dense", "norm"]
    outer = Sequential([TimeDistributed(Dense(2, name="inner"), input_shape=(4, 3), name="outer")])
    assert [layer.name for layer in outer.all_layers()] == ["outer", "inner"]


def test_variables_are_nested_by_name(pair):
    variables = pair.variables
    assert set(variables) == {"params", "batch_stats"}
    assert set(variables["params"]) == {"shift", "dense", "norm"}
    assert set(variables["batch_stats"]) == {"norm"}
    assert (
        variables["params"]["dense"]["kernel"]
        is pair.dense.weights_store.arrays[("params", "kernel")]
    )


def test_a_layer_whose_inner_layers_alone_are_built_has_their_variables():
    layer = Pair()
    for inner in (layer.dense, layer.norm):
        inner(Input((2,)))
    assert set(layer.variables["params"]) == {"dense", "norm"} and not layer.built
    with pytest.raises(ValueError, match="'pair_2' has no weights yet"):
        _ = Layer(name="pair_2").variables


def test_paths_specs_and_shapes(pair):
    assert named(pair.weight_paths()) == named(pair.listed_paths()) == ORDER
    assert [(s.collection, s.path) for s in pair.all_specs()][1:3] == [
        ("params", ("dense", "kernel")),
        ("params", ("dense", "bias")),
    ]
    places = list(pair.placed_weights())
    assert [path for _, _, path in places][:2] == [("shift",), ("dense", "kernel")]
    assert (places[1][0], places[1][1].shape) == (pair.dense, (3, 2))
    assert pair.dense.weight_shape(("params", "kernel")) == (3, 2)
    assert [v.name for v in pair.weights][:2] == ["pair/shift:0", "dense/kernel:0"]
    assert pair.count_params() == 2 + 6 + 2 + 2 + 2 + 2 + 2
    assert list(pair.weight_constraints()) == [("dense", "kernel")]


def test_what_training_moves(pair):
    assert named(pair.trainable_paths()) == ORDER[:5]
    assert named(tree.non_trainable_paths(pair)) == ORDER[5:]
    assert [v.label for v in pair.non_trainable_weights] == ["moving_mean", "moving_variance"]
    everything = pair.trainable_mask()
    assert everything == {
        "shift": True,
        "dense": {"kernel": True, "bias": True},
        "norm": {"gamma": True, "beta": True},
    }
    pair.dense.trainable = False
    assert named(pair.trainable_paths()) == [ORDER[0], *ORDER[3:5]]
    assert pair.trainable_mask()["dense"] == {"kernel": False, "bias": False}
    assert fixed_statistics(pair) == ()
    pair.trainable = False
    assert pair.trainable_paths() == [] and len(pair.non_trainable_weights) == 7
    assert pair.trainable_mask()["norm"] == {"gamma": False, "beta": False}
    assert pair.trainable_mask()["shift"] is False
    assert fixed_statistics(pair) == (("norm", "moving_mean"), ("norm", "moving_variance"))


def test_get_and_set_weights(pair):
    weights = [np.full(w.shape, i, "float32") for i, w in enumerate(pair.get_weights())]
    pair.set_weights(weights)
    for i, array in enumerate(pair.get_weights()):
        assert np.unique(array).tolist() == [i]
    with pytest.raises(
        ValueError, match=r"length 6, but the layer was expecting 7 weights \(shift, k"
    ):
        pair.set_weights(weights[:6])
    with pytest.raises(
        ValueError, match=r"weight shape \(2,\) not compatible .* \(3,\): 'bias' of layer 'd"
    ):
        pair.set_weights([np.zeros(2), np.zeros((3, 2)), np.zeros(3), *weights[3:]])
    assert np.unique(pair.get_weights()[0]).tolist() == [0]  # all or none


def test_long_lists_of_names_are_left_out():
    x = Input((1,))
    y = x
    for _ in range(4):
        y = Dense(1)(y)
    with pytest.raises(ValueError, match=r"length 0, but .* expecting 9 weights \(kernel, bias, "):
        Model(x, Dense(1, use_bias=False)(y)).set_weights([])
    y = Dense(1)(y)
    with pytest.raises(ValueError, match=r"length 0, but the layer was expecting 10 weights\."):
        Model(x, y).set_weights([])


def test_set_variables_replaces_what_is_given(pair):
    pair.set_variables({"params": {"dense": {"bias": [5.0, 6.0]}}})
    assert pair.dense.get_weights()[1].tolist() == [5, 6]
    assert pair.get_weights()[0].tolist() == [1, 1]
    with pytest.raises(ValueError, match="'pair' has no variable 'params/dense/other'"):
        pair.set_variables({"params": {"dense": {"other": [5.0, 6.0]}}})
    with pytest.raises(
        ValueError, match=r"'pair': variable 'params/shift' has shape \(2,\); given \(3,\)"
    ):
        pair.set_variables({"params": {"shift": [1.0, 2.0, 3.0]}})
    # What was never drawn is drawn, so that the other arrays do not change.
    other = Pair(name="pair")
    other(Input((3,)))
    other.set_variables({"params": {"shift": jnp.zeros(2)}})
    np.testing.assert_array_equal(other.get_weights()[1], pair.get_weights()[1])


class Fit:
    changed = False
    lock = threading.RLock()

    def commit(self):
        pass


def test_a_running_fit_learns_of_changes_but_not_of_its_own(pair):
    _ = pair.variables
    fit = pair.norm.weights_store.session = Fit()
    pair.store({"params": {"norm": {"beta": jnp.full(2, 3.0)}}})
    assert not fit.changed and pair.norm.get_weights()[1].tolist() == [3, 3]
    pair.set_variables({"params": {"shift": jnp.zeros(2)}})
    assert fit.changed
    fit.changed = False
    pair.note_changes()
    assert fit.changed


def test_inner_layers_are_built_with_the_outer_one():
    kernel, bias = np.ones((3, 2)), np.full(2, 4.0)
    layer = Pair()
    layer.dense = Dense(2, name="dense", weights=[kernel, bias])
    layer(Input((3,)))
    assert layer.dense.built and layer.norm.built
    assert [s.path for s in layer.dense.weights_store.specs] == [("kernel",), ("bias",)]
    assert layer.dense.get_weights()[1].tolist() == [4, 4]
    assert layer.dense.weights_store.initial is None


def test_kernels_in_the_order_of_theano_are_told_where_they_are_read():
    layer = Conv2D(4, (3, 2), input_shape=(8, 8, 5))
    layer.build((None, 8, 8, 5))
    with pytest.raises(ValueError, match=r"Theano's order; `model\.load_weights\(path\)` reads"):
        layer.set_weights([np.zeros((4, 5, 3, 2)), np.zeros(4)])
    with pytest.raises(ValueError, match=r"'kernel' of layer 'conv2d_1'\.\nSee docs"):
        layer.set_weights([np.zeros((4, 5, 2, 3)), np.zeros(4)])


def test_initial_weights_that_do_not_fit_leave_the_layer_unbuilt():
    dense = Dense(2, weights=[np.ones((4, 2)), np.ones(2)])
    with pytest.raises(ValueError, match="not compatible with provided weight shape"):
        dense(Input((3,)))
    assert not dense.built
    dense(Input((4,)))
    assert dense.get_weights()[0].tolist() == [[1, 1]] * 4


def test_another_input_needs_the_same_shapes():
    dense = Dense(2)
    dense(Input((3,)))
    dense(Input(batch_shape=(5, 3)))
    with pytest.raises(
        ValueError,
        match=r"input of shape \(None, 4\) needs 'kernel' of shape \(4, 2\), but the layer was "
        r"built with \(3, 2\)",
    ):
        dense(Input((4,)))
    with pytest.raises(ValueError, match=r"of shape \(2, 2\), but the layer was built with"):
        dense(Input((2,)))


def test_parameters_of_a_layer_that_is_not_built():
    with pytest.raises(ValueError, match="'dense_1' is not built yet"):
        Dense(2).count_params()


def test_a_layer_in_the_model_and_inside_another_is_listed_once():
    class Transposed(Layer):
        def __init__(self, dense, **kwargs):
            self.dense = dense
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.bias = self.add_weight(name="bias", shape=(4,), initializer="zeros")

        def call(self, x):
            return K.dot(x, K.transpose(self.dense.kernel)) + self.bias

    x, dense = Input((4,)), Dense(3)
    model = Model(x, Transposed(dense)(dense(x)))
    assert [w.shape for w in model.get_weights()] == [(4, 3), (3,), (4,)]
    assert len(model.trainable_weights) == 3 and model.count_params() == 19
    model.set_weights([np.ones((4, 3)), np.zeros(3), np.ones(4)])
    assert model.predict(np.ones((1, 4))).tolist() == [[13.0] * 4]
