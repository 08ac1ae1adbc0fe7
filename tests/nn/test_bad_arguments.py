"""Every layer refuses what it cannot do, with its own name, the value given and what is allowed."""

import jax.numpy as jnp
import pytest

from jaxcnn import layers, nn

CONV = {"filters": 2, "kernel_size": 2}

# layer, arguments, what the message says beside the layer's name
AT_CONSTRUCTION = [
    ("Dense", {"units": 0}, "`units` is 0; it must be a positive integer"),
    ("Dense", {"units": 2.5}, "`units` is 2.5; it must be a positive integer"),
    ("Dense", {"units": "3"}, "`units` is '3'"),
    ("Dense", {"units": 3, "activation": "rely"}, "'rely'.*relu"),
    ("Dense", {"units": 3, "kernel_initializer": "glorot"}, "'glorot'.*glorot_normal"),
    ("Dense", {"units": 3, "kernel_regularizer": "l3"}, "'l3'.*l2"),
    ("Dense", {"units": 3, "bias_constraint": "nonnegative"}, "'nonnegative'"),
    ("Activation", {"activation": 3}, "must be a name"),
    ("Dropout", {"rate": 1.5}, "`rate` is 1.5; it is the fraction to drop, from 0 to 1"),
    ("Dropout", {"rate": "half"}, "`rate` is 'half'"),
    ("Dropout", {"rate": 0.5, "noise_shape": 3}, "`noise_shape` is 3"),
    ("Flatten", {"data_format": "last"}, "`data_format` is 'last'; .*'channels_last', "
                                         "'channels_first'"),
    ("Reshape", {"target_shape": (-1, -1)}, r"`target_shape` is \(-1, -1\).*at most one -1"),
    ("Reshape", {"target_shape": (2, 0)}, r"`target_shape` is \(2, 0\)"),
    ("Reshape", {"target_shape": None}, "`target_shape` is None"),
    ("Permute", {"dims": (0, 1)}, r"`dims` is \(0, 1\); it must be an ordering of 1 to 2"),
    ("Permute", {"dims": 2}, "`dims` is 2"),
    ("RepeatVector", {"n": -1}, "`n` is -1; it must be a positive integer"),
    ("ActivityRegularization", {"l1": "x"}, "`l1` is 'x'; it must be a finite number"),
    ("Masking", {"mask_value": None}, "`mask_value` is None; it must be a finite number"),
    ("Lambda", {"function": 3}, "`function` is 3; it must be a function"),
    ("Lambda", {"function": "<lambda>"}, "'<lambda>'.*custom_objects"),
    ("Lambda", {"function": abs, "output_shape": 3}, "`output_shape` is 3; it must be a tuple or a "
                                                     "function"),
    ("Lambda", {"function": abs, "arguments": [1]}, r"`arguments` is \[1\]; it must be a dict"),
    ("Conv1D", {**CONV, "padding": "full"}, "`padding` is 'full'; it must be one of 'valid', "
                                            "'same', 'causal'"),
    ("Conv2D", {**CONV, "padding": "causal"}, "`padding` is 'causal'; it must be one of 'valid', "
                                              "'same'"),
    ("Conv2D", {**CONV, "padding": 1}, "`padding` is 1"),
    ("Conv2D", {**CONV, "filters": -4}, "`filters` is -4; it must be a positive integer"),
    ("Conv2D", {**CONV, "groups": 0}, "`groups` is 0"),
    ("Conv2D", {**CONV, "kernel_size": (3, 3, 3)}, r"`kernel_size` is \(3, 3, 3\); .*an integer or "
                                                   r"2 integers"),
    ("Conv2D", {**CONV, "kernel_size": (0, 3)}, "each at least 1"),
    ("Conv2D", {**CONV, "kernel_size": "3"}, "`kernel_size` is '3'"),
    ("Conv2D", {**CONV, "kernel_size": (3, None)}, r"`kernel_size` is \(3, None\)"),
    ("Conv2D", {**CONV, "strides": 0}, "`strides` is 0"),
    ("Conv2D", {**CONV, "strides": 2, "dilation_rate": 2}, r"`strides` \(2, 2\) and "
                                                           r"`dilation_rate` .*cannot both"),
    ("Conv2D", {**CONV, "data_format": "NCHW"}, "`data_format` is 'NCHW'"),
    ("Conv3D", {**CONV, "dilation_rate": (1, 1)}, "`dilation_rate` is .* 3 integers"),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "`depth_multiplier` is 0"),
    ("SeparableConv1D", {**CONV, "kernel_size": (2, 2)}, "`kernel_size` is .*an integer"),
    ("SeparableConv2D", {**CONV, "pointwise_initializer": None}, "initializer is needed"),
    ("Conv1DTranspose", {**CONV, "padding": "causal"}, "'valid', 'same', 'full'"),
    ("Conv2DTranspose", {**CONV, "output_padding": 1}, r"`output_padding` is .*smaller than "
                                                       r"`strides` \(1, 1\)"),
    ("Conv2DTranspose", {**CONV, "strides": 2, "output_padding": -1}, "`output_padding` is "
                                                                      "-1.*each at least 0"),
    ("Conv3DTranspose", {**CONV, "strides": 2, "dilation_rate": 3}, "cannot both differ from 1"),
    ("LocallyConnected1D", {**CONV, "padding": "same"}, "`padding` is 'same'; it must be one of "
                                                        "'valid'"),
    ("LocallyConnected2D", {**CONV, "padding": "same"}, "`padding` is 'same'; it must be one of "
                                                        "'valid'"),
    ("Cropping1D", {"cropping": (1, 2, 3)}, r"`cropping` is \(1, 2, 3\)"),
    ("Cropping2D", {"cropping": -1}, "`cropping` is -1; it must be a non-negative integer"),
    ("Cropping2D", {"cropping": "1"}, "`cropping` is '1'"),
    ("Cropping3D", {"cropping": ((1, 1), (1, 1))}, "3 integers, or 3 pairs"),
    ("UpSampling1D", {"size": 0}, "`size` is 0"),
    ("UpSampling2D", {"size": (2,)}, "an integer or 2 integers"),
    ("UpSampling2D", {"interpolation": "cubic"}, "`interpolation` is 'cubic'; it must be one of "
                                                 "'nearest', 'bilinear'"),
    ("ZeroPadding2D", {"padding": ((1, -1), (0, 0))}, "`padding` is .*non-negative"),
    ("ZeroPadding3D", {"padding": (1, 1)}, "3 integers"),
    ("MaxPooling2D", {"pool_size": 0}, "`pool_size` is 0"),
    ("MaxPooling2D", {"strides": (1, 0)}, r"`strides` is \(1, 0\)"),
    ("AveragePooling1D", {"padding": "causal"}, "`padding` is 'causal'; it must be one of 'valid', "
                                                "'same'"),
    ("GlobalMaxPooling2D", {"data_format": "x"}, "`data_format` is 'x'"),
    ("Concatenate", {"axis": "last"}, "`axis` is 'last'"),
    ("Dot", {"axes": 0}, "`axes` is 0; it must be an integer or two, none of them 0"),
    ("Dot", {"axes": (1, 2, 3)}, r"`axes` is \(1, 2, 3\)"),
    ("Dot", {"axes": None}, "`axes` is None"),
    ("BatchNormalization", {"axis": 0}, "`axis` is 0; it must be an integer other than 0, the "
                                        "batch"),
    ("BatchNormalization", {"axis": [1]}, r"`axis` is \[1\]|`axis` is \(1,\)"),
    ("BatchNormalization", {"momentum": 2}, "`momentum` is 2; it must be a finite number of at "
                                            "least 0 and at most 1"),
    ("BatchNormalization", {"epsilon": -1}, "`epsilon` is -1; it must be a finite number of at "
                                            "least 0"),
    ("LayerNormalization", {"axis": (1, 0)}, r"`axis` is \(1, 0\)"),
    ("LayerNormalization", {"axis": "last"}, "`axis` is 'last'"),
    ("LayerNormalization", {"epsilon": "small"}, "`epsilon` is 'small'"),
    ("LocalResponseNormalization", {"depth_radius": -1}, "`depth_radius` is -1"),
    ("LocalResponseNormalization", {"bias": 0}, "`bias` is 0; it must be positive"),
    ("GaussianNoise", {"stddev": -0.1}, "`stddev` is -0.1; it must be a finite number of at least "
                                        "0"),
    ("GaussianDropout", {"rate": 1}, "`rate` is 1; it must be at least 0 and below 1"),
    ("AlphaDropout", {"rate": 1.0}, "`rate` is 1.0; it must be at least 0 and below 1"),
    ("AlphaDropout", {"rate": -0.5}, "`rate` is -0.5"),
    ("SpatialDropout1D", {"rate": 2}, "`rate` is 2"),
    ("SpatialDropout2D", {"rate": 0.5, "data_format": 1}, "`data_format` is 1"),
    ("LeakyReLU", {"alpha": float("nan")}, "`alpha` is nan; it must be a finite number"),
    ("LeakyReLU", {"alpha": None}, "`alpha` is None"),
    ("PReLU", {"shared_axes": [0]}, r"`shared_axes` is .*none of them 0"),
    ("PReLU", {"shared_axes": "all"}, "`shared_axes` is 'all'"),
    ("ELU", {"alpha": float("nan")}, "`alpha` is nan; it must be a finite number"),
    ("ThresholdedReLU", {"theta": -1}, "`theta` is -1"),
    ("Softmax", {"axis": 0}, "`axis` is 0"),
    ("ReLU", {"max_value": -6}, "`max_value` is -6"),
    ("ReLU", {"negative_slope": "a"}, "`negative_slope` is 'a'"),
]  # fmt: skip

