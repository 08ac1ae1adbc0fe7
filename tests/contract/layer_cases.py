"""One table of layers, arguments and input shapes: every check in test_layer_contract.py runs on
every row.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import detection, faces, layers  # noqa: F401  (two register layers)
from jaxcnn.layers import LAYERS
from jaxcnn.nn.graph import run

BATCH = 2


@dataclass(frozen=True, eq=False)
class Case:
    """A layer with arguments (or a function that makes them) on samples of one shape or, for
    merges, of several.

    `training` says what training mode does to the output: nothing ("same"), "noise", or
    "statistics" of the batch. `mask` says what becomes of a mask of the input: "kept", "dropped" or
    "refused"; None means what `supports_masking` promises. `fixed` marks weights or checks that
    need every size known.
    """

    layer: str
    arguments: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    shape: Any
    training: str = "same"
    mask: str | None = None
    fixed: bool = False
    integers_below: int | None = None

    def __str__(self) -> str:
        if callable(self.arguments):
            return self.layer
        # a function's repr holds its address, and pytest-xdist wants the same names in every
        # process
        values = {k: getattr(v, "__name__", v) for k, v in self.arguments.items()}
        return f"{self.layer}({', '.join(f'{k}={v}' for k, v in values.items())})"

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        return self.shape if isinstance(self.shape, list) else [self.shape]

    def make(self, **changes: Any) -> Any:
        """A new handle; `changes` replace or add arguments."""
        own = self.arguments() if callable(self.arguments) else self.arguments
        return LAYERS.find(self.layer)(**{**own, **changes})

    def inputs(self, seed: int = 0) -> Any:
        """Random inputs: one array, or a list where the layer merges several."""
        rng = np.random.default_rng(seed)
        if self.integers_below is not None:
            arrays = [
                jnp.asarray(rng.integers(0, self.integers_below, (BATCH, *s)), "int32")
                for s in self.shapes
            ]
        else:
            arrays = [jnp.asarray(rng.normal(size=(BATCH, *s)), "float32") for s in self.shapes]
        return arrays if isinstance(self.shape, list) else arrays[0]

    def symbols(self, unknown: bool = False) -> Any:
        """Symbolic inputs of the row's shapes; with `unknown`, None for every size but the last."""
        dtype = "float32" if self.integers_below is None else "int32"
        shapes = [(None,) * (len(s) - 1) + s[-1:] if unknown else s for s in self.shapes]
        tensors = [layers.Input(s, dtype=dtype) for s in shapes]
        return tensors if isinstance(self.shape, list) else tensors[0]


@dataclass(frozen=True)
class Built:
    """A handle with weights that are nowhere trivial, its inputs, and its output in inference mode,
    not compiled.
    """

    handle: Any
    inputs: Any
    output: Any
    weights: list[np.ndarray] = field(default_factory=list)


def randomise(handle: Any) -> list[np.ndarray]:
    """Move every weight away from zeros and ones (variances stay positive)."""
    rng = np.random.default_rng(7)
    weights = [
        np.abs(w + 0.3 * rng.random(w.shape)).astype("float32") for w in handle.get_weights()
    ]
    signs = [
        1.0 if w.ndim == 1 else np.where(rng.random(w.shape) < 0.5, -1.0, 1.0) for w in weights
    ]
    weights = [(w * s).astype("float32") for w, s in zip(weights, signs, strict=True)]
    handle.set_weights(weights)
    return weights


@functools.cache
def built(case: Case) -> Built:
    handle, inputs = case.make(), case.inputs()
    handle(case.symbols())
    weights = randomise(handle)
    return Built(handle, inputs, apply(handle.module, handle.variables, inputs), weights)


def apply(
    module: nn.Module, variables: Any, inputs: Any, train: bool = False, key: Any = None
) -> Any:
    """The output of an unbound module; in training mode with its changed collections."""

    def forward(bound: nn.Module) -> Any:
        return run(bound, (inputs,), {}, None, train)[0]

    rngs = None if key is None else {"dropout": key}
    return nn.apply(forward, module, mutable=["batch_stats", "state"] if train else False)(
        variables, rngs=rngs
    )


def leaves(structure: Any) -> list[np.ndarray]:
    return [np.asarray(leaf, np.float32) for leaf in jax.tree.leaves(structure)]


def double(x: jax.Array) -> jax.Array:
    return 2.0 * x


