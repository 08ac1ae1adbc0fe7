"""In the manner of C8: flags, summaries, collections, checkpoints, and a network by scopes."""

import os
from datetime import datetime

import numpy as np
import tensorflow as tf

FLAGS = tf.flags.FLAGS
tf.flags.DEFINE_string("logs_dir", "logs/", "where checkpoints and events go")
tf.flags.DEFINE_string("mode", "train", "train or test")
tf.flags.DEFINE_integer("iterations", 4, "how many")

SIZE = 12
LABELS = 3
REGULARIZATION = 1e-2
record = {"training": [], "validation": [], "restored": False}


def add_to_regularization_loss(W, b):
    tf.add_to_collection("losses", tf.nn.l2_loss(W))
    tf.add_to_collection("losses", tf.nn.l2_loss(b))


def weight_variable(shape, stddev=0.02, name=None):
    initial = tf.truncated_normal(shape, stddev=stddev)
    if name is None:
        return tf.Variable(initial)
    return tf.get_variable(name, initializer=initial)


def bias_variable(shape, name=None):
    initial = tf.constant(0.0, shape=shape)
    if name is None:
        return tf.Variable(initial)
    return tf.get_variable(name, initializer=initial)


def conv2d_basic(x, W, bias):
    conv = tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.bias_add(conv, bias)


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


def network(images, keep):
    weights = {
        "wc1": weight_variable([5, 5, 1, 4], name="W_conv1"),
        "wf1": weight_variable([int((SIZE / 2) * (SIZE / 2)) * 4, 8], name="W_fc1"),
        "wf2": weight_variable([8, LABELS], name="W_fc2"),
    }
    biases = {
        "bc1": bias_variable([4], name="b_conv1"),
        "bf1": bias_variable([8], name="b_fc1"),
        "bf2": bias_variable([LABELS], name="b_fc2"),
    }
    with tf.name_scope("conv1") as scope:
        tf.summary.histogram("W_conv1", weights["wc1"])
        tf.summary.histogram("b_conv1", biases["bc1"])
        h_1 = tf.nn.relu(conv2d_basic(images, weights["wc1"], biases["bc1"]))
        h_pool1 = max_pool_2x2(h_1)
        add_to_regularization_loss(weights["wc1"], biases["bc1"])
        record["scope"] = scope
    with tf.name_scope("fc_1"):
        h_flat = tf.reshape(h_pool1, [-1, int(SIZE / 2) ** 2 * 4])
        h_fc1 = tf.nn.relu(tf.matmul(h_flat, weights["wf1"]) + biases["bf1"])
        h_fc1_dropout = tf.nn.dropout(h_fc1, keep)
    with tf.name_scope("fc_2"):
        return tf.matmul(h_fc1_dropout, weights["wf2"]) + biases["bf2"]


def loss(pred, label):
    cross_entropy = tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=label)
    )
    tf.summary.scalar("Entropy", cross_entropy)
    reg_losses = tf.add_n(tf.get_collection("losses"))
    tf.summary.scalar("Reg_loss", reg_losses)
    return cross_entropy + REGULARIZATION * reg_losses


def train(loss, step):
    return tf.train.AdamOptimizer(1e-3).minimize(loss, global_step=step)


def main(argv=None):
    rng = np.random.RandomState(0)
    images = rng.rand(16, SIZE, SIZE, 1).astype(np.float32)
    labels = np.eye(LABELS, dtype=np.float32)[np.arange(16) % LABELS]
    global_step = tf.Variable(0, trainable=False)
    keep = tf.placeholder(tf.float32)
    input_dataset = tf.placeholder(tf.float32, [None, SIZE, SIZE, 1], name="input")
    input_labels = tf.placeholder(tf.float32, [None, LABELS])
    pred = network(input_dataset, keep)
    output_pred = tf.nn.softmax(pred, name="output")
    loss_val = loss(pred, input_labels)
    train_op = train(loss_val, global_step)
    summary_op = tf.summary.merge_all()
    init_op = tf.global_variables_initializer()
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(init_op)
        summary_writer = tf.summary.FileWriter(FLAGS.logs_dir, sess.graph)
        ckpt = tf.train.get_checkpoint_state(FLAGS.logs_dir)
        if ckpt and ckpt.model_checkpoint_path:
            saver.restore(sess, ckpt.model_checkpoint_path)
            print("Model Restored!")
            record["restored"] = True
        feed = {input_dataset: images[:12], input_labels: labels[:12], keep: 0.5}
        calm = {input_dataset: images[12:], input_labels: labels[12:], keep: 1.0}
        for step in range(FLAGS.iterations):
            sess.run(train_op, feed_dict=feed)
            if step % 2 == 0:
                train_loss, summary_str = sess.run([loss_val, summary_op], feed_dict=feed)
                summary_writer.add_summary(summary_str, global_step=step)
                print("Training Loss: %f" % train_loss)
                record["training"].append(float(train_loss))
            if step == FLAGS.iterations - 1:
                valid_loss = sess.run(loss_val, feed_dict=calm)
                print("%s Validation Loss: %f" % (datetime.now(), valid_loss))
                record["validation"].append(float(valid_loss))
                record["saved"] = saver.save(
                    sess, os.path.join(FLAGS.logs_dir, "model.ckpt"), global_step=step
                )
        record["steps"] = int(sess.run(global_step))
        by_name = sess.graph.get_tensor_by_name("output:0")
        record["opinions"] = sess.run(by_name, feed_dict={"input:0": images[:2], keep: 1.0})
        record["mode"] = FLAGS.mode
    return None


if __name__ == "__main__":
    tf.app.run()
