"""Writes what editors and type checkers read of the layers and of the functions that read models.

    python .ci/stubs.py

A layer is a handle that is made from its module's fields when it is first asked for, which static
readers cannot see. The stub spells out the same arguments, defaults and docstrings; a test compares
it with the package.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from jaxcnn import callbacks, models, utils
from jaxcnn.layers import catalogue
from jaxcnn.layers.derived import ModuleLayer

TARGET = Path(catalogue.__file__).with_suffix(".pyi")
MODELS = Path(models.__file__).with_suffix(".pyi")
# Packages that offer names of rooms above them, which are imported when somebody asks.
LAZY = (callbacks, utils)
HEADER = '''"""Every layer with its arguments; made by .ci/stubs.py."""

'''
COMMON = '''
class Common(TypedDict, total=False):
    """What every layer takes beside its own arguments."""

    name: str | None
    trainable: bool
    dtype: DTypeLike | None
    input_shape: Shape | int | None
    batch_input_shape: Shape | None
    batch_size: int | None
    weights: Sequence[ArrayLike] | None


class First(Common, total=False):
    """What may also say the shape of the first layer's input."""

    input_dim: int | None
    input_length: int | None
'''
# Fields of modules that hold other modules: their handles take layers.
OF_LAYERS = {"nn.Module": "Layer", "Sequence[nn.Module]": "Sequence[Layer]", "PyTree": "PyTree"}


def stub() -> str:
    """The text of the stub."""
    layers = {name: getattr(catalogue, name) for name in catalogue.HANDLES}
    imports: dict[str, set[str]] = defaultdict(set)
    imports["jaxcnn.layers.base"].add("Layer")
    imports["jaxcnn.runtime.types"] |= {"ArrayLike", "DTypeLike", "Shape"}
    imports["collections.abc"].add("Sequence")
    imports["typing"] |= {"TypedDict", "Unpack"}
    classes = [text_of(name, layer, imports) for name, layer in sorted(layers.items())]
    lines = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(imports.items())
    ]
    exported = textwrap.fill(
        ", ".join(f'"{name}"' for name in sorted(catalogue.__all__)),
        width=100,
        initial_indent="    ",
        subsequent_indent="    ",
    )
    top = f"{HEADER}{chr(10).join(lines)}\n\n__all__ = [\n{exported},\n]\n"
    short = [f"{name} = {layer}" for name, layer in sorted(catalogue.SHORT.items())]
    return "\n\n".join([top + COMMON, *classes, "\n".join(short) + "\n"])


def models_stub() -> str:
    """The text of the stub of `jaxcnn.models`."""
    imports: dict[str, set[str]] = defaultdict(set)
    for name in set(models.__all__) - set(models.FILES):
        imports[getattr(models, name).__module__].add(name)
    functions = [reading(getattr(models, name), imports) for name in models.FILES]
    lines = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(imports.items())
    ]
    names = ", ".join(f'"{name}"' for name in models.__all__)
    exported = textwrap.fill(names, 100, initial_indent="    ", subsequent_indent="    ")
    return "\n\n".join(
        [
            '"""The models, and the functions of files with what they return; by .ci/stubs.py."""',
            "\n".join(lines),
            f"__all__ = [\n{exported},\n]",
            *functions,
        ]
    )


def lazy_stub(package: ModuleType) -> str:
    """The text of the stub of a package: where each of its names comes from."""
    imports: dict[str, set[str]] = defaultdict(set)
    for name in package.__all__:
        item = getattr(package, name)
        home = package.__name__ if isinstance(item, ModuleType) else item.__module__
        imports[home].add(f"{name} as {name}")
    lines = [
        f"from {module} import {name}"
        for module in sorted(imports)
        for name in sorted(imports[module])
    ]
    names = ", ".join(f'"{name}"' for name in package.__all__)
    exported = textwrap.fill(names, 100, initial_indent="    ", subsequent_indent="    ")
    doc = f'"""{inspect.cleandoc(package.__doc__ or "")}"""'
    return "\n\n".join([doc, "\n".join(lines), f"__all__ = [\n{exported},\n]\n"])


def texts() -> dict[Path, str]:
    """Every stub that is made, by its path."""
    lazy = {
        Path(package.__file__ or "").with_suffix(".pyi"): lazy_stub(package) for package in LAZY
    }
    return {TARGET: stub(), MODELS: models_stub(), **lazy}


def reading(function: Callable[..., object], imports: dict[str, set[str]]) -> str:
    """A function of `jaxcnn.saving` as it is seen from the models: what it reads is a `Model`."""
    signature = inspect.signature(function)
    origins = {"h5py": "", **imported_names(function.__module__)}
    for parameter in signature.parameters.values():
        for word in re.findall(r"[A-Za-z_]\w*", str(parameter.annotation)):
            if word in origins and word != "h5py":
                imports[origins[word]].add(word)
    if "h5py" in str(signature):
        imports["h5py"].add("Group")
    result = signature.return_annotation
    written = str(signature.replace(return_annotation=inspect.Signature.empty))
    written = written.replace("'", "").replace("h5py.Group", "Group")
    doc = textwrap.indent(f'"""{inspect.cleandoc(function.__doc__ or "")}\n"""', "    ")
    kind = "Model" if result == "Any" else result
    return f"def {function.__name__}{written} -> {kind}:\n{doc}\n"


def text_of(name: str, layer: type[ModuleLayer], imports: dict[str, set[str]]) -> str:
    """The class of a layer, whose imports are added to those of the stub."""
    base = layer.__mro__[1]
    imports[base.__module__].add(base.__name__)
    parameters = ["self"]
    fields = {field.name: field for field in dataclasses.fields(layer.module_class)}
    signature = inspect.signature(layer).parameters.values()
    own = [parameter for parameter in signature if parameter.kind is not parameter.VAR_KEYWORD]
    starred = False
    for parameter in own:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            parameters.append("*")
        kind = annotation(layer.module_class, fields[parameter.name].name, imports)
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        if default and not re.fullmatch(r" = [\w.()'\", \-\[\]]*", default):
            default = " = ..."
        parameters.append(f"{parameter.name}: {kind}{default}")
    common = "Common" if "input_dim" in {parameter.name for parameter in own} else "First"
    parameters.append(f"**common: Unpack[{common}]")
    doc = inspect.cleandoc(layer.__doc__ or "")
    text = textwrap.indent(f'"""{doc}\n"""' if "\n" in doc else f'"""{doc}"""', "    ")
    return f"class {name}({base.__name__}):\n{text}\n\n{filled(parameters)}"


def filled(parameters: list[str]) -> str:
    """A constructor with as many of its parameters on a line as have room."""
    lines = [" " * 7]
    for parameter in parameters:
        if len(lines[-1]) + len(parameter) + 2 > 100:
            lines.append(" " * 7)
        lines[-1] += f" {parameter},"
    return "\n".join(["    def __init__(", *lines, "    ) -> None: ..."]) + "\n"


def annotation(module_class: type, field: str, imports: dict[str, set[str]]) -> str:
    """The type of a field as it is written where the field is declared."""
    owner = next(c for c in module_class.__mro__ if field in inspect.get_annotations(c))
    text = str(inspect.get_annotations(owner)[field])
    if "jax.Array" in text:
        imports["jax"].add("Array")
    written = OF_LAYERS.get(text, text.replace("jax.Array", "Array"))
    origins = imported_names(owner.__module__)
    for word in re.findall(r"[A-Za-z_]\w*", written):
        if word in origins:
            imports[origins[word]].add(word)
        elif word in vars(sys.modules[owner.__module__]) and word[0].isupper() and word != "Layer":
            imports[owner.__module__].add(word)
    return written


def imported_names(module: str) -> dict[str, str]:
    """Name -> the module that it comes from, of everything that a module imports by name."""
    tree = ast.parse(Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8"))
    return {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.name[0].isupper() and alias.name != "Layer"
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
