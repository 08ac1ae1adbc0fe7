"""Saving and loading, whatever the format: a file is known by what is in it, not by its name."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.assignment import Matching
from jaxcnn.saving.compile_settings import require_known, warn_of
from jaxcnn.saving.containers import archive, hdf5, tensor_bundle, variables
from jaxcnn.saving.dialects.differences import differing_training
from jaxcnn.saving.dialects.versions import version_of
from jaxcnn.saving.remarks import describable_training, remarks, zeros_in_keras3
from jaxcnn.saving.texts import file_config
from jaxcnn.saving.types import CustomObjects, Filename, Network, Trainable
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.stories import told_in
from jaxcnn.utils.untrusted import one_error

if TYPE_CHECKING:
    import h5py

    from jaxcnn.saving.foreign.loading import Mapped
    from jaxcnn.saving.foreign.modules import Report


@suggesting
def save_model(
    model: Trainable,
    filepath: Filename | h5py.Group,
    overwrite: bool = True,
    include_optimizer: bool = True,
    *,
    keras: str | None = None,
) -> None:
    """Write a model: structure, weights, and when it is compiled how it is trained.

    The latter is the arguments of `compile` and the optimizer's state. The format is that of Keras
    3 where the name ends in '.keras', else HDF5 as Keras 2 writes it; in programs for an old Keras
    HDF5 as that wrote it, whatever the name. The file appears whole or not at all.

    What the file cannot hold, such as an optax optimizer or the arguments of a layer without
    `get_config`, is warned of.

    Args:
        model: to save.
        filepath: of the file; missing folders are made. Or an open file or group of h5py.
        overwrite: whether to replace what is there. Default: True.
        include_optimizer: whether to save how the model is trained. Default: True.
        keras: '2.0', '2.2' or '3', to write an HDF5 file for that version alone. None: for all of
            2.x where the model allows it. Of that Keras 2.0 does not read a GRU, which must say
            `reset_after` to later ones. Keras 3 cannot read a Sequential, models with models
            inside and a learning rate that is not the usual one, and computes hard_sigmoid
            otherwise: say '3' for it, which warns of what training and masked steps differ in.

    Raises:
        ValueError: the version asked for has not what the model needs; the message says what. Or a
            version is asked for in a program for Keras 1.
        FileExistsError: when the file exists and `overwrite` is False.
        OSError: it cannot be written; what was there before stays.

    Examples:
        >>> jc.models.save_model(model, "model.keras")
        >>> jc.models.load_model("model.keras").count_params()
        3

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    filepath = located(filepath)
    if keras is not None and dialect().of_keras_1:
        raise ValueError(f"A program for Keras 1 writes its files; leave out keras={keras!r}.")
    version = version_of(keras)
    include_optimizer = include_optimizer and describable_training(model, filepath)
    if keras is not None and include_optimizer and model.optimizer is not None:
        require_known(model.training_config(), version)
    if keras == "3":
        file_config(model, version)  # refuses what it has not
        if include_optimizer and model.optimizer is not None:
            warn_of(differing_training(model.training_config()), filepath)
    for remark in (*remarks(model), *(zeros_in_keras3(model) if keras == "3" else ())):
        warn_user(f"{filepath}: {remark}")
    with model.between_steps():
        if hdf5.is_open(filepath) or chosen() or Path(filepath).suffix != ".keras":
            hdf5.save_hdf5(model, filepath, overwrite, include_optimizer, version)
        elif keras in (None, "3"):
            archive.save_archive(model, filepath, overwrite, include_optimizer)
        else:
            raise ValueError(f"Keras {keras} does not read '.keras' files; name it '.h5'.")


def located(path: Filename | h5py.Group) -> Filename | h5py.Group:
    """The path in full, or what the user has open as it is."""
    return path if hdf5.is_open(path) else os.path.expanduser(path)


