"""A reverse-mode autograd Tensor over NumPy arrays, with the names and conventions of PyTorch."""

from . import inplace, linalg, masked  # noqa: F401  the first adds methods to Tensor
from .activations import *  # noqa: F403
from .adapter import Numpy as Numpy
from .aliases import *  # noqa: F403
from .backward import *  # noqa: F403
from .classification import *  # noqa: F403
from .contraction import *  # noqa: F403
from .convolution import *  # noqa: F403
from .creation import *  # noqa: F403
from .decompositions import *  # noqa: F403
from .differences import *  # noqa: F403
from .elementwise import *  # noqa: F403
from .equations import *  # noqa: F403
from .functions import *  # noqa: F403
from .graph import *  # noqa: F403
from .grids import *  # noqa: F403
from .images import *  # noqa: F403
from .indexing import *  # noqa: F403
from .joining import *  # noqa: F403
from .losses import *  # noqa: F403
from .matrices import *  # noqa: F403
from .movement import *  # noqa: F403
from .neural import *  # noqa: F403
from .normalization import *  # noqa: F403
from .norms import *  # noqa: F403
from .pairs import *  # noqa: F403
from .pooling import *  # noqa: F403
from .products import *  # noqa: F403
from .quantiles import *  # noqa: F403
from .reductions import *  # noqa: F403
from .scans import *  # noqa: F403
from .scatter import *  # noqa: F403
from .slices import *  # noqa: F403
from .sorting import *  # noqa: F403
from .special import *  # noqa: F403
from .statistics import *  # noqa: F403
from .tensor import *  # noqa: F403
from .windows import *  # noqa: F403
