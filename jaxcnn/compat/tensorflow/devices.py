"""What there is to compute with, as programs ask TensorFlow for it."""

from __future__ import annotations

from dataclasses import dataclass

import jax

__all__ = [
    "Device",
    "get_available_devices",
    "get_available_gpus",
    "gpu_device_name",
    "is_gpu_available",
    "list_local_devices",
    "list_physical_devices",
    "normalize_device_name",
    "set_memory_growth",
]


@dataclass(frozen=True)
class Device:
    """A processor.

    Attributes:
        name: '/device:GPU:0'.
        device_type: 'CPU', 'GPU' or 'TPU'.
        physical_device_desc: what it is, in words.
    """

    name: str
    device_type: str
    physical_device_desc: str = ""


def list_local_devices(session_config: object = None) -> list[Device]:
    """All of them, and the CPU in any case."""
    processors = list(jax.devices())
    if all(processor.platform != "cpu" for processor in processors):
        processors = [*jax.devices("cpu"), *processors]
    return [
        Device(f"/device:{p.platform.upper()}:{p.id}", p.platform.upper(), p.device_kind)
        for p in processors
    ]


def list_physical_devices(device_type: str | None = None) -> list[Device]:
    """Those of a type, 'GPU' or 'CPU', or all."""
    return [d for d in list_local_devices() if device_type in (None, d.device_type)]


def set_memory_growth(device: Device, enable: bool) -> None:
    """How the memory of a GPU is taken, which XLA_PYTHON_CLIENT_PREALLOCATE says here."""


def is_gpu_available(*args: object, **kwargs: object) -> bool:
    """Whether there is a GPU."""
    return bool(list_physical_devices("GPU"))


def gpu_device_name() -> str:
    """The name of the first GPU, or ''."""
    return next((device.name for device in list_physical_devices("GPU")), "")


def get_available_devices() -> list[str]:
    """The names of all, as Keras 2.2's `multi_gpu_model` lists them."""
    return [f"/job:localhost/replica:0/task:0{device.name}" for device in list_local_devices()]


def get_available_gpus() -> list[str]:
    """The names of the GPUs, as Keras 2.2's backend lists them."""
    return [name for name in get_available_devices() if ":GPU:" in name]


def normalize_device_name(name: str) -> str:
    """The short form of a name: '/gpu:0'."""
    return "/" + ":".join(name.lower().replace("/", "").split(":")[-2:])
