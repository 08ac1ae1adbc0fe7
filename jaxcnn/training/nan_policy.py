"""What a `fit` does when the loss or its gradient is not finite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.stories import told_in
from jaxcnn.training.diagnosis import first_bad_layer
from jaxcnn.training.input.feed import Portion
from jaxcnn.training.saves import Saves
from jaxcnn.training.session import TrainingSession, with_hyperparameters_of
from jaxcnn.training.steps import AtNaN

# Of the policies, what the step itself must do.
IN_THE_STEP: dict[str, AtNaN] = {"raise": "halt", "rollback": "halt", "skip": "skip"}


class NonFiniteLossError(FloatingPointError):
    """The loss became NaN or infinite and `fit` was asked to stop there.

    Examples:
        >>> try:
        ...     model.fit(x * np.nan, y, verbose=0, nan="raise")
        ... except jc.training.NonFiniteLossError as error:
        ...     print(str(error)[:26])
        The loss is not finite at
    """


@dataclass
class NaNPolicy:
    """The policy of one `fit`.

    Attributes:
        policy: "warn" at the end of an epoch, "ignore", "raise" before the step that would spoil
            the weights, "skip" that step, or "rollback" to the last checkpoint.
        session: the running state.
        saves: which have the checkpoints to go back to.
    """

    policy: str
    session: TrainingSession
    saves: Saves

    def after_call(self, portion: Portion, before: int, began: int) -> None:
        """Stop, or roll back and train on, where the steps of a call have halted.

        Args:
            portion: the batches of the call.
            before: steps of the epoch that were done before it.
            began: updates that were done when the epoch began.
        """
        if self.policy not in ("raise", "rollback"):
            return
        with self.session.clock.running("device"):
            bad = int(self.session.state.nan_step)
        while bad >= 0:
            self.session.state = replace(self.session.state, nan_step=filled((), -1, np.int32))
            index = bad - began - before
            if self.policy == "raise":
                self._stop(portion, index, bad, began)
            self._roll_back(bad, began)
            bad = self._train_on(portion, index + 1)

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        """Warn of what has happened in an epoch, and add the number of `skipped` steps."""
        if self.policy == "warn" and not np.isfinite(logs["loss"]):
            warn_user(
                f"The loss of epoch {epoch + 1} is {logs['loss']}; fit(nan='raise') stops there "
                "and names the layer.",
                RuntimeWarning,
            )
        if self.policy in ("skip", "rollback"):
            logs["skipped"] = skipped = int(self.session.state.skipped)
            if skipped and self.policy == "skip":
                warn_user(
                    f"The loss or its gradient was not finite at {skipped} steps of epoch "
                    f"{epoch + 1}; they were skipped.",
                    RuntimeWarning,
                )

    @told_in("not-finite")
    def _stop(self, portion: Portion, index: int, bad: int, began: int) -> NoReturn:
        session = self.session
        place_of_nan = first_bad_layer(
            session.model, session.state, portion.batch_at(index), session.augment
        )
        raise NonFiniteLossError(
            f"The loss is not finite at step {bad} (step {bad - began + 1} of its epoch): "
            f"{place_of_nan}. The weights are those from before this step."
        )

    def _roll_back(self, bad: int, began: int) -> None:
        """The state of the newest checkpoint, but at the step after the bad one; the running sums
        stay.
        """
        session = self.session
        saved, saved_step = self.saves.newest_state()
        session.state = replace(
            saved,
            opt_state=with_hyperparameters_of(session.optimizer, saved.opt_state),
            step=filled((), bad + 1, np.int32),
            metrics=session.state.metrics,
            skipped=session.state.skipped + 1,
        )
        warn_user(
            f"The loss is not finite at step {bad} (step {bad - began + 1} of its epoch): back to "
            f"the weights and the optimizer of the checkpoint of step {saved_step}, and on with "
            "the batch after the bad one.",
            RuntimeWarning,
        )

    def _train_on(self, portion: Portion, first: int) -> int:
        """Train on the batches of a portion from number `first` on.

        Returns:
            The step that is not finite there, or -1.
        """
        bad = -1
        for index in range(first, portion.steps):
            self.session.train_on(portion.batch_at(index))
            if (bad := int(self.session.state.nan_step)) >= 0:
                break
        return bad
