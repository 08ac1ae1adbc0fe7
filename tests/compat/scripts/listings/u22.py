# U22: all settings of the generator, and copies of one image in a folder
import os
import numpy as np
from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img

os.mkdir('preview')
array_to_img(np.random.random((10, 12, 3))).save('cat.jpg')
datagen = ImageDataGenerator(featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
                             samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-6,
                             rotation_range=0., width_shift_range=0.2, height_shift_range=0.2, shear_range=0.2,
                             zoom_range=0.2, channel_shift_range=0., fill_mode='nearest', cval=0.,
                             horizontal_flip=True, vertical_flip=False, rescale=None, preprocessing_function=None)
img = load_img('cat.jpg')
x = img_to_array(img)
x = x.reshape((1,) + x.shape)
i = 0
for batch in datagen.flow(x, batch_size=1, save_to_dir='preview', save_prefix='cat', save_format='jpeg'):
    i += 1
    if i > 20:
        break
assert len(os.listdir('preview')) == 21
