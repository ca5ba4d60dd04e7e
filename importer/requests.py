# SPDX-License-Identifier: Apache-2.0
"""What a caller asks of an import beside the model; light, as the command line makes one in every run."""

from __future__ import annotations

from ..dialect.dataclass import dataclass


@dataclass(frozen=True)
class Requests:
    """How a model is to be read.

    freeze_initializers: initializers that a caller may override become constants, no more arguments with a default.
    inline_functions:    model-local functions go into their callers, where they import the same opsets.
    decomposed:          ops that ONNX defines by others, and are to be written by these.
    model_types:         types are those that the model states, else inferred; otherwise inferred, else stated.
    dim_names:           (input, axis, name) of sizes, in place of all names that the model gives to sizes of these
                         inputs; -1 is every input, where it has the axis and does not know its size.
    """

    freeze_initializers: bool = False
    inline_functions: bool = False
    decomposed: frozenset[str] = frozenset()
    model_types: bool = True
    dim_names: tuple[tuple[int, int, str], ...] = ()

    @property
    def change_the_model(self) -> bool:
        """Whether another model is imported than the one that is there."""
        return self.inline_functions or bool(self.decomposed) or not self.model_types


NONE = Requests()
"""A model as it stands."""
