# SPDX-License-Identifier: Apache-2.0
"""What onnx-mlir sees to elsewhere, so that a rule that does not hold by itself may do no harm there."""

_AXES = "onnx-mlir's shape inference, which runs first, makes axes count from the front"

_SPATIAL = "ONNX speaks of axes N x C x D1 x ... x Dn, and leaves open what is without a D"

GUARANTEES: dict[str, str] = {
    "DropoutEliminationPattern": "its comment says that training_mode is assumed to be false, as it is in inference",
    "LessOpSameCastPattern": "written for index arithmetic, whose casts are of integers",
    "AlwaysFalseWherePattern": "written for shape arithmetic, where both branches have the shape of the condition",
    "GlobalAveragePoolPattern": _SPATIAL,
    "GlobalMaxPoolPattern": _SPATIAL,
    **{
        f"Remove{first}{version}{cast}{second}{version}Pattern": _AXES
        for first, second in (("Squeeze", "Unsqueeze"), ("Unsqueeze", "Squeeze"))
        for version in ("", "V11")
        for cast in ("", "Cast")
    },
}
"""By the rule's name, a sentence."""
