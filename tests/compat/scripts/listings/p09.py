# P09: changed copies of one image, kept in a folder
import os
import numpy as np
from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img

datagen = ImageDataGenerator(rotation_range=40, width_shift_range=0.2, height_shift_range=0.2,
                             rescale=1./255, shear_range=0.2, zoom_range=0.2,
                             horizontal_flip=True, fill_mode='nearest')
array_to_img(np.random.random((12, 12, 3))).save('cat.jpg')
os.mkdir('preview')
x = img_to_array(load_img('cat.jpg'))
x = x.reshape((1,) + x.shape)
i = 0
for batch in datagen.flow(x, batch_size=1, save_to_dir='preview', save_prefix='cat', save_format='jpeg'):
    i += 1
    if i > 2:
        break
assert len(os.listdir('preview')) == 3
