"""The names that modules of Keras 2.3 have, and other versions have not, or mean otherwise."""

from __future__ import annotations

METRIC_CLASSES = (
    "Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy "
    "CategoricalHinge CosineSimilarity Hinge KLDivergence LogCoshError MeanAbsoluteError "
    "MeanAbsolutePercentageError "
    "MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalAccuracy "
    "SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SquaredHinge "
    "TopKCategoricalAccuracy"
)
_LOSSES_OF_2_3 = (
    "BinaryCrossentropy CategoricalCrossentropy CategoricalHinge Hinge Huber KLDivergence LogCosh "
    "Loss LossFunctionWrapper MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
    "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge "
    "binary_crossentropy categorical_crossentropy cosine cosine_proximity cosine_similarity hinge "
    "huber_loss squared_hinge"
)
_METRICS_OF_2_3 = (
    "AUC FalseNegatives FalsePositives Mean MeanIoU MeanMetricWrapper Metric Precision Recall "
    "Reduce RootMeanSquaredError SensitivityAtSpecificity SpecificityAtSensitivity Sum "
    "TrueNegatives TruePositives clone_metric"
)
_REDUCTIONS = {"Reduction": "jaxcnn.compat.losses_of_2_3:Reduction"}
NAMES_OF_2_3: dict[str, dict[str, str]] = {
    "keras.losses": {
        **{name: f"jaxcnn.compat.losses_of_2_3:{name}" for name in _LOSSES_OF_2_3.split()},
        **_REDUCTIONS,
        "losses_utils": "keras.utils.losses_utils",
    },
    "keras.metrics": {
        name: f"jaxcnn.compat.metrics_of_2_3:{name}"
        for name in (*METRIC_CLASSES.split(), *_METRICS_OF_2_3.split())
    },
    "keras.utils": {"losses_utils": "keras.utils.losses_utils"},
    "keras.utils.losses_utils": _REDUCTIONS,
}
