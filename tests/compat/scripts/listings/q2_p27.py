# Q2.P27: texts as numbers, word vectors that stay, and convolutions over them
import numpy as np
from keras.layers import Conv1D, Dense, Dropout, Embedding, Flatten, Input, MaxPooling1D
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from keras.utils import to_categorical

texts, labels = ['the cat sat', 'a dog ran far', 'the dog sat', 'a cat ran'], [0, 1, 0, 1]
tokenizer = Tokenizer(num_words=20)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
word_index = tokenizer.word_index
data = pad_sequences(sequences, maxlen=10)
labels = to_categorical(np.asarray(labels))
embedding_matrix = np.random.random((len(word_index) + 1, 4))
embedding_layer = Embedding(len(word_index) + 1, 4, weights=[embedding_matrix], input_length=10, trainable=False)
sequence_input = Input(shape=(10,), dtype='int32')
x = Conv1D(3, 3, activation='relu')(embedding_layer(sequence_input))
x = Dropout(0.4)(MaxPooling1D(2)(x))
preds = Dense(2, activation='softmax')(Dense(5, activation='relu')(Flatten()(x)))
model = Model(sequence_input, preds)
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['acc'])
model.fit(data, labels, validation_data=(data, labels), epochs=2, batch_size=2)
assert np.allclose(embedding_layer.get_weights()[0], embedding_matrix)
