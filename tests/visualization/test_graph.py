"""Models drawn as graphs: boxes, arrows, shapes and nested models."""

import itertools
import shutil

import numpy as np
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
    plot_model(branches, tmp_path / "model.png")
    with Image.open(tmp_path / "model.png") as image:
        assert image.format == "PNG" and min(image.size) > 50
    with pytest.raises(ValueError, match="nosuch"):
        plot_model(branches, tmp_path / "model.nosuch")
    assert "sum: Add" in plot_model(branches, tmp_path / "model.dot").read_text()
    monkeypatch.setitem(__import__("sys").modules, "pydot", None)
    with pytest.raises(ImportError, match="pip install pydot"):
        model_to_dot(branches)
    assert plot_model(branches, tmp_path / "model.svg").read_text().count("<svg") == 1


def test_the_figure_has_every_box_and_no_line_through_one(branches):
    figure = plot_model(branches, to_file=None, show_shapes=True)
    (axes,) = figure.axes
    texts = {text.get_text().split("\n")[0]: text for text in axes.texts if text.get_text()}
    assert set(texts) == {
        *("a: InputLayer", "b: InputLayer", "shared: Dense", "right: Dense"),
        *("sum: Add", "both: Concatenate"),
    }
    assert "in: (None, 4)\nout: (None, 5)" in texts["shared: Dense"].get_text()
    heights = [texts[n].get_position()[1] for n in ("a: InputLayer", "shared: Dense", "sum: Add")]
    assert heights == sorted(heights)
    boxes = [patch.get_bbox() for patch in axes.patches]
    assert not any(
        box.x0 < x < box.x1 and box.y0 < y < box.y1
        for line in axes.lines
        for (x0, y0), (x1, y1) in itertools.pairwise(line.get_xydata())
        for x, y in zip(np.linspace(x0, x1, 99), np.linspace(y0, y1, 99), strict=True)
        for box in boxes
    )
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_the_boxes_of_a_model_inside_have_its_name(branches):
    x, y = Input((4,), name="x"), Input((3,), name="y")
    outer = Model([x, y], Dense(1, name="head")(branches([x, y])))
    figure = plot_model(outer, to_file=None, expand_nested=True, rankdir="RL")
    places = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    assert "branches/sum: Add" in places
    assert places["x: InputLayer"][0] < places["head: Dense"][0]
    assert figure.axes[0].xaxis_inverted()
