"""What a case calls: every op by its name, and the functions that change or observe state.

All names are those of `gradconform.harness.trace`.
"""

from .harness.trace import Symbol as Symbol
from .harness.trace import __getattr__ as __getattr__
from .harness.trace import backward as backward
from .harness.trace import grad as grad
from .harness.trace import no_grad as no_grad
from .harness.trace import read as read
from .harness.trace import repeated as repeated
from .harness.trace import traced as traced
from .harness.trace import update as update
from .harness.trace import zero_grad as zero_grad
