# Q2.P28: two networks in two games
import numpy as np
from keras.layers import (Activation, BatchNormalization, Conv2D, Conv2DTranspose, Dense, Dropout, Flatten, LeakyReLU,
                          Reshape, UpSampling2D)
from keras.models import Sequential
from keras.optimizers import RMSprop

D = Sequential()
D.add(Conv2D(2, 5, strides=2, input_shape=(8, 8, 1), padding='same'))
D.add(LeakyReLU(alpha=0.2))
D.add(Dropout(0.4))
D.add(Flatten())
D.add(Dense(1))
D.add(Activation('sigmoid'))
G = Sequential()
G.add(Dense(2 * 2 * 4, input_dim=10))
G.add(BatchNormalization(momentum=0.9))
G.add(Activation('relu'))
G.add(Reshape((2, 2, 4)))
G.add(UpSampling2D())
G.add(Conv2DTranspose(2, 5, padding='same'))
G.add(UpSampling2D())
G.add(Conv2DTranspose(1, 5, padding='same'))
G.add(Activation('sigmoid'))
DM = Sequential()
DM.add(D)
DM.compile(loss='binary_crossentropy', optimizer=RMSprop(lr=0.0008, clipvalue=1.0, decay=6e-8), metrics=['accuracy'])
AM = Sequential()
AM.add(G)
AM.add(D)
AM.compile(loss='binary_crossentropy', optimizer=RMSprop(lr=0.0004, clipvalue=1.0, decay=3e-8), metrics=['accuracy'])
for i in range(2):
    images_fake = G.predict(np.random.uniform(-1.0, 1.0, size=[4, 10]))
    x = np.concatenate((np.random.random((4, 8, 8, 1)), images_fake))
    y = np.ones([8, 1])
    y[4:, :] = 0
    d_loss = DM.train_on_batch(x, y)
    a_loss = AM.train_on_batch(np.random.uniform(-1.0, 1.0, size=[4, 10]), np.ones([4, 1]))
    print('%d: [D loss: %f, acc: %f]  [A loss: %f, acc: %f]' % (i, d_loss[0], d_loss[1], a_loss[0], a_loss[1]))
assert (DM.get_weights()[0] == AM.get_weights()[-4]).all()
