"""Callbacks about speed: how fast an epoch was and where its time went, and a profile of chosen
steps.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax

from jaxcnn.callbacks.base import Callback


class Performance(Callback):
    """Adds to the logs of every epoch how fast it was, so that the callbacks that follow
    (CSVLogger, TensorBoard) and the history record it:

    * ``step_ms``, milliseconds a training step, of them ``input_ms`` without a batch to train on,
      ``device_ms`` waiting for the device to finish, and ``host_ms``, the rest: Python, sending
      work, callbacks, in the first epoch compiling (with batch hooks in ``device_ms``). Work of the
      host that the device does not wait for costs nothing: where the device sets the pace,
      ``device_ms`` is nearly all. Validation is not counted.
    * ``samples_per_second``, of each device.
    * ``flops_utilization``, with `peak_flops`: the floating-point operations that the step needs,
      as XLA counts them before it optimizes, over what the devices could have done in that time.
    * ``device_memory_mib``, the most that was in use on this process's first device, where the
      device tells.

    Args:
        peak_flops: floating-point operations a second that one device can do, by its data sheet.
            Default: None.

    Raises:
        ValueError: a `peak_flops` that is not positive.

    Examples:
        >>> history = model.fit(x, y, epochs=1, verbose=0, callbacks=[jc.callbacks.Performance()])
        >>> "step_ms" in history.history
        True

    References:
        - Chowdhery et al., "PaLM: Scaling Language Modeling with Pathways", 2022,
          <https://arxiv.org/abs/2204.02311>
    """

    def __init__(self, peak_flops: float | None = None) -> None:
        if peak_flops is not None and not peak_flops > 0:
            raise ValueError(
                f"Performance: `peak_flops` is {peak_flops!r}; operations a second are needed, "
                "above 0."
            )
        self.peak_flops = peak_flops

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._step_flops: float | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._before = replace(self.model.clock)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        now, before = self.model.clock, self._before
        steps = now.steps - before.steps
        if logs is None or not steps:
            return
        total, waited, device = (
            getattr(now, n) - getattr(before, n) for n in ("total", "input", "device")
        )
        parts = {"step": total, "input": waited, "device": device, "host": total - waited - device}
        logs.update({f"{name}_ms": 1e3 * seconds / steps for name, seconds in parts.items()})
        distribution = self.model.program.distribution
        devices = 1 if distribution is None else distribution.mesh.size
        logs["samples_per_second"] = (now.samples - before.samples) / total / devices
        if self.peak_flops is not None:
            if self._step_flops is None:
                self._step_flops = now.step_flops()
            logs["flops_utilization"] = (
                self._step_flops * steps / total / (self.peak_flops * devices)
            )
        memory = jax.local_devices()[0].memory_stats() or {}
        if "peak_bytes_in_use" in memory:
            logs["device_memory_mib"] = memory["peak_bytes_in_use"] / 2**20


class Profile(Callback):
    """Records with `jax.profiler` what devices and Python do during chosen steps.

    TensorBoard with its profile plugin, or xprof, shows what is in the folder. Every process of a
    job records its own devices. As with all callbacks that have batch hooks, the loop calls each
    batch.

    Args:
        steps: the first and the last step recorded, counted from 0 in this `fit`; let the compiling
            pass first. Default: (10, 15).
        log_dir: folder. Default: './logs'.

    Raises:
        ValueError: steps that are not an interval.

    Examples:
        >>> callback = jc.callbacks.Profile(steps=(10, 15), log_dir="logs")

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/profiler.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/profiler.py>
    """

    def __init__(
        self, steps: Sequence[int] = (10, 15), log_dir: str | os.PathLike[str] = "./logs"
    ) -> None:
        if len(steps) != 2 or not 0 <= steps[0] <= steps[1]:
            raise ValueError(
                f"Profile: `steps` is {steps!r}; the first and the last step are needed, from 0."
            )
        self.first, self.last = steps
        self.log_dir = os.fspath(log_dir)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._step, self._recording = 0, False

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._step == self.first:
            jax.profiler.start_trace(self.log_dir)
            self._recording = True

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._step == self.last:
            self._stop()
        self._step += 1

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._stop()
        if self._step <= self.first:
            warnings.warn(
                f"Profile: nothing was recorded; training had {self._step} steps, and step "
                f"{self.first} was to be the "
                "first.",
                RuntimeWarning,
                stacklevel=2,
            )

    def on_interruption(self, error: BaseException) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._recording:
            self._recording = False
            jax.profiler.stop_trace()
