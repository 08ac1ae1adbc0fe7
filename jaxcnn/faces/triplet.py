"""The triplet loss: a face must be nearer to its own person's other faces than to anybody else's.

Sources: Schroff, Kalenichenko and Philbin, "FaceNet", 2015; Hermans, Beyer and Leibe, "In Defense
of the Triplet Loss for Person Re-Identification", 2017.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp


def triplet_loss(y_true: object, y_pred: Sequence[jax.Array], alpha: float = 0.2) -> jax.Array:
    """The sum over i of max(|A_i - P_i|^2 - |A_i - N_i|^2 + alpha, 0), a scalar.

    Args:
        y_true: not used; losses have two arguments.
        y_pred: the encodings (n, 128) of anchors, of other faces of the same people, and of faces
            of others.
        alpha: by how much others must be farther. Default: 0.2.

    Raises:
        ValueError: `y_pred` are not three.

    Examples:
        >>> anchor, positive, negative = jnp.zeros((1, 2)), jnp.zeros((1, 2)), jnp.ones((1, 2))
        >>> jc.faces.triplet_loss(None, [anchor, positive, negative])
        Array(0., dtype=float32)

    References:
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """
    if len(y_pred) != 3:
        raise ValueError(
            "triplet_loss takes the encodings of anchors, positives and negatives; given "
            f"{len(y_pred)}."
        )
    anchor, positive, negative = map(jnp.asarray, y_pred)
    near = jnp.sum((anchor - positive) ** 2, axis=-1)
    far = jnp.sum((anchor - negative) ** 2, axis=-1)
    return jnp.sum(jnp.maximum(near - far + alpha, 0))


def squared_distances(a: jax.Array, b: jax.Array) -> jax.Array:
    """(n, m) squared distances between the rows of (n, k) and (m, k)."""
    return jnp.sum((a[:, None] - b[None]) ** 2, axis=-1)


def batch_hard_triplet_loss(y_true: jax.Array, y_pred: jax.Array, alpha: float = 0.2) -> jax.Array:
    """The mean over a batch of max(hardest positive - hardest negative + alpha, 0).

    Both are squared distances. Every face is an anchor; its hardest positive is the farthest face
    of the same person, its hardest negative the nearest of another. Faces that have no positive or
    no negative in the batch are left out.

    Args:
        y_true: (n,) or (n, 1), the person on each image.
        y_pred: float (n, k), encodings.
        alpha: margin between the distances. Default: 0.2.

    Raises:
        ValueError: there are not as many people as encodings.

    Examples:
        >>> encodings = jnp.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
        >>> jc.faces.batch_hard_triplet_loss(jnp.array([0, 0, 1, 1]), encodings)
        Array(0., dtype=float32)

    References:
        - Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification",
          2017, <https://arxiv.org/abs/1703.07737>
    """
    people = jnp.reshape(y_true, -1)
    if len(people) != len(y_pred):
        raise ValueError(
            f"batch_hard_triplet_loss: {len(people)} people for {len(y_pred)} encodings."
        )
    distances = squared_distances(y_pred, y_pred)
    same = people[:, None] == people[None]
    other_image = ~jnp.eye(len(people), dtype=bool)
    positive = jnp.max(jnp.where(same & other_image, distances, -jnp.inf), axis=1)
    negative = jnp.min(jnp.where(same, jnp.inf, distances), axis=1)
    usable = jnp.isfinite(positive) & jnp.isfinite(negative)
    margin = jnp.where(usable, positive, 0) - jnp.where(usable, negative, 0) + alpha
    return jnp.sum(jnp.where(usable, jnp.maximum(margin, 0), 0)) / jnp.maximum(jnp.sum(usable), 1)
