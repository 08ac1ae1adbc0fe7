# P17: a network that cleans images, saved whole and its weights alone, and resumed
import numpy as np
from keras.layers import Conv2D, Input, MaxPooling2D, UpSampling2D
from keras.models import Model, Sequential, load_model

x = np.random.random((4, 8, 8, 1))
model = Sequential()
model.add(Conv2D(2, (3, 3), activation='relu', padding='same', input_shape=(8, 8, 1)))
model.add(MaxPooling2D((2, 2), padding='same'))
model.add(UpSampling2D((2, 2)))
model.add(Conv2D(1, (3, 3), activation='sigmoid', padding='same'))
model.compile(optimizer='adadelta', loss='binary_crossentropy')
model.fit(x, x, epochs=1, batch_size=2, shuffle=True, validation_data=(x, x), verbose=0)
model.save('encode.model')
model.save_weights('encode.weight')
model = load_model('encode.model')
model.load_weights('encode.weight')
assert model.predict(x).shape == x.shape
