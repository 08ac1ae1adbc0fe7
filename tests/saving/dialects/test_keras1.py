"""Layers of Keras 1: classes, words and merges."""

import pytest

from jaxcnn.saving.dialects.keras1 import from_keras1, merge_layer
from jaxcnn.spellings.merging import merging


def test_later_versions_pass_unchanged():
    settings = {"name": "a", "units": 3, "input_dim": 2}
    assert from_keras1("Dense", settings) == ("Dense", settings)
    assert from_keras1("Other", {"x": 1}) == ("Other", {"x": 1})


def test_a_class_of_another_name_and_its_words():
    name, arguments = from_keras1(
        "Convolution2D",
        {
            "name": "c",
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 2,
            "border_mode": "same",
            "dim_ordering": "th",
            "input_dtype": "float32",
            "bias": False,
        },
    )
    assert name == "Conv2D"
    assert arguments == {
        "name": "c",
        "filters": 4,
        "kernel_size": (3, 2),
        "padding": "same",
        "data_format": "channels_first",
        "dtype": "float32",
        "use_bias": False,
    }


def test_sizes_of_the_input_go_but_for_an_embedding():
    _, dense = from_keras1("Dense", {"output_dim": 3, "input_dim": 2, "input_length": 4})
    assert dense == {"units": 3}
    _, embedding = from_keras1("Embedding", {"input_dim": 5, "output_dim": 2, "init": "uniform"})
    assert embedding["input_dim"] == 5 and embedding["output_dim"] == 2


def test_the_output_shape_of_a_deconvolution_goes():
    name, arguments = from_keras1(
        "Deconvolution2D", {"nb_filter": 1, "nb_row": 2, "nb_col": 2, "output_shape": [None, 4]}
    )
    assert name == "Conv2DTranspose" and "output_shape" not in arguments
    name, arguments = from_keras1("Lambda", {"output_shape": [3]})
    assert arguments == {"output_shape": [3]}


def test_four_sides_of_padding():
    name, arguments = from_keras1("ZeroPadding2D", {"padding": [1, 2, 3, 4], "dim_ordering": "tf"})
    assert name == "ZeroPadding2D" and arguments["padding"] == ((1, 2), (3, 4))
    _, arguments = from_keras1("ZeroPadding2D", {"padding": [1, 2], "dim_ordering": "tf"})
    assert list(arguments["padding"]) == [1, 2]


def test_a_dense_over_time_is_a_wrapped_dense():
    settings = {
        "name": "t",
        "trainable": False,
        "batch_input_shape": [None, 5, 4],
        "input_dtype": "float32",
        "output_dim": 3,
    }
    assert from_keras1("TimeDistributedDense", settings) == (
        "TimeDistributed",
        {
            "name": "t",
            "trainable": False,
            "batch_input_shape": [None, 5, 4],
            "dtype": "float32",
            "layer": {"class_name": "Dense", "config": {"units": 3, "name": "t_dense"}},
        },
    )


def test_removed_classes_and_words_are_refused_by_name():
    with pytest.raises(ValueError, match=r"Layer 'r' \(Recurrent\).*removed from Keras: "):
        from_keras1("Recurrent", {"name": "r"})
    assert from_keras1("SReLU", {"name": "s"})[0] == "SReLU"
    assert (
        from_keras1("BatchNormalization", {"name": "b", "mode": 2})[0]
        == "BatchNormalizationOfBatches"
    )
    name, arguments = from_keras1("BatchNormalization", {"name": "b", "mode": 0})
    assert (name, arguments) == ("BatchNormalization", {"name": "b"})


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("Add", {})),
        ({"mode": "mul", "name": "m"}, ("Multiply", {"name": "m"})),
        ({"mode": "concat", "concat_axis": 2}, ("Concatenate", {"axis": 2})),
        ({"mode": "concat"}, ("Concatenate", {"axis": -1})),
        ({"mode": "dot", "dot_axes": [[1], [2]]}, ("Dot", {"axes": (1, 2)})),
        ({"mode": "dot", "dot_axes": [1, 2]}, ("Dot", {"axes": (1, 2)})),
        ({"mode": "cos"}, ("Dot", {"axes": -1, "normalize": True})),
    ],
)
def test_merges(settings, expected):
    assert merge_layer(settings) == expected
    assert from_keras1("Merge", settings) == expected


def test_modes_of_merging():
    assert merging("ave") == ("average", "Average", {})
    assert merging("max") == ("maximum", "Maximum", {})
    assert merging("dot") == ("dot", "Dot", {"axes": -1})
    with pytest.raises(ValueError, match="'odd'; known are sum, mul, ave, max, concat, dot, cos"):
        merging("odd")


def test_a_dropout_of_an_embedding_stays_one_of_words():
    settings = {"name": "e", "input_dim": 5, "output_dim": 2, "init": "one", "dropout": 0.2}
    name, arguments = from_keras1("Embedding", settings)
    assert name == "EmbeddingWithDropout" and arguments["dropout"] == 0.2
    assert arguments["embeddings_initializer"] == "one"
    name, arguments = from_keras1("Embedding", {**settings, "dropout": 0.0})
    assert name == "Embedding" and "dropout" not in arguments
