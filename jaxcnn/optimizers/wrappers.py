"""Optimizers made from others: optax transformations, several batches an update, rates by layer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from jaxcnn.optimizers.base import Hyperparameters, Optimizer, OptimizerState, Params
from jaxcnn.optimizers.rules import registry
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.types import ArrayLike, Config, PyTree, Settings
from jaxcnn.spellings.hints import closest

if TYPE_CHECKING:
    import optax


@registry.register()
class OptaxTransformation(Optimizer):
    """Any optax transformation as an optimizer; its state is ``slots`` of the optimizer's.

    ``lr`` exists when the learning rate was made adjustable by ``optax.inject_hyperparams`` and is
    no schedule. It is known after :meth:`init`. One that optax's own functions make from numbers
    has a configuration.

    Args:
        transformation: what a function of optax returns.

    Examples:
        >>> import optax
        >>> jc.optimizers.OptaxTransformation(optax.adamw(1e-3)).init({"w": jnp.zeros(2)}).count
        Array(0, dtype=int32)

    References:
        - Babuschkin et al., "Optax 0.2.8: optax/_src/base.py", 2026,
          <https://github.com/google-deepmind/optax/blob/v0.2.8/optax/_src/base.py>
    """

    def __init__(self, transformation: optax.GradientTransformation) -> None:
        self.transformation = transformation
        self.hyperparameters = Hyperparameters()

    def init(self, params: Params) -> OptimizerState:
        if "lr" not in self.hyperparameters:
            # The learning rate as a number, even where init is being compiled.
            with jax.ensure_compile_time_eval():
                rates = _learning_rates(
                    self.transformation.init(jax.tree.map(_without_elements, params))
                )
            if len(rates) == 1:
                self.hyperparameters["lr"] = float(rates[0])
        return OptimizerState(
            filled((), 0, jnp.int32), self.hyper_arrays(), self.transformation.init(params)
        )

    def update(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        from optax.tree_utils import tree_set

        inner = state.slots
        if "lr" in state.hyper:
            inner = tree_set(inner, learning_rate=state.hyper["lr"])
        with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes
            updates, inner = self.transformation.update(grads, inner, params)
        return updates, OptimizerState(state.count + 1, state.hyper, inner)

    def lacks(self, name: str) -> str:
        return (
            f"This optax transformation has no adjustable {name}: make it with "
            "optax.inject_hyperparams."
        )

    def get_config(self) -> Config:
        from jaxcnn.optimizers import optax_names

        described = optax_names.description(self.transformation)
        if "lr" in self.hyperparameters and described.get("adjustable"):
            described["arguments"]["learning_rate"] = float(self.lr)
        return {"transformation": described}

    @classmethod
    def from_config(cls, config: Settings) -> OptaxTransformation:
        from jaxcnn.optimizers import optax_names

        return cls(optax_names.made_again(config["transformation"]))


@registry.register()
class GradientAccumulation(Optimizer):
    """Updates once in ``steps`` calls, with the mean of their gradients; in between nothing
    changes.

    The hyperparameters are those of the wrapped optimizer, ``lr`` here and all of them on
    ``.optimizer``. Its ``decay`` and schedules count updates; ``count`` of the state counts calls.

    Args:
        optimizer: the optimizer that updates.
        steps: number of calls for each update, a positive integer.

    Raises:
        ValueError: ``steps`` is not a positive integer.

    Examples:
        >>> jc.optimizers.GradientAccumulation(jc.optimizers.SGD(0.1), steps=4).lr
        0.1

    References:
        - Babuschkin et al., "Optax 0.2.8: optax/transforms/_accumulation.py", 2026,
          <https://github.com/google-deepmind/optax/blob/v0.2.8/optax/transforms/_accumulation.py>
    """

    def __init__(self, optimizer: Optimizer, steps: int) -> None:
        import optax

        if not isinstance(steps, int) or steps < 1:
            raise ValueError(
                f"GradientAccumulation: steps must be a positive integer, got {steps!r}."
            )
        self.optimizer = optimizer
        self.steps = steps
        self.hyperparameters = optimizer.hyperparameters
        self._accumulator = optax.MultiSteps(optimizer, steps)

    def init(self, params: Params) -> OptimizerState:
        slots = self._accumulator.init(params)
        inner = slots.inner_opt_state
        return OptimizerState(
            filled((), 0, jnp.int32),
            inner.hyper,
            slots._replace(inner_opt_state=inner._replace(hyper={})),
        )

    def update(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        # Between updates the hyperparameters stand in one place.
        inner = state.slots.inner_opt_state._replace(hyper=state.hyper)
        with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes
            updates, slots = self._accumulator.update(
                grads, state.slots._replace(inner_opt_state=inner), params
            )
        slots = slots._replace(inner_opt_state=slots.inner_opt_state._replace(hyper={}))
        return updates, OptimizerState(state.count + 1, state.hyper, slots)

    def get_config(self) -> Config:
        return {"optimizer": registry.serialize(self.optimizer), "steps": self.steps}

    @classmethod
    def from_config(cls, config: Settings) -> GradientAccumulation:
        return cls(registry.deserialize(config["optimizer"]), config["steps"])


@registry.register()
class LayerRates(Optimizer):
    """Another optimizer whose changes are multiplied by a factor of the layer, for fine-tuning.

    ``LayerRates(Adam(1e-3), {"block5_conv1": 0.01, "top": 1.0}, default=0.1)`` moves block5_conv1
    with a rate of 1e-5, all layers inside the model 'top' with 1e-3, and the others with 1e-4. A
    layer inside a model that is named, too, goes by its own factor. To hold layers fixed, set
    ``trainable`` instead: then nothing is computed for them.

    Args:
        optimizer: makes the changes; its hyperparameters are those of this one.
        factors: layer name -> factor, at least 0.
        default: the factor of the layers that are not named. Default: 1.0.

    Raises:
        ValueError: a factor below 0, or an optimizer with `ema`, whose average would not see the
            factors. In `init`: a name of which there is no trained layer.

    Examples:
        >>> jc.optimizers.LayerRates(jc.optimizers.Adam(1e-3), {"top": 1.0}, default=0.1).lr
        0.001

    References:
        - Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018,
          <https://arxiv.org/abs/1801.06146>
    """

    def __init__(
        self, optimizer: Optimizer, factors: Mapping[str, float], default: float = 1.0
    ) -> None:
        for name, factor in {**factors, "default": default}.items():
            if not factor >= 0:
                raise ValueError(
                    f"LayerRates: the factor of '{name}' must be a number >= 0, got {factor!r}."
                )
        if optimizer.ema:
            raise ValueError("LayerRates: the optimizer must not average weights (ema).")
        self.optimizer, self.factors, self.default = optimizer, dict(factors), default
        self.hyperparameters, self.ema = optimizer.hyperparameters, 0.0

    def init(self, params: Params) -> OptimizerState:
        known = {
            str(_key(entry))
            for path, _ in jax.tree_util.tree_leaves_with_path(params)
            for entry in path
        }
        if unknown := [name for name in self.factors if name not in known]:
            raise ValueError(
                f"LayerRates: no layer '{unknown[0]}' is trained.{closest(unknown[0], known)}"
            )
        return self.optimizer.init(params)

    def update(
        self, grads: Params, state: OptimizerState, params: Params = None
    ) -> tuple[Params, OptimizerState]:
        updates, state = self.optimizer.update(grads, state, params)
        return jax.tree_util.tree_map_with_path(
            lambda path, change: self.factor(path) * change, updates
        ), state

    def factor(self, path: tuple[Hashable, ...]) -> float:
        """The factor of the weight at a path: that of the innermost layer that is named."""
        named = [self.factors[key] for key in map(_key, path) if key in self.factors]
        return named[-1] if named else self.default

    def get_config(self) -> Config:
        return {
            "optimizer": registry.serialize(self.optimizer),
            "factors": self.factors,
            "default": self.default,
        }

    @classmethod
    def from_config(cls, config: Settings) -> LayerRates:
        return cls(registry.deserialize(config["optimizer"]), config["factors"], config["default"])


def _key(entry: object) -> Hashable:
    """The name in one step of a path."""
    return getattr(entry, "key", getattr(entry, "name", None))


def _learning_rates(state: PyTree) -> list[jax.Array]:
    from optax.tree_utils import tree_get_all_with_path

    return [value for _, value in tree_get_all_with_path(state, "learning_rate")]


def _without_elements(p: ArrayLike) -> jax.Array:
    return jnp.zeros((0,) * jnp.ndim(p), jnp.result_type(p))
