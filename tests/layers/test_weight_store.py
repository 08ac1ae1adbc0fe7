"""The weights that are a layer's own."""

import flax.linen as linen
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import config, initializers, utils
from jaxcnn.layers import BatchNormalization, Dense, FlaxLayer, Input, Layer, SimpleRNN
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import put
from jaxcnn.runtime.arrays import named_key

KERNEL, BIAS = ("params", "kernel"), ("params", "bias")


def built(layer, shape=(3,)):
    layer(Input(shape))
    return layer


class Fit:
    """A running fit that notes what it is asked."""

    changed = False
    commits = 0

    def commit(self):
        self.commits += 1


def test_before_the_first_call_nothing_is_known():
    store = Dense(2).weights_store
    assert store.specs is None and store.session is None and store.declared == []
    with pytest.raises(ValueError, match="'dense_1' has no weights yet: call it on an input first"):
        _ = store.arrays


def test_declared_weights_and_their_paths():
    store = built(BatchNormalization()).weights_store
    assert [spec.path[-1] for spec in store.specs] == [
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
    ]
    assert store.paths(params=True) == [("params", "gamma"), ("params", "beta")]
    assert store.paths(params=False) == [
        ("batch_stats", "moving_mean"),
        ("batch_stats", "moving_variance"),
    ]
    assert store.spec(("batch_stats", "moving_mean")).shape == (3,)


def test_states_are_no_weights():
    layer = SimpleRNN(2, stateful=True)
    layer(Input(batch_shape=(4, 5, 3)))
    assert [spec.collection for spec in layer.weights_store.specs].count("state") == 1
    assert not [p for p in layer.weights_store.paths(params=False) if p[0] == "state"]


def test_weights_are_drawn_from_seed_name_and_path():
    utils.set_random_seed(5)
    dense = built(Dense(2, name="d"))
    drawn = initializers.glorot_uniform()(named_key(config.seed(), "d", "kernel"), (3, 2))
    np.testing.assert_array_equal(dense.weights_store.arrays[KERNEL], drawn)
    assert dense.weights_store.arrays is dense.weights_store.arrays


class One(initializers.Initializer):
    def __call__(self, key, shape, dtype="float32"):
        return jnp.zeros(1)


def test_an_initializer_must_keep_to_the_shape():
    dense = built(Dense(2, bias_initializer=One()))
    with pytest.raises(ValueError, match=r"of 'bias' returned shape \(1,\) instead of \(2,\)"):
        _ = dense.weights_store.arrays


def test_replacing_keeps_the_dtype_and_the_other_arrays():
    store = built(Dense(2)).weights_store
    before = store.arrays[KERNEL]
    store.replace({BIAS: np.array([1.0, 2.0], "float64")})
    assert store.arrays[BIAS].tolist() == [1, 2] and store.arrays[BIAS].dtype == jnp.float32
    assert store.arrays[KERNEL] is before


class Noted(initializers.Zeros):
    drawn = 0

    def __call__(self, key, shape, dtype="float32"):
        self.drawn += 1
        return super().__call__(key, shape, dtype)


def test_nothing_is_drawn_where_all_arrays_are_given():
    noted = Noted()
    store = built(Dense(2, bias_initializer=noted)).weights_store
    noted.drawn = 0
    store.replace({KERNEL: np.ones((3, 2)), BIAS: np.ones(2)})
    assert store.arrays[BIAS].tolist() == [1, 1] and noted.drawn == 0
    other = built(Dense(2, bias_initializer=noted)).weights_store
    noted.drawn = 0
    other.replace({KERNEL: np.ones((3, 2))})
    assert other.arrays[BIAS].tolist() == [0, 0] and noted.drawn == 1


def test_given_arrays_are_copied():
    store, bias = built(Dense(2)).weights_store, jnp.ones(2)
    store.replace({BIAS: bias})
    assert store.arrays[BIAS] is not bias


