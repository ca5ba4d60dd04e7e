# SPDX-License-Identifier: Apache-2.0
"""The stages of a reduction: what is likely to go first, comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from ..dialect.bindings import ir
from ..dialect.model_records import (
    OUTPUTS,
    PROVENANCE_OF_FUNCTION,
    PROVENANCE_OF_MODULE,
    PROVENANCE_OF_OP,
    PROVENANCE_OF_VALUE,
)
from ..dialect.ops.schema import PREFIX
from ..dialect.types import DYNAMIC
from ..passes.rewriting.effects import erase_dead_ops
from ..passes.rewriting.functions import results_of
from .cutting import (
    ARGUMENTS,
    RESULTS,
    Values,
    count_ops,
    cut,
    functions_of,
    inner_ops,
    ops_of,
    show,
)
from .search import OutOfTime, Search, minimize
from .shrinking import PLAINER, SMALL, constants_of, resize, simplify, sizes_of
from .wrongs import Wrong

Compute = Callable[[ir.Operation, list[ir.Operation]], "Values | None"]
"""What the results of ops of a function are when the module runs; the module is changed."""

Listing = Callable[[ir.Operation], list[ir.Operation]]


_FEW = (4, 16, 64)
"""How many ops are kept before a value that is known to be wrong."""


class Reduction:
    """The reduction of a module, in place.

    judge: what goes wrong with the module as it is; called in child processes, where it may change the module.
    compute: see above; in a child process, too.  tell: is told the number of ops and of tries, before each.
    """

    def __init__(
        self,
        module: ir.Module,
        judge: Callable[[], Wrong | None],
        compute: Compute,
        seconds: float,
        tell: Callable[[int, int], None],
    ) -> None:
        self._module = module
        self._compute = compute
        self.ops = self.ops_before = count_ops(module)
        self._search = Search(judge, seconds, lambda tries: tell(self.ops, tries))

    @property
    def tries(self) -> int:
        """How often the module was judged."""
        return self._search.tries

    def run(self) -> Wrong | None:
        """Make the module small; what goes wrong with it, None if nothing does."""
        self._name_values()
        wrong = self._search.begin()
        if wrong is not None:
            with suppress(OutOfTime):
                self._reduce(wrong.value)
            self.ops = count_ops(self._module)
        return wrong

    def _name_values(self) -> None:
        """Name values that have no name, so that one can be said to be wrong."""
        with self._module.context:
            for number, op in enumerate(op for f in functions_of(self._module) for op in ops_of(f)):
                if (
                    len(op.results) == 1
                    and op.name.startswith(PREFIX)
                    and not OUTPUTS.get(op.attributes)
                ):
                    op.attributes[OUTPUTS.name] = OUTPUTS.form.write([f"value{number}"])

    def _reduce(self, value: str) -> None:
        tried = self._search.tried
        if value:
            self._around(value)
        tried(self._forget)
        tried(lambda: erase_dead_ops(self._module.operation) > 0)
        minimize(functions_of(self._module), lambda chunk: tried(partial(_erase, chunk)), keep=1)
        for function in functions_of(self._module):
            self._fewer_ops(function, ops_of)
            self._fewer_ops(function, inner_ops)
            self._fewer_results(function)
            self._fewer_ops(function, ops_of, known=True)
            self._smaller_sizes(function)
            self._plainer_constants(function)
            self._fewer_ops(function, ops_of)
            self._fewer_results(function)

    def _around(self, value: str) -> None:
        """Keep but a few ops that end with the one that gives a value, if that will do."""
        for function in functions_of(self._module):
            ops = ops_of(function)
            at = next(
                (n for n, op in enumerate(ops) if value in OUTPUTS.get(op.attributes, [])), None
            )
            if at is None:
                continue
            for few in _FEW:
                if few < len(ops):
                    others = [*ops[: max(at + 1 - few, 0)], *ops[at + 1 :]]
                    if self._search.tried(partial(cut, function, others)):
                        self.ops = count_ops(self._module)
                        return

    def _forget(self) -> bool:
        """Forget names, texts and places: all that has no influence on what is computed."""
        unknown = ir.Location.unknown(self._module.context)

        def visit(op: ir.Operation) -> ir.WalkResult:
            op.location = unknown
            attributes = op.attributes
            names = PROVENANCE_OF_MODULE if op.name == "builtin.module" else PROVENANCE_OF_OP
            for name in {*names, *PROVENANCE_OF_FUNCTION, "onnx_node_name"}.intersection(
                attributes
            ):
                del attributes[name]
            for name in (ARGUMENTS, RESULTS):
                if name in attributes:
                    attributes[name] = _without(ir.ArrayAttr(attributes[name]), PROVENANCE_OF_VALUE)
            return ir.WalkResult.ADVANCE

        self._module.operation.walk(visit)
        return True

    def _fewer_ops(self, function: ir.Operation, listing: Listing, *, known: bool = False) -> None:
        """Take ops out; known: with constants of what their results are, instead of inputs."""
        numbers = [hash(op.results[0]) for op in listing(function)]
        others = self.ops - len(numbers)

        def alive(chunk: Sequence[int]) -> list[ir.Operation]:
            ops = {hash(op.results[0]): op for op in listing(function)}
            return [ops[number] for number in chunk if number in ops]

        def without(chunk: list[int]) -> bool:
            values = None
            if known:
                values = self._search.compute(lambda: self._compute(function, alive(chunk)))
                if values is None:
                    return False
            if not self._search.tried(lambda: cut(function, alive(chunk), values)):
                return False
            self.ops = others + len(numbers) - len(chunk)
            return True

        minimize(numbers, without)

    def _fewer_results(self, function: ir.Operation) -> None:
        numbers = list(range(len(results_of(function))))

        def without(chunk: list[int]) -> bool:
            at = [numbers.index(number) for number in chunk]

            def change() -> bool:
                results = results_of(function)
                show(function, [each for n, each in enumerate(results) if n not in at])
                return True

            return self._search.tried(change)

        minimize(numbers, without, keep=1)

    def _smaller_sizes(self, function: ir.Operation) -> None:
        tried = self._search.tried
        for old in sizes_of(function):
            any(
                tried(partial(resize, function, old, new, attributes=attributes))
                for new in SMALL
                if new < old or old == DYNAMIC
                for attributes in (False, True)
            )

    def _plainer_constants(self, function: ir.Operation) -> None:
        for index in range(len(constants_of(function))):
            any(
                self._search.tried(partial(_simplify, function, index, number))
                for number in range(len(PLAINER))
            )


def _simplify(function: ir.Operation, index: int, number: int) -> bool:
    return simplify(constants_of(function)[index], number)


def _erase(ops: Sequence[ir.Operation]) -> bool:
    for op in ops:
        op.erase()
    return True


def _without(dictionaries: ir.ArrayAttr, names: frozenset[str]) -> ir.ArrayAttr:
    kept = [
        {each.name: each.attr for each in ir.DictAttr(entry) if each.name not in names}
        for entry in dictionaries
    ]
    context = dictionaries.context
    return ir.ArrayAttr.get([ir.DictAttr.get(each, context) for each in kept], context)
