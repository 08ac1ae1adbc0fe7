"""Models as graphs, and filters and feature maps as pictures."""

import shutil

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.layers import LSTM, Add, Concatenate, Conv2D, Dense, Flatten, Input, TimeDistributed
from jaxcnn.models import Model, Sequential
from jaxcnn.visualization import features, model_to_dot, plot_feature_maps, plot_filters, plot_model

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
    with Image.open(tmp_path / "model.png") as picture:
        assert picture.format == "PNG" and min(picture.size) > 50
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
    with pytest.raises(ImportError, match=r'pip install "jaxcnn\[plot\]"'):
        model_to_dot(branches)


@pytest.fixture
def grids(monkeypatch):
    """What is drawn, instead of drawing it."""
    drawn = []
    monkeypatch.setattr(
        features,
        "image_grid",
        lambda images, path, title: drawn.append((np.asarray(images), title)),
    )
    return drawn


def pictures_model():
    return Sequential(
        [
            Conv2D(6, 3, input_shape=(8, 8, 3), name="first"),
            Conv2D(4, 3, name="second"),
            Flatten(),
            Dense(2, name="out"),
        ]
    )


def test_filters(grids):
    model = pictures_model()
    first, second = (model.get_layer(name) for name in ("first", "second"))
    plot_filters(first, "unused.png")
    plot_filters(first, "unused.png", channel=2, count=4)
    plot_filters(second, "unused.png")
    colour, single, mean = (images for images, _ in grids)
    assert (colour.shape, single.shape, mean.shape) == ((6, 3, 3, 3), (4, 3, 3), (4, 3, 3))
    assert colour.min() == 0 and colour.max() == 1
    kernel = first.get_weights()[0]
    np.testing.assert_allclose(
        single[1], (kernel[..., 2, 1] - kernel[..., 2, 1].min()) / np.ptp(kernel[..., 2, 1])
    )
    with pytest.raises(ValueError, match="layer 'first' has 3"):
        plot_filters(first, "unused.png", channel=3)
    with pytest.raises(ValueError, match="layer 'out' has none"):
        plot_filters(model.get_layer("out"), "unused.png")
    config.set_image_data_format("channels_first")
    plot_filters(first, "unused.png")
    assert grids[-1][0].shape == (6, 3, 3, 3)


def test_feature_maps(grids, tmp_path):
    model = pictures_model()
    x = np.random.default_rng(0).random((8, 8, 3), np.float32)
    plot_feature_maps(model, x, "second", "unused.png", count=3)
    maps, title = grids[0]
    assert (maps.shape, title) == ((3, 4, 4), "second: 4 channels")
    expected = np.asarray(model.get_layer("second")(model.get_layer("first")(x[None])))[0, ..., 1]
    np.testing.assert_allclose(maps[1], (expected - expected.min()) / np.ptp(expected), atol=1e-5)
    plot_feature_maps(model, x[None], 0, "unused.png")
    assert grids[1][0].shape == (6, 6, 6)
    with pytest.raises(ValueError, match=r"layer 'out' gives \(2,\)"):
        plot_feature_maps(model, x, "out", "unused.png")
    with pytest.raises(ValueError, match="one sample"):
        plot_feature_maps(model, np.stack([x, x]), 0, "unused.png")


def test_a_grid_of_filters_is_a_picture(tmp_path):
    path = plot_filters(pictures_model().get_layer("first"), tmp_path / "filters.png")
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.size[0] > 100
