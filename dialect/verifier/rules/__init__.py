# SPDX-License-Identifier: Apache-2.0
"""What single ops demand beyond their spec, where ONNX's inference does not see it or says it less well."""

from .axes import RULES as _AXES
from .element_types import RULES as _ELEMENT_TYPES
from .indexing import RULES as _INDEXING
from .judged import Judged, Rule
from .layers import RULES as _LAYERS
from .own_ops import RULES as _OWN_OPS
from .places import PLACE_RULES
from .quantized import RULES as _QUANTIZED
from .sizes import RULES as _SIZES

RULES: dict[str, Rule] = {
    **_AXES,
    **_ELEMENT_TYPES,
    **_INDEXING,
    **_LAYERS,
    **_OWN_OPS,
    **_QUANTIZED,
    **_SIZES,
}

__all__ = ["PLACE_RULES", "RULES", "Judged"]
