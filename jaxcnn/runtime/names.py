"""One mechanism for every ``get``, ``serialize`` and ``deserialize`` of the library."""

import contextlib
import dataclasses
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar, cast

from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import Config, Identifier, Settings
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.hints import closest, plain
from jaxcnn.spellings.keywords import Suggesting
from jaxcnn.spellings.stories import told_in
from jaxcnn.spellings.tables import REMOVED
from jaxcnn.spellings.translate import removed

T = TypeVar("T")
Named = TypeVar("Named")  # the objects that a registry has names for
# Name -> class, function or object of the user's or of the library.
Objects: TypeAlias = dict[str, Any]

OF_USERS = " Your own can be given in custom_objects."

# Outside of any scope users add to this one dictionary, as to a global.
_custom_objects: ContextVar[Objects] = ContextVar("custom_objects", default={})  # noqa: B039


def is_anonymous(thing: object) -> bool:
    """Whether something is a function that was written as `lambda`."""
    return inspect.isfunction(thing) and thing.__name__ == "<lambda>"


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, those that are there before or `taken` as name_1, name_2, ..."""
    used = set(taken)
    result = []
    for name in names:
        numbered = (f"{name}_{number}" for number in itertools.count(1))
        result.append(next(new for new in itertools.chain([name], numbered) if new not in used))
        used.add(result[-1])
    return result


def is_local(thing: object) -> bool:
    """Whether something is a function that was written inside another, or as `lambda`."""
    return inspect.isfunction(thing) and (is_anonymous(thing) or "<locals>" in thing.__qualname__)


def get_custom_objects() -> Objects:
    """The user's names in force here; entries added outside any scope last for the process."""
    return _custom_objects.get()


def custom_object_scope(
    *custom_objects: Settings | None,
) -> contextlib.AbstractContextManager[Objects]:
    """Within the block every registry knows the given names; additions made inside end with it."""
    names = dict(get_custom_objects())
    for objects in custom_objects:
        names.update(objects or {})
    return scoped(_custom_objects, names)


