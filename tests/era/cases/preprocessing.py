"""Texts, sequences, pictures and the helpers for labels."""

import os
import shutil
import tempfile

import numpy as np
from harness import add, normal, printed, uniform
from keras.preprocessing import image as I
from keras.preprocessing import sequence as S
from keras.preprocessing import text as X
from keras.utils import np_utils as U

# -- texts
TEXTS = [
    "The cat sat on the mat. The dog ate my homework!",
    "the CAT and the dog; a cat's tail -- e-mail: me@home.org",
    "",
    "Tab\tand\nnewline, 3.14 & 42% [brackets] {braces} <angle> `tick` ~tilde_under",
    "the the the cat",
]


def tokenized(texts=TEXTS, more=None, **options):
    tokenizer = X.Tokenizer(**options)
    tokenizer.fit_on_texts(texts)
    out = {
        "index": ordered(tokenizer.word_index),
        "sequences": tokenizer.texts_to_sequences(more or texts),
        "counts": dict(tokenizer.word_counts),
        "docs": dict(tokenizer.word_docs),
        "document_count": tokenizer.document_count,
        "index_docs": {str(k): v for k, v in tokenizer.index_docs.items()},
    }
    for mode in ("binary", "count", "freq", "tfidf"):
        if options.get("num_words"):
            out["matrix " + mode] = tokenizer.texts_to_matrix([t for t in texts if t], mode=mode)
    return out


def ordered(index):
    """Words of the same count have an order of chance in 2.0.4 on Python 3.5; here it is the order
    of first appearance.
    """
    return " ".join(
        "%s=%d" % (w, i) for w, i in sorted(index.items(), key=lambda item: (item[1], item[0]))
    )


for text, options in [
    ("", {}),
    ("num_words", {"num_words": 6}),
    ("no lower", {"lower": False}),
    ("filters", {"filters": "aeiou"}),
    ("split", {"split": ","}),
    ("char_level", {"char_level": True, "num_words": 12}),
    ("filters empty", {"filters": "", "num_words": 50}),
    ("num_words 1", {"num_words": 1}),
]:
    add("preprocessing", "Tokenizer " + text, lambda o=options: tokenized(**o))
add(
    "preprocessing",
    "Tokenizer new words",
    lambda: tokenized(more=["the cat barked at a unicorn"], num_words=5),
)
add(
    "preprocessing",
    "Tokenizer oov_token",
    lambda: tokenized(more=["the cat barked at a unicorn"], num_words=5, oov_token="?"),
    ("224",),
)
add("preprocessing", "Tokenizer generator", lambda: generated_tokens())
add("preprocessing", "Tokenizer fit_on_sequences", lambda: fitted_sequences())


def generated_tokens():
    tokenizer = X.Tokenizer()
    tokenizer.fit_on_texts(t for t in TEXTS)
    return list(tokenizer.texts_to_sequences_generator(TEXTS[:2]))


def fitted_sequences():
    tokenizer = X.Tokenizer(num_words=8)
    tokenizer.fit_on_sequences([[1, 2, 3, 1], [2, 4], [7]])
    return {
        mode: tokenizer.sequences_to_matrix([[1, 2, 2], [7, 4, 3]], mode=mode)
        for mode in ("binary", "count", "freq", "tfidf")
    }


for text, options in [
    ("", {}),
    ("lower False", {"lower": False}),
    ("filters", {"filters": "."}),
    ("split", {"split": "-"}),
    ("split a", {"split": "a"}),
]:
    for i, t in enumerate(TEXTS):
        add(
            "preprocessing",
            "text_to_word_sequence %s %d" % (text, i),
            lambda t=t, o=options: X.text_to_word_sequence(t, **o) or "empty",
        )
