"""compile: a model and its arguments become a `Program`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

import jax
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn import losses, optimizers
from jaxcnn.distributed import context
from jaxcnn.distributed.placement import Distribution
from jaxcnn.layers.added_losses import added_losses, added_outside, may_add_losses
from jaxcnn.layers.base import Layer
from jaxcnn.layers.resting import STATISTICS, fixed_statistics
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.nn.graph import mixes_rows
from jaxcnn.runtime import config
from jaxcnn.runtime.by_value import noticing_calls, shapes_from
from jaxcnn.runtime.types import Config, Identifier, Path, PyTree, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen, dialect, frozen_statistics
from jaxcnn.spellings.stories import told_in
from jaxcnn.training.build_objective import build_objective
from jaxcnn.training.by_hand import UpdatesByHand
from jaxcnn.training.captured import observed_in, with_graph
from jaxcnn.training.functions import Functions
from jaxcnn.training.network import WholeNetwork
from jaxcnn.training.objective import Objective
from jaxcnn.training.program import CompileArguments, Execution, NotCompiled, Program
from jaxcnn.training.state import AnyOptimizer, Shares, Ties, Tree
from jaxcnn.training.steps import Batch, forward, train_step
from jaxcnn.training.target_tensors import is_fixed, target_tensors
from jaxcnn.training.trainable import Trainable, shapes


def compiled(
    model: Trainable,
    optimizer: Identifier | AnyOptimizer,
    arguments: CompileArguments,
    execution: Execution,
    tensors: PyTree = None,
) -> Program:
    """The program of a model; it knows its objective when the model's shapes are known.

    Raises:
        Exception: there is no loss at all: a TypeError, or what the Keras of the program raised.
        ValueError: arguments that do not fit the model or each other.
    """
    count = execution.count
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ValueError(f"`steps_per_execution` is {count!r}; it must be a positive integer.")
    program = Program(
        distribution=shared_devices(model.program),
        optimizer=optimizers.get(optimizer),
        arguments=arguments,
        execution=execution,
        target_tensors=tensors,
    )
    assert program.optimizer is not None
    program.optimizer.trains(model)
    if model.built:
        objective = add_objective(model, program, arguments)
        trained = any(output.loss is not None for output in objective.outputs)
        if not trained and not may_add_losses(cast(Layer, model)):
            raise error_without_loss()
    else:  # names are checked now even where the shapes are not known yet
        for name in jax.tree.leaves(arguments.loss):
            losses.get(name)
    return program


def error_without_loss() -> Exception:
    """What `compile` raises where nothing would be minimised, in the class of each Keras."""
    of_keras = {"2.0": RuntimeError, "2.2": ValueError, "2.3": ValueError}
    if chosen() and (kind := of_keras.get(dialect().name)):
        return kind("The model cannot be compiled because it has no loss to optimize.")
    return TypeError(
        "compile() missing 1 required positional argument: 'loss'. No layer of the model adds a "
        "loss either."
    )


def with_accuracy(program: Program, shown: bool) -> Program:
    """A program that goes on where this one stands, with the accuracy as its only metric or none.

    Where `compile` was given other metrics the program stays as it is.
    """
    metrics = ["accuracy"] if shown else None
    arguments = program.arguments
    if arguments is None or arguments.metrics not in (None, [], ["accuracy"]):
        return program
    if (arguments.metrics or None) == metrics:
        return program
    arguments = dataclasses.replace(arguments, metrics=metrics)
    return dataclasses.replace(program, arguments=arguments, objective=None, functions=None)


def shared_devices(before: Program) -> Distribution | None:
    """The devices of the `distribute` in force, or else those of the program before."""
    distribution: Distribution | None = context.current() or before.distribution
    return None if distribution is None or distribution.alone else distribution


def add_objective(model: Trainable, program: Program, arguments: CompileArguments) -> Objective:
    """Complete a program now that the shapes of the model are known."""
    objective = build_objective(model.output_names, shapes(model.outputs), arguments)
    observed = tuple((name, -1, metric) for name, _, metric in observed_in(model))
    program.objective = objective = dataclasses.replace(objective, observed=observed)
    program.targets = target_tensors([o.key for o in objective.outputs], program.target_tensors)
    program.added = tuple(added_outside(cast(Layer, model)))
    program.trained = model.trainable_mask()
    program.ties, program.shares = find_ties(model, program.trained)
    if frozen_statistics() in ("compiled", "never"):
        program.fixed_statistics = fixed_statistics(cast(Layer, model))
    program.module, program.network = model.module, None
    if program.optimizer is not None and program.optimizer.by_hand:
        program.by_hand = UpdatesByHand(program.optimizer, model, program)
    return objective


def statistics_at_rest(model: Trainable, program: Program, network: WholeNetwork) -> Sequence[Path]:
    """The statistics of what a program runs that training leaves as they are.

    This is settled once, when training begins or before, and those beyond the model all rest.
    """
    if program.fixed_statistics is None:
        program.fixed_statistics = fixed_statistics(cast(Layer, model))
    moving = {*statistics_in(model)} - {*program.fixed_statistics}
    return [path for path in statistics_in(network) if path not in moving]


def statistics_in(network: WholeNetwork) -> list[Path]:
    """The paths of all statistics of a network."""
    weights = network.placed_weights()
    return [path for _, spec, path in weights if spec.collection == STATISTICS]


def find_ties(model: WholeNetwork, trained: Tree) -> tuple[Ties, Shares]:
    """What several of the model's models reach: further paths of parameters, groups of others."""
    mask = flatten_dict(trained)
    paths_of: dict[tuple[int, str, Path], list[Path]] = {}
    for owner, spec, path in model.placed_weights():
        paths_of.setdefault((id(owner), spec.collection, spec.path), []).append(path)
    ties, shares = [], []
    for (_, collection, _), paths in paths_of.items():
        if collection == "params":
            stored = next((path for path in paths if mask.get(path)), paths[0])
            ties += [(path, stored) for path in paths if path != stored]
        elif len(paths) > 1:
            shares.append((collection, tuple(paths)))
    return tuple(ties), tuple(shares)


