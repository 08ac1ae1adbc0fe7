"""The mode and the random keys of the running layer."""

import flax.linen as nn
import jax
import pytest

from jaxcnn.runtime import config, context


def data(key):
    return tuple(jax.random.key_data(key).tolist())


@pytest.fixture(autouse=True)
def seed():
    config.set_random_seed(7)


def test_outside_of_layers_keys_follow_the_seed():
    assert context.training() is None
    first, second = data(context.next_key()), data(context.next_key())
    assert first != second
    config.set_random_seed(7)
    assert (data(context.next_key()), data(context.next_key())) == (first, second)
    config.set_random_seed(8)
    assert data(context.next_key()) != first


def test_inside_a_layer_mode_and_keys_are_its_own():
    with context.running(jax.random.key, train=True):
        assert context.training() is True
        with context.running(lambda draw: jax.random.key(100 + draw), train=False):
            assert context.training() is False
            assert data(context.next_key()) == data(jax.random.key(100))
        assert context.training() is True
        assert [data(context.next_key()) for _ in range(2)] == [
            data(jax.random.key(draw)) for draw in range(2)
        ]
    assert context.training() is None


class Drawing(nn.Module):
    @nn.compact
    def __call__(self, train):
        with context.running_module(self, train):
            return [jax.random.key_data(context.next_key()) for _ in range(2)]


class Pair(nn.Module):
    @nn.compact
    def __call__(self, train):
        return [Drawing(name=name)(train) for name in ("left", "right")]


def keys_of(**rngs):
    return [tuple(key.tolist()) for keys in Pair().apply({}, True, rngs=rngs) for key in keys]


def test_a_module_draws_from_its_dropout_stream():
    first = keys_of(dropout=jax.random.key(1))
    assert len(set(first)) == 4
    assert keys_of(dropout=jax.random.key(1)) == first != keys_of(dropout=jax.random.key(2))


def test_without_that_stream_keys_follow_the_seed_and_the_path():
    first = keys_of()
    assert len(set(first)) == 4
    assert keys_of() == first
    config.set_random_seed(8)
    assert not set(keys_of()) & set(first)
