"""In the manner of C5: the convolutions of a configuration of VGG, from a list of weights."""

import numpy as np
import tensorflow as tf

weights = list(np.load("weights.npz").values())
images = np.load("images.npy")
windows = np.load("windows.npy")  # of all convolutions, 0 for a pool, -1 for a normalization

images_placeholder = tf.placeholder(tf.float32, [None, 32, 32, 3])
current = images_placeholder
number = 0
for layer, window in enumerate(windows):
    with tf.name_scope(f"layer{layer}"):
        if window == 0:
            current = tf.nn.max_pool(current, [1, 2, 2, 1], [1, 2, 2, 1], padding="SAME")
        elif window == -1:
            current = tf.nn.lrn(current, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)
        else:
            kernel, bias = tf.constant(weights[number]), tf.constant(weights[number + 1])
            number += 2
            assert kernel.get_shape().as_list()[:2] == [window, window]
            current = tf.nn.conv2d(current, kernel, strides=[1, 1, 1, 1], padding="SAME")
            current = tf.nn.relu(tf.nn.bias_add(current, bias))

with tf.Session() as sess:
    output = current.eval(feed_dict={images_placeholder: images})
