# P07: samples from the lines of a file, counted as Keras 1 counts them
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

with open('my_file.txt', 'w') as f:
    for i in range(12):
        f.write('%d %d %d\n' % (i, i % 3, i % 2))


def process_line(line):
    numbers = [float(word) for word in line.split()]
    return np.array([numbers[:2]]), np.array([numbers[2]])


def generate_arrays_from_file(path):
    while 1:
        with open(path) as f:
            for line in f:
                x, y = process_line(line)
                yield (x, y)


model = Sequential([Dense(1, activation='sigmoid', input_dim=2)])
model.compile('sgd', 'binary_crossentropy')
history = model.fit_generator(generate_arrays_from_file('my_file.txt'), samples_per_epoch=6, nb_epoch=2)
assert len(history.history['loss']) == 2
