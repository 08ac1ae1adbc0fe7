"""Process-wide settings: number type, fuzz factor, image data format, seed and the folder for data.

The first three start from ``~/.keras/keras.json`` when that file exists; it is read when a setting
is first asked for, never at import. Everything that is random in the library is a function of
:func:`seed`.
"""

import dataclasses
import json
import operator
import os
import warnings
from collections.abc import Callable
from pathlib import Path

from jaxcnn.runtime.drawn_seed import DrawnSeed
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.keywords import suggesting

FLOAT_TYPES = ("float16", "bfloat16", "float32", "float64")
DATA_FORMATS = ("channels_last", "channels_first")


@dataclasses.dataclass
class _Settings:
    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    seed: int | None = None  # as it was set; without one it is drawn
    draws: int = 0  # random keys taken since the seed was set
    learning_phase: int | None = None
    compute_dtype: str | None = None


_settings: _Settings | None = None  # None until a setting is first needed
_drawn = DrawnSeed()


def floatx() -> str:
    """Name of the number type that layers compute in, for example ``'float32'``.

    Examples:
        >>> jc.config.floatx()
        'float32'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    return _current().floatx


def set_floatx(floatx: str) -> None:
    """Set the number type: 'float16', 'bfloat16', 'float32' or 'float64'.

    A program of old Keras that sets 'float64' switches JAX's 64 bits on.

    Args:
        floatx: 'float16', 'bfloat16', 'float32' or 'float64'.

    Raises:
        ValueError: unknown name, or 'float64' while JAX is limited to 32 bits.

    Examples:
        >>> jc.config.set_floatx("float32")

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    _current().floatx = _checked_floatx(floatx)


def mixed_precision(dtype: str | None) -> None:
    """Compute in `dtype`, "bfloat16", in models that are compiled from now on; None is full
    precision again.

    Weights, running statistics, losses, metrics and the optimizer's state stay float32. On GPU and
    TPU this is about twice as fast and takes half the memory for what is kept between forward and
    backward pass.

    Args:
        dtype: 'bfloat16', or None for full precision.

    Raises:
        ValueError: something else; float16 would need its losses scaled.

    Examples:
        >>> jc.mixed_precision("bfloat16")
        >>> jc.config.compute_dtype()
        'bfloat16'
        >>> jc.mixed_precision(None)

    References:
        - Micikevicius et al., "Mixed Precision Training", 2017, <https://arxiv.org/abs/1710.03740>
    """
    if dtype not in (None, "float32", "bfloat16"):
        raise ValueError(
            "mixed_precision takes 'bfloat16', or None or 'float32' for full precision; got "
            f"{dtype!r}."
        )
    _current().compute_dtype = "bfloat16" if dtype == "bfloat16" else None


def compute_dtype() -> str | None:
    """The number type that `mixed_precision` has set; None for that of the weights.

    Examples:
        >>> jc.config.compute_dtype() is None
        True

    References:
        - Micikevicius et al., "Mixed Precision Training", 2017, <https://arxiv.org/abs/1710.03740>
    """
    return _current().compute_dtype


def epsilon() -> float:
    """The fuzz factor that keeps logarithms and divisions finite (1e-7 unless set).

    Examples:
        >>> jc.config.epsilon()
        1e-07

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    return _current().epsilon


def set_epsilon(e: float) -> None:
    """Set the fuzz factor, a positive number. Functions that are already compiled keep the old one.

    Args:
        e: a positive finite number.

    Raises:
        ValueError: not a positive finite number.

    Examples:
        >>> jc.config.set_epsilon(1e-5)
        >>> jc.config.epsilon()
        1e-05
        >>> jc.config.set_epsilon(1e-7)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    _current().epsilon = _checked_epsilon(e)


