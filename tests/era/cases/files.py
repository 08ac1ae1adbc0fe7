"""Files: what an old Keras writes is read by jaxcnn, and the other way round.

A case named after an era ("204 mlp") is written by that Keras and loaded by jaxcnn. A case "ours
..." is written by jaxcnn into FOLDER/ours (write_ours.py) and loaded by each Keras.
"""

import os
import re

import keras
from harness import add
from keras.models import load_model, model_from_json, model_from_yaml

from cases.zoo import ZOO, behaviour, prepared

OURS = "jaxcnn" in (keras.__file__ or "")


def path(era, name, ending):
    """Of a file; the folder of the comparison holds one folder per era and `ours`."""
    folder = os.environ["ERA_FOLDER"]
    return os.path.join(folder, *((era, "files") if era != "ours" else (era,)), name + ending)


def write(era, name):
    model = prepared(name)
    model.save(path(era, name, ".h5"))
    model.save_weights(path(era, name, ".weights"))
    for ending, text in ((".json", model.to_json()), (".yaml", model.to_yaml())):
        with open(path(era, name, ending), "w") as file:
            file.write(text)
    return model


def text_of(era, name, ending):
    with open(path(era, name, ending)) as file:
        return file.read()


def whole(era, name, writer):
    """The writer reads its own file, too: 2.0.4 does not store the iterations of RMSprop."""
    if writer:
        write(era, name)
    return behaviour(name, load_model(path(era, name, ".h5")))


def parts(era, name, writer, ending, by_name=False):
    if writer and not by_name:
        model = load_model(path(era, name, ".h5"))
    else:
        model = (model_from_json if ending == ".json" else model_from_yaml)(
            text_of(era, name, ending)
        )
        model.load_weights(path(era, name, ".weights"), **({"by_name": True} if by_name else {}))
    return behaviour(name, model, train=False)


def into_built(era, name, writer, ending=".weights"):
    if writer:
        model = load_model(path(era, name, ".h5"))
    else:
        model = ZOO[name].build()
        model.load_weights(path(era, name, ending))
    return behaviour(name, model, train=False)


def configuration(era, name):
    """`get_config` of a model built here, and of the layers."""
    model = ZOO[name].build()
    return {
        "config %s %d" % (type(layer).__name__, i): layer.get_config()
        for i, layer in enumerate(model.layers)
        if not hasattr(layer, "layers") and not hasattr(getattr(layer, "layer", None), "layers")
    }


def addresses(text):
    return re.sub(r"0x[0-9a-f]+", "0x", text)


for name, item in ZOO.items():
    for era in item.eras:
        add("files", "%s %s h5" % (era, name), lambda e=era, n=name: whole(e, n, not OURS), (era,))
        add(
            "files",
            "%s %s json + weights" % (era, name),
            lambda e=era, n=name: parts(e, n, not OURS, ".json"),
            (era,),
        )
        add(
            "files",
            "%s %s json + weights by name" % (era, name),
            lambda e=era, n=name: parts(e, n, not OURS, ".json", True),
            (era,),
        )
        add(
            "files",
            "%s %s yaml + weights" % (era, name),
            lambda e=era, n=name: parts(e, n, not OURS, ".yaml"),
            (era,),
        )
        add(
            "files",
            "%s %s weights into built" % (era, name),
            lambda e=era, n=name: into_built(e, n, not OURS),
            (era,),
        )
        add(
            "files",
            "%s %s model file into built" % (era, name),
            lambda e=era, n=name: into_built(e, n, not OURS, ".h5"),
            (era,),
        )
    add("configs", name, lambda e=era, n=name: configuration(e, n), item.eras)
    add("written", "ours %s h5" % name, lambda n=name: whole("ours", n, OURS), item.eras)
    add(
        "written",
        "ours %s json + weights" % name,
        lambda n=name: parts("ours", n, OURS, ".json"),
        item.eras,
    )
    add(
        "written",
        "ours %s yaml + weights" % name,
        lambda n=name: parts("ours", n, OURS, ".yaml"),
        item.eras,
    )
    add(
        "written",
        "ours %s weights into built" % name,
        lambda n=name: into_built("ours", n, OURS),
        item.eras,
    )
