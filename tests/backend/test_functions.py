"""Every function of arrays gives NumPy's result on arrays, variables, traced and symbolic values
alike.
"""

import jax
import numpy as np
import pytest
import scipy.special

from jaxcnn import backend as K
from jaxcnn.layers import Input, Operation
from jaxcnn.nn.graph import mixes_rows

X = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
Y = np.random.default_rng(1).normal(size=(3, 4)).astype("float32")
Z = np.random.default_rng(2).normal(size=(3, 2, 5)).astype("float32")
P = np.abs(X) / np.abs(X).sum(1, keepdims=True)

# (function of K and tensors, the same in NumPy, whether rows stay apart)
ONE = {
    "square": (lambda x: K.square(x), lambda x: x**2, True),
    "sqrt": (lambda x: K.sqrt(x), lambda x: np.sqrt(np.maximum(x, 0)), True),
    "abs": (lambda x: K.abs(x), np.abs, True),
    "exp": (lambda x: K.exp(x), np.exp, True),
    "log": (lambda x: K.log(x * x), lambda x: np.log(x * x), True),
    "sin": (lambda x: K.sin(x), np.sin, True),
    "cos": (lambda x: K.cos(x), np.cos, True),
    "sign": (lambda x: K.sign(x), np.sign, True),
    "round": (lambda x: K.round(x * 2), lambda x: np.round(x * 2), True),
    "pow": (lambda x: K.pow(x, 3), lambda x: x**3, True),
    "clip": (lambda x: K.clip(x, -0.5, 0.5), lambda x: np.clip(x, -0.5, 0.5), True),
    "clip below": (lambda x: K.clip(x, 0.0, None), lambda x: np.maximum(x, 0), True),
    "clip crossed": (lambda x: K.clip(x, 1.0, -1.0), lambda x: np.ones_like(x), True),
    "relu": (lambda x: K.relu(x), lambda x: np.maximum(x, 0), True),
    "relu slope": (lambda x: K.relu(x, 0.1, 0.5),
                   lambda x: np.clip(x, 0, 0.5) + 0.1 * np.minimum(x, 0), True),
    "elu": (lambda x: K.elu(x, 2.0), lambda x: np.where(x > 0, x, 2 * np.expm1(np.minimum(x, 0))),
            True),
    "softplus": (lambda x: K.softplus(x), lambda x: np.log1p(np.exp(x)), True),
    "softsign": (lambda x: K.softsign(x), lambda x: x / (1 + np.abs(x)), True),
    "sigmoid": (lambda x: K.sigmoid(x), scipy.special.expit, True),
    "hard_sigmoid": (lambda x: K.hard_sigmoid(x), lambda x: np.clip(0.2 * x + 0.5, 0, 1), True),
    "tanh": (lambda x: K.tanh(x), np.tanh, True),
    "softmax": (lambda x: K.softmax(x), lambda x: scipy.special.softmax(x, -1), True),
    "l2_normalize": (lambda x: K.l2_normalize(x, 1),
                     lambda x: x / np.linalg.norm(x, axis=1, keepdims=True), True),
    "cast": (lambda x: K.cast(x > 0, "float32"), lambda x: (x > 0).astype("f"), True),
    "identity": (lambda x: K.identity(x), lambda x: x, True),
    "zeros_like": (lambda x: K.zeros_like(x), np.zeros_like, True),
    "ones_like": (lambda x: K.ones_like(x, "int32"), lambda x: np.ones_like(x, "int32"), True),
    "stop_gradient": (lambda x: K.stop_gradient(x), lambda x: x, False),
    "mean": (lambda x: K.mean(x, axis=1, keepdims=True), lambda x: x.mean(1, keepdims=True), True),
    "mean of booleans": (lambda x: K.mean(x > 0, axis=[0, 1]), lambda x: (x > 0).mean(dtype="f"),
                         False),
    "sum": (lambda x: K.sum(x), np.sum, False),
    "sum of rows": (lambda x: K.sum(x, axis=0), lambda x: x.sum(0), False),
    "prod": (lambda x: K.prod(x, -1), lambda x: x.prod(-1), True),
    "var": (lambda x: K.var(x, 1), lambda x: x.var(1), True),
    "std": (lambda x: K.std(x, (0, 1), True), lambda x: x.std((0, 1), keepdims=True), False),
    "max": (lambda x: K.max(x, -2), lambda x: x.max(-2), False),
    "min": (lambda x: K.min(x, 1), lambda x: x.min(1), True),
    "logsumexp": (lambda x: K.logsumexp(x, 1), lambda x: scipy.special.logsumexp(x, 1), True),
    "any": (lambda x: K.any(x > 1, 1), lambda x: (x > 1).any(1), True),
    "all": (lambda x: K.all(x > -1, 1, True), lambda x: (x > -1).all(1, keepdims=True), True),
    "argmax": (lambda x: K.argmax(x), lambda x: x.argmax(-1), True),
    "argmin": (lambda x: K.argmin(x, 0), lambda x: x.argmin(0), False),
    "cumsum": (lambda x: K.cumsum(x), lambda x: x.cumsum(0), False),
    "cumprod": (lambda x: K.cumprod(x, 1), lambda x: x.cumprod(1), True),
    "transpose": (lambda x: K.transpose(x), lambda x: x.T, False),
    "permute_dimensions": (lambda x: K.permute_dimensions(x, (1, 0)), lambda x: x.T, False),
    "reshape": (lambda x: K.reshape(x, (-1, 2, 2)), lambda x: x.reshape(-1, 2, 2), False),
    "reshape by size": (lambda x: K.reshape(x, (K.shape(x)[0], 2, 2)),
                        lambda x: x.reshape(-1, 2, 2), False),
    "expand_dims": (lambda x: K.expand_dims(x), lambda x: x[..., None], True),
    "expand_dims first": (lambda x: K.expand_dims(x, -3), lambda x: x[None], False),
    "squeeze": (lambda x: K.squeeze(x[:, :1], 1), lambda x: x[:, 0], True),
    "repeat": (lambda x: K.repeat(x, 2), lambda x: np.repeat(x[:, None], 2, 1), True),
    "repeat_elements": (lambda x: K.repeat_elements(x, 2, 1), lambda x: np.repeat(x, 2, 1), True),
    "tile": (lambda x: K.tile(x, [1, 2]), lambda x: np.tile(x, [1, 2]), False),
    "flatten": (lambda x: K.flatten(x), np.ravel, False),
    "reverse": (lambda x: K.reverse(x, 1), lambda x: x[:, ::-1], True),
    "reverse rows": (lambda x: K.reverse(x, [0, 1]), lambda x: x[::-1, ::-1], False),
    "one_hot": (lambda x: K.one_hot(K.argmax(x), 4), lambda x: np.eye(4)[x.argmax(-1)], False),
    "gather": (lambda x: K.gather(x, [2, 0]), lambda x: x[[2, 0]], False),
    "arithmetic": (lambda x: -(1 - x) / (x * x + 3) // 0.1 % 4,
                   lambda x: -(1 - x) / (x * x + 3) // 0.1 % 4, True),
    "reflected": (lambda x: 2 ** (1 + x) - (3 - (4 * x)), lambda x: 2 ** (1 + x) - (3 - (4 * x)),
                  True),
    "array on the left": (lambda x: Y[0] * x + Y[:1], lambda x: Y[0] * x + Y[:1], True),
    "array of more axes": (lambda x: np.ones((2, 1, 1), "f") * x, lambda x: np.ones((2, 1, 1)) * x,
                           False),
    "matmul": (lambda x: x @ Y.T, lambda x: x @ Y.T, True),
    "comparison": (lambda x: abs(x) <= 1, lambda x: abs(x) <= 1, True),
    "part": (lambda x: x[:, 1:3], lambda x: x[:, 1:3], True),
    "part from the end": (lambda x: x[..., 0], lambda x: x[..., 0], True),
    "part with a new axis": (lambda x: x[:, None, ::-1], lambda x: x[:, None, ::-1], True),
    "part of the rows": (lambda x: x[1:], lambda x: x[1:], False),
    "chosen columns": (lambda x: x[:, [0, 2]], lambda x: x[:, [0, 2]], False),
    "switch": (lambda x: K.switch(x[:, 0] > 0, x, -x), lambda x: np.where(x[:, :1] > 0, x, -x),
               False),
    "map_fn": (lambda x: K.map_fn(lambda row: K.sum(row), x), lambda x: x.sum(1), False),
    "foldl": (lambda x: K.foldl(lambda a, row: a * 2 + row, x),
              lambda x: 4 * x[0] + 2 * x[1] + x[2], False),
    "foldr": (lambda x: K.foldr(lambda a, row: a * 2 + row, x),
              lambda x: 4 * x[2] + 2 * x[1] + x[0], False),
}  # fmt: skip
TWO = {
    "maximum": (lambda x, y: K.maximum(x, y), np.maximum, True),
    "minimum": (lambda x, y: K.minimum(x, y), np.minimum, True),
    "equal": (lambda x, y: K.equal(x, y), np.equal, True),
    "not_equal": (lambda x, y: K.not_equal(x, y), np.not_equal, True),
    "greater": (lambda x, y: K.greater(x, y), np.greater, True),
    "greater_equal": (lambda x, y: K.greater_equal(x, y), np.greater_equal, True),
    "less": (lambda x, y: K.less(x, y), np.less, True),
    "less_equal": (lambda x, y: K.less_equal(x, y), np.less_equal, True),
    "concatenate": (
        lambda x, y: K.concatenate([x, y, x]),
        lambda x, y: np.concatenate([x, y, x], -1),
        True,
    ),
    "concatenate rows": (
        lambda x, y: K.concatenate([x, y], 0),
        lambda x, y: np.concatenate([x, y]),
        False,
    ),
    "stack": (lambda x, y: K.stack([x, y], 1), lambda x, y: np.stack([x, y], 1), True),
    "stack first": (lambda x, y: K.stack([x, y], -3), lambda x, y: np.stack([x, y]), False),
    "batch_dot": (
        lambda x, y: K.batch_dot(x, y, 1),
        lambda x, y: (x * y).sum(1, keepdims=True),
        True,
    ),
    "dot": (lambda x, y: K.dot(x, K.transpose(y)), lambda x, y: x @ y.T, False),
    "lower rank": (lambda x, y: x + K.sum(y, 0), lambda x, y: x + y.sum(0), False),
}
ALL = {**ONE, **TWO}


def arguments(name):
    return (X, Y) if name in TWO else (X,)


@pytest.mark.parametrize("name", ALL)
def test_on_arrays_variables_and_traced_values(name):
    function, expected, _ = ALL[name]
    wanted = expected(*arguments(name))
    close = {"rtol": 2e-6, "atol": 2e-6}
    np.testing.assert_allclose(function(*arguments(name)), wanted, **close)
    np.testing.assert_allclose(function(*map(K.variable, arguments(name))), wanted, **close)
    shaped = jax.eval_shape(function, *arguments(name))
    assert shaped.shape == wanted.shape


def test_on_symbolic_tensors():
    x, y = Input((4,)), Input((4,))
    symbolic = [ALL[name][0](*((x, y) if name in TWO else (x,))) for name in ALL]
    found = K.function([x, y], symbolic)([X, Y])
    for name, tensor, value in zip(ALL, symbolic, found, strict=True):
        wanted = ALL[name][1](*arguments(name))
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5, err_msg=name)
        assert K.is_keras_tensor(tensor)
        assert K.ndim(tensor) == wanted.ndim and K.dtype(tensor) == value.dtype.name
        assert all(
            n in (None, m) for n, m in zip(K.int_shape(tensor), wanted.shape, strict=True)
        ), name


