"""What every registered layer promises, checked on every row of the table in layer_cases.py."""

import inspect
import json

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import layers
from jaxcnn.layers import LAYERS
from jaxcnn.layers.derived import ModuleLayer
from jaxcnn.models import Model, load_model
from jaxcnn.nn import Layer, valid_rows
from jaxcnn.runtime.names import custom_object_scope

from .layer_cases import BATCH, CASES, Case, apply, built, double, leaves

KEY = jax.random.key(1)
every_case = pytest.mark.parametrize("case", CASES, ids=str)

# Registered so that models can be described and rebuilt, with tests of their own.
CELLS = {"SimpleRNNCell", "GRUCell", "LSTMCell", "ConvLSTM2DCell", "StackedRNNCells"}
NOT_MODULES = {"InputLayer", "Operation", "Sequential", "Model", "FlaxLayer", *CELLS}


def test_every_registered_layer_has_a_row():
    # Layers that only old scripts import are written as users write them; tests/compat has them.
    old = {n for n, kind in LAYERS.items().items() if kind.__module__.startswith("jaxcnn.compat.")}
    missing = set(LAYERS.items()) - {case.layer for case in CASES} - NOT_MODULES - old
    assert not missing, (
        f"add a row to tests/contract/layer_cases.py for {', '.join(sorted(missing))}"
    )


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES}))
def test_the_handle_shows_the_arguments_and_documents_itself(name):
    handle = LAYERS.find(name)
    assert (
        getattr(layers, name, handle) is handle
    )  # those of faces and detection are not among the general ones
    assert handle.__doc__ and len(handle.__doc__) > 20
    if issubclass(handle, ModuleLayer):
        shown = list(inspect.signature(handle).parameters)
        own = [
            n
            for n in inspect.signature(handle.module_class).parameters
            if n not in ("parent", "name")
        ]
        assert [n for n in shown if n != "weights"] == [*own, "kwargs"]


@every_case
def test_symbolic_shape_is_the_real_shape(case: Case):
    result = built(case)
    symbolic = jax.tree.leaves(result.handle(case.symbols()))
    for symbol, value in zip(symbolic, jax.tree.leaves(result.output), strict=True):
        assert symbol.shape == (None, *value.shape[1:])
        assert symbol.dtype == value.dtype
    shapes = [(None, *shape) for shape in case.shapes]
    wanted = [(None, *value.shape[1:]) for value in jax.tree.leaves(result.output)]
    computed = case.make().compute_output_shape(
        shapes if isinstance(case.shape, list) else shapes[0]
    )
    assert ([computed] if isinstance(computed, tuple) else computed) == wanted


@every_case
def test_unknown_sizes_are_traced_or_refused(case: Case):
    handle, real = case.make(), jax.tree.leaves(built(case).output)
    if case.fixed:
        with pytest.raises(ValueError, match=handle.name):
            handle(case.symbols(unknown=True))
        return
    for symbol, value in zip(
        jax.tree.leaves(handle(case.symbols(unknown=True))), real, strict=True
    ):
        assert len(symbol.shape) == value.ndim
        assert all(n is None or n == m for n, m in zip(symbol.shape, value.shape, strict=True))
        if case.shapes != [()] and any(len(s) > 1 for s in case.shapes) and symbol.shape != (None,):
            assert symbol.shape[0] is None


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if "data_format" in inspect.signature(LAYERS.find(c.layer)).parameters],
    ids=str,
)
def test_both_data_formats_agree(case: Case):
    outputs = []
    for data_format in ("channels_last", "channels_first"):
        handle, x = case.make(data_format=data_format), case.inputs()
        spatial = getattr(handle.module, "spatial_rank", x.ndim - 2)
        if data_format == "channels_first":
            x = jnp.moveaxis(x, -1, x.ndim - 1 - spatial)
        handle(layers.Input(x.shape[1:]))
        handle.set_weights(built(case).weights)
        y = apply(handle.module, handle.variables, x)
        if data_format == "channels_first" and y.ndim >= spatial + 2:
            y = jnp.moveaxis(y, y.ndim - 1 - spatial, -1)
        outputs.append(y)
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-5, atol=1e-6)


def plain(settings):
    """A configuration as JSON gives it back: tuples are lists."""
    return json.loads(json.dumps(settings))


