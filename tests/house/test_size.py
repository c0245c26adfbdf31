"""Rooms small enough to know at a glance: limits on files and functions."""

from __future__ import annotations

import statistics

from tests.house.source import (
    function_length,
    functions_of,
    line_count,
    name_of,
    python_files,
    tree_of,
)

MEDIAN_LINES = 100
FILE_LINES = 400
FUNCTION_LINES = 70

# "quarterday/...py": "why it may be longer"; a function is "quarterday/...py::name".
EXCEPTIONS: dict[str, str] = {}


def test_the_median_file_is_short() -> None:
    # Packages' __init__ files hold little but a sentence and would flatter the figure.
    lengths = [line_count(path) for path in python_files() if path.name != "__init__.py"]
    assert statistics.median(lengths) <= MEDIAN_LINES


def test_no_file_is_long() -> None:
    lengths = {name_of(path): line_count(path) for path in python_files()}
    long = {name: lines for name, lines in lengths.items() if lines > FILE_LINES}
    assert not long.keys() - EXCEPTIONS.keys(), f"split these: {long}"


def test_no_function_is_long() -> None:
    long = _long_functions()
    assert not long.keys() - EXCEPTIONS.keys(), f"split these: {long}"


def test_every_exception_is_still_needed() -> None:
    long = {name_of(path) for path in python_files() if line_count(path) > FILE_LINES}
    assert EXCEPTIONS.keys() <= long | _long_functions().keys()


def _long_functions() -> dict[str, int]:
    lengths = {
        f"{name_of(path)}::{function.name}": function_length(function)
        for path in python_files()
        for function in functions_of(tree_of(path))
    }
    return {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES}
