# SPDX-License-Identifier: Apache-2.0
"""`--check-rules`: what holds of the declarative rules in a file of onnx-mlir's."""

from __future__ import annotations

import sys
from pathlib import Path

from .errors import CommandError
from .flags import Options
from .no_module import refuse_input


def check_rules(options: Options) -> bool:
    """Print what came of each rule; whether none is refuted.  Raises CommandError."""
    from .upstream.audit.report import find, lines
    from .upstream.audit.tablegen import TableGenError, read_rules
    from .upstream.audit.tools import MissingToolError, table_gen

    refuse_input(options, "--check-rules", {"check_rules", "onnx_mlir"})
    if options.passes:
        raise CommandError(
            f"--check-rules is about a file, but the pass --{options.passes[0].name} is given"
        )
    path, _, name = options.check_rules.rpartition(":")
    if not path or not path.endswith(".td"):
        path, name = options.check_rules, ""
    file = Path(path)
    checkout = Path(options.onnx_mlir) if options.onnx_mlir else file.parent
    for needed in (file, checkout):
        if not needed.exists():
            raise CommandError(f"cannot read '{needed}': it does not exist")
    try:
        rules = read_rules(file, checkout.resolve(), *table_gen())
    except (TableGenError, MissingToolError) as error:
        raise CommandError(str(error)) from None
    if name:
        rules = [rule for rule in rules if rule.name == name]
        if not rules:
            raise CommandError(f"'{file}' has no rule '{name}'")
    holds = True
    for rule in rules:
        finding = find(rule)
        holds &= finding.word != "refuted"
        sys.stdout.write("".join(f"{line}\n" for line in lines(path, finding)))
        sys.stdout.flush()
    return holds
