"""Networks that made history, with their published weights where they can be had."""

from jaxcnn.applications import imagenet_utils
from jaxcnn.applications.alexnet import AlexNet
from jaxcnn.applications.application import APPLICATIONS, Application
from jaxcnn.applications.autoencoders import convolutional_autoencoder, dense_autoencoder
from jaxcnn.applications.course_resnet import CourseResNet50, convolutional_block, identity_block
from jaxcnn.applications.densenet import DenseNet121, DenseNet169, DenseNet201
from jaxcnn.applications.efficientnet import EfficientNetB0
from jaxcnn.applications.googlenet import GoogLeNet, inception_module
from jaxcnn.applications.inception_resnet_v2 import InceptionResNetV2
from jaxcnn.applications.inception_v3 import InceptionV3
from jaxcnn.applications.lenet import LeNet5, LeNet5Classic
from jaxcnn.applications.mini_xception import MiniXception
from jaxcnn.applications.mobilenet import MobileNet
from jaxcnn.applications.mobilenet_v2 import MobileNetV2
from jaxcnn.applications.nasnet import NASNetLarge, NASNetMobile
from jaxcnn.applications.resnet import (
    ResNet50,
    ResNet50V2,
    ResNet101,
    ResNet101V2,
    ResNet152,
    ResNet152V2,
)
from jaxcnn.applications.squeezenet import SqueezeNet
from jaxcnn.applications.text_cnn import TextCNN
from jaxcnn.applications.unet import UNet
from jaxcnn.applications.vgg import VGG11, VGG11LRN, VGG13, VGG16, VGG16C, VGG19
from jaxcnn.applications.vgg15 import VGG15
from jaxcnn.applications.xception import Xception
from jaxcnn.runtime.lazy import lazy_attributes

__getattr__ = lazy_attributes(__name__, {})
