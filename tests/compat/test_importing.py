"""Every import path of Keras 2.0.4 and 2.2.4 and of the books leads to this library, and only when
asked.
"""

import importlib
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

import jaxcnn
from jaxcnn import compat
from jaxcnn.compat import era, modules

# What the books and the listings of their time import, path by path.
IMPORTS = """
keras Input Model Sequential
keras.models Sequential Model load_model model_from_json
keras.layers Input Dense Activation Embedding LSTM TimeDistributed
keras.layers concatenate Convolution2D merge Merge MaxPool2D Layer
keras.layers.core Dense Dropout Activation Flatten Reshape
keras.layers.core Permute RepeatVector Lambda ActivityRegularization Masking
keras.layers.convolutional Conv2D Convolution2D MaxPooling2D
keras.layers.convolutional ZeroPadding2D UpSampling2D Conv2DTranspose Deconvolution2D
keras.layers.convolutional AtrousConvolution2D SeparableConvolution2D
keras.layers.convolutional Cropping2D Convolution1D MaxPooling1D
keras.layers.pooling MaxPooling2D GlobalAveragePooling2D
keras.layers.local LocallyConnected1D LocallyConnected2D
keras.layers.recurrent LSTM GRU SimpleRNN
keras.layers.cudnn_recurrent CuDNNLSTM
keras.layers.convolutional_recurrent ConvLSTM2D
keras.layers.embeddings Embedding
keras.layers.merge Add add concatenate Concatenate Dot dot
keras.layers.advanced_activations LeakyReLU PReLU ELU ThresholdedReLU
keras.layers.normalization BatchNormalization
keras.layers.noise GaussianNoise GaussianDropout
keras.layers.wrappers TimeDistributed Bidirectional
keras.engine Layer Input InputLayer Model
keras.engine.topology Layer Input Container InputSpec get_source_inputs
keras.utils.conv_utils conv_output_length normalize_data_format
keras.engine.training Model
keras.engine.base_layer Layer
keras.legacy interfaces
keras.legacy.interfaces legacy_dense_support
keras.optimizers SGD RMSprop Adam Adadelta Adagrad Adamax Nadam rmsprop get
keras.losses mean_squared_error categorical_crossentropy
keras.objectives mse
keras.metrics categorical_accuracy mae
keras.initializers RandomNormal glorot_uniform
keras.initializations uniform
keras.regularizers l1 l2 l1_l2 l1l2 WeightRegularizer
keras.constraints max_norm maxnorm
keras.activations tanh
keras.callbacks Callback ModelCheckpoint EarlyStopping
keras.callbacks TensorBoard History LearningRateScheduler ReduceLROnPlateau
keras.utils np_utils to_categorical plot_model get_custom_objects
keras.utils.np_utils to_categorical
keras.utils.generic_utils Progbar CustomObjectScope
keras.utils.layer_utils print_summary
keras.utils.vis_utils plot_model model_to_dot
keras.utils.visualize_util plot
keras.wrappers.scikit_learn KerasClassifier KerasRegressor
keras.datasets mnist cifar10
keras.datasets.mnist load_data
keras.backend dot mean image_data_format function learning_phase
keras.utils HDF5Matrix Sequence multi_gpu_model
keras.utils.data_utils Sequence get_file
keras.utils get_file
keras.models clone_model
keras.preprocessing.image ImageDataGenerator load_img img_to_array array_to_img
keras.preprocessing.image random_rotation random_shift random_shear
keras.preprocessing.image random_zoom random_channel_shift flip_axis
keras.preprocessing.image apply_transform transform_matrix_offset_center
keras.preprocessing.text Tokenizer text_to_word_sequence one_hot
keras.preprocessing.sequence pad_sequences skipgrams make_sampling_table
keras.applications VGG16 ResNet50
keras.applications.vgg16 VGG16 preprocess_input decode_predictions
keras.applications.mobilenetv2 MobileNetV2
keras.applications.densenet DenseNet121 preprocess_input decode_predictions
keras.applications.imagenet_utils preprocess_input decode_predictions _obtain_input_shape
keras.applications.resnet50 identity_block conv_block
keras_applications.imagenet_utils _obtain_input_shape
keras_applications.resnet50 ResNet50
keras_preprocessing.image ImageDataGenerator
keras_preprocessing.text Tokenizer
keras.layers MaxoutDense Highway Recurrent Wrapper deserialize serialize
keras.layers.core MaxoutDense TimeDistributedDense np K warnings
keras.layers.merge _Merge
keras.layers.recurrent Recurrent time_distributed_dense _time_distributed_dense
keras.legacy.layers Merge MaxoutDense Highway merge
keras.engine.training _make_batches _slice_arrays _standardize_input_data slice_X
keras.engine.training _weighted_masked_objective _check_loss_and_target_compatibility
keras.engine.training _check_array_lengths _collect_metrics _batch_shuffle
keras.engine.topology preprocess_weights_for_loading _object_list_uid _to_list Node
keras.models Input Layer
keras.utils.generic_utils serialize_keras_object deserialize_keras_object has_arg func_dump
keras.utils.np_utils probas_to_classes
keras.utils.test_utils get_test_data keras_test layer_test
keras.utils.layer_utils convert_dense_weights_data_format convert_all_kernels_in_model
keras.backend lesser slice local_conv1d local_conv2d _BACKEND
scipy.misc imread imsave
sklearn.grid_search GridSearchCV RandomizedSearchCV
sklearn.cross_validation train_test_split cross_val_score KFold StratifiedKFold
tensorflow.examples.tutorials.mnist input_data
tensorflow.examples.tutorials.mnist.input_data read_data_sets
""".strip().splitlines()