def image_data_format() -> str:
    """``'channels_last'`` (batch, rows, columns, channels) or ``'channels_first'`` (batch,
    channels, rows, columns).

    Examples:
        >>> jc.config.image_data_format()
        'channels_last'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    return _current().image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set the data format that image layers take when they are given none.

    Args:
        data_format: 'channels_last' or 'channels_first'.

    Raises:
        ValueError: neither 'channels_last' nor 'channels_first'.

    Examples:
        >>> jc.config.set_image_data_format("channels_last")

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    _current().image_data_format = _checked_data_format(data_format)


def seed() -> int:
    """The seed from which initial weights, shuffling, dropout and augmentation are derived.

    It is the one of `set_random_seed`, or of the environment variable ``JAXCNN_SEED``; without
    either it follows the global state of NumPy, as in Keras 2: ``np.random.seed(n)`` decides it,
    and where nothing does, each process has its own.

    Examples:
        >>> jc.utils.set_random_seed(1)
        >>> jc.config.seed()
        1

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/utils/rng_utils.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/utils/rng_utils.py>
    """
    settings = _current()
    if settings.seed is not None:
        return settings.seed
    drawn, new = _drawn.seed()
    if new:
        settings.draws = 0
    return drawn


def seed_is_set() -> bool:
    """Whether somebody has chosen the seed.

    Examples:
        >>> jc.utils.set_random_seed(1)
        >>> jc.config.seed_is_set()
        True
    """
    return _current().seed is not None


def new_trial() -> None:
    """Draw another seed, where none was chosen, as programs do between two trials.

    Examples:
        >>> jc.config.new_trial()
    """
    _drawn.new_trial()


@suggesting
def set_random_seed(seed: int) -> None:
    """Set the one seed that decides everything random.

    Args:
        seed: an integer from 0 to 2**32 - 1.

    Raises:
        TypeError: not an integer.
        ValueError: outside 0 .. 2**32 - 1.

    Examples:
        >>> jc.utils.set_random_seed(1)
        >>> first = jc.initializers.RandomNormal()((2,))
        >>> jc.utils.set_random_seed(1)
        >>> bool((jc.initializers.RandomNormal()((2,)) == first).all())
        True

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/utils/rng_utils.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/utils/rng_utils.py>
    """
    value = operator.index(seed)
    if not 0 <= value < 2**32:
        raise ValueError(f"The seed must lie in 0 .. 4294967295, got {value}.")
    _current().seed = value
    _current().draws = 0


def count_draw() -> int:
    """How many random keys were taken before this one since the seed was set: 0, 1, ...

    Examples:
        >>> jc.utils.set_random_seed(1)
        >>> jc.config.count_draw(), jc.config.count_draw()
        (0, 1)
    """
    _current().draws += 1
    return _current().draws - 1


def learning_phase() -> int | None:
    """1 when layers and models are to run in training mode and 0 in inference mode; None leaves it
    to the caller.

    Layers and models read it when they are called, trained or asked to predict; modules and pure
    steps never do.

    Examples:
        >>> jc.config.learning_phase() is None
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _current().learning_phase


def in_training(otherwise: bool) -> bool:
    """Whether layers that are called now run in training mode: as the learning phase says, else as
    the caller does.

    Args:
        otherwise: what the caller does.

    Examples:
        >>> jc.config.in_training(False)
        False

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    phase = learning_phase()
    return otherwise if phase is None else bool(phase)


def set_learning_phase(value: int | None) -> None:
    """Fix the learning phase to 0 or 1, or leave it open again with None.

    Args:
        value: 0, 1 or None.

    Raises:
        ValueError: something else.

    Examples:
        >>> jc.config.set_learning_phase(0)
        >>> jc.config.in_training(True)
        False
        >>> jc.config.set_learning_phase(None)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if value not in (0, 1, None):
        raise ValueError(
            f"The learning phase is 0 (inference), 1 (training) or None (open), got {value!r}."
        )
    _current().learning_phase = None if value is None else int(value)


def home() -> Path:
    """The folder for data sets and downloads: ``$JAXCNN_HOME``, by default ``~/.jaxcnn``. It may
    not exist yet.

    Examples:
        >>> jc.config.home().name != ""
        True
    """
    return Path(os.environ.get("JAXCNN_HOME") or "~/.jaxcnn").expanduser()


def keras_home() -> Path:
    """The folder of Keras's own downloads: ``$KERAS_HOME``, by default ``~/.keras``. It may not
    exist.

    Examples:
        >>> jc.config.keras_home().name != ""
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/data_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/data_utils.py>
    """
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()


def reset() -> None:
    """Forget every setting: the defaults and the settings file count again.

    Examples:
        >>> jc.config.set_epsilon(1e-5)
        >>> jc.config.reset()
        >>> jc.config.epsilon()
        1e-07
    """
    global _settings
    _settings = None
    _drawn.forget()


def _current() -> _Settings:
    global _settings
    if _settings is None:
        _settings = _from_file(keras_home() / "keras.json")
        if chosen := os.environ.get("JAXCNN_SEED"):
            set_random_seed(int(chosen))
    return _settings


def _from_file(path: Path) -> _Settings:
    settings = _Settings()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(stored, dict):
            raise ValueError("it must hold one JSON object")
    except FileNotFoundError:
        return settings
    except (OSError, ValueError) as problem:
        warnings.warn(f"{path} cannot be read and is ignored: {problem}.", stacklevel=4)
        return settings
    checks: dict[str, Callable[[object], str | float]] = {
        "floatx": _checked_floatx,
        "epsilon": _checked_epsilon,
        "image_data_format": _checked_data_format,
    }
    for key, check in checks.items():
        if key in stored:
            try:
                setattr(settings, key, check(stored[key]))
            except ValueError as problem:
                warnings.warn(f"{path}: {key} is ignored. {problem}", stacklevel=4)
    return settings


def _checked_floatx(value: object) -> str:
    if value not in FLOAT_TYPES:
        raise ValueError(f"floatx must be one of {', '.join(FLOAT_TYPES)}, got {value!r}.")
    if value == "float64":
        import jax

        if chosen():
            jax.config.update("jax_enable_x64", True)
        if jax.dtypes.canonicalize_dtype("float64") != "float64":
            raise ValueError(
                "float64 needs jax.config.update('jax_enable_x64', True) before it is chosen."
            )
    return str(value)


def _checked_epsilon(value: object) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0.0 < value < float("inf")
    ):
        raise ValueError(f"epsilon must be a positive number, got {value!r}.")
    return float(value)


def _checked_data_format(value: object) -> str:
    if value not in DATA_FORMATS:
        raise ValueError(
            f"image_data_format must be 'channels_last' or 'channels_first', got {value!r}."
        )
    return str(value)
