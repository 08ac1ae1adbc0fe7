"""Style transfer: both conventions by hand, the compiled step, both optimizers, and the command
line.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxcnn import commands, config, layers, models, style
from jaxcnn.commands import style as style_command
from jaxcnn.models import parts
from jaxcnn.preprocessing.image import load_img, save_img


def small_vgg():
    """Five blocks with VGG's names, so small that a step takes milliseconds."""
    config.set_random_seed(0)
    model = models.Sequential(name="small")
    for block in range(1, 6):
        shape = {"input_shape": (None, None, 3)} if block == 1 else {}
        for i in (1, 2):
            arguments = shape if i == 1 else {}
            name = f"block{block}_conv{i}"
            model.add(
                layers.Conv2D(4, 3, padding="same", activation="relu", name=name, **arguments)
            )
        model.add(layers.MaxPooling2D(name=f"block{block}_pool"))
    return model


@pytest.fixture
def pictures():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (32, 48, 3), np.uint8), rng.integers(0, 256, (48, 32, 3), np.uint8)


def test_costs_by_hand():
    rng = np.random.default_rng(0)
    a, g = rng.random((2, 4, 5, 3), np.float32)
    unrolled = a.transpose(2, 0, 1).reshape(3, 20)
    np.testing.assert_allclose(style.gram(a), unrolled @ unrolled.T, rtol=1e-5)
    np.testing.assert_allclose(
        style.content_cost(g, a), ((a - g) ** 2).sum() / (4 * 4 * 5 * 3), rtol=1e-5
    )
    np.testing.assert_allclose(
        style.content_cost(g, a, 0.5), ((a - g) ** 2).sum() / (2 * a.size), rtol=1e-5
    )
    other = g.reshape(20, 3)
    squared = ((unrolled @ unrolled.T - other.T @ other) ** 2).sum()
    np.testing.assert_allclose(
        style.layer_style_cost(g, style.gram(a)), squared / (4 * 3**2 * 20**2), rtol=1e-4
    )
    variation = ((a[1:] - a[:-1]) ** 2).sum() + ((a[:, 1:] - a[:, :-1]) ** 2).sum()
    np.testing.assert_allclose(style.total_variation(a), variation, rtol=1e-5)


def test_the_two_conventions():
    assert (style.COURSE.alpha, style.COURSE.beta, style.COURSE.content_layer) == (
        10,
        40,
        "block4_conv2",
    )
    assert set(style.COURSE.style_layers.values()) == {0.2}
    assert (style.CHAPTER.alpha, style.CHAPTER.beta, style.CHAPTER.content_layer) == (
        1,
        100,
        "block5_conv4",
    )
    assert list(style.CHAPTER.style_layers) == [f"block{i}_conv1" for i in range(1, 6)]


