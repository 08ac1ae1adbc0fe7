"""Data of every form on its way to the training step: checked, cut into batches, made ready in the
background. `open_feed` is the one door.

**The forms of data.** `x` may be arrays (of NumPy, JAX, pandas, PyTorch, or anything that
`numpy.asarray` takes), a list or dict of them, an array on disk (`h5py.Dataset`, `HDF5Matrix`),
which is read batch by batch, or a source of ``(inputs, targets)`` or
``(inputs, targets, sample_weights)`` (for `predict` perhaps only inputs):

* a generator or other iterator of batches, which continues from epoch to epoch; it needs a number
  of steps;
* a `jaxcnn.utils.Sequence` of batches by number, shuffled again for each pass where `shuffle` is
  true;
* an iterable of batches (a tf.data or grain dataset, a loader), started again for each pass;
* a source with ``__len__`` and ``__getitem__`` of single examples (tensorflow-datasets, grain,
  PyTorch), which are shuffled and put together to batches of `batch_size`; of batches, where their
  inputs have a batch axis.

Sources are pulled and made ready by a thread while the device trains; `workers` threads or
processes make the batches of Sequences and sources of examples, in an order that does not depend on
them. At most ``max_queue_size + workers`` batches are pulled before they are needed.
"""

from jaxcnn.training.input.door import Data, FeedSettings, checked_arrays, open_feed, whole_batch

__all__ = ["Data", "FeedSettings", "checked_arrays", "open_feed", "whole_batch"]
