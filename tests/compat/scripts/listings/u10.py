# U10 and U11: changed images from arrays and from a folder, watched in TensorBoard
import os
import numpy as np
from keras.callbacks import TensorBoard
from keras.layers import Conv2D, Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator, array_to_img

x, y = np.random.random((8, 8, 8, 3)) * 255, np.arange(8) % 2
for i in range(8):
    os.makedirs(os.path.join('data', str(y[i])), exist_ok=True)
    array_to_img(x[i]).save(os.path.join('data', str(y[i]), '%d.png' % i))
aug = ImageDataGenerator(rotation_range=20, zoom_range=0.15, width_shift_range=0.2, height_shift_range=0.2,
                         shear_range=0.15, horizontal_flip=True, fill_mode='nearest')
model = Sequential([Conv2D(2, (3, 3), activation='relu', input_shape=(8, 8, 3)), Flatten(), Dense(1, activation='sigmoid')])
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
H = model.fit_generator(aug.flow(x, y, batch_size=4), validation_data=(x, y), steps_per_epoch=len(x) // 4, epochs=1)
assert sorted(H.history) == ['acc', 'loss', 'val_acc', 'val_loss']
train = ImageDataGenerator(rescale=1. / 255).flow_from_directory('data', target_size=(8, 8), batch_size=4, class_mode='binary')
model.fit_generator(train, steps_per_epoch=2, epochs=1, callbacks=[TensorBoard(log_dir='./logs/1')])
assert train.class_indices == {'0': 0, '1': 1} and os.listdir('logs/1')
