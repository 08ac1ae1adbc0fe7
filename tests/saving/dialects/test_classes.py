"""The library's class that a user's class stands for in files."""

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.dialects.classes import (
    all_layers,
    base_name,
    library_class,
    library_classes,
    library_name,
    named_class,
)


class Mine(L.Dense):
    pass


class MineAgain(Mine):
    pass


class Fresh(L.Layer):
    pass


def test_the_nearest_base_that_is_registered():
    assert library_class(L.Dense) is L.Dense
    assert library_class(Mine) is library_class(MineAgain) is L.Dense
    assert library_class(Fresh) is None and library_class(int) is None
    assert library_name(MineAgain) == "Dense" and library_name(Fresh) == ""
    assert library_name(type("Stack", (Sequential,), {})) == "Sequential"
    assert library_name(type("Graph", (Model,), {})) == "Model"


def test_a_class_that_only_bears_the_name_is_none():
    assert library_name(type("Dense", (L.Layer,), {})) == ""


def test_names_in_files_mean_the_users_classes_first():
    assert named_class("Dense") is L.Dense and base_name("Dense") == "Dense"
    assert named_class("Convolution2D") is None and base_name("Convolution2D") == "Convolution2D"
    with custom_object_scope({"Dense": Fresh, "Mine": Mine, "twice": lambda x: 2 * x}):
        assert named_class("Dense") is Fresh and base_name("Dense") == ""
        assert base_name("Mine") == "Dense"
        assert named_class("twice") is None and base_name("twice") == "twice"


def test_all_classes_in_a_model():
    model = Sequential([L.TimeDistributed(Mine(2), input_shape=(3, 2)), Sequential([L.Flatten()])])
    assert library_classes(model) == {
        "Sequential": "Sequential",
        "TimeDistributed": "TimeDistributed",
        "Mine": "Dense",
        "Flatten": "Flatten",
    }
    assert [type(layer).__name__ for layer in all_layers(model)] == [
        "TimeDistributed",
        "Sequential",
        "Mine",
        "Flatten",
    ]