@pytest.mark.parametrize("line", IMPORTS)
def test_names_of_the_books(as_keras, line):
    path, *names = line.split()
    scope = {}
    exec(f"from {path} import {', '.join(names)}", scope)
    assert set(names) <= set(scope)


def test_every_module_resolves_or_says_what_it_lacks(as_keras):
    for path in modules.MODULES:
        try:
            module = importlib.import_module(path)
        except ModuleNotFoundError as error:
            assert "jaxcnn" in str(error), path
        else:
            assert type(module).__module__ == "jaxcnn.compat.keras_module"


def test_names_are_the_very_same_objects(as_keras):
    import keras
    import keras.backend as K
    from keras.layers.core import Dense

    assert Dense is keras.layers.Dense is jaxcnn.layers.Dense
    assert K.dot is jaxcnn.backend.dot
    assert keras.__version__ == "2.0.4"
    assert keras.layers.merge.concatenate is jaxcnn.layers.concatenate
    assert callable(keras.layers.merge)
    scope = {}
    exec("from keras.layers import merge\nfrom keras.layers.core import *", scope)
    assert scope["Conv2D"] is jaxcnn.layers.Conv2D
    assert scope["merge"] is keras.layers.merge and scope["np"] is np and scope["K"] is K


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "from keras.regularizers import EigenvalueRegularizer",
            "has been removed.*function of the weight",
        ),
        ("from keras.layers.core import LambdaMerge", "has been removed.*Lambda on a list"),
        ("from keras.models import Graph", "functional model"),
        (
            "import keras.layers.cores",
            "no module keras.layers.cores. Did you mean 'keras.layers.core'?",
        ),
        ("import keras.backend.theano_backend", "no module"),
        ("from theano import tensor", "no Theano here: write `from keras import backend as K`"),
        ("from keras.layers import Conv2DD", "cannot import name 'Conv2DD'.*jaxcnn"),
        ("import tensorflow", "JAX.*tensorflow=True.*keras.backend.*mnist.input_data"),
        ("from tensorflow.python.ops import math_ops", "JAX.*input_data"),
    ],
)
def test_what_there_is_not_is_said(as_keras, line, message):
    if "tensorflow" in line and importlib.util.find_spec("tensorflow") is not None:
        pytest.skip("TensorFlow is installed here, and is left alone")
    with pytest.raises(ImportError, match=message):
        exec(line, {})


