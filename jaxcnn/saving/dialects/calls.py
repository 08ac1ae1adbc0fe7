"""How files write the calls of layers on tensors, read as references: [layer, call, output]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.types import Json

Reference = list[Json]


def references(node: Json) -> list[Reference]:
    """The tensors that one call of a layer took: [layer, call, output, keyword arguments] each."""
    if isinstance(node, Mapping):
        tensors = [list(t) for t in keras_tensors((node["args"], node["kwargs"]))]
        plain = {k: v for k, v in node["kwargs"].items() if next(keras_tensors(v), None) is None}
        return [[*t, plain_arguments(plain) if i == 0 else {}] for i, t in enumerate(tensors)]
    if node and isinstance(node[0], str):  # a single reference without a list around it
        node = [node]
    tensors = [[*ref[:3], plain_arguments(ref[3]) if len(ref) > 3 else {}] for ref in node]
    further = []
    for *_, kwargs in tensors:
        for key in [key for key, value in kwargs.items() if tensors_in(value)]:
            further += [[*ref[:3], {}] for ref in tensors_in(kwargs.pop(key))]
    return tensors + further


def plain_arguments(kwargs: Settings) -> Config:
    """Keyword arguments of a call without those that say nothing."""
    return {
        k: v for k, v in kwargs.items() if v is not None and not (k == "training" and v is False)
    }


def keras_tensors(value: Json) -> Iterator[Reference]:
    """The reference of each tensor in arguments as Keras 3 writes them."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            yield value["config"]["keras_history"]
        else:
            for item in value.values():
                yield from keras_tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from keras_tensors(item)


def tensors_in(value: Json) -> list[Reference]:
    """The references in a keyword argument as Keras 2 writes it: one, or a list of nothing else."""
    if is_reference(value):
        return [value]
    if isinstance(value, list) and all(is_reference(item) for item in value):
        return value
    return []


def is_reference(value: Json) -> bool:
    """Whether a value is a tensor as Keras 2 writes it."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(n, int) for n in value[1:3])
    )


def listed(refs: Json) -> list[Reference]:
    """The references of a model's inputs or outputs: one, a list, or a dict by name."""
    if isinstance(refs, Mapping):
        return [ref for value in refs.values() for ref in listed(value)]
    if refs and isinstance(refs[0], str):
        return [refs]
    return [ref for value in refs for ref in listed(value)]


def counts_from_one(refs: list[Reference], name: str, calls: int, expected: bool) -> bool:
    """Whether references count the calls of an inner model from 1 instead of 0.

    Args:
        refs: of the whole model.
        name: of the inner model.
        calls: how often it is called.
        expected: the answer where the references leave it open.
    """
    used = {ref[1] for ref in refs if ref[0] == name}
    return calls in used or (0 not in used and expected)
