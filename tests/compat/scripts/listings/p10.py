# P10: training from folders, in the words of Keras 1
import os
import numpy as np
from keras.preprocessing.image import ImageDataGenerator, array_to_img
from keras.models import Sequential
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D

for kind in ('train', 'validation'):
    for name in ('cats', 'dogs'):
        os.makedirs(os.path.join('data', kind, name))
        for i in range(2):
            array_to_img(np.random.random((9, 9, 3))).save('data/%s/%s/%d.jpg' % (kind, name, i))
model = Sequential()
model.add(Convolution2D(2, 3, 3, input_shape=(8, 8, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dropout(0.5))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
changing = ImageDataGenerator(rescale=1./255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
plain = ImageDataGenerator(rescale=1./255)
train = changing.flow_from_directory('data/train', target_size=(8, 8), batch_size=2, class_mode='binary')
valid = plain.flow_from_directory('data/validation', target_size=(8, 8), batch_size=2, class_mode='binary')
history = model.fit_generator(train, samples_per_epoch=4, nb_epoch=1, validation_data=valid, nb_val_samples=2)
model.save_weights('first_try.h5')
assert 'val_acc' in history.history and os.path.exists('first_try.h5')
