"""Differences that are decided and written down (experiments/ERRATA.md), that belong to later Keras
only, or that are mistakes of the old Keras or of what it stands on.

Each row: eras, a pattern for "group: case", a pattern for the value's name, why. What is not here,
`check.py` reports.
"""

ALL = "204 224"
MOVING = (
    "ERRATA: 2.2.4 forgets what moving statistics were before the first batch, and enlarges the "
    "variance; nothing but these, and what is predicted with them, differs"
)
KNOWN = [
    (
        "224",
        r"Tokenizer char_level",
        r".*",
        "small letters, which a program for 2.2 gets; these cases speak 2.0",
    ),
    (
        ALL,
        r"callback calls",
        r"params steps",
        "the steps of an epoch are known for arrays as well",
    ),
    ("224", r"fit weighted_metrics", r"history .*", "ERRATA: divided by the sum of the weights"),
    # written down in experiments/ERRATA.md
    (
        ALL,
        r"LocallyConnected2D "
        r".*channels_first",
        r".*",
        "ERRATA Q1.A73: one order of a kernel's rows in both formats",
    ),
    (
        ALL,
        r"files: .* locally_connected_first h5",
        r"weights [01]",
        "ERRATA Q1.A73: the same weights, in our order",
    ),
    ("224", r"UpSampling2D bilinear", r".*", "ERRATA U15: pixels' centres"),
    (
        ALL,
        r"initializer .* \((5, 24, 40|3, 3, 3, 12, "
        r"20)\)",
        r".*",
        "ERRATA: fans of Conv1D and Conv3D",
    ),
    (
        "224",
        r"initializer (glorot|he|lecun)_normal|initializer VarianceScaling",
        r".*",
        "ERRATA Q2.O14: truncated, not rescaled, as 2.0.4",
    ),
    (ALL, r"flow samplewise", r".*", "ERRATA A110: the mean of the whole picture"),
    (ALL, r"flow featurewise rescale", r".*", "ERRATA A113: statistics of what they are used on"),
    (
        "224",
        r"apply_transform of "
        r"2.2.4",
        r".*",
        "ERRATA U22: shear in radians, the nearest pixel, as 2.0.4",
    ),
    (
        ALL,
        r"backend: rnn masked",
        r".*",
        "ERRATA: the previous output at a masked step; Keras gives the first state",
    ),
    (
        "122th",
        r"122th (cnn_tf|deconvolution|volumes|time_distributed|conv_lstm) ",
        r"predict.*|evaluate|losses",
        "the file does not say that Theano wrote these channels_last kernels; real 2.0.4 cannot "
        "tell either",
    ),
    (
        "122th",
        r"122th siamese",
        r"predict after",
        "Theano updates a shared layer's statistics once",
    ),
    ("122 122th", r"highway", r".*", "ERRATA, README: what there is no more raises"),
    (
        ALL,
        r"to_categorical "
        r"negative",
        r".*",
        "a label below 0 raises; NumPy's index counts from the end",
    ),
    # 2.2.4 is not 2.0.4
    ("224", r".*", r"config.*", "defaults of 2.0.4"),
    (
        "224",
        r"layers: .*BatchNormalization",
        r"after [2-5]|weights [2-4]|predict after|test",
        MOVING,
    ),
    (
        "224",
        r"training: (fit pictures channels|fit nested model)",
        r"weights [4-7]|history val.*",
        MOVING,
    ),
    (
        "224",
        r"files: 224 (channels_first_cnn|siamese|with_everything_set|frozen) h5",
        r"weights [3-7]",
        MOVING,
    ),
    ("224", r"custom: updates and losses in call", r"weights 2|after", MOVING),
    ("224", r"backend: (updates|normalize_batch_in_training)$", r"m|values 2", MOVING),
    (
        "224",
        r"programs: (GAN with|InfoGAN|CoGAN|siamese|shared batch|frozen below|batch renorm|WGAN)",
        r"(g|g1|shared|base|w) [45]|weights [4-7]|p1|after",
        MOVING,
    ),
    (
        "224",
        r"programs: (CoGAN|WGAN)",
        r"losses|(body|d2|critic) [0-2]|d2 6",
        "learns from what a generator with such statistics predicts",
    ),
    (
        "224",
        r"programs: (GAN with|InfoGAN|CoGAN|CycleGAN)",
        r"(d|d2|da|body|trunk|q) [45]",
        "ERRATA: 2.2.4 moves no statistics of a model that is frozen after compile and before its "
        "first batch",
    ),
    (
        "224",
        r"programs: saving all by hand",
        r"n",
        "2.2.4 lists four arrays more for Adam, and so do programs that speak 2.2",
    ),
    ("224", r"cosine|many metrics", r".*", "the sum over the axis since 2.1.3; 2.0.4 has the mean"),
    (
        "224",
        r"optimizers: SGD.iterations",
        r"iterations",
        "counts the updates of SGD always; 2.0.4 only where there is decay",
    ),
    (
        "224",
        r"optimizers: ",
        r"losses|path|config|state.*|one.*|two.*",
        "epsilon 1e-7 since 2.1; 2.0.4 has 1e-8",
    ),
    ("224", r"optimizers: (Adadelta|Adagrad|Adam|Adamax|Nadam|RMSprop|'a|'n|'r)", r".*", "epsilon"),
    (
        "224",
        r"callback EarlyStopping|callback ReduceLROnPlateau|callback ModelCheckpoint",
        r".*",
        "waits one epoch less since 2.1; texts",
    ),
    ("224", r"printing: (summary|bar|Progbar)", r".*", "width 98, other progress bar"),
    (
        "224",
        r"applications: (answer|summary) ResNet50",
        r".*",
        "the network of 2.0.4; that of 2.2.4, for programs that speak 2.2, has a test in "
        "tests/compat/test_resnet50.py",
    ),
    (
        "224",
        r"applications: summary (InceptionV3|Xception|MobileNet|MobileNetV2|DenseNet121)",
        r"text",
        "width 98; MobileNet pads as later Keras does",
    ),
    (
        "224",
        r"to_categorical (matrix|dtype)|array_to_img "
        r"constant",
        r".*",
        "other shape and type since 2.1",
    ),
    (
        "224",
        r"activation relu threshold|backend: (slice|bias_add full)|callback "
        r"LearningRateScheduler",
        r".*",
        "what 2.2 added",
    ),
    (
        "204",
        r"custom: (pop and add|outputs of layers)",
        r"predict|index",
        "2.0.4 forgets to rebuild after pop, and counts the InputLayer in get_layer; 2.2.4 agrees "
        "with us",
    ),
    (
        "204",
        r"programs: CoGAN",
        r"(d2|body) [45]",
        "ERRATA: models that share a normalization both move it; Keras loses one of the moves",
    ),
    ("224", r"Bidirectional LSTM stateful", r".*", "2.2.4 forgets these states; 2.0.4 does not"),
    # mistakes of the old Keras, or of what is under it
    (
        ALL,
        r"Conv2DTranspose .* same k\(4, 3\) s\(3, 5\)",
        r"after.*|predict after",
        "TensorFlow 1.4's gradient where a stride is larger than the kernel; 2.2.4 on 1.13 agrees "
        "with us",
    ),
    (
        "204",
        r"Merge\(cos.*\(3, 4\), \(3, 4\)",
        r".*",
        "legacy cos divides by the root of products of different vectors",
    ),
    (ALL, r"zero batch|all weights zero|categorical_crossentropy zeros", r".*", "0/0"),
    ("204", r"logcosh large", r".*", "overflows"),
    (
        ALL,
        r"ties in (MaxPooling3D|clip|maximum|LeakyReLU)|gradient of loss "
        r"(hinge|kullback_leibler_divergence) extremes",
        r".*",
        "which of equal values has the gradient is a convention",
    ),
    (
        ALL,
        r"apply_transform .*(reflect|rotation|shear)|random_transform zoom .* reflect",
        r".*",
        "SciPy 1.2's reflect; float32 at the very edge",
    ),
    (ALL, r"grayscale", r"array|first|x", "Pillow rounds grey up since 7.0"),
    (
        "204",
        r"bar (evaluate|predict)",
        r".*",
        "2.0.4 leaves the last state of the bar out when the batches are fast",
    ),
    (
        "204",
        r"bar negative loss",
        r".*",
        "2.0.4 prints any negative number with an exponent when verbose=2",
    ),
    (
        ALL,
        r"bar generator",
        r".*",
        "2.0.4 prints the mean of batches, and has that of samples in the History",
    ),
    (ALL, r"automatic names|names of weights", r".*", "names of tensors"),
    (
        "204",
        r"(siamese|sequential_of_models) json \+ weights by name",
        r".*",
        "JSON of 2.0.4 has no name of a nested Sequential; neither loads it",
    ),
    (
        ALL,
        r"files: .* two_by_two h5",
        r"losses|weights.*",
        "Nadam's momentum schedule is not in the file; ours goes on as if never saved",
    ),
    (
        "122 122th",
        r"(lstm|gru)_cpu",
        r"evaluate|losses|predict after",
        "1.2.2 adds W_regularizer to U, too, and U_regularizer to nothing",
    ),
    (
        "122 122th",
        r"122(th)? (gru|lstm|stateful|masked|bidirectional|other_convolutions|lstm_cpu|gru_cpu) h5",
        r"losses|predict after",
        "the optimizer's state of split gates is left out, with a warning",
    ),
]
