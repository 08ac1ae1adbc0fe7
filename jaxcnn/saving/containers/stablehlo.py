"""A model's inference as a StableHLO program that runs without the model's code: `jax.export`."""

from __future__ import annotations

import bisect
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

import jax
import numpy as np
from jax.errors import InconclusiveDimensionOperation, TracerBoolConversionError

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

    The program takes any batch size. Where the model's input shape has None it takes any size from
    the smallest on that is enough for the layers.

    Args:
        model: whose input shape is known.
        path: of the file.
        platforms: what it shall run on. Default: ('cpu', 'cuda', 'tpu').

    Raises:
        ValueError: the input shape is not known, an operation cannot be exported for a platform, or
            one needs to know a size.

    Examples:
        >>> jc.saving.export_model(model, "model.zip")
        >>> predict = jc.saving.load_exported("model.zip")
        >>> bool(np.allclose(predict(x), model.predict(x)))
        True

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/export/_export.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/export/_export.py>
    """
    export = jax_export()
    require_input_shape(model)
    leaves, tree = jax.tree.flatten(model.variables)
    step = predict_step(model.module)

    def run(weights: list[jax.Array], inputs: list[jax.Array]) -> list[jax.Array]:
        return jax.tree.leaves(step(jax.tree.unflatten(tree, weights), inputs))

    weights = [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) for leaf in leaves]
    unknown = any(n is None for tensor in model.inputs for n in tensor.shape[1:])
    smallest = smallest_size(model, partial(jax.eval_shape, run, weights)) if unknown else 1
    inputs = symbolic_inputs(model, smallest)
    try:
        exported = export.export(jax.jit(run), platforms=platforms)(weights, inputs)
    except (InconclusiveDimensionOperation, TracerBoolConversionError) as error:
        raise ValueError(
            f"Model '{model.name}' cannot be exported for inputs of any size, of "
            f"{[tuple(t.shape) for t in model.inputs]}: a layer computes with the size. Build it "
            "for inputs of a known one, such as Input((224, 224, 3))."
        ) from error
    about = {
        "inputs": list(model.input_names),
        "outputs": distinct(model.output_names),
        "dtypes": [str(np.dtype(t.dtype)) for t in model.inputs],
        "weights": len(leaves),
        "smallest": smallest,
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


def symbolic_inputs(model: Network, smallest: int = 1) -> list[jax.ShapeDtypeStruct]:
    """The inputs of the program: one batch size for all, and a new size for every other None, none
    below the `smallest`.
    """
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
    unknown = [n for sizes in names for n in sizes if n.startswith("size")]
    scope = export.SymbolicScope([f"{name} >= {smallest}" for name in unknown if smallest > 1])
    return [
        jax.ShapeDtypeStruct(export.symbolic_shape(", ".join(sizes), scope=scope), t.dtype)
        for sizes, t in zip(names, model.inputs, strict=True)
    ]


def smallest_size(model: Network, traced: Callable[[list[jax.ShapeDtypeStruct]], object]) -> int:
    """The smallest number for all sizes that a model does not know but the batch's.

    Args:
        model: whose inputs they are.
        traced: traces it for inputs of known sizes, and raises ValueError for too small ones.

    Raises:
        ValueError: none up to 4,096 is enough.
    """

    failures: list[ValueError] = []

    def fits(size: int) -> bool:
        shapes = [(t.shape[0] or 1, *(n or size for n in t.shape[1:])) for t in model.inputs]
        examples = zip(shapes, model.inputs, strict=True)
        try:
            traced([jax.ShapeDtypeStruct(shape, t.dtype) for shape, t in examples])
        except ValueError as error:
            failures.append(error)
            return False
        return True

    enough = next((2**power for power in range(13) if fits(2**power)), None)
    if enough is None:
        raise ValueError(
            f"Model '{model.name}' takes no inputs of any size up to 4,096: {failures[-1]}"
        ) from failures[-1]
    return bisect.bisect_left(range(enough), True, lo=enough // 2 + 1, key=fits)


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

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/export/_export.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/export/_export.py>
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
    shapes = [aval.shape for aval in exported.in_avals[about["weights"] :]]

    def predict(*inputs: ArrayLike) -> np.ndarray | list[np.ndarray]:
        if len(inputs) != len(about["inputs"]):
            raise TypeError(
                f"The model takes {len(about['inputs'])} inputs ({', '.join(about['inputs'])})."
            )
        parts = zip(inputs, about["dtypes"], about["inputs"], shapes, strict=True)
        given = [
            fitting(jax.numpy.asarray(x, dtype), name, shape, about.get("smallest", 1))
            for x, dtype, name, shape in parts
        ]
        outputs = [np.asarray(output) for output in program(weights, given)]
        return outputs[0] if len(outputs) == 1 else outputs

    return predict


def fitting(x: jax.Array, name: str, shape: Sequence[object], smallest: int) -> jax.Array:
    """`x`, of a shape that the program takes.

    Raises:
        ValueError: it has another one.
    """
    known = tuple(n if isinstance(n, int) else None for n in shape)
    sizes = zip(x.shape, known, [1, *[smallest] * len(known)], strict=False)
    if x.ndim != len(known) or any(n < least if m is None else n != m for n, m, least in sizes):
        least = f", of sizes from {smallest} on" if None in known[1:] and smallest > 1 else ""
        raise ValueError(f"Input '{name}' has the shape {x.shape}; expected {known}{least}.")
    return x
