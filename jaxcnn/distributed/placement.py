"""Training on several devices: where batches and weights lie, on one machine or on many.

Every step is one program over all devices (`jit` with shardings): each computes its share of the
batch, and XLA adds the gradients up between them. A step therefore gives what one device with the
whole batch would give, statistics of batch normalisation included, unless they are asked to be
local.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.tree_util import KeyPath

from jaxcnn.nn.batch import batch_parts
from jaxcnn.runtime.rows import ChosenRows
from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user

Tree = TypeVar("Tree")  # a tree of arrays: a batch, weights, a training state

BATCH_AXIS = "data"
FSDP_LEAST = 2**12  # values; smaller arrays are cheaper on every device than in parts


class Distribution:
    """Where arrays lie when several devices train one model.

    Batches are cut along their first axis over the mesh's axis ``data``; a batch that cannot be cut
    into equal parts is computed whole by each device. Weights, and what the optimizer keeps for
    them, are on every device, unless

    * a rule says otherwise: ``{"dense_1/kernel": (None, "model")}`` cuts the second axis of every
      weight whose path the regular expression is found in over the mesh's axis ``model``;
    * `fsdp` cuts them over ``data`` too, each along its longest axis that can be cut; they are put
      together where they are needed, layer by layer.

    Args:
        mesh: devices with named axes, one of them ``data``.
        rules: regular expression -> one entry an axis of the weight, a name of a mesh axis or None.
        fsdp: cut weights that no rule is for.
        local_statistics: whether each of the parts of a batch is normalised by its own statistics.

    Raises:
        ValueError: a mesh without ``data``, or rules that name an axis it does not have.
    """

    def __init__(
        self,
        mesh: Mesh,
        rules: Mapping[str, Sequence[str | None]] | None = None,
        fsdp: bool = False,
        local_statistics: bool = False,
    ) -> None:
        if BATCH_AXIS not in mesh.axis_names:
            raise ValueError(
                f"The mesh has the axes {mesh.axis_names}; one must be called '{BATCH_AXIS}'."
            )
        self.mesh, self.fsdp, self.local_statistics = mesh, fsdp, local_statistics
        self.rules = [(re.compile(pattern), tuple(axes)) for pattern, axes in (rules or {}).items()]
        for pattern, axes in self.rules:
            if absent := [
                axis for axis in axes if axis is not None and axis not in mesh.axis_names
            ]:
                raise ValueError(
                    f"The rule for {pattern.pattern!r} names the mesh axis {absent[0]!r}; there "
                    f"are {mesh.axis_names}."
                )
        self.whole = NamedSharding(mesh, PartitionSpec())
        self.parts = mesh.shape[BATCH_AXIS]

    @property
    def alone(self) -> bool:
        """Whether one device does everything and nothing is asked of where weights lie."""
        return self.mesh.size == 1 and jax.process_count() == 1 and not self.rules and not self.fsdp

    def sharding(self, path: str, shape: Sequence[int]) -> NamedSharding:
        """How a weight, or what belongs to one, lies on the devices.

        Raises:
            ValueError: a rule for it does not fit its shape.
        """
        for pattern, axes in self.rules:
            if pattern.search(path):
                if len(axes) != len(shape) or any(
                    a is not None and n % self.mesh.shape[a]
                    for a, n in zip(axes, shape, strict=False)
                ):
                    raise ValueError(
                        f"The rule {pattern.pattern!r} -> {axes} does not fit '{path}' of shape "
                        f"{tuple(shape)} on the mesh {dict(self.mesh.shape)}: one entry an axis, "
                        "and each cut axis divisible."
                    )
                return NamedSharding(self.mesh, PartitionSpec(*axes))
        if self.fsdp and math.prod(shape) >= FSDP_LEAST:
            cuttable = [axis for axis, n in enumerate(shape) if n % self.parts == 0]
            if cuttable:
                longest = max(cuttable, key=lambda axis: shape[axis])
                return NamedSharding(self.mesh, PartitionSpec(*[None] * longest, BATCH_AXIS))
        return self.whole

    def shardings(self, tree: PyTree) -> PyTree:
        """How each array of a tree of weights, or of a whole training state, lies."""
        return jax.tree_util.tree_map_with_path(self._of, tree)

    def placed(self, tree: Tree) -> Tree:
        """A tree of weights, or a whole training state, with every array where it belongs."""
        placed: Tree = jax.tree_util.tree_map_with_path(
            lambda path, a: self._put(a, self._of(path, a)), tree
        )
        return placed

    def gathered(self, tree: Tree) -> Tree:
        """Whole arrays on one device of this process, for models that use one device."""
        if any(not array.is_fully_replicated for array in jax.tree.leaves(tree)):
            tree = jax.jit(lambda t: t, out_shardings=self.whole)(tree)
        gathered: Tree = jax.tree.map(lambda array: array.addressable_data(0), tree)
        return gathered

    def cut(self, batch: Tree, axis: int) -> Tree:
        """The arrays of a batch, the same in every process, in equal parts along `axis`."""
        leaves = jax.tree.leaves(batch)
        divisible = not leaves or leaves[0].shape[axis] % self.parts == 0
        along = NamedSharding(self.mesh, PartitionSpec(*[None] * axis, BATCH_AXIS))
        sharding = along if divisible else self.whole
        cut: Tree = jax.tree.map(lambda a: self._put(a, sharding), batch)
        return cut

    def check_batch(self, size: int) -> None:
        """Check that batches of `size` samples can be shared.

        Raises:
            ValueError: there are more devices than samples.
        """
        if size < self.parts:
            raise ValueError(
                f"A batch of {size} samples cannot be shared by {self.parts} devices. Take a "
                f"`batch_size` of at least {self.parts}, better a multiple of it, or fewer "
                f"devices: distribute(data={size})."
            )
        if size % self.parts:
            warn_user(
                f"Batches of {size} samples cannot be cut into {self.parts} equal parts, so every "
                "device computes them whole. Take a `batch_size` that is a multiple of "
                f"{self.parts}."
            )

    def joined(self, share: Tree) -> Tree:
        """The batch of the whole job from the share of this process, all shares of one size."""
        along = NamedSharding(self.mesh, PartitionSpec(BATCH_AXIS))
        joined: Tree = jax.tree.map(
            lambda a: jax.make_array_from_process_local_data(along, np.asarray(a)), share
        )
        return joined

    def step(self, step: Callable[..., Tree]) -> Callable[..., Tree]:
        """``step(carry, batch, ...)`` with its results where `placed` puts them."""

        def run(*arguments: PyTree) -> Tree:
            with batch_parts(self.parts if self.local_statistics else 1):
                results = step(*arguments)
            constrained: Tree = jax.lax.with_sharding_constraint(results, self.shardings(results))
            return constrained

        return run

    def agree(self, label: str, value: object) -> None:
        """Check that all processes are about to do the same.

        Args:
            label: of the value, in the message.
            value: the same in all processes, by its `repr`.

        Raises:
            ValueError: they are not; the message names the processes that differ from the first.
        """
        if jax.process_count() == 1:
            return
        import zlib

        from jax.experimental import multihost_utils

        mine = np.uint32(zlib.crc32(repr(value).encode()))
        sums = np.asarray(multihost_utils.process_allgather(mine)).reshape(-1)
        if different := [i for i, other in enumerate(sums) if other != sums[0]]:
            raise ValueError(
                f"The processes are not about to do the same: {label} of process "
                f"{', '.join(map(str, different))} differs from that of process 0. This is process "
                f"{jax.process_index()}, with {value!r}."
            )

    def _of(self, path: KeyPath, array: jax.Array) -> NamedSharding:
        names = (
            str(getattr(key, "key", getattr(key, "name", getattr(key, "idx", key)))) for key in path
        )
        return self.sharding("/".join(names), array.shape)

    def _put(
        self, array: np.ndarray | ChosenRows | jax.Array, sharding: NamedSharding
    ) -> jax.Array:
        if isinstance(array, jax.Array) and array.sharding == sharding:
            return array
        if sharding.is_fully_addressable:
            put: jax.Array = jax.device_put(array, sharding)
            return put
        if isinstance(array, jax.Array) and not array.is_fully_addressable:
            moved: jax.Array = jax.jit(lambda a: a, out_shardings=sharding)(array)
            return moved
        # Each process hands over what its devices keep.
        values = array if isinstance(array, ChosenRows) else np.asarray(array)
        return jax.make_array_from_callback(
            values.shape, sharding, lambda index: values[index or ()]
        )
