# SPDX-License-Identifier: Apache-2.0
"""What type checkers know of `import onnx_opt`: this file is checked in CI, where an ignore that is not needed is an error."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import onnx_opt

if TYPE_CHECKING:
    import onnx
    from typing_extensions import assert_type

    from onnx_opt.passes.rewriting import Pass

    def right(model: onnx.ModelProto) -> None:
        module = onnx_opt.load("model.onnx", dim_params="0:0=batch")
        assert_type(module, onnx_opt.Module)
        result = module.run("fold-bn", *onnx_opt.passes(), disable_pattern=["a"], remarks=True)
        assert_type(result.remarks, tuple[onnx_opt.Diagnostic, ...])
        assert_type(module.verify_numerics(against=model, samples=1), onnx_opt.NumericsTable)
        assert_type(module.to_onnx(), onnx.ModelProto)
        assert_type(onnx_opt.optimize(model, ["cse"]), onnx.ModelProto)
        assert_type(onnx_opt.load_plugin("plugin.py"), tuple[Pass, ...])
        module.save("out.onnx", save_as_external_data=True, size_threshold=0)

    def wrong(module: onnx_opt.Module) -> None:
        onnx_opt.lode  # type: ignore[attr-defined]  # noqa: B018 # pyright: ignore
        onnx_opt.load(3)  # type: ignore[arg-type]  # pyright: ignore
        module.run(3)  # type: ignore[arg-type]  # pyright: ignore
        module.run("cse", remark=True)  # type: ignore[call-arg]  # pyright: ignore
        module.run("cse", verify_each=[])  # type: ignore[arg-type]  # pyright: ignore
        module.save("out.onnx", freeze_initializers=True)  # type: ignore[call-arg]  # pyright: ignore
        module.verify_numerics()  # type: ignore[call-arg]  # pyright: ignore


def test_the_package_says_that_it_is_typed() -> None:
    assert (files(onnx_opt) / "py.typed").is_file()