class Configurable(Suggesting):
    """Described by a dictionary: the fields of a dataclass, unless a subclass says otherwise."""

    def get_config(self) -> Config:
        """The arguments that make an equal object."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_config(cls, config: Settings) -> Self:
        """The object described by ``config``."""
        return cls(**config)


class NamedByKeras1(Configurable):
    """One whose configuration had its name, and for some values other words, in Keras 1.

    Attributes:
        name_then: the name, where it is not that of the class.
        words_then: today's argument -> the word.
    """

    name_then: ClassVar[str] = ""
    words_then: ClassVar[Mapping[str, str]] = {}

    def get_config(self) -> Config:
        """The arguments that make an equal object; in a program for Keras 1 in its words."""
        config = super().get_config()
        if not dialect().of_keras_1:
            return config
        words = {self.words_then.get(name, name): value for name, value in config.items()}
        return {"name": self.name_then or type(self).__name__, **words}

    @classmethod
    def from_config(cls, config: Settings) -> Self:
        """The object described by ``config``, also in the words of Keras 1."""
        today = {word: name for name, word in cls.words_then.items()}
        return cls(**{today.get(k, k): v for k, v in config.items() if k != "name"})


class Registry(Generic[Named]):
    """Maps names to objects of one kind.

    A class is something to build with the arguments of its configuration. A function is itself the
    object, unless ``builders`` is set: then functions, too, are called to make the object. Names
    are found exactly, or else without regard to case and underscores: 'max_norm', 'MaxNorm' and
    'maxnorm' are one name.

    Args:
        kind: word for error messages, for example ``'loss'``.
        builders: registered functions make the objects (``glorot_uniform(seed=1)``).
        advice: what the error about an unknown name ends with.
    """

    def __init__(self, kind: str, *, builders: bool = False, advice: str = OF_USERS) -> None:
        self.kind = kind
        self.advice = advice
        self.builders = builders
        self._objects: Objects = {}  # under the names that the objects carry themselves
        self._aliases: Objects = {}
        self._old: dict[str, Objects] = {}  # dialect -> what names mean in it
        self._expected: dict[str, Callable[[str], object]] = {}  # registered when asked for

    def expect(self, names: Iterable[str], register: Callable[[str], object]) -> None:
        """Know names whose objects are registered, by a call of `register`, when first needed."""
        self._expected.update(dict.fromkeys(names, register))

    def register_old(
        self, *aliases: str, keras: Iterable[str] = ("0.3", "1.2")
    ) -> Callable[[T], T]:
        """Decorator: what its own name and the aliases mean in programs for these Kerases."""

        def keep(thing: T) -> T:
            name: str = thing.__name__  # type: ignore[attr-defined]
            for version in keras:
                self._old.setdefault(version, {}).update(dict.fromkeys((name, *aliases), thing))
            return thing

        return keep

    def register(self, *aliases: str) -> Callable[[T], T]:
        """Decorator: make the object known under its own name and the aliases."""

        def keep(thing: T) -> T:
            name: str = thing.__name__  # type: ignore[attr-defined]
            self._expected.pop(name, None)
            for table, new in (
                (self._objects, name),
                *((self._aliases, alias) for alias in aliases),
            ):
                if new in self._objects or new in self._aliases:
                    raise ValueError(f"The {self.kind} name {new!r} is taken.")
                table[new] = thing
            return thing

        return keep

    def items(self) -> Objects:
        """The registered objects by their own names, without aliases."""
        for name, register in list(self._expected.items()):
            register(name)
        return dict(self._objects)

    def aliases(self, thing: object) -> list[str]:
        """The further names of a registered object."""
        return [alias for alias, known in self._aliases.items() if known is thing]

    def names(self) -> list[str]:
        """Every name and alias, sorted."""
        return sorted({**self._objects, **self._aliases, **self._expected})

    @told_in("names")
    def find(self, name: str) -> Any:
        """The object registered (or given as a custom object) under ``name``.

        Raises:
            ValueError: the name is unknown; the message names the nearest known one.
        """
        custom = get_custom_objects()
        old = self._old.get(dialect().name, {})
        for table in (custom, old, self._objects, self._aliases):
            if name in table:
                return table[name]
        if name in self._expected:
            self._expected[name](name)
            return self._objects[name]
        plain_names = {plain(known): known for known in (*self.names(), *custom)}
        if plain(name) in plain_names:
            return self.find(plain_names[plain(name)])
        if name in REMOVED:
            raise ValueError(removed(name))
        hint = closest(name, plain_names.values()) or f" Known: {', '.join(self.names())}."
        raise ValueError(f"Unknown {self.kind} {name!r}.{hint}{self.advice}")

    def get(self, identifier: Identifier) -> Named:
        """The object meant by ``identifier``.

        Args:
            identifier: None (returns None), a name, a dictionary
                ``{'class_name': ..., 'config': {...}}``, a class (built without arguments), or a
                callable, which is returned as it is.

        Raises:
            ValueError: unknown name, malformed dictionary or something else.
        """
        if isinstance(identifier, str):
            return self._build(self.find(identifier), {})
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier)
        if inspect.isclass(identifier):
            return cast(Named, identifier())
        if identifier is None or callable(identifier):
            return cast(Named, identifier)
        raise ValueError(
            f"The {self.kind} must be a name, a configuration dictionary or a callable, "
            f"got {identifier!r} of type {type(identifier).__name__}."
        )

    def serialize(self, thing: object) -> str | Config | None:
        """A JSON-like description: None, a name, or ``{'class_name': ..., 'config': {...}}``.

        Raises:
            ValueError: the object has neither ``get_config`` nor a name.
        """
        if thing is None:
            return None
        if hasattr(thing, "get_config"):
            return {"class_name": type(thing).__name__, "config": thing.get_config()}
        if hasattr(thing, "__name__"):
            return str(thing.__name__)
        raise ValueError(
            f"The {self.kind} {thing!r} cannot be described: it has neither get_config() nor a "
            "name."
        )

    def deserialize(self, config: Identifier, custom_objects: Settings | None = None) -> Named:
        """The object described by ``config``, the inverse of :meth:`serialize`."""
        with custom_object_scope(custom_objects):
            if not isinstance(config, Mapping):
                return self.get(config)
            if "class_name" not in config:
                raise ValueError(
                    f"The {self.kind} configuration needs 'class_name' and 'config', got "
                    f"{dict(config)!r}."
                )
            return self._build(self.find(config["class_name"]), config.get("config") or {})

    def _build(self, thing: Any, config: Settings) -> Named:
        built: Any = thing
        if inspect.isclass(thing):
            from_config = getattr(thing, "from_config", None)
            built = thing(**config) if from_config is None else from_config(config)
        elif (
            self.builders
            and inspect.isfunction(thing)
            and thing in (*self._objects.values(), *self._old.get(dialect().name, {}).values())
        ):
            built = thing(**config)
        elif config:
            raise ValueError(
                f"The {self.kind} {getattr(thing, '__name__', thing)!r} takes no configuration: "
                f"{config}."
            )
        result: Named = built
        return result
