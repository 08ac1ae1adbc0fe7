"""PyTorch, eager or compiled, channels last, with the loop that everybody writes."""

from __future__ import annotations

import contextlib
from typing import Any

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Layer, Network


def build(network: Network) -> Any:
    """The module, with the network's weights, channels last."""
    import torch
    from torch import nn

    class ChannelsToTheEnd(
        nn.Module
    ):  # so that the weights of the next layer have the same order everywhere
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.permute(0, 2, 3, 1)

    class Average(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.mean((2, 3))

    class Residual(nn.Module):
        def __init__(self, shortcut: nn.Module, main: nn.Module) -> None:
            super().__init__()
            self.shortcut, self.main = shortcut, main

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.main(x) + self.shortcut(x)

    class LastOfLSTM(nn.Module):
        def __init__(self, features: int, units: int) -> None:
            super().__init__()
            self.lstm = nn.LSTM(features, units, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.lstm(x)[0][:, -1]

    weights = iter(network.weights())

    def put(module: nn.Module, *values: Any) -> nn.Module:
        """`module` with `values` in Keras's layout as its first parameters, and zeros in the
        others.
        """
        with torch.no_grad():
            for i, parameter in enumerate(module.parameters()):
                if i < len(values):
                    value = torch.from_numpy(values[i])
                    parameter.copy_(
                        value.permute({4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[value.ndim])
                    )
                else:
                    parameter.zero_()
        return module

    def made(kind: str, *numbers: Any) -> nn.Module:
        if kind == "residual":
            shortcut = sequence(numbers[1])
            return Residual(shortcut, sequence(numbers[0]))
        if kind == "dense":
            kernel, bias = next(weights)
            return put(nn.Linear(*kernel.shape), kernel, bias)
        if kind == "conv":
            kernel, bias = next(weights)
            _, window, stride, padding = numbers
            return put(nn.Conv2d(*kernel.shape[2:], window, stride, padding=padding), kernel, bias)
        if kind == "norm":
            return nn.BatchNorm2d(len(next(weights)[0]))  # begins with the same ones and zeros
        if kind == "lstm":
            kernel, recurrent, bias = next(weights)
            return put(LastOfLSTM(len(kernel), len(recurrent)), kernel, recurrent, bias)
        return {
            "relu": lambda: nn.ReLU(),
            "pool": lambda: nn.MaxPool2d(2),
            "pool3": lambda: nn.MaxPool2d(3, 2),
            "pad": lambda zeros: nn.ZeroPad2d(zeros),
            "average": lambda: Average(),
            "dropout": lambda rate: nn.Dropout(rate),
            "flatten": lambda: nn.Sequential(ChannelsToTheEnd(), nn.Flatten()),
        }[kind](*numbers)

    def sequence(layers: tuple[Layer, ...]) -> nn.Module:
        return nn.Sequential(*(made(kind, *numbers) for kind, *numbers in layers))

    model = sequence(network.layers)
    return model.to(memory_format=torch.channels_last) if network.convolutional else model


def channels_first(x: Any) -> Any:
    """Images with the axes that PyTorch wants, still channels last in memory; other data as it
    is.
    """
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def optimizer_of(network: Network, model: Any) -> Any:
    """The network's optimizer over the module's parameters."""
    import torch

    parameters = list(model.parameters())
    return {
        "rmsprop": lambda: torch.optim.RMSprop(parameters, network.lr, alpha=0.9, eps=1e-8),
        "adadelta": lambda: torch.optim.Adadelta(parameters, network.lr, rho=0.95, eps=1e-8),
        "sgd": lambda: torch.optim.SGD(parameters, network.lr, momentum=0.9),
        "adam": lambda: torch.optim.Adam(parameters, network.lr, eps=1e-7),
    }[network.optimizer]()


def train(
    network: Network, session: Session, *, precision: str | None = None, compiled: bool = False
) -> None:
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = build(network).to(device)
    data, targets = (torch.from_numpy(a).to(device) for a in network.data())
    run = torch.compile(model) if compiled else model
    casting = (
        torch.autocast(device, getattr(torch, precision)) if precision else contextlib.nullcontext()
    )
    optimizer = optimizer_of(network, model)
    loss_function = nn.CrossEntropyLoss()

    session.begin()
    for _ in range(session.epochs):
        session.epoch_begin()
        total = hits = torch.zeros((), device=device)
        for chosen in torch.randperm(network.samples, device=device).split(network.batch_size):
            target = targets[chosen]
            with casting:
                logits = run(channels_first(data[chosen]))
            loss = loss_function(logits.float(), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if session.mode == "first step":
                session.first_step(loss.item())
            total = total + loss.detach()
            hits = hits + (logits.argmax(1) == target.argmax(1)).sum()
        hits.item()
        session.epoch_end(total.item() / network.steps)


def predict(network: Network, session: Session, *, compiled: bool = False) -> None:
    import torch

    model, data = build(network).eval(), torch.from_numpy(network.data()[0])
    if compiled:
        model = torch.compile(model)

    def everything() -> Any:
        with torch.no_grad():
            batches = data.split(network.batch_size)
            return torch.cat(
                [model(channels_first(batch)).softmax(-1) for batch in batches]
            ).numpy()

    session.repeat(everything)


def learner(network: Network, *, compiled: bool = False) -> tuple[Any, Any]:
    """(one pass over samples in the order given, accuracy over samples), as `answer` asks for."""
    import torch

    model = build(network)
    run = torch.compile(model) if compiled else model
    optimizer, size = optimizer_of(network, model), network.batch_size
    loss_function = torch.nn.CrossEntropyLoss()

    def fit(x: Any, y: Any) -> None:
        model.train()
        batches = zip(torch.from_numpy(x).split(size), torch.from_numpy(y).split(size), strict=True)
        for batch, target in batches:
            loss = loss_function(run(channels_first(batch)), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def accuracy(x: Any, y: Any) -> float:
        model.eval()
        with torch.no_grad():
            batches = torch.from_numpy(x).split(size)
            classes = torch.cat([run(channels_first(batch)).argmax(-1) for batch in batches])
        return float((classes == torch.from_numpy(y).argmax(-1)).float().mean())

    return fit, accuracy
