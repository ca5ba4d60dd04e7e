# SPDX-License-Identifier: Apache-2.0
"""From pass flags or a pipeline's text to passes that are known to exist, with the options they were given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..dialect.dataclass import dataclass
from ..dialect.diagnostics import did_you_mean
from ..errors import CommandError
from ..flags import BY_NAME, Options
from ..passes.rewriting.base import Pass
from .pass_options import parse_pass_options
from .plugins import Registry
from .syntax import ANY, Nest, PassElement, parse_pipeline
from .upstream import UpstreamPasses

MODULE = "builtin.module"


@dataclass(frozen=True)
class PythonPass:
    """A pass written in Python.  ours: and in this project.  plugin: the file, if it comes from a plugin."""

    pass_: Pass
    options: Mapping[str, object]
    ours: bool = True
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
        """The steps that flags or `--pass-pipeline` ask for; raises CommandError for what is unknown or wrong."""
        if options.pass_pipeline is None:
            elements = (PassElement(flag.name, flag.options) for flag in options.passes)
            return self.plan_elements(elements, options, "flag")
        root = parse_pipeline(options.pass_pipeline)
        if root.anchor not in (MODULE, ANY):
            raise CommandError(
                f"the input is a '{MODULE}' operation, which '{root.anchor}(...)' does not run on; "
                f"did you mean '{MODULE}({root})'?"
            )
        return self.plan_elements([root], options, "pass")

    def plan_elements(
        self, elements: Iterable[PassElement | Nest | Pass], options: Options, called: str = "pass"
    ) -> tuple[Step, ...]:
        """The steps for `elements`, one after the other on a module; raises CommandError as `plan` does.

        called: what a message calls a pass that is unknown.
        """
        self._disabled = options.disable_pattern
        self._flags = options.pass_options
        steps = tuple(step for element in elements for step in self._top(element, called))
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

    def _top(self, element: PassElement | Nest | Pass, called: str) -> tuple[Step, ...]:
        if isinstance(element, Pass):
            return (self._python_pass(element, "", ours=False),)
        if isinstance(element, Nest):
            on_module = element.anchor in (MODULE, ANY)
            nested = self._nested(Nest(MODULE, element.elements) if on_module else element)
            return nested.steps if on_module else (nested,)
        anchor = self._anchor_of(element.name, element.options, MODULE)
        if anchor is None:
            of_flags = called == "flag"
            shown = f"--{element.name}" if of_flags else element.name
            hint = self._suggestion(element.name, flags=of_flags)
            raise CommandError(f"unknown {called} '{shown}'{hint}")
        step = self._pass(element)
        # A pass that insists on functions runs on each function, as under mlir-opt.
        return (step if anchor == MODULE else NestedSteps(anchor, (step,)),)

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
        plugin = self._registry.plugin_of.get(element.name)
        return self._python_pass(pass_, element.options, ours=plugin is None, plugin=plugin)

    def _python_pass(
        self, pass_: Pass, text: str, *, ours: bool, plugin: str | None = None
    ) -> PythonPass:
        """text: the options that it is given."""
        options = parse_pass_options(pass_.argument, text, pass_.options, self._flags)
        self._options.update(option.flag for option in pass_.options)
        self._rules.update(pass_.rule_names if self._disabled else ())
        return PythonPass(pass_.without(self._disabled), options, ours, plugin)

    def _suggestion(self, name: str, *, flags: bool) -> str:
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
