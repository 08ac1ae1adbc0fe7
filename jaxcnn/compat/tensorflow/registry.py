"""Gradients that programs register by name, for operations of the graph."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

from jaxcnn.runtime.gradient_rules import TYPES, Rule, with_rules

__all__ = ["RegisterGradient", "gradient_registry"]

F = TypeVar("F", bound=Rule)


class Registry:
    """The registered gradients by name, in the attribute in which programs look them up."""

    def __init__(self) -> None:
        # That of the identity stands for the derivative of a rounded number.
        self._registry: dict[str, Rule] = {"Identity": lambda op, grad: grad}

    def register(self, name: str, function: Rule) -> None:
        """Add a gradient.

        Raises:
            KeyError: there is one of that name.
        """
        if name in self._registry:
            raise KeyError(f"Registering two gradient with name '{name}'!")
        self._registry[name] = function

    def lookup(self, name: str) -> Rule:
        """The gradient of a name.

        Raises:
            LookupError: there is none.
        """
        if name not in self._registry:
            raise LookupError(f"gradient registry has no entry for: {name}")
        return self._registry[name]


gradient_registry = Registry()


class RegisterGradient:
    """Decorator: a function ``(op, grad)`` becomes the gradient of this name.

    Args:
        op_type: the name, for `Graph.gradient_override_map`.
    """

    def __init__(self, op_type: str) -> None:
        self._name = op_type

    def __call__(self, function: F) -> F:
        gradient_registry.register(self._name, function)
        return function


@contextlib.contextmanager
def gradient_override_map(op_type_map: Mapping[str, str]) -> Iterator[None]:
    """Within the block operations of these types get the gradients that have these names.

    So do the activations of layers that are called there.

    Raises:
        ValueError: an operation whose gradient cannot be changed.
        LookupError: no gradient of that name.
    """
    if unknown := sorted(set(op_type_map) - TYPES):
        raise ValueError(
            f"gradient_override_map: jaxcnn cannot change the gradient of {', '.join(unknown)}; it "
            f"can that of {', '.join(sorted(TYPES))}. Put what is to have another gradient into a "
            "function with tf.custom_gradient."
        )
    rules = {kind: gradient_registry.lookup(name) for kind, name in op_type_map.items()}
    with with_rules(rules):
        yield