for n in (5, 50):
    add(
        "preprocessing",
        "one_hot %d range" % n,
        lambda n=n: {
            "low": int(min(X.one_hot(TEXTS[0], n)) >= 1),
            "high": int(max(X.one_hot(TEXTS[0], n)) < n),
            "count": len(X.one_hot(TEXTS[1], n)),
        },
    )
    add(
        "preprocessing",
        "hashing_trick md5 %d" % n,
        lambda n=n: X.hashing_trick(TEXTS[0], n, hash_function="md5"),
        ("224",),
    )
    add(
        "preprocessing",
        "hashing_trick own %d" % n,
        lambda n=n: X.hashing_trick(TEXTS[0], n, hash_function=len),
        ("224",),
    )

# -- sequences
RAGGED = [[1, 2, 3, 4], [5], [], [6, 7, 8, 9, 10, 11]]
for text, options in [
    ("", {}),
    ("maxlen", {"maxlen": 3}),
    ("post", {"maxlen": 3, "padding": "post", "truncating": "post"}),
    ("value", {"value": -1.5, "dtype": "float32", "maxlen": 5}),
    ("pre post", {"maxlen": 4, "truncating": "post"}),
    ("dtype", {"dtype": "float64"}),
    ("maxlen long", {"maxlen": 9, "padding": "post"}),
]:
    add(
        "preprocessing",
        "pad_sequences " + text,
        lambda o=options: {
            "value": S.pad_sequences(RAGGED, **o),
            "dtype": str(S.pad_sequences(RAGGED, **o).dtype),
        },
    )
add(
    "preprocessing",
    "pad_sequences vectors",
    lambda: S.pad_sequences([[[1, 2], [3, 4]], [[5, 6]]], maxlen=3),
)
add("preprocessing", "pad_sequences wrong", lambda: S.pad_sequences([1, 2]))
for size, factor in [(10, 1e-5), (1000, 1e-5), (5, 1.0), (50, 1e-3)]:
    add(
        "preprocessing",
        "make_sampling_table %s %s" % (size, factor),
        lambda s=size, f=factor: S.make_sampling_table(s, f),
    )


def pairs(**options):
    """Sorted: the order is shuffled by chance."""
    couples, labels = S.skipgrams(options.pop("sequence", [1, 2, 3, 4, 0, 5]), 6, **options)
    return "\n".join(
        sorted(
            "%s %s" % (list(map(int, c)), np.asarray(l).tolist()) for c, l in zip(couples, labels)
        )
    )


for text, options in [
    ("no negatives", {"negative_samples": 0}),
    ("window 1", {"negative_samples": 0, "window_size": 1}),
    ("categorical", {"negative_samples": 0, "categorical": True}),
    ("window 2", {"negative_samples": 0, "window_size": 2}),
    ("table of ones", {"negative_samples": 0, "sampling_table": np.ones(6)}),
    ("table of zeros", {"negative_samples": 0, "sampling_table": np.zeros(6)}),
    ("shuffle False", {"negative_samples": 0, "shuffle": False}),
]:
    add("preprocessing", "skipgrams " + text, lambda o=options: pairs(**o))


def negatives():
    couples, labels = S.skipgrams(list(range(1, 20)), 20, window_size=2, negative_samples=2.0)
    return {
        "pairs": len(couples),
        "positive": int(np.sum(labels)),
        "zero": int(any(c[1] == 0 for c in couples)),
        "type": type(couples).__name__ + type(labels).__name__,
    }


add("preprocessing", "skipgrams negatives", negatives)

# -- labels
add("preprocessing", "to_categorical", lambda: U.to_categorical([0, 2, 1]))
add("preprocessing", "to_categorical classes", lambda: U.to_categorical(np.asarray([0, 2, 1]), 5))
add("preprocessing", "to_categorical column", lambda: U.to_categorical(np.asarray([[0], [2], [1]])))
add(
    "preprocessing", "to_categorical matrix", lambda: U.to_categorical(np.asarray([[0, 2], [1, 1]]))
)
add("preprocessing", "to_categorical floats", lambda: U.to_categorical(np.asarray([0.0, 2.0])))
add("preprocessing", "to_categorical dtype", lambda: str(U.to_categorical([0, 2, 1]).dtype))
add("preprocessing", "to_categorical negative", lambda: U.to_categorical([0, -1, 1]))
for axis, order in [(-1, 2), (0, 1), (1, 3)]:
    add(
        "preprocessing",
        "normalize %d %d" % (axis, order),
        lambda a=axis, o=order: U.normalize(normal(3, 4), axis=a, order=o),
    )
