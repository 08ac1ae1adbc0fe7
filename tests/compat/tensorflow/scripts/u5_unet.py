"""In the manner of U5: a U-Net in Keras's words, placed on a device of a session that may grow."""

import os

os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")

import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Conv2D, Conv2DTranspose, Dropout, Input, MaxPooling2D, concatenate
from keras.models import Model
from keras.optimizers import Adam

config = tf.ConfigProto(allow_soft_placement=True)
config.gpu_options.allow_growth = True
K.set_session(tf.Session(config=config))

data = dict(np.load("pictures.npz"))
start = list(np.load("weights.npz").values())


def twice(x, filters):
    x = Conv2D(filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(x)
    return Conv2D(filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(x)


def unet(rows, cols, channels):
    inputs = Input((rows, cols, channels))
    conv1 = twice(inputs, 2)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
    conv2 = twice(pool1, 4)
    drop2 = Dropout(0.0)(conv2)
    pool2 = MaxPooling2D(pool_size=(2, 2))(drop2)
    drop3 = Dropout(0.0)(twice(pool2, 8))
    up2 = Conv2DTranspose(4, 2, strides=2, activation="relu")(drop3)
    conv4 = twice(concatenate([drop2, up2], axis=3), 4)
    up1 = Conv2DTranspose(2, 2, strides=2, activation="relu")(conv4)
    conv5 = twice(concatenate([conv1, up1], axis=3), 2)
    return Model(inputs, Conv2D(1, 1, activation="sigmoid")(conv5))


with tf.device("/cpu:0"):
    model = unet(32, 32, 1)
model.set_weights(start)
model.compile(optimizer=Adam(lr=1e-5), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(data["x"], data["masks"], batch_size=4, epochs=2, verbose=0, shuffle=False)
