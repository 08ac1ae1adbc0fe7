"""Compilation of functions of trees whose names JAX does not learn."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

import jax
from jax.stages import Lowered, Traced
from jax.tree_util import PyTreeDef

from jaxcnn.runtime.host_memory import LONG_COMPILATION, give_back
from jaxcnn.runtime.types import PyTree

R = TypeVar("R")
Leaves: TypeAlias = list[jax.Array]
Options: TypeAlias = dict[str, bool | int | str]

# Calls of a new program after which free memory goes back to the kernel. What the first one needed
# may lie where it is a few bytes too small for the second, and would be kept beside the second's.
UNSETTLED = 2


class LeafJit(Generic[R]):
    """`jax.jit` of a function of trees, to which JAX sees lists of leaves only.

    JAX remembers the structures of what it was given and returned, thousands of them and for as
    long as the process lives, and writes their names into the program. Layers have automatic names,
    so each model would be remembered anew, and the same model under other names would be compiled
    again instead of found on disk. The structures stand here instead, and are freed with the model.

    Args:
        function: to be compiled, called with positional arguments.
        donate: whether the memory of the first argument may be used again.
        options: XLA's, as `jax.jit` takes them.

    Raises:
        TypeError: for arguments of one structure and of other shapes the function returns another
            structure, so that the results could be taken for each other.
    """

    def __init__(
        self,
        function: Callable[..., R],
        *,
        donate: bool = False,
        options: Options | None = None,
    ) -> None:
        self._function = function
        self._donated = (0,) if donate else ()
        self._options = options
        self._programs: dict[tuple[PyTreeDef, PyTreeDef], _Program] = {}

    def __call__(self, *arguments: PyTree) -> R:
        program, first, others = self._flat(arguments)
        began = time.monotonic()
        results = program.compiled(first, others)
        if program.is_new and not any(isinstance(leaf, jax.core.Tracer) for leaf in results):
            program.is_new = False
            forget_text(program.compiled.trace(first, others))
            if time.monotonic() - began > LONG_COMPILATION:
                program.unsettled = UNSETTLED
        if program.unsettled:
            program.unsettled -= 1
            give_back()
        assert program.results is not None  # known since the function was traced
        whole: R = jax.tree.unflatten(program.results, results)
        return whole

    def trace(self, *arguments: PyTree) -> Traced:
        """As of `jax.jit`; a call with such arguments later does not trace once more."""
        program, first, others = self._flat(arguments)
        traced: Traced = program.compiled.trace(first, others)
        return traced

    def lower(self, *arguments: PyTree) -> Lowered:
        """As of `jax.jit`."""
        lowered: Lowered = self.trace(*arguments).lower()
        return lowered

    @property
    def compiled_count(self) -> int:
        """How many programs there are, for all structures, shapes and types of arguments."""
        return sum(program.compiled._cache_size() for program in self._programs.values())

    def _flat(self, arguments: tuple[PyTree, ...]) -> tuple[_Program, Leaves, Leaves]:
        first, structure = jax.tree.flatten(arguments[0])
        others, rest = jax.tree.flatten(arguments[1:])
        program = self._programs.get((structure, rest))
        if program is None:  # two threads may come here at once
            program = self._programs.setdefault((structure, rest), self._program(structure, rest))
        return program, first, others

    def _program(self, structure: PyTreeDef, rest: PyTreeDef) -> _Program:
        def run(first: Leaves, others: Leaves) -> Leaves:
            arguments = jax.tree.unflatten(structure, first), *jax.tree.unflatten(rest, others)
            results, returned = jax.tree.flatten(self._function(*arguments))
            if program.results is not None and program.results != returned:
                raise TypeError(
                    f"{run.__name__} returned {program.results} before and {returned} now, for "
                    "arguments of other shapes: let it return one structure for all shapes."
                )
            program.results = returned
            program.is_new = True
            return results

        run.__name__ = getattr(self._function, "__name__", "run")  # of the program in profiles
        compiled = jax.jit(run, donate_argnums=self._donated, compiler_options=self._options)
        program = _Program(compiled)
        return program


class _Program:
    """The compiled form for arguments of one structure.

    Attributes:
        compiled: ``compiled(leaves of the first argument, leaves of the others) -> leaves``.
        results: the structure of what is returned, known once the function was traced.
        is_new: whether it was traced and has not been called since, but by what was itself traced.
        unsettled: how many calls from now on give free memory back, of one that took long to make.
    """

    def __init__(self, compiled: PyTree) -> None:
        self.compiled = compiled
        self.results: PyTreeDef | None = None
        self.is_new = False
        self.unsettled = 0


def forget_text(traced: Traced) -> None:
    """Free the text from which XLA compiled a function: 1.5 MiB of the 1.8 of a small program.

    JAX keeps it beside the trace, for a compilation of the same trace for other devices, and makes
    it once more if there is one. There is no public way to let it go; where a later JAX names the
    cache otherwise, memory is all that is lost.
    """
    for module, name in (("pjit", "_pjit_lower"), ("interpreters.pxla", "_dce_jaxpr")):
        cache = getattr(sys.modules.get(f"jax._src.{module}"), name, None)
        if cache is not None and hasattr(cache, "evict_weakref"):
            cache.evict_weakref(traced.jaxpr)
