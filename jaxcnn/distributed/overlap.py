"""What XLA is told so that devices compute while they send: one place for all platforms."""

from __future__ import annotations

import os
from collections.abc import Mapping

from jaxcnn.runtime.leaf_jit import Options

# GPU: the scheduler that starts each sum as soon as its gradients are there and ends it as late as
# it can. Source: JAX's guide "GPU performance tips" (docs.jax.dev).
# TPU: libtpu 0.0.52 does so by itself. The compiled step of P12 for a v4 slice is the same with
# xla_tpu_enable_latency_hiding_scheduler and with xla_enable_async_all_reduce as without them, and
# xla_tpu_enable_async_collective_fusion is refused for it.
# CPU: its devices are threads of one memory, and have no such scheduler.
FLAGS: Mapping[str, Options] = {
    "gpu": {"xla_gpu_enable_latency_hiding_scheduler": True},
    "tpu": {},
    "cpu": {},
}


def overlap_options(platform: str) -> Options | None:
    """XLA's options for a step that several devices share, or None.

    What ``XLA_FLAGS`` says goes first.

    Args:
        platform: of the devices, as JAX names it.
    """
    said = os.environ.get("XLA_FLAGS", "")
    options = {name: on for name, on in FLAGS.get(platform, {}).items() if name not in said}
    return options or None