@suggesting
def save_weights(model: Network, path: Filename | h5py.Group, overwrite: bool = True) -> None:
    """Write the weights alone.

    As Keras 3 does where the name ends in '.weights.h5', under the names of Flax where it ends in
    '.safetensors', else as Keras 2; in programs for an old Keras as that did, whatever the name.

    Args:
        model: a built model.
        path: of the file; missing folders are made. Or an open file or group of h5py.
        overwrite: whether to replace what is there. Default: True.

    Raises:
        FileExistsError: when the file exists and `overwrite` is False.
        OSError: it cannot be written; what was there before stays.

    Examples:
        >>> jc.saving.save_weights(model, "weights.h5")
        >>> jc.saving.load_weights(model, "weights.h5")

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    path = located(path)
    with model.between_steps():
        if hdf5.is_open(path):
            hdf5.save_hdf5_weights(model, path, overwrite)
        elif str(path).endswith(".weights.h5") and not chosen():
            archive.save_tree(model, path, overwrite)
        elif str(path).endswith(".safetensors"):
            variables.save_variables(model, path, overwrite)
        else:
            hdf5.save_hdf5_weights(model, path, overwrite)


@suggesting
@told_in("files")
def load_model(
    filepath: Filename | h5py.Group,
    custom_objects: CustomObjects = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """The model in a file of any Keras, with its weights, and compiled when it was saved so.

    Args:
        filepath: any name; the content decides. Or an open file or group of h5py.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        compile: whether to use the training configuration in the file. Default: True.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a model file, it is damaged, or it holds what this library does not
            have.

    Examples:
        >>> model.save("model.h5")
        >>> bool(np.allclose(jc.models.load_model("model.h5").predict(x), model.predict(x)))
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    filepath = located(filepath)
    with reading(filepath):
        if not hdf5.is_open(filepath) and zipfile.is_zipfile(filepath):
            return archive.load_archive(filepath, custom_objects, compile, safe_mode)
        with hdf5.opened(filepath) as file:
            return hdf5.read_model(file, filepath, custom_objects, compile, safe_mode)


@suggesting
@told_in("files")
def load_weights(
    model: Network,
    path: Filename | h5py.Group,
    by_name: bool = False,
    skip_mismatch: bool = False,
    reshape: bool = False,
    *,
    by: str | None = None,
    mapping: Mapped | None = None,
) -> Report | None:
    """Put the weights in a file into a model, all of them or, after an error, none.

    A file of safetensors with the names of Flax is one of `save_weights`, or of a Flax module
    with the same layers. Of other frameworks a state_dict of PyTorch is read, from safetensors or
    as torch.save writes it, a layers model of TensorFlow.js (model.json or its folder) and an ONNX
    model. Kernels, gates and flattened images are brought into the layout of the layers. What such
    files do not say must be built in: in PyTorch normalization has epsilon=1e-5, gates are sigmoids
    and a GRU resets after the product; a warning names layers that differ.

    Args:
        model: whose weights to replace; its input shape must be known.
        path: any name; the content decides, or an open file or group of h5py. A file with a whole
            model will do, so will a checkpoint of TensorFlow by the common beginning of its files
            or the folder of a SavedModel.
        by_name: whether to load into the layers of the same names instead of one after another.
            Default: False.
        skip_mismatch: whether to leave layers as they are whose weights have other shapes, with a
            warning. Default: False.
        reshape: whether an array of another shape fits where it has as many numbers. Default:
            False.
        by: 'order' or 'name', the same as `by_name`. Default: None.
        mapping: layer -> name in a file of another framework, 'features.0' in PyTorch; a
            SeparableConv2D takes two. The other layers are loaded as `by` says. Default: None.

    Returns:
        For a file of another framework what went where; print it.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is damaged, or layers or shapes do not fit; the message says which.

    Examples:
        >>> model.save_weights("weights.h5")
        >>> jc.saving.load_weights(model, "weights.h5")

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    from jaxcnn.saving.foreign.loading import load_foreign, read_foreign  # rarely needed

    path = located(path)
    if by not in (None, "order", "name") or (by == "order" and by_name):
        raise ValueError(f"load_weights: by= is 'order' or 'name'; given {by!r}, {by_name=}.")
    model.weight_paths()
    matching = Matching(by_name or by == "name", skip_mismatch, reshape)
    if hdf5.is_open(path):
        hdf5.read_weights(model, path, str(path), matching)
        return None
    with one_error(str(path), "a file of weights"):
        if not mapping and (stored := variables.read_variables(Path(path))) is not None:
            variables.load_variables(model, stored, path, matching)
            return None
        if (content := read_foreign(Path(path))) is not None:
            return load_foreign(model, content, path, matching, mapping)
    if mapping:
        raise ValueError(
            f"{path} is no file of another framework: `mapping` is for those; rename layers."
        )
    load_keras_weights(model, path, matching)
    return None


def load_keras_weights(model: Network, path: Filename, matching: Matching) -> None:
    """`load_weights` from a file of any Keras or a checkpoint of TensorFlow."""
    if (prefix := tensor_bundle.prefix_of(path)) is not None:
        with one_error(str(path), "a checkpoint of TensorFlow"):
            tensor_bundle.load_checkpoint(model, prefix, path, matching)
        return
    with reading(path):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed, archive.weights_of(packed, path) as file:
                archive.load_tree(model, file, path, matching)
            return
        with hdf5.opened(path) as file:
            read = archive.load_tree if archive.is_tree(file) else hdf5.read_weights
            read(model, file, path, matching)


@contextmanager
def reading(path: Filename | h5py.Group) -> Iterator[None]:
    """Say in one sentence what is wrong with a file that cannot be read."""
    if not hdf5.is_open(path) and not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with one_error(str(path), "a Keras file"):
        yield
