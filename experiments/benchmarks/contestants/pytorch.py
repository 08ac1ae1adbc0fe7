"""PyTorch in eager mode, channels last, with the loop that everybody writes."""

from __future__ import annotations

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Network


def train(network: Network, session: Session) -> None:
    import torch
    from torch import nn

    image = len(network.input_shape) == 3
    make = {
        "dense": lambda units: nn.LazyLinear(units),
        "conv": lambda channels, padding: nn.LazyConv2d(channels, 3, padding=padding),
        "relu": lambda: nn.ReLU(),
        "pool": lambda: nn.MaxPool2d(2),
        "dropout": lambda rate: nn.Dropout(rate),
        "flatten": lambda: nn.Sequential(_ChannelsToTheEnd(), nn.Flatten()),
    }

    class _ChannelsToTheEnd(nn.Module):  # so that the weights of the next layer have the same order everywhere
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.permute(0, 2, 3, 1)

    model = nn.Sequential(*(make[kind](*numbers) for kind, *numbers in network.layers))
    data, targets = (torch.from_numpy(a) for a in network.data())

    def batch_of(chosen: torch.Tensor) -> torch.Tensor:
        x = data[chosen]
        return x.permute(0, 3, 1, 2) if image else x  # stays channels last in memory

    model(batch_of(torch.arange(1)))  # makes the lazy weights
    if image:
        model = model.to(memory_format=torch.channels_last)
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), network.weights(), strict=True):
            axes = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[value.ndim]
            parameter.copy_(torch.from_numpy(value).permute(*axes))
    if network.optimizer == "rmsprop":
        optimizer = torch.optim.RMSprop(model.parameters(), network.lr, alpha=0.9, eps=1e-8)
    else:
        optimizer = torch.optim.Adadelta(model.parameters(), network.lr, rho=0.95, eps=1e-8)
    loss_function = nn.CrossEntropyLoss()

    session.begin()
    for _ in range(session.epochs):
        session.epoch_begin()
        total = hits = torch.zeros(())
        for chosen in torch.randperm(network.samples).split(network.batch_size):
            target = targets[chosen]
            logits = model(batch_of(chosen))
            loss = loss_function(logits, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if session.mode == "first step":
                session.first_step(loss.item())
            total = total + loss.detach()
            hits = hits + (logits.argmax(1) == target.argmax(1)).sum()
        hits.item()
        session.epoch_end(total.item() / network.steps)
