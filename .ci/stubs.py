"""Writes what editors and type checkers read of the layers: jaxcnn/layers/catalogue.pyi.

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
from pathlib import Path

from jaxcnn.layers import catalogue
from jaxcnn.layers.derived import ModuleLayer

TARGET = Path(catalogue.__file__).with_suffix(".pyi")
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
    TARGET.write_text(stub(), encoding="utf-8")
