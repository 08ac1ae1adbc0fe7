"""Whole training states on disk, through Orbax: written in the background, all or nothing."""

from __future__ import annotations

import errno
import shutil
import tempfile
from pathlib import Path

import jax

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.runtime.arrays import copied
from jaxcnn.training.input.feed import Feed
from jaxcnn.training.session import TrainingSession
from jaxcnn.training.state import TrainState

KEEP = 2  # the newest checkpoints that stay


class Checkpoints:
    """The checkpoints of one `fit` in a folder.

    A checkpoint holds the `TrainState` (weights, statistics, optimizer, random numbers, running
    sums), where in which epoch it was taken, the state of data that has one, and the state of the
    callbacks with the history, so that a run that continues from it ends with the same bits as one
    that was never interrupted.

    Args:
        directory: made when it does not exist.
        every: save also each time this many updates have passed, not only at the end of an epoch.

    Raises:
        OSError: when the folder cannot be made or written, here or later, or has no room for a
            checkpoint.
        ValueError: when `every` is not a positive integer.
    """

    def __init__(self, directory: str | Path, every: int | None = None) -> None:
        import orbax.checkpoint as ocp

        if every is not None and (not isinstance(every, int) or every < 1):
            raise ValueError(
                f"`checkpoint_every` is {every!r}; it must be a positive number of updates."
            )
        self.directory = Path(directory).expanduser().absolute()
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryFile(dir=self.directory) as probe:
                probe.write(bytes(4096))
        except OSError as error:
            raise type(error)(
                error.errno,
                f"The checkpoint folder cannot be written ({error.strerror})",
                str(self.directory),
            ) from None
        self.every = every
        self._ocp = ocp

        class Manager(ocp.CheckpointManager):
            def reached_preemption(self, step: int) -> bool:
                """Never: JAX counts the questions of a process, and only the training loop asks."""
                return False

        self._manager = Manager(
            self.directory,
            options=ocp.CheckpointManagerOptions(max_to_keep=KEEP, enable_async_checkpointing=True),
        )
        self.saved_at = 0

    def restore(
        self, session: TrainingSession, callbacks: CallbackList, feed: Feed, first_epoch: int
    ) -> tuple[int, int]:
        """Continue from the newest checkpoint, if any: (epoch, steps of it that are done)."""
        step = self.newest
        if step is None:
            self.saved_at = int(session.state.step)
            self._require_room(session.state)
            return first_epoch, 0
        args = self._ocp.args
        saved = self._manager.restore(step, args=args.Composite(place=args.JsonRestore()))["place"]
        if different := first_difference(saved["layout"], layout(session.state)):
            raise ValueError(
                f"The checkpoint of step {step} in {self.directory} does not belong to this model "
                f"and optimizer: {different}. Use another folder, or the model that wrote it."
            )
        session.set_state(self.newest_state(session.state)[0], saved["seed"], saved["numbers"])
        session.model.stop_training = saved["stopped"]
        callbacks.set_state(saved["callbacks"])
        if saved["has_arrays"]:
            items = self._manager.restore(step, args=args.Composite(arrays=args.PyTreeRestore()))
            callbacks.set_arrays(items["arrays"])
        feed.set_state(saved.get("data"))
        self.saved_at = step
        return saved["epoch"], saved["done"]

    @property
    def newest(self) -> int | None:
        """The step of the newest checkpoint, None where there is none."""
        step: int | None = self._manager.latest_step()
        return step

    def newest_state(self, like: TrainState) -> tuple[TrainState, int]:
        """(the state of the newest checkpoint, its step), placed on the devices as the state `like`
        is.
        """
        self._manager.wait_until_finished()
        args, step = self._ocp.args, self._manager.latest_step()
        items = self._manager.restore(
            step, args=args.Composite(state=args.StandardRestore(jax.tree.map(abstract, like)))
        )
        return items["state"], step

    def due(self, state: TrainState) -> bool:
        """Whether `every` updates have passed since the last save."""
        return self.every is not None and int(state.step) - self.saved_at >= self.every

    def save(
        self,
        session: TrainingSession,
        callbacks: CallbackList,
        feed: Feed,
        epoch: int,
        done: int,
    ) -> None:
        """Save the state after `done` steps of `epoch`; writing continues in the background."""
        self._require_room(session.state)
        args = self._ocp.args
        arrays = callbacks.get_arrays()
        # Named as in the checkpoints of earlier versions.
        position = {
            "epoch": epoch,
            "done": done,
            "layout": layout(session.state),
            "seed": session.seed,
            "numbers": session.optimizer.hyper(),
            "stopped": session.model.stop_training,
            "callbacks": callbacks.get_state(),
            "has_arrays": bool(arrays),
            "data": feed.get_state(),
        }
        # The next step reuses the memory of the state, so what is written in the background must be
        # a copy.
        items: dict[str, object] = {
            "state": args.StandardSave(copied(session.state)),
            "place": args.JsonSave(position),
        }
        if arrays:
            items["arrays"] = args.PyTreeSave(arrays)
        self.saved_at = int(session.state.step)
        self._manager.save(self.saved_at, args=args.Composite(**items), force=True)

    def _require_room(self, state: TrainState) -> None:
        """Raise OSError where the disk has no room for `state`: before training, not after an epoch
        of it.
        """
        needed = sum(array.nbytes for array in jax.tree.leaves(state)) / jax.process_count()
        free = shutil.disk_usage(self.directory).free
        if free < needed:
            raise OSError(
                errno.ENOSPC,
                "The disk of the checkpoint folder is full: a checkpoint takes "
                f"{needed / 2**20:.1f} MiB, and {free / 2**20:.1f} MiB are free",
                str(self.directory),
            )

    def close(self) -> None:
        """Wait until everything is on disk."""
        self._manager.wait_until_finished()
        self._manager.close()


def abstract(array: jax.Array) -> jax.ShapeDtypeStruct:
    """Shape, dtype and placement of an array, to restore one like it."""
    return jax.ShapeDtypeStruct(array.shape, array.dtype, sharding=array.sharding)


def layout(state: TrainState) -> dict[str, str]:
    """Path -> dtype and shape of every array of a state."""
    leaves = jax.tree_util.tree_flatten_with_path(state)[0]
    return {
        jax.tree_util.keystr(path).lstrip("."): f"{array.dtype}{list(array.shape)}"
        for path, array in leaves
    }


def first_difference(saved: dict[str, str], expected: dict[str, str]) -> str | None:
    """Where two layouts differ, in words, or None."""
    for path in [*expected, *saved]:
        if saved.get(path) != expected.get(path):
            return (
                f"it has {saved.get(path, 'nothing')} at {path}, but "
                f"{expected.get(path, 'nothing')} is expected"
            )
    return None
