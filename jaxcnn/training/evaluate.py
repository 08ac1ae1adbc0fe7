"""evaluate: the loss and metrics over data."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import cast

import numpy as np

from jaxcnn.runtime.arrays import copied, fresh
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.training.functions import Functions
from jaxcnn.training.input import Data, FeedSettings, open_feed
from jaxcnn.training.input.door import refuse_copies
from jaxcnn.training.input.feed import Feed, Position, never
from jaxcnn.training.network import WholeNetwork
from jaxcnn.training.program import Program
from jaxcnn.training.state import Tree
from jaxcnn.training.trainable import Trainable, whole_network
from jaxcnn.utils.progbar import Progbar


def evaluate(
    model: Trainable, program: Program, data: Data, settings: FeedSettings, verbose: int
) -> float | list[float]:
    """The loss and metrics over the data: a number, or a list in the order of their names."""
    refuse_copies(data.x, settings.workers)
    feed = open_feed(model, program, data, settings, Position())
    with contextlib.closing(feed):
        bar = progress_bar(feed, verbose)
        functions, network = program.functions, whole_network(model, program)
        assert functions is not None
        values, states = evaluated(
            program, functions, feed, network.variables, lambda seen: bar.draw(seen, dict)
        )
    keep_states(network, program, states)
    return number_or_list(list(values.values()))


def evaluated(
    program: Program,
    functions: Functions,
    feed: Feed,
    variables: Tree,
    report: Callable[[int], object] = lambda seen: None,
) -> tuple[dict[str, float], Tree]:
    """(loss and metrics, the states that stateful layers end with)."""
    dispatcher, steps = functions.evaluate, 0
    carry = fresh(functions.objective.init_metrics()), carried(variables)
    variables = program.placed(variables)
    loops = dispatcher.loops(carry, feed.example(), variables)
    for portion in feed.portions(Position(), dispatcher, loops, never):
        carry = dispatcher.run(carry, portion.batch, portion.many, variables)
        steps += portion.steps
        report(feed.seen(steps))
    if dialect().metrics_go_on:
        program.measured = carry[0]
    return functions.averages(carry[0]), carry[1]


def carried(variables: Tree) -> Tree:
    """A copy of the states of stateful layers, whose memory a step may use again."""
    states: Tree = copied(variables["state"]) if variables.get("state") else {}
    return states


def keep_states(network: WholeNetwork, program: Program, states: Tree) -> None:
    """Let stateful layers continue from where evaluation or prediction has left them."""
    if states:
        network.set_variables({"state": program.gathered(states)})


def progress_bar(feed: Feed, verbose: int) -> Progbar:
    """A progress bar over samples, or over steps where their number is not known."""
    return Progbar(feed.samples if feed.samples is not None else feed.steps, verbose=verbose)


def number_or_list(
    values: list[float], kind: type[np.floating] = np.float64
) -> float | list[float]:
    """Keras returns the loss alone as a number, and with metrics a list.

    In programs for an old Keras they are NumPy's numbers of this kind, as there, which print so.
    """
    numbers = cast(list[float], [kind(value) for value in values]) if chosen() else values
    return numbers[0] if len(numbers) == 1 else numbers
