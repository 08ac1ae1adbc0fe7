"""Where a model begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import naming
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import in_words_of_program
from jaxcnn.layers.symbolic.operation import Operation, free_borrowed
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import Evaluated, Node, SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import Variable
from jaxcnn.nn import Activation
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Config, DTypeLike, PyTree, Shape
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.translate import old_spellings


@old_spellings
class InputLayer(Layer):
    """The layer of an `Input`: it passes on what the model is given.

    Args:
        input_shape: shape of one sample, None where any size will do.
        batch_size: a fixed batch size to go with `input_shape`; None for any.
        batch_input_shape: shape with the batch size in front, instead of both. Default: None.
        dtype: dtype of the values; None for float32.
        input_tensor: a variable or an array of any shape, or a symbolic tensor that needs no input,
            whose value is passed on. Default: None.
        sparse: whether it is meant for sparse matrices of SciPy, of which each batch is made dense.
            Default: False.
        name: name of the layer; None for one with a counter.
        trainable: kept, although there is nothing to train. Default: True.

    Attributes:
        held: the variable, array or tensor whose value it passes on instead, or None.

    Raises:
        ValueError: no shape, or a size that is not a positive integer.

    Examples:
        >>> jc.layers.InputLayer((28, 28, 1), name="image").output
        <SymbolicTensor of 'image' shape=(None, 28, 28, 1) dtype=float32>

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    def __init__(
        self,
        input_shape: Shape | None = None,
        batch_size: int | None = None,
        batch_input_shape: Shape | None = None,
        dtype: DTypeLike | None = None,
        input_tensor: Variable | jax.Array | SymbolicTensor | None = None,
        sparse: bool = False,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        if input_tensor is not None:
            symbolic = isinstance(input_tensor, SymbolicTensor)
            shape = input_tensor.shape if symbolic else np.shape(input_tensor)
            input_shape, batch_input_shape = None, tuple(shape)
            dtype = dtype or input_tensor.dtype
        self.held, self.sparse = input_tensor, bool(sparse)
        if input_shape is None and batch_input_shape is None:
            raise ValueError(
                "An input layer needs `input_shape` (of one sample) or `batch_input_shape`."
            )
        if isinstance(input_shape, int):
            input_shape = (input_shape,)
        # A size of another tensor may be an object with a value.
        input_shape, batch_input_shape = (
            shape and tuple(getattr(size, "value", size) for size in shape)
            for shape in (input_shape, batch_input_shape)
        )
        super().__init__(
            name=name or naming.unique_name("Input"),
            trainable=trainable and not chosen(),  # as in every old Keras
            input_shape=input_shape,
            batch_size=batch_size,
            batch_input_shape=batch_input_shape,
            dtype=str(np.dtype(dtype)) if dtype is not None else config.floatx(),
        )
        if self.batch_input_shape is None or any(
            n is not None and (not isinstance(n, int | np.integer) or n < 1)
            for n in self.batch_input_shape
        ):
            raise ValueError(
                f"Input '{self.name}': the shape is {self.batch_input_shape}; each size must be a "
                "positive integer, or None where any will do."
            )
        self.weights_store.specs = ()
        tensor = SymbolicTensor(self.batch_input_shape, np.dtype(self.dtype), self, 0, 0)
        # What holds a value is computed from that, but where a model is fed with it.
        held = None if input_tensor is None else Evaluated(self.module, (held_value(input_tensor),))
        self.inbound_nodes = [Node(self, (), {}, outputs=tensor, evaluated=held)]

    def make_module(self) -> nn.Module:
        return Activation("linear")

    @property
    def output_name(self) -> str:
        """The name of its tensor without the number; in old programs that of a placeholder."""
        return self.name if chosen() else f"{self.name}/output"

    @property
    def input(self) -> PyTree:
        return self.output

    @property
    def input_shape(self) -> PyTree:
        return self.output_shape

    @in_words_of_program
    def get_config(self) -> Config:
        return {
            "batch_input_shape": self.batch_input_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "name": self.name,
        }


LAYERS.register()(InputLayer)


class Source(Protocol):
    """What gives inputs their values, some in each run."""

    def draw(self) -> Sequence[np.ndarray]:
        """The values of the next run."""


class DrawnInput(InputLayer):
    """An input whose value each run takes from a source.

    Args:
        source: which gives it.
        index: of this one among the values of the source.
        shape: with the batch.
        dtype: of the value.
        name: of the layer.
    """

    def __init__(
        self, source: Source, index: int, shape: Shape, dtype: DTypeLike, name: str
    ) -> None:
        super().__init__(batch_input_shape=shape, dtype=dtype, name=name)
        self.source, self.index = source, index


def drawn_values(tensors: Sequence[SymbolicTensor]) -> list[np.ndarray]:
    """The values of such inputs in one run, for which each source is asked once."""
    layers = [cast(DrawnInput, tensor.layer) for tensor in tensors]
    sources = {id(layer.source): layer.source for layer in layers}
    values = {number: source.draw() for number, source in sources.items()}
    return [values[id(layer.source)][layer.index] for layer in layers]


def needs_nothing(tensor: SymbolicTensor) -> bool:
    """Whether a tensor is computed without an input that a program feeds."""
    return all(isinstance(source.layer, DrawnInput) for source in upstream([tensor], ())[1])


def held_value(value: Variable | jax.Array | SymbolicTensor) -> SymbolicTensor:
    """A variable or an array as a symbolic tensor."""
    if isinstance(value, SymbolicTensor):
        free_borrowed(upstream([value], ())[0])
        return value
    tensor: SymbolicTensor = Operation(SavedCall("identity", jnp.asarray, (value,)))([])
    return tensor


@old_spellings
def Input(
    shape: Shape | int | None = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
    dtype: DTypeLike | None = None,
    sparse: bool = False,
    tensor: PyTree = None,
) -> SymbolicTensor:
    """A symbolic tensor for a model to start from.

    Args:
        shape: the shape of one sample, without the batch; None where any size will do.
        batch_shape: the shape with the batch size in front, instead of `shape`. Default: None.
        name: the input's name, which a dict of inputs uses. Default: None.
        dtype: of the values, float32 by default.
        sparse: whether the model is given sparse matrices of SciPy, of which each batch is made
            dense; it takes dense arrays as well. Default: False.
        tensor: a symbolic tensor of that shape to start from, which is returned; or a variable, an
            array, or a tensor that needs no input, whose value the model then takes instead of an
            array that it is given. Default: None.

    Raises:
        ValueError: when neither shape is given, or a size is not a positive integer.

    Examples:
        >>> jc.layers.Input((28, 28, 1), name="image")
        <SymbolicTensor of 'image' shape=(None, 28, 28, 1) dtype=float32>

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    if isinstance(tensor, SymbolicTensor) and not needs_nothing(tensor):
        return tensor
    if shape is None and batch_shape is None and tensor is None:
        raise ValueError("Input needs `shape` (of one sample, without the batch) or `batch_shape`.")
    sample = (shape,) if isinstance(shape, int) else shape
    settings: Config = {"batch_input_shape": batch_shape, "dtype": dtype, "name": name}
    layer = InputLayer(sample, **settings, sparse=sparse, input_tensor=tensor)
    output: SymbolicTensor = layer.output
    return output
