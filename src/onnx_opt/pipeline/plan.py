# SPDX-License-Identifier: Apache-2.0
"""From pass flags or a pipeline's text to passes that are known to exist, with the options they were given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..dialect.diagnostics import did_you_mean
from ..errors import CommandError
from ..flags import BY_NAME, Options, PassFlag
from ..passes.rewriting.base import Pass
from .pass_options import parse_pass_options
from .plugins import Registry
from .syntax import ANY, Nest, PassElement, parse_pipeline
from .upstream import UpstreamPasses

MODULE = "builtin.module"


@dataclass(frozen=True)
class PythonPass:
    """A pass of ours or of a plugin.  plugin: the plugin's file."""

    pass_: Pass
    options: Mapping[str, object]
    plugin: str | None = None

    @property
    def argument(self) -> str:
        """The pass's flag."""
        return self.pass_.argument


@dataclass(frozen=True)
class MlirPass:
    """A pass of MLIR's, by its text in a pipeline."""

    argument: str
    text: str


@dataclass(frozen=True)
class NestedSteps:
    """Steps that run on each operation called `anchor` inside the one at hand; `any`: each that passes run on."""

    anchor: str
    steps: tuple[Step, ...]


Step = PythonPass | MlirPass | NestedSteps


class Planner:
    """Looks passes up: the registry's first, then MLIR's."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._upstream = UpstreamPasses()
        self._disabled: frozenset[str] = frozenset()
        self._rules: set[str] = set()
        self._flags: tuple[tuple[str, str], ...] = ()
        self._options: set[str] = set()

    def plan(self, options: Options) -> tuple[Step, ...]:
        """The steps to run on a module; raises CommandError for what is unknown or wrong."""
        self._disabled = options.disable_pattern
        self._flags = options.pass_options
        if options.pass_pipeline is None:
            steps = tuple(self._from_flags(options.passes))
        else:
            root = parse_pipeline(options.pass_pipeline)
            if root.anchor not in (MODULE, ANY):
                raise CommandError(
                    f"the input is a '{MODULE}' operation, which '{root.anchor}(...)' does not run on; "
                    f"did you mean '{MODULE}({root})'?"
                )
            steps = self._nested(Nest(MODULE, root.elements)).steps
        for name in sorted(options.disable_pattern - self._rules):
            raise CommandError(
                f"--disable-pattern: no pass that is run has a rule '{name}'{did_you_mean(name, self._rules)}"
            )
        for name, _ in options.pass_options:
            if name not in self._options:
                raise CommandError(f"--{name}: no pass that is run has this option")
        known = {step.argument for step in _passes(steps)}
        for name in sorted((options.mlir_print_ir_before | options.mlir_print_ir_after) - known):
            raise CommandError(f"cannot print the IR around '{name}': no such pass is run")
        return steps

    def _from_flags(self, flags: tuple[PassFlag, ...]) -> Iterator[Step]:
        for flag in flags:
            anchor = self._anchor_of(flag.name, flag.options, MODULE)
            if anchor is None:
                raise CommandError(f"unknown flag '--{flag.name}'{self._suggestion(flag.name)}")
            step = self._pass(PassElement(flag.name, flag.options))
            # A pass that insists on functions runs on each function, as under mlir-opt.
            yield step if anchor == MODULE else NestedSteps(anchor, (step,))

    def _nested(self, nest: Nest) -> NestedSteps:
        anchor = nest.anchor
        if anchor != ANY and not self._upstream.is_operation(anchor):
            why = "passes run on operations that MLIR knows, like func.func"
            raise CommandError(f"the pipeline nests passes under '{anchor}', but {why}")
        return NestedSteps(anchor, tuple(self._element(e, anchor) for e in nest.elements))

    def _element(self, element: PassElement | Nest, anchor: str) -> Step:
        if isinstance(element, Nest):
            return self._nested(element)
        needed = self._anchor_of(element.name, element.options, anchor)
        if needed is None:
            hint = self._suggestion(element.name, flags=False)
            raise CommandError(f"unknown pass '{element.name}' in the pipeline{hint}")
        if needed != anchor:
            nested = f"{needed}({element})"
            raise CommandError(
                f"pass '{element.name}' runs on '{needed}', not on '{anchor}'; did you mean '{nested}'?"
            )
        return self._pass(element)

    def _anchor_of(self, name: str, options: str, preferred: str) -> str | None:
        if name in self._registry.passes:
            return preferred
        return self._upstream.anchor_of(name, options, preferred)

    def _pass(self, element: PassElement) -> Step:
        pass_ = self._registry.passes.get(element.name)
        if pass_ is None:
            return MlirPass(element.name, str(element))
        options = parse_pass_options(element.name, element.options, pass_.options, self._flags)
        self._options.update(option.flag for option in pass_.options)
        self._rules.update(pass_.rule_names if self._disabled else ())
        return PythonPass(
            pass_.without(self._disabled), options, self._registry.plugin_of.get(element.name)
        )

    def _suggestion(self, name: str, *, flags: bool = True) -> str:
        """`; did you mean 'x'?`, or where the right name can be found."""
        passes = [*self._registry.passes, *self._upstream.names()]
        if flags:
            vocabulary = [f"--{known}" for known in (*BY_NAME, *passes)]
            return (
                did_you_mean(f"--{name}", vocabulary) or "; see onnx-opt --help and --list-passes"
            )
        return did_you_mean(name, passes) or "; see onnx-opt --list-passes"


def _passes(steps: tuple[Step, ...]) -> Iterator[PythonPass | MlirPass]:
    for step in steps:
        if isinstance(step, NestedSteps):
            yield from _passes(step.steps)
        else:
            yield step
