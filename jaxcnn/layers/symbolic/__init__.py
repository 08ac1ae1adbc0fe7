"""Symbolic tensors and the operations on them: nodes of the layer graph.

Most functions of arrays that make operations are those of `jaxcnn.backend`, which stands on this
package; it is imported when a saved model names one of them.
"""

from jaxcnn.runtime.lazy import lazy_attributes

__getattr__ = lazy_attributes(
    __name__,
    {
        "Network": "jaxcnn.models.network",
        "array_of": "jaxcnn.layers.symbolic.variables",
        "backend": "jaxcnn.backend",
        "computed_mask": "jaxcnn.layers.symbolic.masks",
        "drawn_value": "jaxcnn.layers.symbolic.variables",
        "losses_for": "jaxcnn.layers.added_losses",
        "losses_of": "jaxcnn.layers.added_losses",
        "masks_of": "jaxcnn.layers.symbolic.masks",
        "of_variables": "jaxcnn.layers.symbolic.variables",
        "op_of": "jaxcnn.layers.before_activation",
        "scalar": "jaxcnn.layers.added_losses",
        "updates_for": "jaxcnn.layers.added_updates",
        "updates_of": "jaxcnn.layers.added_updates",
        "with_masks": "jaxcnn.layers.symbolic.masks",
        "with_present_values": "jaxcnn.layers.symbolic.variables",
    },
)