add("preprocessing", "normalize zeros", lambda: U.normalize(np.zeros((2, 3))))
add("preprocessing", "convert_kernel", lambda: converted())


def converted():
    from keras.utils.conv_utils import convert_kernel

    return convert_kernel(normal(3, 3, 2, 4))


# -- pictures
PICTURE = uniform(9, 7, 3, high=255)
for name, matrix in [
    ("identity", np.eye(3)),
    ("shift", [[1, 0, 2], [0, 1, -1], [0, 0, 1]]),
    ("fraction", [[1, 0, 0.4], [0, 1, 0.6], [0, 0, 1]]),
    ("zoom", np.diag([0.7, 1.3, 1])),
    ("rotation", [[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]]),
    ("shear", [[1, -0.4, 0], [0, 0.9, 0], [0, 0, 1]]),
]:
    for fill in ("nearest", "constant", "reflect", "wrap"):
        for channel in (2, 0):

            def transformed(m=np.asarray(matrix, float), f=fill, c=channel):
                x = PICTURE if c == 2 else PICTURE.transpose(2, 0, 1)
                return I.apply_transform(
                    x,
                    I.transform_matrix_offset_center(m, 9, 7),
                    channel_axis=c,
                    fill_mode=f,
                    cval=7.0,
                )

            add(
                "preprocessing",
                "apply_transform %s %s channel axis %d" % (name, fill, channel),
                transformed,
                ("204",),
            )
add(
    "preprocessing",
    "transform_matrix_offset_center",
    lambda: I.transform_matrix_offset_center(
        np.asarray([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1.0]]), 9, 8
    ),
)
add(
    "preprocessing",
    "flip_axis",
    lambda: {
        "0": I.flip_axis(PICTURE, 0),
        "1": I.flip_axis(PICTURE, 1),
        "2": I.flip_axis(PICTURE, 2),
    },
)
for parameters in [
    {"theta": 30.0},
    {"tx": 2.0},
    {"ty": -1.0},
    {"shear": 10.0},
    {"zx": 0.7, "zy": 1.3},
    {"flip_horizontal": True},
    {"flip_vertical": True},
    {"theta": 20.0, "tx": 1.0, "ty": 2.0, "zx": 0.8, "zy": 0.9},
]:
    for fill in ("nearest", "constant", "reflect", "wrap"):

        def applied(p=parameters, f=fill):
            generator = I.ImageDataGenerator(fill_mode=f, cval=5.0)
            return generator.apply_transform(PICTURE, dict(p))

        add(
            "preprocessing",
            "apply_transform of 2.2.4 %s %s" % (parameters, fill),
            applied,
            ("224",),
        )


def random_zoom(fill, **options):
    """zoom_range=(z, z) leaves nothing to chance."""
    generator = I.ImageDataGenerator(fill_mode=fill, cval=5.0, **options)
    return generator.random_transform(PICTURE)


for fill in ("nearest", "constant", "reflect", "wrap"):
    for z in (0.6, 1.5):
        add(
            "preprocessing",
            "random_transform zoom %s %s" % (z, fill),
            lambda f=fill, z=z: random_zoom(f, zoom_range=(z, z)),
            ("204",),
        )
