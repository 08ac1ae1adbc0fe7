"""Training on several devices of one machine."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np

from jaxcnn.distributed.placement import BATCH_AXIS, Distribution
from jaxcnn.models.model import Model
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.training.program import Program


@suggesting
def multi_gpu_model(
    model: Model,
    gpus: int | Sequence[int] | None = None,
    cpu_merge: bool = True,
    cpu_relocation: bool = False,
) -> Model:
    """A model with the layers and weights of `model` that cuts each batch between several devices.

    Compile and train it like any other; what it learns is in the weights of `model` too, with the
    results that one device would have. `batch_size` is that of all devices together and should be a
    multiple of their number: batches that cannot be cut into equal parts are computed whole on
    each. The devices are those of JAX's default backend, on a CPU as many as
    ``XLA_FLAGS=--xla_force_host_platform_device_count`` says.

    Args:
        model: before or after `compile`; the new model needs another `compile`.
        gpus: how many devices, from 2, or a list of their numbers; None for all.
        cpu_merge: whether the parts of the output would meet on the CPU. Of no effect here: a
            sharded array has them together where they are. Default: True.
        cpu_relocation: whether the weights would be made on the CPU. Of no effect here: each device
            has them. Default: False.

    Raises:
        ValueError: fewer than two devices, or devices that this machine does not have.

    Examples:
        >>> try:
        ...     jc.utils.multi_gpu_model(model, gpus=1)
        ... except ValueError as error:
        ...     print(error)
        multi_gpu_model needs at least two devices; given gpus=1. One device needs no copy.

    References:
        - Chollet et al., "Keras 2.2.4: keras/utils/training_utils.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/utils/training_utils.py>
    """
    devices = jax.local_devices()
    if gpus is None:
        gpus = len(devices)
    numbers = list(range(gpus)) if isinstance(gpus, int) else list(gpus)
    if len(set(numbers)) < 2:
        raise ValueError(
            f"multi_gpu_model needs at least two devices; given gpus={gpus!r}. One device needs no "
            "copy."
        )
    if absent := [number for number in numbers if not 0 <= number < len(devices)]:
        raise ValueError(
            f"multi_gpu_model: devices {numbers} are asked for, but this machine has "
            f"{len(devices)} ({devices[0]}{', ...' if len(devices) > 1 else ''}); {absent} are "
            "missing. Reduce `gpus`."
        )
    shared = Model(model.inputs, model.outputs)
    mesh = jax.sharding.Mesh(np.array([devices[number] for number in numbers]), (BATCH_AXIS,))
    shared.program = Program(distribution=Distribution(mesh))
    return shared
