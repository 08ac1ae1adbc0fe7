"""The command ``jaxcnn``: a module per subcommand, of which only the chosen one is imported."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

import jaxcnn
from jaxcnn.spellings.hints import closest

# A module has add_arguments(parser) and run(arguments) -> exit status.
COMMANDS = {
    "quickstart": (
        "jaxcnn.commands.quickstart",
        "train the MNIST CNN of the books on real digits and show what it learned",
    ),
    "classify": (
        "jaxcnn.commands.classify",
        "name what a network trained on ImageNet sees in images",
    ),
    "detect": ("jaxcnn.commands.detect", "find objects in images and draw their boxes"),
    "faces": (
        "jaxcnn.commands.faces",
        "learn people from folders of photographs and recognise them in a video or camera",
    ),
    "style": ("jaxcnn.commands.style", "paint one image in the style of another"),
    "doctor": (
        "jaxcnn.commands.doctor",
        "show what is installed, which devices are used and what data is found",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``jaxcnn`` with some arguments, by default those of the process; its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="jaxcnn", description="Keras models of the 2016-2019 books, on JAX."
    )
    parser.add_argument("--version", action="version", version=f"jaxcnn {jaxcnn.__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name, (module_name, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        if name in arguments:  # an import takes up to seconds, which --help need not wait for
            module = importlib.import_module(module_name)
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    commands = [argument for argument in arguments if not argument.startswith("-")]
    if commands and commands[0] not in COMMANDS:
        parser.error(f"there is no command {commands[0]!r}.{closest(commands[0], COMMANDS)}")
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        subparsers.choices[parsed.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    if parsed.command is None:
        parser.print_help()
        return 0
    try:
        status: int = parsed.run(parsed)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # of `jaxcnn doctor | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        print(f"\njaxcnn {parsed.command}: interrupted.", file=sys.stderr)
        return 128 + signal.SIGINT
    except (OSError, ValueError, ImportError) as error:
        reason = str(error)
        if isinstance(error, OSError) and error.errno and error.filename:
            reason = f"{error.filename}: {error.strerror}"
        print(f"jaxcnn {parsed.command}: {reason}", file=sys.stderr)
        return 1
