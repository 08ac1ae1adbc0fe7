"""In the manner of C1: a network of three convolutions, written out, on a few digits."""

import os

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

batch_size = 16
test_size = 8


def init_weights(shape):
    return tf.Variable(tf.random_normal(shape, stddev=0.01))


def block(x, w, keep):
    maps = tf.nn.relu(tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"))
    pooled = tf.nn.max_pool(maps, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    return tf.nn.dropout(pooled, keep)


def network(x, kernels, w_dense, w_out, keep_conv, keep_hidden):
    for w in kernels:
        x = block(x, w, keep_conv)
    x = tf.reshape(x, [-1, w_dense.get_shape().as_list()[0]])
    x = tf.nn.dropout(tf.nn.relu(tf.matmul(x, w_dense)), keep_hidden)
    return tf.matmul(x, w_out)


mnist = input_data.read_data_sets(os.environ.get("DIGITS", "MNIST_data/"), one_hot=True)
x_train, y_train = mnist.train.images[:64], mnist.train.labels[:64]
x_test, y_test = mnist.test.images[:32], mnist.test.labels[:32]
x_train = x_train.reshape(-1, 28, 28, 1)
x_test = x_test.reshape(-1, 28, 28, 1)

X = tf.placeholder("float", [None, 28, 28, 1])
Y = tf.placeholder("float", [None, 10])
kernels = [init_weights([3, 3, *ends]) for ends in ((1, 32), (32, 64), (64, 128))]
w4 = init_weights([128 * 4 * 4, 625])
w_o = init_weights([625, 10])
keep_conv = tf.placeholder("float")
keep_hidden = tf.placeholder("float")
logits = network(X, kernels, w4, w_o, keep_conv, keep_hidden)

cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=Y))
train_op = tf.train.RMSPropOptimizer(0.001, 0.9).minimize(cost)
predict_op = tf.argmax(logits, 1)

accuracies = []
with tf.Session() as sess:
    tf.global_variables_initializer().run()
    first = sess.run(cost, feed_dict={X: x_test, Y: y_test, keep_conv: 1.0, keep_hidden: 1.0})
    for i in range(2):
        batches = zip(
            range(0, len(x_train), batch_size), range(batch_size, len(x_train) + 1, batch_size)
        )
        for start, end in batches:
            feed = {X: x_train[start:end], Y: y_train[start:end], keep_conv: 0.8, keep_hidden: 0.5}
            sess.run(train_op, feed_dict=feed)
        test_indices = np.arange(len(x_test))
        np.random.shuffle(test_indices)
        test_indices = test_indices[:test_size]
        predicted = sess.run(
            predict_op, feed_dict={X: x_test[test_indices], keep_conv: 1.0, keep_hidden: 1.0}
        )
        accuracies.append(np.mean(np.argmax(y_test[test_indices], axis=1) == predicted))
        print(i, accuracies[-1])
    last = sess.run(cost, feed_dict={X: x_test, Y: y_test, keep_conv: 1.0, keep_hidden: 1.0})
