"""The names that modules of Keras 2.0.4, 2.2.4 and 1 have, and modules of this library have not."""

from __future__ import annotations

from jaxcnn.compat.imports_of_files import IMPORTS_OF_FILES
from jaxcnn.compat.layer_kinds import KINDS
from jaxcnn.compat.modules import APPLICATIONS, ENGINE_FILES, LAYER_FILES
from jaxcnn.compat.names_of_0_3 import NAMES_OF_0_3
from jaxcnn.compat.names_of_2_3 import METRIC_CLASSES, NAMES_OF_2_3
from jaxcnn.spellings.dialect import dialect

# Name -> "module:attribute".
_ENQUEUERS = {
    name: f"jaxcnn.compat.enqueuers:{name}"
    for name in ("SequenceEnqueuer", "GeneratorEnqueuer", "OrderedEnqueuer")
}
_TRAINING = {
    "_batch_shuffle": "jaxcnn.compat.batches:batch_shuffle",
    "_check_array_lengths": "jaxcnn.compat.batches:check_array_lengths",
    "_check_loss_and_target_compatibility": (
        "jaxcnn.compat.batches:check_loss_and_target_compatibility"
    ),
    "_check_array_length_consistency": "jaxcnn.compat.batches:check_array_lengths",
    "_collect_metrics": "jaxcnn.compat.batches:collect_metrics",
    "_make_batches": "jaxcnn.compat.batches:make_batches",
    "_object_list_uid": "jaxcnn.compat.batches:object_list_uid",
    "_slice_arrays": "jaxcnn.compat.batches:slice_arrays",
    "_standardize_input_data": "jaxcnn.compat.batches:standardize_input_data",
    "_standardize_weights": "jaxcnn.compat.batches:standardize_weights",
    "_to_list": "jaxcnn.compat.batches:to_list",
    "_weighted_masked_objective": "jaxcnn.compat.batches:weighted_masked_objective",
    **{
        name: f"jaxcnn.compat.training_helpers:{name}"
        for name in (
            "check_num_samples",
            "is_generator_or_sequence",
            "is_sequence",
            "iter_sequence_infinite",
            "should_run_validation",
            "standardize_class_weights",
            "standardize_sample_or_class_weights",
            "standardize_sample_weights",
            "standardize_single_array",
        )
    },
    "slice_X": "jaxcnn.compat.batches:slice_arrays",
    "weighted_objective": "jaxcnn.compat.batches:weighted_masked_objective",
    **_ENQUEUERS,
}
# Keras 2.2 has the same helpers without underscores.
_TRAINING |= {name.removeprefix("_"): target for name, target in _TRAINING.items()}
_TOPOLOGY = {
    **_TRAINING,
    "Container": "jaxcnn.models:Network",
    "preprocess_weights_for_loading": "jaxcnn.compat.weights:preprocess_weights_for_loading",
}
_GENERIC = {
    "CustomObjectScope": "jaxcnn.runtime.names:custom_object_scope",
    "deserialize_keras_object": "jaxcnn.compat.objects:deserialize_keras_object",
    "func_dump": "jaxcnn.compat.objects:func_dump",
    "func_load": "jaxcnn.compat.objects:func_load",
    "get_from_module": "jaxcnn.compat.objects:get_from_module",
    "has_arg": "jaxcnn.compat.objects:has_arg",
    "make_batches": "jaxcnn.compat.batches:make_batches",
    "make_tuple": "jaxcnn.compat.helpers1:make_tuple",
    "object_list_uid": "jaxcnn.compat.batches:object_list_uid",
    "serialize_keras_object": "jaxcnn.compat.objects:serialize_keras_object",
    "slice_arrays": "jaxcnn.compat.batches:slice_arrays",
    "to_list": "jaxcnn.compat.batches:to_list",
    "unpack_singleton": "jaxcnn.compat.objects:unpack_singleton",
    **_ENQUEUERS,
}
_FILES = {
    **_ENQUEUERS,
    "_hash_file": "jaxcnn.compat.helpers:hash_file",
    "validate_file": "jaxcnn.compat.helpers:validate_file",
}
_RESNET50 = {"ResNet50": "jaxcnn.compat.resnet50:network"}
_SHAPES = {"_obtain_input_shape": "jaxcnn.compat.blocks:obtain_input_shape"}
WEIGHTS_ADDRESSES = {
    name: {
        f"{order}WEIGHTS_PATH{top}": f"jaxcnn.compat.addresses:{name}_{order or 'TF_'}{top}"
        for order in ("", "TF_", "TH_")
        for top in ("", "_NO_TOP")
    }
    for name in ("inception_v3", "resnet50", "vgg16", "vgg19", "xception")
} | {"imagenet_utils": {"CLASS_INDEX_PATH": "jaxcnn.compat.addresses:CLASS_INDEX_PATH"}}

