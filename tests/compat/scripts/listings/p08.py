# P08: SGD as an object and by name, with what clips gradients
import numpy as np
from keras import optimizers
from keras.layers import Activation, Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(64, init='uniform', input_shape=(10,)))
model.add(Activation('tanh'))
model.add(Activation('softmax'))
for sgd in (optimizers.SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True),
            optimizers.SGD(lr=0.01, clipnorm=1.), optimizers.SGD(lr=0.01, clipvalue=0.5), 'sgd'):
    model.compile(loss='mean_squared_error', optimizer=sgd)
assert np.isfinite(model.train_on_batch(np.ones((2, 10)), np.ones((2, 64))))
