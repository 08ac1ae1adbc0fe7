"""A new model from another's structure."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar, cast

from jaxcnn.models.network import Network
from jaxcnn.runtime.names import custom_object_scope

N = TypeVar("N", bound=Network)


def clone_model(model: N) -> N:
    """A model of the same layers and connections with new weights; it is not compiled.

    Layers of the user's own classes are made again from their `get_config`.
    """
    used: dict[str, Any] = {type(layer).__name__: type(layer) for layer in model.all_layers()}
    functions = [getattr(layer, "function", None) for layer in model.all_layers()]
    used |= {f.__name__: f for f in functions if inspect.isfunction(f)}
    with custom_object_scope(used):
        return cast(N, type(model).from_config(model.get_config()))
