"""Rows of the same fields in a form, `<name>-<i>-<field>`: numbering, adding, removing them."""

from __future__ import annotations

from registry.web.forms.form import Form

STEP = "step"


def with_even_rows(form: Form, *names: str) -> Form:
    """Number the rows of each group 0, 1, 2 ..., as the page draws them, whatever was sent."""
    for name in names:
        form = _only(form, name, form.rows(name))
    return form


def after_step(form: Form, name: str, first_field: str) -> Form:
    """Give the form with a row more or fewer, when its step asks for that of this group."""
    step = form.value(STEP)
    rows = form.rows(name)
    if step == f"{name}-add":
        field = f"{name}-{len(rows)}-{first_field}"
        return form.holding({**_only(form, name, rows).typed, field: [""]})
    kept = [row for row in rows if step != f"{name}-remove-{row}"]
    return _only(form, name, kept)


def without_rows(form: Form, name: str) -> Form:
    """Give the form without any row of a group."""
    return _only(form, name, [])


def without_blank_rows(form: Form, *names: str) -> Form:
    """Give the form without the rows in which nothing was typed or chosen, the rest renumbered."""
    for name in names:
        kept = [row for row in form.rows(name) if _is_filled(form, f"{name}-{row}-")]
        form = _only(form, name, kept)
    return form


def _is_filled(form: Form, prefix: str) -> bool:
    return any(form.has(key) for key in form.typed if key.startswith(prefix))


def _only(form: Form, name: str, rows: list[int]) -> Form:
    new_number = {str(old): str(new) for new, old in enumerate(rows)}
    typed = {}
    for key, values in form.typed.items():
        group, _, rest = key.partition("-")
        number, _, field = rest.partition("-")
        if group != name or not field:
            typed[key] = values
        elif number in new_number:
            typed[f"{name}-{new_number[number]}-{field}"] = values
    return form.holding(typed)
