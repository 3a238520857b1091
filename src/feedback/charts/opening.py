"""Pictures that open what they show: whoever presses a row of one goes to its credential. Light: pages read it."""

from collections.abc import Mapping
from typing import Any

OPENS, OPENED = "opens", "opened"
"""The name of the layer that is pressed, whose records each hold a `credential` (a slug), and of what was pressed."""
PRESSED = {"type": "point", "fields": ["credential"], "on": "click", "toggle": False}


def opening(spec: dict[str, Any]) -> dict[str, Any]:
    """A specification with the one parameter that tells what was pressed, where a layer of it opens anything."""
    if not _layers(spec):
        return spec
    return spec | {"params": [{"name": OPENED, "select": PRESSED, "views": [OPENS]}]}


def opened_by(spec: Mapping[str, Any]) -> list[str]:
    """The slugs of the credentials a picture opens, in its order; none where it opens nothing."""
    return list(dict.fromkeys(each["credential"] for layer in _layers(spec) for each in layer["data"]["values"]))


def _layers(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [layer for layer in spec.get("layer", ()) if layer.get("name") == OPENS]
