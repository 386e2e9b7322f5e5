"""What `PUT /v1/capacities` takes, for the OpenAPI document."""

from typing import Any

from forecast.planning.documents import DEFAULTS, UNITS
from forecast.planning.registers import TRANSIT

Spec = dict[str, Any]
_DAY: Spec = {"type": "string", "format": "date"}
_AMOUNT: Spec = {"type": "number", "minimum": 0}
_LIMIT: Spec = {"type": ["number", "null"], "minimum": 0}
_HOURS: Spec = {"type": "array", "minItems": 24, "maxItems": 24}
_COSTS: Spec = {
    "type": "object",
    "required": ["short", "over"],
    "additionalProperties": False,
    "properties": {"short": _AMOUNT, "over": _AMOUNT},
}
_STAY: Spec = {
    "type": "object",
    "required": ["kind", "weight"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": list(TRANSIT)},
        "weight": {"type": "number", "exclusiveMinimum": 0},
        "mean_nights": {"type": "number", "exclusiveMinimum": 0},
        "survival": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}},
        "lengths": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        "still_present": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
    },
}


def _weekly(cell: Spec) -> list[Spec]:
    """24 cells by hour, or seven days of them."""
    hours = _HOURS | {"items": cell}
    return [hours, {"type": "array", "minItems": 7, "maxItems": 7, "items": hours}]


_BOOTHS: Spec = {"type": "integer", "minimum": 0}
_SHARE: Spec = {"type": "number", "minimum": 0, "maximum": 1}
_RATE: Spec = {"type": "number", "exclusiveMinimum": 0}
_CROSSING: Spec = {
    "booths": {"anyOf": [_BOOTHS, *_weekly(_BOOTHS)]},
    "service_rate": {"anyOf": [_RATE, {"type": "array", "minItems": 1, "items": _RATE}]},
    "profile": {"anyOf": _weekly(_SHARE)},
    "booths_limit": {"type": ["integer", "null"], "minimum": 1},
    "staff_hours_limit": _LIMIT,
    "other_post": _LIMIT,
    "queue_room": _LIMIT,
    "walking": _AMOUNT,
    "people_per_vehicle": _AMOUNT,
    "metres_per_vehicle": _AMOUNT,
    "lanes": {"type": "integer", "minimum": 1},
    "peakedness": _AMOUNT,
    "service_variability": _AMOUNT,
    "wait_target": _AMOUNT,
    "service_level": _SHARE,
    "costs": _COSTS,
}
_REGION: Spec = {
    "beds": {"type": "integer", "minimum": 0},
    "bed_share": _SHARE,
    "overflow": {"type": "array", "items": {"type": "string"}},
    "stays": {"type": "array", "minItems": 1, "items": _STAY},
    "bus_seats": {"type": "integer", "minimum": 1},
    "costs": _COSTS,
    "bus_costs": _COSTS,
}


def _document(level: Any, fields: Spec, needed: list[str]) -> Spec:
    told = {
        name: schema | {"description": f"In {UNITS[level][name]}."} | _default(level, name)
        for name, schema in fields.items()
    }
    return {
        "type": "object",
        "title": f"Capacity of a {level}",
        "required": ["place", "valid_from", *needed],
        "additionalProperties": False,
        "properties": {
            "place": {"type": "string", "description": f"Id of a registered {level}."},
            "valid_from": _DAY,
            "valid_until": _DAY | {"type": ["string", "null"], "description": "Last day, inclusive."},
            "recorded_at": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "By default now.",
            },
            **told,
        },
    }


def _default(level: Any, name: str) -> Spec:
    default = DEFAULTS[level].get(name)
    return {} if default is None or name == "profile" else {"default": default}


_ONE: Spec = {
    "anyOf": [
        _document("crossing", _CROSSING, ["booths", "service_rate"]),
        _document("region", _REGION, ["beds", "bed_share", "stays"]),
    ]
}
BODY: Spec = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {
                        "type": "object",
                        "required": ["capacities"],
                        "additionalProperties": False,
                        "properties": {
                            "capacities": {"type": "array", "minItems": 1, "items": _ONE},
                            "note": {"type": "string"},
                        },
                    },
                    *_ONE["anyOf"],
                ]
            },
            "example": {
                "capacities": [
                    {"place": "syrym", "valid_from": "2022-10-01", "booths": 5, "service_rate": [27, 26, 25]}
                ]
            },
        }
    },
}
