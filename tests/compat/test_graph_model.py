"""The Graph of Keras 0.3; all numbers are those of the real 0.3.3 on Theano."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from jaxcnn.compat.graph_model import Graph, model_from_json
from jaxcnn.layers import LSTM, Dense, Dropout, Embedding
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

A = np.linspace(-1, 1, 24).reshape(8, 3).astype("float32")
B = np.linspace(1, 0, 16).reshape(8, 2).astype("float32")
Y = np.linspace(0, 1, 8).reshape(8, 1).astype("float32")
DATA = {"a": A, "b": B, "out": Y, "both": np.hstack([B, B])}


@pytest.fixture(autouse=True)
def keras():
    with speaking("0.3"):
        yield


def filled(model):
    """The model with weights that rise from -0.5 to 0.5."""
    shapes = [weight.shape for weight in model.get_weights()]
    values = [np.linspace(-0.5, 0.5, np.prod(shape)).reshape(shape) for shape in shapes]
    model.set_weights([value.astype("float32") for value in values])
    return model


def two_outputs():
    graph = Graph()
    graph.add_input(name="a", input_shape=(3,))
    graph.add_input(name="b", input_shape=(2,))
    graph.add_node(Dense(2, activation="tanh"), name="left", input="a")
    graph.add_node(Dense(2), name="right", input="b")
    graph.add_node(Dense(1), name="top", inputs=["left", "right"], merge_mode="sum")
    graph.add_output(name="out", input="top")
    graph.add_output(name="both", inputs=["left", "right"], merge_mode="concat")
    return filled(graph)


def compiled():
    graph = two_outputs()
    graph.compile(SGD(lr=0.1), {"out": "mse", "both": "mae"}, loss_weights={"both": 0.5})
    return graph


def portions():
    while True:
        for i in (0, 4):
            yield {name: values[i : i + 4] for name, values in DATA.items()}


def test_predictions_are_by_name():
    values = compiled().predict({"a": A, "b": B})
    expected = [0.54351, 0.57176, 0.59678, 0.61799, 0.63497, 0.64746, 0.6553, 0.65849]
    assert list(values) == ["out", "both"] and values["both"].shape == (8, 4)
    assert_allclose(values["out"].ravel(), expected, atol=2e-5)


def test_training():
    graph = compiled()
    history = graph.fit(
        DATA, batch_size=4, nb_epoch=3, shuffle=False, verbose=0, validation_split=0.25
    ).history
    assert sorted(history) == ["loss", "val_loss"]
    assert_allclose(history["loss"], [0.48844, 0.39724, 0.36832], atol=2e-5)
    assert graph.evaluate(DATA) == pytest.approx(0.345474, abs=2e-5)
    assert_allclose(graph.get_weights()[-1], [-0.49339], atol=2e-5)
    assert_allclose(graph.train_on_batch(DATA), [0.34547], atol=2e-5)
    assert_allclose(graph.test_on_batch(DATA), [0.33649], atol=2e-5)
    history = graph.fit_generator(portions(), 8, 2, verbose=0).history
    assert_allclose(history["loss"], [0.34837, 0.32891], atol=2e-5)
    assert graph.evaluate_generator(portions(), 8) == pytest.approx(0.3064, abs=2e-5)


def test_accuracy_of_one_output():
    graph = Graph()
    graph.add_input(name="a", input_shape=(3,))
    node = Dense(2, activation="softmax")
    graph.add_node(node, name="c", input="a", create_output=True)
    graph.compile("sgd", {"c": "categorical_crossentropy"})
    filled(graph)
    data = {"a": A, "c": np.eye(2)[[0, 0, 0, 1, 1, 1, 0, 1]]}
    history = graph.fit(
        data,
        batch_size=4,
        nb_epoch=1,
        shuffle=False,
        verbose=0,
        show_accuracy=True,
        sample_weight={"c": np.linspace(0, 1, 8)},
    ).history
    assert_allclose([history["loss"], history["acc"]], [[0.34411], [0.5]], atol=2e-5)
    assert_allclose(graph.evaluate(data, show_accuracy=True), [0.72763, 0.5], atol=2e-5)
    assert graph.evaluate(data) == pytest.approx(0.72763, abs=2e-5)
    with pytest.raises(ValueError, match="exactly one output"):
        compiled().evaluate(DATA, show_accuracy=True)


def test_class_weights_are_left_out_of_fit():
    plain = compiled().fit(DATA, nb_epoch=1, shuffle=False, verbose=0)
    with pytest.warns(UserWarning, match="leaves `class_weight` out"):
        weighted = compiled().fit(
            DATA, nb_epoch=1, shuffle=False, verbose=0, class_weight={"both": {0: 5.0, 1: 2.0}}
        )
    assert plain.history == weighted.history


def test_a_shared_node():
    graph = Graph()
    graph.add_input(name="a", input_shape=(2,))
    graph.add_input(name="b", input_shape=(2,))
    graph.add_shared_node(
        Dense(2, activation="tanh"), name="s", inputs=["a", "b"], outputs=["l", "r"]
    )
    graph.add_node(Dense(1), name="t", inputs=["l", "r"], merge_mode="mul", create_output=True)
    graph.compile("sgd", {"t": "mse"})
    assert graph.count_params() == 9
    values = filled(graph).predict({"a": A[:, :2], "b": B})["t"].ravel()
    expected = [-0.4832, -0.48577, -0.48861, -0.49161, -0.4947, -0.49778, -0.50078, -0.50365]
    assert_allclose(values, expected, atol=2e-5)


def test_sequences():
    graph = Graph()
    graph.add_input(name="i", input_shape=(6,), dtype="int")
    graph.add_node(Embedding(10, 4, input_length=6), name="e", input="i")
    graph.add_node(LSTM(3), name="f", input="e")
    graph.add_node(LSTM(3, go_backwards=True), name="b", input="e")
    graph.add_node(Dropout(0.5), name="d", inputs=["f", "b"])
    graph.add_node(Dense(1, activation="sigmoid"), name="s", input="d")
    graph.add_output(name="out", input="s")
    graph.compile("adam", {"out": "binary_crossentropy"})
    x = np.arange(24).reshape(4, 6) % 10
    history = graph.fit({"i": x, "out": [0, 1, 1, 0]}, nb_epoch=1, verbose=0)
    assert list(history.history) == ["loss"]
    assert graph.predict({"i": x})["out"].shape == (4, 1)


def test_what_a_graph_tells():
    graph = compiled()
    assert [*graph.nodes] == ["left", "right", "top"]
    assert graph.input_order == ["a", "b"] and graph.output_order == ["out", "both"]
    assert (graph.nb_input, graph.nb_output) == (2, 2)
    assert graph.input_shape == {"a": (None, 3), "b": (None, 2)}
    assert graph.output_shape == {"out": (None, 1), "both": (None, 4)}
    assert [w.shape for w in graph.get_weights()] == [(3, 2), (2,), (2, 2), (2,), (2, 1), (1,)]
    assert graph.nodes["left"].output_shape == (None, 2) and graph.optimizer.lr == 0.1


def test_weights_and_descriptions_in_files(tmp_path):
    graph = compiled()
    graph.save_weights(tmp_path / "w.h5")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        graph.save_weights(tmp_path / "w.h5")
    again = model_from_json(graph.to_json())
    again.load_weights(tmp_path / "w.h5")
    for name, values in again.predict({"a": A, "b": B}).items():
        assert_allclose(values, graph.predict({"a": A, "b": B})[name])


def test_a_description_in_the_words_of_0_3_keeps_what_it_says():
    graph = two_outputs()
    graph.nodes["left"].trainable = False
    config = graph.get_config()
    penalty = {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}  # as 0.3.3 writes it
    config["nodes"]["right"]["W_regularizer"] = penalty
    again = model_from_json(json.dumps(config))
    assert not again.nodes["left"].trainable and again.nodes["top"].trainable
    assert again.nodes["right"].kernel_regularizer.get_config()["l2"] == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda g: g.add_node(Dense(1), name="a", input="b"), "Duplicate node identifier: a"),
        (lambda g: g.add_node(Dense(1), name="n", input="z"), "Unknown .* identifier: z. Known"),
        (lambda g: g.add_node(Dense(1), name="n"), "needs an `input`"),
        (lambda g: g.add_output("out", input="top"), "Duplicate output identifier"),
        (lambda g: g.compile("sgd", {"out": "mse"}), "no loss is given for the output 'both'"),
        (lambda g: g.predict({"a": A}), "'b'"),
        (lambda g: g.fit({"a": A, "b": B, "out": Y}), "nothing for 'both'"),
    ],
)
def test_what_is_wrong_is_said(wrong, message):
    with pytest.raises((ValueError, KeyError), match=message):
        wrong(compiled())
