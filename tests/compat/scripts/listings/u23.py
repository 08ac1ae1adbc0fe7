# U23: the best epoch of a metric of one's own is kept
import os
import numpy as np
from keras import backend as K
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from keras.layers import Dense
from keras.models import Sequential, load_model

def dice_coef(y_true, y_pred):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    return (2. * K.sum(t * p) + 1.) / (K.sum(t) + K.sum(p) + 1.)

model = Sequential([Dense(3, activation='sigmoid', input_dim=3)])
model.compile('adam', 'binary_crossentropy', metrics=[dice_coef])
kept = ModelCheckpoint('best.hdf5', monitor='val_dice_coef', verbose=1, save_best_only=True, save_weights_only=False, mode='max', period=1)
stop = EarlyStopping(monitor='val_dice_coef', min_delta=0, patience=1, verbose=1, mode='max')
slower = ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', epsilon=0.0001, cooldown=0, min_lr=0)
x = np.random.random((8, 3))
model.fit(x, x > 0.5, epochs=2, validation_split=0.25, callbacks=[kept, stop, slower], verbose=0)
assert load_model('best.hdf5', custom_objects={'dice_coef': dice_coef}).predict(x).shape == x.shape