def test_a_fit_puts_arrays_without_being_told():
    store = built(Dense(2)).weights_store
    bias = jnp.ones(2)
    store.put({BIAS: bias})  # nothing is there yet, so nothing is replaced
    store.session = fit = Fit()
    assert store.arrays[BIAS].tolist() == [0, 0]
    kernel = store.arrays[KERNEL]
    store.put({BIAS: bias, ("params", "other"): bias})
    assert not fit.changed
    assert store.arrays[BIAS] is bias and store.arrays[KERNEL] is kernel
    assert set(store.arrays) == {KERNEL, BIAS}


def test_a_running_fit_commits_when_arrays_are_read_and_is_told_of_changes():
    store = built(Dense(2)).weights_store
    store.note_change()  # nobody to tell
    store.session = fit = Fit()
    _ = store.arrays
    assert (fit.commits, fit.changed) == (1, False)
    store.note_change()
    assert (fit.commits, fit.changed) == (2, True)
    store.session = fit = Fit()
    store.replace({BIAS: np.ones(2)})
    assert fit.changed and fit.commits >= 1


def test_a_weight_is_always_the_same_variable():
    dense = built(Dense(2, kernel_constraint="unit_norm"))
    kernel = dense.weights_store.variable(KERNEL)
    assert kernel is dense.weights_store.variable(KERNEL) is dense.kernel
    assert (kernel.label, kernel.shape, kernel.path) == ("kernel", (3, 2), KERNEL)
    assert kernel.trainable and kernel.constraint is not None and kernel.owner is dense
    normalization = built(BatchNormalization())
    mean = normalization.weights_store.variable(("batch_stats", "moving_mean"))
    assert not mean.trainable and mean.name == "batch_normalization_1/moving_mean:0"


def variable(name):
    return Variable.holding(name, np.ones(2, "float32"))


def test_labels_of_declared_variables_are_unique():
    store = Layer().weights_store
    assert store.next_label() == "weight_1"
    first = variable("a")
    store.declare(first)
    assert store.next_label() == "weight_2" and store.declared == [first]
    with pytest.raises(ValueError, match="'layer_1' already has a weight named 'a'"):
        store.declare(variable("a"))


def test_adopted_variables_get_other_labels_where_theirs_are_taken():
    layer = Layer()
    store, first, second = layer.weights_store, variable("a"), variable("a")
    store.adopt([first, second, first], trainable=False)
    assert [v.label for v in store.declared] == ["a", "weight_2"]
    assert first.owner is layer and not first.trainable
    assert store.variable(("batch_stats", "a")) is first


class Block(linen.Module):
    @linen.compact
    def __call__(self, x, scale=1.0):
        self.sow("losses", "penalty", jnp.sum(x))
        bias = self.param("bias", lambda key: jnp.full((3,), float(x.shape[-1]) * scale))
        return linen.Dense(3)(x) + bias


def test_a_flax_module_makes_its_weights_on_an_input_like_that_of_the_call():
    layer = FlaxLayer(Block())
    layer(Input((None, 4)), scale=2.0)
    arrays = layer.weights_store.arrays
    assert set(arrays) == {
        ("params", "bias"),
        ("params", "Dense_0", "kernel"),
        ("params", "Dense_0", "bias"),
    }
    assert arrays[("params", "bias")].tolist() == [8, 8, 8]
    assert layer.weights_store.arguments[1] == {"scale": 2.0}


def test_put_replaces_weights_of_several_layers():
    a, b = built(Dense(2)), built(Dense(1))
    put([((a, BIAS), np.ones(2)), ((b, BIAS), np.full(1, 3.0)), ((a, KERNEL), np.ones((3, 2)))])
    assert a.get_weights()[0].tolist() == [[1, 1]] * 3 and a.get_weights()[1].tolist() == [1, 1]
    assert b.get_weights()[1].tolist() == [3]


def test_the_first_to_ask_for_weights_may_be_a_function_that_is_traced():
    dense = Dense(2)
    dense(Input((3,)))
    read = jax.jit(lambda x: x + dense.weights_store.arrays[KERNEL].sum())
    assert read(1.0) == pytest.approx(1 + dense.get_weights()[0].sum(), rel=1e-5)