def test_features_with_average_pools_are_those_of_a_network_with_them(pictures):
    model = small_vgg()
    transfer = style.StyleTransfer(model)
    other = models.Sequential()
    for layer in model.layers:
        settings = layer.get_config()
        if isinstance(layer, layers.MaxPooling2D):
            other.add(layers.AveragePooling2D(name=layer.name))
        else:
            other.add(layers.Conv2D.from_config(settings))
    other.set_weights(model.get_weights())
    x = pictures[0].astype(np.float32)
    plain = parts.up_to(other, ["block4_conv2", "block5_conv1"])
    expected = jax.jit(plain.apply)(other.variables, x[None, :, :, ::-1])
    found = jax.jit(transfer.features)(model.variables, x)
    np.testing.assert_allclose(found[0], expected[0][0], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found[-1], expected[1][0], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("optimizer", [None, optax.lbfgs()], ids=["adam", "lbfgs"])
def test_the_cost_falls_in_one_compiled_step(pictures, optimizer):
    transfer = style.StyleTransfer(
        small_vgg(), dataclasses.replace(style.COURSE, gamma=1e-4), optimizer
    )
    seen = []
    picture, history = transfer.run(
        *pictures,
        steps=30,
        every=10,
        on_picture=lambda step, picture, costs: seen.append((step, picture.shape, costs)),
    )
    assert picture.shape == pictures[0].shape
    assert picture.dtype == np.uint8
    assert len(history) == 30
    assert history[-1]["total"] < 0.5 * history[0]["total"]
    assert [step for step, *_ in seen] == [0, 10, 20, 30]
    assert seen[0][2] == pytest.approx(history[0])
    assert seen[-1][2]["total"] <= history[-1]["total"] * 1.5
    assert transfer.step._cache_size() == 1
    whole = 10 * history[0]["content"] + 40 * history[0]["style"] + 1e-4 * history[0]["variation"]
    assert history[0]["total"] == pytest.approx(whole, rel=1e-5)


def test_the_network_stays_as_it_was_and_the_same_seed_gives_the_same_image(pictures):
    model = small_vgg()
    before = model.get_weights()
    transfer = style.StyleTransfer(model)
    first, _ = transfer.run(*pictures, steps=3, seed=1)
    again, _ = transfer.run(*pictures, steps=3, seed=1)
    other, _ = transfer.run(*pictures, steps=3, seed=2)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_content_alone_costs_nothing_at_the_content(pictures):
    transfer = style.StyleTransfer(small_vgg(), style.Costs(beta=0.0))
    _, history = transfer.run(*pictures, steps=1, noise=0.0)
    assert history[0]["total"] == 0


def test_a_style_image_of_another_size_is_scaled_to_the_content():
    """Of two uniform images of different sizes, features and style are the same, apart from the
    borders that padding makes; without scaling the Gram matrices differ by the factor 4.
    """
    transfer = style.StyleTransfer(small_vgg())
    content, pattern = (np.full((n, n, 3), 90, np.uint8) for n in (64, 128))
    shown = jnp.asarray(content, jnp.float32), jnp.asarray(pattern, jnp.float32)
    scaled = transfer.targets(transfer.variables, *shown).style
    same = transfer.targets(transfer.variables, shown[0], shown[0]).style
    ratio = jnp.sum(scaled[0] * same[0]) / jnp.sum(same[0] ** 2)
    np.testing.assert_allclose(ratio, 1.0, atol=0.1)


def test_bfloat16_inside_the_network_only(pictures):
    exact = style.StyleTransfer(small_vgg())
    _, expected = exact.run(*pictures, steps=5)
    config.mixed_precision("bfloat16")
    coarse = style.StyleTransfer(small_vgg())
    picture, found = coarse.run(*pictures, steps=5)
    assert all(leaf.dtype == "bfloat16" for leaf in jax.tree.leaves(coarse.variables))
    assert all(
        leaf.dtype == "float32" for leaf in jax.tree.leaves(coarse.start(pictures[0]).picture)
    )
    assert found[0]["total"] == pytest.approx(expected[0]["total"], rel=0.05)
    assert found[0]["total"] != expected[0]["total"]
    assert found[-1]["total"] < found[0]["total"]
    assert picture.dtype == np.uint8


def test_wrong_arguments(pictures):
    with pytest.raises(ValueError, match=r"No such layer: block5_conv4.*Did you mean 'block5_conv"):
        style.StyleTransfer(small_vgg(), style.CHAPTER)
    transfer = style.StyleTransfer(small_vgg())
    with pytest.raises(ValueError, match="content image must be uint8"):
        transfer.run(pictures[0] / 255, pictures[1])
    with pytest.raises(ValueError, match="noise"):
        transfer.run(*pictures, noise=2.0)
    with pytest.raises(ValueError, match="every"):
        transfer.run(*pictures, every=0)


def test_command(pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(style_command.NETWORKS, "vgg16", lambda include_top: small_vgg())
    for name, picture in zip(("content.png", "style.png"), pictures, strict=True):
        save_img(tmp_path / name, picture, scale=False)
    paths = [str(tmp_path / name) for name in ("content.png", "style.png")]
    options = ["--steps", "4", "--every", "2", "--size", "40", "--out", str(tmp_path / "out.png")]
    assert commands.main(["style", *paths, *options]) == 0
    printed = capsys.readouterr().out
    assert [line.split(":")[0] for line in printed.splitlines() if line.startswith("step")] == [
        "step 0",
        "step 2",
        "step 4",
    ]
    assert "4/4 [==============================]" in printed
    assert load_img(tmp_path / "out.png").size == (40, 27)
    assert load_img(tmp_path / "out_2.png").size == (40, 27)
    assert commands.main(["style", paths[0], str(tmp_path / "absent.png")]) == 1
    assert "absent.png" in capsys.readouterr().err
