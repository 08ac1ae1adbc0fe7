"""In the manner of C7: an inception module, its four branches joined along the channels."""

import numpy as np
import tensorflow as tf

weights = list(np.load("weights.npz").values())
maps = np.load("maps.npy")


def convolved(x, number):
    kernel, bias = (tf.Variable(w) for w in weights[2 * number : 2 * number + 2])
    maps = tf.nn.conv2d(x, kernel, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.relu(tf.nn.bias_add(maps, bias))


x = tf.placeholder(tf.float32, [None, *maps.shape[1:]])
with tf.name_scope("inception"):
    one = convolved(x, 0)
    three = convolved(convolved(x, 1), 2)
    five = convolved(convolved(x, 3), 4)
    pooled = tf.nn.max_pool(x, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding="SAME")
    after_pool = convolved(pooled, 5)
    module = tf.concat(axis=3, values=[one, three, five, after_pool])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    output = sess.run(module, {x: maps})
