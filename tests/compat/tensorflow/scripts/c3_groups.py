"""In the manner of C3: AlexNet's grouped convolutions and normalization, from a file of weights."""

import numpy as np
import tensorflow as tf

weights = np.load("weights.npy", encoding="latin1", allow_pickle=True).item()
images = np.linspace(-1, 1, 2 * 15 * 15 * 3).reshape(2, 15, 15, 3).astype(np.float32)

x = tf.placeholder(tf.float32, (None,) + images.shape[1:])


def conv(input, kernel, biases, s_h, s_w, padding="VALID", group=1):
    channels = input.get_shape()[-1]
    assert channels % group == 0

    def convolve(i, k):
        return tf.nn.conv2d(i, k, [1, s_h, s_w, 1], padding=padding)

    if group == 1:
        maps = convolve(input, kernel)
    else:
        input_groups = tf.split(input, group, 3)
        kernel_groups = tf.split(kernel, group, 3)
        maps = tf.concat([convolve(i, k) for i, k in zip(input_groups, kernel_groups)], axis=3)
    return tf.reshape(tf.nn.bias_add(maps, biases), [-1] + maps.get_shape().as_list()[1:])


conv1W = tf.Variable(weights["conv1"][0])
conv1b = tf.Variable(weights["conv1"][1])
conv1 = tf.nn.relu(conv(x, conv1W, conv1b, 2, 2, padding="SAME"))
lrn1 = tf.nn.local_response_normalization(conv1, depth_radius=2, alpha=2e-05, beta=0.75, bias=1.0)
pool1 = tf.nn.max_pool(lrn1, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID")
conv2W = tf.Variable(weights["conv2"][0])
conv2b = tf.Variable(weights["conv2"][1])
conv2 = tf.nn.relu(conv(pool1, conv2W, conv2b, 1, 1, padding="SAME", group=2))
fc6W = tf.Variable(weights["fc6"][0])
fc6b = tf.Variable(weights["fc6"][1])
flat = tf.reshape(conv2, [-1, int(np.prod(conv2.get_shape()[1:]))])
fc6 = tf.nn.relu_layer(flat, fc6W, fc6b)
fc8W = tf.Variable(weights["fc8"][0])
fc8b = tf.Variable(weights["fc8"][1])
fc8 = tf.nn.xw_plus_b(fc6, fc8W, fc8b)
prob = tf.nn.softmax(fc8)

init = tf.initialize_all_variables()
sess = tf.Session()
sess.run(init)
output = sess.run(prob, feed_dict={x: images})
for row in range(output.shape[0]):
    inds = np.argsort(output)[row, :]
    print("Image", row)
    for i in range(2):
        print(inds[-1 - i], output[row, inds[-1 - i]])

# C4 goes on with a last layer of its own, and trains that alone.
keep_prob = tf.placeholder(tf.float32)
y_ = tf.placeholder(tf.float32, [None, 2])
W_fc8 = tf.Variable(tf.constant([[0.1, -0.1]] * 5))
b_fc8 = tf.Variable(tf.zeros([2]))
predictions = tf.nn.softmax(tf.nn.xw_plus_b(tf.nn.dropout(fc6, keep_prob), W_fc8, b_fc8))
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=predictions, labels=y_))
step = tf.train.AdamOptimizer(0.01).minimize(loss, var_list=[W_fc8, b_fc8])
correct = tf.equal(tf.argmax(predictions, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
sess.run(tf.global_variables_initializer())
losses = []
for _ in range(3):
    feed = {x: images, y_: [[0, 1], [1, 0]], keep_prob: 1.0}
    _, minibatch_loss, minibatch_accuracy = sess.run([step, loss, accuracy], feed_dict=feed)
    losses.append(float(minibatch_loss))
    print("loss", minibatch_loss, "accuracy", minibatch_accuracy)
trained, untouched = sess.run([W_fc8, fc6W])
