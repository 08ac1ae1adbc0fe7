"""Handles derived from modules: Keras layers from `jaxcnn.nn`, and any Flax module as a layer."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard, cast

import flax.linen as nn

from jaxcnn.layers import naming, symbolic
from jaxcnn.layers.arguments import COMMON, refuse_argument, with_dtype
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import in_our_words, in_words_of_program
from jaxcnn.layers.old_attributes import old_attribute
from jaxcnn.layers.overridden import (
    OverriddenModule,
    RebuiltModule,
    computed_with,
    on_the_graph,
)
from jaxcnn.layers.replaced import weights_in_force
from jaxcnn.layers.symbolic_call import CalledLayer, evaluated_call
from jaxcnn.layers.tracing import placeholders, trace
from jaxcnn.layers.user_layer import bound_module
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import library_part
from jaxcnn.nn.graph import call_parameters
from jaxcnn.nn.lambda_layer import Lambda as LambdaModule
from jaxcnn.nn.recurrent.rnn import state_shapes
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.captures import is_of_library, layer_being_built
from jaxcnn.runtime.docstrings import with_entry
from jaxcnn.runtime.nameless import from_pickle, to_pickle
from jaxcnn.runtime.names import custom_object_scope, get_custom_objects, is_local
from jaxcnn.runtime.types import Config, PyTree, Settings
from jaxcnn.spellings.dialect import DIALECTS, chosen, dialect
from jaxcnn.spellings.orders import order_of_call
from jaxcnn.spellings.stories import told_in
from jaxcnn.spellings.tables import REMOVED, TABLES, Spellings
from jaxcnn.spellings.translate import removed, renewed, translated

FURTHER = (
    "**kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a "
    "Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains them."
)


class ModuleLayer(Layer):
    """A handle derived from a `jaxcnn.nn` module class: its arguments are the module's fields."""

    module_class: ClassVar[type[nn.Module]]

    @told_in("names")
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        args, kwargs = renewed(self.module_class.__name__, args, with_dtype(kwargs))
        names = field_names(self.module_class)
        common = {k: kwargs.pop(k) for k in COMMON if k in kwargs and k not in names}
        if unknown := [k for k in kwargs if k not in names]:
            refuse_argument(type(self).__name__, unknown[0], (*names, *COMMON))
        try:
            fields = dict(own_signature(self.module_class).bind(*args, **kwargs).arguments)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}: {error}.") from None
        if fields.get("dilation_rate") and common.get("name") is None:
            common["name"] = naming.unique_name(type(self).__name__, fields["dilation_rate"])
        super().__init__(**common)
        self._fields = fields
        self._children = nested_layers(self._fields)
        self.module  # noqa: B018  (making it checks the arguments here, where they were written)

    def __getstate__(self) -> Config:
        """The attributes; functions without names are pickled as code."""
        return {**vars(self), "_fields": to_pickle(self._fields)}

    def __setstate__(self, state: Settings) -> None:
        vars(self).update({**state, "_fields": from_pickle(state["_fields"])})

    def __setattr__(self, name: str, value: object) -> None:
        """A setting that a program changes counts from the next call on, and in `get_config`.

        What a layer has been called on is computed as it was. A class of a user's that computes
        itself may keep in an attribute what the layer of the library does not understand.

        Raises:
            ValueError: a value that the constructor would refuse.
        """
        super().__setattr__(name, value)
        if "_fields" not in vars(self) or isinstance(value, Layer | Variable):
            return
        if layer_being_built() is self:
            return
        names = field_names(self.module_class)
        setting: Config = {name: value}
        table = TABLES.get(self.module_class.__name__, Spellings())
        if name not in names and name in table.renames and chosen() and dialect().of_keras_1:
            _, setting, _ = translated(self.module_class.__name__, table, (), setting)
        if setting.keys() <= set(names):
            self._settle(name, setting)

    def _settle(self, name: str, setting: Config) -> None:
        fields, earlier = self._fields, self.module
        settled = {field: self._setting(field) for field in field_names(self.module_class)}
        vars(self).update(_fields={**settled, **setting}, _module=None)
        try:
            self.module  # noqa: B018  (making it checks the value)
        except (TypeError, ValueError):
            vars(self).update(_fields=fields, _module=earlier)
            if type(self).computes_itself():
                return
            vars(self).pop(name, None)
            raise
        for node in self.inbound_nodes:
            node.settled = node.settled or earlier

    def make_module(self) -> nn.Module:
        fields = dict(self._fields)
        for name, value in fields.items():
            if isinstance(value, Layer):
                fields[name] = value.module
            elif is_layer_list(value):
                fields[name] = [layer.module for layer in value]
        try:
            # It may be asked for while another module runs, which it does not become a part of.
            module = self.bare_module(fields)
        except ValueError as error:
            raise ValueError(f"Layer '{self.name}': {error}") from None
        cls = type(self)
        calls = cls.computes_itself()
        # A layer with others inside, or whose states need the batch, keeps its own `build`.
        plain = not self._children and not getattr(module, "stateful", False)
        if cls.build is not ModuleLayer.build or (calls and plain) or cls.steps_itself():
            return RebuiltModule(self, module, parent=None)
        masks = "_masking" in vars(self) or cls.supports_masking is not ModuleLayer.supports_masking
        if calls or masks or not is_of_library(cls.compute_mask):
            return OverriddenModule(self, module, parent=None)
        return module

    def bare_module(self, fields: Config) -> nn.Module:
        """The module of the library that computes the layer, outside of any other."""
        return self.module_class(**fields, parent=None)

    @classmethod
    def computes_itself(cls) -> bool:
        """Whether a subclass has a `call` of its own, which is not that of one of these handles."""
        return not cls.call.__module__.startswith("jaxcnn.layers.")

    @classmethod
    def steps_itself(cls) -> bool:
        """Whether a subclass says what a step over time computes."""
        return False

    if not TYPE_CHECKING:  # to which an object's class is nothing that it could say

        @property
        def __class__(self) -> type:
            """The class, in programs for Keras 1 under the name that it had there."""
            kind = type(self)
            name = naming.class_of_then(self) if is_of_library(kind) and chosen() else kind.__name__
            return kind if name == kind.__name__ else naming.under_name(kind, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles name the class that the layer has, whatever it says."""
        return object.__new__, (type(self),), self.__getstate__()

    def build(self, input_shape: PyTree) -> None:
        """Make the weights for inputs of `input_shape`, unless there are some."""
        if layer_being_built() is self:  # by the `build` of a subclass
            self._declare(input_shape)
        elif bound_module(self) is None and not self.built:
            self._build(self._examples(library_part(self.module), input_shape), {})

    def _declare(self, input_shape: PyTree) -> None:
        """Declare the weights of the layer of the library among those of a subclass."""
        inner = cast(RebuiltModule, self.module).of_library
        vars(self)["declared_for"] = input_shape
        for spec in trace(inner, self._examples(inner, input_shape), {}).weights:
            if len(spec.path) > 1:
                raise TypeError(
                    f"{type(self).__name__} overrides `build` of a layer with others inside, which "
                    "have weights of their own. Derive it from Layer, and keep that layer as an "
                    "attribute."
                )
            variable = Variable.of(spec, self, (spec.collection, *spec.path))
            variable.regularizer = spec.regularizer
            self.weights_store.declare(variable)
            setattr(self, variable.label, variable)

    def _examples(self, inner: nn.Module, input_shape: PyTree) -> tuple[PyTree, ...]:
        """What the layer of the library is called on, for a cell with its states."""
        example = placeholders(self, self.dtype, input_shape)
        if "states" not in call_parameters(type(inner).__call__):
            return (example,)
        states = [(None, *shape) for shape in state_shapes(inner)]
        return example, placeholders(self, self.dtype, states)

    def call(self, inputs: PyTree, *args: PyTree, mask: PyTree = None, **kwargs: PyTree) -> PyTree:
        """The output, as a layer that users write around this one asks for it.

        Raises:
            TypeError: the `call` of a subclass asks for it where only symbolic tensors are known,
                and the layer moves statistics or states.
        """
        args, mask, kwargs = self.in_order_of_call(args, mask, kwargs)
        if self.additions.calling and bound_module(self) is None:
            return on_the_graph(self.module, (inputs, *args), kwargs, mask)
        masked = {"mask": mask} if mask is not None and supports_masks(self.module) else {}
        return self(inputs, *args, **masked, **kwargs)

    def in_order_of_call(
        self, args: tuple[PyTree, ...], mask: PyTree, kwargs: Config
    ) -> tuple[tuple[PyTree, ...], PyTree, Config]:
        """What `call` was given after the inputs, by the names of the positions."""
        parameters = call_parameters(self.module_class.__call__)
        if not args or "states" in parameters:  # those of a cell stand by position
            return args, mask, kwargs
        words = order_of_call(self.module_class.__name__, "initial_state" in parameters)
        named = dict(zip(words, args, strict=False))
        given = {word: value for word, value in named.items() if value is not None}
        return args[len(words) :], given.pop("mask", mask), {**given, **kwargs}

    def _connect(self, args: tuple[PyTree, ...], kwargs: Config) -> PyTree:
        weights = None if self._children else weights_in_force(self)
        if weights is None:
            return super()._connect(args, kwargs)

        def compute(*args: PyTree, **kwargs: PyTree) -> PyTree:
            mask = symbolic.masks_of(args[0])
            return computed_with(weights, library_part(self.module), (args, kwargs), mask)

        return evaluated_call(cast(CalledLayer, self), compute, args, kwargs)

    @property
    def supports_masking(self) -> bool:
        """Whether a mask of the input is passed on; a subclass may set it."""
        return bool(vars(self).get("_masking", supports_masks(self.module)))

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        if "_fields" not in vars(self) or value != self.supports_masking:
            vars(self).update(_masking=value, _module=None)

    def __getattr__(self, name: str) -> Any:
        """The module's settings (`layer.units`) and the weights (`layer.kernel`) by name."""
        if hasattr(type(self), name):  # a property raised AttributeError: its message is shown
            return object.__getattribute__(self, name)
        if name.startswith("_") or "_fields" not in self.__dict__:
            raise AttributeError(name)
        names = field_names(self.module_class)
        if name in names:
            return self._setting(name)
        if name == "state_size" and hasattr(self.module_class, name):
            return getattr(library_part(self.module), name)
        for spec in self.weights_store.known():
            if spec.path[-1] == name:
                return self.variable((spec.collection, *spec.path))
            if DIALECTS["1.2"].weight_label(spec.path[-1]) == name:
                return getattr(self, spec.path[-1])
        with contextlib.suppress(AttributeError):
            return old_attribute(self, self.module_class.__name__, name, names)
        reason = f" {removed(name)}" if name in REMOVED else ""
        raise AttributeError(
            f"Layer '{self.name}' ({type(self).__name__}) has no attribute {name!r}.{reason}"
        )

    def _setting(self, name: str) -> PyTree:
        """An argument as it is in force, also where the handle has an attribute of that name."""
        given = self._fields.get(name)
        if isinstance(given, Layer) or is_layer_list(given):
            return given
        return getattr(library_part(self.module), name)

    @in_words_of_program
    def get_config(self) -> Config:
        settings = super().get_config()
        added = later_fields(self.module_class)
        for name in field_names(self.module_class):
            value = self._setting(name)
            if name not in added or value != added[name]:
                settings[name] = value if self.is_told_itself(value) else serialized(value)
        return settings

    def is_told_itself(self, value: PyTree) -> bool:
        """Whether an argument is a function that an old Keras found again without its name, as
        those of a Lambda.
        """
        of_lambda = chosen() and issubclass(self.module_class, LambdaModule)
        return of_lambda and inspect.isfunction(value) and not is_of_library(value)

    @classmethod
    def from_config(
        cls, config: Settings, custom_objects: Mapping[str, object] | None = None
    ) -> Layer:
        """A new layer from what `get_config` returned.

        Args:
            config: name -> argument of the class.
            custom_objects: the names of classes and functions of your own -> these. Default: None.
        """
        ours = dict(in_our_words(cls, config))
        shaped = "noise_shape" in field_names(cls.module_class)
        if chosen() and not shaped and ours.get("noise_shape", "") is None:
            del ours["noise_shape"]  # as Keras 2.2 tells it of every dropout
        with custom_object_scope(custom_objects):
            return cls(**{name: rebuilt(value) for name, value in ours.items()})


class FlaxLayer(Layer):
    """Any `flax.linen.Module` as a layer: ``FlaxLayer(MyBlock(features=8))``.

    Its mode argument may be called train, training, deterministic or use_running_average.

    Args:
        module: any Flax module, with its arguments.

    Raises:
        TypeError: `module` is none.

    Examples:
        >>> import flax.linen as fnn
        >>> jc.layers.FlaxLayer(fnn.Dense(8))(jnp.ones((2, 4))).shape
        (2, 8)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/utils/jax_layer.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/utils/jax_layer.py>
    """

    def __init__(self, module: nn.Module, **kwargs: Any) -> None:
        if not isinstance(module, nn.Module):
            raise TypeError(f"FlaxLayer takes a flax.linen.Module; given {module!r}.")
        name = kwargs.pop("name", None) or naming.unique_name(type(module).__name__)
        super().__init__(name=name, **kwargs)
        self._module = module


def is_layer_list(value: PyTree) -> TypeGuard[list[Layer]]:
    """Whether an argument is a list of layers."""
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(v, Layer) for v in value)
    )


