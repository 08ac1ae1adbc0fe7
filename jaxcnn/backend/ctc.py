"""Connectionist temporal classification: labels for sequences that are not aligned with them.

Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with
Recurrent Neural Networks", 2006. The last class is the blank.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.types import Tensor, TensorLike


@operation()
def ctc_batch_cost(
    y_true: TensorLike, y_pred: TensorLike, input_length: TensorLike, label_length: TensorLike
) -> Tensor:
    """Minus the log probability of each label sequence: (batch, 1).

    Args:
        y_true: class numbers (batch, labels), of which the first `label_length` count.
        y_pred: probabilities (batch, steps, classes), of which the first `input_length` steps
            count.
        input_length, label_length: (batch, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> labels, probabilities = np.array([[0, 1]]), np.full((1, 4, 3), 1 / 3, np.float32)
        >>> K.ctc_batch_cost(labels, probabilities, np.array([[4]]), np.array([[2]])).shape
        (1, 1)
    """
    import optax

    def padding(size: int, lengths: TensorLike) -> jax.Array:
        return (jnp.arange(size) >= jnp.asarray(lengths).reshape(-1, 1)).astype(jnp.float32)

    labels, scores = jnp.asarray(y_true).astype(jnp.int32), _log_scores(y_pred)
    cost: jax.Array = optax.ctc_loss(
        scores,
        padding(scores.shape[1], input_length),
        labels,
        padding(labels.shape[1], label_length),
        blank_id=scores.shape[-1] - 1,
    )
    return cost[:, None]


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
        input_length: (batch,), how many steps count.
        greedy, beam_width, top_paths: the search is always greedy, which has no beam and one path.

    Returns:
        ([labels (batch, longest), filled up with -1], minus the log probability of the path (batch,
        1)). Inside a compiled function, where no length is known, the longest is `steps`.

    Raises:
        ValueError: not `greedy`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> probabilities = np.eye(3, dtype=np.float32)[[0, 0, 2, 1]][None]
        >>> paths, scores = K.ctc_decode(probabilities, np.array([4]))
        >>> K.eval(paths[0])
        array([[0, 1]], dtype=int32)
    """
    if not greedy:
        raise ValueError("K.ctc_decode searches greedily only; leave `greedy` True.")
    scores = _log_scores(y_pred)
    batch, steps, classes = scores.shape
    counts = jnp.arange(steps) < jnp.asarray(input_length).reshape(-1, 1)
    best = jnp.where(counts, jnp.argmax(scores, -1), classes - 1)
    before = jnp.pad(best, ((0, 0), (1, 0)), constant_values=-1)[:, :-1]
    is_label = (best != before) & (best != classes - 1)
    position = jnp.where(is_label, jnp.cumsum(is_label, 1) - 1, steps)  # past the end: left out
    empty = jnp.full((batch, steps), -1, jnp.int32)
    labels = empty.at[jnp.arange(batch)[:, None], position].set(best, mode="drop")
    if not isinstance(is_label, jax.core.Tracer):
        labels = labels[:, : int(jnp.max(jnp.sum(is_label, 1), initial=0))]
    return [labels], -jnp.sum(jnp.where(counts, jnp.max(scores, -1), 0.0), 1)[:, None]


def _log_scores(y_pred: TensorLike) -> jax.Array:
    return jnp.log(jnp.asarray(y_pred) + 1e-8)
