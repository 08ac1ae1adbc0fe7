"""What a module would do with inputs of given shapes, found without computing."""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.layers.input_spec import check_inputs
from jaxcnn.layers.plain import NotPlainError, plain
from jaxcnn.layers.symbolic.tensor import GraphLayer, SymbolicTensor, shapes, symbolic_leaves
from jaxcnn.layers.trace_at_sizes import TensorSpec, Traced, UnknownSizes, trace_at
from jaxcnn.layers.variable import is_variable
from jaxcnn.nn.arguments import IncompatibleError
from jaxcnn.nn.lambda_layer import Lambda
from jaxcnn.runtime import config
from jaxcnn.runtime.by_value import depends_on_values
from jaxcnn.runtime.types import Config, DTypeLike, PyTree, Shape
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.stories import from_outside, passed, told_in

# Unknown sizes are tried at two values; an output size that differs between them is unknown as
# well. Values beyond the batch are large so that a deep stack of pooling layers still has
# something left.
DEFAULT_SIZES = UnknownSizes(2, 480), UnknownSizes(3, 736)

# Tried where those are too large, as for a table of positions that is shorter.
SMALLER_SIZES = (
    (UnknownSizes(2, 46), UnknownSizes(3, 69)),
    (UnknownSizes(2, 7), UnknownSizes(3, 11)),
)

MOST_TRACES = 1000  # that are kept
RANKS = (2, 3, 4, 5, 1)  # that are tried where the number of axes is not known
NAMES = ("name", "parent")  # the fields of a module that do not decide what it does

# A batch size that no other size is by chance: one trace tells which sizes are that of the batch.
UNMISTAKABLE = 1_000_003


class WeightsDependOnSizeError(ValueError):
    """A module whose weights cannot be known, for a size that is not."""


# What a layer of the library is called on, see `plain_call` -> its trace.
_traces: dict[Hashable, Traced] = {}


