# Q2.P7: whitened, turned and moved images, fitted first and then drawn
import numpy as np
from keras.layers import Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import np_utils

x, y = np.random.random((12, 6, 6, 3)), np_utils.to_categorical(np.arange(12) % 3, 3)
datagen = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, rotation_range=20,
                             width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True)
datagen.fit(x)
model = Sequential([Flatten(input_shape=(6, 6, 3)), Dense(3, activation='softmax')])
model.compile('sgd', 'categorical_crossentropy')
model.fit_generator(datagen.flow(x, y, batch_size=4), steps_per_epoch=len(x) // 4, epochs=1)
batches = 0
for x_batch, y_batch in datagen.flow(x, y, batch_size=4):
    model.fit(x_batch, y_batch, verbose=0)
    batches += 1
    if batches >= len(x) / 4:
        break
datagen = ImageDataGenerator(zca_whitening=True)
datagen.fit(x)
assert datagen.principal_components.shape == (108, 108)
