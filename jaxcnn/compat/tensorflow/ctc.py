"""``tf.nn``: connectionist temporal classification, whose labels are sparse tensors."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.backend import ctc_search
from jaxcnn.backend.sparse import SparseTensor
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike

__all__ = ["ctc_beam_search_decoder", "ctc_greedy_decoder", "ctc_loss"]


@word("CTCLoss")
def ctc_loss(
    labels: SparseTensor | ArrayLike,
    inputs: SparseTensor | ArrayLike,
    sequence_length: ArrayLike,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
) -> jax.Array:
    """Minus the log probability of each row of `labels`: (batch,).

    Args:
        labels, inputs: a sparse matrix of class numbers, and scores (steps, batch, classes), of
            which softmax makes probabilities. Before TensorFlow 1.0 they changed places.
        sequence_length: (batch,), how many steps count.
        preprocess_collapse_repeated: False: what `labels` repeat is to be there twice.
        ctc_merge_repeated: True: a class in consecutive steps counts once.
        ignore_longer_outputs_than_inputs: whether a row of more labels than steps costs nothing.
        time_major: whether the steps are the first axis of `inputs`, else the second.

    Raises:
        ValueError: none of the two is a sparse tensor, or another way of merging.
    """
    if isinstance(inputs, SparseTensor):
        labels, inputs = inputs, labels
    if not isinstance(labels, SparseTensor):
        raise ValueError(
            "tf.nn.ctc_loss takes labels as K.ctc_label_dense_to_sparse, tf.SparseTensor or "
            f"tf.sparse_placeholder make them; given {labels!r}. K.ctc_batch_cost(labels, "
            "probabilities, steps, lengths) takes dense ones."
        )
    if preprocess_collapse_repeated or not ctc_merge_repeated:
        raise ValueError(
            "tf.nn.ctc_loss merges what consecutive steps repeat, and no labels: leave "
            "preprocess_collapse_repeated and ctc_merge_repeated out, as K.ctc_batch_cost does."
        )
    scores, steps = _batch_first(inputs, time_major), jnp.asarray(sequence_length)
    classes, present = jnp.asarray(labels.whole), jnp.asarray(labels.present)
    cost = ctc_search.cost(scores, steps, classes, present)
    if ignore_longer_outputs_than_inputs:
        cost = jnp.where(jnp.sum(present, 1) > steps, 0, cost)
    return cost


@word("CTCGreedyDecoder")
def ctc_greedy_decoder(
    inputs: ArrayLike, sequence_length: ArrayLike, merge_repeated: bool = True
) -> tuple[list[SparseTensor], jax.Array]:
    """The best class of each step without blanks, and minus the sum of its scores (batch, 1).

    Args:
        inputs: scores (steps, batch, classes); the last class is the blank.
        sequence_length: (batch,), how many steps count.
        merge_repeated: whether a class that is best in consecutive steps counts once.
    """
    scores = _batch_first(inputs, True)
    labels, cost = ctc_search.greedy(scores, jnp.asarray(sequence_length), merge_repeated)
    return [labels], cost


@word("CTCBeamSearchDecoder")
def ctc_beam_search_decoder(
    inputs: ArrayLike,
    sequence_length: ArrayLike,
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
) -> tuple[list[SparseTensor], jax.Array]:
    """The likeliest label sequences, and their log probabilities (batch, top_paths).

    Args:
        inputs: scores (steps, batch, classes), of which softmax makes probabilities; the last
            class is the blank.
        sequence_length: (batch,), how many steps count.
        beam_width: how many sequences are followed.
        top_paths: how many are returned.
        merge_repeated: whether labels that repeat within a sequence are given once.

    Raises:
        ValueError: more `top_paths` than `beam_width`.
    """
    scores = jax.nn.log_softmax(_batch_first(inputs, True))
    steps = jnp.asarray(sequence_length)
    return ctc_search.beam_paths(scores, steps, beam_width, top_paths, merge_repeated)


def _batch_first(inputs: SparseTensor | ArrayLike, time_major: bool) -> jax.Array:
    scores = jnp.asarray(inputs)
    return jnp.swapaxes(scores, 0, 1) if time_major else scores
