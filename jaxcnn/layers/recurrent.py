"""What the handles of recurrent layers, of `Bidirectional` and of `Embedding` do beyond their
modules.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from jaxcnn import nn
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.derived import ModuleLayer, keras_layer
from jaxcnn.layers.symbolic.tensor import symbolic_leaves
from jaxcnn.layers.tracing import Traced


class RecurrentLayer(ModuleLayer):
    """The handle of a recurrent layer: initial states in the Keras way, and states that can be
    reset.
    """

    def __call__(self, inputs: Any, *args: Any, initial_state: Any = None, **kwargs: Any) -> Any:
        """`initial_state`, an array or symbolic tensor or a list of them, may also follow the
        inputs in one list.
        """
        states = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
        if symbolic := symbolic_leaves(states):
            if len(symbolic) != len(states):
                raise ValueError(
                    f"Layer '{self.name}': `initial_state` mixes symbolic tensors with arrays; "
                    "give all of one kind."
                )
            inputs = [*(inputs if isinstance(inputs, list | tuple) else [inputs]), *states]
        elif initial_state is not None:
            kwargs["initial_state"] = states
        return super().__call__(inputs, *args, **kwargs)

    def _build(self, args: tuple, kwargs: dict[str, Any]) -> Traced:
        tensors = symbolic_leaves(args)
        recurrent: Any = getattr(self.module, "layer", self.module)
        if recurrent.stateful and tensors and tensors[0].shape[0] is None:
            raise ValueError(
                f"Layer '{self.name}' is stateful, so it needs to know the batch size: give "
                "`batch_input_shape` to the "
                "first layer of a Sequential model, or `batch_shape` to every Input."
            )
        if recurrent.unroll and tensors and tensors[0].shape[1] is None:
            raise ValueError(
                f"Layer '{self.name}': unroll=True needs the number of steps, which is None in the "
                "input."
            )
        return super()._build(args, kwargs)

    def reset_states(self, states: Any = None) -> None:
        """Set the states of a stateful layer to zeros or to `states`, an array (batch, width) for
        each state.

        Raises:
            AttributeError: the layer is not stateful.
            ValueError: it has not been built, or `states` do not have the number or the shapes of
                its states.
        """
        if not self.stateful:
            raise AttributeError(
                f"Layer '{self.name}' must be stateful for its states to be reset."
            )
        own = [spec for spec in self._specs or () if spec.collection == "state"]
        if not own:
            raise ValueError(
                f"Layer '{self.name}' has no states yet: call it on an input with a batch size "
                "first."
            )
        if states is None:
            states = [np.zeros(spec.shape) for spec in own]
        values = list(states) if isinstance(states, list | tuple) else [states]
        if [np.shape(value) for value in values] != [spec.shape for spec in own]:
            raise ValueError(
                f"Layer '{self.name}': the states have shapes {[spec.shape for spec in own]}; "
                f"given {[np.shape(value) for value in values]}."
            )
        named = {
            spec.path[-1]: jnp.asarray(v, spec.dtype) for spec, v in zip(own, values, strict=True)
        }
        self.set_variables({"state": named})


StackedRNNCells = keras_layer(nn.StackedRNNCells)


class StackingLayer(RecurrentLayer):
    """The handle of `RNN`, which stacks a list of cells."""

    def __init__(self, cell: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            StackedRNNCells(cell) if isinstance(cell, list | tuple) else cell, *args, **kwargs
        )


@LAYERS.register()
class Bidirectional(RecurrentLayer):
    module_class = nn.Bidirectional

    __doc__ = nn.Bidirectional.__doc__

    def __init__(
        self, layer: Layer, merge_mode: str | None = "concat", weights: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(layer, merge_mode, weights=weights, **kwargs)
        settings = layer.get_config()
        turned = {"forward": settings["go_backwards"], "backward": not settings["go_backwards"]}
        self._children = {
            f"{way}_layer": type(layer).from_config(
                {**settings, "name": f"{way}_{layer.name}", "go_backwards": go_backwards}
            )
            for way, go_backwards in turned.items()
        }

    @property
    def forward_layer(self) -> Any:
        """The copy of the layer that goes forwards."""
        return self.children["forward_layer"]

    @property
    def backward_layer(self) -> Any:
        """The copy of the layer that goes the other way."""
        return self.children["backward_layer"]

    def reset_states(self, states: Any = None) -> None:
        """Set the states of both directions to zeros or to `states`, the forward layer's first."""
        half = None if states is None else len(states) // 2
        for child, own in (
            (self.forward_layer, None if half is None else states[:half]),
            (self.backward_layer, None if half is None else states[half:]),
        ):
            child.reset_states(own)


class EmbeddingLayer(ModuleLayer):
    """The handle of `Embedding`, which knows its input: integers, as many as `input_length` or any
    number.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dtype = "int32"
        if self.batch_input_shape is None:
            self.batch_input_shape = (kwargs.get("batch_size"), self.input_length)
