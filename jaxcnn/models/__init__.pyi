"""The models, and the functions of files with what they return; by .ci/stubs.py."""

from h5py import Group
from jaxcnn.models.clone import clone_model
from jaxcnn.models.int8 import Int8Model
from jaxcnn.models.lsuv import lsuv
from jaxcnn.models.model import Model
from jaxcnn.models.network import Network
from jaxcnn.models.sequential import Sequential
from jaxcnn.runtime.types import Settings
from jaxcnn.saving.types import CustomObjects, Filename, Trainable

__all__ = [
    "Int8Model", "Model", "Network", "Sequential", "clone_model", "load_model", "lsuv",
    "model_from_config", "model_from_json", "model_from_yaml", "save_model",
]

def load_model(filepath: Filename | Group, custom_objects: CustomObjects = None, compile: bool = True, safe_mode: bool = True) -> Model:
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


def model_from_config(config: Settings, custom_objects: CustomObjects = None, safe_mode: bool = True) -> Model:
    """A model, without its weights, from ``{"class_name": ..., "config": ...}`` of any Keras.

    Args:
        config: as `to_json` writes it, or as a layer list has it; of Keras 1, 2 or 3.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> config = {"class_name": "Sequential", "config": model.get_config()}
        >>> jc.models.model_from_config(config).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """


def model_from_json(json_string: str, custom_objects: CustomObjects = None, safe_mode: bool = True) -> Model:
    """A model, without its weights, from the text of ``to_json``, here or in any Keras.

    Args:
        json_string: text that `to_json` made, here or in any Keras.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> jc.models.model_from_json(model.to_json()).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """


def model_from_yaml(yaml_string: str, custom_objects: CustomObjects = None, safe_mode: bool = True) -> Model:
    """A model, without its weights, from the text of ``to_yaml``, here or in any Keras.

    No code in the text is run.

    Args:
        yaml_string: text that `to_yaml` made, here or in any Keras.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> jc.models.model_from_yaml(model.to_yaml()).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """


def save_model(model: Trainable, filepath: Filename | Group, overwrite: bool = True, include_optimizer: bool = True, *, keras: str | None = None) -> None:
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
