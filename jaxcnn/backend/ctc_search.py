"""Connectionist temporal classification: the costs and searches of single sequences.

Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with
Recurrent Neural Networks", 2006, and Graves, "Supervised Sequence Labelling with Recurrent Neural
Networks", 2012, section 7.5.3, for the search with a beam. The last class is the blank.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from jaxcnn.backend.sparse import SparseTensor

NEVER = -1e30  # the logarithm of the chance of what cannot happen


def cost(scores: Array, lengths: Array, labels: Array, present: Array) -> Array:
    """Minus the log probability of each label sequence (batch,), infinite where steps lack.

    Args:
        scores: (batch, steps, classes), of which softmax makes probabilities.
        lengths: (batch,), how many steps count.
        labels, present: class numbers (batch, labels) and which of them count, the first ones.
    """
    import optax

    padding = (jnp.arange(scores.shape[1]) >= lengths[:, None]).astype(jnp.float32)
    missing = 1 - present.astype(jnp.float32)
    loss: Array = optax.ctc_loss(
        scores, padding, labels.astype(jnp.int32), missing, blank_id=scores.shape[-1] - 1
    )
    between = (labels[:, 1:] == labels[:, :-1]) & present[:, 1:]  # blanks, that keep them apart
    return jnp.where(jnp.sum(present, 1) + jnp.sum(between, 1) > lengths, jnp.inf, loss)


def left_aligned(labels: Array, counts: Array) -> SparseTensor:
    """The labels that count, moved to the left; as wide as the longest row where that is known."""
    batch, width = labels.shape
    position = jnp.where(counts, jnp.cumsum(counts, 1) - 1, width)  # past the end: left out
    rows = jnp.arange(batch)[:, None]
    whole = jnp.zeros((batch, width), jnp.int32).at[rows, position].set(labels, mode="drop")
    number = jnp.sum(counts, 1)
    longest = width
    if not isinstance(number, jax.core.Tracer):
        longest = int(jnp.max(number, initial=0))
    present = jnp.arange(width) < number[:, None]
    return SparseTensor(whole[:, :longest], present[:, :longest])


def greedy(scores: Array, lengths: Array, merge: bool = True) -> tuple[SparseTensor, Array]:
    """The best class of each step without blanks, and minus the sum of its scores (batch, 1).

    Args:
        scores: (batch, steps, classes).
        lengths: (batch,), how many steps count.
        merge: whether a class that is best in consecutive steps counts once.
    """
    blank = scores.shape[-1] - 1
    inside = jnp.arange(scores.shape[1]) < lengths[:, None]
    best = jnp.where(inside, jnp.argmax(scores, -1), blank)
    before = jnp.pad(best, ((0, 0), (1, 0)), constant_values=-1)[:, :-1]
    counts = (best != blank) & ((best != before) if merge else True)
    total = jnp.sum(jnp.where(inside, jnp.max(scores, -1), 0.0), 1)
    return left_aligned(best, counts), -total[:, None]


class Beam(NamedTuple):
    """The likeliest label sequences so far, the best first.

    Attributes:
        labels: (width, steps), -1 past the end.
        length: (width,).
        blank: log probability of the paths that end with a blank.
        label: of those that end with the last label.
    """

    labels: Array
    length: Array
    blank: Array
    label: Array

    @property
    def total(self) -> Array:
        """The log probability of all paths."""
        return jnp.logaddexp(self.blank, self.label)

    @property
    def last(self) -> Array:
        """The last label, -1 of an empty sequence."""
        at = jnp.maximum(self.length - 1, 0)[:, None]
        return jnp.where(self.length > 0, jnp.take_along_axis(self.labels, at, 1)[:, 0], -1)


def beam_search(scores: Array, lengths: Array, width: int) -> Beam:
    """The beam after the last step that counts, with an axis of the batch in front.

    Args:
        scores: log probabilities (batch, steps, classes).
        lengths: (batch,), how many steps count.
        width: how many sequences are followed.
    """

    def one(steps: Array, length: Array) -> Beam:
        start = Beam(
            jnp.full((width, len(steps)), -1, jnp.int32),
            jnp.zeros(width, jnp.int32),
            jnp.full(width, NEVER).at[0].set(0.0),
            jnp.full(width, NEVER),
        )

        def step(beam: Beam, now: tuple[Array, Array]) -> tuple[Beam, None]:
            number, scores_now = now
            after = _advanced(beam, scores_now)
            return jax.tree.map(lambda a, b: jnp.where(number < length, a, b), after, beam), None

        return jax.lax.scan(step, start, (jnp.arange(len(steps)), steps))[0]

    result: Beam = jax.vmap(one)(scores, lengths)
    return result


def _advanced(beam: Beam, scores: Array) -> Beam:
    """The beam after one more step with these log probabilities of the classes."""
    width, steps = beam.labels.shape
    classes = len(scores) - 1
    alive = beam.total > NEVER / 2
    last = beam.last
    # reached[i, c]: sequence i goes on with label c; after its own last label only from a blank
    repeats = jnp.arange(classes)[None] == last[:, None]
    reached = jnp.where(repeats, beam.blank[:, None], beam.total[:, None]) + scores[None, :-1]
    reached = jnp.where(alive[:, None], reached, NEVER)
    # is_child[i, j]: sequence j is sequence i and one label more
    before = jnp.arange(steps)[None, None] < beam.length[:, None, None]
    same = jnp.all((beam.labels[:, None] == beam.labels[None]) | ~before, -1)
    longer = beam.length[None] == beam.length[:, None] + 1
    is_child = same & longer & alive[:, None] & alive[None]
    at_last = jnp.maximum(last, 0)
    from_parent = jnp.max(jnp.where(is_child, reached[:, at_last], NEVER), 0)
    stay_label = jnp.where(
        last >= 0, jnp.logaddexp(beam.label + scores[at_last], from_parent), NEVER
    )
    stay_blank = beam.total + scores[-1]
    taken = jnp.zeros((width, classes), bool).at[:, at_last].max(is_child)
    extended = jnp.where(taken, NEVER, reached).ravel()
    candidates = jnp.concatenate([jnp.logaddexp(stay_blank, stay_label), extended])
    _, chosen = jax.lax.top_k(candidates, width)
    grows = chosen >= width
    parent = jnp.where(grows, (chosen - width) // max(classes, 1), chosen)
    new = ((chosen - width) % max(classes, 1)).astype(jnp.int32)
    rows, length = beam.labels[parent], beam.length[parent]
    written = rows.at[jnp.arange(width), length].set(new, mode="drop")
    return Beam(
        jnp.where(grows[:, None], written, rows),
        length + grows,
        jnp.where(grows, NEVER, stay_blank[parent]),
        jnp.where(grows, candidates[chosen], stay_label[parent]),
    )


def beam_paths(
    scores: Array, lengths: Array, width: int, paths: int, merge: bool
) -> tuple[list[SparseTensor], Array]:
    """The likeliest label sequences, and their log probabilities (batch, paths).

    Args:
        scores: log probabilities (batch, steps, classes).
        lengths: (batch,), how many steps count.
        width: how many sequences are followed.
        paths: how many are returned.
        merge: whether labels that repeat within a sequence are given once.
    """
    if not 0 < paths <= width:
        raise ValueError(f"top_paths must be from 1 to beam_width {width}; given {paths}.")
    beam = beam_search(scores, lengths, width)
    results = []
    for path in range(paths):
        labels = beam.labels[:, path]
        counts = jnp.arange(labels.shape[1]) < beam.length[:, path, None]
        if merge:
            counts &= jnp.pad(labels[:, 1:] != labels[:, :-1], ((0, 0), (1, 0)), constant_values=1)
        results.append(left_aligned(labels, counts))
    return results, beam.total[:, :paths]
