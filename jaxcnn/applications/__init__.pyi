"""Networks that made history, with their published weights where they can be had."""

from jaxcnn.applications import imagenet_utils as imagenet_utils
from jaxcnn.applications.alexnet import AlexNet as AlexNet
from jaxcnn.applications.application import APPLICATIONS as APPLICATIONS, Application as Application
from jaxcnn.applications.autoencoders import convolutional_autoencoder as convolutional_autoencoder, dense_autoencoder as dense_autoencoder
from jaxcnn.applications.course_resnet import CourseResNet50 as CourseResNet50, convolutional_block as convolutional_block, identity_block as identity_block
from jaxcnn.applications.densenet import DenseNet121 as DenseNet121, DenseNet169 as DenseNet169, DenseNet201 as DenseNet201
from jaxcnn.applications.efficientnet import EfficientNetB0 as EfficientNetB0
from jaxcnn.applications.googlenet import GoogLeNet as GoogLeNet, inception_module as inception_module
from jaxcnn.applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from jaxcnn.applications.inception_v3 import InceptionV3 as InceptionV3
from jaxcnn.applications.lenet import LeNet5 as LeNet5, LeNet5Classic as LeNet5Classic
from jaxcnn.applications.mini_xception import MiniXception as MiniXception
from jaxcnn.applications.mobilenet import MobileNet as MobileNet
from jaxcnn.applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from jaxcnn.applications.nasnet import NASNetLarge as NASNetLarge, NASNetMobile as NASNetMobile
from jaxcnn.applications.resnet import ResNet101 as ResNet101, ResNet101V2 as ResNet101V2, ResNet152 as ResNet152, ResNet152V2 as ResNet152V2, ResNet50 as ResNet50, ResNet50V2 as ResNet50V2
from jaxcnn.applications.squeezenet import SqueezeNet as SqueezeNet
from jaxcnn.applications.text_cnn import TextCNN as TextCNN
from jaxcnn.applications.unet import UNet as UNet
from jaxcnn.applications.vgg import VGG11 as VGG11, VGG11LRN as VGG11LRN, VGG13 as VGG13, VGG16 as VGG16, VGG16C as VGG16C, VGG19 as VGG19
from jaxcnn.applications.vgg15 import VGG15 as VGG15
from jaxcnn.applications.xception import Xception as Xception
