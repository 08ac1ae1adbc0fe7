# C1, C8: dropout by the learning phase, a network asked while it drops
import numpy as np
from keras import backend as K
from keras.initializers import TruncatedNormal
from keras.layers import Dense, Dropout
from keras.models import Sequential

model = Sequential([Dense(64, kernel_initializer=TruncatedNormal(stddev=0.02), input_dim=4), Dropout(0.5)])
opinion = K.function([model.layers[0].input, K.learning_phase()], [model.layers[-1].output])
x = np.ones((1, 4))
assert (opinion([x, 1])[0] == 0).any() and (opinion([x, 0])[0] != 0).all()
