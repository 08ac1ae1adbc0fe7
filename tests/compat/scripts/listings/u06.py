# U6: a model as a table and as a graph
from keras.layers import Dense
from keras.models import Sequential
from keras.utils.vis_utils import model_to_dot

model = Sequential([Dense(3, input_dim=2, name='first'), Dense(1, name='second')])
lines = []
model.summary(print_fn=lines.append)
assert any(line.startswith('first (Dense)') for line in lines)
graph = model_to_dot(model, show_shapes=True, show_layer_names=True)
assert 'second: Dense' in graph.to_string()
