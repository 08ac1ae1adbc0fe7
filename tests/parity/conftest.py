"""The oracle is the real Keras 3, on its JAX backend; the choice has to be made before it is
imported.
"""

import os

import jax
import pytest

os.environ["KERAS_BACKEND"] = "jax"


@pytest.fixture(autouse=True, scope="module")
def compiled_for_one_run():
    """Every program here runs once, so that most of the time would go into optimising it."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
