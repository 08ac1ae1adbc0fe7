"""A model's inference as a StableHLO program that runs without the model's code: `jax.export`."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import jax
import numpy as np

from jaxcnn.runtime.names import distinct
from jaxcnn.runtime.types import ArrayLike
from jaxcnn.saving.types import Filename, Network
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.training.steps import predict_step
from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.npy import read_npy
from jaxcnn.utils.packages import installed
from jaxcnn.utils.untrusted import one_error, read_member

PROGRAM, WEIGHTS, ABOUT = "program.stablehlo", "weights.npz", "about.json"


def jax_export() -> ModuleType:
    """`jax.export`, with what it needs to write programs.

    Raises:
        ImportError: the package flatbuffers is missing.
    """
    installed("flatbuffers", "An exported program")
    from jax import export

    return export


@suggesting
def export_model(
    model: Network, path: Filename, platforms: Sequence[str] = ("cpu", "cuda", "tpu")
) -> None:
    """Write the inference function of a model and its weights into one file.

    The program takes any batch size, and any size where the model's input shape has None.

    Args:
        model: whose input shape is known.
        path: of the file.
        platforms: what it shall run on.

    Raises:
        ValueError: the input shape is not known, or an operation cannot be exported for a platform.

    Examples:
        >>> jc.saving.export_model(model, "model.zip")
        >>> predict = jc.saving.load_exported("model.zip")
        >>> bool(np.allclose(predict(x), model.predict(x)))
        True
    """
    export = jax_export()
    require_input_shape(model)
    leaves, tree = jax.tree.flatten(model.variables)
    step = predict_step(model.module)

    def run(weights: list[jax.Array], inputs: list[jax.Array]) -> list[jax.Array]:
        return jax.tree.leaves(step(jax.tree.unflatten(tree, weights), inputs))

    weights = [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) for leaf in leaves]
    exported = export.export(jax.jit(run), platforms=platforms)(weights, symbolic_inputs(model))
    about = {
        "inputs": list(model.input_names),
        "outputs": distinct(model.output_names),
        "dtypes": [str(np.dtype(t.dtype)) for t in model.inputs],
        "weights": len(leaves),
    }
    arrays = io.BytesIO()
    named = {str(i): np.asarray(leaf) for i, leaf in enumerate(leaves)}
    np.savez(arrays, allow_pickle=False, **named)
    with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(ABOUT, json.dumps(about))
        archive.writestr(PROGRAM, bytes(exported.serialize()))
        archive.writestr(WEIGHTS, arrays.getvalue())


def require_input_shape(model: Network) -> None:
    """Raise ValueError for a model that was never built: there is no program of it."""
    if not model.inputs:
        raise ValueError(
            f"Model '{model.name}' does not know its input shape yet: build it or train it once."
        )


def symbolic_inputs(model: Network) -> list[jax.ShapeDtypeStruct]:
    """The inputs of the program: one batch size for all, and a new size for every other None."""
    export = jax_export()
    names = [
        [
            "batch" if axis == 0 else f"size{i}_{axis}" if n is None else str(n)
            for axis, n in enumerate(t.shape)
        ]
        for i, t in enumerate(model.inputs)
    ]
    for sizes, tensor in zip(names, model.inputs, strict=True):
        if None not in tensor.shape[:1]:
            sizes[0] = str(tensor.shape[0])
    scope = export.SymbolicScope()
    return [
        jax.ShapeDtypeStruct(export.symbolic_shape(", ".join(sizes), scope=scope), t.dtype)
        for sizes, t in zip(names, model.inputs, strict=True)
    ]


@suggesting
def load_exported(path: Filename) -> Callable[..., np.ndarray | list[np.ndarray]]:
    """The function in a file of `export_model`: ``predict(x)``, or ``predict(x1, x2)``.

    It needs JAX and nothing of the model's code. It returns a NumPy array, or a list where the
    model has several outputs.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no exported model, or it is damaged.

    Examples:
        >>> model.export("model.zip")
        >>> jc.saving.load_exported("model.zip")(x).shape
        (4, 1)
    """
    export = jax_export()
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with one_error(str(path), "an exported model"), zipfile.ZipFile(path) as archive:
        about = json.loads(read_member(archive, ABOUT, path))
        exported = export.deserialize(bytearray(read_member(archive, PROGRAM, path)))
        arrays = io.BytesIO(read_member(archive, WEIGHTS, path))
        with zipfile.ZipFile(arrays) as stored:
            members = [read_member(stored, f"{i}.npy", path) for i in range(about["weights"])]
            weights = [jax.numpy.asarray(read_npy(member)) for member in members]
    program = jax.jit(exported.call)

    def predict(*inputs: ArrayLike) -> np.ndarray | list[np.ndarray]:
        if len(inputs) != len(about["inputs"]):
            raise TypeError(
                f"The model takes {len(about['inputs'])} inputs ({', '.join(about['inputs'])})."
            )
        given = [
            jax.numpy.asarray(x, dtype) for x, dtype in zip(inputs, about["dtypes"], strict=True)
        ]
        outputs = [np.asarray(output) for output in program(weights, given)]
        return outputs[0] if len(outputs) == 1 else outputs

    return predict