add("preprocessing", "random_transform nothing", lambda: random_zoom("nearest"))
BATCH = uniform(12, 6, 5, 3, high=255)
for text, options in [
    ("plain", {}),
    ("rescale", {"rescale": 1 / 255.0}),
    ("featurewise_center", {"featurewise_center": True}),
    ("featurewise both", {"featurewise_center": True, "featurewise_std_normalization": True}),
    ("samplewise_center", {"samplewise_center": True}),
    ("samplewise both", {"samplewise_center": True, "samplewise_std_normalization": True}),
    ("preprocessing_function", {"preprocessing_function": lambda x: x * 2 + 1}),
    ("function and rescale", {"preprocessing_function": lambda x: x + 1, "rescale": 0.5}),
    ("channels_first", {"data_format": "channels_first", "featurewise_center": True}),
    (
        "featurewise rescale",
        {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255.0},
    ),
]:

    def flowed(options=options):
        generator = I.ImageDataGenerator(**options)
        x = BATCH if options.get("data_format") != "channels_first" else BATCH.transpose(0, 3, 1, 2)
        if any(k.startswith(("featurewise", "zca")) for k in options):
            generator.fit(x)
        flow = generator.flow(x, np.arange(12), batch_size=5, shuffle=False)
        got = [next(flow) for _ in range(4)]
        return {
            "pictures": [g[0] for g in got],
            "labels": [np.asarray(g[1]) for g in got],
            "dtype": str(got[0][0].dtype),
            "n": flow.n,
        }

    add("preprocessing", "flow " + text, flowed)
add(
    "preprocessing",
    "flow without labels",
    lambda: {"x": next(I.ImageDataGenerator().flow(BATCH, batch_size=5, shuffle=False))},
)


def standardized(**options):
    generator = I.ImageDataGenerator(**options)
    generator.fit(BATCH)
    return {
        "mean": np.ravel(generator.mean) if generator.mean is not None else 0,
        "std": np.ravel(generator.std) if generator.std is not None else 0,
        "standardize": generator.standardize(BATCH[0].copy()),
    }


def whitened(**options):
    """More pictures than pixels, so that no direction is only rounding."""
    x = uniform(200, 3, 3, 1)
    generator = I.ImageDataGenerator(featurewise_center=True, zca_whitening=True, **options)
    generator.fit(x)
    return {
        "x": next(generator.flow(x, batch_size=5, shuffle=False)),
        "components": getattr(generator, "principal_components", 0),
    }


add("preprocessing", "zca", lambda: whitened())
add("preprocessing", "zca epsilon", lambda: whitened(zca_epsilon=0.1), ("224",))
add(
    "preprocessing",
    "fit statistics",
    lambda: standardized(featurewise_center=True, featurewise_std_normalization=True),
)


def tree():
    """Three classes, names that sort unlike numbers, another kind of file, nested folders."""
    from PIL import Image

    root = tempfile.mkdtemp()
    for c, names in {
        "cats": ["10.png", "9.png", "a.png"],
        "Dogs": ["1.jpg", "2.bmp", "notes.txt"],
        "ants": ["x.jpeg", "deep/y.png"],
    }.items():
        for i, name in enumerate(names):
            path = os.path.join(root, c, name)
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            if name.endswith(".txt"):
                open(path, "w").close()
            else:
                pixels = uniform(8 + i, 6, 3, high=255, seed=i + len(c)).astype("uint8")
                Image.fromarray(pixels).save(
                    path.replace(".jpg", ".png").replace(".jpeg", ".png"), "PNG"
                )
    return root


def directory(class_mode="categorical", **options):
    """Sorted by file name, for 2.0.4 takes the order of the file system."""
    root = tree()
    try:
        options.setdefault("target_size", (8, 6))
        with printed() as stream:
            flow = I.ImageDataGenerator().flow_from_directory(
                root, batch_size=50, shuffle=False, class_mode=class_mode, **options
            )
        got = next(flow)
        x, y = got if class_mode else (got, np.asarray(flow.classes))
        order = np.argsort(flow.filenames)
        return {
            "classes": {k: int(v) for k, v in flow.class_indices.items()},
            "filenames": "\n".join(sorted(flow.filenames)),
            "labels": np.asarray(flow.classes)[order],
            "y": np.asarray(y)[order],
            "x": x[order],
            "n": flow.samples,
            "num_class": getattr(flow, "num_class", None) or flow.num_classes,
            "dtypes": "%s %s" % (x.dtype, y.dtype),
            "printed": stream.getvalue(),
            "by class": int(np.all(np.diff(flow.classes) >= 0)),
        }
    finally:
        shutil.rmtree(root)


