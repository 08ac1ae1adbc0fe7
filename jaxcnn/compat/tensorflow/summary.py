"""``tf.summary``: numbers, histograms and images for TensorBoard."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import jax
import numpy as np

from jaxcnn.compat.tensorflow.arrays import convert_to_tensor
from jaxcnn.compat.tensorflow.graph import Graph, GraphKeys, get_collection, get_default_graph
from jaxcnn.compat.tensorflow.operation import Operation
from jaxcnn.compat.tensorflow.session import session_or_default
from jaxcnn.compat.tensorflow.summary_messages import Summary
from jaxcnn.layers.symbolic.tensor import symbolic_leaves
from jaxcnn.reporting.event_file import (
    EventFile,
    GraphNode,
    histogram_value,
    image_value,
    scalar_value,
)
from jaxcnn.runtime.types import PyTree

__all__ = ["FileWriter", "histogram", "image", "merge", "merge_all", "scalar"]

# The graph's collections that a summary joins; None for that of all summaries.
Collections: TypeAlias = Sequence[str] | None
# (tag, value) -> what an event file has of it
Written = Callable[[str, np.ndarray], bytes]


class SummaryTensor:
    """What a run returns as the bytes of an event file.

    Attributes:
        tensors: the values that it needs.
    """

    def __init__(self, name: str, tensors: Sequence[Any], written: Sequence[tuple[str, Written]]):
        self.name = f"{name}:0"
        self.tensors, self.written = list(tensors), list(written)

    def finish(self, values: Sequence[jax.Array]) -> bytes:
        """The bytes for these values of its tensors."""
        pairs = zip(self.written, values, strict=True)
        return b"".join(write(tag, np.asarray(value)) for (tag, write), value in pairs)

    def eval(self, feed_dict: Any = None, session: Any = None) -> bytes:
        """The bytes in `session` or the default one."""
        result: bytes = session_or_default(session, "eval").run(self, feed_dict)
        return result

    def __repr__(self) -> str:
        return f'Tensor("{self.name}", shape=(), dtype=string)'


def summarized(
    name: str,
    tensor: PyTree,
    write: Written,
    collections: Collections,
    family: str | None,
) -> SummaryTensor:
    """The summary of one tensor, which is in the graph's collection of summaries."""
    graph = get_default_graph()
    clean = re.sub(r"[^-/\w.]", "_", name).lstrip("/")
    tag = graph.unique_name(f"{family}/{family}/{clean}" if family else clean)
    summary = SummaryTensor(tag, [convert_to_tensor(tensor)], [(tag, write)])
    for key in [GraphKeys.SUMMARIES] if collections is None else collections:
        graph.add_to_collection(key, summary)
    return summary


def scalar(
    name: str, tensor: PyTree, collections: Collections = None, family: str | None = None
) -> SummaryTensor:
    """A number."""

    def write(tag: str, value: np.ndarray) -> bytes:
        if value.ndim:
            raise ValueError(f"tf.summary.scalar: '{tag}' has the shape {value.shape}; () it must.")
        return scalar_value(tag, float(value))

    return summarized(name, tensor, write, collections, family)


def histogram(
    name: str, values: PyTree, collections: Collections = None, family: str | None = None
) -> SummaryTensor:
    """The distribution of the values of a tensor."""
    return summarized(name, values, histogram_value, collections, family)


def image(
    name: str,
    tensor: PyTree,
    max_outputs: int = 3,
    collections: Collections = None,
    family: str | None = None,
) -> SummaryTensor:
    """The first images (batch, rows, columns, channels), each by the mean of its channels."""

    def write(tag: str, value: np.ndarray) -> bytes:
        several = max_outputs > 1
        return b"".join(
            image_value(f"{tag}/image/{i}" if several else f"{tag}/image", pixels.mean(-1))
            for i, pixels in enumerate(value[:max_outputs])
        )

    return summarized(name, tensor, write, collections, family)


def merge(
    inputs: Sequence[SummaryTensor],
    collections: Collections = None,
    name: str | None = None,
) -> SummaryTensor:
    """All of `inputs` in one."""
    graph = get_default_graph()
    merged = SummaryTensor(
        graph.unique_name(name or "Merge") + "/MergeSummary",
        [tensor for summary in inputs for tensor in summary.tensors],
        [pair for summary in inputs for pair in summary.written],
    )
    for key in collections or ():
        graph.add_to_collection(key, merged)
    return merged


def merge_all(key: str = GraphKeys.SUMMARIES) -> SummaryTensor | None:
    """All summaries of the graph in one, None without any."""
    summaries = get_collection(key)
    return merge(summaries) if summaries else None


class FileWriter:
    """Writes an event file.

    Args:
        logdir: the folder.
        graph: is written, too.
        max_queue, flush_secs: the file writes when much has collected, and at `flush` and `close`.
    """

    def __init__(
        self,
        logdir: str | os.PathLike[str],
        graph: Graph | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
    ) -> None:
        self._logdir = os.fspath(logdir)
        self._file = EventFile(logdir)
        if graph is not None:
            self.add_graph(graph)

    def get_logdir(self) -> str:
        """The folder."""
        return self._logdir

    def add_summary(self, summary: bytes | Summary, global_step: Any = None) -> None:
        """Write what a run returned for a summary, or one that the program made itself."""
        content = summary.SerializeToString() if isinstance(summary, Summary) else summary
        self._file.summary(content, 0 if global_step is None else int(global_step))
        self._file.flush()

    def add_graph(self, graph: Graph, global_step: int | None = None) -> None:
        """Write the operations of a graph."""
        self._file.graph([node_of(operation) for operation in graph.get_operations()])
        self._file.flush()

    def flush(self) -> None:
        """Write what has collected."""
        self._file.flush()

    def close(self) -> None:
        """Write what has collected."""
        self._file.flush()

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def node_of(operation: Operation) -> GraphNode:
    """An operation as TensorBoard shows it."""
    nodes = getattr(operation, "inbound_nodes", [])
    inputs = [tensor.layer.name for node in nodes for tensor in symbolic_leaves(node.args)]
    kind = re.sub(r"_\d+$", "", operation.name.rpartition("/")[2])
    shapes = [tuple(tensor.shape) for tensor in operation.outputs]
    return GraphNode(operation.name, kind, inputs, shapes)
