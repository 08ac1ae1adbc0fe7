"""Activations with weights that Keras 1 had, as layers that users write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jaxcnn import backend as K
from jaxcnn import initializers
from jaxcnn.layers import Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.config_words import in_words_of_program
from jaxcnn.runtime.types import Config, Identifier, PyTree


class OldActivation(Layer):
    """What they share: weights for each number of a sample, or one along the `shared_axes`."""

    supports_masking = True

    def __init__(
        self,
        shared_axes: int | Sequence[int] | None = None,
        weights: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs if weights is None else {**kwargs, "weights": weights})
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def weight(self, name: str, input_shape: PyTree, initializer: Identifier) -> PyTree:
        """A weight of this name."""
        shape = [
            1 if axis in (self.shared_axes or ()) else size for axis, size in enumerate(input_shape)
        ]
        layer: Layer = self
        return layer.add_weight(name=name, shape=shape[1:], initializer=initializer)

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        return {**super().get_config(), "shared_axes": self.shared_axes}


@LAYERS.register()
class ParametricSoftplus(OldActivation):
    """``alpha * log(1 + exp(beta * x))``."""

    def __init__(self, alpha_init: float = 0.2, beta_init: float = 5.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha_init, self.beta_init = float(alpha_init), float(beta_init)

    def build(self, input_shape: PyTree) -> None:
        """Make ``alphas`` and ``betas``."""
        self.alphas = self.weight("alphas", input_shape, initializers.Constant(self.alpha_init))
        self.betas = self.weight("betas", input_shape, initializers.Constant(self.beta_init))

    def call(self, x: PyTree) -> PyTree:
        """The same shape."""
        return K.softplus(self.betas * x) * self.alphas

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        starts = {"alpha_init": self.alpha_init, "beta_init": self.beta_init}
        return {**super().get_config(), **starts}


@LAYERS.register()
class SReLU(OldActivation):
    """Three lines: of slope ``a_left`` below ``t_left``, of ``a_right`` above the right threshold.

    That one is ``t_left + |t_right|``; between them the input stays. Source: Jin et al., "Deep
    Learning with S-shaped Rectified Linear Activation Units", 2015.
    """

    def __init__(
        self,
        t_left_init: Identifier = "zeros",
        a_left_init: Identifier = "glorot_uniform",
        t_right_init: Identifier = "glorot_uniform",
        a_right_init: Identifier = "ones",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.starts = {
            "t_left": t_left_init,
            "a_left": a_left_init,
            "t_right": t_right_init,
            "a_right": a_right_init,
        }

    def build(self, input_shape: PyTree) -> None:
        """Make the two thresholds and slopes, in the order of the arguments."""
        self.t_left, self.a_left, self.t_right, self.a_right = (
            self.weight(name, input_shape, start) for name, start in self.starts.items()
        )

    def call(self, x: PyTree) -> PyTree:
        """The same shape."""
        left = self.t_left
        right = left + K.abs(self.t_right)
        inner = left + K.relu(x - left, self.a_left, right - left)
        return inner + K.relu(x - right) * self.a_right

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        starts = {f"{name}_init": start for name, start in self.starts.items()}
        return {**super().get_config(), **starts}