@pytest.mark.parametrize("name", ALL)
def test_rows_stay_apart_where_it_is_said(name):
    function, expected, apart = ALL[name]
    x, y = Input((4,)), Input((4,))
    last = function(*((x, y) if name in TWO else (x,))).layer
    assert isinstance(last, Operation) and mixes_rows(last.module) is not apart
    if apart:  # the promise itself: other rows do not matter
        changed = [np.concatenate([a[:1], np.flip(a[1:]) * 7]) for a in arguments(name)]
        np.testing.assert_allclose(
            expected(*changed)[0], expected(*(a[:1] for a in arguments(name)))[0], rtol=1e-5
        )


def test_dot_of_many_axes():
    a, b = np.ones((2, 3), "f"), np.arange(60, dtype="f").reshape(4, 3, 5)
    assert K.dot(a, b).shape == (2, 4, 5)
    np.testing.assert_allclose(K.dot(a, b), np.einsum("ij,kjl->ikl", a, b))
    assert K.dot(K.placeholder((32, 28, 3)), K.variable(np.ones((3, 4)))).shape == (32, 28, 4)


@pytest.mark.parametrize(
    ("x", "y", "axes", "formula"),
    [
        ((6, 4), (6, 4), 1, "bi,bi->b"),
        ((6, 4), (6, 5, 4), (1, 2), "bi,bji->bj"),
        ((6, 5, 4), (6, 4), (2, 1), "bji,bi->bj"),
        ((6, 5, 4), (6, 4, 3), None, "bji,bik->bjk"),
        ((6, 20, 1), (6, 30, 20), [1, 2], "bij,bki->bjk"),
        ((6, 4, 5), (6, 4, 3), 1, "bij,bik->bjk"),
        ((6, 2, 5, 4), (6, 2, 3, 4), 3, "bhji,bhki->bhjk"),
        ((6, 2, 5, 4), (6, 2, 4, 3), [3, 2], "bhji,bhik->bhjk"),
    ],
)
def test_batch_dot(x, y, axes, formula):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=x).astype("f"), rng.normal(size=y).astype("f")
    wanted = np.einsum(formula, a, b)
    wanted = wanted[:, None] if wanted.ndim == 1 else wanted
    found = K.batch_dot(a, b, axes)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_batch_dot_of_the_documentation():
    assert K.batch_dot(
        np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]]), axes=1
    ).tolist() == [[17], [53]]
    with pytest.raises(ValueError, match="axes"):
        K.batch_dot(X, Y)


