# States kept between batches, masks that find no one to read them, noise, weights by name, and the installation.
import numpy as np
import keras
from keras import backend as K
from keras.layers.core import Activation, Dense, Flatten, Masking
from keras.layers.noise import GaussianNoise
from keras.layers.recurrent import LSTM
from keras.models import Model, Sequential
from keras.layers import Input

# one long call, or two short ones that hand the states on
model = Sequential()
model.add(LSTM(4, stateful=True, return_sequences=True, batch_input_shape=(2, None, 3)))
data = np.random.random((2, 6, 3))
whole = model.predict(data, batch_size=2)
model.reset_states()
halves = [model.predict(data[:, :3], batch_size=2), model.predict(data[:, 3:], batch_size=2)]
model.reset_states()
again = model.predict(data[:, :3], batch_size=2)

# the first states as tensors
state = Input(shape=(4,))
steps = Input(shape=(6, 3))
started = Model([steps, state], LSTM(4)(steps, initial_state=[state, state]))

# masked steps end at a layer that cannot skip them
masked = Sequential([Masking(mask_value=0., input_shape=(5, 2))])
try:
    masked.add(Flatten())
except Exception as error:
    unread_mask = str(error)

# a denoising autoencoder
noisy = Sequential([GaussianNoise(0.3, input_shape=(8,)), Dense(3, activation='relu'), Dense(8)])
noisy.compile('adam', 'mse')
clean = np.random.random((64, 8))
losses = noisy.fit(clean, clean, epochs=3, batch_size=16, verbose=0).history['loss']

# weights go to the layers of the same name
old = Sequential([Dense(2, input_dim=3, name='dense_1'), Dense(3, name='dense_2')])
old.save_weights('old.h5')
new = Sequential([Dense(2, input_dim=3, name='dense_1'), Dense(10, name='new_dense')])
untouched = new.get_layer('new_dense').get_weights()
new.load_weights('old.h5', by_name=True)

print(keras.__version__, K.backend(), K.floatx())
