"""Docstrings of public names explain every argument, and their examples print what they say."""

import doctest
import inspect
import re
from importlib.util import find_spec
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import nn
from jaxcnn.runtime.docstrings import entries, joined, sections, with_arguments

from .other_keras import set_aside
from .public import (
    arguments,
    defaults,
    explained,
    gaps,
    methods,
    modules,
    publics,
    says_default,
    unsaid_of_arrays,
)


@pytest.mark.parametrize("module", modules())
def test_every_argument_is_explained_and_there_is_an_example(module):
    missing = {p.name: gap for p in publics(module) if (gap := gaps(p))}
    assert missing == {}


@pytest.mark.parametrize("method", list(methods()), ids=lambda m: f"{m.module}.{m.name}")
def test_every_argument_of_a_method_is_explained(method):
    assert [name for name in arguments(method.item) if name not in explained(method.doc)] == []
    assert wrong_defaults(method) == []


def wrong_defaults(public):
    """The arguments whose explanation does not say the default that the signature has."""
    texts = entries(sections(public.doc).get("Args", ""))
    every = defaults(public.item).items()
    return [name for name, value in every if not says_default(texts.get(name, ""), value)]


@pytest.mark.parametrize("module", modules())
def test_every_default_is_said_as_the_signature_has_it(module):
    assert {p.name: names for p in publics(module) if (names := wrong_defaults(p))} == {}


@pytest.mark.parametrize("module", [m for m in modules() if m != "nn"])
def test_the_shape_and_type_of_every_array_are_said(module):
    unsaid = {p.name: names for p in publics(module) if (names := unsaid_of_arrays(p.item, p.doc))}
    assert unsaid == {}


def test_a_default_is_said_where_the_signature_has_one():
    required = inspect.Parameter.empty
    assert says_default("a size.", required) and not says_default("a size. Default: 1.", required)
    assert says_default("a size. Default: 0.5.", 0.5) and not says_default("a size.", 0.5)
    assert not says_default("a size. Default: 10.", 1) and not says_default("1 or 2.", 1)
    assert says_default("a name; None for none.", None) and not says_default("a name.", None)
    assert says_default("by default the word.", "word")


# Their examples need data, weights, a camera or packages, which not every machine has; tests of
# their own run them.
NEEDING_MORE = {
    "MLflowLogger",
    "WandbLogger",
    "folders",
    "get_word_index",
    "load_data",
    "read_camera",
    "read_openface",
}


