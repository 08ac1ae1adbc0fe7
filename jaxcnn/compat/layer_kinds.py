"""The classes that several layers of Keras are derived from, by which programs tell them apart."""

from __future__ import annotations

import abc
from typing import NoReturn

from jaxcnn import layers

# Keras's name of the class -> the layers that are of that kind.
KINDS = {
    "_Conv": "Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose DepthwiseConv2D SeparableConv1D "
    "SeparableConv2D",
    "_SeparableConv": "SeparableConv1D SeparableConv2D",
    "_UpSampling": "UpSampling1D UpSampling2D UpSampling3D",
    "_ZeroPadding": "ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    "_Cropping": "Cropping1D Cropping2D Cropping3D",
    "_Pooling1D": "MaxPooling1D AveragePooling1D",
    "_Pooling2D": "MaxPooling2D AveragePooling2D",
    "_Pooling3D": "MaxPooling3D AveragePooling3D",
    "_GlobalPooling1D": "GlobalMaxPooling1D GlobalAveragePooling1D",
    "_GlobalPooling2D": "GlobalMaxPooling2D GlobalAveragePooling2D",
    "_GlobalPooling3D": "GlobalMaxPooling3D GlobalAveragePooling3D",
    "_CuDNNRNN": "CuDNNGRU CuDNNLSTM",
}


def kind(name: str) -> type:
    """The class of that name, of which these layers are instances."""

    def refuse(self: object, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(
            f"keras.layers has {name} for isinstance alone. Derive your layer from one of "
            f"{', '.join(KINDS[name].split())}."
        )

    cls = abc.ABCMeta(name, (), {"__init__": refuse, "__module__": __name__})
    for layer in KINDS[name].split():
        cls.register(getattr(layers, layer))
    return cls


def __getattr__(name: str) -> type:
    if name not in KINDS:
        raise AttributeError(name)
    globals()[name] = cls = kind(name)  # always the same one
    return cls
