"""What mkdocstrings reads of the layers: the stub, with the arguments of each handle."""

from __future__ import annotations

from typing import Any

import griffe


class Stubs(griffe.Extension):
    """Puts the classes of jaxcnn/layers/catalogue.pyi where the handles are made when asked for."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        if pkg.name != "jaxcnn":
            return
        catalogue = pkg["layers.catalogue"]
        path = catalogue.filepath.with_suffix(".pyi")
        stub = griffe.visit("catalogue", filepath=path, code=path.read_text())
        for name, member in stub.members.items():
            if not member.is_alias and member.is_class and name in (stub.exports or ()):
                catalogue.set_member(name, member)
