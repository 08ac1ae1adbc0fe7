"""Sessions: what runs parts of the graph, and holds the values of its variables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import jax
import numpy as np

from jaxcnn.backend.settings import is_learning_phase
from jaxcnn.backend.sparse import SparsePart, SparseTensor
from jaxcnn.compat.tensorflow.arrays import stack
from jaxcnn.compat.tensorflow.errors import FailedPreconditionError
from jaxcnn.compat.tensorflow.graph import Graph, get_default_graph, within
from jaxcnn.compat.tensorflow.operation import Operation
from jaxcnn.compat.tensorflow.placeholders import fed
from jaxcnn.compat.tensorflow.settings import ConfigProto
from jaxcnn.compat.tensorflow.sparse import fed_parts, sparse_value
from jaxcnn.compat.tensorflow.step import Step, on_host
from jaxcnn.layers.creation import when_forgotten
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.sizes import Sizes
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import config

__all__ = ["InteractiveSession", "Session", "get_default_session"]

# The values of the targets that a fetch asked for -> what it returns.
Finish = Callable[[list[jax.Array]], Any]


class Session:
    """Runs operations and tensors of a graph, and holds the values of its variables.

    Args:
        target: '', for this process.
        graph: by default the one in force.
        config: a `ConfigProto`; devices and their memory are JAX's own affair.

    Attributes:
        values: the array of each variable, by what stores it.
    """

    def __init__(
        self, target: str = "", graph: Graph | None = None, config: ConfigProto | None = None
    ) -> None:
        if target:
            raise ValueError("tf.Session runs in this process: leave `target` out.")
        self.graph = graph or get_default_graph()
        self.values: dict[Any, jax.Array] = {}
        self._steps: dict[tuple[Any, ...], Step] = {}
        self._blocks: list[contextlib.ExitStack] = []

    def run(
        self,
        fetches: Any,
        feed_dict: Mapping[Any, Any] | None = None,
        options: None = None,
        run_metadata: None = None,
    ) -> Any:
        """The values of `fetches`: a tensor, an operation (None), a variable, or nests of them.

        Args:
            fetches: also names, as 'conv1/Relu:0', and what `tf.summary` returns.
            feed_dict: the values of placeholders, or of other tensors instead of computing them.
            options, run_metadata: None; `jax.profiler` traces programs.
        """
        if options is not None or run_metadata is not None:
            raise ValueError("Session.run: leave `options` and `run_metadata` out.")
        feeds: dict[SymbolicTensor, Any] = {}
        for key, value in (feed_dict or {}).items():
            is_sparse = isinstance(key, SparseTensor)
            feeds |= fed_parts(key, value) if is_sparse else {self._tensor(key): value}
        train = config.in_training(False)
        values = []
        for tensor, value in feeds.items():
            train = bool(value) if is_learning_phase(tensor) else train
            values.append(fed(tensor, value))
        plan = Plan(self.graph, set(map(id, feeds)))
        finish = plan.add(fetches)
        with self.running():
            results: list[jax.Array] = []
            if plan.targets or plan.operations:
                asked = (*plan.targets, None, *plan.operations, None, *feeds)
                key = tuple(map(id, asked))
                if key not in self._steps:
                    self._steps[key] = Step(plan.targets, plan.operations, list(feeds))
                results = self._steps[key](values, train)
            return finish(results)

    def _tensor(self, key: Any) -> SymbolicTensor:
        """The tensor that a key of a feed means."""
        tensor = self.graph.get_tensor_by_name(key) if isinstance(key, str) else key
        if not isinstance(tensor, SymbolicTensor):
            raise TypeError(
                f"Cannot interpret feed_dict key as Tensor: {key!r} is no tensor of the graph."
            )
        return tensor

    def value_of(self, store: Any) -> jax.Array:
        """The array of a variable.

        Raises:
            FailedPreconditionError: it has not been initialized in this session.
        """
        if store not in self.values:
            raise FailedPreconditionError(
                f"Attempting to use uninitialized value {store.name}: run "
                "tf.global_variables_initializer() in this session first."
            )
        return self.values[store]

    def running(self) -> contextlib.AbstractContextManager[Session]:
        """Within the block variables have the values of this session."""
        return within(_running, self)

    def as_default(self) -> contextlib.AbstractContextManager[Session]:
        """Within the block ``tensor.eval()`` and ``operation.run()`` are in this session."""
        return within(_defaults, self)

    def __enter__(self) -> Session:
        block = contextlib.ExitStack()
        block.enter_context(self.graph.as_default())
        block.enter_context(self.as_default())
        self._blocks.append(block)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._blocks.pop().close()

    def close(self) -> None:
        """Forget the values of the variables."""
        self.values.clear()
        self._steps.clear()


class InteractiveSession(Session):
    """A session that is the default one from the beginning until it is closed."""

    def __init__(
        self, target: str = "", graph: Graph | None = None, config: ConfigProto | None = None
    ) -> None:
        super().__init__(target, graph, config)
        _defaults.append(self)

    def close(self) -> None:
        """Forget the values of the variables, and be the default no longer."""
        super().close()
        if self in _defaults:
            _defaults.remove(self)


class Plan:
    """The tensors and operations that the fetches of one run ask for.

    Args:
        graph: in which names are looked up.
        fed: ids of the tensors whose values are given.
    """

    def __init__(self, graph: Graph, fed: set[int]) -> None:
        self.graph, self.fed = graph, fed
        self.targets: list[SymbolicTensor] = []
        self.operations: list[Operation | Change] = []

    def add(self, fetch: Any) -> Finish:
        """Note what a fetch asks for; the result says what it returns.

        Raises:
            TypeError: something that cannot be fetched.
            ValueError: an unknown name.
        """
        if isinstance(fetch, Sizes):
            fetch = stack(list(fetch))
        if isinstance(fetch, str):
            fetch = self.named(fetch)
        if isinstance(fetch, Change):
            self.operations.append(fetch)
            return self.add(fetch[0])
        if isinstance(fetch, SparsePart):
            whole = self.add(fetch.of)
            return lambda results: getattr(whole(results), fetch.name)
        if isinstance(fetch, SparseTensor):
            parts = self.nested([fetch.whole, fetch.present])
            return lambda results: sparse_value(*parts(results))
        if isinstance(fetch, list | tuple | dict):
            return self.nested(fetch)
        if isinstance(fetch, Operation):
            self.operations.append(fetch)
            return lambda results: None
        if isinstance(fetch, SymbolicTensor):
            weight = getattr(fetch, "weight", None)
            if weight is None or id(fetch) in self.fed:
                return self.value([fetch], lambda values: on_host(values[0]))
            return lambda results: on_host(weight.value)  # as it is after the run
        if isinstance(fetch, Variable):
            return lambda results: on_host(fetch.value)
        if hasattr(fetch, "tensors"):
            return self.value(fetch.tensors, fetch.finish)
        if isinstance(fetch, np.ndarray | np.generic | jax.Array):
            return lambda results: on_host(np.asarray(fetch))
        raise TypeError(
            f"Fetch argument {fetch!r} has invalid type {type(fetch)}, must be a string or Tensor."
        )

    def nested(self, fetch: Any) -> Finish:
        """`add` for a list, tuple or dict of fetches."""
        if isinstance(fetch, dict):
            parts = {name: self.add(value) for name, value in fetch.items()}
            return lambda results: type(fetch)(
                (name, part(results)) for name, part in parts.items()
            )
        finishes = [self.add(value) for value in fetch]
        kind = type(fetch)._make if hasattr(fetch, "_make") else type(fetch)
        return lambda results: kind([finish(results) for finish in finishes])

    def value(self, tensors: list[SymbolicTensor], finish: Finish) -> Finish:
        """What `finish` makes of the values of `tensors`."""
        first = len(self.targets)
        self.targets += tensors
        last = len(self.targets)
        return lambda results: finish(results[first:last])

    def named(self, name: str) -> Any:
        """The tensor or operation of this name."""
        try:
            if ":" in name:
                return self.graph.get_tensor_by_name(name)
            return self.graph.get_operation_by_name(name)
        except KeyError as error:
            raise ValueError(
                f"Fetch argument '{name}' cannot be interpreted as a Tensor. ({error.args[0]})"
            ) from None


_running: list[Session] = []
_defaults: list[Session] = []
_of_keras: list[Session] = []
when_forgotten(_of_keras.clear)


def get_default_session() -> Session | None:
    """The session of the innermost ``with`` block, or None."""
    return _defaults[-1] if _defaults else None


def session_or_default(session: Session | None, method: str) -> Session:
    """`session`, or else the default one.

    Raises:
        ValueError: there is none.
    """
    chosen = session or get_default_session()
    if chosen is None:
        raise ValueError(
            f"Cannot evaluate tensor using `{method}()`: No default session is registered. Use "
            f"`with sess.as_default()` or pass an explicit session to `{method}(session=sess)`"
        )
    return chosen


def current_session() -> Session:
    """The session that runs, else the default one, else that of Keras."""
    return _running[-1] if _running else get_session()


def get_session() -> Session:
    """The session of Keras: the default one, or else one that is made now."""
    if _defaults:
        return _defaults[-1]
    if not _of_keras:
        _of_keras.append(Session())
    return _of_keras[-1]


def set_session(session: Session) -> None:
    """Make `session` that of Keras."""
    _of_keras[:] = [session]


def evaluate(
    self: SymbolicTensor | Variable,
    feed_dict: Mapping[Any, Any] | None = None,
    session: Session | None = None,
) -> Any:
    """The value of the tensor or weight in `session` or the default one."""
    return session_or_default(session, "eval").run(self, feed_dict)


def run_alone(
    self: Operation, feed_dict: Mapping[Any, Any] | None = None, session: Session | None = None
) -> None:
    """Run the operation in `session` or the default one."""
    session_or_default(session, "run").run(self, feed_dict)


# Of every symbolic tensor and weight, as layers of Keras have some that such programs evaluate.
SymbolicTensor.eval = evaluate  # type: ignore[attr-defined]
Variable.eval = evaluate  # type: ignore[attr-defined]
Operation.run = run_alone  # type: ignore[attr-defined]


def manual_variable_initialization(value: bool) -> None:
    """Say who gives weights their first values: here they always have them."""
