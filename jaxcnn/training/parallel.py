"""One batch on several devices: each computes its share, the gradients are summed between them by XLA."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec


class DataParallel:
    """Where batches and weights lie when several devices train one model.

    Batches are cut along their first axis, everything else is on every device.  A batch that cannot be cut into equal
    parts is computed whole by each.

    Args:
        devices: at least two.
    """

    def __init__(self, devices: Sequence[jax.Device]) -> None:
        self.mesh = Mesh(np.array(devices), ("batch",))
        self.whole = NamedSharding(self.mesh, PartitionSpec())

    def everywhere(self, tree: Any) -> Any:
        """Arrays on every device."""
        return jax.device_put(tree, self.whole)

    def on_first(self, tree: Any) -> Any:
        """What `everywhere` gave, on the first device only, where models that use one device find it."""
        return jax.tree.map(lambda array: array.addressable_data(0), tree)

    def cut(self, batch: Any, axis: int) -> Any:
        """The arrays of a batch in equal parts along `axis`."""
        leaves = jax.tree.leaves(batch)
        if leaves and leaves[0].shape[axis] % self.mesh.size:
            return self.everywhere(batch)
        return jax.device_put(batch, NamedSharding(self.mesh, PartitionSpec(*[None] * axis, "batch")))

    def step(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """``step(carry, batch, ...)``, a tree or several, whose results lie on every device."""

        def run(*arguments: Any) -> Any:
            return jax.lax.with_sharding_constraint(step(*arguments), self.whole)

        return run
