"""``python -m jaxcnn.compat SCRIPT.py [arguments]`` runs an unmodified script of Keras 1 or 2."""

import os
import runpy
import sys

from jaxcnn.compat import install


def main(arguments: list[str]) -> None:
    """Run the script, the first argument, as the main program with the others."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.exit("usage: python -m jaxcnn.compat SCRIPT.py [arguments]\n\n" + str(__doc__))
    script = arguments[0]
    if not os.path.isfile(script):
        sys.exit(f"jaxcnn.compat: there is no file {script}.")
    install()
    sys.argv[:] = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    try:
        runpy.run_path(script, run_name="__main__")
    except SyntaxError as error:
        if error.filename == script and "Missing parentheses in call to 'print'" in str(error):
            error.add_note(
                "The script is written for Python 2; `2to3 -w SCRIPT.py` of an older Python "
                "rewrites it."
            )
        raise


if __name__ == "__main__":
    main(sys.argv[1:])