def trace_layer(layer: GraphLayer, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
    """Trace the module of `layer`; inputs must meet its `input_spec`, and errors name the layer."""
    if any(tensor.any_shape for tensor in symbolic_leaves(args)):
        return trace_any_shape(layer, args, kwargs)
    check_inputs(layer.name, vars(layer).get("input_spec"), args[0])
    try:
        return trace(layer.module, args, kwargs)
    except IndexError as error:
        if not depends_on_values(error):
            raise
        raise ValueError(
            f"Layer '{layer.name}' ({type(layer).__name__}) takes a part by index whose size "
            "depends on values, where sizes must be known when a program is compiled. Keep all "
            "places, and set those that do not count to a value that has no effect, as by K.switch "
            "or a mask."
        ) from None
    except Exception as error:
        if isinstance(error, ValueError | TypeError) and (said := said_by_program(layer, args)):
            return said
        given = shapes(args[0]) if symbolic_leaves(args) else jax.tree.map(jnp.shape, args[0])
        call = layer.call_in_words(given)
        if from_outside(error):
            error.add_note(f"{call}.")
            raise
        if isinstance(error, jax.errors.JAXTypeError) or not isinstance(
            error, ValueError | TypeError
        ):
            raise
        message = str(error) if f"'{layer.name}'" in str(error) else f"{call}: {error}"
        if isinstance(error, IncompatibleError):
            message = f"Input 0 is incompatible with layer {layer.name}: {error.demand}. {message}"
        reason = TypeError(message) if isinstance(error, TypeError) else ValueError(message)
        if any(passed(error)):
            reason.__traceback__ = error.__traceback__  # it shows the line in the user's code
        with told_in("shapes"):
            raise reason from None


def said_by_program(layer: GraphLayer, args: tuple[PyTree, ...]) -> Traced | None:
    """What the `output_shape` of a Lambda says in a program for an old Keras, or None.

    A function may fit the sizes of the data alone, where some of its inputs have unknown sizes and
    others have known ones.
    """
    module = layer.module
    if not (chosen() and isinstance(module, Lambda) and others_unknown(args, {})):
        return None
    first, declared = symbolic_leaves(args)[0], module.output_shape
    if callable(declared):
        declared = declared(shapes(args[0]))
    elif declared is not None:
        declared = (first.shape[0], *declared)
    if declared is None:
        return None
    return Traced(TensorSpec(tuple(declared), first.dtype), None, ())


def trace_any_shape(layer: GraphLayer, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
    """As `trace_layer`, for inputs whose number of axes is not known.

    They are taken to be as in the first call of the layer, or to have the first number that fits.
    """

    def shaped(tensor: PyTree, shape: Shape) -> PyTree:
        free = isinstance(tensor, SymbolicTensor) and tensor.any_shape
        return SymbolicTensor(shape, tensor.dtype, layer, 0, 0) if free else tensor

    leaves, structure = jax.tree.flatten(args)
    before = jax.tree.leaves(layer.inbound_nodes[0].args) if layer.inbound_nodes else []
    if len(before) == len(leaves):
        shapes_before = [jnp.shape(leaf) for leaf in before]
        known = [shaped(*pair) for pair in zip(leaves, shapes_before, strict=True)]
        return trace_layer(layer, jax.tree.unflatten(structure, known), kwargs)
    for rank in RANKS:
        given = functools.partial(shaped, shape=(None,) * rank)
        with contextlib.suppress(ValueError, TypeError):
            return trace_layer(layer, jax.tree.map(given, args), kwargs)
    raise ValueError(
        f"Layer '{layer.name}' is called on a tensor whose number of axes is not known: give "
        "tf.placeholder a shape."
    )


def output_shape(layer: GraphLayer, dtype: DTypeLike, input_shape: PyTree) -> PyTree:
    """The shape of the output for an input shape, or for a list of them, of this dtype."""
    outputs = trace_layer(layer, (placeholders(layer, dtype, input_shape),), {}).outputs
    return jax.tree.map(lambda output: output.shape, outputs)


def placeholders(layer: GraphLayer, dtype: DTypeLike, input_shape: PyTree) -> PyTree:
    """A symbolic tensor of the shape, or a list of them for a list of shapes, for a trace only."""
    several = isinstance(input_shape, list) and all(
        isinstance(shape, list | tuple) for shape in input_shape
    )
    tensors = [
        SymbolicTensor(tuple(shape), dtype, layer, 0, 0)
        for shape in (input_shape if several else [input_shape])
    ]
    return tensors if several else tensors[0]


def trace(module: nn.Module, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
    """Trace `module` on symbolic tensors; other leaves of the arguments are passed as they are.

    An unknown size that can only be one that is known elsewhere is that: an array of 100 rows added
    to a tensor of unknown batch size fixes it at 100, and so does one that a function makes. Layers
    of the library that compute the same on inputs of the same shapes are traced once.
    """
    call = plain_call(module, args, kwargs)
    if call is None:
        return trace_any(module, args, kwargs)
    if call not in _traces:
        if len(_traces) >= MOST_TRACES:
            _traces.clear()
        _traces[call] = trace_once(module, args, kwargs) or trace_any(module, args, kwargs)
    return _traces[call]


def plain_call(module: nn.Module, args: tuple[PyTree, ...], kwargs: Config) -> Hashable | None:
    """All that a trace depends on, None where a user's function or array is among it."""
    leaves, structure = jax.tree.flatten((args, kwargs))
    try:
        inputs = tuple(
            (leaf.shape, jnp.dtype(leaf.dtype), leaf.mask_shape)
            if isinstance(leaf, SymbolicTensor)
            else plain(leaf)
            for leaf in leaves
        )
        return plain(module, NAMES), inputs, structure, settings()
    except NotPlainError:
        return None


def settings() -> tuple[Hashable, ...]:
    """The settings under which shapes and dtypes may be others, or be refused."""
    of_jax = ("jax_enable_x64", "jax_numpy_dtype_promotion", "jax_numpy_rank_promotion")
    return (
        config.floatx(),
        config.image_data_format(),
        dialect().name,
        chosen(),
        *(getattr(jax.config, name) for name in of_jax),
    )


def trace_once(module: nn.Module, args: tuple[PyTree, ...], kwargs: Config) -> Traced | None:
    """The trace of a layer of the library if one tells all, with the batch size alone unknown."""
    tensors = symbolic_leaves((args, kwargs))
    if any(t.shape[:1] != (None,) or None in t.shape[1:] for t in tensors) or not tensors:
        return None
    try:
        first = trace_at(module, args, kwargs, UnknownSizes(UNMISTAKABLE, 0))
    except Exception:  # the trace that follows says what is wrong
        return None
    results = jax.tree.leaves((first.outputs, first.masks))
    others = [size for result in results for size in result.shape[1:]]
    others += [size for weight in first.weights for size in weight.shape]
    if max(others, default=0) >= UNMISTAKABLE // 4:  # perhaps made of the batch size
        return None
    if any(result.shape[:1] != (UNMISTAKABLE,) for result in results):
        return None
    return Traced(batches(first.outputs), batches(first.masks), first.weights)


def batches(results: PyTree) -> PyTree:
    """The structure's shapes with None for the batch size."""
    return jax.tree.map(lambda result: TensorSpec((None, *result.shape[1:]), result.dtype), results)


def trace_any(module: nn.Module, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
    """Trace a module of any kind."""
    try:
        return trace_twice(module, args, kwargs, DEFAULT_SIZES)
    except WeightsDependOnSizeError:
        raise
    except (ValueError, TypeError) as error:
        for sizes in SMALLER_SIZES if others_unknown(args, kwargs) else ():
            with contextlib.suppress(Exception):
                return trace_twice(module, args, kwargs, sizes)
        for sizes in other_sizes(module, args, kwargs, shapes_named_by(error)):
            with contextlib.suppress(Exception):  # the first error says what is wrong
                trace_twice(module, args, kwargs, sizes)
                return trace_twice(module, args, kwargs, freed(module, args, kwargs, sizes))
        raise


def others_unknown(args: tuple[PyTree, ...], kwargs: Config) -> bool:
    """Whether a size besides that of the batch is not known."""
    return any(None in tensor.shape[1:] for tensor in symbolic_leaves((args, kwargs)))


def trace_twice(
    module: nn.Module,
    args: tuple[PyTree, ...],
    kwargs: Config,
    sizes: tuple[UnknownSizes, UnknownSizes],
) -> Traced:
    """Trace `module` with both `sizes`; an output size that differs is unknown as well."""
    first = trace_at(module, args, kwargs, sizes[0])
    given_shapes = [tensor.shape for tensor in symbolic_leaves((args, kwargs))]
    if not any(None in shape for shape in given_shapes):
        return first
    second = trace_at(module, args, kwargs, sizes[1])
    if [w.shape for w in first.weights] != [w.shape for w in second.weights]:
        raise WeightsDependOnSizeError(
            "its weights depend on a size that is None in the input shape "
            f"{given_shapes}; give that size."
        )
    return Traced(
        common(first.outputs, second.outputs), common(first.masks, second.masks), first.weights
    )


def shapes_named_by(error: Exception) -> list[int]:
    """The sizes in the shapes that JAX names where arrays do not go together, such as (8, 1).

    The message of a layer that refuses its input names what it was tried with: it tells nothing.
    """
    if not re.search("incompatible shapes|shapes that differ", str(error), re.IGNORECASE):
        return []
    named = re.findall(r"\(([\d, ]+)\)", str(error))
    return [int(size) for shape in named for size in re.findall(r"\d+", shape)]


def other_sizes(
    module: nn.Module, args: tuple[PyTree, ...], kwargs: Config, named: Sequence[int]
) -> Iterator[tuple[UnknownSizes, UnknownSizes]]:
    """What to try where the default sizes do not fit: known sizes for the batch or the others."""
    shapes_given = [tensor.shape for tensor in symbolic_leaves((args, kwargs))]
    batch = any(None in shape[:1] for shape in shapes_given)
    other = others_unknown(args, kwargs)
    a, b = DEFAULT_SIZES
    sizes = known_sizes(module, args, kwargs, named) if batch or other else []
    for size in sizes:
        if batch:
            yield UnknownSizes(size, a.other), UnknownSizes(size, b.other)
        if other:
            yield UnknownSizes(a.batch, size), UnknownSizes(b.batch, size)
    for of_batch, of_others in itertools.product(sizes[:6], repeat=2) if batch and other else ():
        yield UnknownSizes(of_batch, of_others), UnknownSizes(of_batch, of_others)


def freed(
    module: nn.Module,
    args: tuple[PyTree, ...],
    kwargs: Config,
    sizes: tuple[UnknownSizes, UnknownSizes],
) -> tuple[UnknownSizes, UnknownSizes]:
    """Sizes that fit, with every size left unknown that may be another one."""
    one, two = sizes
    known = {
        (id(tensor), axis): one.other if axis else one.batch
        for tensor in symbolic_leaves((args, kwargs))
        for axis, size in enumerate(tensor.shape)
        if size is None and (one.other == two.other if axis else one.batch == two.batch)
    }

    def with_known(chosen: Mapping[tuple[int, int], int]) -> tuple[UnknownSizes, UnknownSizes]:
        first, second = DEFAULT_SIZES
        return first._replace(known=chosen), second._replace(known=chosen)

    for axis_of_tensor in list(known):
        others = {key: size for key, size in known.items() if key != axis_of_tensor}
        with contextlib.suppress(Exception):  # this one cannot be another
            trace_twice(module, args, kwargs, with_known(others))
            known = others
    return with_known(known)


def known_sizes(
    module: nn.Module, args: tuple[PyTree, ...], kwargs: Config, named: Sequence[int]
) -> list[int]:
    """The sizes in shapes and among the arguments of an operation, those named in an error, each
    once, and 1 at the end.
    """
    leaves = jax.tree.leaves((args, kwargs, operands(module)), is_leaf=is_variable)
    sizes: list[int] = []
    for leaf in leaves:
        if isinstance(leaf, int) and not isinstance(leaf, bool):
            sizes.append(leaf)
        sizes += [size for size in getattr(leaf, "shape", ()) if size is not None]
    several = [size for size in dict.fromkeys([*sizes, *named]) if size > 1]
    return [*several, 1] if 1 in sizes else several


def operands(module: nn.Module) -> PyTree:
    """The arguments of an operation that are not symbolic."""
    saved = getattr(module, "saved", None)
    return None if saved is None else (saved.args, dict(saved.kwargs or {}))


def common(a: PyTree, b: PyTree) -> PyTree:
    """The structures' shapes where they agree, with None where they differ."""
    return jax.tree.map(
        lambda p, q: TensorSpec(
            tuple(m if m == n else None for m, n in zip(p.shape, q.shape, strict=True)), p.dtype
        ),
        a,
        b,
    )
