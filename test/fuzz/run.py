#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzz for as long as one likes.

    python test/fuzz/run.py --examples 100000 --seed 7 --jobs 2     the rules of all passes
    python test/fuzz/run.py --examples 20000 --pass fold-bn         those of one pass
    python test/fuzz/run.py --examples 20000 --plugin my_pass.py    those of a plugin
    python test/fuzz/run.py --mutations 100000 --seed 7             the front doors
    python test/fuzz/run.py --replay 1000042                        one mutation again: its file and what came of it

Exit code 1 if something was found.  What was found becomes a test in `test_regressions.py`, by name.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

import fuzz_doors
import fuzz_rules
from check_rule import Checker

from onnx_opt.errors import CommandError
from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting import RewritePass
from onnx_opt.pipeline.plugins import Registry

_MUTATIONS_PER_SEED = 10_000_000


def chosen(names: Sequence[str], plugins: Sequence[str]) -> list[RewritePass]:
    """The passes of these names; all of the plugins, or of the project, if there are none.  Raise CommandError."""
    registry = Registry({})
    for plugin in plugins:
        registry.load(plugin)
    known = fuzz_rules.with_rules([*ALL_PASSES, *registry.passes.values()])
    if names:
        unknown = set(names) - {pass_.argument for pass_ in known}
        if unknown:
            raise CommandError(f"no pass with rules is called '{min(unknown)}'")
        return [pass_ for pass_ in known if pass_.argument in names]
    return fuzz_rules.with_rules(registry.passes.values()) if plugins else known


def rules(
    wanted: int,
    seconds: float,
    seed: int,
    shrink: bool,
    names: Sequence[str],
    plugins: Sequence[str],
) -> tuple[Counter[str], str | None]:
    """One job of the rules' fuzzer."""
    checker = Checker()
    passes = chosen(names, plugins)
    found = fuzz_rules.fuzz(wanted, seconds, seed, checker, passes=passes, shrink=shrink)
    return checker.counts, found


def doors(wanted: int, seconds: float, first: int) -> fuzz_doors.Result:
    """One job of the front doors' fuzzer."""
    return fuzz_doors.fuzz(wanted, seconds, first, fuzz_doors.seeds())


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=0, help="models for the rules of passes")
    parser.add_argument("--pass", action="append", default=[], dest="names", metavar="NAME")
    parser.add_argument("--plugin", action="append", default=[], metavar="FILE")
    parser.add_argument("--mutations", type=int, default=0, help="inputs for the front doors")
    parser.add_argument("--seconds", type=float, default=1e9, help="at most, for each of the two")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--no-shrink", action="store_true", help="show the first finding as it came"
    )
    parser.add_argument("--replay", type=int, metavar="NUMBER", help="run one mutation again")
    options = parser.parse_args()
    if options.replay is not None:
        return _replay(options.replay)
    try:
        if not chosen(options.names, options.plugin):
            raise CommandError("no pass has rules")
    except CommandError as error:
        parser.error(str(error))
    seeds = [options.seed * options.jobs + job for job in range(options.jobs)]
    right = True
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        if options.examples:
            start = time.monotonic()
            share = -(-options.examples // options.jobs)
            jobs = [
                pool.submit(
                    rules,
                    share,
                    options.seconds,
                    seed,
                    not options.no_shrink,
                    options.names,
                    options.plugin,
                )
                for seed in seeds
            ]
            counts: Counter[str] = Counter()
            for job in jobs:
                counted, found = job.result()
                counts.update(counted)
                if found:
                    right = False
                    print(f"FOUND: {found}\n")
            print(fuzz_rules.report(counts))
            _conclude("examples", counts["examples"], start)
        if options.mutations:
            start = time.monotonic()
            share = -(-options.mutations // options.jobs)
            firsts = [seed * _MUTATIONS_PER_SEED for seed in seeds]
            results = [
                job.result()
                for job in [pool.submit(doors, share, options.seconds, f) for f in firsts]
            ]
            total = fuzz_doors.Result(sum((r.counts for r in results), Counter()))
            for result in results:
                for number, finding in result.findings:
                    right = False
                    print(f"FOUND: --replay {number}: {finding}\n{_saved(number)}\n")
            print(fuzz_doors.report(total))
            _conclude("mutations", sum(total.counts.values()), start)
    return 0 if right else 1


def _conclude(what: str, count: int, start: float) -> None:
    seconds = time.monotonic() - start
    print(f"{count} {what} in {seconds:.0f} s, {count / seconds:.0f} per second\n")


def _saved(number: int) -> str:
    """How to do a mutation again without the fuzzer, whose numbers mean others when the lit suite changes."""
    item = fuzz_doors.made(number, fuzz_doors.seeds())
    path = Path(tempfile.gettempdir(), f"mutation-{number}.{item.kind}")
    path.write_bytes(item.data)
    return f"onnx-opt {' '.join(item.arguments)} {path}"


def _replay(number: int) -> int:
    print(_saved(number))
    code, said = fuzz_doors.call(
        fuzz_doors.made(number, fuzz_doors.seeds()), Path(tempfile.gettempdir())
    )
    print(f"exit code {code}\n{said}")
    return 1 if fuzz_doors.wrong(code, said) else 0


if __name__ == "__main__":
    sys.exit(main())
