# U12: normalization between a layer and its activation, in the words of Keras 1
from keras.layers import Activation, BatchNormalization, Dense, Dropout
from keras.models import Sequential

model = Sequential()
model.add(Dense(64, input_dim=14, init='uniform'))
model.add(BatchNormalization(epsilon=1e-06, mode=0, axis=-1, momentum=0.9, weights=None, beta_init='zero', gamma_init='one'))
model.add(Activation('tanh'))
model.add(Dropout(0.5))
model.add(Dense(2, use_bias=False))
assert model.count_params() == 14 * 64 + 64 + 4 * 64 + 128
