# SPDX-License-Identifier: Apache-2.0
"""What the models are fed."""

from __future__ import annotations

from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from onnx import helper

from onnx_opt.verification.inputs import Input, InputError, feeds, inputs_of

F32, I64 = np.dtype(np.float32), np.dtype(np.int64)


def test_symbols_are_small_distinct_and_the_same_everywhere() -> None:
    inputs = [
        Input("a", F32, ("N", "C", 7)),
        Input("b", F32, ("C", "N")),
        Input("c", F32, ("", "")),
    ]
    (drawn,) = feeds(inputs, 1, {}, {})
    assert [drawn[name].shape for name in "abc"] == [(2, 3, 7), (3, 2), (2, 3)]


def test_other_ways_to_say_that_a_size_is_not_known() -> None:
    """Paddle's exporter writes -1, and "?" for each of two sizes that are not the same."""
    info = helper.make_tensor_value_info("x", 1, [-1, 3, "?", "?"])
    model = helper.make_model(helper.make_graph([], "g", [info], []))
    assert inputs_of(model) == [Input("x", F32, ("", 3, "", ""))]


def test_a_stated_shape_decides_its_symbols() -> None:
    inputs = [Input("a", F32, ("N", "C")), Input("b", F32, ("C", "N", "K"))]
    (drawn,) = feeds(inputs, 1, {}, {"b": (2, 5, 3)})
    assert drawn["a"].shape == (5, 2)


@pytest.mark.parametrize("shape", [(2,), (2, 4), (2, 3, 3)])
def test_a_stated_shape_must_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="does not fit"):
        feeds([Input("a", F32, ("N", 3))], 1, {}, {"a": shape})


def test_one_symbol_has_one_size() -> None:
    with pytest.raises(InputError, match="does not fit"):
        feeds([Input("a", F32, ("N", "N"))], 1, {}, {"a": (2, 3)})


def test_an_unknown_rank_has_to_be_stated() -> None:
    with pytest.raises(InputError, match="--input-shape=a=2x3"):
        feeds([Input("a", F32, None)], 1, {}, {})
    assert feeds([Input("a", F32, None)], 1, {}, {"a": ()})[0]["a"].shape == ()


def test_no_tensor_has_no_value() -> None:
    with pytest.raises(InputError, match="is no tensor"):
        feeds([Input("a", None, None)], 1, {}, {})


@pytest.mark.parametrize(
    "dtype",
    [np.float16, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, np.int8, ml_dtypes.int4, np.bool_],
)
def test_every_type_is_drawn_as_itself(dtype: type) -> None:
    (drawn,) = feeds([Input("a", np.dtype(dtype), (50,))], 1, {}, {})
    assert drawn["a"].dtype == np.dtype(dtype)
    assert len(np.unique(drawn["a"].astype(np.float64))) > 1


def test_integers_are_indices_of_an_axis_of_two() -> None:
    (drawn,) = feeds([Input("a", I64, (50,))], 1, {}, {})
    assert set(drawn["a"].tolist()) == {0, 1}


def test_files(tmp_path: Path) -> None:
    inputs = [Input("a", F32, ("N", 2)), Input("b", F32, ("N",))]
    file = tmp_path / "a.npy"
    np.save(file, np.ones((5, 2), np.float32))
    first, second = feeds(inputs, 2, {"a": str(file)}, {})
    assert (first["a"] == 1).all() and first["b"].shape == (5,)
    assert (first["b"] != second["b"]).any()


def test_a_file_of_bfloat16(tmp_path: Path) -> None:
    values = np.arange(4).astype(ml_dtypes.bfloat16)
    np.save(tmp_path / "a.npy", values)
    (drawn,) = feeds([Input("a", values.dtype, (4,))], 3, {"a": str(tmp_path / "a.npy")}, {})
    assert (drawn["a"] == values).all()


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    inputs = [Input("a", F32, ("N", 2))]
    np.save(tmp_path / "double.npy", np.ones((5, 2)))
    np.save(tmp_path / "flat.npy", np.ones(2, np.float32))
    np.save(tmp_path / "objects.npy", np.array([object()]), allow_pickle=True)
    (tmp_path / "text.npy").write_text("no array")
    for name, told in {
        "double.npy": "holds float64",
        "flat.npy": "has shape",
        "objects.npy": "no .npy file of plain values",
        "text.npy": "no .npy file",
        "missing.npy": "No such file",
    }.items():
        with pytest.raises(InputError, match=told):
            feeds(inputs, 1, {"a": str(tmp_path / name)}, {})
