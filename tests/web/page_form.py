"""What a browser without script would send from a form of a page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

VOID_TYPES = {"submit", "button", "image"}


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form_id = form_id
        self.inside = False
        self.fields: dict[str, list[str]] = {}
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []
        self.textarea: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not self.inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option":
            self.options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self.textarea, self.text = name, ""

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type") or "text"
        if kind in VOID_TYPES or (kind in {"radio", "checkbox"} and "checked" not in given):
            return
        self.fields.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            chosen = [value for value, selected in self.options if selected]
            first = [value for value, _ in self.options[:1]]
            self.fields.setdefault(self.select, []).extend(chosen or first)
            self.select = None
        elif tag == "textarea" and self.textarea:
            self.fields.setdefault(self.textarea, []).append(self.text.removeprefix("\n"))
            self.textarea = None


def sent_by(page: str, form_id: str) -> dict[str, Any]:
    """Read the values that a form would send as it stands."""
    reader = _Reader(form_id)
    reader.feed(page)
    return reader.fields
