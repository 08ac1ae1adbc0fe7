"""The three modes of BatchNormalization in Keras 1."""

from __future__ import annotations

from typing import Any

from jaxcnn import backend as K
from jaxcnn import initializers, layers, regularizers
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.config_words import in_words_of_program
from jaxcnn.runtime.types import Config, Identifier, PyTree


class Modes(type(layers.BatchNormalization)):  # type: ignore[misc]
    """What makes `BatchNormalization` the class of all modes: the mode says whose object comes."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not BatchNormalization:
            return super().__call__(*args, **kwargs)
        words = ("epsilon", "mode", "axis", "momentum")
        given = {**dict(zip(words, args, strict=False)), **kwargs}
        mode = given.pop("mode", 0)
        if mode not in MODES:
            raise ValueError(f"BatchNormalization: `mode` is 0, 1 or 2; given {mode!r}.")
        return MODES[mode](**given)

    def __instancecheck__(cls, thing: object) -> bool:
        if cls is BatchNormalization:
            return isinstance(thing, tuple(MODES.values()))
        return bool(super().__instancecheck__(thing))


class BatchNormalization(layers.BatchNormalization, metaclass=Modes):
    """``BatchNormalization(epsilon, mode, axis, momentum)``; 0 is the mode of all later Keras."""


@LAYERS.register()
class BatchNormalizationOfSamples(layers.Layer):
    """Mode 1: each position has the mean and deviation of its own features."""

    supports_masking = True

    def __init__(
        self,
        epsilon: float = 1e-3,
        axis: int = -1,
        momentum: float = 0.99,
        beta_init: Identifier = "zeros",
        gamma_init: Identifier = "ones",
        gamma_regularizer: Identifier = None,
        beta_regularizer: Identifier = None,
        mode: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon, self.axis, self.momentum = epsilon, axis, momentum
        self.beta_init, self.gamma_init = initializers.get(beta_init), initializers.get(gamma_init)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_regularizer = regularizers.get(beta_regularizer)

    def build(self, input_shape: PyTree) -> None:
        """Make the four weights of the other modes, of which the running statistics rest."""
        layer: layers.Layer = self
        shape = (input_shape[self.axis],)
        self.gamma, self.beta = (
            layer.add_weight(
                name=name,
                shape=shape,
                initializer=getattr(self, f"{name}_init"),
                regularizer=getattr(self, f"{name}_regularizer"),
            )
            for name in ("gamma", "beta")
        )
        for name, start in (("moving_mean", "zeros"), ("moving_variance", "ones")):
            layer.add_weight(name=name, shape=shape, initializer=start, trainable=False)

    def call(self, x: PyTree) -> PyTree:
        """The same shape."""
        mean = K.mean(x, axis=-1, keepdims=True)
        deviation = K.sqrt(K.var(x, axis=-1, keepdims=True) + self.epsilon)
        return self.gamma * ((x - mean) / (deviation + self.epsilon)) + self.beta

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of `BatchNormalization` for such a layer."""
        return {
            **super().get_config(),
            "mode": 1,
            "epsilon": self.epsilon,
            "axis": self.axis,
            "momentum": self.momentum,
            "beta_init": initializers.serialize(self.beta_init),
            "gamma_init": initializers.serialize(self.gamma_init),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
        }


@LAYERS.register()
class BatchNormalizationOfBatches(layers.BatchNormalization):
    """Mode 2: the statistics of the batch at all times; the running ones rest."""

    def __init__(self, mode: int = 2, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "momentum": 1.0})

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of `BatchNormalization` for such a layer."""
        return {**super().get_config(), "mode": 2}

    def call(self, inputs: PyTree, *args: PyTree, mask: PyTree = None, **kwargs: PyTree) -> PyTree:
        """The same shape."""
        return super().call(inputs, *args, mask=mask, **{**kwargs, "training": True})


MODES = {
    0: layers.BatchNormalization,
    1: BatchNormalizationOfSamples,
    2: BatchNormalizationOfBatches,
}
