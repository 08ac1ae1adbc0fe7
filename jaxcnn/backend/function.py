"""Functions and gradients from symbolic tensors."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.backend.computation import Computation
from jaxcnn.backend.settings import is_learning_phase
from jaxcnn.layers.added_updates import coming_along
from jaxcnn.layers.symbolic.change import Change, is_update
from jaxcnn.layers.symbolic.dependence import Source
from jaxcnn.layers.symbolic.gradients import derivatives
from jaxcnn.layers.symbolic.graph_updates import recording
from jaxcnn.layers.symbolic.operators import array_of_sizes
from jaxcnn.layers.symbolic.sizes import Sizes, UnknownSize
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import captures, config
from jaxcnn.runtime.arrays import dense
from jaxcnn.runtime.types import HostArray
from jaxcnn.spellings.keywords import suggesting


class Function:
    """A compiled function of symbolic tensors; see `function`."""

    def __init__(
        self,
        inputs: Sequence[Source],
        outputs: Sequence[TensorLike | Change],
        updates: Sequence[tuple[Variable, TensorLike] | Change] | None = None,
    ) -> None:
        arguments = {"inputs": inputs, "outputs": outputs, "updates": updates or []}
        for name, given in arguments.items():
            if not isinstance(given, list | tuple):
                raise TypeError(f"K.function: `{name}` must be a list; given {given!r}.")
        for tensor in inputs:
            if not isinstance(tensor, SymbolicTensor | Variable):
                raise TypeError(
                    "K.function: each input must be a symbolic tensor, a variable or "
                    f"K.learning_phase(); given {tensor!r}."
                )
        for pair in updates or []:
            if not is_update(pair):
                raise TypeError(
                    f"K.function: each update must be a pair (variable, new value); given {pair!r}."
                )
        for output in outputs:
            if hasattr(output, "run"):  # what TensorFlow calls an operation
                raise TypeError(
                    f"K.function: each output must be a tensor; given {output!r}. Operations run "
                    "in a session: K.get_session().run(operation, feed_dict={...})."
                )
        demanded = [output for output in outputs if isinstance(output, Change)]
        self.inputs, self.updates = list(inputs), [*(updates or []), *demanded]
        self.updates += coming_along(new for _, new in self.updates)
        self.outputs = [as_output(output) for output in outputs]
        self._targets = [*self.outputs, *(new for _, new in self.updates)]
        symbolic = [tensor for tensor in self._targets if isinstance(tensor, SymbolicTensor)]
        self._computation = Computation(symbolic, self.inputs)

    def fits(self, count: int) -> bool:
        """Whether so many values will do."""
        given = len(self.inputs)
        phase_last = given > 0 and is_learning_phase(self.inputs[-1])
        return count == given or (phase_last and count == given - 1)

    def __call__(self, inputs: Sequence[HostArray | float]) -> list[np.ndarray]:
        """The outputs by the weights as they are now, as NumPy arrays, those without axes as NumPy
        numbers; then the updates are carried out.

        Without a value for `K.learning_phase()` at the end it is that of inference.
        """
        if not isinstance(inputs, list | tuple) or not self.fits(len(inputs)):
            raise TypeError(
                f"The function takes a list of {len(self.inputs)} inputs; given {inputs!r}."
            )
        train = config.in_training(False)
        arrays = []
        for tensor, value in zip(self.inputs, inputs, strict=False):
            if is_learning_phase(tensor):
                train = bool(value)
            else:
                arrays.append(fitting(tensor, value))
        values = self._computation(arrays, train)
        results = [
            values.pop(0) if isinstance(target, SymbolicTensor) else np.array(target)
            for target in self._targets
        ]
        for (variable, _), value in zip(self.updates, results[len(self.outputs) :], strict=True):
            variable.set(value)
        return [np.array(result)[()] for result in results[: len(self.outputs)]]


def as_output(output: TensorLike | Change) -> TensorLike:
    """What is computed for an output: of an update the new value."""
    if isinstance(output, Change):
        value: TensorLike = output[1]
        return value
    return array_of_sizes(output) if isinstance(output, Sizes | UnknownSize) else output


def fitting(tensor: Source, value: HostArray | float) -> jax.Array:
    """`value` as an array of the dtype of `tensor`.

    Raises:
        ValueError: its shape is not one that `tensor` can have.
    """
    array = jnp.asarray(dense(value)).astype(tensor.dtype)
    if isinstance(tensor, SymbolicTensor) and tensor.any_shape:
        return array
    fits = array.ndim == tensor.ndim
    if not fits or any(n not in (None, m) for n, m in zip(tensor.shape, array.shape, strict=True)):
        raise ValueError(
            f"'{tensor.name}' has the shape {tensor.shape}; given an array of {array.shape}."
        )
    return array


@suggesting
def function(
    inputs: Sequence[Source],
    outputs: Sequence[TensorLike | Change],
    updates: Sequence[tuple[Variable, TensorLike] | Change] | None = None,
    name: str | None = None,
) -> Function:
    """A compiled function: a list of arrays in, the list of the outputs as NumPy arrays out.

    The weights are read at each call.

    Args:
        inputs: symbolic tensors whose values are given: a model's input, a placeholder, but also
            what a layer computes, or a variable. With `learning_phase` among them each call says 0
            or 1; without it, it is 0 unless it has been set.
        outputs: list of tensors of any shape and dtype to compute; a variable stands for its value.
        updates: pairs (variable, new value), as `update` returns them, carried out after the
            outputs are computed. Default: None.
        name: only a label. Default: None.

    Raises:
        TypeError: something else than lists of these.
        ValueError: an output needs an input that is not given.

    Examples:
        >>> from jaxcnn import backend as K
        >>> a = K.placeholder((None,))
        >>> K.function([a], [a * 2])([np.array([1.0, 2.0])])
        [array([2., 4.], dtype=float32)]

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Function(inputs, outputs, updates)


