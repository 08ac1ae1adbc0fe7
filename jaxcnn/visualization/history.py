"""Training curves."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from jaxcnn.spellings.keywords import suggesting
from jaxcnn.visualization.figure import BLUE, INK, ORANGE, finished, new_figure, plain_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jaxcnn.callbacks import History

Record: TypeAlias = Mapping[str, Sequence[float]]  # name -> a number for each epoch


@suggesting
def plot_history(
    history: "History | Record",
    path: str | os.PathLike[str] | None = None,
    title: str | None = None,
    step: str = "epoch",
) -> "Path | Figure":
    """Draw the record of a training run: a panel with two curves for each quantity.

    The epoch with the lowest validation loss (training loss where there is none) is marked in every
    panel.

    Args:
        history: what ``fit`` returns, or a mapping from a name to one number per epoch;
            ``val_loss`` is drawn with ``loss``. Epochs count from 1.
        path: the file to write, ``.png`` or another suffix that matplotlib knows; None to return
            the figure, which a notebook shows.
        title: a line above the panels. Default: None.
        step: what a number of the record belongs to, in one word for the axis and the legend.
            Default: 'epoch'.

    Returns:
        The path, or the figure.

    Raises:
        ValueError: an empty or ragged record.

    Examples:
        >>> history = model.fit(x, y, epochs=2, verbose=0)
        >>> jc.visualization.plot_history(history, "history.png").name
        'history.png'

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """
    record = {name: np.asarray(values, float) for name, values in _mapping(history).items()}
    lengths = {name: len(values) for name, values in record.items()}
    if not any(lengths.values()):
        raise ValueError(
            "plot_history got no epochs; pass what fit returned, after at least one epoch."
        )
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"plot_history expects one number per epoch for every name; got {lengths}."
        )
    length = max(lengths.values())
    epochs = np.asarray(getattr(history, "epoch", None) or range(length)) + 1
    best = _best(record)
    names = [
        name
        for name in record
        if not (name.startswith("val_") and name.removeprefix("val_") in record)
    ]
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    figure = new_figure(4.6 * columns + 0.4, 3.4 * rows + (0.4 if title else 0))
    if title:
        figure.suptitle(title, fontsize=13, color=INK)
    for number, name in enumerate(names, 1):
        axes = figure.add_subplot(rows, columns, number)
        axes.set_title(name, loc="left", fontsize=11, color=INK)
        _panel(axes, epochs, record[name], record.get(f"val_{name}"), best, step=step)
    return finished(figure, path)


def _mapping(history: "History | Record") -> Record:
    record = getattr(history, "history", history)
    if not isinstance(record, Mapping):
        raise TypeError(
            f"plot_history expects a History or a mapping of lists; got {type(history).__name__}."
        )
    return record


def _best(record: Mapping[str, np.ndarray]) -> int | None:
    """Index of the epoch with the lowest loss, on validation if there is one; None without any."""
    losses = record.get("val_loss", record.get("loss"))
    return None if losses is None or np.isnan(losses).all() else int(np.nanargmin(losses))


def _panel(
    axes: "Axes",
    epochs: np.ndarray,
    train: np.ndarray,
    validation: np.ndarray | None,
    best: int | None,
    *,
    step: str,
) -> None:
    from matplotlib.ticker import MaxNLocator

    plain_axes(axes)
    axes.set_xlabel(step, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    edge = max(0.02 * (epochs[-1] - epochs[0]), 0.2)
    axes.set_xlim(epochs[0] - edge, epochs[-1] + edge)
    dots = "o" if len(epochs) <= 30 else None
    axes.plot(
        epochs,
        train,
        color=BLUE,
        marker=dots,
        markersize=4,
        label="training" if validation is not None else None,
    )
    if validation is not None:
        axes.plot(epochs, validation, color=ORANGE, marker=dots, markersize=4, label="validation")
    if best is not None:
        value = (train if validation is None else validation)[best]
        axes.axvline(epochs[best], color=INK, linewidth=1, linestyle=":")
        axes.plot(
            epochs[best],
            value,
            linestyle="none",
            marker="o",
            markersize=9,
            markerfacecolor="none",
            markeredgecolor=INK,
            label=f"lowest loss, {step} {epochs[best]}: {value:.4g}",
        )
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=9, edgecolor="none", framealpha=0.85)
