"""Writes what editors and type checkers read of what is made while the program runs.

    python .ci/stubs.py

A layer is a handle that is made from its module's fields when it is first asked for, a loss class
from its function, an application from the body of its network, which static readers cannot see.
The stubs spell out the same arguments, defaults and docstrings; a test compares them with the
package.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from jaxcnn import applications, callbacks, models, utils
from jaxcnn.applications.application import Application
from jaxcnn.layers import catalogue
from jaxcnn.layers.derived import ModuleLayer
from jaxcnn.losses import classes as loss_classes

TARGET = Path(catalogue.__file__).with_suffix(".pyi")
MODELS = Path(models.__file__).with_suffix(".pyi")
LOSSES = Path(loss_classes.__file__).with_suffix(".pyi")
APPLICATIONS = Path(applications.__file__).with_suffix(".pyi")
# Packages that offer names of rooms above them, which are imported when somebody asks.
LAZY = (callbacks, utils)
HEADER = '''"""Every layer with its arguments; made by .ci/stubs.py."""

'''
NETWORK_IMPORTS = """import os
from jaxcnn.applications.application import Application
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime.types import Identifier, Shape"""
# Fields of modules that hold other modules: their handles take layers.
OF_LAYERS = {"nn.Module": "Layer", "Sequence[nn.Module]": "Sequence[Layer]", "PyTree": "PyTree"}


def stub() -> str:
    """The text of the stub."""
    layers = {name: getattr(catalogue, name) for name in catalogue.HANDLES}
    imports: dict[str, set[str]] = defaultdict(set)
    imports["jaxcnn.layers.base"].add("Layer")
    imports["jaxcnn.layers.arguments"] |= {"Common", "First"}
    imports["typing"].add("Unpack")
    classes = [text_of(name, layer, imports) for name, layer in sorted(layers.items())]
    top = f"{HEADER}{import_lines(imports)}\n\n{exported(sorted(catalogue.__all__))}\n"
    short = [f"{name} = {layer}" for name, layer in sorted(catalogue.SHORT.items())]
    return "\n\n".join([top, *classes, "\n".join(short) + "\n"])


def models_stub() -> str:
    """The text of the stub of `jaxcnn.models`."""
    imports: dict[str, set[str]] = defaultdict(set)
    for name in set(models.__all__) - set(models.FILES):
        imports[getattr(models, name).__module__].add(name)
    functions = [reading(getattr(models, name), imports) for name in models.FILES]
    return "\n\n".join(
        [
            '"""The models, and the functions of files with what they return; by .ci/stubs.py."""',
            import_lines(imports),
            exported(models.__all__),
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
    return "\n\n".join([doc_of(package), "\n".join(lines), f"{exported(package.__all__)}\n"])


def losses_stub() -> str:
    """The text of the stub of the loss classes, whose fields are options of the functions."""
    classes = [
        loss_class(name, item)
        for name, item in vars(loss_classes).items()
        if inspect.isclass(item) and item.__module__ == loss_classes.__name__
    ]
    top = f"{doc_of(loss_classes)}\n\nfrom jaxcnn.losses.loss import Loss"
    return "\n\n".join([top, *classes])


def loss_class(name: str, item: type) -> str:
    """The class of a loss."""
    parameters = [str(p) for p in inspect.signature(item).parameters.values()]
    return f"class {name}(Loss):\n{doc_of(item, 4)}\n\n{filled(['self', *parameters])}"


def applications_stub() -> str:
    """The text of the stub of the applications: where each of its names comes from."""
    imports: dict[str, set[str]] = defaultdict(set)
    for name, item in vars(applications).items():
        if name.startswith("_") or inspect.ismodule(item):
            continue
        home = getattr(item, "__module__", applications.application.__name__)
        if name == "APPLICATIONS":
            home = applications.application.__name__
        if home.startswith(applications.__name__):
            imports[home].add(f"{name} as {name}")
    imports["jaxcnn.applications"].add("imagenet_utils as imagenet_utils")
    return "\n\n".join([doc_of(applications), f"{import_lines(imports)}\n"])


def networks_stub(module: ModuleType) -> str:
    """The text of the stub of a module with networks: how each is called, the rest as it is."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    head, body = NETWORK_IMPORTS, []
    for node in tree.body[1:]:
        network = getattr(module, getattr(node, "name", ""), None)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        if isinstance(network, Application):
            body.append(called(network.__name__, network))
            continue
        if isinstance(node, ast.FunctionDef):
            doc = node.body[:1] if ast.get_docstring(node) else []
            node.body, node.decorator_list = [*doc, ast.Expr(ast.Constant(...))], []
        text = ast.unparse(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            head += f"\n{text}"
        else:
            body.append(f"{text}\n")
    return "\n\n".join([doc_of(module), f"{head}\n", *body])


def called(name: str, network: Application) -> str:
    """A class of one object, the application; jedi shows its docstring, pyright its call's."""
    parameters = ["self"]
    for parameter in network.__signature__.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            parameters.append("*")
        parameters.append(f"{parameter.name}: {parameter.annotation} = {parameter.default!r}")
    call = filled(parameters, "__call__", "Model").removesuffix(" ...\n")
    return (
        f"class Callable{name}(Application):\n{doc_of(network, 4)}\n\n{call}\n"
        f"{doc_of(network, 8)}\n\n{name}: Callable{name}\n"
    )


def import_lines(imports: dict[str, set[str]]) -> str:
    """The lines that import these names of these modules."""
    return "\n".join(
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(imports.items())
    )


def exported(names: Sequence[str]) -> str:
    """The list of the names that a module exports."""
    text = ", ".join(f'"{name}"' for name in names)
    filled_names = textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    ")
    return f"__all__ = [\n{filled_names},\n]"


def doc_of(item: object, indent: int = 0) -> str:
    """The docstring of a module, class or function as it is written in a stub."""
    doc = inspect.cleandoc(item.__doc__ or "")
    return textwrap.indent(f'"""{doc}\n"""' if "\n" in doc else f'"""{doc}"""', " " * indent)


def texts() -> dict[Path, str]:
    """Every stub that is made, by its path."""
    lazy = {
        Path(package.__file__ or "").with_suffix(".pyi"): lazy_stub(package) for package in LAZY
    }
    homes = {item.__module__ for item in applications.APPLICATIONS.items().values()}
    modules = [sys.modules[home] for home in sorted(homes)]
    networks = {Path(m.__file__ or "").with_suffix(".pyi"): networks_stub(m) for m in modules}
    return {
        TARGET: stub(),
        MODELS: models_stub(),
        LOSSES: losses_stub(),
        APPLICATIONS: applications_stub(),
        **networks,
        **lazy,
    }


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
    kind = "Model" if result == "Any" else result
    return f"def {function.__name__}{written} -> {kind}:\n{doc_of(function, 4)}\n"


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
    return f"class {name}({base.__name__}):\n{doc_of(layer, 4)}\n\n{filled(parameters)}"


def filled(parameters: list[str], name: str = "__init__", result: str = "None") -> str:
    """A method without its body, with as many of its parameters on a line as have room."""
    lines = [" " * 7]
    for parameter in parameters:
        if len(lines[-1]) + len(parameter) + 2 > 100:
            lines.append(" " * 7)
        lines[-1] += f" {parameter},"
    return "\n".join([f"    def {name}(", *lines, f"    ) -> {result}: ..."]) + "\n"


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
