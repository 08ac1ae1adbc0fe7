"""What XLA is told so that devices compute while they send."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.distributed.overlap import FLAGS, overlap_options
from jaxcnn.distributed.placement import Distribution
from jaxcnn.training import dispatch
from jaxcnn.training.dispatch import Dispatcher

SCHEDULER = "xla_gpu_enable_latency_hiding_scheduler"


def test_options_are_those_of_the_platform_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "")
    assert overlap_options("gpu") == {SCHEDULER: True}
    assert overlap_options("cpu") is None and overlap_options("another") is None
    monkeypatch.setenv("XLA_FLAGS", f"--xla_dump_to=x --{SCHEDULER}=false")
    assert overlap_options("gpu") is None


@pytest.mark.parametrize("platform", FLAGS)
def test_xla_knows_the_options(platform):
    """Of all platforms: a name that XLA has dropped would stop a training."""
    options = dict(FLAGS[platform]) or None
    assert jax.jit(lambda a: a + 1, compiler_options=options)(1) == 2
    with pytest.raises(Exception, match="xla_no_such_option"):
        jax.jit(lambda a: a + 1, compiler_options={"xla_no_such_option": True})(1)


def test_steps_that_devices_share_are_compiled_with_them(monkeypatch):
    """One step a call and several; a step of one device is compiled as ever."""
    compiled_with = []
    jit = jax.jit

    def watched(function, **settings):
        compiled_with.append(settings.get("compiler_options"))
        return jit(function, **settings)

    monkeypatch.setattr(dispatch, "overlap_options", lambda platform: {SCHEDULER: True})
    monkeypatch.setattr("jaxcnn.runtime.leaf_jit.jax.jit", watched)
    shared = Distribution(jax.sharding.Mesh(np.array(jax.devices()[:1]), ("data",)))
    batches = jnp.ones((3, 4))
    for parallel, options in ((shared, {SCHEDULER: True}), (None, None)):
        dispatcher = Dispatcher(
            lambda carry, batch: carry + batch.sum(), donate=False, parallel=parallel, count=3
        )
        compiled_with.clear()
        assert float(dispatcher.run(jnp.float32(0), batches[0], None)) == 4
        assert compiled_with == [options]
        assert float(dispatcher.run(jnp.float32(0), batches, 3)) == 12
        assert compiled_with[1] == options
