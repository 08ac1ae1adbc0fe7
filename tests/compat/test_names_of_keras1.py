"""Names of layers and rows of the table as the real Keras 1.2.2 has them."""

import copy
import pickle

import pytest

import jaxcnn as jc
from jaxcnn.compat import legacy
from jaxcnn.compat.keras1 import AtrousConvolution2D, Merge, merge
from jaxcnn.layers import Activation, Conv2D, Dense, Flatten, Input, MaxPooling2D
from jaxcnn.layers.naming import fresh_names
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking

pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling")


def rows(model: jc.Model) -> list[str]:
    """The rows of the table with their white space made one."""
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return [" ".join(line.split()) for line in lines if line[0] not in "_="][1:-3]


def test_a_stack_that_begins_with_merged_models_lists_their_layers():
    with speaking("1.2"), fresh_names():
        first = Sequential([Dense(3, input_dim=4)])
        second = Sequential([Dense(3, input_dim=4), Activation("relu")])
        model = Sequential([Merge([first, second], mode="concat"), Dense(2)])
        assert rows(model) == [
            "dense_1 (Dense) (None, 3) 15 dense_input_1[0][0]",
            "dense_2 (Dense) (None, 3) 15 dense_input_2[0][0]",
            "activation_1 (Activation) (None, 3) 0 dense_2[0][0]",
            "dense_3 (Dense) (None, 2) 14 merge_1[0][0]",
        ]
        assert [layer.name for layer in model.layers] == ["merge_1", "dense_3"]
        assert [layer.name for layer in model.flattened_layers] == [
            "dense_1",
            "dense_2",
            "activation_1",
            "dense_3",
        ]
        model.compile("sgd", "mse")
        assert rows(model) == [
            "dense_1 (Dense) (None, 3) 15",
            "dense_2 (Dense) (None, 3) 15",
            "activation_1 (Activation) (None, 3) 0",
            "dense_3 (Dense) (None, 2) 14 merge_1[0][0]",
        ]
        outer = Sequential([model, Dense(1)])
        assert rows(outer)[0] == "sequential_3 (Sequential) (None, 2) 44 dense_input_1[0][0]"


def test_tensors_are_merged_by_layers_of_one_name():
    with speaking("1.2"), fresh_names():
        a, b = Input((4,)), Input((4,))
        both = [merge([a, b], mode="sum"), merge([a, b], mode=lambda x: x[0])]
        model = Model([a, b], merge(both, mode="mul", name="my"))
        assert rows(model)[2:4] == [
            "merge_1 (Merge) (None, 4) 0 input_1[0][0]",
            "input_2[0][0]",
        ]
        assert rows(model)[-2:] == ["my (Merge) (None, 4) 0 merge_1[0][0]", "merge_2[0][0]"]


def test_classes_that_others_have_absorbed():
    with speaking("1.2"), fresh_names():
        model = Sequential(
            [
                AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), input_shape=(8, 8, 1)),
                AtrousConvolution2D(4, 1, 1, atrous_rate=(2, 2), name="mine"),
                Flatten(),
            ]
        )
        assert rows(model)[0] == (
            "atrousconvolution2d_1 (AtrousCon (None, 4, 4, 4) 40 atrousconvolution2d_input_1[0][0]"
        )
        assert [layer.name for layer in model.layers][1:] == ["mine", "flatten_1"]
        assert legacy.TimeDistributedDense(2).name == "timedistributeddense_1"
        model = Sequential([legacy.TimeDistributedDense(2, input_dim=3, input_length=4)])
        assert rows(model) == [
            "timedistributeddense_2 (TimeDist (None, 4, 2) 8 timedistributeddense_input_1[0][0"
        ]


def test_a_function_that_merges():
    with speaking("1.2"), fresh_names():
        a = Input((4,))
        summed = merge([a, a], mode=lambda parts: parts[0] + parts[1], output_shape=(4,))
        assert rows(Model(a, summed))[1] == "merge_1 (Merge) (None, 4) 0 input_1[0][0]"


def test_names_of_today_are_as_before():
    with fresh_names():
        a = Input((4,))
        model = Model(a, merge([a, a], mode="sum"))
        assert [layer.name for layer in model.layers] == ["input_1", "add_1"]
        layer = jc.layers.Conv2D(4, 3, dilation_rate=2)
        assert layer.name == "conv2d_1"


def test_a_layer_says_its_class_under_the_name_of_keras_1():
    layers = [
        Conv2D(2, 3, 3, input_shape=(8, 8, 3)),
        AtrousConvolution2D(2, 3, 3, atrous_rate=(2, 2)),
        MaxPooling2D(),
        Flatten(),
    ]
    assert {layer.__class__.__name__ for layer in layers} == {
        "Conv2D",
        "MaxPooling2D",
        "Flatten",
    }
    with speaking("1.2"):
        names = [layer.__class__.__name__ for layer in layers]
        assert names == ["Convolution2D", "AtrousConvolution2D", "MaxPooling2D", "Flatten"]
        first = layers[0]
        said = first.__class__
        assert isinstance(first, Conv2D) and issubclass(said, Conv2D)
        again = said.from_config(first.get_config())
        for other in (
            again,
            said(2, 3, 3),
            copy.deepcopy(first),
            pickle.loads(pickle.dumps(first)),
        ):
            assert type(other) is Conv2D and other.__class__ is said and other.filters == 2
    assert first.__class__ is Conv2D