# layer, arguments, input shape or shapes with the batch, what the message says beside the layer's
# name
AT_THE_CALL = [
    ("Dense", {"units": 3}, (4,), r"shape \(4,\); it needs \(batch, ..., features\)"),
    ("Reshape", {"target_shape": (4,)}, (2, 3), r"3 values a sample.*`target_shape` \(4,\)"),
    ("Reshape", {"target_shape": (2, -1)}, (2, 3), "do not fill"),
    ("Permute", {"dims": (2, 1)}, (2, 3), "it needs 3 axes"),
    ("RepeatVector", {"n": 2}, (2, 3, 4), "it needs 2 axes"),
    ("Lambda", {"function": jnp.sum, "output_shape": (3,)}, (2, 3), r"returned shape \(\), but "
                                                                    r"`output_shape` says"),
    ("Conv1D", CONV, (2, 3), r"it needs 3 axes \(batch, steps, channels\)"),
    ("Conv2D", CONV, (2, 5, 5), r"it needs 4 axes \(batch, height, width, channels\)"),
    ("Conv2D", {**CONV, "data_format": "channels_first"}, (2, 5, 5), r"\(batch, channels, height, "
                                                                     r"width\)"),
    ("Conv2D", {**CONV, "kernel_size": 4}, (2, 3, 3, 1), r"size \(3, 3\), smaller than the "
                                                         r"kernel's reach \(4, 4\)"),
    ("Conv2D", {**CONV, "dilation_rate": 3}, (2, 3, 3, 1), r"reach \(4, 4\)"),
    ("Conv2D", {**CONV, "groups": 2}, (2, 3, 3, 3), "`groups` is 2; it must divide the input's 3 "
                                                    "channels"),
    ("DepthwiseConv2D", {"kernel_size": 4}, (2, 3, 3, 1), "smaller than the kernel's reach"),
    ("SeparableConv2D", {**CONV, "kernel_size": 4}, (2, 3, 3, 1), "smaller than the kernel's "
                                                                  "reach"),
    ("Conv2DTranspose", {**CONV, "padding": "full", "kernel_size": 5}, (2, 2, 2, 1),
     r"an output of \(-2, -2\)"),
    ("LocallyConnected1D", {**CONV, "kernel_size": 4}, (2, 3, 1), "smaller than the kernel's "
                                                                  "reach"),
    ("Cropping1D", {"cropping": 2}, (2, 3, 1), "takes more than there is of the spatial size"),
    ("MaxPooling2D", {}, (2, 1, 4, 1), r"spatial size \(1, 4\), smaller than `pool_size` \(2, 2\)"),
    ("GlobalMaxPooling1D", {}, (2, 3), "it needs 3 axes"),
    ("Add", {}, (2, 3), "should be called on a list of at least 2 inputs"),
    ("Add", {}, [(2, 3)], "should be called on a list of at least 2 inputs"),
    ("Add", {}, [(2, 3), (2, 4)], r"not be broadcast together with shapes \(2, 3\), \(2, 4\)"),
    ("Subtract", {}, [(2, 3)] * 3, "exactly 2 inputs; given 3"),
    ("Concatenate", {"axis": 1}, [(2, 3, 4), (2, 3, 5)], "except for the concat axis 1"),
    ("Concatenate", {"axis": 3}, [(2, 3), (2, 3)], "except for the concat axis 3"),
    ("Dot", {"axes": 1}, [(2, 3), (2, 4)], "differ along `axes` 1"),
    ("Dot", {"axes": 2}, [(2, 3), (2, 3)], "`axes` 2 does not exist"),
    ("BatchNormalization", {"axis": 3}, (2, 3), r"`axis` is 3, but the input has shape \(2, 3\)"),
    ("LayerNormalization", {"axis": 2}, (2, 3), "`axis` is 2, but the input has shape"),
    ("LocalResponseNormalization", {}, (2, 3), "it needs 4 axes"),
    ("SpatialDropout2D", {"rate": 0.5}, (2, 3, 4), "it needs 4 axes"),
    ("PReLU", {"shared_axes": [2]}, (2, 3), r"`shared_axes` is \(2,\), but the input has shape"),
    ("Softmax", {"axis": 2}, (2, 3), "`axis` is 2, but the input has shape"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "arguments", "message"), AT_CONSTRUCTION)
