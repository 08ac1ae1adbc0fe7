"""What every registered application promises, traced without a computation: shapes, dtypes,
gradients, vmap, config.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax.traverse_util import unflatten_dict

from jaxcnn import applications
from jaxcnn.applications import APPLICATIONS
from jaxcnn.models import Model

from .architecture import architecture


def every_application():
    """All of them; of each file only the first runs without -m slow, and of the files of deep
    networks none.
    """
    seen = {
        f"jaxcnn.applications.{m}"
        for m in (
            "densenet",
            "efficientnet",
            "inception_resnet_v2",
            "inception_v3",
            "nasnet",
            "xception",
        )
    }
    for name in APPLICATIONS.items():
        module = APPLICATIONS.find(name).__module__
        yield pytest.param(name, marks=[pytest.mark.slow] * (module in seen))
        seen.add(module)


@functools.lru_cache(maxsize=1)
def small(name):
    """The network for images of its least size and 5 classes, and its variables as shapes only."""
    application = APPLICATIONS.find(name)
    model = application(
        weights=None, input_shape=(application.smallest, application.smallest, 3), classes=5
    )
    specs = {
        (s.collection, *s.path): jax.ShapeDtypeStruct(s.shape, s.dtype) for s in model.all_specs()
    }
    return model, unflatten_dict(specs)


def pictures(model, dtype=jnp.float32):
    return jax.ShapeDtypeStruct((2, *model.input_shape[1:]), dtype)


each = pytest.mark.parametrize("name", list(every_application()))


@each
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_probabilities_in_the_type_that_came(name, dtype):
    model, variables = small(name)
    cast = jax.tree.map(lambda s: jax.ShapeDtypeStruct(s.shape, dtype), variables["params"])
    out = jax.eval_shape(
        jax.jit(model.module.apply), {**variables, "params": cast}, pictures(model, dtype)
    )
    assert (out.shape, out.dtype) == ((2, 5), dtype)
    assert model.output_shape == (None, 5)


@each
def test_gradients_and_new_statistics_in_training(name):
    model, variables = small(name)

    def loss(params, x):
        mutable, rngs = ["batch_stats"], {"dropout": jax.random.key(0)}
        out, changed = model.module.apply(
            {**variables_of(params)}, x, train=True, mutable=mutable, rngs=rngs
        )
        return jnp.sum(out), changed

    def variables_of(params):
        rest = {
            k: jax.tree.map(lambda s: jnp.ones(s.shape, s.dtype), v)
            for k, v in variables.items()
            if k != "params"
        }
        return {"params": params, **rest}

    gradients, changed = jax.eval_shape(
        jax.grad(loss, has_aux=True), variables["params"], pictures(model)
    )
    assert jax.tree.map(jnp.shape, gradients) == jax.tree.map(jnp.shape, variables["params"])
    wanted = variables.get("batch_stats", {})
    assert jax.tree.map(jnp.shape, changed.get("batch_stats", {})) == jax.tree.map(
        jnp.shape, wanted
    )


@each
def test_vmap_over_images(name):
    model, variables = small(name)
    one = lambda picture: model.module.apply(variables_now, picture[None])[0]  # noqa: E731
    variables_now = jax.tree.map(lambda s: np.zeros(s.shape, s.dtype), variables)
    assert jax.eval_shape(jax.vmap(one), pictures(model)).shape == (2, 5)


@each
def test_its_configuration_rebuilds_it(name):
    model, _ = small(name)
    again = Model.from_config(model.get_config())
    assert architecture(again) == architecture(model)
    assert again.name == model.name


def test_saved_and_loaded_it_computes_the_same(tmp_path):
    arguments = {"input_shape": (48, 48, 3), "classes": 5}
    model = applications.SqueezeNet(weights=None, **arguments)
    x = np.random.default_rng(0).normal(size=(2, 48, 48, 3)).astype("float32")
    expected = model.predict(x)
    model.save_weights(tmp_path / "squeezenet.h5")
    loaded = applications.SqueezeNet(weights=tmp_path / "squeezenet.h5", **arguments)
    np.testing.assert_array_equal(loaded.predict(x), expected)
