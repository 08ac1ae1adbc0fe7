"""In the manner of C6: a picture is changed until its maps resemble two others."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
KERNELS = [
    (rng.randn(3, 3, 3, 4) * 0.3).astype(np.float32),
    (rng.randn(3, 3, 4, 5) * 0.3).astype(np.float32),
]
content_image = rng.uniform(-100, 100, (1, 8, 10, 3)).astype(np.float32)
style_image = rng.uniform(-100, 100, (1, 8, 10, 3)).astype(np.float32)
noise = rng.uniform(-20, 20, (1, 8, 10, 3)).astype(np.float32)


def conv2d_relu(prev, weights, bias):
    W, b = tf.constant(weights), tf.constant(np.reshape(bias, (bias.size)))
    return tf.nn.relu(tf.nn.conv2d(prev, filter=W, strides=[1, 1, 1, 1], padding="SAME") + b)


def avgpool(prev):
    return tf.nn.avg_pool(prev, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


graph = {}
graph["input"] = tf.Variable(np.zeros((1, 8, 10, 3)), dtype="float32")
graph["conv1_1"] = conv2d_relu(graph["input"], KERNELS[0], np.zeros((1, 4), np.float32))
graph["avgpool1"] = avgpool(graph["conv1_1"])
graph["conv2_1"] = conv2d_relu(graph["avgpool1"], KERNELS[1], np.ones((1, 5), np.float32))


def content_loss_func(sess, model):
    p = sess.run(model["conv2_1"])
    x = model["conv2_1"]
    return (1 / (2 * p.size)) * tf.reduce_sum(tf.pow(x - p, 2))


def gram_matrix(F, N, M):
    Ft = tf.reshape(F, (M, N))
    return tf.matmul(tf.transpose(Ft), Ft)


def style_loss_func(sess, model):
    def of_layer(a, x):
        N = a.shape[3]
        M = a.shape[1] * a.shape[2]
        A = gram_matrix(a, N, M)
        G = gram_matrix(x, N, M)
        return (1 / (4 * N**2 * M**2)) * tf.reduce_sum(tf.pow(G - A, 2))

    layers = [("conv1_1", 0.5), ("conv2_1", 1.5)]
    E = [of_layer(sess.run(model[name]), model[name]) for name, _ in layers]
    return sum(weight * e for e, (_, weight) in zip(E, layers))


sess = tf.Session()
sess.run(tf.initialize_all_variables())
sess.run(graph["input"].assign(content_image))
content_loss = content_loss_func(sess, graph)
sess.run(graph["input"].assign(style_image))
style_loss = style_loss_func(sess, graph)
total_loss = 1 * content_loss + 100 * style_loss

optimizer = tf.train.AdamOptimizer(1.5)
train_step = optimizer.minimize(total_loss)
sess.run(tf.initialize_all_variables())
sess.run(graph["input"].assign(noise))
costs = []
for it in range(5):
    costs.append(float(sess.run(total_loss)))
    sess.run(train_step)
mixed_image = sess.run(graph["input"])
print("cost: ", costs[0], costs[-1])
