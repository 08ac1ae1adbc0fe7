import contextvars
import functools
import threading

import pytest

from jaxcnn.runtime.names import Configurable, Registry, custom_object_scope, get_custom_objects


class Box(Configurable):
    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    def __eq__(self, other):
        return isinstance(other, Box) and other.size == self.size

    __hash__ = None


def small_box(size=3):
    return Box(size)


@pytest.fixture
def registry():
    registry = Registry("box")
    registry.register("carton")(Box)
    registry.register()(small_box)
    return registry


@pytest.mark.parametrize("name", ["Box", "box", "carton", "Carton", "BOX"])
def test_names_are_found_in_any_spelling(registry, name):
    assert registry.get(name) == Box()


def test_exact_name_wins_over_a_similar_one():
    registry = Registry("penalty", builders=True)

    class L1L2(Box):
        pass

    def l1_l2(size=5):
        return L1L2(size)

    registry.register()(L1L2)
    registry.register()(l1_l2)
    assert registry.get("L1L2").size == 1
    assert registry.get("l1_l2").size == 5


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (None, None),
        ({"class_name": "Box", "config": {"size": 4}}, Box(4)),
        ({"class_name": "Box"}, Box()),
        (Box, Box()),
        ("small_box", small_box),
        (len, len),
    ],
)
def test_get(registry, identifier, expected):
    assert registry.get(identifier) == expected


def test_functions_build_where_the_registry_says_so():
    registry = Registry("box", builders=True)
    registry.register("tiny")(small_box)
    assert registry.get("tiny") == Box(3)
    assert registry.get({"class_name": "small_box", "config": {"size": 9}}) == Box(9)


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("boks", "Unknown box 'boks'.*Did you mean 'Box'"),
        ("zzzz", "Known: Box, carton, small_box"),
        (3, "must be a name.*got 3 of type int"),
        ({"config": {}}, "needs 'class_name'"),
        ({"class_name": "small_box", "config": {"size": 2}}, "takes no configuration"),
    ],
)
def test_errors_name_kind_and_value(registry, identifier, message):
    with pytest.raises(ValueError, match=message):
        registry.get(identifier)


def test_a_name_is_given_once(registry):
    with pytest.raises(ValueError, match="'carton' is taken"):
        registry.register("carton")(len)


@pytest.mark.parametrize("thing", [None, Box(8), small_box])
def test_serialize_and_back(registry, thing):
    assert registry.deserialize(registry.serialize(thing)) == thing


def test_what_cannot_be_described(registry):
    with pytest.raises(ValueError, match="neither get_config"):
        registry.serialize(functools.partial(small_box, 2))


def test_custom_objects_end_with_their_scope(registry):
    with custom_object_scope({"mine": small_box}, None):
        assert registry.get("mine") is small_box
        get_custom_objects()["inner"] = len
        assert registry.get("inner") is len
    for name in ("mine", "inner"):
        with pytest.raises(ValueError, match="Unknown box"):
            registry.get(name)


def test_custom_objects_given_to_deserialize_reach_nested_objects(registry):
    class Crate(Box):
        @classmethod
        def from_config(cls, config):
            return registry.get(config["content"])

    config = {"class_name": "Crate", "config": {"content": "mine"}}
    assert registry.deserialize(config, {"Crate": Crate, "mine": small_box}) is small_box


def test_custom_objects_outside_any_scope_reach_other_threads(registry):
    context = contextvars.copy_context()

    def add_and_look():
        get_custom_objects()["shared"] = len
        found = []
        thread = threading.Thread(target=lambda: found.append(registry.get("shared")))
        thread.start()
        thread.join()
        return found

    try:
        assert context.run(add_and_look) == [len]
    finally:
        get_custom_objects().pop("shared")