@told_in("not-compiled")
def require_objective(model: Trainable, program: Program) -> Objective:
    """The objective of a compiled model.

    Raises:
        RuntimeError: the model was not compiled, or was changed since.
    """
    if program.arguments is None:
        raise NotCompiled(
            "You must compile a model before training/testing. Use `model.compile(optimizer, "
            f"loss)`. Model '{model.name}' is not compiled."
        )
    objective = program.objective or add_objective(model, program, program.arguments)
    if program.module is not model.module:
        raise RuntimeError(
            f"Model '{model.name}' was changed after it was compiled (layers renamed, or `remat` "
            "set): call compile() again."
        )
    return objective


def prepare(model: Trainable, program: Program, example: Batch) -> None:
    """Make the compiled steps for data like `example`.

    Raises:
        ValueError: there is no loss at all.
    """
    with noticing_calls() as called_on_arrays:
        objective, network = objective_and_network(model, program, example)
    if called_on_arrays:
        run_eagerly(model, program)
    make_step = partial(
        train_step,
        network.module,
        objective,
        program.rule,
        constraints=None if program.by_hand else network.weight_constraints(),
        shares=program.shares,
        compute_dtype=program.compute_dtype,
        train=config.in_training(True),
    )
    program.functions = Functions(
        network.module,
        objective,
        lambda **options: make_step(
            fixed_statistics=statistics_at_rest(model, program, network), **options
        ),
        calls={**dataclasses.asdict(program.execution), "parallel": program.distribution},
        dtype=program.compute_dtype,
        phase=config.learning_phase(),
    )


def objective_and_network(
    model: Trainable, program: Program, example: Batch
) -> tuple[Objective, WholeNetwork]:
    """(what is minimised and reported, the network that is run) for data like `example`.

    Raises:
        ValueError: there is no loss at all.
    """
    objective = require_objective(model, program)
    variables, key = model.variables, jax.random.key(0)
    outputs, _, changed = shapes_from(
        lambda batch: forward(
            model.module, variables, batch, key=key, compute_dtype=None, train=False
        ),
        example._replace(targets=None),
    )
    if (
        all(output.loss is None for output in objective.outputs)
        and not changed.get("losses")
        and not added_losses(cast(Layer, model), program.added)
    ):
        raise ValueError(
            f"Model '{model.name}' was compiled without a loss, and none of its layers adds one."
        )
    carry_out_further(model, program)
    symbolic = {
        i: program.targets[output.key]
        for i, output in enumerate(objective.outputs)
        if output.key in program.targets and not is_fixed(program.targets[output.key])
    }
    objective, network = with_graph(
        model, objective, example, outputs, added=program.added, targets=symbolic
    )
    if network is not model:
        outputs = add_network(
            model, program, network, objective.fed(example.inputs, example.targets)
        )
    program.objective = objective = objective.bind(example.targets, outputs)
    program.rowwise = not mixes_rows(network.module) and objective.exact_when_padded(
        example.targets, outputs
    )
    return objective, network