@pytest.fixture
def names():
    """What the examples know: the usual modules, and a small model with data for it."""
    jc.utils.set_random_seed(0)
    model = jc.Sequential([jc.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)
    return {"jc": jc, "np": np, "jax": jax, "jnp": jnp, "model": model, "x": x, "y": y}


@pytest.mark.parametrize("module", modules())
def test_the_examples_print_what_they_say(module, names, tmp_path, monkeypatch):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for public in publics(module):
        if module == "nn" and hasattr(jc.layers, public.name):
            continue  # the example of the layer, which has the same text
        if public.name in NEEDING_MORE:
            continue
        (tmp_path / public.name).mkdir()
        monkeypatch.chdir(tmp_path / public.name)
        label = f"{module}.{public.name}"
        test = doctest.DocTestParser().get_doctest(public.doc, dict(names), label, None, None)
        report: list[str] = []
        with set_aside():
            runner.run(test, out=report.append)
        assert not report, "".join(report)


def test_shared_arguments_are_explained_in_the_order_of_the_signature():
    doc = nn.Conv2D.__doc__
    assert doc.index("    filters: ") < doc.index("    padding: 'valid'") < doc.index("groups: ")
    assert {"kernel_initializer", "bias_constraint"} <= explained(doc)
    assert "Default: 'glorot_uniform'." in " ".join(doc.split())
    assert "'causal'" in nn.Conv1D.__doc__ and "'causal'" not in doc  # a class has the last word


def test_a_docstring_is_what_its_sections_are():
    doc = (
        "Prose.\n\nArgs:\n    a, b: two\n        lines.\n    c: one.\n\nRaises:\n    ValueError: c."
    )
    assert joined(sections(doc)) == doc
    assert entries(sections(doc)["Args"]) == {"a": "two lines.", "b": "two lines.", "c": "one."}
    assert "d: shared." in with_arguments(doc, ["c", "d"], {"d": "shared.", "c": "never."})
    assert "never" not in with_arguments(doc, ["c", "d"], {"d": "shared.", "c": "never."})


# What has a formula or data from a paper; the layers are the modules of `nn`.
FROM_PAPERS = {
    "activations": "elu gelu relu scaled_tanh selu silu softmax softplus softsign",
    "applications": (
        "AlexNet CourseResNet50 DenseNet121 DenseNet169 DenseNet201 EfficientNetB0 GoogLeNet "
        "InceptionResNetV2 InceptionV3 LeNet5 LeNet5Classic MiniXception MobileNet MobileNetV2 "
        "NASNetLarge NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 "
        "SqueezeNet TextCNN UNet VGG11 VGG11LRN VGG13 VGG15 VGG16 VGG16C VGG19 Xception "
        "convolutional_autoencoder convolutional_block dense_autoencoder identity_block "
        "inception_module"
    ),
    "backend": "batch_normalization ctc_batch_cost ctc_decode normalize_batch_in_training",
    "callbacks": "EarlyStopping LearningRateFinder",
    "constraints": "MaxNorm",
    "datasets.boston_housing": "load_data",
    "datasets.cifar10": "load_data",
    "datasets.cifar100": "load_data",
    "datasets.dogs_vs_cats": "arrange folders",
    "datasets.fashion_mnist": "load_data",
    "datasets.fer2013": "load_data",
    "datasets.glove": "load_data",
    "datasets.imdb": "load_data",
    "datasets.lfw": "load_data",
    "datasets.mnist": "load_data",
    "datasets.newsgroups": "load_data",
    "datasets.orl_faces": "load_data",
    "datasets.reuters": "load_data",
    "detection": (
        "YoloLoss average_precision iou mean_average_precision tiny_yolov2 tiny_yolov3 yolo_losses "
        "yolov2 yolov3"
    ),
    "faces": "batch_hard_triplet_loss find_faces nn4_small2 read_openface triplet_loss",
    "initializers": (
        "Identity Orthogonal RandomSigns VarianceScaling glorot_normal glorot_uniform he_normal "
        "he_uniform lecun_normal lecun_uniform"
    ),
    "losses": "CategoricalHinge Huber KLD KLDivergence categorical_hinge huber",
    "metrics": "AUC",
    "models": "Int8Model lsuv",
    "nn": (
        "AlphaDropout BatchNormalization Bidirectional Conv1D Conv1DTranspose Conv2D "
        "Conv2DTranspose Conv3DTranspose ConvLSTM2D ConvLSTM2DCell CuDNNGRU CuDNNLSTM "
        "CustomScaleLayer DepthwiseConv2D Dropout ELU Embedding EuclideanRBF GRU GRUCell "
        "GaussianDropout GaussianNoise GlobalAveragePooling2D LSTM LSTMCell LayerNormalization "
        "LeakyReLU LocalResponseNormalization LocallyConnected2D PReLU PartialConv2D "
        "RandomizedReLU ReLU SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D Subsampling2D ThresholdedReLU"
    ),
    "optimizers": "SGD Adadelta Adagrad Adam AdamW Adamax Lion Nadam Optimizer RMSprop",
    "optimizers.schedules": "CosineDecay CosineDecayRestarts",
    "preprocessing.image": "pca_lighting random_resized_crop",
    "preprocessing.normalization": "whiten zca zca_matrix",
    "preprocessing.sequence": "make_sampling_table skipgrams",
    "preprocessing.text": "hashing_trick",
    "style": "StyleTransfer content_cost gram layer_style_cost total_variation",
    "vision": "corner_harris find_contours",
    "visualization": (
        "deep_dream grad_cam maximise_classes maximise_filters occlusion_map saliency"
    ),
    "runtime.config": "mixed_precision",
}
REFERENCE = re.compile(r'[^\d"]+, "[^"]+", (19|20)\d\d, <https?://[^\s<>]+>')


# The address of a file in a repository at a tag, with the title that goes with it.
FILE = re.compile(
    r'"(\S.*) (\S+): (\S+)", \d+, <https://github\.com/[\w-]+/[\w-]+/blob/([^/]+)/(\S+)>'
)
# What neither a paper nor another library defines, and what it is instead.
OURS_ALONE = {
    "callbacks.WorstMistakes": "draws `visualization.plot_worst_mistakes`",
    "callbacks.overrides_batch_hooks": "a question of our training loop",
    "initializers.blank": "how weights are counted without being drawn",
    "initializers.drawn": "one initializer for both forms of a call",
    "losses.aligned": "what our losses do to their two arrays first",
    "losses.function_of": "takes apart our objects",
    "nn.current_valid_rows": "how we pad a short last batch",
    "nn.declared_weights": "how our layers are looked at before they run",
    "nn.valid_rows": "how we pad a short last batch",
    "ops.largest": "goes around a fault of a compiler",
    "optimizers.Hyper": "how our optimizers have adjustable numbers",
    "optimizers.schedules.float_of": "a number in another type",
    "runtime.config.count_draw": "how our random numbers are counted",
    "runtime.config.home": "our folder",
    "runtime.config.new_trial": "how our random numbers begin again",
    "runtime.config.reset": "forgets our settings",
    "runtime.config.seed_is_set": "a question to our settings",
    "training.NonFiniteLossError": "our error",
    "vision.covering_scale": "school geometry",
    "visualization.plot_worst_mistakes": "a choice of images",
}


def references(doc: str) -> list[str]:
    """The entries of the section References, each on one line."""
    text = "\n" + sections(doc).get("References", "")
    return [" ".join(entry.split()) for entry in text.split("\n- ")[1:]]


@pytest.mark.parametrize("module", modules())
def test_every_name_says_with_a_link_where_it_comes_from(module):
    without = {f"{module}.{p.name}" for p in publics(module) if not references(p.doc)}
    assert without == {name for name in OURS_ALONE if name.rpartition(".")[0] == module}


@pytest.mark.parametrize("module", FROM_PAPERS)
def test_what_comes_from_a_paper_names_it_with_its_link(module):
    papers = {
        public.name: [entry for entry in references(public.doc) if "/blob/" not in entry]
        for public in publics(module)
    }
    assert [name for name in FROM_PAPERS[module].split() if not papers[name]] == []


def every_reference():
    """(name, entry) of all public names."""
    for module in modules():
        for public in publics(module):
            yield from ((f"{module}.{public.name}", e) for e in references(public.doc))


def test_references_have_one_form_and_each_address_one_title():
    titles: dict[str, set[str]] = {}
    for name, entry in every_reference():
        assert REFERENCE.fullmatch(entry), (name, entry)
        titles.setdefault(entry.split("<")[1], set()).add(entry)
    assert {address: named for address, named in titles.items() if len(named) > 1} == {}


def test_the_address_of_a_file_is_that_of_the_library_version_and_path_in_its_title():
    for name, entry in every_reference():
        if "/blob/" in entry:
            _, version, path, tag, file = FILE.search(entry).groups()
            assert tag.endswith(version) and path == file, (name, entry)


def test_the_files_of_keras_3_exist():
    folder = Path(find_spec("keras").origin).parents[1]
    files = {FILE.search(e)[5] for _, e in every_reference() if '"Keras 3' in e and "/blob/" in e}
    assert len(files) > 5
    assert [file for file in files if not (folder / file).is_file()] == []
