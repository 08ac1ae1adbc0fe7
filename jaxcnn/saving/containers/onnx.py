"""A model's inference as an ONNX program, by jax2onnx."""

from __future__ import annotations

import jax
from jax.errors import InconclusiveDimensionOperation
from jax.export import symbolic_shape

from jaxcnn.ops.tracing import spelled_out
from jaxcnn.runtime.names import distinct
from jaxcnn.saving.containers.stablehlo import require_input_shape
from jaxcnn.saving.types import Filename, Network
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.training.steps import predict_step
from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.packages import installed


@suggesting
def export_onnx(model: Network, path: Filename, batch_size: int | None = None) -> None:
    """Write the inference function of a model with its weights as an ONNX program.

    Its inputs and outputs are called as `Model.input_names` and `output_names` say.

    Args:
        model: whose input shape is known but for the batch.
        path: of the file.
        batch_size: how many samples the program takes at a time; None for any number.

    Raises:
        ImportError: the package jax2onnx is missing.
        ValueError: an input shape is not known, or an operation of the model has no form in ONNX.

    Examples:
        >>> jc.saving.export_onnx.__name__  # export_onnx(model, "model.onnx") needs jax2onnx
        'export_onnx'

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/export/onnx.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/export/onnx.py>
    """
    to_onnx = installed("jax2onnx", "An ONNX program").to_onnx
    require_input_shape(model)
    (batch,) = symbolic_shape("B") if batch_size is None else (batch_size,)
    inputs = [
        jax.ShapeDtypeStruct((batch, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs
    ]
    for name, given in zip(model.input_names, inputs, strict=True):
        if None in given.shape:
            raise ValueError(
                f"An ONNX program takes arrays of one shape; input '{name}' of model "
                f"'{model.name}' has {given.shape}."
            )
    step, variables = predict_step(model.module), model.variables

    def run(*arrays: jax.Array) -> jax.Array | tuple[jax.Array, ...]:
        outputs: list[jax.Array] = jax.tree.leaves(
            step(variables, arrays[0] if len(arrays) == 1 else list(arrays))
        )
        # An output that is an input as it came would be one value with two names.
        outputs = [y + 0 if any(y is x for x in arrays) else y for y in outputs]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    names = {"input_names": model.input_names, "output_names": distinct(model.output_names)}
    with spelled_out():
        try:
            program = to_onnx(run, inputs, model_name=model.name, **names)
        except (NotImplementedError, InconclusiveDimensionOperation) as error:
            advice = "" if batch_size else " With a `batch_size` more operations can."
            raise ValueError(
                f"Model '{model.name}' cannot be written as ONNX: {error}{advice}"
            ) from error
    with atomic_write(path) as file:
        file.write(program.SerializeToString())
