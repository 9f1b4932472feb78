"""Inputs of cases, and the declared cases. All names are those of `gradconform.harness.catalogue`."""

from .harness.catalogue.collection import CATALOGUE as CATALOGUE
from .harness.catalogue.collection import Catalogue as Catalogue
from .harness.catalogue.recipes import away_from_zero as away_from_zero
from .harness.catalogue.recipes import constant as constant
from .harness.catalogue.recipes import integers as integers
from .harness.catalogue.recipes import literal as literal
from .harness.catalogue.recipes import mask as mask
from .harness.catalogue.recipes import normal as normal
from .harness.catalogue.recipes import positive as positive
from .harness.catalogue.recipes import uniform as uniform
