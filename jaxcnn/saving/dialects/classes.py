"""Which class of the library a user's class is derived from: files treat both alike."""

from __future__ import annotations

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.runtime.names import get_custom_objects
from jaxcnn.saving.types import Network


def library_class(kind: type) -> type[Layer] | None:
    """The nearest base of a class that the library registers, or the class itself."""
    known = LAYERS.items()
    return next((base for base in kind.__mro__ if known.get(base.__name__) is base), None)


def library_name(kind: type) -> str:
    """The name of `library_class`; empty for a class that a user wrote from scratch."""
    base = library_class(kind)
    return base.__name__ if base is not None else ""


def library_classes(model: Layer | Network) -> dict[str, str]:
    """Name of each class in a model -> `library_name`."""
    layers = [model, *all_layers(model)]
    return {type(layer).__name__: library_name(type(layer)) for layer in layers}


def all_layers(layer: Layer | Network) -> list[Layer]:
    """Every layer inside another, at any depth."""
    children = list(layer.children.values())
    return children + [inner for child in children for inner in all_layers(child)]


def named_class(name: str) -> type | None:
    """The class meant by a name in a file: a user's own before one of the library."""
    kind = get_custom_objects().get(name, LAYERS.items().get(name))
    return kind if isinstance(kind, type) else None


def base_name(name: str) -> str:
    """The `library_name` of the class meant by a name; the name itself where no class is known."""
    kind = named_class(name)
    return name if kind is None else library_name(kind)