def supports_masks(module: nn.Module) -> bool:
    """Whether a module, or the one of the library inside it, passes masks on."""
    return bool(getattr(library_part(module), "supports_masking", False))


def nested_layers(fields: Settings) -> dict[str, Layer]:
    """The layers among the arguments, by the names that Flax gives their modules."""
    single: dict[str, Layer] = {}
    listed: dict[str, Layer] = {}
    for name, value in fields.items():
        if isinstance(value, Layer):
            single[name] = value
        elif is_layer_list(value):
            listed |= {f"{name}_{i}": layer for i, layer in enumerate(value)}
    return single | listed


def serialized(value: PyTree) -> PyTree:
    """A field as configuration: layers and functions become names and settings, the rest stays.

    So does a function that no name leads to; a file holds it as code or by the name that it has.
    """
    if is_layer_list(value):
        return [serialized(layer) for layer in value]
    if isinstance(value, Layer):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if callable(value) and not is_local(value):
        return LAYERS.serialize(value)
    return value


def rebuilt(value: PyTree) -> PyTree:
    """A setting with the layers that it describes; other settings stay as they are."""
    if isinstance(value, list):
        return [rebuilt(item) for item in value]
    known = (*LAYERS.names(), *get_custom_objects())
    is_layer = isinstance(value, Mapping) and "config" in value and value.get("class_name") in known
    return LAYERS.deserialize(value) if is_layer else value


