# SPDX-License-Identifier: Apache-2.0
"""What ONNX says of an op in words: for those who write ops by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import onnx.defs as defs

from .spec import OpSpec

_WORDS = {
    "activation": "silu swish none",
    "aggregate_function": "AVERAGE SUM MIN MAX",
    "approximate": "tanh none",
    "auto_pad": "NOTSET SAME_UPPER SAME_LOWER VALID",
    "case_change_action": "LOWER UPPER NONE",
    "cast_to": "TO_FLOAT TO_STRING TO_INT64",
    "coordinate_transformation_mode": "half_pixel half_pixel_symmetric pytorch_half_pixel align_corners asymmetric "
    "tf_half_pixel_for_nn tf_crop_and_resize output_half_pixel",
    "direction": "forward reverse bidirectional LEFT RIGHT",
    "keep_aspect_ratio_policy": "stretch not_larger not_smaller",
    "kernel_type": "LINEAR POLY RBF SIGMOID",
    "map_form": "DENSE SPARSE",
    "mode": "constant reflect edge wrap nearest linear cubic DCR CRD avg max circular nesterov standard TF IDF TFIDF",
    "nearest_mode": "round_prefer_floor round_prefer_ceil floor ceil",
    "norm": "MAX L1 L2",
    "padding_mode": "zeros border reflection",
    "pixel_format": "RGB BGR Grayscale",
    "post_transform": "NONE SOFTMAX LOGISTIC SOFTMAX_ZERO PROBIT",
    "reduction": "none add mul max min sum mean",
    "round_mode": "up down nearest",
    "update_rule": "linear gated delta gated_delta",
}
"""The words that an attribute of this name may be.  The schemas say in prose which of them; see `string_values`."""


@dataclass(frozen=True)
class Documentation:
    """What ONNX's schema says of operands and results, and of attributes, by their names, in Markdown."""

    values: dict[str, str] = field(default_factory=dict[str, str])
    attributes: dict[str, str] = field(default_factory=dict[str, str])


def documentation(spec: OpSpec) -> Documentation:
    """The documentation of the parts of an op; of the op itself it is `spec.doc`.  Empty where ONNX has no such op."""
    return _documentation(spec.onnx_name, spec.domain, spec.since_version)


@cache
def _documentation(onnx_name: str, domain: str, version: int) -> Documentation:
    if not onnx_name or not version:
        return Documentation()
    try:
        schema: Any = defs.get_schema(onnx_name, version, domain)
    except defs.SchemaError:
        return Documentation()
    values = (*schema.inputs, *schema.outputs)
    return Documentation(
        {value.name.rstrip("."): unwrapped(value.description) for value in values},
        {name: unwrapped(each.description) for name, each in schema.attributes.items()},
    )


def unwrapped(text: str) -> str:
    """A text of a schema without the blanks before every line that some have."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n".join(line[indent:] for line in lines).strip()


def string_values(spec: OpSpec, name: str) -> tuple[str, ...]:
    """What a string attribute may be, as far as ONNX names it: its default, and the words that its description has."""
    attribute = spec.attributes.get(name)
    if attribute is None:
        return ()
    found = dict.fromkeys([attribute.default] if isinstance(attribute.default, str) else [])
    description = documentation(spec).attributes.get(name, "")
    for word in _WORDS.get(name, "").split():
        if re.search(rf"(?<![\w-]){word}(?!\w)", description):
            found.setdefault(word)
    return tuple(word for word in found if word)
