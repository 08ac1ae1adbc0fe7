"""One batch on several devices; here they are parts of the CPU, which a process must be started
with.
"""

import os
import subprocess
import sys
import textwrap

import pytest

from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.utils import multi_gpu_model

PROGRAM = """
    import numpy as np, jax
    from jaxcnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, naming
    from jaxcnn.models import Sequential
    from jaxcnn.optimizers import SGD
    from jaxcnn.callbacks import LambdaCallback
    from jaxcnn.utils import multi_gpu_model

    rng = np.random.default_rng(0)
    x, y = rng.random((24, 5, 5, 1), "float32"), np.eye(2)[rng.integers(0, 2, 24)]

    def network():
        naming.reset_names()
        return Sequential([
            Conv2D(2, 3, activation="relu", input_shape=(5, 5, 1)), BatchNormalization(),
            Flatten(), Dropout(0.2), Dense(2, activation="softmax")])

    def compile(model):
        model.compile(SGD(0.1, momentum=0.9), "categorical_crossentropy", metrics=["accuracy"])
        return model

    def close(a, b):
        return all(np.allclose(p, q, atol=1e-5) for p, q in zip(a, b, strict=True))

    single = compile(network())
    history = single.fit(x, y, batch_size=8, epochs=2, verbose=0, validation_data=(x, y)).history
    template = network()
    model = compile(multi_gpu_model(template, gpus=2))
    watch = LambdaCallback(on_epoch_end=lambda epoch, logs: model.get_weights())
    parallel = model.fit(
        x, y, batch_size=8, epochs=2, verbose=0, validation_data=(x, y), callbacks=[watch]
    ).history
    assert all(np.allclose(parallel[name], history[name], atol=1e-5) for name in history), parallel
    assert close(model.get_weights(), single.get_weights())
    assert close(template.get_weights(), single.get_weights())
    dispatcher = model.functions.train.dispatcher
    assert dispatcher.single.compiled_count + dispatcher.many.compiled_count == 1
    batch = model.program.cut(x[:8])
    assert len(batch.devices()) == 2 and batch.addressable_shards[0].data.shape == (4, 5, 5, 1)

    for batch_size in (8, 7, 24):  # 7 cannot be cut
        assert np.allclose(model.predict(x, batch_size=batch_size), single.predict(x), atol=1e-5)
        expected = single.evaluate(x, y, batch_size, 0)
        assert np.allclose(model.evaluate(x, y, batch_size, 0), expected, atol=1e-5)
    assert np.allclose(model.train_on_batch(x, y), single.train_on_batch(x, y), atol=1e-5)
    assert np.allclose(model.test_on_batch(x, y), single.test_on_batch(x, y), atol=1e-5)
    def batches():
        while True:
            yield x[:8], y[:8]
    model.fit_generator(batches(), 3, verbose=0)
    single.fit_generator(batches(), 3, verbose=0)
    assert close(model.get_weights(), single.get_weights())
    compile(template).fit(x, y, verbose=0)  # the shared weights go on with one device
    model.fit(x, y, verbose=0)
    try:
        multi_gpu_model(template, gpus=3)
    except ValueError as error:
        assert "this machine has 2" in str(error) and "[2] are missing" in str(error)
    print("fine")
"""


def test_two_devices_give_what_one_gives():
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    program = textwrap.dedent(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout == "fine\n", done.stderr[-3000:]


@pytest.mark.parametrize("gpus", [1, 0, [0]])
def test_one_device_is_not_several(gpus):
    with pytest.raises(ValueError, match="at least two devices"):
        multi_gpu_model(Sequential([Dense(1, input_shape=(2,))]), gpus)


def test_devices_that_are_not_there():
    with pytest.raises(ValueError, match=r"devices \[0, 64\] are asked for.*\[64\] are missing"):
        multi_gpu_model(Sequential([Dense(1, input_shape=(2,))]), [0, 64])