def test_a_missing_attribute_is_an_attribute_error(as_keras):
    import keras.backend as K

    assert not hasattr(K, "tensor_array")
    with pytest.raises(AttributeError, match=r"keras.backend.meen. Did you mean 'mean'"):
        K.meen  # noqa: B018


def test_nothing_is_touched_unless_asked():
    code = (
        "import jaxcnn, sys; import importlib.util as u; before = u.find_spec('keras');"
        "assert before is None or 'jaxcnn' not in str(before.origin);"
        "jaxcnn.compat.install(); jaxcnn.compat.install(); import keras;"
        "assert keras.layers.Dense is jaxcnn.layers.Dense;"
        "assert not [name for name in sys.modules if name.startswith('jaxcnn.compat.tensorflow')];"
        "jaxcnn.compat.uninstall();"
        "assert 'keras' not in sys.modules; after = u.find_spec('keras');"
        "assert (before and before.origin) == (after and after.origin);"
        "assert not {'sklearn', 'PIL', 'scipy.misc', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_another_keras_is_not_replaced(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", type(sys)("keras"))
    with pytest.raises(RuntimeError, match="Another Keras"):
        compat.install()


def test_running_a_script(tmp_path):
    script = tmp_path / "listing.py"
    script.write_text(
        "import sys\nimport helper\nfrom keras.layers import Dense\nprint(__name__, sys.argv[1:], "
        "Dense.__module__)\n"
    )
    (tmp_path / "helper.py").write_text("")
    run = subprocess.run(
        [sys.executable, "-m", "jaxcnn.compat", str(script), "-n", "3"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "__main__ ['-n', '3'] jaxcnn.layers\n"


def test_a_script_that_is_not_there_or_is_python_2(tmp_path):
    from jaxcnn.compat.__main__ import main

    with pytest.raises(SystemExit, match="there is no file"):
        main([str(tmp_path / "none.py")])
    with pytest.raises(SystemExit):
        main([])
    with pytest.raises(SystemExit):
        main(["--keras", "3", str(tmp_path / "none.py")])


def test_a_script_runs_in_its_own_version(tmp_path):
    script = tmp_path / "old.py"
    script.write_text(
        "import keras, time\nimport numpy as np\nfrom keras.layers import Convolution2D\n"
        "def first():\n"
        "    layer = Convolution2D(np.int(2), 3, 3, border_mode='same', input_shape=(1, 8, 8))\n"
        "    print(keras.__version__, layer.data_format, time.clock() > 0)\n"
        "    Convolution2D(2, 3, 3, colour='red')\n"
        "first()\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "jaxcnn.compat", "--keras", "0.3", str(script)],
        capture_output=True,
        text=True,
    )
    assert run.stdout == "0.3.3 channels_first True\n"
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert lines[0] == "Using jaxcnn backend."
    trace = lines[lines.index("Traceback (most recent call last):") + 1 :]
    assert trace[0] == f'  File "{script}", line 8, in <module>'
    assert trace[-1].startswith("TypeError: Conv2D got an unknown argument `colour`")
    assert not any("runpy" in line or "__main__.py" in line for line in lines)


def test_an_error_ends_with_its_message(monkeypatch, capsys):
    from jaxcnn.compat.__main__ import run

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    source = "import jax\njax.jit(lambda x: x.nothing)(1.0)\n"
    with pytest.raises(SystemExit):
        run("script.py", source.encode())
    assert "nothing" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "code", "traces"),
    [
        ("raise KeyboardInterrupt", 130, 1),
        ("model_from_json('{')", 1, 1),  # raised from an error inside of the library
        ("\ntry: 1 / 0\nexcept ZeroDivisionError: raise ValueError", 1, 2),
    ],
)
def test_a_traceback_begins_with_a_line_of_the_program(monkeypatch, capsys, line, code, traces):
    from jaxcnn.compat.__main__ import run

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    source = f"from jaxcnn.models import model_from_json\n{line}\n"
    with pytest.raises(SystemExit) as ended:
        run("script.py", source.encode())
    lines = capsys.readouterr().err.splitlines()
    starts = [after for before, after in pairwise(lines) if before.startswith("Traceback")]
    assert ended.value.code == code and len(starts) == traces
    assert all('File "script.py"' in start for start in starts)


