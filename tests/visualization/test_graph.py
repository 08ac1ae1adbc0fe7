"""Models drawn as graphs: boxes, arrows, shapes and nested models."""

import shutil

import pytest
from PIL import Image

from jaxcnn.layers import LSTM, Add, Concatenate, Dense, Input, TimeDistributed
from jaxcnn.models import Model, Sequential
from jaxcnn.visualization import model_to_dot, plot_model

needs_graphviz = pytest.mark.skipif(
    shutil.which("dot") is None, reason="the program dot of Graphviz is not installed"
)


@pytest.fixture
def branches():
    a, b = Input((4,), name="a"), Input((3,), name="b")
    shared = Dense(5, name="shared")
    left = shared(a)
    right = Dense(5, name="right")(b)
    return Model(
        [a, b], Concatenate(name="both")([Add(name="sum")([left, right]), left]), name="branches"
    )


def boxes(dot):
    return {
        node.get_name(): node.get_label().strip('"')
        for node in dot.get_nodes()
        if node.get_name() != "node"
    }


def arrows(dot):
    names = boxes(dot)
    for frame in dot.get_subgraphs():
        names |= boxes(frame)
    edges = [
        *dot.get_edges(),
        *(edge for frame in dot.get_subgraphs() for edge in frame.get_edges()),
    ]
    return {(names[edge.get_source()], names[edge.get_destination()]) for edge in edges}


def test_boxes_and_arrows(branches):
    dot = model_to_dot(branches)
    assert arrows(dot) == {
        ("a: InputLayer", "shared: Dense"),
        ("b: InputLayer", "right: Dense"),
        ("shared: Dense", "sum: Add"),
        ("right: Dense", "sum: Add"),
        ("sum: Add", "both: Concatenate"),
        ("shared: Dense", "both: Concatenate"),
    }
    assert dot.get_rankdir() == "TB"


def test_options(branches):
    dot = model_to_dot(branches, show_shapes=True, show_layer_names=False, rankdir="LR", dpi=50)
    labels = boxes(dot).values()
    assert "Dense|{input:|output:}|{{(None, 4)}|{(None, 5)}}" in labels
    assert "Concatenate|{input:|output:}|{{[(None, 5), (None, 5)]}|{(None, 10)}}" in labels
    assert (dot.get_rankdir(), dot.get_dpi()) == ("LR", "50")
    with pytest.raises(ValueError, match="`rankdir` is 'UP'; known are TB"):
        model_to_dot(branches, rankdir="UP")


def test_a_stack_shows_its_input_and_a_wrapper_what_it_wraps():
    model = Sequential(
        [TimeDistributed(Dense(2, name="inner"), input_shape=(3, 4), name="steps"), LSTM(2)]
    )
    assert ("steps_input: InputLayer", "steps(inner): TimeDistributed(Dense)") in arrows(
        model_to_dot(model)
    )
    with pytest.raises(ValueError, match="build it first"):
        model_to_dot(Sequential([Dense(2)]))


def test_nested_models_closed_and_open(branches):
    x, y = Input((4,), name="x"), Input((3,), name="y")
    outer = Model([x, y], Dense(1, name="head")(branches([x, y])))
    assert ("x: InputLayer", "branches: Model") in arrows(model_to_dot(outer))
    opened = arrows(model_to_dot(outer, expand_nested=True))
    assert {("x: InputLayer", "a: InputLayer"), ("y: InputLayer", "b: InputLayer")} <= opened
    assert {("shared: Dense", "sum: Add"), ("both: Concatenate", "head: Dense")} <= opened


@needs_graphviz
def test_files(branches, tmp_path):
    plot_model(branches, to_file=str(tmp_path / "model.png"), show_shapes=True)
    with Image.open(tmp_path / "model.png") as image:
        assert image.format == "PNG" and min(image.size) > 50
    assert b"<svg" in model_to_dot(branches).create(prog="dot", format="svg")
    plot_model(branches, tmp_path / "model.svg")
    assert "both: Concatenate" in (tmp_path / "model.svg").read_text()
    with pytest.raises(ValueError, match="format 'nosuch'"):
        plot_model(branches, tmp_path / "model.nosuch")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.png", "model.svg"]


def test_without_graphviz_and_without_pydot(branches, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImportError, match="apt install graphviz"):
        plot_model(branches, tmp_path / "model.png")
    assert "sum: Add" in plot_model(branches, tmp_path / "model.dot").read_text()
    monkeypatch.setitem(__import__("sys").modules, "pydot", None)
    with pytest.raises(ImportError, match="pip install pydot"):
        model_to_dot(branches)
