"""The recurrences as their formulas stand, one step after the other, in NumPy or (for gradients)
jax.numpy.
"""

import numpy as np


def sigmoid(xp, x):
    return 1 / (1 + xp.exp(-x))


def hard_sigmoid(xp, x):
    return xp.clip(0.2 * x + 0.5, 0, 1)


def simple_rnn(xp, x, states, weights, gate, reset_after):
    kernel, recurrent, bias = weights
    return [xp.tanh(x @ kernel + bias[None] + states[0] @ recurrent)]


def gru(xp, x, states, weights, gate, reset_after):
    kernel, recurrent, bias = weights
    h = states[0]
    u = h.shape[1]
    of_input, of_state = bias if reset_after else (bias, np.zeros(3 * u, "float32"))
    w_z, w_r, w_h = (kernel[:, i * u : (i + 1) * u] for i in range(3))
    u_z, u_r, u_h = (recurrent[:, i * u : (i + 1) * u] for i in range(3))
    b_z, b_r, b_h = (of_input[None, i * u : (i + 1) * u] for i in range(3))
    s_z, s_r, s_h = (of_state[None, i * u : (i + 1) * u] for i in range(3))
    z = gate(xp, x @ w_z + b_z + h @ u_z + s_z)
    r = gate(xp, x @ w_r + b_r + h @ u_r + s_r)
    inner = r * (h @ u_h + s_h) if reset_after else (r * h) @ u_h
    return [z * h + (1 - z) * xp.tanh(x @ w_h + b_h + inner)]


def lstm(xp, x, states, weights, gate, reset_after):
    kernel, recurrent, bias = weights
    h, c = states
    u = h.shape[1]
    total = x @ kernel + bias[None] + h @ recurrent
    i, f, candidate, o = (total[:, k * u : (k + 1) * u] for k in range(4))
    c = gate(xp, f) * c + gate(xp, i) * xp.tanh(candidate)
    return [gate(xp, o) * xp.tanh(c), c]


STEPS = {"SimpleRNN": (simple_rnn, 1), "GRU": (gru, 1), "LSTM": (lstm, 2)}


def sequence(
    xp,
    kind,
    x,
    weights,
    *,
    gate=hard_sigmoid,
    reset_after=False,
    mask=None,
    initial=None,
    go_backwards=False,
):
    """(outputs of all steps (batch, steps, units), final states); a masked step keeps states and
    repeats the output.
    """
    step, count = STEPS[kind]
    states = initial or [xp.zeros((x.shape[0], weights[1].shape[0]), x.dtype) for _ in range(count)]
    outputs = []
    for t in reversed(range(x.shape[1])) if go_backwards else range(x.shape[1]):
        new = step(xp, x[:, t], states, weights, gate, reset_after)
        if mask is not None:
            new = [xp.where(mask[:, t, None], n, s) for n, s in zip(new, states, strict=True)]
        states = new
        outputs.append(states[0])
    return xp.stack(outputs, 1), states
