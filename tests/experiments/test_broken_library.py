"""Each checked figure of a program hangs on the library: what is broken there fails the program."""

import dataclasses
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.program import programs
from experiments.run import execute
from jaxcnn import layers, models
from jaxcnn.callbacks import Callback, LearningRateScheduler, ModelCheckpoint
from jaxcnn.optimizers import Optimizer

STEP = Optimizer.step


def no_decay(self, grads, state, params=None):
    hyper = state.hyper | {"decay": 0.0 * state.hyper["decay"]}
    return STEP(self, grads, state._replace(hyper=hyper), params)


def no_rate(self, grads, state, params=None):
    hyper = state.hyper | {"lr": 0.0 * state.hyper["lr"]}
    return STEP(self, grads, state._replace(hyper=hyper), params)


def pop_nothing(self):
    return None


def nothing(*arguments, **options):
    return None


def first(x, *arguments, **options):
    return x


def changed(**fixed) -> Callable[..., Any]:
    """A way to break a function: it is called with other values of some arguments."""
    return lambda real: lambda *arguments, **options: real(*arguments, **(options | fixed))


def other(value) -> Callable[..., Any]:
    """A way to break a function of one argument: it is called with another one."""
    return lambda real: lambda *arguments, **options: real(value)


def plus(amount) -> Callable[..., Any]:
    """A way to break a function: its result is too large."""
    return lambda real: lambda *arguments, **options: real(*arguments, **options) + amount


def instead(replacement) -> Callable[..., Any]:
    """A way to break a function: another one is in its place."""
    return lambda real: replacement


@dataclasses.dataclass(frozen=True)
class Breakage:
    """A program, what is broken for it, how, and a word of the check that must fail.

    `owner` is a class of the library, or "" for the name as the program imports it.
    """

    program: str
    owner: Any
    name: str
    how: Callable[[Any], Any]
    fails: str


def in_module(program, name, how, fails):
    return Breakage(program, "", name, how, fails)


BROKEN = [
    Breakage("q1_p11_compile", Optimizer, "step", instead(no_decay), "P39: the rate after 80"),
    Breakage("q1_p11_compile", Optimizer, "step", instead(no_rate), "the loss falls"),
    Breakage("u16_learning_rates", Optimizer, "step", instead(no_decay), "decay: the first"),
    Breakage(
        "u16_learning_rates", LearningRateScheduler, "on_epoch_begin", instead(nothing), "steps:"
    ),
    in_module("c4_cats_and_dogs", "freeze", instead(nothing), "a step leaves the frozen part"),
    Breakage("c4_cats_and_dogs", Optimizer, "step", instead(no_rate), "moves the last layer"),
    in_module("q2_p28_dcgan", "discriminator", changed(depth=6), "parameters of D"),
    in_module("q2_p28_dcgan", "generator", changed(depth=24), "parameters of G"),
    Breakage("q2_p28_dcgan", Optimizer, "step", instead(no_rate), "D has learned"),
    Breakage(
        "q2_p12_optimizers",
        Optimizer,
        "clipped",
        instead(lambda self, grads: list(grads)),
        "clipnorm",
    ),
    Breakage("p08_optimizers", Optimizer, "step", instead(no_rate), "it moved"),
    in_module("q2_p16_penalties", "regularizers.l2", other(0.02), "P16: l2 of the kernel"),
    in_module("q2_p16_penalties", "regularizers.l1", other(0.0), "P16: l2 of the kernel"),
    in_module("q2_p16_penalties", "max_norm", other(3.0), "P17: largest norm"),
    Breakage("q2_p20_callbacks", ModelCheckpoint, "on_epoch_end", instead(nothing), "P20: files"),
    in_module("q2_p20_callbacks", "TensorBoard", instead(lambda **options: Callback()), "P21"),
    in_module("q2_p13_activations", "LeakyReLU", other(0.2), "LeakyReLU(0.3)"),
    in_module("q2_p13_activations", "ELU", other(0.5), "ELU(1)"),
    in_module("q1_p25_core_layers", "Masking", changed(mask_value=9.0), "P31: masked steps"),
    in_module("q1_p25_core_layers", "RepeatVector", other(2), "P29: shape"),
    in_module("u27_freezing", "Dense", changed(trainable=True), "weights to train of a frozen"),
    Breakage("u27_freezing", models.Sequential, "pop", instead(pop_nothing), "after pop()"),
    Breakage(
        "q1_p22_nodes", layers.Layer, "get_output_at", lambda real: lambda self, i: real(self, 0),
        "get_output_at(0) and (1)",
    ),
    in_module("q2_p01_sequences", "pad_sequences", changed(padding="post"), "pad_sequences"),
    in_module("q2_p01_sequences", "make_sampling_table", plus(0.001), "make_sampling_table"),
    in_module("u13_transposed_convolution", "Conv2DTranspose", changed(strides=1), "U13: stride 2"),
    in_module("p06_shapes", "Permute", other((1, 2)), "Permute"),
    in_module("p16_salt", "salt", instead(lambda key, x, points: x), "at most 1,000"),
    in_module("p30_normalisation", "zero_mean", plus(1.0), "mean of each feature"),
    in_module("p33_augmentation", "augment", plus(1.0), "the cat or its mirror"),
    in_module("p36_gaussian", "gaussian_filter", plus(1.0), "difference from OpenCV"),
    in_module("p37_rotation", "covering_scale", plus(0.1), "scale of"),
    in_module("p39_corners", "corner_harris", instead(lambda x, *a: np.ones_like(x)), "OpenCV"),
    in_module("p40_histograms", "histogram", plus(1), "counts the same"),
    in_module("p42_dilation", "dilate", instead(first), "as scipy"),
    in_module("p45_erosion", "erode", instead(first), "as scipy"),
    in_module("p47_skeleton", "skeletonize", instead(first), "all eight neighbours"),
    in_module("p48_averaging", "mean_filter", plus(1.0), "C(1) with the weight 1/9"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: f"{b.program}-{b.name}")
def test_what_is_broken_fails_a_check(broken, tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    entry = programs()[broken.program]
    owner, name = broken.owner, broken.name
    if not owner:
        owner = importlib.import_module(entry.main.__module__)
        *path, name = broken.name.split(".")
        for part in path:
            owner = getattr(owner, part)
    monkeypatch.setattr(owner, name, broken.how(getattr(owner, name)))
    result = execute(entry, tmp_path, quick=True)
    if result["state"] == "skipped":
        pytest.skip(f"needs {result['needs']}")
    assert result["state"] == "failed"
    *_, message = result["error"].strip().splitlines()
    assert message.startswith("AssertionError: ") and broken.fails in message


def test_enough_is_broken():
    assert len(BROKEN) >= 25
