# P13: RMSprop by its small name, and images that are changed while they are learned
import numpy as np
import keras
from keras.layers import Activation, Conv2D, Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

x, y = np.random.random((8, 8, 8, 3)), keras.utils.to_categorical(np.arange(8) % 2, 2)
model = Sequential()
model.add(Conv2D(2, (3, 3), padding='same', input_shape=x.shape[1:]))
model.add(Activation('relu'))
model.add(Flatten())
model.add(Dense(2))
model.add(Activation('softmax'))
opt = keras.optimizers.rmsprop(lr=0.0001, decay=1e-6)
model.compile(loss='categorical_crossentropy', optimizer=opt, metrics=['accuracy'])
datagen = ImageDataGenerator(featurewise_center=False, samplewise_center=False, zca_whitening=False,
                             rotation_range=0, width_shift_range=0.1, height_shift_range=0.1,
                             horizontal_flip=True, vertical_flip=False)
datagen.fit(x)
model.fit_generator(datagen.flow(x, y, batch_size=4), steps_per_epoch=x.shape[0] // 4, epochs=1,
                    validation_data=(x, y))
