"""Models as scikit-learn estimators, for its searches, scores and pipelines."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.callbacks import History
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.naming import fresh_names
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.structure import described
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.utils.np_utils import to_categorical

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.metrics import r2_score
    from sklearn.utils import Tags
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import (
        _check_sample_weight,
        check_is_fitted,
        column_or_1d,
        validate_data,
    )
except ImportError as error:
    raise ImportError(
        "jaxcnn.wrappers.scikit_learn needs scikit-learn: pip install scikit-learn."
    ) from error

__all__ = ["KerasClassifier", "KerasRegressor"]

# What makes a compiled model.
Builder: TypeAlias = Callable[..., Model]

METHODS = ("fit", "predict", "predict_classes", "predict_proba", "evaluate")


@dataclasses.dataclass
class _Stored:
    """A trained model as plain values."""

    structure: Config
    weights: list[np.ndarray]
    training: Config
    history: Config

    def model(self) -> Model:
        model: Model = LAYERS.deserialize(self.structure)
        model.set_weights(self.weights)
        model.compile_from(self.training)
        model.history = History()
        model.history.set_state(self.history)
        return model


class KerasEstimator(BaseEstimator):
    """The parts that the classifier and the regressor share.

    Args:
        build_fn: a function, or an object with ``__call__``, that returns a compiled model with one
            input and one output; None when a subclass defines ``__call__`` for this.
        **sk_params: arguments of `build_fn` and of the model's `fit`, `predict` and `evaluate`, to
            be set and searched by scikit-learn; arguments given to a method itself go before them.

    Attributes:
        model: the trained model.
        history: the values of every epoch, as in the `History` of `fit`; empty before.

    Raises:
        ValueError: a parameter that neither `build_fn` nor those methods take.
    """

    model_: Model
    classes_: np.ndarray

    def __init__(self, build_fn: Builder | None = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    @property
    def model(self) -> Model:
        """The trained model."""
        check_is_fitted(self, "model_")
        return self.model_

    @property
    def history(self) -> Mapping[str, list[float]]:
        """The values of every epoch of the last `fit`."""
        return self._record.history

    @property
    def epoch(self) -> list[int]:
        """The indices of the epochs of the last `fit`."""
        return self._record.epoch

    @property
    def _record(self) -> History:
        record = self.model.history
        assert record is not None  # a trained model has one
        return record

    # -- parameters --------------------------------------------------------------------------------

    def check_params(self, params: Settings) -> None:
        """Raise ValueError for a name that neither `build_fn` nor the model's methods take.

        Args:
            params: name -> value.
        """
        if not params or _takes_anything(self._builder):
            return
        known = {"nb_epoch", *_arguments(self._builder)}
        for name in METHODS:
            known.update(_arguments(getattr(Sequential, name, None)))
        for name in params:
            if name not in known:
                raise ValueError(
                    f"{name} is not a legal parameter of {type(self).__name__} or of its build_fn."
                )

    def get_params(self, deep: bool = True) -> Config:
        """The parameters, the very objects that were given; `deep` changes nothing.

        Args:
            deep: as scikit-learn gives it; it changes nothing. Default: True.
        """
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> KerasEstimator:
        """Change parameters; returns self."""
        if "build_fn" in params:
            self.build_fn = params.pop("build_fn")
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(
        self, fn: Callable[..., object] | None, override: Settings | None = None
    ) -> Config:
        """Those of the parameters that `fn` takes, and `override`, which goes before.

        Args:
            fn: the function or method.
            override: name -> value that goes before.
        """
        known = _arguments(fn)
        return {k: v for k, v in self.sk_params.items() if k in known} | dict(override or {})

    @property
    def _builder(self) -> Builder:
        if self.build_fn is not None:
            return self.build_fn
        if not callable(self):
            raise ValueError(
                f"{type(self).__name__} needs a `build_fn`, or a subclass that defines __call__."
            )
        return self

    # -- training ----------------------------------------------------------------------------------

    def _fit(
        self, x: np.ndarray, y: np.ndarray, sample_weight: ArrayLike | None, kwargs: Settings
    ) -> None:
        builder = self._builder
        with fresh_names():  # the same parameters and data make the same model, also the next time
            self.model_ = builder(**self.filter_sk_params(builder))
        if _loss_name(self.model_) == "categorical_crossentropy" and np.ndim(y) != 2:
            y = (
                to_categorical(y, len(self.classes_))
                if hasattr(self, "classes_")
                else to_categorical(y)
            )
        settings = self.filter_sk_params(Sequential.fit, kwargs)
        if "nb_epoch" in self.sk_params and "nb_epoch" not in settings:
            settings.setdefault("epochs", self.sk_params["nb_epoch"])
        if sample_weight is not None:
            settings["sample_weight"] = _check_sample_weight(sample_weight, x)
        self.model_.fit(x, y, **settings)

    def _checked(self, x: ArrayLike, reset: bool = False) -> np.ndarray:
        """The samples as numbers, of any rank from 2, with as many features as in training."""
        samples: np.ndarray = validate_data(self, x, reset=reset, allow_nd=True, dtype="numeric")
        return samples

    def _checked_pair(
        self, x: ArrayLike, y: ArrayLike, numeric: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        samples, targets = validate_data(
            self, x, y, allow_nd=True, dtype="numeric", multi_output=True, y_numeric=numeric
        )
        return samples, targets

    def _outputs(self, x: ArrayLike, kwargs: Settings) -> np.ndarray:
        settings = self.filter_sk_params(Sequential.predict, kwargs)
        outputs: np.ndarray = self.model.predict(self._checked(x), **settings)
        return outputs

    def _evaluated(
        self, x: ArrayLike, y: np.ndarray, sample_weight: ArrayLike | None, kwargs: Settings
    ) -> dict[str, float]:
        """What the model's `evaluate` says, by name."""
        settings = self.filter_sk_params(Sequential.evaluate, kwargs)
        if sample_weight is not None:
            settings["sample_weight"] = np.asarray(sample_weight)
        values = np.ravel(self.model.evaluate(self._checked(x), y, **settings))
        return dict(zip(self.model.metrics_names, map(float, values), strict=True))

    # -- copies and files --------------------------------------------------------------------------

    def __getstate__(self) -> Config:
        """The parameters and, of a trained model, structure, weights, compilation and history."""
        state = dict(super().__getstate__())
        if isinstance(model := state.pop("model_", None), Model):
            history = (model.history or History()).get_state()
            state["model_"] = _Stored(
                described(model), model.get_weights(), model.training_config(), history
            )
        return state

    def __setstate__(self, state: Settings) -> None:
        """The estimator again; the user's functions need a custom_object_scope."""
        super().__setstate__(
            {k: v.model() if isinstance(v, _Stored) else v for k, v in state.items()}
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


class KerasClassifier(ClassifierMixin, KerasEstimator):
    """A classifier around a model whose outputs are probabilities: of all classes, or the second.

    Attributes:
        classes_: the labels, sorted; for one-hot rows 0, 1, ...
        n_classes_: how many there are.

    Examples:
        >>> def build():
        ...     classes = jc.layers.Dense(2, activation="softmax", input_shape=(2,))
        ...     network = jc.Sequential([classes])
        ...     network.compile("adam", "sparse_categorical_crossentropy")
        ...     return network
        >>> from jaxcnn.wrappers.scikit_learn import KerasClassifier
        >>> classifier = KerasClassifier(build, epochs=1, verbose=0)
        >>> history = classifier.fit(x, np.array(["a", "b", "a", "b"]))
        >>> classifier.classes_.tolist()
        ['a', 'b']

    References:
        - Chollet et al., "Keras 2.0.4: keras/wrappers/scikit_learn.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/wrappers/scikit_learn.py>
    """

    __doc__ += (KerasEstimator.__doc__ or "").partition("\n")[2]

    def fit(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **kwargs: Any
    ) -> KerasClassifier:
        """Build a model and train it.

        Args:
            x: (samples, features) or more axes.
            y: labels of any kind (samples,), or one-hot rows (samples, classes).
            sample_weight: (samples,), in the loss. Default: None.
            **kwargs: for the model's `fit`.

        Returns:
            self, whose `history` is the record of the training.
        """
        samples, labels = self._checked_pair(x, y, numeric=False)
        if labels.ndim == 2 and labels.shape[1] > 1:
            self.classes_ = np.arange(labels.shape[1])
            targets = labels
        else:
            check_classification_targets(labels)
            self.classes_, targets = np.unique(column_or_1d(labels, warn=True), return_inverse=True)
            if len(self.classes_) < 2:
                raise ValueError(
                    f"{type(self).__name__} needs at least two classes; the data has one class."
                )
        self._fit(samples, targets, sample_weight, kwargs)
        return self

    @property
    def n_classes_(self) -> int:
        """How many classes there are, known after `fit`."""
        return len(self.classes_)

    def predict(self, x: ArrayLike, **kwargs: Any) -> np.ndarray:
        """The most probable label of each sample, (samples,).

        In a program for an old Keras (samples, 1) where the model has one output.

        Args:
            x: samples (samples, ...).
        """
        outputs = self._outputs(x, kwargs)
        single = outputs.shape[1] == 1
        labels: np.ndarray = self.classes_[
            (outputs[:, 0] > 0.5).astype(int) if single else outputs.argmax(axis=1)
        ]
        return labels[:, None] if single and chosen() else labels

    def predict_proba(self, x: ArrayLike, **kwargs: Any) -> np.ndarray:
        """The probabilities, (samples, classes), also where the one output is the second class.

        Args:
            x: samples (samples, ...).
        """
        outputs = self._outputs(x, kwargs)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def score(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **kwargs: Any
    ) -> float:
        """The mean accuracy; the model need not have been compiled with it; `kwargs` for `predict`.

        In a program for an old Keras what `evaluate` says of the accuracy, and `kwargs` are for
        it.

        Args:
            x: samples (samples, ...).
            y: their labels (samples,), or one-hot.
            sample_weight: weights of the samples (samples,). Default: None.

        Raises:
            ValueError: in a program for an old Keras the model reports no accuracy.
        """
        labels = np.asarray(y)
        if chosen():
            if labels.ndim == 1:
                labels = np.searchsorted(self.classes_, labels)
            if labels.ndim == 1 and _loss_name(self.model) == "categorical_crossentropy":
                labels = to_categorical(labels, len(self.classes_))
            values = self._evaluated(x, labels, sample_weight, kwargs)
            for name in ("acc", "accuracy"):
                if name in values:
                    return values[name]
            raise ValueError(
                "The model is not configured to compute accuracy. You should pass "
                '`metrics=["accuracy"]` to the `model.compile()` method.'
            )
        labels = (
            self.classes_[labels.argmax(axis=1)]
            if labels.ndim == 2 and labels.shape[1] > 1
            else labels.ravel()
        )
        right = self.predict(x, **kwargs).ravel() == labels
        return float(
            np.average(right, weights=None if sample_weight is None else np.asarray(sample_weight))
        )


class KerasRegressor(RegressorMixin, KerasEstimator):
    """A regressor around a model; its score is R squared as in scikit-learn, not minus the loss.

    Attributes:
        n_outputs_: the number of targets of a sample.

    Examples:
        >>> def build():
        ...     network = jc.Sequential([jc.layers.Dense(1, input_shape=(2,))])
        ...     network.compile("adam", "mse")
        ...     return network
        >>> from jaxcnn.wrappers.scikit_learn import KerasRegressor
        >>> regressor = KerasRegressor(build, epochs=1, verbose=0)
        >>> history = regressor.fit(x, y)
        >>> regressor.predict(x).shape
        (4,)

    References:
        - Chollet et al., "Keras 2.0.4: keras/wrappers/scikit_learn.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/wrappers/scikit_learn.py>
    """

    __doc__ += "\n" + (KerasEstimator.__doc__ or "").partition("\n")[2]

    def fit(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **kwargs: Any
    ) -> KerasRegressor:
        """Build a model and train it.

        Args:
            x: (samples, features) or more axes.
            y: (samples,) or (samples, outputs).
            sample_weight: (samples,), in the loss. Default: None.
            **kwargs: for the model's `fit`.

        Returns:
            self, whose `history` is the record of the training.
        """
        samples, targets = self._checked_pair(x, y, numeric=True)
        self.n_outputs_ = 1 if targets.ndim == 1 else targets.shape[1]
        self._fit(samples, targets, sample_weight, kwargs)
        return self

    def score(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **kwargs: Any
    ) -> float:
        """R squared; `kwargs` are for `predict`.

        In a program for an old Keras the loss, from 2.2 on minus the loss, and `kwargs` are for
        `evaluate`.

        Args:
            x: samples (samples, ...).
            y: their targets (samples,).
            sample_weight: weights of the samples (samples,). Default: None.
        """
        if chosen():
            loss = self._evaluated(x, np.asarray(y), sample_weight, kwargs)["loss"]
            return -loss if dialect().since_2_2 else loss
        return float(r2_score(y, self.predict(x, **kwargs), sample_weight=sample_weight))

    def predict(self, x: ArrayLike, **kwargs: Any) -> np.ndarray:
        """The predictions, (samples,) of a model with one output.

        In a program for an old Keras before 2.3 without any axis of one: () for one sample.

        Args:
            x: samples (samples, ...).
        """
        outputs = self._outputs(x, kwargs)
        if chosen() and dialect().name != "2.3":
            return np.squeeze(outputs)
        return outputs[:, 0] if outputs.shape[1:] == (1,) else outputs

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _arguments(fn: Callable[..., object] | None) -> set[str]:
    """The names of the arguments of a function or of an object's ``__call__``."""
    if fn is None:
        return set()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {
        name
        for name, p in inspect.signature(fn).parameters.items()
        if p.kind not in kinds and name != "self"
    }


def _takes_anything(fn: Callable[..., object]) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(fn).parameters.values())


def _loss_name(model: Model) -> str:
    loss = model.loss
    return loss if isinstance(loss, str) else getattr(loss, "__name__", "")
