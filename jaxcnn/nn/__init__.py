"""Neural network layers as ``flax.linen`` modules: pure functions of variables and inputs.

Each is imported when it is first asked for: the names and where they stand are in the stub beside.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
