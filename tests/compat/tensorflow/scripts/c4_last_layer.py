"""In the manner of C4: a last layer on given features, whose softmax goes into a loss of logits."""

import numpy as np
import tensorflow as tf

data = dict(np.load("features.npz"))
features, labels = data["features"], data["labels"]
batch_size = 4
display_step = 1

x = tf.placeholder(tf.float32, [None, features.shape[1]])
y_ = tf.placeholder(tf.float32, shape=[None, 2])
keep_prob = tf.placeholder(tf.float32)
W_fc8 = tf.Variable(data["kernel"], name="W_fc8")
b_fc8 = tf.Variable(data["bias"], name="b_fc8")
fc7_drop = tf.nn.dropout(x, keep_prob)
y = tf.nn.softmax(tf.nn.xw_plus_b(fc7_drop, W_fc8, b_fc8))

cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=y, labels=y_))
optimizer = tf.train.AdamOptimizer().minimize(cost, var_list=[W_fc8, b_fc8])
correct_pred = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))

losses = []
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    first = sess.run(y, feed_dict={x: features, keep_prob: 1.0})
    for step in range(3):
        batch = slice(step * batch_size, (step + 1) * batch_size)
        feed = {x: features[batch], y_: labels[batch], keep_prob: 1.0}
        loss, acc = sess.run([cost, accuracy], feed_dict=feed)
        sess.run(optimizer, feed_dict=feed)
        losses.append([loss, acc])
        if step % display_step == 0:
            print(f"Iter {step}, Minibatch Loss= {loss:.6f}, Training Accuracy= {acc:.5f}")
    weights = sess.run([W_fc8, b_fc8])
    tested = sess.run(accuracy, feed_dict={x: features, y_: labels, keep_prob: 1.0})
