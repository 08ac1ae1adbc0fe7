# Callbacks of the library and of one's own, a picture of the model, and models in files.
import os

import keras
import numpy as np
from keras.callbacks import (Callback, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler,
                             ModelCheckpoint, ReduceLROnPlateau, TensorBoard)
from keras.layers import Dense
from keras.models import Sequential, load_model, model_from_json
from keras.utils import plot_model
from keras.utils.layer_utils import print_summary
from keras.utils.vis_utils import model_to_dot

x = np.random.random((64, 6))
y = np.eye(3)[np.arange(64) % 3]
events = []


class Mylogger(Callback):
    def on_train_begin(self, logs={}):
        print('on_train_begin')
        print_summary(self.model)

    def on_epoch_end(self, epoch, logs={}):
        events.append((epoch, logs.get('loss'), logs.get('val_acc')))


model = Sequential()
model.add(Dense(5, activation='relu', input_dim=6, name='dense_1'))
model.add(Dense(3, activation='softmax', name='dense_2'))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])

batches = []
history = model.fit(
    x, y, batch_size=16, epochs=2, verbose=0, validation_split=0.25,
    callbacks=[
        Mylogger(),
        ModelCheckpoint('weights.{epoch:02d}-{val_loss:.2f}.hdf5', monitor='val_loss'),
        ModelCheckpoint('best.hdf5', monitor='val_acc', save_best_only=True),
        EarlyStopping(monitor='val_loss', patience=10),
        ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10, epsilon=0.0001),
        LearningRateScheduler(lambda epoch: 0.01 / (1 + epoch)),
        TensorBoard(log_dir='./Graph', histogram_freq=0, write_graph=True, write_images=True),
        CSVLogger('log.csv', separator=',', append=False),
        LambdaCallback(on_batch_begin=lambda batch, logs: batches.append(batch)),
    ])
rates = history.history['lr'] if 'lr' in history.history else []

# a picture of the layers
drawn = model_to_dot(model, show_shapes=True)
plot_model(model, to_file='model.dot', show_shapes=True, show_layer_names=True)

# the whole model, its structure, and its weights
model.save('my_model.h5')
loaded = load_model('my_model.h5')
structure = model_from_json(model.to_json())
structure.set_weights(model.get_weights())
model.save_weights('my_model_weights.h5')
fresh = Sequential([Dense(5, activation='relu', input_dim=6), Dense(3, activation='softmax')])
fresh.load_weights('my_model_weights.h5')
predictions = [each.predict(x) for each in (model, loaded, structure, fresh)]
model.train_on_batch(x, y)
loaded.train_on_batch(x, y)
files = sorted(os.listdir('.'))
