"""What a network is: Sequential stacks and functional graphs of layers."""

from jaxcnn.models.model import Model
from jaxcnn.models.network import Network
from jaxcnn.models.sequential import Sequential

__all__ = ["Model", "Network", "Sequential"]
