"""optax transformations by the names of the functions that made them, and their arguments.

A transformation is a pair of functions that remember the arguments of the function around them. An
equal one is made from these and compared, so that a description is right or is refused.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import optax

from jaxcnn.runtime.types import Config, PyTree

Function: TypeAlias = Callable[..., PyTree]


def description(value: PyTree) -> PyTree:
    """An argument, a schedule or a transformation as JSON has it.

    Raises:
        ValueError: it cannot be made again from names and numbers.
    """
    value = unwrapped(value)
    if isinstance(value, optax.GradientTransformation) or inspect.isfunction(value):
        described = described_call(value)
        if fingerprint(made_again(described)) != fingerprint(value):
            raise ValueError(f"{described['function']} of optax cannot be made again by name.")
        return described
    if isinstance(value, list | tuple):
        return [description(part) for part in value]
    if isinstance(value, Mapping):
        return {"mapping": [[key, description(part)] for key, part in value.items()]}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"An optax transformation with {value!r} cannot be described.")


def described_call(value: PyTree) -> Config:
    """The function of optax that made a transformation or schedule, and its arguments."""
    transformation = isinstance(value, optax.GradientTransformation)
    function = value.update if transformation else value
    variables = remembered(value.init) if transformation else {}
    variables |= remembered(function)
    name = function.__qualname__.split(".")[0]
    if name == "chain":
        pairs = zip(variables["init_fns"], variables["update_fns"], strict=True)
        parts = [optax.GradientTransformation(*pair) for pair in pairs]
        return {"function": name, "parts": [description(part) for part in parts]}
    if name == "inject_hyperparams":
        groups = ("other_hps", "sched_hps", "numeric_hps")
        arguments = {k: v for group in groups for k, v in variables.get(group, {}).items()}
        inner = variables["inner_factory"].__name__
        return {"function": inner, "adjustable": True, "arguments": each(arguments)}
    if name == "scale_by_schedule":
        rate = remembered(variables["step_size_fn"])
        if {"learning_rate", "m"} <= rate.keys():
            arguments = {"learning_rate": rate["learning_rate"], "flip_sign": rate["m"] < 0}
            return {"function": "scale_by_learning_rate", "arguments": each(arguments)}
    parameters = inspect.signature(public(name)).parameters
    given = {name: variables[name] for name in parameters if name in variables}
    return {"function": name, "arguments": each(given)}


def unwrapped(value: PyTree) -> PyTree:
    """A transformation or schedule without a wrapper that optax puts around it."""
    update = getattr(value, "update", None)
    if inspect.isfunction(update) and update.__qualname__.startswith("with_extra_args_support."):
        return remembered(update)["tx"]
    return getattr(value, "schedule_fn", value)


def each(arguments: Mapping[str, PyTree]) -> Config:
    """The descriptions of arguments by name."""
    return {name: description(value) for name, value in arguments.items()}


def made_again(described: PyTree) -> PyTree:
    """What a description describes.

    Raises:
        ValueError: optax has no such function.
    """
    if isinstance(described, list):
        return [made_again(part) for part in described]
    if not isinstance(described, Mapping):
        return described
    if "mapping" in described:
        return {key: made_again(part) for key, part in described["mapping"]}
    factory = public(described["function"])
    if "parts" in described:
        return factory(*map(made_again, described["parts"]))
    arguments = {name: made_again(value) for name, value in described["arguments"].items()}
    if described.get("adjustable"):
        factory = optax.inject_hyperparams(factory)
    return factory(**arguments)


def public(name: str) -> Function:
    """A function of optax by its name.

    Raises:
        ValueError: there is none.
    """
    function = getattr(optax, name, None)
    if name.startswith("_") or not inspect.isfunction(function):
        raise ValueError(f"optax has no function {name} that makes a transformation.")
    factory: Function = function
    return factory


def remembered(function: Function) -> dict[str, PyTree]:
    """The variables around a function that it uses."""
    cells = getattr(function, "__closure__", None) or ()
    names = function.__code__.co_freevars if cells else ()
    return {
        name: cell.cell_contents
        for name, cell in zip(names, cells, strict=True)
        if cell != types.CellType()  # one that is empty
    }


def fingerprint(value: PyTree) -> PyTree:
    """What two things of optax have in common that compute the same."""
    value = unwrapped(value)
    if inspect.isfunction(value):
        variables = sorted(remembered(value).items())
        around = [(name, fingerprint(variable)) for name, variable in variables]
        return value.__module__, value.__qualname__, value.__code__.co_code, around
    if isinstance(value, Mapping):
        return {key: fingerprint(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [fingerprint(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    return repr(value)