def test_numbers_print_as_then():
    with np.printoptions():
        era.print_as_then()
        assert repr([np.float32(0.5), np.int64(3)]) == "[0.5, 3]"


def test_pictures_by_scipy_misc(as_keras, tmp_path):
    from scipy.misc import imread, imsave

    values = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    imsave(tmp_path / "a.png", values)
    np.testing.assert_array_equal(imread(tmp_path / "a.png"), values)
    imsave(str(tmp_path / "b.png"), np.linspace(-1, 1, 20).reshape(4, 5))
    grey = imread(str(tmp_path / "b.png"))
    assert (grey.shape, grey.min(), grey.max()) == ((4, 5), 0, 255)
    imsave(tmp_path / "c.png", values.transpose(2, 0, 1))
    np.testing.assert_array_equal(imread(tmp_path / "c.png"), values)
    assert imread(tmp_path / "a.png", flatten=True).dtype == np.float32
    with pytest.raises(ValueError, match="given \\(7,\\)"):
        imsave(tmp_path / "d.png", np.ones(7))


def test_sizes_of_images_by_scipy_misc(as_keras):
    from scipy.misc import imresize, toimage

    values = np.arange(24, dtype=np.uint8).reshape(4, 6)
    assert imresize(values, (2, 3)).shape == imresize(values, 50).shape == (2, 3)
    assert (
        imresize(values, 2.0, interp="nearest").tolist()
        == np.kron(values, np.ones((2, 2), int)).tolist()
    )
    assert imresize(np.linspace(0, 1, 24).reshape(4, 6), (4, 6)).max() == 255
    image = toimage(np.array([[0.0, 0.5], [1.0, 2.0]]), cmin=0.0, cmax=1.0)
    assert np.asarray(image).tolist() == [[0, 128], [255, 255]]
    assert toimage(values, mode="RGB").mode == "RGB"


def test_folds_of_old_scikit_learn(as_keras):
    from sklearn.cross_validation import KFold, StratifiedKFold

    labels = np.array([0, 0, 0, 0, 1, 1])
    folds = StratifiedKFold(labels, n_folds=2)
    assert len(folds) == 2
    assert [labels[test].sum() for _, test in folds] == [1, 1]
    assert [list(test) for _, test in KFold(4, n_folds=2)] == [[0, 1], [2, 3]]


def test_batches_of_the_tutorials_mnist(as_keras, monkeypatch):
    from tensorflow.examples.tutorials.mnist import input_data

    rng = np.random.default_rng(0)
    images, labels = (
        rng.integers(0, 256, (70, 28, 28), np.uint8),
        np.arange(70, dtype=np.uint8) % 10,
    )
    arrays = (images[:60], labels[:60]), (images[60:], labels[60:])
    monkeypatch.setattr("jaxcnn.datasets.mnist.load_data", lambda: arrays)
    data = input_data.read_data_sets("no folder", one_hot=True, validation_size=10)
    assert (data.train.num_examples, data.validation.num_examples, data.test.num_examples) == (
        50,
        10,
        10,
    )
    np.testing.assert_array_equal(
        data.train.images[0], images[10].ravel().astype(np.float32) / np.float32(255)
    )
    assert data.train.labels.shape == (50, 10)
    seen = np.concatenate([data.train.next_batch(20)[0] for _ in range(5)])
    assert data.train.epochs_completed == 2
    assert {row.tobytes() for row in seen[:50]} == {row.tobytes() for row in data.train.images}
