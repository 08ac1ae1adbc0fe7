"""Layers that users write."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model, Sequential
from jaxcnn.layers import Dense, Input, Layer, Masking
from jaxcnn.layers.user_layer import bound_module, holds_variable, traced_values
from jaxcnn.layers.variable import Variable


class Scale(Layer):
    """x * scale + every bias, with weights kept in an attribute, a list and a dict."""

    builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.input_seen = input_shape
        width = input_shape[-1]
        self.scale = self.add_weight(
            "scale", (width,), "ones", regularizer="l2", constraint="non_neg"
        )
        self.biases = [self.add_weight(shape=(width,), initializer="zeros") for _ in range(2)]
        self.named = {"more": (self.add_weight("more", (width,), "ones", trainable=False),)}

    def call(self, inputs, training=None):
        self.mode = training
        return inputs * self.scale + sum(self.biases) + self.named["more"][0]


def test_weights_are_declared_in_build_and_used_in_call():
    layer, x = Scale(), Input((3,))
    assert layer(x).shape == (None, 3)
    layer(x)
    assert layer.builds == 1 and layer.input_seen == (None, 3)
    assert [v.label for v in layer.weights] == ["scale", "weight_2", "weight_3", "more"]
    assert [v.label for v in layer.trainable_weights] == ["scale", "weight_2", "weight_3"]
    scale = layer.weights[0]
    assert layer.scale is scale  # as it was, after the trace
    assert scale.regularizer is not None and list(layer.weight_constraints()) == [("scale",)]
    layer.set_weights([[2, 2, 2], [1, 1, 1], [3, 3, 3], [10, 10, 10]])
    assert layer(jnp.ones((1, 3))).tolist() == [[16, 16, 16]]
    assert layer.module.apply(layer.variables, jnp.ones((1, 3))).tolist() == [[16] * 3]


def test_the_penalty_of_a_weight_is_among_the_losses():
    layer = Scale()
    layer(Input((2,)))
    _, changed = layer.module.apply(layer.variables, jnp.ones((1, 2)), mutable=["losses"])
    assert jax.tree.leaves(changed["losses"])[0] == pytest.approx(0.02)


def test_the_mode_is_handed_to_call():
    layer = Scale()
    layer(np.ones((1, 2), "float32"))
    assert layer.mode is False
    layer(np.ones((1, 2), "float32"), training=True)
    assert layer.mode is True


def test_an_unfinished_layer():
    with pytest.raises(NotImplementedError, match="Layer must define call"):
        Layer()(Input((3,)))


def test_arguments_of_add_weight():
    layer = Layer()
    first = layer.add_weight((2, 3), "zeros", "first")  # Keras 1 order
    assert (first.label, first.shape, first.dtype) == ("first", (2, 3), np.float32)
    assert layer.add_weight([2]).label == "weight_2"
    assert layer.add_weight("int", (2,), "zeros", dtype="int32").dtype == np.int32
    for shape in (None, "glorot_uniform"):
        with pytest.raises(ValueError, match="'layer_1': add_weight needs a `shape`"):
            layer.add_weight("w", shape)
    with pytest.raises(ValueError, match="already has a weight named 'first'"):
        layer.add_weight("first", (1,))


class Counting(Layer):
    """Counts calls in training mode, in one of three ways."""

    def __init__(self, way):
        super().__init__(name="counting")
        self.way = way

    def build(self, input_shape):
        self.seen = self.add_weight("seen", (), "zeros", trainable=False)
        self.moved = self.add_weight("moved", (), "zeros")

    def call(self, inputs):
        pair = (self.seen, self.seen + 1.0)
        if self.way == "one":
            self.add_update(pair)
        elif self.way == "list":
            self.add_update([pair])
        elif self.way == "set":
            self.updates = [pair]
        elif self.way == "append":
            self.updates.append(pair)
        else:
            self.add_update((self.moved, self.seen))
        return inputs * 1.0


@pytest.mark.parametrize("way", ["one", "list", "set", "append"])
def test_updates_are_carried_out_in_training_mode(way):
    layer = Counting(way)
    x = np.ones((1, 2), "float32")
    layer(x)
    assert layer.seen.value == 0
    for _ in range(2):
        layer(x, training=True)
    assert layer.seen.value == 2
    assert layer.updates == []


def test_trained_weights_cannot_be_updated():
    with pytest.raises(ValueError, match=r"add_update takes \(a weight made with trainable=False"):
        Counting("wrong")(Input((2,)))


def test_updates_of_build_are_repeated_in_each_call():
    class Early(Counting):
        def build(self, input_shape):
            super().build(input_shape)
            self.add_update((self.seen, 7.0))

        def call(self, inputs):
            return inputs * 1.0

    layer = Early("")
    layer(np.ones((1, 2), "float32"), training=True)
    assert layer.seen.value == 7


class Penalised(Layer):
    def call(self, inputs):
        self.add_loss(jnp.sum(inputs))
        self.add_loss([jnp.array(1.0), jnp.array(2.0)])
        return inputs * 1.0


def test_losses_of_call():
    layer = Penalised()
    layer(Input((2,)))
    _, changed = layer.module.apply({}, jnp.ones((1, 2)), mutable=["losses"])
    assert sum(map(float, changed["losses"].values())) == 5 and len(changed["losses"]) == 3
    assert layer.additions.losses == []


class Stack(Layer):
    def __init__(self, **options):
        self.early = Dense(2, name="early")  # before the layer is initialised
        super().__init__(**options)
        self.late = Dense(4, name="late")
        self._hidden = Dense(9, name="hidden")

    def call(self, inputs):
        return self.late(self.early(inputs))


def test_layers_kept_as_attributes_are_part_of_the_layer():
    layer = Stack()
    assert list(layer.children) == ["early", "late"]
    assert layer(Input((3,))).shape == (None, 4)
    assert layer.count_params() == 8 + 12 and layer.late.built
    x = np.ones((1, 3), "float32")
    np.testing.assert_allclose(layer(x), layer.late(layer.early(x)), rtol=1e-6)
    assert bound_module(layer.early) is None


def test_layers_kept_by_derived_layers_are_not():
    dense = Dense(2)
    dense.other = Dense(3)
    assert dense.children == {}


class Masked(Layer):
    supports_masking = True

    def call(self, inputs, mask=None):
        return inputs if mask is None else inputs * mask[..., None]


class Ending(Layer):
    def call(self, inputs):
        return inputs

    def compute_mask(self, inputs, mask):
        return None


class Deaf(Layer):
    def call(self, inputs):
        return inputs


def test_masks_of_user_layers():
    masked = Masking()(Input((3, 2)))
    assert Masked()(masked).mask_shape == (None, 3) and Ending()(masked).mask_shape is None
    with pytest.raises(ValueError, match="does not support masking"):
        Deaf()(masked)
    source = Input((3, 2))
    model = Model(source, Masked()(Masking(2.0)(source)))
    x = np.array([[[1, 1], [2, 2], [3, 3]]], "float32")
    assert model.module.apply({}, x).tolist() == [[[1, 1], [0, 0], [3, 3]]]


def test_nothing_is_assumed_about_rows():
    assert Deaf().module.mixes_rows
    assert not Deaf().module.supports_masking and Masked().module.supports_masking


def test_older_layers_list_their_variables():
    class Old(Layer):
        def build(self, input_shape):
            self.w = Variable.holding("w", np.full(2, 3.0, "float32"))
            self.fixed = Variable.holding("w", np.full(2, 5.0, "float32"))
            self.trainable_weights = [self.w]
            self.non_trainable_weights = [self.fixed]
            self.built = True

        def call(self, inputs):
            return inputs * self.w + self.fixed

    layer = Old()
    assert layer(np.ones((1, 2), "float32")).tolist() == [[8, 8]]
    assert [v.label for v in layer.trainable_weights] == ["w"]
    assert [v.label for v in layer.non_trainable_weights] == ["weight_2"]


def test_attributes_have_their_variables_again_after_an_error():
    class Holder:
        pass

    holder, v = Holder(), Variable.holding("v", np.ones(2, "float32"))
    holder.one, holder.many, holder._hidden, holder.other = v, [v, 1], v, "text"
    with pytest.raises(KeyError), traced_values(holder, {id(v): "value"}):
        assert (holder.one, holder.many, holder.other) == ("value", ["value", 1], "text")
        assert holder._hidden is v
        raise KeyError
    assert holder.one is v and holder.many[0] is v


def test_holds_variable():
    v = Variable.holding("v", np.ones(2, "float32"))
    assert holds_variable(v) and holds_variable([1, (v,)]) and holds_variable({"a": {"b": v}})
    assert (
        not holds_variable([1, "a"])
        and not holds_variable({"a": 1})
        and not holds_variable(v.value)
    )


def test_a_user_layer_in_a_sequential_model_of_a_user_layer():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Sequential([Scale(name="a"), Dense(2, name="b")], name="inner")

        def call(self, inputs):
            return self.inner(inputs)

    layer = Outer()
    assert layer(Input((3,))).shape == (None, 2)
    assert layer.count_params() == 12 + 8


class Cell(Layer):
    state_size = 3

    def call(self, inputs):
        return inputs


def test_the_state_size_of_a_cell():
    assert Cell().module.state_size == 3
