"""Fields that families of layers share: their order, and those that a layer fixes."""

import inspect

import pytest

from jaxcnn import config, nn
from jaxcnn.nn.fields import as_tuple


def arguments(module_class):
    names = inspect.signature(module_class).parameters
    return [name for name in names if name not in ("parent", "name")]


@pytest.mark.parametrize(
    ("module_class", "first", "last"),
    [
        (nn.Dense, ["units", "activation", "use_bias"], "bias_constraint"),
        (nn.Conv2D, ["filters", "kernel_size", "strides", "padding", "data_format"], "groups"),
        (nn.DepthwiseConv2D, ["kernel_size", "strides", "padding"], "dilation_rate"),
        (nn.PartialConv2D, ["connections", "kernel_size"], "bias_constraint"),
        (nn.GRU, ["units", "activation", "recurrent_activation", "use_bias"], "reset_after"),
        (nn.LSTMCell, ["units", "activation"], "implementation"),
        (nn.ConvLSTM2D, ["filters", "kernel_size"], "return_state"),
        (nn.CuDNNLSTM, ["units", "kernel_initializer"], "go_backwards"),
        (nn.GlobalMaxPooling2D, ["data_format"], "keepdims"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_the_order_of_arguments(module_class, first, last):
    names = arguments(module_class)
    assert names[: len(first)] == first and names[-1] == last


@pytest.mark.parametrize(
    ("module_class", "field"),
    [
        (nn.SimpleRNN, "recurrent_activation"),
        (nn.GRU, "unit_forget_bias"),
        (nn.LSTMCell, "activity_regularizer"),
        (nn.CuDNNGRU, "dropout"),
    ],
)
def test_a_fixed_field_is_no_argument(module_class, field):
    assert field not in arguments(module_class)


def test_one_axis_is_channels_last_whatever_is_configured():
    config.set_image_data_format("channels_first")
    assert nn.Conv1D(2, 3).data_format == nn.AveragePooling1D().data_format == "channels_last"
    assert nn.Conv2D(2, 3).data_format == "channels_first"


def test_a_copy_has_the_fixed_fields_too():
    copy = nn.CuDNNLSTM(2).clone(units=3)
    assert (copy.units, copy.use_bias, copy.dropout, copy.implementation) == (3, True, 0.0, 2)
    assert copy == nn.CuDNNLSTM(3) and hash(copy) == hash(nn.CuDNNLSTM(3))


def test_sizes_become_tuples():
    assert (as_tuple(2), as_tuple([2, 3]), as_tuple((4,))) == ((2,), (2, 3), (4,))