# What the files of layers import for themselves, so that a star import of them has it, too.
_STAR = {
    "InputSpec": "jaxcnn.layers:InputSpec",
    "K": "keras.backend",
    "Layer": "jaxcnn.layers:Layer",
    "activations": "keras.activations",
    "constraints": "keras.constraints",
    "copy": "copy",
    "initializers": "keras.initializers",
    "inspect": "inspect",
    "interfaces": "keras.legacy.interfaces",
    "np": "numpy",
    "regularizers": "keras.regularizers",
    "warnings": "warnings",
    "deserialize_keras_object": "jaxcnn.compat.objects:deserialize_keras_object",
}
_BACKEND_NAMES = {
    "_BACKEND": "jaxcnn.compat.backend_name:_BACKEND",
    "backend": "jaxcnn.compat.backend_name:backend",
    "is_placeholder": "jaxcnn.compat.helpers:is_placeholder",
    "is_tensor": "jaxcnn.compat.helpers:is_tensor",
    "get_session": "jaxcnn.compat.tensorflow.session:get_session",
    "manual_variable_initialization": (
        "jaxcnn.compat.tensorflow.session:manual_variable_initialization"
    ),
    "set_session": "jaxcnn.compat.tensorflow.session:set_session",
    "tf": "tensorflow",
    "normalize_data_format": "jaxcnn.compat.helpers:normalize_data_format",
    "Function": "jaxcnn.backend.function:Function",
    **{
        name: f"jaxcnn.compat.helpers:{name}"
        for name in ("eager", "is_symbolic", "is_variable", "symbolic")
    },
    "size": "jaxcnn.compat.tensorflow.arrays:size",
    **{
        name: f"jaxcnn.compat.backend1:{name}"
        for name in (
            "asymmetric_spatial_2d_padding",
            "asymmetric_temporal_padding",
            "atrous_conv2d",
            "deconv2d",
            "lesser",
            "lesser_equal",
        )
    },
}
_CONVOLUTION = (
    "_convert_string_dtype _has_nchw_support _normalize_axis _postprocess_conv2d_output "
    "_postprocess_conv3d_output _preprocess_border_mode _preprocess_conv1d_input "
    "_preprocess_conv2d_input _preprocess_conv2d_kernel _preprocess_conv3d_input "
    "_preprocess_conv3d_kernel _preprocess_deconv_output_shape _preprocess_padding _to_tensor"
)
_IMAGES = {
    "Iterator": "jaxcnn.compat.image_iterator:Iterator",
    **{
        name: f"jaxcnn.compat.image_functions:{name}"
        for name in (
            "apply_affine_transform",
            "apply_brightness_shift",
            "apply_channel_shift",
            "apply_transform",
            "random_brightness",
            "random_channel_shift",
            "random_rotation",
            "random_shear",
            "random_shift",
            "random_zoom",
        )
    },
    "transform_matrix_offset_center": "jaxcnn.compat.image_maps:transform_matrix_offset_center",
    **{
        name: f"jaxcnn.compat.image_generator:{name}"
        for name in (
            "DataFrameIterator",
            "DirectoryIterator",
            "ImageDataGenerator",
            "NumpyArrayIterator",
        )
    },
}
_SUBMODULES = {
    f"_KERAS_{name.upper()}": f"keras.{name}" for name in ("backend", "layers", "models", "utils")
}
_KINDS = {name: f"jaxcnn.compat.layer_kinds:{name}" for name in KINDS}
_GROUPS = {
    name: f"jaxcnn.compat.weight_groups:{name}"
    for name in (
        "load_attributes_from_hdf5_group",
        "load_weights_from_hdf5_group",
        "load_weights_from_hdf5_group_by_name",
        "save_attributes_to_hdf5_group",
        "save_weights_to_hdf5_group",
    )
}
_H5 = {
    **dict.fromkeys(("H5Dict", "h5dict"), "jaxcnn.compat.h5dict:H5Dict"),
    "ask_to_proceed_with_overwrite": "jaxcnn.compat.h5dict:ask_to_proceed_with_overwrite",
}
# What many files of Keras import for themselves, and programs from any of them.
_EVERYWHERE = {
    "merge": "keras.layers.merge",
    "func_dump": "jaxcnn.compat.objects:func_dump",
    "func_load": "jaxcnn.compat.objects:func_load",
    "_to_snake_case": "jaxcnn.layers.naming:snake_case",
    "deserialize_keras_object": "jaxcnn.compat.objects:deserialize_keras_object",
    "has_arg": "jaxcnn.compat.objects:has_arg",
    "is_all_none": "jaxcnn.compat.helpers:is_all_none",
    "object_list_uid": "jaxcnn.compat.batches:object_list_uid",
    "serialize_keras_object": "jaxcnn.compat.objects:serialize_keras_object",
    "to_list": "jaxcnn.compat.batches:to_list",
    "transpose_shape": "jaxcnn.compat.helpers:transpose_shape",
    "unpack_singleton": "jaxcnn.compat.objects:unpack_singleton",
}
_MERGE = {"_Merge": "jaxcnn.compat.legacy:_Merge"}
_ADVANCED = {
    name: f"jaxcnn.compat.advanced_activations:{name}" for name in ("ParametricSoftplus", "SReLU")
}

