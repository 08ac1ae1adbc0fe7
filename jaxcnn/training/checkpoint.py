"""Whole training states on disk, through Orbax: written in the background, all or nothing."""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import jax

from jaxcnn.runtime.arrays import copied
from jaxcnn.runtime.types import Config, PyTree, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.folder import held_by_this_job, writable_folder
from jaxcnn.training.state import TrainState

KEEP = 2  # the newest checkpoints that stay
FINISHED = "finished.json"
NEEDED = "place"  # the item of a checkpoint that says what it is

Result = TypeVar("Result")


class Checkpoints:
    """The checkpoints of one `fit` in a folder, which is this job's until they are closed.

    A checkpoint holds the arrays of the `TrainState` by what they are, those of the callbacks, and
    a record: JSON-like values that say where in which run it was taken.

    Args:
        directory: made when it does not exist.
        every: save also each time this many updates have passed, not only at the end of an epoch.

    Raises:
        OSError: when the folder cannot be made or written, here or later, or has no room for a
            checkpoint.
        RuntimeError: another job uses the folder.
        ValueError: when `every` is not a positive integer, or the folder holds something else.
    """

    def __init__(self, directory: str | Path, every: int | None = None) -> None:
        if every is not None and (not isinstance(every, int) or every < 1):
            raise ValueError(
                f"`checkpoint_every` is {every!r}; it must be a positive number of updates."
            )
        import orbax.checkpoint as ocp

        leave_metrics_alone()
        self.directory = writable_folder(directory)
        self.every = every
        self.saved_at = 0
        self._opened = contextlib.ExitStack()
        self._opened.enter_context(held_by_this_job(self.directory))
        self._ocp = ocp
        self._failure: BaseException | None = None
        checkpoints = self

        class Manager(ocp.CheckpointManager):
            def _wait_for_checkpointers(self) -> None:
                """Tell of a failure at once: Orbax itself waits first for the other processes,
                which wait for this one, for 20 minutes.
                """
                try:
                    super()._wait_for_checkpointers()
                except BaseException as error:
                    checkpoints._failure = error
                    raise

            def reached_preemption(self, step: int) -> bool:
                """Never: JAX counts the questions of a process, and only the training loop asks."""
                return False

        self._manager = Manager(
            self.directory,
            options=ocp.CheckpointManagerOptions(max_to_keep=KEEP, enable_async_checkpointing=True),
        )
        self._opened.callback(self._close_manager)
        for step in self._manager.all_steps():
            if not any((self.directory / str(step)).iterdir()):
                self.close()
                raise ValueError(
                    f"{self.directory} holds a folder '{step}' that is no checkpoint: give "
                    "`checkpoint_dir` a folder of its own."
                )

    # -- reading -----------------------------------------------------------------------------------

    @property
    def newest(self) -> int | None:
        """The step of the newest checkpoint, None where there is none."""
        step: int | None = self._manager.latest_step()
        return step

    def newest_readable(self, read: Callable[[int], Result]) -> Result | None:
        """What `read` returns for the step of the newest checkpoint that is whole, if there is any.

        Newer ones that are damaged are put aside, with a warning.

        Raises:
            OSError: all of them are damaged.
        """
        self._manager.wait_until_finished()
        damaged: dict[int, Exception] = {}
        for step in sorted(self._manager.all_steps(), reverse=True):
            try:
                result = read(step)
            except Exception as error:
                if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error):
                    raise
                damaged[step] = error
                continue
            for bad, reason in damaged.items():
                aside = self.move([bad], "damaged")
                warn_user(
                    f"The checkpoint {self.directory / str(bad)} is damaged "
                    f"({first_line(reason)}): it is now in {aside}, and the one of step {step} "
                    "is used.",
                    RuntimeWarning,
                )
            return result
        if damaged:
            paths = ", ".join(str(self.directory / str(step)) for step in damaged)
            raise OSError(
                f"No checkpoint of the run can be read: {paths} "
                f"({first_line(next(iter(damaged.values())))}). fit(..., resume=False) starts over."
            )
        return None

    def record(self, step: int) -> Config:
        """The record of a checkpoint."""
        args = self._ocp.args
        items = self._manager.restore(step, args=args.Composite(place=args.JsonRestore()))
        record: Config = items[NEEDED]
        return record

    def arrays(self, step: int) -> PyTree:
        """The arrays of the callbacks in a checkpoint."""
        args = self._ocp.args
        return self._manager.restore(step, args=args.Composite(arrays=args.PyTreeRestore()))[
            "arrays"
        ]

    def state(self, step: int, like: TrainState, labels: Sequence[str]) -> TrainState:
        """The state in a checkpoint, placed on the devices as the state `like` is."""
        args = self._ocp.args
        leaves, tree = jax.tree.flatten(like)
        expected = dict(zip(labels, map(abstract, leaves), strict=True))
        items = self._manager.restore(
            step, args=args.Composite(state=args.StandardRestore(expected))
        )
        arrays = [items["state"][label] for label in labels]
        state: TrainState = jax.tree.unflatten(tree, arrays)
        return state

    # -- writing -----------------------------------------------------------------------------------

    def due(self, state: TrainState) -> bool:
        """Whether `every` updates have passed since the last save."""
        return self.every is not None and int(state.step) - self.saved_at >= self.every

    def save(
        self, state: TrainState, labels: Sequence[str], record: Settings, arrays: PyTree
    ) -> None:
        """Save a state, the record and the callbacks' arrays; writing goes on in the background."""
        self.require_room(state)
        args = self._ocp.args
        # The next step reuses the memory of the state, so what is written in the background must be
        # a copy.
        leaves = jax.tree.leaves(copied(state))
        items: dict[str, object] = {
            "state": args.StandardSave(dict(zip(labels, leaves, strict=True))),
            NEEDED: args.JsonSave(record),
        }
        if arrays:
            items["arrays"] = args.PyTreeSave(arrays)
        self.settle()
        self.saved_at = int(state.step)
        with self._explained():
            if self.saved_at in self._manager.all_steps():
                self._manager.delete(self.saved_at)
            self._manager.save(self.saved_at, args=args.Composite(**items), force=True)

    def check(self) -> None:
        """Raise what has gone wrong with writing in the background."""
        if self._failure is not None:
            with self._explained():
                raise self._failure

    def settle(self) -> None:
        """Wait until the last save is whole.

        Raises:
            OSError: it cannot be written.
        """
        while self._manager.is_saving_in_progress():
            self.check()
            time.sleep(0.01)
        self.check()

    def require_room(self, state: TrainState) -> None:
        """Raise OSError where the folder is no longer there, or the disk has no room for `state`:
        before training, not after an epoch of it.
        """
        self._require_folder()
        needed = sum(array.nbytes for array in jax.tree.leaves(state)) / jax.process_count()
        free = shutil.disk_usage(self.directory).free
        if free < needed:
            raise full_disk(
                self.directory,
                f": a checkpoint takes {needed / 2**20:.1f} MiB, and {free / 2**20:.1f} MiB are "
                "free",
            )

    def _require_folder(self) -> None:
        """Raise FileNotFoundError where the folder is no longer there."""
        if not self.directory.is_dir():
            raise FileNotFoundError(
                errno.ENOENT,
                "The checkpoint folder has vanished while the run wrote to it; the model has the "
                "weights of the last step",
                str(self.directory),
            )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of writing within the block in one sentence."""
        try:
            yield
        except Exception as error:
            text = str(error)
            self._require_folder()
            step = max((s for s in self._manager.all_steps() if s != self.saved_at), default=0)
            if "No space left" in text or "RESOURCE_EXHAUSTED" in text or "Disk quota" in text:
                raise full_disk(
                    self.directory, f"; the last whole checkpoint is that of step {step}"
                ) from None
            if "File too large" in text:
                raise OSError(
                    errno.EFBIG,
                    "The checkpoint cannot be written, as this process may not write files of its "
                    f"size (ulimit -f); the last whole checkpoint is that of step {step}",
                    str(self.directory),
                ) from None
            raise

    # -- the folder --------------------------------------------------------------------------------

    def finished(self, run: str) -> bool:
        """Whether a run had ended with the newest checkpoint."""
        with contextlib.suppress(OSError, ValueError):
            mark = json.loads((self.directory / FINISHED).read_text(encoding="utf-8"))
            return bool(mark == {"run": run, "step": self.newest})
        return False

    def finish(self, run: str) -> None:
        """Mark a run as ended with the newest checkpoint."""
        if jax.process_index() == 0:
            mark = json.dumps({"run": run, "step": self.saved_at})
            with self._explained():
                (self.directory / FINISHED).write_text(mark, encoding="utf-8")

    def move(self, steps: Sequence[int], label: str) -> Path:
        """Move checkpoints into a new folder below this one; returns that folder."""
        taken = {path.name for path in self.directory.iterdir()}
        number = next(i for i in itertools.count(1) if f"{label}-{i}" not in taken)
        aside = self.directory / f"{label}-{number}"
        if jax.process_index() == 0:
            aside.mkdir()
            for step in steps:
                (self.directory / str(step)).rename(aside / str(step))
        self._reload()
        return aside

    def move_all(self, label: str) -> Path:
        """Move all checkpoints into a new folder below this one; returns that folder."""
        return self.move(list(self._manager.all_steps()), label)

    def keep_finished(self) -> Path:
        """Move the checkpoints of a run that has ended to where the last such ones were."""
        if jax.process_index() == 0:
            shutil.rmtree(self.directory / "finished-1", ignore_errors=True)
        return self.move_all("finished")

    def clear(self) -> None:
        """Remove all checkpoints."""
        for step in list(self._manager.all_steps()):
            self._manager.delete(step)

    def _reload(self) -> None:
        if jax.process_count() > 1:
            from jax.experimental import multihost_utils

            multihost_utils.sync_global_devices("checkpoints moved")
        self._manager.reload()

    def close(self) -> None:
        """Wait until everything is on disk."""
        with self._opened:
            self.settle()

    def _close_manager(self) -> None:
        """Close Orbax's half, but where a save has failed: it would wait for the others."""
        if self._failure is None or jax.process_count() == 1:
            with self._explained():
                self._manager.close()


def full_disk(folder: Path, more: str) -> OSError:
    """The error of a disk that is full."""
    return OSError(errno.ENOSPC, f"The disk of the checkpoint folder is full{more}", str(folder))


def first_line(error: Exception) -> str:
    """The beginning of what an error says."""
    return (str(error).splitlines() or [type(error).__name__])[0][:100]


def abstract(array: jax.Array) -> jax.ShapeDtypeStruct:
    """Shape, dtype and placement of an array, to restore one like it."""
    return jax.ShapeDtypeStruct(array.shape, array.dtype, sharding=array.sharding)


def leave_metrics_alone() -> None:
    """Keep Orbax from counting the bytes of each checkpoint for its log.

    TensorStore never frees what it answers (8 kB a question in 0.1.86): a job that saves every few
    seconds would grow by gigabytes in a week.
    """
    with contextlib.suppress(ImportError):  # a later Orbax may count otherwise
        from orbax.checkpoint._src.serialization import tensorstore_utils

        tensorstore_utils.get_tensorstore_raw_bytes = lambda *_, **__: 0
