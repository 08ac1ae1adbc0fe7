"""A model built anew from another's structure."""

from __future__ import annotations

from typing import Any

from jaxcnn.runtime.names import custom_object_scope


def clone_model(model: Any) -> Any:
    """A model of the same layers and connections, with weights of its own that start anew; it is
    not compiled.

    Layers of the user's own classes are made again from their `get_config`.
    """
    own_classes = {type(layer).__name__: type(layer) for layer in model.all_layers()}
    with custom_object_scope(own_classes):
        return type(model).from_config(model.get_config())