NAMES: dict[str, dict[str, str]] = {
    "keras.initializers": {
        "Initializer": "jaxcnn.initializers:Initializer",
        "_compute_fans": "jaxcnn.compat.initializations:compute_fans",
    },
    "keras.metrics": {
        "get": "jaxcnn.compat.metrics:get_metric",
        **{
            name: f"jaxcnn.compat.metrics:{name}"
            for name in ("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy")
        },
        **{name: f"jaxcnn.compat.metric_classes:{name}" for name in METRIC_CLASSES.split()},
    },
    **{
        f"keras.datasets.{name}": {"load_batch": "jaxcnn.compat.array_files:load_batch"}
        for name in ("cifar", "cifar10", "cifar100")
    },
    "keras.losses": {"huber_loss": "jaxcnn.losses:huber"},
    "keras.callbacks": {
        "CallbackList": "jaxcnn.compat.callback_list:CallbackList",
        "Progbar": "jaxcnn.utils:Progbar",
    },
    "keras.optimizers": {
        "TFOptimizer": "jaxcnn.compat.optimizers:TFOptimizer",
        "clip_norm": "jaxcnn.compat.helpers:clip_norm",
        "deserialize": "jaxcnn.compat.optimizers:deserialize",
        "optimizer_from_config": "jaxcnn.compat.optimizers:deserialize",
    },
    "keras.layers": {**_STAR, **_MERGE, **_ADVANCED},
    **{
        f"keras.layers.{name}": {**_STAR, **_MERGE, **_ADVANCED, **_KINDS}
        for name in LAYER_FILES.split()
    },
    "keras.layers.recurrent": {
        **_STAR,
        "_generate_dropout_mask": "jaxcnn.compat.recurrent_helpers:generate_dropout_mask",
        "_standardize_args": "jaxcnn.compat.recurrent_helpers:standardize_args",
        "_time_distributed_dense": "jaxcnn.compat.backend1:time_distributed_dense",
        "time_distributed_dense": "jaxcnn.compat.backend1:time_distributed_dense",
    },
    "keras.legacy.layers": {**_STAR, **_MERGE},
    "keras.backend": _BACKEND_NAMES,
    "keras.backend.common": _BACKEND_NAMES,
    "keras.backend.tensorflow_backend": {
        **_BACKEND_NAMES,
        "_get_available_gpus": "jaxcnn.compat.tensorflow.devices:get_available_gpus",
        **{name: f"jaxcnn.compat.convolution_helpers:{name}" for name in _CONVOLUTION.split()},
    },
    "keras.utils.multi_gpu_utils": {
        f"_{name}": f"jaxcnn.compat.tensorflow.devices:{name}"
        for name in ("get_available_devices", "normalize_device_name")
    },
    "keras.wrappers.scikit_learn": {"BaseWrapper": "jaxcnn.wrappers.scikit_learn:KerasEstimator"},
    "keras.engine": _TOPOLOGY,
    **{f"keras.engine.{name}": {**_TOPOLOGY, **_GROUPS, **_H5} for name in ENGINE_FILES.split()},
    **{
        f"{root}.{name}": _SHAPES
        for root in ("keras.applications", "keras_applications")
        for name in ("imagenet_utils", *APPLICATIONS.split())
    },
    **{
        f"keras.applications.{name}": {**_SHAPES, **addresses}
        for name, addresses in WEIGHTS_ADDRESSES.items()
    },
    "keras.applications.resnet50": {
        **_SHAPES,
        **WEIGHTS_ADDRESSES["resnet50"],
        **_RESNET50,
    },
    "keras.applications": _RESNET50,
    "keras_applications.resnet50": {**_SHAPES, **_RESNET50},
    "keras.regularizers": {
        "l1l2": "jaxcnn.regularizers:l1_l2",
        "L1L2Regularizer": "jaxcnn.regularizers:L1L2",
        "WeightRegularizer": "jaxcnn.regularizers:L1L2",
        "ActivityRegularizer": "jaxcnn.regularizers:L1L2",
        "activity_l1": "jaxcnn.regularizers:l1",
        "activity_l2": "jaxcnn.regularizers:l2",
        "activity_l1l2": "jaxcnn.regularizers:l1_l2",
    },
    "keras.utils": {**_GENERIC, **_H5},
    "keras.utils.generic_utils": _GENERIC,
    "keras.utils.data_utils": _FILES,
    "keras.utils.io_utils": _H5,
    "keras.utils.layer_utils": {
        "count_total_params": "jaxcnn.compat.helpers1:count_total_params",
        "layer_from_config": "jaxcnn.compat.helpers1:layer_from_config",
        "convert_dense_weights_data_format": (
            "jaxcnn.compat.blocks:convert_dense_weights_data_format"
        ),
    },
    "keras.utils.np_utils": {
        "accuracy": "jaxcnn.compat.helpers1:accuracy",
        "binary_logloss": "jaxcnn.compat.objects:binary_logloss",
        "categorical_probas_to_classes": "jaxcnn.compat.objects:probas_to_classes",
        "convert_kernel": "jaxcnn.compat.helpers1:convert_kernel",
        "multiclass_logloss": "jaxcnn.compat.helpers1:multiclass_logloss",
        "probas_to_classes": "jaxcnn.compat.objects:probas_to_classes",
    },
    "keras.preprocessing.image": _IMAGES,
    "keras_preprocessing.image": _IMAGES,
    "keras_preprocessing.image.iterator": _IMAGES,
    "keras_preprocessing": {
        **_SUBMODULES,
        **{
            name: f"jaxcnn.compat.keras_applications:{name}"
            for name in ("get_keras_submodule", "set_keras_submodules")
        },
    },
    "keras_applications": _SUBMODULES
    | {
        name: f"jaxcnn.compat.keras_applications:{name}"
        for name in (
            "correct_pad",
            "get_keras_submodule",
            "get_submodules_from_kwargs",
            "set_keras_submodules",
        )
    },
    "keras_preprocessing.sequence": {"_remove_long_seq": "jaxcnn.compat.helpers:remove_long_seq"},
    "keras.preprocessing.sequence": {"_remove_long_seq": "jaxcnn.compat.helpers:remove_long_seq"},
    "keras.preprocessing.text": {"base_filter": "jaxcnn.compat.helpers:base_filter"},
    "keras.models": {
        "Input": "jaxcnn.layers:Input",
        "InputLayer": "jaxcnn.layers:InputLayer",
        "Layer": "jaxcnn.layers:Layer",
    },
    "keras.utils.visualize_util": {
        "plot": "jaxcnn.visualization:plot_model",
        "to_graph": "jaxcnn.visualization:model_to_dot",
    },
}

