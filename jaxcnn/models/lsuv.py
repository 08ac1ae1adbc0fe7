"""Layer-sequential unit-variance initialization.

Source: Mishkin and Matas, "All you need is a good init", ICLR 2016.
"""

from __future__ import annotations

import math

import flax.linen as linen
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import activations, nn
from jaxcnn.initializers import Orthogonal
from jaxcnn.models.network import Network
from jaxcnn.nn.graph import Graph, fill, run
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.types import Config, PyTree

SMALLEST_DEVIATION = 1e-7  # an output that does not vary cannot be scaled


def lsuv(
    model: Network,
    batch: PyTree,
    margin: float = 0.1,
    max_iter: int = 10,
    smallest: int = 32,
    verbose: bool = False,
) -> dict[str, float]:
    """Give convolutions and dense layers orthonormal kernels that make outputs of variance 1.

    One after another, from the input on: the kernel becomes a random orthonormal matrix (inputs x
    outputs) and is divided by the standard deviation of the layer's output for `batch`, before its
    activation, until the variance is within `margin` of 1. Biases stay. Dropout and the like are
    off.

    Args:
        model: built, of any shape; its weights are replaced.
        batch: inputs as the model takes them, arrays (n, ...); some dozens of samples are enough.
        margin: how far from 1 the variance may stay. Default: 0.1.
        max_iter: how often a kernel is scaled at most. Default: 10.
        smallest: layers with fewer outputs, such as classifiers, keep their weights. Default: 32.
        verbose: whether to print each layer's variance. Default: False.

    Returns:
        The variance of each treated layer's output, by name.

    Raises:
        ValueError: the model has no layer to treat.

    Examples:
        >>> network = jc.Sequential([jc.layers.Dense(64, input_shape=(32,))])
        >>> variances = jc.models.lsuv(network, np.random.default_rng(0).normal(size=(256, 32)))
        >>> [round(float(variance)) for variance in variances.values()]
        [1]

    References:
        - Mishkin and Matas, "All You Need is a Good Init", 2015, <https://arxiv.org/abs/1511.06422>
    """
    graph, variables = model.module, model.variables
    assert isinstance(graph, Graph)
    values = dict(enumerate(jnp.asarray(v) for v in graph.ordered(batch)))
    reached: dict[str, float] = {}
    for call in graph.topology.calls:
        args, kwargs = fill((call.args, dict(call.kwargs)), values)
        collections = {
            collection: tree[call.name]
            for collection, tree in variables.items()
            if call.name in tree
        }
        module = call.module
        if (
            isinstance(module, nn.Conv2D | nn.Dense)
            and call.name not in reached
            and outputs_of(module) >= smallest
        ):
            key = named_key(config.seed(), "lsuv", call.name)
            collections["params"], reached[call.name] = unit_variance(
                module, collections["params"], args, key, margin=margin, max_iter=max_iter
            )
            variables["params"][call.name] = collections["params"]
            if verbose:
                print(f"{call.name}: variance {reached[call.name]:.3f}")
        outputs = apply(module, collections, args, kwargs)
        pairs = zip(jax.tree.leaves(call.outputs), jax.tree.leaves(outputs), strict=True)
        values.update((ref.index, value) for ref, value in pairs)
    if not reached:
        raise ValueError(
            f"Model '{model.name}' has no Conv2D or Dense layer of at least {smallest} outputs."
        )
    model.set_variables({"params": {name: variables["params"][name] for name in reached}})
    return reached


def unit_variance(
    module: nn.Conv2D | nn.Dense,
    params: dict[str, jax.Array],
    args: tuple[PyTree, ...],
    key: jax.Array,
    *,
    margin: float,
    max_iter: int,
) -> tuple[dict[str, jax.Array], float]:
    """(parameters with a new kernel, the variance of the output before the activation)."""
    linear = module.clone(activation=activations.linear, activity_regularizer=None)

    @jax.jit
    def measured(params: PyTree) -> jax.Array:
        outputs: PyTree = linear.apply({"params": params}, *args)
        return jnp.var(outputs)

    kernel = Orthogonal()(key, params["kernel"].shape, params["kernel"].dtype)
    variance = float(measured({**params, "kernel": kernel}))
    for _ in range(max_iter):
        if abs(1.0 - variance) <= margin or math.sqrt(variance) < SMALLEST_DEVIATION:
            break
        kernel = kernel / np.float32(math.sqrt(variance))
        variance = float(measured({**params, "kernel": kernel}))
    return {**params, "kernel": kernel}, variance


def outputs_of(module: nn.Conv2D | nn.Dense) -> int:
    """The number of feature maps or units of a layer."""
    return module.filters if isinstance(module, nn.Conv2D) else module.units


def apply(
    module: linen.Module, variables: PyTree, args: tuple[PyTree, ...], kwargs: Config
) -> PyTree:
    """The outputs of one layer in inference mode."""
    forward = linen.apply(lambda bound: run(bound, args, dict(kwargs), None, False)[0], module)
    return jax.jit(forward)(variables)
