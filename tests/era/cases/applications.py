"""The networks of `keras.applications` without their weights: summaries, and answers for random
weights.
"""

import importlib

import numpy as np
from harness import add, printed, uniform

BEFORE = [
    ("vgg16", "VGG16", 48),
    ("vgg19", "VGG19", 48),
    ("resnet50", "ResNet50", 197),
    ("inception_v3", "InceptionV3", 139),
    ("xception", "Xception", 71),
]
LATER = [
    ("inception_resnet_v2", "InceptionResNetV2", 139),
    ("mobilenet", "MobileNet", 128),
    ("mobilenet_v2", "MobileNetV2", 96),
    ("densenet", "DenseNet121", 221),
    ("nasnet", "NASNetMobile", 224),
]


def make(module, name, **options):
    return getattr(importlib.import_module("keras.applications." + module), name)(
        weights=None, **options
    )


def summary(module, name):
    model = make(module, name)
    with printed() as stream:
        model.summary()
    return {
        "text": stream.getvalue(),
        "weights": "\n".join(str(tuple(w.shape)) for w in model.get_weights()),
    }


def answer(module, name, size):
    """Small random weights, batch statistics included; the features' means."""
    model = make(module, name, include_top=False, input_shape=(size, size, 3))
    random = np.random.RandomState(0)
    for layer in model.layers:
        weights = []
        for i, w in enumerate(layer.get_weights()):
            positive = type(layer).__name__ == "BatchNormalization" and i in (
                0,
                len(layer.get_weights()) - 1,
            )
            if w.ndim > 1:
                weights.append(random.normal(0, np.sqrt(2.0 / np.prod(w.shape[:-1])), w.shape))
            else:
                weights.append(
                    random.uniform(0.8, 1.2, w.shape)
                    if positive
                    else random.uniform(-0.1, 0.1, w.shape)
                )
        layer.set_weights(weights)
    features = model.predict(uniform(2, size, size, 3))
    return {
        "shape": str(model.output_shape),
        "features": features.mean(axis=(1, 2))[:, :50],
        "largest": features.max(),
    }


for module, name, size in BEFORE + LATER:
    eras = ("204", "224") if (module, name, size) in BEFORE else ("224",)
    add("applications", "summary " + name, lambda m=module, n=name: summary(m, n), eras)
    add("applications", "answer " + name, lambda m=module, n=name, s=size: answer(m, n, s), eras)
