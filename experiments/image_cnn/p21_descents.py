"""Why networks start and descend as they do: saturated neurons, first weights, valleys, and rules
as they are printed (chapters 4 to 6; figures 4-3, 6-1 and those of the activations: G12, G14, G15;
F20-F22, F28, F43, F44, F50-F54).

Data: random numbers, and two input features of which one is ten times as wide as the other. The
book has formulas and drawings and no code for this.

    python -m experiments run p21_descents
"""

import jax
import jax.numpy as jnp
import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import activations, config
from jaxcnn.initializers import RandomNormal
from jaxcnn.layers import Dense, RandomizedReLU
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD, Adadelta, Adam, Optimizer
from jaxcnn.visualization.figure import BLUE, ORANGE, new_figure, plain_axes

PROGRAM = Program(
    title="Slow neurons, first weights, valleys",
    ids=("G12", "G14", "G15"),
    settings={"epochs": 200, "layers": 10, "updates": 60},
    quick={"epochs": 20, "layers": 4, "updates": 10},
    seeds=5,
)
WIDTH, START = 256, 2.0  # of the layers; weight and bias of the saturated neuron


def saturated(loss: str, epochs: int) -> list[float]:
    """The output of a sigmoid neuron that should be 0 for 1, and begins near 1."""
    model = Sequential([Dense(1, activation="sigmoid", input_dim=1)])
    model.set_weights([[[START]], [START]])
    model.compile(SGD(lr=0.15), loss)
    one, outputs = np.ones((1, 1)), []
    for _ in range(epochs):
        outputs.append(float(model.predict(one)[0, 0]))
        model.train_on_batch(one, np.zeros((1, 1)))
    return outputs


def deviations(stddev: float, layers: int, x: np.ndarray) -> list[float]:
    """The standard deviation of what each layer of ReLU networks gives."""
    model = Sequential()
    for i in range(layers):
        first = {"input_dim": WIDTH} if i == 0 else {}
        kernel = RandomNormal(stddev=stddev)
        model.add(Dense(WIDTH, activation="relu", kernel_initializer=kernel, **first))
    outputs = Model(model.input, [layer.output for layer in model.layers]).predict(x)
    return [float(np.sqrt(np.mean(values**2))) for values in outputs]


def descent(x: np.ndarray, y: np.ndarray, rate: float, updates: int) -> np.ndarray:
    """Where the two weights of a linear neuron go from (-1, -1): (updates + 1, 2)."""
    model = Sequential([Dense(1, use_bias=False, input_dim=2)])
    model.set_weights([[[-1.0], [-1.0]]])
    model.compile(SGD(lr=rate), "mse")
    path = [model.get_weights()[0][:, 0]]
    for _ in range(updates):
        model.train_on_batch(x, y)
        path.append(model.get_weights()[0][:, 0])
    return np.stack(path)


