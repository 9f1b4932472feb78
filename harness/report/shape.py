"""The form of JSON that a person may have made or changed.

- `fault`: the first place where a JSON value does not have the form that is expected.

A form is a type, a tuple of types, `[FORM]` for a list of any length, `{str: FORM}` for an object with any
keys, or `{"key": FORM, "other?": FORM}` for an object with these keys. A key with "?" may be absent.
"""

from __future__ import annotations

from typing import Any

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_LONGEST = 60
_MOST_BITS = 1023  # of a whole number that a float can hold


def fault(value: Any, form: Any, where: str = "") -> str:
    """Return in words where `value` does not have the form, and what is there; "" when it has it.

    `where` names the value. Other keys of an object are allowed.
    """
    if isinstance(form, list):
        return _of_list(value, form[0], where)
    if isinstance(form, dict):
        return _of_object(value, form, where)
    kinds = form if isinstance(form, tuple) else (form,)
    # For Python `True` is a whole number, and a whole number is no float.
    allowed = {*kinds, int} if float in kinds else {*kinds}
    huge = float in kinds and type(value) is int and value.bit_length() > _MOST_BITS
    if type(value) in allowed and not huge:
        return ""
    return _not(where, " or ".join(_WORDS.get(kind, "null") for kind in kinds), value)


def _of_list(value: Any, form: Any, where: str) -> str:
    if not isinstance(value, list):
        return _not(where, "a list", value)
    found = (fault(each, form, f"{where}[{number}]") for number, each in enumerate(value))
    return next(filter(None, found), "")


def _of_object(value: Any, form: dict[Any, Any], where: str) -> str:
    if not isinstance(value, dict):
        return _not(where, "an object", value)
    before = f"{where}." if where else ""
    if str in form:
        return next(filter(None, (fault(value[k], form[str], f"{before}{k}") for k in value)), "")
    for key, inner in form.items():
        name = key.removesuffix("?")
        if name not in value:
            if name == key:
                return f"{before}{name} is missing"
        elif found := fault(value[name], inner, f"{before}{name}"):
            return found
    return ""


def _not(where: str, expected: str, value: Any) -> str:
    shown = repr(value)
    cut = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
    return f"{where} must be {expected}, and is {cut}".strip()
