"""The value of a layer's call on arrays."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn.layers import weight_tree
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.nn.graph import run
from jaxcnn.runtime import config
from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.types import Config, PyTree


def evaluated(layer: WeightOwner, args: tuple[PyTree, ...], kwargs: Config, train: bool) -> PyTree:
    """The outputs by the weights as they are; states move, and in training mode statistics."""

    def forward(bound: nn.Module) -> PyTree:
        return run(bound, args, dict(kwargs), None, train)[0]

    mutable = ["batch_stats", "state"] if train else ["state"]
    apply = nn.apply(forward, layer.module, mutable=mutable)
    rngs = {"dropout": jax.random.key(config.seed())}
    with computing_arrays():
        outputs, changed = apply(weight_tree.variables(layer), rngs=rngs)
    if jax.tree.leaves(changed):
        weight_tree.set_variables(layer, changed)
    return outputs
