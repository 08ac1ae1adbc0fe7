"""``python -m jaxcnn.compat SCRIPT.py [arguments]`` runs an unmodified script of Keras 1 or 2."""

from __future__ import annotations

import argparse
import os
import sys
import types
import warnings
from traceback import walk_tb

from jaxcnn.compat import era, install
from jaxcnn.compat.detection import dialect_of
from jaxcnn.spellings.dialect import DIALECTS
from jaxcnn.spellings.translate import OldSpellingWarning


def main(arguments: list[str]) -> None:
    """Run the script with the arguments after it as the main program."""
    parser = argparse.ArgumentParser("python -m jaxcnn.compat", description=__doc__)
    parser.add_argument(
        "--keras",
        choices=list(DIALECTS),
        help="the Keras whose defaults hold; by default the one whose words the script uses",
    )
    parser.add_argument("script", metavar="SCRIPT.py")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the script")
    given = parser.parse_args(arguments)
    if not os.path.isfile(given.script):
        sys.exit(f"jaxcnn.compat: there is no file {given.script}.")
    with open(given.script, "rb") as file:
        source = file.read()
    warnings.simplefilter("once", OldSpellingWarning)
    era.restore()
    era.print_as_then()
    install(
        given.keras or dialect_of(source.decode(errors="replace")),
        tensorflow="tensorflow" not in sys.modules,
    )
    sys.argv[:] = [given.script, *given.arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(given.script))
    run(given.script, source)


def run(script: str, source: bytes) -> None:
    """Run a script as `__main__`; an exception's traceback begins with the script's own line.

    What it was raised from comes before only where the script has a part in that.
    """
    program = types.ModuleType("__main__")
    program.__file__ = script
    sys.modules["__main__"] = program
    try:
        exec(compile(source, script, "exec"), program.__dict__)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, SyntaxError) and error.filename == script and "'print'" in str(error):
            error.add_note(
                "The script is written for Python 2; `2to3 -w SCRIPT.py` of an older Python "
                "rewrites it."
            )
        cause = error.__cause__ or error.__context__
        steps = walk_tb(cause.__traceback__ if cause else None)
        if all(frame.f_code.co_filename != script for frame, _ in steps):
            error.__cause__ = None  # which leaves the context out as well
        if notes := getattr(error, "__notes__", None):  # JAX adds one about its own frames
            notes[:] = [note for note in notes if "removed its internal frames" not in note]
        trace = error.__traceback__
        error.__traceback__ = trace and trace.tb_next
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1 if isinstance(error, Exception) else 130)  # as a shell has it at Ctrl-C


if __name__ == "__main__":
    main(sys.argv[1:])
