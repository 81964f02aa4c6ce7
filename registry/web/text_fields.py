"""Free text of a form, no longer than the record can hold."""

from __future__ import annotations

from registry.web.forms import Form

NAME, LINE, NOTE = 120, 200, 2000


def text_up_to(form: Form, name: str, longest: int) -> str | None:
    """Read a text; blank is none. What is too long is refused, its beginning standing in for it."""
    text = form.text(name)
    if text is None or len(text) <= longest:
        return text
    form.refuse(name, f"Shorten this to {longest} characters: it has {len(text)}.")
    return text[:longest]
