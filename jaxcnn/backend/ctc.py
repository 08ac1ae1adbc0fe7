"""Connectionist temporal classification: labels for sequences that are not aligned with them.

Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with
Recurrent Neural Networks", 2006. The last class is the blank.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import operation


@operation()
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """Minus the log probability of each label sequence: (batch, 1).

    Args:
        y_true: class numbers (batch, labels), of which the first `label_length` count.
        y_pred: probabilities (batch, steps, classes), of which the first `input_length` steps
            count.
        input_length, label_length: (batch, 1).
    """
    import optax

    def padding(shape: tuple[int, ...], lengths: Any) -> jax.Array:
        return (jnp.arange(shape[1]) >= jnp.reshape(lengths, (-1, 1))).astype(jnp.float32)

    cost = optax.ctc_loss(
        _log_scores(y_pred),
        padding(jnp.shape(y_pred), input_length),
        jnp.asarray(y_true).astype(jnp.int32),
        padding(jnp.shape(y_true), label_length),
        blank_id=jnp.shape(y_pred)[-1] - 1,
    )
    return cost[:, None]


@operation()
def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Any], Any]:
    """The labels along the likeliest path: the best class of each step, repetitions merged, blanks
    dropped.

    Args:
        y_pred: probabilities (batch, steps, classes).
        input_length: (batch,), how many steps count.
        greedy, beam_width, top_paths: only the greedy search is there, which the other two do not
            concern.

    Returns:
        ([labels (batch, steps), filled up with -1], minus the log probability of the path (batch,
        1)).

    Raises:
        ValueError: not `greedy`.
    """
    if not greedy:
        raise ValueError("K.ctc_decode searches greedily only; leave `greedy` True.")
    scores = _log_scores(y_pred)
    batch, steps, classes = scores.shape
    counts = jnp.arange(steps) < jnp.reshape(input_length, (-1, 1))
    best = jnp.where(counts, jnp.argmax(scores, -1), classes - 1)
    before = jnp.pad(best, ((0, 0), (1, 0)), constant_values=-1)[:, :-1]
    kept = (best != before) & (best != classes - 1)
    place = jnp.where(kept, jnp.cumsum(kept, 1) - 1, steps)  # past the end: left out
    labels = (
        jnp.full((batch, steps), -1, jnp.int32)
        .at[jnp.arange(batch)[:, None], place]
        .set(best, mode="drop")
    )
    return [labels], -jnp.sum(jnp.where(counts, jnp.max(scores, -1), 0.0), 1)[:, None]


def _log_scores(y_pred: Any) -> jax.Array:
    return jnp.log(jnp.asarray(y_pred) + 1e-8)
