# U8: words to numbers to rows of zeros and a one
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OneHotEncoder

words = np.array(['cat', 'dog', 'cow'] * 6)
numbers = LabelEncoder().fit_transform(words)
rows = OneHotEncoder().fit_transform(numbers.reshape(len(numbers), 1)).toarray()
x_train, x_test, y_train, y_test = train_test_split(np.random.random((18, 5)), rows, test_size=0.3)
model = Sequential()
model.add(Dense(8, activation='relu', input_shape=(5,)))
model.add(Dense(3, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
model.fit(x_train, y_train, epochs=2, batch_size=6, verbose=0, validation_data=(x_test, y_test))
assert model.predict(x_test).argmax(axis=1).shape == (6,)
