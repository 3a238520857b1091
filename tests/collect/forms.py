"""Reads a page of the light form as a browser would, and fills its controls in at random."""

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser

BUTTONS = ("submit", "button", "image", "reset")
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
WORDS = (
    "More labs, please.",
    "It was clear.",
    "Zu schnell, aber gut.",
    "الأمثلة مفيدة",
    "Too much theory & <b>talk</b>.",
)


@dataclass
class Control:
    """A control of a form. kind: its type ("radio", "text", ...), "select", "textarea" or "button".

    options: the values a select offers. group: the outermost fieldset's number, 0 outside any. required: whether it,
    or the fieldset around it, says that it needs an answer.
    """

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    disabled: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    group: int = 0
    required: bool = False


@dataclass
class Form:
    """A form of a page: where it goes, and its controls in order."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The value of the control of that name; "" when there is none."""
        return next((each.value for each in self.controls if each.name == name), "")

    def buttons(self) -> list[Control]:
        """What it can be sent with."""
        return [each for each in self.controls if each.kind in BUTTONS]

    def as_it_stands(self) -> list[tuple[str, str]]:
        """What a browser would send of it if nothing were changed, the button left out."""
        fields = []
        for each in self.controls:
            sent = each.kind not in ("radio", "checkbox", *BUTTONS) or each.checked
            if each.name and sent and not each.disabled:
                fields.append((each.name, each.value))
        return fields


class Page(HTMLParser):
    """A page: its forms, its words, and the text of every element that has an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.forms: list[Form] = []
        self.language, self.direction, self.title = "", "", ""
        self.ids: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, str]] = []
        self._form: Form | None = None
        self._groups, self._group = 0, [(0, False)]
        self._filled: Control | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append((tag, held))
        if tag == "html":
            self.language, self.direction = held.get("lang", ""), held.get("dir", "")
        elif tag == "form":
            self._form = Form(held.get("action", ""), held.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "fieldset":
            self._groups += 1
            self._group.append((self._groups, held.get("aria-required") == "true"))
        elif tag in ("input", "select", "textarea", "button") and self._form is not None:
            self._control(tag, held)
        elif tag == "option" and self._filled is not None:
            self._filled.options.append(held.get("value", ""))
            if "selected" in held:
                self._filled.value = held.get("value", "")
        if tag not in VOID:
            self._open.append((tag, held.get("id", "")))
        if held.get("id"):
            self.ids.setdefault(held["id"], "")

    def _control(self, tag: str, held: dict[str, str]) -> None:
        kind = held.get("type", {"input": "text", "button": "submit"}.get(tag, tag)).lower()
        value = held.get("value", "on" if kind in ("radio", "checkbox") else "")
        made = Control(held.get("name", ""), kind, value, "checked" in held, "disabled" in held, held)
        made.group = self._group[1][0] if len(self._group) > 1 else 0
        made.required = self._group[-1][1] or held.get("aria-required") == "true" or "required" in held
        assert self._form
        self._form.controls.append(made)
        self._filled = made if tag in ("select", "textarea") else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "fieldset" and len(self._group) > 1:
            self._group.pop()
        elif tag in ("select", "textarea"):
            self._filled = None
        while self._open:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._filled is not None and self._filled.kind == "textarea":
            self._filled.value += data
        for tag, ident in self._open:
            if ident:
                self.ids[ident] += data
            if tag == "title":
                self.title += data

    @property
    def words(self) -> str:
        """Everything it says."""
        return " ".join(self.ids.values())

    @property
    def receipt(self) -> str:
        """The receipt it shows; "" when it shows none."""
        return self.ids.get("receipt", "").strip()

    def main(self) -> Form | None:
        """The form of the step: the one with the hidden field "form"."""
        return next((each for each in self.forms if any(one.name == "form" for one in each.controls)), None)


def filled(form: Form, chance: random.Random, *, sparsely: bool = False) -> list[tuple[str, str]]:
    """What somebody sends who answers at random, without the button. sparsely: only what needs an answer.

    One of each group of radio buttons, one box of each group of checkboxes, different ones of those a fieldset offers
    twice (the most and the least, the places of a ranking), small numbers, some words.
    """
    fields: list[tuple[str, str]] = []
    done: set[str] = set()
    taken: dict[int, set[str]] = {}
    for each in form.controls:
        if each.kind == "hidden" and each.name:
            fields.append((each.name, each.value))
        if not each.name or each.disabled or each.kind in ("hidden", *BUTTONS) or each.name in done:
            continue
        done.add(each.name)
        if sparsely and not each.required:
            continue
        used = taken.setdefault(each.group, set()) if _offers_twice(form, each) else set()
        if each.kind in ("radio", "checkbox"):
            values = [one.value for one in form.controls if one.name == each.name and one.value and not one.disabled]
        elif each.kind == "select":
            values = [value for value in each.options if value]
        else:
            values = [_typed(each, chance)]
        free = [value for value in values if value not in used]
        if free:
            fields.append((each.name, chance.choice(free)))
            used.add(fields[-1][1])
    return fields


def _offers_twice(form: Form, control: Control) -> bool:
    """Whether its fieldset offers the same in several controls, of which each may be chosen once."""
    if control.kind == "select":
        return True
    offered: dict[str, set[str]] = {}
    for each in form.controls:
        if each.kind == "radio" and each.group == control.group:
            offered.setdefault(each.name, set()).add(each.value)
    return control.group != 0 and len(offered) == 2 and len(set(map(frozenset, offered.values()))) == 1


def _typed(control: Control, chance: random.Random) -> str:
    if control.kind == "number" or control.attributes.get("inputmode") in ("numeric", "decimal"):
        return str(chance.randint(1, 5))
    if control.kind == "textarea":
        return chance.choice(WORDS)
    return chance.choice(("Otter & Sons", "Brookline Mills"))
