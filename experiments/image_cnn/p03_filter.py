"""What one filter of VGG16 likes: gradient ascent from gray noise (section 2.2, P03).

Data: ImageNet weights of VGG16 without its top; they come from Keras's file, not from the book's
vgg16_weights.h5, and take images in BGR. The step size, which the book leaves open, is 1.

    python -m experiments run p03_filter
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn import backend as K
from jaxcnn.layers import Conv2D, MaxPooling2D, ZeroPadding2D
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="The picture that a filter likes",
    ids=("P03",),
    data=("vgg16",),
    minutes=0.1,
    settings={"layer_name": "conv5_1", "filter_index": 0, "size": 128, "steps": 20},
    quick={"size": 32, "steps": 3},
)
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # filters and convolutions of each


def vgg16(size: int, batch: int | None = 1) -> Sequential:
    """The convolutional part of VGG16 as the book stacks it, with the published weights; for
    batches of that many images, or of any.
    """
    model = Sequential()
    for block, (filters, convolutions) in enumerate(BLOCKS, 1):
        for i in range(1, convolutions + 1):
            first = {"batch_input_shape": (batch, size, size, 3)} if (block, i) == (1, 1) else {}
            model.add(ZeroPadding2D((1, 1), **first))
            model.add(Conv2D(filters, (3, 3), activation="relu", name=f"conv{block}_{i}"))
        model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    published = applications.VGG16(weights="imagenet", include_top=False)
    for layer in model.layers:
        if layer.name.startswith("conv"):
            layer.set_weights(
                published.get_layer(
                    f"block{layer.name[4]}_{layer.name[:4]}{layer.name[6]}"
                ).get_weights()
            )
    print("Model loaded.")
    return model


def deprocess_image(x: np.ndarray) -> np.ndarray:
    """An image (height, width, 3) in BGR of any range as uint8 in RGB."""
    x = x - x.mean()
    x = x / (x.std() + 1e-5) * 0.1 + 0.5
    return (np.clip(x, 0, 1) * 255).astype("uint8")[..., ::-1]


def main(run: Run) -> None:
    size, layer_name, filter_index = (
        run.settings.size,
        run.settings.layer_name,
        run.settings.filter_index,
    )
    model = vgg16(size)
    run.check("layers", len(model.layers), 31)
    run.check("parameters", model.count_params(), 14_714_688)
    layer_dict = {layer.name: layer for layer in model.layers}
    input_img = model.input
    layer_output = layer_dict[layer_name].output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = K.gradients(loss, input_img)[0]
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    iterate = K.function([input_img], [loss, grads])

    input_img_data = np.random.default_rng(run.seed).random((1, size, size, 3)) * 20 + 128.0
    losses = []
    for _ in range(run.settings.steps):
        loss_value, grads_value = iterate([input_img_data])
        losses.append(float(loss_value))
        input_img_data = input_img_data + grads_value * 1.0
    size_of_step = np.sqrt(np.mean(np.square(grads_value)))
    run.check(
        "the gradient's root mean square", size_of_step, 1.0, tolerance=0.05
    )  # but for the 1e-5
    run.figure("loss at the start", losses[0])
    run.figure("loss at the end", losses[-1])
    run.check("the loss has risen", losses[-1] > losses[0], True)
    run.curve({"mean of the filter's map": losses}, step="step")
    run.picture(f"{layer_name}_filter_{filter_index}", deprocess_image(input_img_data[0]))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