def run_eagerly(model: Trainable, program: Program) -> None:
    """Have a program run operation by operation, with a warning, as no compiled one can be made."""
    if not program.execution.eager:
        program.execution = dataclasses.replace(program.execution, eager=True)
        warn_user(
            f"Model '{model.name}': sizes depend on values in its loss, metrics or layers, so it "
            "runs operation by operation, which is slow. Where all places are kept, and those that "
            "do not count are set to a value without effect by K.switch, tf.where or a mask, it is "
            "compiled."
        )


def carry_out_further(model: Trainable, program: Program) -> None:
    """Let training carry out the updates that were added outside of any `call`.

    Raises:
        ValueError: one is computed from the inputs, or was added after training had begun.
    """
    parts = (cast(Layer, model), *model.all_layers())
    added = [pair for part in parts for pair, _ in part.additions.outside_updates]
    further = [*added, *program.further]
    if not further or program.optimizer is None:
        return
    values = [value for _, value in further if isinstance(value, SymbolicTensor)]
    nodes, inputs = upstream(values, ())
    if inputs or not all(isinstance(node.layer, Operation) for node in nodes):
        raise ValueError(
            f"Model '{model.name}': an update that is computed from the inputs is carried out where"
            " it is added in the `call` of a layer, or by K.function(..., updates=model.updates + "
            "model.optimizer.get_updates(...))."
        )
    if program.opt_state is not None:
        raise ValueError(
            f"Model '{model.name}': updates were added after training had begun; compile again."
        )
    program.by_hand = UpdatesByHand(program.optimizer, model, program, further)


def add_network(
    model: Trainable, program: Program, network: WholeNetwork, inputs: PyTree
) -> list[jax.ShapeDtypeStruct]:
    """Let a program run more than its model, whose arrays move as when it was compiled; its
    outputs.
    """
    program.network = network
    moved = flatten_dict(program.trained or {})
    program.trained = unflatten_dict(
        {path: moved.get(path, False) for path in flatten_dict(network.trainable_mask())}
    )
    program.ties, program.shares = find_ties(network, program.trained)
    variables = network.variables
    outputs: list[jax.ShapeDtypeStruct] = shapes_from(
        lambda inputs: network.module.apply(variables, inputs), inputs
    )
    return outputs


def functions_for(model: Trainable, program: Program, example: Batch) -> Functions:
    """The compiled steps, made for data like `example` if there are none yet."""
    if not program.prepared:
        prepare(model, program, example)
    assert program.functions is not None
    return program.functions


def warn_if_changed(model: Trainable, program: Program) -> None:
    """Warn of what was changed since the model was compiled, which has no effect.

    That is `trainable`, and losses that were added.
    """
    now, then = flatten_dict(model.trainable_mask()), flatten_dict(program.trained or {})
    changed = sorted({"/".join(path[:-1]) for path in now if now[path] != then.get(path)})
    if changed:
        warn_user(
            "Discrepancy between the trainable weights and those that are trained: `trainable` has "
            f"changed since model '{model.name}' was compiled (layers {', '.join(changed)}). "
            "Training continues as compiled; call compile() again to apply the change."
        )
    new = len(added_outside(cast(Layer, model))) - len(program.added)
    if new > 0:
        warn_user(
            f"add_loss has been called since model '{model.name}' was compiled (losses: {new}). "
            "Training continues as compiled; call compile() again to let them count."
        )


def training_config(model: Trainable) -> Config:
    """The arguments of `compile` in a form that can be written into a file.

    Raises:
        ValueError: the model is not compiled, or the optimizer or a function has no description.
    """
    optimizer, arguments = model.program.optimizer, model.program.arguments
    if optimizer is None or arguments is None:
        raise ValueError(f"Model '{model.name}' was not compiled, so it has no training config.")
    return {
        "optimizer_config": optimizers.serialize(optimizer),
        **{name: described_value(value) for name, value in vars(arguments).items()},
    }


def described_value(value: PyTree) -> PyTree:
    """A loss, a metric, a weight or a structure of these, as JSON has it."""
    if isinstance(value, Mapping):
        return {name: described_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [described_value(part) for part in value]
    has_description = callable(value) or hasattr(value, "get_config")
    return losses.serialize(value) if has_description else value


def arguments_in(settings: Settings) -> dict[str, PyTree]:
    """The arguments of `compile`, optimizer included, from what `training_config` returned."""
    names = [field.name for field in dataclasses.fields(CompileArguments)]
    return {
        "optimizer": optimizers.deserialize(settings["optimizer_config"]),
        **{name: settings.get(name) for name in names},
        "loss": described_losses(settings.get("loss")),
    }


def described_losses(value: PyTree) -> PyTree:
    """Losses with their configurations as objects, which nobody takes for losses by output name."""
    if isinstance(value, list | tuple):
        return [described_losses(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" in value:
        return losses.deserialize(value)
    return {name: described_losses(part) for name, part in value.items()}
