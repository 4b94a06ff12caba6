"""Names for the arrays that assessors compute with."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

Counts = Integers
"""Numbers of rows; `Integers` are places, codes and sums as well."""