def field_names(module_class: type[nn.Module]) -> tuple[str, ...]:
    """The arguments of a module class, without Flax's own `parent` and `name`."""
    return tuple(own_signature(module_class).parameters)


def later_fields(module_class: type[nn.Module]) -> Config:
    """The arguments that Keras added after 2.0.4, with the values that change nothing."""
    fields = dataclasses.fields(module_class)
    return {field.name: field.default for field in fields if "later" in field.metadata}


def own_signature(module_class: type[nn.Module]) -> inspect.Signature:
    """The constructor signature of a module class, without Flax's own `parent` and `name`."""
    parameters = inspect.signature(module_class).parameters.values()
    return inspect.Signature(
        [p.replace(annotation=p.empty) for p in parameters if p.name not in ("parent", "name")]
    )


def keras_layer(
    module_class: type[nn.Module], handle_class: type[ModuleLayer] = ModuleLayer
) -> type[ModuleLayer]:
    """The Keras handle of a module class, of the same name, documentation and arguments.

    It also takes the arguments that all layers take. A module in the same file as its handle is
    called `...Module`, which the handle leaves out; `handle_class` adds what the module cannot do.

    Args:
        module_class: class of Flax modules whose fields become the arguments.
        handle_class: base of the new class. Default: `ModuleLayer`.

    Examples:
        >>> class Double(jc.nn.Layer):
        ...     def __call__(self, x):
        ...         return 2 * x
        >>> jc.layers.keras_layer(Double)()(jnp.array([[2.0, 3.0]]))
        Array([[4., 6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/utils/jax_layer.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/utils/jax_layer.py>
    """
    signature = own_signature(module_class)
    common = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    handle = type(
        module_class.__name__.removesuffix("Module"),
        (handle_class,),
        {
            "module_class": module_class,
            "traits": getattr(module_class, "traits", Traits()),
            "__doc__": with_entry(module_class.__doc__, FURTHER),
            "__module__": "jaxcnn.layers",
            "__signature__": signature.replace(parameters=[*signature.parameters.values(), common]),
        },
    )
    LAYERS.register()(handle)
    return handle
