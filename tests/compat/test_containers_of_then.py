"""What models tell of their graphs, with the types and values of the real Keras 1.2.2 and 2.0.4."""

import h5py
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking


@pytest.fixture(params=["1.2", "2.0"])
def keras(request):
    with speaking(request.param):
        yield request.param


def two_sides():
    a, b = L.Input((4,), name="a"), L.Input((4,), name="b")
    dense = L.Dense(3, name="d")
    both = L.concatenate([dense(a), dense(b)], name="m")
    outputs = [L.Dense(2, name="o1")(L.Dropout(0.5, name="dr")(both)), L.Dense(2, name="o2")(both)]
    return Model([a, b], outputs, name="net")


def test_calls_by_depth(keras):
    model = two_sides()
    depths = {
        depth: sorted(node.outbound_layer.name for node in nodes)
        for depth, nodes in model.nodes_by_depth.items()
    }
    assert depths == {4: ["a", "b"], 3: ["d", "d"], 2: ["m"], 1: ["dr"], 0: ["o1", "o2"]}
    calls = ["a_ib-0", "b_ib-0", "d_ib-0", "d_ib-1", "dr_ib-0", "m_ib-0", "o1_ib-0", "o2_ib-0"]
    assert model.container_nodes == set(calls)
    assert model.internal_input_shapes == [(None, 4), (None, 4)]
    assert model.internal_output_shapes == [(None, 2), (None, 2)]


def test_the_graph_on_other_inputs(keras):
    model, inputs = two_sides(), [L.Input((4,)), L.Input((4,))]
    outputs, masks, shapes = model.run_internal_graph(inputs)
    assert [tuple(o.shape) for o in outputs] == shapes == [(None, 2), (None, 2)]
    assert masks == [None, None]
    copy = Model(inputs, model.call(inputs))
    x = [np.ones((3, 4)), np.zeros((3, 4))]
    for expected, given in zip(model.predict(x), copy.predict(x), strict=True):
        np.testing.assert_allclose(given, expected, atol=1e-6)


def test_masks_go_through_the_graph_on_other_inputs(keras):
    a, b = L.Input((4,)), L.Input((4,))
    masked = L.Masking()(L.Reshape((2, 2))(a))
    model = Model(a, L.LSTM(3, return_sequences=True)(masked))
    output, mask, shape = model.run_internal_graph(b, [None])
    assert (tuple(output.shape), tuple(mask.shape), shape) == (
        (None, 2, 3),
        (None, 2),
        (None, 2, 3),
    )
    with pytest.raises(NotImplementedError, match="put a Masking layer"):
        model.run_internal_graph(b, [mask])


def test_only_a_compiled_model_has_a_loss(keras):
    model = two_sides()
    for name in ("total_loss", "metrics_names", "loss_functions", "_feed_targets", "targets"):
        assert not hasattr(model, name)
    model.compile("sgd", "mse")
    assert model.metrics_names == ["loss", "o1_loss", "o2_loss"]
    assert hasattr(model, "total_loss")


def test_penalties_are_losses(keras):
    layer = L.Dense(3, kernel_regularizer="l2", input_dim=2)
    model = Sequential([layer])
    assert len(model.losses) == 1
    if keras == "1.2":
        assert model.regularizers == layer.regularizers == []
    else:
        assert not hasattr(model, "regularizers") and not hasattr(layer, "regularizers")


def test_what_is_kept_inside_says_what_to_write(keras):
    with pytest.raises(AttributeError, match="write model"):
        _ = two_sides()._output_mask_cache


def test_models_of_keras_1_read_groups_of_files(tmp_path):
    with speaking("1.2"):
        model = Sequential([L.Dense(2, input_dim=3, name="first"), L.Dense(1)])
        before = model.get_weights()
        with h5py.File(tmp_path / "w.h5", "w") as file:
            model.save_weights_to_hdf5_group(file)
            names = [text.decode() for text in file["first"].attrs["weight_names"]]
            assert names == ["first_W:0", "first_b:0"]
            for load in (
                model.load_weights_from_hdf5_group,
                model.load_weights_from_hdf5_group_by_name,
            ):
                model.set_weights([0 * w for w in before])
                load(file)
                for value, expected in zip(model.get_weights(), before, strict=True):
                    np.testing.assert_array_equal(value, expected)


def test_a_layer_within_build_knows_what_it_is_built_for(keras):
    """`input_spec` is a list in 1.2.2, with the whole shape where it is known."""
    told = []

    class Attentive(L.LSTM):
        def build(self, input_shape):
            super().build(input_shape)
            told.append(self.input_spec[0].shape)

    Sequential([Attentive(3, input_shape=(5, 4))])
    assert told[0] == ((None, 5, 4) if keras == "1.2" else (None, None, 4))
    layer = L.BatchNormalization()
    Sequential([L.Dense(3, input_dim=2), layer])
    if keras == "1.2":
        assert [spec.shape for spec in layer.input_spec] == [(None, 3)]
    else:
        assert layer.input_spec.axes == {-1: 3}


def nested():
    inner = Sequential(
        [L.Dense(3, input_dim=2, name="d"), L.BatchNormalization(name="e"), L.Dense(1, name="f")]
    )
    return inner, Sequential([L.Dense(2, input_dim=2, name="a"), inner])


def names_of(weights):
    return [weight.name.split("_")[0].split("/")[0] for weight in weights]


def test_weights_are_listed_as_they_are_frozen(keras):
    inner, model = nested()
    statistics = ["e", "e"]
    assert names_of(model.weights) == [*"aaddeeff", *statistics]
    inner.trainable = False
    assert names_of(model.weights) == [*"aaddeeff", *statistics]
    inner.trainable, model.layers[0].trainable = True, False
    assert names_of(model.weights) == [*"ddeeffaa", *statistics]
    assert names_of(model.non_trainable_weights) == [*"aa", *statistics]


def test_values_of_a_stack_in_keras_1_come_layer_by_layer():
    with speaking("1.2"):
        model = nested()[1]
        shapes = [(2, 2), (2,), (2, 3), (3,), (3,), (3,), (3,), (3,), (3, 1), (1,)]
        assert [w.shape for w in model.get_weights()] == shapes
        model.set_weights([np.full(shape, i) for i, shape in enumerate(shapes)])
        assert model.layers[1].layers[2].get_weights()[1].tolist() == [9]
        with pytest.raises(ValueError, match="expecting 10 weights"):
            model.set_weights(model.get_weights()[:2])


def test_an_input_is_a_placeholder_by_name(keras):
    assert L.Input((3,), name="image").name == "image:0"
