# SPDX-License-Identifier: Apache-2.0
"""`--verify-numerics`: runs a module as it was and as the passes left it, and compares every output.

Imports run one way, and nothing is imported before the flag is given:

    verification    what the driver calls: keep the module, check it
      functions     the functions of a module, as models in files
      inputs        what the models are fed
      engines       runs tasks in child processes
        child       the other side: execution (a model as it is), exact (in float64, and what rounding does to it)
      comparison    whether two arrays are the same but for rounding
      table         what the user sees

docs/numerics.md derives the tolerances.
"""
