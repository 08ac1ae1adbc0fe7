# U2: a line learned batch by batch
import numpy as np
from keras.models import Sequential
from keras.layers import Dense

X = np.linspace(-1, 1, 20)
Y = 0.5 * X + 2
model = Sequential()
model.add(Dense(output_dim=1, input_dim=1))
model.compile(loss='mse', optimizer='sgd')
for step in range(3):
    cost = model.train_on_batch(X, Y)
cost = model.evaluate(X, Y, batch_size=5)
W, b = model.layers[0].get_weights()
assert W.shape == (1, 1) and b.shape == (1,)