# And for programs of Keras 1.
_EVERYWHERE_OF_1 = {
    "get_from_module": "jaxcnn.compat.objects:get_from_module",
    "initializations": "keras.initializations",
    "objectives": "keras.objectives",
    "optimizer_from_config": "jaxcnn.compat.optimizers:deserialize",
    "optimizers": "keras.optimizers",
}
_LAYERS_OF_1 = {
    "BatchNormalization": "jaxcnn.compat.normalization:BatchNormalization",
    "Embedding": "jaxcnn.compat.embedding:Embedding",
}
BACKEND_OF_1 = (
    "conv1d conv2d conv3d expand_dims one_hot pool2d pool3d resize_images resize_volumes "
    "separable_conv2d spatial_2d_padding spatial_3d_padding temporal_padding"
)
_BACKEND_OF_1 = {name: f"jaxcnn.compat.backend1:{name}" for name in BACKEND_OF_1.split()}
_METRICS_OF_1 = (
    "binary_accuracy binary_crossentropy categorical_accuracy categorical_crossentropy cosine "
    "cosine_proximity f1score fbeta_score fmeasure fscore get hinge kld "
    "kullback_leibler_divergence mae mape matthews_correlation mean_absolute_error "
    "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle "
    "poisson precision recall sparse_categorical_accuracy sparse_categorical_crossentropy "
    "squared_hinge top_k_categorical_accuracy"
)
NAMES_OF_1: dict[str, dict[str, str]] = {
    "keras.backend": _BACKEND_OF_1,
    "keras.backend.common": _BACKEND_OF_1,
    "keras.backend.tensorflow_backend": _BACKEND_OF_1,
    "keras.layers": _LAYERS_OF_1,
    "keras.regularizers": {
        "EigenvalueRegularizer": "jaxcnn.compat.regularizers1:EigenvalueRegularizer"
    },
    "keras.utils.layer_utils": {"print_summary": "jaxcnn.compat.helpers1:print_summary"},
    "keras.utils.io_utils": {
        name: f"jaxcnn.compat.array_files:{name}" for name in ("load_array", "save_array")
    },
    **{f"keras.layers.{name}": _LAYERS_OF_1 for name in LAYER_FILES.split()},
    "keras.metrics": {name: f"jaxcnn.compat.metrics1:{name}" for name in _METRICS_OF_1.split()},
}


def names_in(path: str) -> dict[str, str]:
    """The names of a module that are called otherwise here."""
    names = {
        **(_EVERYWHERE if path.startswith("keras.") else {}),
        **IMPORTS_OF_FILES.get(path, {}),
        **NAMES.get(path, {}),
    }
    if dialect().name == "2.3":
        return {**names, **NAMES_OF_2_3.get(path, {})}
    if not dialect().of_keras_1:
        return names
    everywhere = _EVERYWHERE_OF_1 if path.startswith("keras.") else {}
    of_0_3 = NAMES_OF_0_3.get(path, {}) if dialect().name == "0.3" else {}
    return {**everywhere, **names, **NAMES_OF_1.get(path, {}), **of_0_3}
