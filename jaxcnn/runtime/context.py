"""The mode and random keys that a user's function needs but does not take as arguments.

A layer that calls such a function does so inside :func:`running`. Outside of any layer the mode is
unknown, and keys are a function of the seed and of how many have been taken since it was set.
"""

import contextlib
import dataclasses
import zlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

import jax
from jax import Array

from jaxcnn.runtime import config
from jaxcnn.runtime.scoped import scoped


@dataclasses.dataclass
class _Surroundings:
    train: bool | None
    key: Callable[[int], Array]  # number of the draw, from 0 -> its key
    draws: int = 0


_surroundings: ContextVar[_Surroundings | None] = ContextVar("surroundings", default=None)


def running(
    key: Callable[[int], Array], train: bool | None = None
) -> contextlib.AbstractContextManager[object]:
    """Within the block :func:`training` is `train`, and the keys are ``key(0)``, ``key(1)``, ..."""
    return scoped(_surroundings, _Surroundings(train, key))


class BoundModule(Protocol):
    """A Flax module while it runs."""

    @property
    def path(self) -> tuple[str, ...]: ...

    def has_rng(self, name: str) -> bool: ...

    def make_rng(self, name: str = ...) -> Array: ...


def running_module(module: BoundModule, train: bool) -> contextlib.AbstractContextManager[object]:
    """:func:`running` for a bound Flax module: keys come from its ``dropout`` stream.

    In inference mode, which has no such stream, they are a function of the seed and the module's
    path.
    """

    def key(draw: int) -> Array:
        if module.has_rng("dropout"):
            return module.make_rng("dropout")
        path = zlib.crc32("/".join(module.path).encode())
        return jax.random.fold_in(jax.random.fold_in(jax.random.key(config.seed()), path), draw)

    return running(key, train)


def training() -> bool | None:
    """Whether the layer that is running is in training mode; None outside of any layer."""
    around = _surroundings.get()
    return None if around is None else around.train


def is_running() -> bool:
    """Whether there is a layer or an initializer that keys come from."""
    return _surroundings.get() is not None


def next_key() -> Array:
    """A random key that has not been taken yet."""
    around = _surroundings.get()
    if around is None:
        return jax.random.fold_in(jax.random.key(config.seed()), config.count_draw())
    around.draws += 1
    return around.key(around.draws - 1)
