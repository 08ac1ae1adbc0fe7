# P14: faces in the words of Keras 1
import numpy as np
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential, load_model
from keras.optimizers import SGD
from keras.utils import np_utils
from keras import backend as K

assert K.image_dim_ordering() in ('th', 'tf')
images, labels = np.random.random((6, 8, 8, 3)), np_utils.to_categorical(np.arange(6) % 2, 2)
model = Sequential()
model.add(Convolution2D(2, 3, 3, border_mode='same', input_shape=(8, 8, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(2))
model.add(Activation('softmax'))
model.summary()
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True), metrics=['accuracy'])
model.fit(images, labels, batch_size=3, nb_epoch=1, validation_data=(images, labels), shuffle=True)
model.save('me.face.model.h5')
score = load_model('me.face.model.h5').evaluate(images, labels, verbose=1)
print('%s: %.2f%%' % (model.metrics_names[1], score[1] * 100))
assert model.predict_proba(images[:1]).shape == (1, 2)
