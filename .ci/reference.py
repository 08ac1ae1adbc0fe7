"""What mkdocstrings reads of layers and architectures: the stubs, with the arguments of each."""

from __future__ import annotations

from typing import Any

import griffe


class Stubs(griffe.Extension):
    """Puts the classes of jaxcnn/layers/catalogue.pyi where the handles are made when asked for,
    and functions where architectures are objects, without what these are built of.
    """

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        if pkg.name != "jaxcnn":
            return
        catalogue = pkg["layers.catalogue"]
        path = catalogue.filepath.with_suffix(".pyi")
        stub = griffe.visit("catalogue", filepath=path, code=path.read_text())
        for name, member in stub.members.items():
            if not member.is_alias and member.is_class and name in (stub.exports or ()):
                catalogue.set_member(name, member)
        offered = {name for name, it in pkg["applications"].members.items() if it.is_alias}
        for module in pkg["applications"].modules.values():
            for member in list(module.classes.values()):
                if member.name.startswith("Callable") and not member.is_alias:
                    show_network(module, member)
            hide_helpers(module, offered)


def show_network(module: griffe.Module, network: griffe.Class) -> None:
    """Puts a function in the place of a class of whose objects a stub makes an architecture."""
    call = network["__call__"]
    name = network.name.removeprefix("Callable")
    taken = [parameter for parameter in call.parameters if parameter.name != "self"]
    function = griffe.Function(name, lineno=network.lineno, endlineno=network.endlineno)
    function.parameters, function.returns = griffe.Parameters(*taken), call.returns
    function.docstring = griffe.Docstring(network.docstring.value, parent=function)
    module.del_member(network.name)
    module.set_member(name, function)


def hide_helpers(module: griffe.Module, offered: set[str]) -> None:
    """Takes out what only builds the networks, where a module has some that are offered."""
    defined = {name for name, member in module.members.items() if not member.is_alias}
    if defined & offered:
        for name in defined - offered - {"preprocess_input"}:
            module.del_member(name)
