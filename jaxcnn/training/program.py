"""What `compile` makes of a model, and how far its training has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import flax.linen as nn

from jaxcnn.distributed.placement import Distribution
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.user_layer import AddedLoss
from jaxcnn.layers.variable import Variable
from jaxcnn.metrics import Metric
from jaxcnn.optimizers import Optimizer
from jaxcnn.optimizers.updates import Update
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Config, Identifier, Path, PyTree, Settings
from jaxcnn.training.by_hand import UpdatesByHand
from jaxcnn.training.functions import Functions
from jaxcnn.training.network import WholeNetwork
from jaxcnn.training.objective import Objective, Sums
from jaxcnn.training.state import Shares, Ties, Tree

# What `compile` takes for all outputs: for each of them in a list, or by name in a dict.
Losses: TypeAlias = Identifier | Sequence[Identifier]
Metrics: TypeAlias = Sequence[Identifier | Metric | Sequence[Identifier | Metric]] | Settings | None
LossWeights: TypeAlias = Sequence[float | Variable] | Settings | None
Modes: TypeAlias = str | Sequence[str | None] | Settings | None
# (number of an input or None, name, rows) of Embeddings.
Embedded: TypeAlias = Sequence[tuple[int | None, str, int]]
# The ways in which a forward pass runs: compiled, compiled quickly, operation by operation.
Forwards: TypeAlias = Sequence[Callable[[Tree, PyTree], tuple[PyTree, Tree]]]


class NotCompiled(RuntimeError, AttributeError):
    """What only a compiled model has; for `hasattr` an attribute that is not there."""


@dataclass(frozen=True)
class CompileArguments:
    """What `compile` was given besides the optimizer, as files keep it."""

    loss: Losses = None
    metrics: Metrics = None
    loss_weights: LossWeights = None
    sample_weight_mode: Modes = None
    weighted_metrics: Metrics = None


@dataclass(frozen=True)
class Execution:
    """How steps go to the device.

    Attributes:
        count: steps in one call; None finds a good number by how long they take.
        eager: run operation by operation instead of compiled.
    """

    count: int | None = None
    eager: bool = False


@dataclass(frozen=True)
class LossGraph:
    """What `fit` computes of a batch, as symbolic tensors.

    Attributes:
        targets, sample_weights: placeholders, for each output that has a loss.
        total: the loss with all penalties.
        reported: the losses of several outputs, then the metrics.
    """

    targets: list[SymbolicTensor]
    sample_weights: list[SymbolicTensor]
    total: SymbolicTensor
    reported: list[SymbolicTensor]


@dataclass(eq=False)
class Program:
    """What `compile` makes of a model: what it minimises, what it moves, its compiled steps.

    A model that is not compiled has one as well, without an optimizer; `predict` needs no more.

    Attributes:
        distribution: the devices that share each batch; None leaves it to one.
        compute_dtype: of the forward and backward pass; None takes that of the weights.
        optimizer: None before `compile`.
        arguments: what `compile` was given; None before.
        execution: how steps go to the device.
        objective: the losses and metrics; None while the shapes of the outputs are not known.
        target_tensors: what `compile` was given as targets, in the user's form.
        targets: the same by the names of the outputs, of those that have one.
        added: the losses that had been added to the model and its layers when it was compiled.
        module: what the model was when it was compiled.
        network: what training runs, where that is more than the model.
        trained: tree of booleans like ``params``, True where training moves the array.
        ties: arrays that the module reads at several paths.
        fixed_statistics: paths within ``batch_stats`` of what training leaves as it is; None until
            that is settled.
        shares: statistics and states that several of the model's models reach.
        rowwise: whether a short batch may be padded without changing a result.
        functions: the compiled steps, made for the first data.
        prediction: (module, learning phase, functions) of the forward pass, made when it is needed:
            compiled as usually, compiled quickly, and operation by operation.
        embedded: (module, where its Embeddings get their indices), found when it is needed.
        sizes: those of inputs so far, without the samples, in the order in which they came.
        opt_state: what the optimizer remembers; None before the first update.
        step: updates done.
        by_hand: what training uses in place of an optimizer whose updates a user has written.
        unfinished: the run with checkpoints to which the newest weights belong, until it has ended.
        graph: the loss as symbolic tensors, made when it is asked for.
        further: updates of variables that training carries out besides.
        train_function: what a program has put in place of the model's own, or None.
        measured: the running sums of the metrics, from which the next single batch goes on; None
            where it begins them.
    """

    distribution: Distribution | None = None
    compute_dtype: str | None = field(default_factory=config.compute_dtype)
    optimizer: Optimizer | None = None
    arguments: CompileArguments | None = None
    execution: Execution = Execution()
    objective: Objective | None = None
    target_tensors: PyTree = None
    targets: Mapping[str, PyTree] = field(default_factory=dict)
    added: tuple[AddedLoss, ...] = ()
    module: nn.Module | None = None
    network: WholeNetwork | None = None
    trained: Tree | None = None
    ties: Ties = ()
    fixed_statistics: tuple[Path, ...] | None = None
    shares: Shares = ()
    rowwise: bool = False
    functions: Functions | None = None
    prediction: tuple[nn.Module, int | None, Forwards] | None = None
    embedded: tuple[nn.Module, Embedded] | None = None
    sizes: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)
    opt_state: PyTree = None
    step: int = 0
    by_hand: UpdatesByHand | None = None
    unfinished: str | None = None
    graph: LossGraph | None = None
    further: list[Update] = field(default_factory=list)
    train_function: Callable[[list[PyTree]], PyTree] | None = None
    measured: Sums | None = None

    def __getstate__(self) -> Config:
        """Copies and pickles compile their steps anew."""
        apart = ("objective", "functions", "prediction", "by_hand", "graph", "measured")
        return {**vars(self), **dict.fromkeys(apart)}

    def take_optimizer(self, optimizer: Optimizer) -> None:
        """Go on with another optimizer, which has seen no update."""
        self.optimizer, self.by_hand, self.opt_state = optimizer, None, None
        self.objective = self.functions = self.measured = None

    @property
    def rule(self) -> Optimizer:
        """What turns gradients into changes."""
        assert self.optimizer is not None
        return self.by_hand or self.optimizer

    @property
    def prepared(self) -> bool:
        """Whether there are compiled steps, for the learning phase as it is now."""
        return self.functions is not None and self.functions.phase == config.learning_phase()

    def placed(self, tree: PyTree) -> PyTree:
        """The arrays of a tree on the devices that use them."""
        return tree if self.distribution is None else self.distribution.placed(tree)

    def gathered(self, tree: PyTree) -> PyTree:
        """The arrays of a tree whole, on one device of this process."""
        return tree if self.distribution is None else self.distribution.gathered(tree)

    def cut(self, batch: PyTree) -> PyTree:
        """A batch in equal parts, on the devices that share it."""
        return batch if self.distribution is None else self.distribution.cut(batch, 0)
