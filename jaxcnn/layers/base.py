"""The Keras half of a layer: a handle that holds a module, its name, its weights and the record of
its calls.

The mathematics stands in the module (`jaxcnn.nn`); `keras_layer` derives the handle from it,
signature included. Weights live with the handle, so layers and models that are shared train the
same arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import naming
from jaxcnn.layers.call_record import CallRecord
from jaxcnn.layers.custom import Record, UserModule, bound_module
from jaxcnn.layers.input_spec import check_inputs
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, shapes, symbolic_leaves
from jaxcnn.layers.tracing import Traced, trace
from jaxcnn.layers.user import UserCode
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import Session, WeightOwner
from jaxcnn.nn.base import WeightSpec
from jaxcnn.nn.graph import run
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime import config, context
from jaxcnn.runtime.hints import closest
from jaxcnn.runtime.names import Registry

# Keyword arguments that every layer takes besides its own.
COMMON = (
    "name",
    "trainable",
    "dtype",
    "input_shape",
    "batch_input_shape",
    "batch_size",
    "input_dim",
    "input_length",
    "weights",
)

LAYERS = Registry("layer")


class Layer(WeightOwner, UserCode, CallRecord):
    """A layer as Keras users know it.

    Call it on symbolic tensors (`Input`, the output of another layer) to build a model, or on
    arrays to compute. ``layer.module`` is the pure Flax module and ``layer.variables`` its
    variables.

    Args:
        name: a name of its own; by default the class name in snake case with a counter.
        trainable: whether training may move its ``params``; read when a model is compiled.
        input_shape: shape of one sample (None where any size will do), for the first layer of a
            Sequential model.
        batch_input_shape: the same with the batch size in front.
        batch_size: a fixed batch size to go with `input_shape`.
        input_dim: short for ``input_shape=(input_dim,)``; with `input_length`,
            ``(input_length, input_dim)``.
        dtype: dtype of the input, for the first layer of a Sequential model.
        weights: initial weights, as `set_weights` takes them.
    """

    traits: ClassVar[Traits] = Traits()

    def __init__(self, *, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        if unknown := set(kwargs) - set(COMMON):
            raise TypeError(unknown_argument(type(self).__name__, sorted(unknown)[0], COMMON))
        if name is not None and (not isinstance(name, str) or not name):
            raise TypeError(
                f"{type(self).__name__}: `name` is {name!r}; it must be a non-empty string."
            )
        self.name = name or naming.unique_name(type(self).__name__)
        self.trainable = trainable
        self.inbound_nodes: list[Node] = []
        self._children = self.__dict__.get(
            "_children", {}
        )  # layers set as attributes before this ran
        self.dtype = kwargs.get("dtype") or config.floatx()
        self.batch_input_shape = self._declared_input_shape(kwargs)
        self._initial_weights: Sequence[np.ndarray] | None = kwargs.get("weights")
        self._specs: tuple[WeightSpec, ...] | None = None
        self._traced_inputs: Any = None
        self._variables: dict[tuple[str, ...], jax.Array] | None = None
        self._module: nn.Module | None = None
        self._session: Session | None = None
        self.declared: list[Variable] = []
        self._handles: dict[tuple[str, ...], Variable] = {}
        self._record = Record()
        self._user_built = False

    @staticmethod
    def _declared_input_shape(kwargs: Mapping[str, Any]) -> tuple[int | None, ...] | None:
        if (batch_shape := kwargs.get("batch_input_shape")) is not None:
            return tuple(batch_shape)
        shape = kwargs.get("input_shape")
        if shape is None and kwargs.get("input_dim") is not None:
            dim = kwargs["input_dim"]
            shape = (
                (kwargs["input_length"], dim) if kwargs.get("input_length") is not None else (dim,)
            )
        if shape is None:
            return None
        return (kwargs.get("batch_size"), *((shape,) if isinstance(shape, int) else shape))

    # -- the pure half -----------------------------------------------------------------------------

    def make_module(self) -> nn.Module:
        """The Flax module of this layer, made once: here, of a layer that a user wrote with `build`
        and `call`.
        """
        return UserModule(self)

    # -- calls -------------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """On symbolic tensors: the symbolic output.  On arrays: the value, by the weights as they
        are now.
        """
        everything = (inputs, *args)
        if (bound := bound_module(self)) is not None:
            inside = bool(kwargs.pop("training", context.training()))
            return run(bound, everything, kwargs, kwargs.pop("mask", None), inside)[0]
        if symbolic_leaves((everything, kwargs)):
            return self._connect(everything, kwargs)
        if not self.built:
            self._build(everything, kwargs)
        train = config.in_training(bool(kwargs.pop("train", kwargs.pop("training", False))))

        def forward(bound: nn.Module) -> Any:
            return run(bound, everything, dict(kwargs), None, train)[0]

        rngs = {"dropout": jax.random.key(config.seed())}
        mutable = ["batch_stats", "state"] if train else ["state"]
        outputs, changed = nn.apply(forward, self.module, mutable=mutable)(
            self.variables, rngs=rngs
        )
        if jax.tree.leaves(changed):
            self.set_variables(changed)
        return outputs

    def _build(self, args: tuple, kwargs: dict[str, Any]) -> Traced:
        """Trace the module on the given inputs; on the first call this fixes the weights' shapes."""
        traced = self._trace(args, kwargs)
        if self._specs is None:
            own = tuple(s for s in traced.weights if s.path[0] not in self.children)
            self._traced_inputs = (args, kwargs)
            self._adopt(traced.weights)
            self._specs = own
            self._set_initial_weights()
        else:
            expected = {s.path: s.shape for s in self.all_specs()}
            for spec in traced.weights:
                if expected.get(spec.path, spec.shape) != spec.shape:
                    raise ValueError(
                        f"Layer '{self.name}': an input of shape {shapes(args[0])} needs "
                        f"'{'/'.join(spec.path)}' of "
                        f"shape {spec.shape}, but the layer was built with {expected[spec.path]}."
                    )
        return traced

    def _trace(self, args: tuple, kwargs: dict[str, Any]) -> Traced:
        """What the module would do with these inputs; an error names the layer."""
        check_inputs(self, args[0])
        try:
            return trace(self.module, args, kwargs)
        except (ValueError, TypeError) as error:
            if isinstance(error, jax.errors.JAXTypeError):
                raise
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(self._located(error, args)) from None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for an input of `input_shape`, the batch in front, None where any
        size will do.

        Several inputs are a list of shapes, and so are several outputs. Nothing is computed, and no
        call is recorded.

        Raises:
            ValueError: the layer does not take such an input.
        """
        several = isinstance(input_shape, list) and all(
            isinstance(shape, list | tuple) for shape in input_shape
        )
        tensors = [
            SymbolicTensor(tuple(shape), self.dtype, self, 0, 0)
            for shape in (input_shape if several else [input_shape])
        ]
        outputs = self._trace((tensors if several else tensors[0],), {}).outputs
        return jax.tree.map(lambda output: output.shape, outputs)

    def _located(self, error: Exception, args: tuple) -> str:
        text = str(error)
        if f"'{self.name}'" in text:
            return text
        given = shapes(args[0]) if symbolic_leaves(args) else jax.tree.map(jnp.shape, args[0])
        return f"Layer '{self.name}' ({type(self).__name__}), called on an input of shape {given}: {text}"

    def _connect(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        traced = self._build(args, kwargs)
        node = Node(self, args, kwargs)
        index = len(self.inbound_nodes)
        self.inbound_nodes.append(node)
        leaves, structure = jax.tree.flatten(traced.outputs)
        masks = jax.tree.leaves(traced.masks, is_leaf=lambda m: m is None)
        masks = masks if len(masks) == len(leaves) else [None] * len(leaves)
        tensors = [
            SymbolicTensor(
                tuple(leaf.shape),
                leaf.dtype,
                self,
                index,
                i,
                tuple(m.shape) if m is not None else None,
            )
            for i, (leaf, m) in enumerate(zip(leaves, masks, strict=True))
        ]
        node.outputs = jax.tree.unflatten(structure, tensors)
        return node.outputs

    # -- configuration -----------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The arguments that rebuild the layer without its weights."""
        settings: dict[str, Any] = {"name": self.name, "trainable": self.trainable}
        if self.batch_input_shape is not None:
            settings |= {"batch_input_shape": self.batch_input_shape, "dtype": str(self.dtype)}
        return settings

    @classmethod
    def from_config(cls, settings: Mapping[str, Any]) -> Layer:
        """A new layer from what `get_config` gave."""
        return cls(**settings)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def unknown_argument(owner: str, name: str, known: Sequence[str]) -> str:
    """The message for a keyword that `owner` does not take, with the nearest that it does."""
    takes = ", ".join(known)
    return f"{owner} got an unknown argument `{name}`.{closest(name, known)} It takes: {takes}."
