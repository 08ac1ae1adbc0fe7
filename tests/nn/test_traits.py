"""Every class of layers says what it is, and a class that a user derives from it is the same."""

import pytest

from jaxcnn import layers as L
from jaxcnn.layers.base import LAYERS
from jaxcnn.models import Model, Sequential
from jaxcnn.nn.traits import Traits

SAID = {
    L.Conv1D: Traits(kernel="in-out"),
    L.Conv2D: Traits(kernel="in-out"),
    L.Conv3D: Traits(kernel="in-out"),
    L.Conv2DTranspose: Traits(kernel="out-in"),
    L.Conv3DTranspose: Traits(kernel="out-in"),
    L.DepthwiseConv2D: Traits(),
    L.SeparableConv2D: Traits(kernel="in-out"),
    L.SimpleRNN: Traits(has_cell=True),
    L.GRU: Traits(has_cell=True, gates="zrh"),
    L.LSTM: Traits(has_cell=True, gates="ifco"),
    L.ConvLSTM2D: Traits(has_cell=True, gates="ifco", kernel="in-out"),
    L.CuDNNLSTM: Traits(),
    L.CuDNNGRU: Traits(),
    L.Bidirectional: Traits(),
    L.Dropout: Traits(pointwise=True),
    L.BatchNormalization: Traits(pointwise=True),
    L.Dense: Traits(by_step=True),
    L.Layer: Traits(),
    Model: Traits(network="graph"),
    Sequential: Traits(network="stack"),
}


@pytest.mark.parametrize("layer", SAID, ids=lambda layer: layer.__name__)
def test_a_derived_class_has_the_traits_of_its_base(layer):
    assert layer.traits == SAID[layer]
    assert type("Mine", (layer,), {}).traits == SAID[layer]


def test_layers_that_work_feature_by_feature():
    ours = {n: layer for n, layer in LAYERS.items().items() if "compat" not in layer.__module__}
    pointwise = {name for name, layer in ours.items() if layer.traits.pointwise}
    assert pointwise == {
        "Activation", "AlphaDropout", "BatchNormalization", "Dropout", "ELU", "GaussianDropout",
        "GaussianNoise", "LeakyReLU", "ReLU", "ThresholdedReLU",
    }  # fmt: skip
