"""Initial weights: their distribution, seeds, shapes, and initializers of the user."""

import dataclasses
import math

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import initializers
from jaxcnn.runtime import arrays
from jaxcnn.runtime.names import custom_object_scope

KEY = jax.random.key(0)
NAMES = list(initializers.registry.items())
RANDOM = [name for name in NAMES if name not in ("Zeros", "Ones", "Constant", "Identity")]
DENSE, CONV = (300, 500), (3, 5, 40, 160)


@pytest.mark.parametrize("name", NAMES)
def test_contract(name):
    init = initializers.get(name)
    hash(init)
    values = init(KEY, (6, 6))
    assert isinstance(values, jax.Array)
    assert (values.shape, values.dtype) == ((6, 6), jnp.float32)
    assert init(KEY, (6, 6), jnp.bfloat16).dtype == jnp.bfloat16
    np.testing.assert_allclose(
        jax.jit(init, static_argnums=1)(KEY, (6, 6)), values, rtol=1e-6, atol=1e-6
    )
    np.testing.assert_allclose(jax.jit(lambda: init(KEY, (6, 6)))(), values, rtol=1e-6, atol=1e-6)
    assert initializers.deserialize(initializers.serialize(init)) == init


@pytest.mark.parametrize("name", RANDOM)
def test_seed_decides_whatever_the_key(name):
    seeded = initializers.get({"class_name": name, "config": {"seed": 3}})
    other = jax.random.key(99)
    np.testing.assert_array_equal(seeded(KEY, (4, 5)), seeded(other, (4, 5)))
    free = initializers.get(name)
    assert not np.array_equal(free(KEY, (4, 5)), free(other, (4, 5)))


def moments(values):
    return float(np.mean(values)), float(np.std(values)), float(np.abs(values).max())


TRUNCATED = 0.8796  # standard deviation of the standard normal distribution cut at two

# initializer, shape -> standard deviation, greatest absolute value
SPREADS = [
    (initializers.RandomNormal(stddev=0.2), DENSE, 0.2, None),
    (initializers.RandomUniform(-0.3, 0.3), DENSE, 0.3 / math.sqrt(3), 0.3),
    (initializers.TruncatedNormal(stddev=0.2), DENSE, 0.2 * TRUNCATED, 0.4),
    (initializers.lecun_uniform(), DENSE, math.sqrt(1 / 300), math.sqrt(3 / 300)),
    (initializers.lecun_normal(), DENSE, TRUNCATED * math.sqrt(1 / 300), 2 * math.sqrt(1 / 300)),
    (initializers.glorot_uniform(), DENSE, math.sqrt(2 / 800), math.sqrt(6 / 800)),
    (initializers.glorot_normal(), DENSE, TRUNCATED * math.sqrt(2 / 800), 2 * math.sqrt(2 / 800)),
    (initializers.he_uniform(), DENSE, math.sqrt(2 / 300), math.sqrt(6 / 300)),
    (initializers.he_normal(), DENSE, TRUNCATED * math.sqrt(2 / 300), 2 * math.sqrt(2 / 300)),
    (initializers.he_uniform(), CONV, math.sqrt(2 / 600), math.sqrt(6 / 600)),
    (initializers.glorot_uniform(), CONV, math.sqrt(2 / 3000), math.sqrt(6 / 3000)),
    (
        initializers.VarianceScaling(3.0, "fan_out", "uniform"),
        CONV,
        math.sqrt(3 / 2400),
        3 / math.sqrt(2400),
    ),
    (
        initializers.VarianceScaling(1.0, "fan_in", "truncated_normal"),
        DENSE,
        math.sqrt(1 / 300),
        None,
    ),
    (
        initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal"),
        DENSE,
        math.sqrt(1 / 300),
        None,
    ),
]


@pytest.mark.parametrize(("init", "shape", "stddev", "limit"), SPREADS)
def test_spread(init, shape, stddev, limit):
    mean, spread, greatest = moments(init(KEY, shape))
    assert abs(mean) < stddev / 50
    assert spread == pytest.approx(stddev, rel=0.02)
    if limit is not None:
        assert 0.98 * limit < greatest <= limit * (1 + 1e-6)


def test_truncated_normal_is_not_rescaled_and_has_its_mean():
    mean, spread, _ = moments(initializers.TruncatedNormal(mean=5.0, stddev=1.0)(KEY, (100_000,)))
    assert mean == pytest.approx(5, abs=0.01)
    assert spread == pytest.approx(TRUNCATED, rel=0.01)


@pytest.mark.parametrize("shape", [(8, 8), (4, 9), (9, 4), (3, 3, 2, 7)])
def test_orthogonal(shape):
    matrix = (
        np.asarray(initializers.Orthogonal(gain=2.0)(KEY, shape), np.float64).reshape(-1, shape[-1])
        / 2.0
    )
    small = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-6)


