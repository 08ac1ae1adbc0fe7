# A network as it was written for Keras 1, and a few of the words of that time.
import numpy as np
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.normalization import BatchNormalization
from keras.layers import Input, merge
from keras.models import Model, Sequential
from keras.optimizers import SGD
from keras.regularizers import l2
from keras.utils import np_utils
import keras.backend as K

nb_classes, nb_epoch, batch_size = 3, 2, 16
K.set_image_dim_ordering('th')
X = np.random.random((32, 1, 12, 12))
Y = np_utils.to_categorical(np.arange(32) % nb_classes, nb_classes)

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', init='he_normal', W_regularizer=l2(1e-4), input_shape=(1, 12, 12)))
model.add(BatchNormalization(epsilon=1e-06, mode=0, axis=1, momentum=0.9, beta_init='zero', gamma_init='one'))
model.add(Activation('relu'))
model.add(Convolution2D(4, 3, 3, subsample=(2, 2), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2), border_mode='valid', dim_ordering='th'))
model.add(Dropout(p=0.25))
model.add(Flatten())
model.add(Dense(output_dim=nb_classes, activation='softmax', bias=True))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.05, decay=1e-6, momentum=0.9, nesterov=True),
              metrics=['accuracy'])
history = model.fit(X, Y, batch_size=batch_size, nb_epoch=nb_epoch, verbose=2, validation_data=(X, Y))
score = model.evaluate(X, Y, verbose=0)
print('Test score:', score[0])
print('Test accuracy:', score[1])
K.set_image_dim_ordering('tf')

left, right = Input(shape=(3,)), Input(shape=(3,))
both = Model(input=[left, right], output=merge([left, right], mode='concat', concat_axis=1))

# batches from a generator, counted in samples
from keras.preprocessing.image import ImageDataGenerator


class Batches(object):
    batch_size = 8

    def __iter__(self):
        return self

    def __next__(self):
        rows = np.random.choice(32, self.batch_size)
        return X.transpose(0, 2, 3, 1)[rows], Y[rows]


datagen = ImageDataGenerator(width_shift_range=0.1, dim_ordering='tf')
flowed = Sequential([Flatten(input_shape=(12, 12, 1)), Dense(nb_classes, activation='softmax')])
flowed.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
flowed_history = flowed.fit_generator(Batches(), samples_per_epoch=32, nb_epoch=2, verbose=0,
                                      validation_data=Batches(), nb_val_samples=32)
