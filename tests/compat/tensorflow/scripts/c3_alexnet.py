"""In the manner of C3: the whole of AlexNet in words, from a dictionary of weights."""

import numpy as np
import tensorflow as tf

net_data = np.load("bvlc_alexnet.npy", encoding="latin1", allow_pickle=True).item()
images = np.load("images.npy")

x = tf.placeholder(tf.float32, (None,) + images.shape[1:])


def conv(input, kernel, biases, c_o, s_h, s_w, padding="VALID", group=1):
    assert c_o % group == 0

    def convolve(i, k):
        return tf.nn.conv2d(i, k, [1, s_h, s_w, 1], padding=padding)

    if group == 1:
        maps = convolve(input, kernel)
    else:
        input_groups = tf.split(input, group, 3)
        kernel_groups = tf.split(kernel, group, 3)
        maps = tf.concat([convolve(i, k) for i, k in zip(input_groups, kernel_groups)], 3)
    return tf.reshape(tf.nn.bias_add(maps, biases), [-1] + maps.get_shape().as_list()[1:])


def weights_of(name):
    return tf.Variable(net_data[name][0]), tf.Variable(net_data[name][1])


def normalized_and_pooled(maps):
    lrn = tf.nn.local_response_normalization(maps, depth_radius=2, alpha=2e-05, beta=0.75, bias=1.0)
    return tf.nn.max_pool(lrn, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID")


conv1 = tf.nn.relu(conv(x, *weights_of("conv1"), 96, 4, 4))
maxpool1 = normalized_and_pooled(conv1)
conv2 = tf.nn.relu(conv(maxpool1, *weights_of("conv2"), 256, 1, 1, padding="SAME", group=2))
maxpool2 = normalized_and_pooled(conv2)
conv3 = tf.nn.relu(conv(maxpool2, *weights_of("conv3"), 384, 1, 1, padding="SAME"))
conv4 = tf.nn.relu(conv(conv3, *weights_of("conv4"), 384, 1, 1, padding="SAME", group=2))
conv5 = tf.nn.relu(conv(conv4, *weights_of("conv5"), 256, 1, 1, padding="SAME", group=2))
maxpool5 = tf.nn.max_pool(conv5, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID")
flat = tf.reshape(maxpool5, [-1, int(np.prod(maxpool5.get_shape()[1:]))])
fc6 = tf.nn.relu_layer(flat, *weights_of("fc6"))
fc7 = tf.nn.relu_layer(fc6, *weights_of("fc7"))
fc8 = tf.nn.xw_plus_b(fc7, *weights_of("fc8"))
prob = tf.nn.softmax(fc8)

init = tf.global_variables_initializer()
sess = tf.Session()
sess.run(init)
output = sess.run(prob, feed_dict={x: images})
for input_im_ind in range(output.shape[0]):
    inds = np.argsort(output)[input_im_ind, :]
    print("Image", input_im_ind)
    for i in range(5):
        print(inds[-1 - i], output[input_im_ind, inds[-1 - i]])
sess.close()