# fmt: off
CASES = [
    # core
    Case("Activation", {"activation": "tanh"}, (4,)),
    Case("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (4,)),
    Case("Dense", {"units": 3, "activation": "relu", "kernel_regularizer": "l2"}, (4,)),
    Case("Dense", {"units": 3, "use_bias": False, "activity_regularizer": "l2"}, (5, 4)),
    Case("Dropout", {"rate": 0.5}, (16,), training="noise"),
    Case("Dropout", {"rate": 0.5, "noise_shape": (None, 1, 8), "seed": 1}, (3, 8),
         training="noise"),
    Case("Flatten", {}, (3, 2, 2)),
    Case("Flatten", {"data_format": "channels_first"}, (3, 2, 2)),
    Case("Lambda", {"function": double}, (3, 2), mask="dropped"),
    Case("Masking", {"mask_value": 0.5}, (3, 2), mask="kept"),
    Case("Permute", {"dims": (2, 1)}, (3, 2)),
    Case("RepeatVector", {"n": 3}, (4,)),
    Case("Reshape", {"target_shape": (2, 3)}, (3, 2), fixed=True),
    Case("Reshape", {"target_shape": (-1, 2)}, (3, 2)),
    # convolution
    Case("Conv1D", {"filters": 3, "kernel_size": 2, "strides": 2}, (6, 2)),
    Case("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2},
         (6, 2)),
    Case("Conv2D", {"filters": 3, "kernel_size": (2, 3), "activation": "softplus"}, (5, 4, 2)),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2, "groups": 2},
         (5, 4, 2)),
    Case("Conv3D", {"filters": 2, "kernel_size": 2, "padding": "same"}, (3, 4, 3, 2)),
    Case("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "padding": "same"},
         (4, 5, 2)),
    Case("SeparableConv1D", {"filters": 3, "kernel_size": 2, "depth_multiplier": 2}, (6, 2)),
    Case("SeparableConv2D", {"filters": 3, "kernel_size": 2, "activation": "elu"}, (4, 5, 2)),
    Case("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1},
         (4, 2)),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": (2, 1), "padding": "same"},
         (3, 4, 2)),
    Case("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}, (2, 3, 2, 2)),
    Case("LocallyConnected1D", {"filters": 3, "kernel_size": 2, "strides": 2}, (6, 2), fixed=True),
    Case("LocallyConnected2D", {"filters": 3, "kernel_size": 2, "activation": "tanh"}, (4, 3, 2),
         fixed=True),
    # resizing
    Case("Cropping1D", {"cropping": (1, 2)}, (6, 2)),
    Case("Cropping2D", {"cropping": ((1, 0), (0, 2))}, (4, 5, 2)),
    Case("Cropping3D", {"cropping": 1}, (3, 4, 3, 2)),
    Case("UpSampling1D", {"size": 3}, (3, 2)),
    Case("UpSampling2D", {"size": (2, 3)}, (3, 2, 2)),
    Case("UpSampling2D", {"size": 2, "interpolation": "bilinear"}, (3, 2, 2)),
    Case("UpSampling3D", {"size": (1, 2, 2)}, (2, 2, 2, 2)),
    Case("ZeroPadding1D", {"padding": (0, 2)}, (3, 2)),
    Case("ZeroPadding2D", {"padding": ((1, 0), (0, 2))}, (3, 2, 2)),
    Case("ZeroPadding3D", {"padding": (1, 0, 1)}, (2, 2, 2, 2)),
    # pooling
    Case("MaxPooling1D", {"pool_size": 2}, (6, 2)),
    Case("MaxPooling2D", {"pool_size": (2, 2), "strides": 1, "padding": "same"}, (4, 5, 2)),
    Case("MaxPooling3D", {"pool_size": 2}, (4, 2, 2, 2)),
    Case("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, (6, 2)),
    Case("AveragePooling2D", {"pool_size": 2, "padding": "same"}, (4, 5, 2)),
    Case("AveragePooling3D", {"pool_size": (1, 2, 2)}, (2, 4, 2, 2)),
    Case("GlobalMaxPooling1D", {}, (3, 2)),
    Case("GlobalMaxPooling2D", {}, (3, 4, 2)),
    Case("GlobalMaxPooling3D", {}, (2, 3, 4, 2)),
    Case("GlobalAveragePooling1D", {}, (3, 2), mask="dropped"),
    Case("GlobalAveragePooling2D", {}, (3, 4, 2)),
    Case("GlobalAveragePooling3D", {}, (2, 3, 4, 2)),
    # merge
    Case("Add", {}, [(3, 2), (3, 2), (3, 2)]),
    Case("Subtract", {}, [(3, 2), (3, 2)]),
    Case("Multiply", {}, [(3, 2), (2,)]),
    Case("Average", {}, [(3, 2), (3, 2)]),
    Case("Maximum", {}, [(3, 2), (3, 2)]),
    Case("Minimum", {}, [(3, 2), (3, 2)]),
    Case("Concatenate", {"axis": 1}, [(3, 2), (1, 2)]),
    Case("Concatenate", {}, [(3, 2), (3, 4)]),
    Case("Dot", {"axes": 1}, [(4,), (4,)]),
    Case("Dot", {"axes": (2, 1), "normalize": True}, [(3, 2), (2, 5)], mask="dropped"),
    # normalization
    Case("BatchNormalization", {}, (4,), training="statistics"),
    Case("BatchNormalization", {"axis": 1, "scale": False}, (3, 4, 2), training="statistics",
         fixed=True),
    Case("LayerNormalization", {}, (3, 4)),
    Case("LayerNormalization", {"axis": [1, -1], "center": False}, (3, 4), fixed=True),
    Case("LocalResponseNormalization", {"alpha": 0.5, "beta": 0.75}, (2, 3, 7)),
    # recurrent
    Case("SimpleRNN", {"units": 3, "return_sequences": True, "activity_regularizer": "l2"}, (4, 2)),
    Case("SimpleRNN", {"units": 8, "dropout": 0.5, "recurrent_dropout": 0.5}, (4, 6),
         training="noise", mask="dropped"),
    Case("GRU", {"units": 3, "go_backwards": True, "recurrent_regularizer": "l2"}, (4, 2),
         mask="dropped"),
    Case("GRU", {"units": 3, "reset_after": True, "return_sequences": True}, (4, 2)),
    Case("LSTM", {"units": 3, "return_state": True}, (4, 2), mask="dropped"),
    Case("LSTM", {"units": 3, "unroll": True, "use_bias": False, "return_sequences": True}, (4, 2),
         fixed=True),
    Case("LSTM", {"units": 8, "recurrent_dropout": 0.5, "implementation": 2}, (4, 2),
         training="noise", mask="dropped"),
    Case("CuDNNGRU", {"units": 3}, (4, 2)),
    Case("CuDNNLSTM", {"units": 3, "return_sequences": True}, (4, 2)),
    Case("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "strides": (2, 1)}, (3, 4, 5, 2),
         mask="refused"),
    Case("ConvRNN2D", lambda: {"cell": layers.ConvLSTM2DCell(2, 2)}, (3, 4, 5, 2), mask="refused"),
    Case("RNN", lambda: {"cell": [layers.LSTMCell(3), layers.GRUCell(2)]}, (4, 2), mask="dropped"),
    Case("RNN", lambda: {"cell": layers.SimpleRNNCell(3), "return_sequences": True}, (4, 2)),
    Case("Embedding", {"input_dim": 5, "output_dim": 3}, (4,), integers_below=5),
    Case("Embedding", {"input_dim": 5, "output_dim": 3, "mask_zero": True}, (4,), integers_below=5),
    # LeNet-5
    Case("Subsampling2D", {}, (4, 5, 2)),
    Case("Subsampling2D", {"pool_size": (2, 3)}, (4, 6, 2)),
    Case("PartialConv2D", {"connections": ((0, 1), (2,)), "kernel_size": 2, "activation": "tanh"},
         (4, 4, 3)),
    Case("EuclideanRBF", {"units": 3}, (4,)),
    # statistics and scales
    Case("Normalization", {}, (3, 4)),
    Case("Rescaling", {"scale": 0.5, "offset": -1.0}, (3, 4)),
    Case("Rescaling", {"scale": [0.5, 2.0]}, (3, 2)),
    Case("CustomScaleLayer", {"scale": 0.2}, [(3, 4), (3, 4)]),
    Case("GlobalAveragePooling2D", {"keepdims": True}, (3, 4, 2)),
    Case("GlobalMaxPooling2D", {"keepdims": True, "data_format": "channels_first"}, (2, 3, 4)),
    # wrappers
    Case("TimeDistributed", lambda: {"layer": layers.Dense(3)}, (4, 2)),
    Case("TimeDistributed", lambda: {"layer": layers.BatchNormalization()}, (4, 2),
         training="statistics"),
    Case("Bidirectional", lambda: {"layer": layers.LSTM(3, return_sequences=True)}, (4, 2)),
    Case("Bidirectional", lambda: {"layer": layers.RNN(layers.GRUCell(3)), "merge_mode": "mul"},
         (4, 2), mask="dropped"),
    Case("Bidirectional", lambda: {"layer": layers.SimpleRNN(3), "merge_mode": None}, (4, 2),
         mask="dropped"),
    # noise
    Case("GaussianNoise", {"stddev": 0.5}, (4,), training="noise"),
    Case("GaussianDropout", {"rate": 0.4}, (4,), training="noise"),
    Case("AlphaDropout", {"rate": 0.5}, (16,), training="noise"),
    Case("SpatialDropout1D", {"rate": 0.5}, (3, 16), training="noise"),
    Case("SpatialDropout2D", {"rate": 0.5}, (2, 3, 16), training="noise"),
    Case("SpatialDropout3D", {"rate": 0.5}, (2, 3, 2, 16), training="noise"),
    # advanced activations
    Case("LeakyReLU", {"alpha": 0.2}, (3, 4)),
    Case("PReLU", {"alpha_regularizer": "l1"}, (3, 4), fixed=True),
    Case("PReLU", {"shared_axes": [1]}, (3, 4)),
    Case("RandomizedReLU", {"lower": 0.1, "upper": 0.4, "seed": 1}, (3, 4), training="noise"),
    Case("ELU", {"alpha": 0.5}, (3, 4)),
    Case("ThresholdedReLU", {"theta": 0.5}, (3, 4)),
    Case("Softmax", {}, (3, 4)),
    Case("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, (3, 4)),
    # layers of faces and detection
    Case("L2Pooling2D", {"pool_size": 2, "padding": "same"}, (4, 5, 2)),
    Case("UnitLength", {}, (4,)),
    Case("Reorganise", {"stride": 2}, (4, 6, 8)),
]
# fmt: on
