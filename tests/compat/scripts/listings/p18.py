# P18: training goes on from a file without another compile
import os
import numpy as np
from keras.layers import Conv2D
from keras.models import Sequential, load_model

x = np.random.random((4, 6, 6, 1))
autoencoder = Sequential([Conv2D(1, (3, 3), activation='sigmoid', padding='same', input_shape=(6, 6, 1))])
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
os.makedirs(os.path.join('tmp', '4'))
autoencoder.fit(x, x, epochs=1, batch_size=2, shuffle=True, validation_data=(x, x))
autoencoder.save('tmp/4/encode.model')
again = load_model('tmp/4/encode.model')
again.summary()
before = again.evaluate(x, x, verbose=0)
assert before == autoencoder.evaluate(x, x, verbose=0)
history = again.fit(x, x, epochs=1, batch_size=2, shuffle=True, validation_data=(x, x))
again.save_weights('tmp/4/encode.weight')
assert history.history['val_loss'][0] < before
