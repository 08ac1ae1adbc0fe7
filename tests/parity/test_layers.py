"""Every layer that Keras 3 has too: outputs, gradients and updated statistics agree to 1e-5 with
the same weights.
"""

import inspect

import flax.linen as nn
import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from jaxcnn import layers
from jaxcnn.nn.graph import run

BATCH = 3
SIZE_1D, SIZE_2D, SIZE_3D = (7, 4), (6, 7, 4), (4, 5, 4, 2)
SIZES = {"filters": 3, "kernel_size": 3, "strides": 2}

# layer, arguments, shape of a sample (a list of them for merge layers), the arguments as Keras 3
# spells them fmt: off
ROWS = [
    ("Dense", {"units": 5, "activation": "tanh"}, (4,), {}),
    ("Dense", {"units": 5, "use_bias": False}, (2, 3, 4), {}),
    ("Activation", {"activation": "softmax"}, (3, 4), {}),
    ("Activation", {"activation": "elu"}, (3, 4), {}),
    ("Activation", {"activation": "softsign"}, (3, 4), {}),
    ("Dropout", {"rate": 0.4}, (4,), {}),
    ("Flatten", {}, (2, 3, 4), {}),
    ("Masking", {"mask_value": 0.0}, (3, 4), {}),
    ("Permute", {"dims": (3, 1, 2)}, (2, 3, 4), {}),
    ("RepeatVector", {"n": 3}, (4,), {}),
    ("Reshape", {"target_shape": (-1, 2)}, (3, 4), {}),
    ("Conv1D", {"filters": 3, "kernel_size": 3, "activation": "relu"}, SIZE_1D, {}),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "same", "strides": 2}, SIZE_1D, {}),
    (
        "Conv1D",
        {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        SIZE_1D,
        {},
    ),
    ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal", "strides": 2}, SIZE_1D, {}),
    ("Conv2D", {"filters": 3, "kernel_size": (3, 2)}, SIZE_2D, {}),
    ("Conv2D", {"filters": 3, "kernel_size": 4, "padding": "same", "strides": (2, 3)}, SIZE_2D, {}),
    (
        "Conv2D",
        {"filters": 3, "kernel_size": 2, "dilation_rate": (2, 3), "use_bias": False},
        SIZE_2D,
        {},
    ),
    (
        "Conv2D",
        {"filters": 3, "kernel_size": 3, "padding": "same", "dilation_rate": 2},
        SIZE_2D,
        {},
    ),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2, "activation": "sigmoid"}, SIZE_2D, {}),
    ("Conv3D", {"filters": 3, "kernel_size": (1, 2, 3), "strides": (1, 2, 1)}, SIZE_3D, {}),
    (
        "Conv3D",
        {"filters": 3, "kernel_size": 2, "padding": "same", "dilation_rate": (1, 2, 1)},
        SIZE_3D,
        {},
    ),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, SIZE_2D, {}),
    (
        "DepthwiseConv2D",
        {"kernel_size": (2, 3), "padding": "same", "strides": 2, "activation": "relu"},
        SIZE_2D,
        {},
    ),
    ("DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}, SIZE_2D, {}),
    (
        "SeparableConv1D",
        {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "strides": 2},
        SIZE_1D,
        {},
    ),
    (
        "SeparableConv1D",
        {"filters": 3, "kernel_size": 2, "padding": "same", "dilation_rate": 2},
        SIZE_1D,
        {},
    ),
    (
        "SeparableConv2D",
        {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "activation": "relu"},
        SIZE_2D,
        {},
    ),
    (
        "SeparableConv2D",
        {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2},
        SIZE_2D,
        {},
    ),
    (
        "SeparableConv2D",
        {"filters": 3, "kernel_size": 2, "dilation_rate": 2, "use_bias": False},
        SIZE_2D,
        {},
    ),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}, SIZE_1D, {}),
    (
        "Conv1DTranspose",
        {"filters": 3, "kernel_size": 2, "strides": 3, "padding": "same"},
        SIZE_1D,
        {},
    ),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "activation": "tanh"}, SIZE_2D, {}),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": (2, 4), "strides": (3, 2)}, SIZE_2D, {}),
    (
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 5, "strides": 2, "padding": "same"},
        SIZE_2D,
        {},
    ),
    (
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 2, "strides": 1, "padding": "same"},
        SIZE_2D,
        {},
    ),
    ("Conv2DTranspose", {**SIZES, "padding": "same", "output_padding": 1}, SIZE_2D, {}),
    ("Conv2DTranspose", {**SIZES, "padding": "same", "output_padding": 0}, SIZE_2D, {}),
    ("Conv2DTranspose", {**SIZES, "output_padding": (1, 0)}, SIZE_2D, {}),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "dilation_rate": 2}, SIZE_2D, {}),
    ("Conv3DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}, SIZE_3D, {}),
    (
        "Conv3DTranspose",
        {"filters": 3, "kernel_size": 2, "strides": (1, 2, 2), "padding": "same"},
        SIZE_3D,
        {},
    ),
    ("Cropping1D", {"cropping": (2, 1)}, SIZE_1D, {}),
    ("Cropping2D", {"cropping": ((1, 2), (0, 3))}, SIZE_2D, {}),
    ("Cropping3D", {"cropping": (1, 0, 1)}, SIZE_3D, {}),
    ("UpSampling1D", {"size": 3}, SIZE_1D, {}),
    ("UpSampling2D", {"size": (2, 3)}, SIZE_2D, {}),
    ("UpSampling2D", {"size": (2, 3), "interpolation": "bilinear"}, SIZE_2D, {}),
    ("UpSampling3D", {"size": (1, 2, 3)}, SIZE_3D, {}),
    ("ZeroPadding1D", {"padding": (1, 2)}, SIZE_1D, {}),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, SIZE_2D, {}),
    ("ZeroPadding3D", {"padding": (1, 0, 2)}, SIZE_3D, {}),
    ("MaxPooling1D", {"pool_size": 3, "strides": 2}, SIZE_1D, {}),
    ("MaxPooling1D", {"pool_size": 2, "padding": "same"}, SIZE_1D, {}),
    ("MaxPooling2D", {}, SIZE_2D, {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, SIZE_2D, {}),
    ("MaxPooling3D", {"pool_size": (1, 2, 3), "padding": "same"}, SIZE_3D, {}),
    ("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, SIZE_1D, {}),
    ("AveragePooling2D", {"pool_size": 2}, SIZE_2D, {}),
    ("AveragePooling2D", {"pool_size": (3, 2), "strides": 2, "padding": "same"}, SIZE_2D, {}),
    ("AveragePooling3D", {"pool_size": 2, "strides": 1}, SIZE_3D, {}),
    ("GlobalMaxPooling1D", {}, SIZE_1D, {}),
    ("GlobalMaxPooling2D", {}, SIZE_2D, {}),
    ("GlobalMaxPooling3D", {}, SIZE_3D, {}),
    ("GlobalAveragePooling1D", {}, SIZE_1D, {}),
    ("GlobalAveragePooling2D", {}, SIZE_2D, {}),
    ("GlobalAveragePooling3D", {}, SIZE_3D, {}),
    ("Add", {}, [(3, 4), (3, 4), (4,)], {}),
    ("Subtract", {}, [(3, 4), (3, 4)], {}),
    ("Multiply", {}, [(3, 4), (1, 4)], {}),
    ("Average", {}, [(3, 4), (3, 4)], {}),
    ("Maximum", {}, [(3, 4), (3, 4)], {}),
    ("Minimum", {}, [(3, 4), (3, 4), (3, 4)], {}),
    ("Concatenate", {}, [(3, 4), (3, 2)], {}),
    ("Concatenate", {"axis": 1}, [(3, 4), (1, 4)], {}),
    ("Dot", {"axes": 1}, [(4,), (4,)], {}),
    ("Dot", {"axes": (2, 1)}, [(3, 4), (4, 5)], {}),
    ("Dot", {"axes": 1, "normalize": True}, [(4,), (4,)], {}),
    ("BatchNormalization", {"axis": 1, "epsilon": 1e-4, "scale": False}, SIZE_2D, {}),
    ("BatchNormalization", {"momentum": 0.9, "center": False}, (4,), {}),
    ("LayerNormalization", {}, (3, 4), {}),
    ("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, (3, 4), {}),
    ("LayerNormalization", {"axis": 1, "scale": False}, (3, 4), {}),
    ("GaussianNoise", {"stddev": 0.3}, (4,), {}),
    ("GaussianDropout", {"rate": 0.3}, (4,), {}),
    ("AlphaDropout", {"rate": 0.3}, (4,), {}),
    ("SpatialDropout1D", {"rate": 0.3}, SIZE_1D, {}),
    ("SpatialDropout2D", {"rate": 0.3}, SIZE_2D, {}),
    ("SpatialDropout3D", {"rate": 0.3}, SIZE_3D, {}),
    ("LeakyReLU", {"alpha": 0.2}, (3, 4), {"negative_slope": 0.2}),
    ("PReLU", {}, (3, 4), {}),
    ("PReLU", {"shared_axes": [1, 2]}, SIZE_2D, {}),
    ("ELU", {"alpha": 0.7}, (3, 4), {}),
    ("Softmax", {"axis": 1}, (3, 4), {}),
    ("ReLU", {}, (3, 4), {}),
    ("ReLU", {"max_value": 0.8, "negative_slope": 0.1}, (3, 4), {}),
    ("ReLU", {"max_value": 1.5, "threshold": 0.5, "negative_slope": 0.1}, (3, 4), {}),
]
# fmt: on

FORMATS = [
    (layer, {**arguments, "data_format": "channels_first"}, (shape[-1], *shape[:-1]), {})
    for layer, arguments, shape, _ in ROWS
    if shape in (SIZE_2D, SIZE_3D)
    and "data_format" in getattr(layers, layer).__signature__.parameters
]
TRAINED = [row for row in ROWS if row[0] == "BatchNormalization"]


def identify(value):
    return str(value) if isinstance(value, str | dict) and value else ""


def both(layer, arguments, shape, keras_arguments):
    """Our handle and Keras's layer, built on random inputs with the same random weights."""
    rng = np.random.default_rng(3)
    shapes = shape if isinstance(shape, list) else [shape]
    inputs = [rng.normal(size=(BATCH, *s)).astype("float32") for s in shapes]
    inputs = inputs if isinstance(shape, list) else inputs[0]
    ours, theirs = (
        getattr(layers, layer)(**arguments),
        getattr(keras.layers, layer)(**(keras_arguments or arguments)),
    )
    ours([layers.Input(s) for s in shapes] if isinstance(shape, list) else layers.Input(shape))
    weights = [
        0.5 + rng.random(w.shape).astype("float32") for w in ours.get_weights()
    ]  # positive: some are variances
    ours.set_weights(weights)
    theirs.build([x.shape for x in inputs] if isinstance(shape, list) else inputs.shape)
    theirs.set_weights(weights)
    return ours, theirs, inputs


def results(forward, weights, inputs):
    """Output, gradients of a random weighting of it with respect to the inputs and the weights, and
    what changed.
    """

    def weighted(weights, inputs):
        output, changed = forward(weights, inputs)
        cotangent = jnp.asarray(np.random.default_rng(4).normal(size=output.shape), output.dtype)
        return jnp.sum(output * cotangent), (output, changed)

    gradients, (output, changed) = jax.jit(jax.grad(weighted, argnums=(0, 1), has_aux=True))(
        weights, inputs
    )
    return [output, *jax.tree.leaves(gradients[1]), *gradients[0], *changed]


def compare(layer, arguments, shape, keras_arguments, train):
    ours, theirs, inputs = both(layer, arguments, shape, keras_arguments)
    paths = [path for _, path in ours.weight_paths()]
    trained = [path for path in paths if path[0] == "params"]
    statistics = [path for path in paths if path[0] != "params"]

    def our_forward(weights, inputs):
        variables = ours.variables
        for path, weight in zip(trained, weights, strict=True):
            variables["params"][path[1]] = weight

        def forward(bound):
            return run(bound, (inputs,), {}, None, train)[0]

        output, changed = nn.apply(forward, ours.module, mutable=["batch_stats"])(variables)
        return output, [changed["batch_stats"][path[1]] for path in statistics] if train else []

    def their_forward(weights, inputs):
        fixed = [v.value for v in theirs.non_trainable_variables]
        mode = (
            {"training": train} if "training" in inspect.signature(theirs.call).parameters else {}
        )
        output, changed = theirs.stateless_call(weights, fixed, inputs, **mode)
        return output, changed if train else []

    our_weights = [ours.variables["params"][path[1]] for path in trained]
    their_weights = [v.value for v in theirs.trainable_variables]
    pairs = zip(
        results(our_forward, our_weights, inputs),
        results(their_forward, their_weights, inputs),
        strict=True,
    )
    for mine, wanted in pairs:
        np.testing.assert_allclose(mine, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "arguments", "shape", "keras_arguments"), ROWS + FORMATS, ids=identify
)
def test_inference(layer, arguments, shape, keras_arguments):
    compare(layer, arguments, shape, keras_arguments, train=False)


@pytest.mark.parametrize(("layer", "arguments", "shape", "keras_arguments"), TRAINED, ids=identify)
def test_training(layer, arguments, shape, keras_arguments):
    compare(layer, arguments, shape, keras_arguments, train=True)