def test_constants():
    np.testing.assert_array_equal(initializers.Identity(2.0)(KEY, (2, 2)), [[2, 0], [0, 2]])
    np.testing.assert_array_equal(initializers.Constant(0.5)(KEY, (3,)), [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(initializers.Ones()(KEY, (2,)), [1, 1])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), (1, 1)),
        ((9,), (3, 3)),
        ((3, 4), (3, 4)),
        ((5, 3, 4), (15, 20)),
        ((2, 5, 3, 4), (30, 40)),
    ],
)
def test_fans(shape, expected):
    assert initializers.fans(shape) == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=0), "scale must be positive, got 0"),
        (
            lambda: initializers.VarianceScaling(mode="fan"),
            "mode must be one of fan_in, fan_out, fan_avg, got 'fan'",
        ),
        (
            lambda: initializers.VarianceScaling(distribution="beta"),
            "distribution must be one of normal, uniform",
        ),
        (lambda: initializers.Orthogonal()(KEY, (3,)), "at least two dimensions"),
        (lambda: initializers.Identity()(KEY, (2, 3)), r"square matrices in a row, got \(2, 3\)"),
        (lambda: initializers.get(None), "initializer is needed"),
        (lambda: initializers.get("glorot"), "Unknown initializer 'glorot'"),
        (
            lambda: initializers.get(lambda shape: np.ones(3))(KEY, (2,)),
            r"returned shape \(3,\), expected \(2,\)",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("zero", initializers.Zeros()),
        ("one", initializers.Ones()),
        ("constant", initializers.Constant()),
        ("normal", initializers.RandomNormal(0.0, 0.05)),
        ("random_normal", initializers.RandomNormal()),
        ("uniform", initializers.RandomUniform(-0.05, 0.05)),
        ("random_uniform", initializers.RandomUniform()),
        ("truncated_normal", initializers.TruncatedNormal(0.0, 0.05)),
        ("orthogonal", initializers.Orthogonal(1.0)),
        ("identity", initializers.Identity(1.0)),
        ("GlorotUniform", initializers.VarianceScaling(1.0, "fan_avg", "uniform")),
        ("he_normal", initializers.VarianceScaling(2.0, "fan_in", "normal")),
    ],
)
def test_names(alias, expected):
    assert initializers.get(alias) == expected


class KerasStyleObject:
    def __init__(self, value=4.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        return np.full(shape, self.value, dtype)

    def get_config(self):
        return {"value": self.value}


@dataclasses.dataclass(frozen=True)
class OwnFlaxStyle(initializers.Initializer):
    value: float = 4.0

    def __call__(self, key, shape, dtype=jnp.float32):
        return jnp.full(shape, self.value, dtype)


@pytest.mark.parametrize(
    "function",
    [
        lambda shape: np.full(shape, 4.0),
        lambda shape, dtype=None: np.full(shape, 4.0, dtype),
        lambda key, shape, dtype=jnp.float32: jnp.full(shape, 4.0, dtype),
        lambda rng, shape, dtype: jnp.full(shape, 4.0, dtype),
        KerasStyleObject(),
        OwnFlaxStyle(),
        OwnFlaxStyle,
    ],
)
def test_users_functions_in_either_style(function):
    values = initializers.get(function)(KEY, (2, 3), jnp.bfloat16)
    assert values.dtype == jnp.bfloat16
    np.testing.assert_array_equal(values, np.full((2, 3), 4.0))


def test_a_function_that_hides_its_parameters_is_a_keras_one():
    np.testing.assert_array_equal(initializers.get(np.zeros)(KEY, (2,)), [0, 0])


@pytest.mark.parametrize("function", [KerasStyleObject(5.0), OwnFlaxStyle(5.0)])
def test_users_objects_round_trip(function):
    init = initializers.get(function)
    config = initializers.serialize(init)
    assert config == {"class_name": type(function).__name__, "config": {"value": 5.0}}
    with custom_object_scope({type(function).__name__: type(function)}):
        np.testing.assert_array_equal(initializers.deserialize(config)(KEY, (2,)), [5, 5])


def test_in_plain_flax():
    variables = nn.Dense(4, kernel_init=initializers.he_normal(seed=1)).init(KEY, jnp.ones((1, 3)))
    np.testing.assert_array_equal(
        variables["params"]["kernel"], initializers.he_normal(seed=1)(KEY, (3, 4))
    )


@pytest.fixture
def compiled():
    events = []

    def listen(name, seconds, **_):
        if name.endswith("backend_compile_duration"):
            events.append(name)

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield events
    jax.monitoring.unregister_event_duration_listener(listen)


def test_nothing_is_compiled_for_a_new_shape(compiled):
    warm = [
        initializers.Zeros(),
        initializers.glorot_uniform(),
        initializers.he_normal(),
        initializers.Orthogonal(),
    ]
    for init in warm:
        init(KEY, (2, 2))
    compiled.clear()
    for rows in (17, 18):
        for init in warm:
            init(KEY, (rows, 7))
    assert compiled == []


@pytest.mark.parametrize(
    "size", [1, arrays._BLOCK - 1, arrays._BLOCK, arrays._BLOCK + 1, 3 * arrays._BLOCK]
)
def test_blocks_are_the_same_when_traced(size):
    drawn = arrays.standard_draw("uniform", KEY, (size,))
    traced = jax.jit(lambda key: arrays.standard_draw("uniform", key, (size,)))(KEY)
    assert isinstance(drawn, np.ndarray)
    np.testing.assert_array_equal(drawn, traced)
    assert len(np.unique(drawn)) > 0.99 * size