def test_arange():
    assert K.arange(4).tolist() == [0, 1, 2, 3] and K.arange(4).dtype == "int32"
    assert K.arange(1, 2, 0.5, "float32").tolist() == [1.0, 1.5]
    assert K.arange(-2).tolist() == []


def test_batch_flatten():
    assert K.batch_flatten(Z).shape == (3, 10)
    assert K.int_shape(K.batch_flatten(Input((2, 5)))) == (None, 10)


def test_gradients_are_finite_where_functions_have_corners():
    zeros = np.zeros(3, "f")
    for function in (K.sqrt, K.abs, K.std, lambda x: K.l2_normalize(x, 0), K.relu):
        assert np.isfinite(jax.grad(lambda x, f=function: K.sum(f(x)))(zeros)).all()
    assert jax.grad(lambda x: K.sum(K.sqrt(x)))(np.array([-1.0, 0.0, 4.0])).tolist() == [0, 0, 0.25]


def test_crossentropies_take_the_output_first():
    target = np.eye(4, dtype="f")[[0, 1, 3]]
    wanted = -np.log(P[np.arange(3), [0, 1, 3]])
    np.testing.assert_allclose(K.categorical_crossentropy(P, target), wanted, rtol=1e-5)
    np.testing.assert_allclose(
        K.sparse_categorical_crossentropy(P, np.array([[0], [1], [3]])), wanted, rtol=1e-5
    )
    logits = np.log(P) + 3
    np.testing.assert_allclose(
        K.categorical_crossentropy(logits, target, from_logits=True), wanted, rtol=1e-5
    )
    binary = -(target * np.log(P) + (1 - target) * np.log(1 - P))
    np.testing.assert_allclose(K.binary_crossentropy(P, target), binary, rtol=1e-5)
    np.testing.assert_allclose(
        K.binary_crossentropy(scipy.special.logit(P), target, from_logits=True), binary, rtol=1e-4
    )
    x, t = Input((4,)), Input((4,))
    (symbolic,) = K.function([x, t], [K.binary_crossentropy(x, t)])([P, target])
    np.testing.assert_allclose(symbolic, binary, rtol=1e-5)