def test_refused_where_it_is_written(layer, arguments, message):
    with pytest.raises(ValueError, match=f"^{layer}: .*{message}"):
        getattr(nn, layer)(**arguments)
    with pytest.raises(ValueError, match=f"Layer 'bad': {layer}: "):
        getattr(layers, layer)(**arguments, name="bad")


@pytest.mark.parametrize(("layer", "arguments", "shape", "message"), AT_THE_CALL)
def test_refused_at_the_call(layer, arguments, shape, message):
    handle = getattr(layers, layer)(**arguments, name="bad")
    shapes = shape if isinstance(shape, list) else [shape]
    symbols = [layers.Input(batch_shape=s) for s in shapes]
    arrays = [jnp.zeros(s) for s in shapes]
    for inputs in (symbols, arrays):
        with pytest.raises(ValueError, match=f"'bad'.*{layer}.*{message}"):
            handle(inputs if isinstance(shape, list) else inputs[0])


@pytest.mark.parametrize("noise_shape", [(2, 1), (2, 2, 4), (None, 3, 5)])
@pytest.mark.parametrize("layer", ["Dropout", "AlphaDropout"])
def test_noise_shape_must_fit_the_input(layer, noise_shape):
    handle = getattr(layers, layer)(0.5, noise_shape=noise_shape)
    with pytest.raises(
        ValueError,
        match=r"`noise_shape` is .* for an input of shape \(2, 3, 4\) it needs 3 entries",
    ):
        handle(jnp.zeros((2, 3, 4)), train=True)


def test_unknown_arguments_name_the_nearest():
    with pytest.raises(
        TypeError, match=r"Conv2D got .* `kernel_sizes`\. Did you mean 'kernel_size'\?"
    ):
        layers.Conv2D(3, 3, kernel_sizes=3)
    with pytest.raises(TypeError, match="Conv2D: missing a required argument: 'kernel_size'"):
        layers.Conv2D(3)
