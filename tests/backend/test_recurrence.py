"""Loops over as many steps as there are; the numbers are those of the real Keras 2.0.4."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Input

DRAWN = np.random.RandomState(0)
W, U = DRAWN.uniform(-1, 1, (3, 4)), DRAWN.uniform(-0.5, 0.5, (4, 4))
SCALE, X = DRAWN.uniform(-1, 1, (2, 4)), DRAWN.normal(size=(2, 5, 3))
MASK = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]])
X = X * MASK[..., None]


@pytest.mark.parametrize(
    "masked, backwards, last, by_scale",
    [
        (False, False, [-0.0528, -0.1990, -1.0242, 1.1464], [7.6195, 0.0765, -4.6522, 7.3032]),
        (False, True, [0.1974, 4.2429, -2.2953, 4.3449], [-0.7451, -14.8745, -28.1568, 0.4783]),
        (True, False, [-0.1455, 0.5776, -0.3256, 0.0793], [0.3393, -0.7010, -0.5566, -0.1217]),
        (True, True, [0.1010, 2.5554, -1.2698, 2.6044], [-0.3830, -4.6574, -8.8659, 0.1026]),
    ],
)
def test_steps_over_tensors_of_the_graph(masked, backwards, last, by_scale):
    x, other, m = Input((None, 3)), Input((4,)), K.placeholder((None, None))
    w, u, scale = K.variable(W), K.variable(U), other * 2.0

    def step(z, states):
        h = K.tanh(K.dot(z, w) + scale * K.dot(states[0], u))
        return h * states[1], [h, states[1] + 1]

    states = [K.zeros_like(other), K.ones_like(other)]
    mask = K.cast(m, "bool") if masked else None
    final, outputs, _ = K.rnn(step, x, states, go_backwards=backwards, mask=mask)
    gradients = K.gradients(K.sum(K.square(final)), [other, w])
    values = K.function([x, other, m], [final, outputs, *gradients])([X, SCALE, MASK])
    np.testing.assert_allclose(values[0][0], last, atol=1e-4)
    np.testing.assert_allclose(values[1][:, -1], values[0])
    np.testing.assert_allclose(values[2][0], by_scale, atol=3e-4)
    assert values[3].shape == W.shape and np.abs(values[3]).min() > 0
    shorter = K.function([x, other, m], [outputs])([X[:, :2], SCALE, MASK[:, :2]])[0]
    assert shorter.shape == (2, 2, 4)


def test_a_masked_step_gives_the_first_state():
    """Unless the steps are laid out, when it repeats the output before."""

    def step(x, states):
        return 10 * states[0], [states[0] + 1]

    mask = np.array([[1, 1, 0]])
    for unroll, expected in [(False, [10, 20, 3]), (True, [10, 20, 20])]:
        outputs = K.rnn(step, np.ones((1, 3, 1)), [np.ones((1, 1))], mask=mask, unroll=unroll)[1]
        assert K.eval(outputs).ravel().tolist() == expected


def test_layers_within_steps():
    inner, other = Dense(2, kernel_initializer="ones"), Input((2,))

    def step(x, states):
        return inner(x) + other + states[0], [states[0] + 1]

    x = Input((3, 2))
    outputs = K.rnn(step, x, [K.zeros_like(x[:, 0])])[1]
    values = K.function([x, other], [outputs])([np.ones((1, 3, 2)), np.ones((1, 2))])[0]
    assert values[0, :, 0].tolist() == [3, 4, 5]
    unknown = Input((None, 2))
    with pytest.raises(ValueError, match=r"calls the layer 'dense.*K\.dot\(x, layer\.kernel\)"):
        K.rnn(step, unknown, [K.zeros_like(unknown[:, 0])])
