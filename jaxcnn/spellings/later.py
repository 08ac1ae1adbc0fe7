"""Names of later versions of Keras that are not here, and what is there in their place."""

FLAX_LAYER = "any module of Flax is a layer by jaxcnn.layers.FlaxLayer"
ATTENTION = f"{FLAX_LAYER}, such as flax.linen.MultiHeadDotProductAttention(num_heads=4)"
AUGMENTATION = "jaxcnn.preprocessing.image.ImageDataGenerator changes images at random"
TEXTS = "jaxcnn.preprocessing.text.Tokenizer makes numbers of texts before the network"
ENCODING = "encode the column before the network: jaxcnn.utils.to_categorical makes one-hot rows"
OPTAX = "any transformation of optax is an optimizer: compile(optax.adafactor(1e-3), loss)"
RESUMING = "fit(checkpoint_dir=...) keeps the state of training and goes on from it"
TIMM = "jaxcnn.applications lists the networks; published weights of PyTorch can be read, too"

LATER = {
    **dict.fromkeys(
        ("MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention"), ATTENTION
    ),
    "EinsumDense": f"{FLAX_LAYER}, such as flax.linen.Einsum",
    "GroupNormalization": f"{FLAX_LAYER}, such as flax.linen.GroupNorm(num_groups=8)",
    "RMSNormalization": f"{FLAX_LAYER}, such as flax.linen.RMSNorm()",
    "SpectralNormalization": f"{FLAX_LAYER}, such as flax.linen.SpectralNorm",
    "UnitNormalization": "Lambda(lambda x: K.l2_normalize(x, axis=-1)) does the same",
    "Identity": "Activation('linear') does the same",
    "Resizing": "Lambda(lambda x: jax.image.resize(x, shape, 'bilinear')) does it in the network",
    "CenterCrop": "Cropping2D cuts the edges off",
    **dict.fromkeys(
        (
            *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomCrop"),
            *("RandomContrast", "RandomBrightness", "RandomHeight", "RandomWidth"),
        ),
        AUGMENTATION,
    ),
    "TextVectorization": TEXTS,
    **dict.fromkeys(
        ("CategoryEncoding", "StringLookup", "IntegerLookup", "Hashing", "Discretization"), ENCODING
    ),
    "DepthwiseConv1D": f"{FLAX_LAYER}, such as "
    "flax.linen.Conv(channels, (3,), feature_group_count=channels)",
    **dict.fromkeys(("Adafactor", "Ftrl", "Lamb", "Muon"), OPTAX),
    "LossScaleOptimizer": "jaxcnn.mixed_precision('bfloat16') needs no scaled loss",
    "BackupAndRestore": RESUMING,
    "SwapEMAWeights": "an optimizer keeps averages of the weights: Adam(ema=0.999)",
    **dict.fromkeys(
        (
            *(f"EfficientNetB{i}" for i in range(1, 8)),
            *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
            *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
            *("MobileNetV3Small", "MobileNetV3Large"),
        ),
        TIMM,
    ),
}
