"""The arrays that all of the library computes with; what their axes are stands where they are made."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
