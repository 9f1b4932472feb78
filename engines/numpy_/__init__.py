"""A reverse-mode autograd Tensor over NumPy arrays, with the names and conventions of PyTorch.

These ops, for which torch has samples of its own, are not offered:

- vectors of `svd` and `eigh`: their signs are LAPACK's choice, and differ from one processor to another;
- `lu`, `lstsq`, `ormqr`, `householder_product`, `matrix_exp`: NumPy has neither them nor their parts;
- `linalg.*_ex`, `triangular_solve`, `upsample_*`, `__rdiv__`: other spellings of ops that are offered;
- `*_copy`, `native_*`, `unsafe_*`, `as_strided*`, `torch.ops`, names with a leading underscore: torch's
  inner layers and its view of memory, not mathematics;
- `rrelu`, `*alpha_dropout`, `fractional_max_pool*`, `bernoulli`: their results are random;
- complex numbers (`fft`, `stft`, `conj`, `angle`, `resolve_*`): the harness has no complex dtype;
- bfloat16: NumPy does not have it;
- `grid_sample`, `embedding_bag`, `ctc_loss`, `gradient`, `multilabel_margin_loss`: long, and rarely used;
- `special.erfcx`, `ndtri`, `log_ndtr`, `i0e`, `i1e`, `nextafter`, `frexp`: they need series or the bits of
  floats.
"""

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
