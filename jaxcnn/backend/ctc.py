"""Connectionist temporal classification: labels for sequences that are not aligned with them.

Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with
Recurrent Neural Networks", 2006. The last class is the blank.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.backend import ctc_search
from jaxcnn.backend.sparse import SparseTensor, with_default
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime.config import epsilon
from jaxcnn.spellings.dialect import dialect


@operation()
def ctc_batch_cost(
    y_true: TensorLike, y_pred: TensorLike, input_length: TensorLike, label_length: TensorLike
) -> Tensor:
    """Minus the log probability of each label sequence: (batch, 1).

    Args:
        y_true: class numbers (batch, labels), of which the first `label_length` count.
        y_pred: probabilities (batch, steps, classes), of which the first `input_length` steps
            count.
        input_length, label_length: integers (batch, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> labels, probabilities = np.array([[0, 1]]), np.full((1, 4, 3), 1 / 3, np.float32)
        >>> K.ctc_batch_cost(labels, probabilities, np.array([[4]]), np.array([[2]])).shape
        (1, 1)

    References:
        - Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data
          with Recurrent Neural Networks", 2006, <https://www.cs.toronto.edu/~graves/icml_2006.pdf>
    """
    labels, scores = jnp.asarray(y_true), _log_scores(y_pred)
    present = _first(labels, label_length)
    return ctc_search.cost(scores, _lengths(input_length), labels, present)[:, None]


@operation()
def ctc_label_dense_to_sparse(labels: TensorLike, label_lengths: TensorLike) -> SparseTensor:
    """The labels that count, as a sparse tensor, which the words of TensorFlow take.

    Args:
        labels: class numbers (batch, labels).
        label_lengths: integers (batch,), how many of each row count.

    Examples:
        >>> from jaxcnn import backend as K
        >>> sparse = K.ctc_label_dense_to_sparse(np.array([[3, 0], [2, 9]]), np.array([2, 1]))
        >>> sparse.values.tolist()
        [3, 0, 2]

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    labels = jnp.asarray(labels)
    present = _first(labels, label_lengths)
    return SparseTensor(jnp.where(present, labels, 0), present)


@operation()
def ctc_decode(
    y_pred: TensorLike,
    input_length: TensorLike,
    greedy: bool = True,
    beam_width: int = 100,
    top_paths: int = 1,
) -> tuple[list[Tensor], Tensor]:
    """The best class of each step, repetitions merged and blanks dropped.

    Args:
        y_pred: probabilities (batch, steps, classes).
        input_length: integers (batch,), how many steps count.
        greedy: whether the best class of each step is taken, else the likeliest labels, which many
            paths share, are searched for. Default: True.
        beam_width: how many label sequences that search follows. Default: 100.
        top_paths: how many of them it returns. Default: 1.

    Returns:
        ([labels (batch, longest), filled up with -1, of each path], minus the log probability of
        the path (batch, 1) or, of a search with a beam, the log probabilities of the labels
        (batch, top_paths)). Inside a compiled function, where no length is known, the longest is
        `steps`.

    Raises:
        ValueError: more `top_paths` than `beam_width`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> probabilities = np.eye(3, dtype=np.float32)[[0, 0, 2, 1]][None]
        >>> paths, scores = K.ctc_decode(probabilities, np.array([4]))
        >>> K.eval(paths[0])
        array([[0, 1]], dtype=int32)

    References:
        - Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data
          with Recurrent Neural Networks", 2006, <https://www.cs.toronto.edu/~graves/icml_2006.pdf>
    """
    scores, lengths = _log_scores(y_pred), _lengths(input_length)
    if greedy:
        labels, cost = ctc_search.greedy(scores, lengths)
        return [with_default(labels, -1)], cost
    normal = jax.nn.log_softmax(scores)
    paths, chances = ctc_search.beam_paths(normal, lengths, beam_width, top_paths, merge=True)
    return [with_default(path, -1) for path in paths], chances


def _first(labels: jax.Array, lengths: TensorLike) -> jax.Array:
    return jnp.arange(labels.shape[1]) < _lengths(lengths)[:, None]


def _lengths(lengths: TensorLike) -> jax.Array:
    return jnp.asarray(lengths).reshape(-1)


def _log_scores(y_pred: TensorLike) -> jax.Array:
    fuzz = dialect().ctc_fuzz
    return jnp.log(jnp.asarray(y_pred) + (epsilon() if fuzz is None else fuzz))
