# U16: rates that fall by a schedule
import math
import numpy as np
from keras.callbacks import LearningRateScheduler
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import SGD
from keras import backend as K

def step_decay(epoch):
    return 0.1 * math.pow(0.5, math.floor((1 + epoch) / 1.0))

model = Sequential([Dense(1, input_dim=2)])
sgd = SGD(lr=0.0, momentum=0.9, decay=0.0, nesterov=False)
model.compile(loss='mse', optimizer=sgd)
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, callbacks=[LearningRateScheduler(step_decay)], verbose=2)
assert abs(float(K.get_value(model.optimizer.lr)) - 0.025) < 1e-6