def steps_of(optimizer: Optimizer, updates: int) -> list[float]:
    """How long its steps are on a constant gradient of 1."""
    grads, params = [jnp.ones(1)], [jnp.zeros(1)]
    state, lengths = optimizer.init(params), []
    for _ in range(updates):
        moves, state = optimizer.step(grads, state, params)
        lengths.append(float(jnp.abs(moves[0])[0]))
    return lengths


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    at = np.linspace(-8, 8, 321, dtype="float32")
    figure = new_figure(11, 7)

    def panel(number: int, title: str, across: str, up: str):
        axes = figure.add_subplot(2, 3, number)
        plain_axes(axes)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        return axes

    axes = panel(1, "sigmoid and its slope", "input", "output, slope")
    slope = np.asarray(jax.vmap(jax.grad(activations.sigmoid))(at))
    axes.plot(at, np.asarray(activations.sigmoid(at)), color=BLUE, label="sigmoid")
    axes.plot(at, slope, color=ORANGE, label="slope")
    axes.legend(frameon=False, fontsize=8)
    run.check("the sigmoid's slope is at most", float(slope.max()), 0.25, 1e-4)

    axes = panel(2, "randomized ReLU: a slope for each number", "input", "output")
    layer = Sequential([RandomizedReLU(input_shape=(1,))])
    drawn = np.asarray(layer(np.repeat(at, 9)[:, None], training=True))[:, 0]
    axes.plot(np.repeat(at, 9), drawn, ".", color=BLUE, markersize=1.5)
    axes.plot(at, layer.predict(at[:, None])[:, 0], color=ORANGE)

    axes = panel(3, "a saturated neuron unlearns", "epoch", "output")
    slow = saturated("mse", run.settings.epochs)
    fast = saturated("binary_crossentropy", run.settings.epochs)
    axes.plot(slow, color=ORANGE, label="squared error")
    axes.plot(fast, color=BLUE, label="crossentropy")
    axes.legend(frameon=False, fontsize=8)
    run.figure("squared error: output at the end", slow[-1])
    run.figure("crossentropy: output at the end", fast[-1])
    run.check("crossentropy is faster", fast[-1] < slow[-1], True)

    axes = panel(4, "deviation of each layer's outputs", "layer", "deviation")
    x = rng.standard_normal((512, WIDTH)).astype("float32")
    deviations_of = {
        "0.01": deviations(0.01, run.settings.layers, x),
        "1/sqrt(n)": deviations(1 / np.sqrt(WIDTH), run.settings.layers, x),
        "sqrt(2/n)": deviations(np.sqrt(2 / WIDTH), run.settings.layers, x),
    }
    for name, values in deviations_of.items():
        axes.semilogy(range(1, len(values) + 1), values, label=name)
        run.figure(f"weights of deviation {name}: factor of a layer", step_factor(values))
    axes.legend(frameon=False, fontsize=8)
    run.check("sqrt(2/n) keeps it", step_factor(deviations_of["sqrt(2/n)"]), 1.0, 0.1)
    run.check("1/sqrt(n) halves the square", step_factor(deviations_of["1/sqrt(n)"]), 0.707, 0.07)

    config.set_random_seed(run.seed)
    same = Sequential([Dense(8, activation="tanh", kernel_initializer="zeros", input_dim=4)])
    same.add(Dense(1, kernel_initializer="zeros"))
    same.compile("sgd", "mse")
    inputs = rng.standard_normal((64, 4)).astype("float32")
    same.fit(inputs, inputs.sum(1), epochs=5, verbose=0)
    run.check("zeros: weights of the first layer that moved", int(same.get_weights()[0].any()), 0)

    wide = rng.standard_normal((500, 2)).astype("float32") * [10, 1]
    target = wide @ [0.1, 1.0]
    scaled = wide / wide.std(0)
    for number, title, features, rate in (
        (5, "a valley: inputs as they are", wide, 0.0095),
        (6, "round: inputs of deviation 1", scaled, 0.1),
    ):
        axes = panel(number, title, "first weight", "second weight")
        goal = np.linalg.lstsq(features, target, rcond=None)[0]
        path = descent(features, target, rate, run.settings.updates)
        grid = np.stack(np.meshgrid(np.linspace(-1.5, 2.5, 80), np.linspace(-1.5, 2.5, 80)), -1)
        covariance = features.T @ features / len(features)
        heights = np.einsum("rci,ij,rcj->rc", grid - goal, covariance, grid - goal)
        axes.contour(grid[..., 0], grid[..., 1], np.log10(heights + 0.01), 8, cmap="Greys")
        axes.plot(*path.T, color=BLUE, marker=".", markersize=3, linewidth=1)
        axes.plot(*goal, color=ORANGE, marker="o")
        distance = float(np.linalg.norm(path[-1] - goal))
        run.figure(f"{title}: distance from the lowest point at the end", distance)
    run.picture("descents", figure)

    printed_adam, printed_adadelta, mean, square, scale = [], [], 0.0, 0.0, 0.0
    for _ in range(run.settings.updates):
        mean, square = 0.9 * mean + 0.1, 0.999 * square + 0.001
        printed_adam.append((mean / 0.1) / (np.sqrt(square / 0.001) + 1e-8))
        printed_adadelta.append(np.sqrt(scale))  # E[dx^2] begins at 0 and hears of no step
    right = steps_of(Adam(lr=1.0), run.settings.updates)
    run.check("Adam: each step is as long as the rate", np.ptp([*right, 1.0]), 0, 1e-4)
    run.check("Adam as printed: the first step", printed_adam[0], 1.0, 1e-6)
    run.figure("Adam as printed: the longest step, in rates", max(printed_adam))
    run.figure("Adam as printed: the last step, in rates", printed_adam[-1])
    run.check("Adadelta as printed: the longest step", max(printed_adadelta), 0.0)
    moving = steps_of(Adadelta(), run.settings.updates)
    run.check("Adadelta: the first step moves", moving[0] > 0, True)


def step_factor(values: list[float]) -> float:
    """By how much a layer changes them, on average."""
    return float((values[-1] / values[0]) ** (1 / (len(values) - 1)))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