@every_case
def test_config_round_trip(case: Case):
    result = built(case)
    settings = result.handle.get_config()
    with custom_object_scope({"double": double}):
        again = type(result.handle).from_config(plain(settings))
        third = layers.deserialize(plain(layers.serialize(result.handle)))
    assert plain(again.get_config()) == plain(third.get_config()) == plain(settings)
    again(case.symbols())
    again.set_weights(result.weights)
    outputs = apply(again.module, again.variables, result.inputs)
    for old, new in zip(leaves(result.output), leaves(outputs), strict=True):
        np.testing.assert_array_equal(old, new)


@every_case
@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
@pytest.mark.filterwarnings("ignore:.*some Keras 2 that reads this file")
def test_saved_and_loaded(case: Case, name, tmp_path):
    result = built(case)
    symbols = case.symbols()
    model = Model(symbols, result.handle(symbols))
    model.save(tmp_path / name)
    loaded = load_model(tmp_path / name, {"double": double})
    (again,) = (layer for layer in loaded.layers if layer.name == result.handle.name)
    settings = result.handle.get_config()
    ignored = {"implementation", "input_length"} if name.endswith("keras") else {"implementation"}
    ignored |= {"batch_input_shape", "dtype"}

    def compared(value):
        if isinstance(value, dict):
            return {k: compared(v) for k, v in value.items() if k not in ignored}
        return [compared(item) for item in value] if isinstance(value, list) else value

    assert compared(plain(again.get_config())) == compared(plain(settings))
    for old, new in zip(result.weights, again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@every_case
def test_weights_round_trip(case: Case):
    handle = case.make()
    handle(case.symbols())
    weights = [np.full(w.shape, i + 1.0, w.dtype) for i, w in enumerate(handle.get_weights())]
    handle.set_weights(weights)
    for old, new in zip(weights, handle.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert handle.count_params() == sum(w.size for w in weights)
    assert len(handle.trainable_weights) + len(handle.non_trainable_weights) == len(weights)
    with pytest.raises(ValueError, match=handle.name):
        handle.set_weights([*weights, np.zeros(1)])
    if weights:
        with pytest.raises(ValueError, match="not compatible with provided weight shape"):
            handle.set_weights([np.zeros((*w.shape, 1)) for w in weights])


@every_case
def test_compiled_training_and_gradients(case: Case):
    """One compilation: inference as it is without, training mode as the row says, every gradient
    finite.
    """
    handle, inputs = built(case).handle, built(case).inputs
    variables = handle.variables
    params = variables.get("params", {})
    rest = {name: tree for name, tree in variables.items() if name != "params"}
    differentiable = case.integers_below is None

    def loss(params, inputs):
        outputs, changed = apply(
            handle.module, {"params": params, **rest}, inputs, train=True, key=KEY
        )
        return sum(jnp.sum(jnp.square(y)) for y in jax.tree.leaves(outputs)), (outputs, changed)

    @jax.jit
    def everything(params, inputs):
        grad = jax.grad(loss, argnums=(0, 1) if differentiable else 0, has_aux=True)
        gradients, (trained, changed) = grad(params, inputs)
        return apply(handle.module, {"params": params, **rest}, inputs), trained, changed, gradients

    inferred, trained, changed, gradients = everything(params, inputs)
    for compiled, eager in zip(leaves(inferred), leaves(built(case).output), strict=True):
        np.testing.assert_allclose(compiled, eager, rtol=1e-5, atol=1e-6)
    assert all(np.isfinite(g).all() for g in leaves(gradients))
    same = all(
        np.allclose(a, b, rtol=1e-5, atol=1e-6)
        for a, b in zip(leaves(inferred), leaves(trained), strict=True)
    )
    assert same == (case.training == "same")
    moved = any(
        not np.allclose(a, b)
        for a, b in zip(leaves(rest), leaves({**rest, **changed}), strict=True)
    )
    assert moved == (case.training == "statistics") or "state" in changed


@pytest.mark.parametrize("case", [c for c in CASES if c.training == "noise"], ids=str)
def test_noise_is_a_function_of_the_key(case: Case):
    handle, inputs = built(case).handle, built(case).inputs
    first, again, other = (
        apply(handle.module, handle.variables, inputs, train=True, key=jax.random.key(seed))[0]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    with pytest.raises(
        Exception, match="dropout"
    ):  # training mode without a stream of noise is an error, not silence
        apply(handle.module, handle.variables, inputs, train=True)


@every_case
def test_vmap_over_an_extra_axis(case: Case):
    result = built(case)
    stacked = jax.tree.map(lambda a, b: jnp.stack([a, b]), result.inputs, case.inputs(seed=5))
    mapped = jax.jit(jax.vmap(lambda x: apply(result.handle.module, result.handle.variables, x)))(
        stacked
    )
    for batch, single in zip(leaves(mapped), leaves(result.output), strict=True):
        np.testing.assert_allclose(batch[0], single, rtol=1e-5, atol=1e-6)


@every_case
def test_bfloat16_in_bfloat16_out(case: Case):
    """With weights in bfloat16 (statistics stay float32) nothing is promoted silently."""
    result = built(case)
    variables = result.handle.variables
    if "params" in variables:
        variables["params"] = jax.tree.map(lambda w: w.astype(jnp.bfloat16), variables["params"])
    inputs = jax.tree.map(
        lambda x: x.astype(jnp.bfloat16) if case.integers_below is None else x, result.inputs
    )
    module = result.handle.module
    outputs = jax.jit(lambda v, x: apply(module, v, x))(variables, inputs)
    trained, changed = jax.eval_shape(
        lambda v, x: apply(module, v, x, train=True, key=KEY), variables, inputs
    )
    assert all(y.dtype == jnp.bfloat16 for y in jax.tree.leaves((outputs, trained)))
    assert all(s.dtype == jnp.float32 for s in jax.tree.leaves(changed.get("batch_stats", {})))
    for low, full in zip(leaves(outputs), leaves(result.output), strict=True):
        np.testing.assert_allclose(low, full, rtol=0.06, atol=0.06 * max(1.0, np.abs(full).max()))


@pytest.mark.parametrize(
    "case", [c for c in CASES if min(map(len, c.shapes)) > 1 and c.integers_below is None], ids=str
)
def test_masks_are_passed_on_or_refused(case: Case):
    handle = case.make()
    masked = jax.tree.map(lambda tensor: layers.Masking()(tensor), case.symbols())
    wanted = case.mask or ("kept" if handle.module.supports_masking else "refused")
    if wanted == "refused":
        with pytest.raises(ValueError, match="does not support masking"):
            handle(masked)
        return
    for output in jax.tree.leaves(handle(masked)):
        assert (output.mask_shape is not None) == (wanted == "kept")
        if wanted == "kept":
            assert output.mask_shape == output.shape[: len(output.mask_shape)]


@every_case
def test_plain_flax_use_inside_another_module(case: Case):
    class Outer(nn.Module):
        inner: nn.Module

        @nn.compact
        def __call__(self, x):
            return self.inner(x)

    result = built(case)
    outer = Outer(result.handle.module)
    variables = jax.eval_shape(
        lambda key: outer.init({"params": key, "dropout": key}, result.inputs), KEY
    )
    weights = {c: v["inner"] for c, v in variables.items() if c not in ("losses", "state")}
    owned = {c: v for c, v in result.handle.variables.items() if c != "state"}
    assert jax.tree.map(jnp.shape, weights) == jax.tree.map(jnp.shape, owned)
    outputs = jax.eval_shape(lambda v: outer.apply(v, result.inputs), variables)
    assert jax.tree.map(jnp.shape, outputs) == jax.tree.map(jnp.shape, result.output)


@every_case
def test_rows_do_not_mix(case: Case):
    """Unless a layer says so, a padding row changes no other row, in training mode too where that
    differs.
    """
    result = built(case)
    module = result.handle.module
    if not isinstance(module, Layer) or module.mixes_rows:
        return
    train = case.training != "same"
    other = jax.tree.map(lambda x: x.at[1:].set(x[0] + 1), result.inputs)

    def first_row(inputs):
        with valid_rows(jnp.asarray([1.0] + [0.0] * (BATCH - 1))):
            outputs = apply(module, result.handle.variables, inputs, train, KEY)
        return [y[0] for y in leaves(outputs[0] if train else outputs)]

    for a, b in zip(first_row(result.inputs), first_row(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