def test_in_top_k():
    scores = np.array([[0.1, 0.5, 0.4], [0.5, 0.1, 0.4]], "f")
    assert K.in_top_k(scores, np.array([2, 1]), 2).tolist() == [True, False]
    assert K.in_top_k(scores, np.array([1, 0]), 1).tolist() == [True, True]


def test_normalization():
    gamma, beta = np.array([1.0, 2, 3, 4], "f"), np.array([4.0, 3, 2, 1], "f")
    wanted = gamma * (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3) + beta
    normed, mean, variance = K.normalize_batch_in_training(X, gamma, beta, [0])
    np.testing.assert_allclose(normed, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(mean, X.mean(0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        K.batch_normalization(X, mean, variance, beta, gamma), wanted, rtol=1e-4, atol=1e-5
    )
    images = np.moveaxis(
        Z[..., None], 1, 2
    )  # statistics of axis 1, which must be spread over the others
    normed, mean, _ = K.normalize_batch_in_training(images, None, None, [0, 2, 3])
    assert mean.shape == (5,)
    np.testing.assert_allclose(normed.mean((0, 2, 3)), np.zeros(5), atol=1e-5)
    outputs = K.normalize_batch_in_training(Input((4,)), gamma, beta, [0])
    assert [K.int_shape(tensor) for tensor in outputs] == [(None, 4), (4,), (4,)]