@suggesting
def gradients(
    loss: TensorLike | Sequence[TensorLike], variables: TensorLike | Sequence[TensorLike]
) -> list[SymbolicTensor | None]:
    """The derivatives of `loss`, or of its sum if it has axes, for `function` to compute.

    Args:
        loss: a symbolic tensor of any shape in float, or a list of them, whose sums are added.
        variables: symbolic tensors (an input, what a layer computes), weights (``layer.kernel``)
            and variables: one of them, or a list.

    Returns:
        A list of symbolic tensors of the shapes of `variables`; None for those that `loss` does not
        depend on.

    Raises:
        TypeError: something else.

    Examples:
        >>> from jaxcnn import backend as K
        >>> a = K.placeholder((None,))
        >>> K.function([a], K.gradients(K.sum(a**2), [a]))([np.array([1.0, 2.0])])
        [array([2., 4.], dtype=float32)]

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if (trace := recording()) is not None:
        sources_given = variables if isinstance(variables, list | tuple) else [variables]
        return trace.gradients(loss, sources_given)
    captures.notice("K.gradients")
    losses: list[SymbolicTensor] = []
    for value in loss if isinstance(loss, list | tuple) else [loss]:
        if not isinstance(value, SymbolicTensor):
            raise TypeError(f"K.gradients: the loss must be a symbolic tensor; given {value!r}.")
        losses.append(value)
    sources: list[SymbolicTensor | Variable] = []
    for value in variables if isinstance(variables, list | tuple) else [variables]:
        if not isinstance(value, SymbolicTensor | Variable):
            raise TypeError(
                "K.gradients: derivatives are by symbolic tensors, weights or variables; given "
                f"{value!r}."
            )
        sources.append(value)
    return derivatives(losses, sources)


@suggesting
def eval(x: TensorLike) -> np.ndarray:
    """The value of a variable, of an array, or of a symbolic tensor that needs no input.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.variable([1.0]) * 2)
        array([2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Function([], [x])([])[0]
