"""The name of the backend, by which programs choose their words."""

from __future__ import annotations

from jaxcnn.compat.importing import stands_in_for_tensorflow


def backend() -> str:
    """'tensorflow' where that is this library, so that programs use its words; or 'jax'."""
    return "tensorflow" if stands_in_for_tensorflow() else "jax"


def __getattr__(name: str) -> str:
    """`_BACKEND` is what `backend` says now."""
    if name == "_BACKEND":
        return backend()
    raise AttributeError(name)
