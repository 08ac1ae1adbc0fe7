"""The costs of neural style transfer, in the two conventions of the sources.

Source: Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp

STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))


def gram(features: jax.Array) -> jax.Array:
    """The Gram matrix A A^T (channels, channels) of features (height, width, channels).

    A is (channels, height * width): which channels are active together, anywhere in the image.

    Args:
        features: float (height, width, channels).

    Examples:
        >>> jc.style.gram(jnp.ones((2, 2, 1)))
        Array([[4.]], dtype=float32)

    References:
        - Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015,
          <https://arxiv.org/abs/1508.06576>
    """
    flat = features.reshape(-1, features.shape[-1])
    return flat.T @ flat


def content_cost(generated: jax.Array, content: jax.Array, factor: float = 0.25) -> jax.Array:
    """factor / size * the sum of squared differences of two features (height, width, channels).

    Args:
        generated: features of the image that is made, (height, width, channels).
        content: float (height, width, channels), features of the image whose content must stay.
        factor: the numerator. Default: 0.25.

    Examples:
        >>> jc.style.content_cost(jnp.ones((1, 1, 4)), jnp.zeros((1, 1, 4)))
        Array(0.25, dtype=float32)

    References:
        - Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015,
          <https://arxiv.org/abs/1508.06576>
    """
    return factor / content.size * jnp.sum((generated - content) ** 2)


def layer_style_cost(generated: jax.Array, style_gram: jax.Array) -> jax.Array:
    """1 / (4 channels^2 (height * width)^2) * sum of squared differences of the Gram matrices.

    `generated` are features (height, width, channels). `style_gram` must be scaled to as many
    positions, as the targets of `StyleTransfer` are.

    Args:
        generated: features of the image that is made, (height, width, channels).
        style_gram: Gram matrix of the style, float (channels, channels).

    Examples:
        >>> jc.style.layer_style_cost(jnp.ones((1, 1, 1)), jnp.array([[3.0]]))
        Array(1., dtype=float32)

    References:
        - Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015,
          <https://arxiv.org/abs/1508.06576>
    """
    return jnp.sum((gram(generated) - style_gram) ** 2) / (2.0 * generated.size) ** 2


def total_variation(picture: jax.Array) -> jax.Array:
    """The sum of squared differences of neighbouring pixels, (height, width, channels).

    Args:
        picture: float (height, width, channels).

    Examples:
        >>> jc.style.total_variation(jnp.array([[[1.0], [3.0]]]))
        Array(4., dtype=float32)

    References:
        - Mahendran and Vedaldi, "Understanding Deep Image Representations by Inverting Them", 2014,
          <https://arxiv.org/abs/1412.0035>
    """
    down, right = picture[1:] - picture[:-1], picture[:, 1:] - picture[:, :-1]
    return jnp.sum(down**2) + jnp.sum(right**2)


@dataclass(frozen=True)
class Costs:
    """The total cost: ``alpha * content + beta * style + gamma * total variation``.

    Args:
        content_layer: layer whose features must stay. Default: 'block4_conv2'.
        content_factor: the numerator of `content_cost`. Default: 0.25.
        style_layers: layer -> weight of its `layer_style_cost`. Default: 0.2 for the first layer of
            each block.
        alpha: weight of the content. Default: 10.0.
        beta: weight of the style. Default: 40.0.
        gamma: weight of the smoothness. Default: 0.0.

    Attributes:
        content_layer: whose features must stay.
        content_factor: the numerator of `content_cost`.
        style_layers: layer -> weight of its `layer_style_cost`.
        alpha, beta, gamma: weights of content, style and smoothness.

    Examples:
        >>> jc.style.Costs(gamma=1.0).alpha
        10.0

    References:
        - Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015,
          <https://arxiv.org/abs/1508.06576>
    """

    content_layer: str = "block4_conv2"
    content_factor: float = 0.25
    style_layers: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(STYLE_LAYERS, 0.2)
    )
    alpha: float = 10.0
    beta: float = 40.0
    gamma: float = 0.0

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose features are needed, the content layer first."""
        return (self.content_layer, *self.style_layers)


COURSE = Costs()
"""The course's: content at conv4_2 with 1/(4 size), style layers of weight 0.2."""

CHAPTER = Costs("block5_conv4", 0.5, dict.fromkeys(STYLE_LAYERS, 1.0), alpha=1.0, beta=100.0)
"""The chapter's: content at conv5_4 (VGG19 only) with 1/(2 size), alpha 1, beta 100."""
