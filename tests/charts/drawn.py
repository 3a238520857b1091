"""Reads a specification as a reader would: every record drawn, every layer with what it encodes."""

from collections.abc import Iterator
from typing import Any


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All layers that draw, however deep."""
    for layer in spec.get("layer", []):
        if "layer" in layer:
            yield from layers(layer)
        else:
            yield layer


def values(layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a layer."""
    return layer["data"]["values"]


def kind(layer: dict[str, Any]) -> str:
    """The layer's mark."""
    return layer["mark"]["type"]


def drawn(spec: dict[str, Any], *marks: str) -> list[dict[str, Any]]:
    """All records drawn by these marks."""
    return [record for layer in layers(spec) if kind(layer) in marks for record in values(layer)]


def words(spec: dict[str, Any]) -> str:
    """All words drawn, joined."""
    found: list[str] = []
    for record in drawn(spec, "text"):
        for value in record.values():
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, list):
                found.append(" ".join(value))
    return " | ".join(found)


def leaves(value: Any) -> Iterator[Any]:
    """Every value inside a specification."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def without_data(value: Any) -> Any:
    """The specification without its records: what a browser reads as instructions."""
    if isinstance(value, dict):
        return {key: without_data(inner) for key, inner in value.items() if key != "data"}
    if isinstance(value, list):
        return [without_data(inner) for inner in value]
    return value
