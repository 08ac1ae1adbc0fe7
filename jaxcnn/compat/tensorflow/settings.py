"""Settings of sessions. What they say of devices and memory JAX does by itself."""

from __future__ import annotations

from typing import Any

from jaxcnn.spellings.hints import closest

__all__ = ["ConfigProto", "GPUOptions"]


class Message:
    """A record with the fields that the class names."""

    FIELDS: tuple[str, ...] = ()

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.FIELDS:
            raise ValueError(
                f'Protocol message {type(self).__name__} has no "{name}" field.'
                f"{closest(name, self.FIELDS)}"
            )
        super().__setattr__(name, value)


class GPUOptions(Message):
    """How a session uses the memory of GPUs; here XLA_PYTHON_CLIENT_PREALLOCATE and
    XLA_PYTHON_CLIENT_MEM_FRACTION of the environment say it.
    """

    FIELDS = (
        "allow_growth",
        "allocator_type",
        "per_process_gpu_memory_fraction",
        "visible_device_list",
    )
    allow_growth = False
    allocator_type = ""
    per_process_gpu_memory_fraction = 0.0
    visible_device_list = ""


class ConfigProto(Message):
    """Which devices and how many threads a session uses, which has no bearing on its results."""

    FIELDS = (
        "allow_soft_placement",
        "device_count",
        "gpu_options",
        "inter_op_parallelism_threads",
        "intra_op_parallelism_threads",
        "log_device_placement",
    )
    allow_soft_placement = False
    inter_op_parallelism_threads = 0
    intra_op_parallelism_threads = 0
    log_device_placement = False

    def __init__(self, **fields: Any) -> None:
        super().__init__(**{"gpu_options": GPUOptions(), "device_count": {}, **fields})