for mode in ("categorical", "sparse", None):
    add("preprocessing", "flow_from_directory %s" % mode, lambda m=mode: directory(m))
add(
    "preprocessing",
    "flow_from_directory binary",
    lambda: directory("binary", classes=["cats", "Dogs"]),
)
add("preprocessing", "flow_from_directory classes", lambda: directory(classes=["cats", "ants"]))
add("preprocessing", "flow_from_directory grayscale", lambda: directory(color_mode="grayscale"))
for size in ((4, 4), (16, 12), (5, 9)):
    add(
        "preprocessing",
        "flow_from_directory resized %s" % (size,),
        lambda s=size: directory(target_size=s),
    )


def one_picture(**options):
    root = tree()
    try:
        picture = I.load_img(os.path.join(root, "cats", "9.png"), **options)
        return {
            "array": I.img_to_array(picture),
            "first": I.img_to_array(picture, data_format="channels_first"),
            "dtype": str(I.img_to_array(picture).dtype),
            "size": list(picture.size),
        }
    finally:
        shutil.rmtree(root)


add("preprocessing", "load_img", lambda: one_picture())
add("preprocessing", "load_img grayscale", lambda: one_picture(grayscale=True))
add("preprocessing", "load_img target_size", lambda: one_picture(target_size=(5, 4)))
add("preprocessing", "load_img target_size larger", lambda: one_picture(target_size=(15, 14)))
for kind in ("bilinear", "bicubic", "nearest", "lanczos"):
    add(
        "preprocessing",
        "load_img %s" % kind,
        lambda k=kind: one_picture(target_size=(5, 4), interpolation=k),
        ("224",),
    )
add("preprocessing", "array_to_img", lambda: np.asarray(I.array_to_img(normal(4, 5, 3))))
add(
    "preprocessing",
    "array_to_img no scale",
    lambda: np.asarray(I.array_to_img(PICTURE, scale=False)),
)
add("preprocessing", "array_to_img gray", lambda: np.asarray(I.array_to_img(normal(4, 5, 1))))
add(
    "preprocessing",
    "array_to_img first",
    lambda: np.asarray(I.array_to_img(normal(3, 4, 5), data_format="channels_first")),
)
add(
    "preprocessing",
    "array_to_img constant",
    lambda: np.asarray(I.array_to_img(np.full((2, 2, 3), 5.0))),
)


def series(**options):
    generator = S.TimeseriesGenerator(
        np.arange(20.0)[:, None], np.arange(20.0) * 2, length=5, batch_size=4, **options
    )
    return {
        "count": len(generator),
        "x": [generator[i][0] for i in range(len(generator))],
        "y": [generator[i][1] for i in range(len(generator))],
    }


for options in [
    {},
    {"sampling_rate": 2},
    {"stride": 3},
    {"start_index": 2, "end_index": 15},
    {"reverse": True},
]:
    add(
        "preprocessing", "TimeseriesGenerator %s" % options, lambda o=options: series(**o), ("224",)
    )


def imagenet():
    from keras.applications.imagenet_utils import preprocess_input

    return {
        "last": preprocess_input(uniform(2, 4, 4, 3, high=255)),
        "first": preprocess_input(uniform(2, 3, 4, 4, high=255), data_format="channels_first"),
    }


add("preprocessing", "imagenet_utils.preprocess_input", imagenet)
for module in ("inception_v3", "xception"):

    def application(module=module):
        import importlib

        return importlib.import_module("keras.applications." + module).preprocess_input(
            uniform(2, 4, 4, 3, high=255).copy()
        )

    add("preprocessing", "%s.preprocess_input" % module, application)
for mode in ("tf", "torch", "caffe"):

    def modes(mode=mode):
        from keras.applications.imagenet_utils import preprocess_input

        return preprocess_input(uniform(2, 4, 4, 3, high=255).copy(), mode=mode)

    add("preprocessing", "preprocess_input %s" % mode, modes, ("224",))
