"""What `POST /v1/scenarios` takes, for the OpenAPI document."""

from typing import Any

from forecast.planning.scenarios import (
    ANALOGUES,
    LARGEST_MULTIPLE,
    LONGEST,
    LONGEST_BURST,
    MOST_ASSUMPTIONS,
    MOST_PEOPLE,
    MOST_PLACES,
)

Spec = dict[str, Any]
LONGEST_TITLE = 100
_DAY: Spec = {"type": "string", "format": "date"}
_NAME: Spec = {"type": "string", "minLength": 1, "maxLength": 100}
_NAMES: Spec = {"type": "array", "minItems": 1, "maxItems": MOST_PLACES, "items": _NAME}
_SHARE: Spec = {"type": "number", "minimum": 0, "maximum": 1}
_BY_KIND: Spec = {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}}


def _days(least: int, **more: Any) -> Spec:
    return {"type": "integer", "minimum": least, "maximum": LONGEST, **more}


def _object(required: list[str], **properties: Spec) -> Spec:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


_STEP = _object(["form"], form={"const": "step"}, days={**_days(1), "type": ["integer", "null"]})
_SURGE = _object(
    ["form"],
    form={"const": "surge"},
    rise_days=_days(0, default=2),
    plateau_days={**_days(0, default=7), "type": ["integer", "null"], "description": "Null: it lasts."},
    half_life_days={"type": "number", "minimum": 0.1, "maximum": LONGEST, "default": 3},
)
_SHAPE: Spec = {"anyOf": [_STEP, _SURGE], "description": "By default a step that lasts."}
_FROM: Spec = {**_DAY, "description": "First day; by default the issue's first."}
_UNTIL: Spec = {"type": ["string", "null"], "format": "date", "description": "Last day, inclusive."}
_MULTIPLY = _object(
    ["kind", "places"],
    kind={"const": "multiply"},
    places=_NAMES,
    multiple={"type": "number", "minimum": 0, "maximum": LARGEST_MULTIPLE},
    shape=_SHAPE,
    analogue={"type": "string", "enum": list(ANALOGUES), "description": "Gives multiple and shape."},
    **{"from": _FROM},
)
_SHIFT = _object(
    ["kind", "places", "people"],
    kind={"const": "shift"},
    places=_NAMES,
    people={"type": "integer", "minimum": -MOST_PEOPLE, "maximum": MOST_PEOPLE, "description": "people/day"},
    shape=_SHAPE,
    **{"from": _FROM},
)
_RELEASE = _object(
    ["kind", "places", "until"],
    kind={"const": "release"},
    places=_NAMES,
    until={**_DAY, "description": "Last day on which people are held back."},
    over_days={"type": "integer", "minimum": 1, "maximum": LONGEST_BURST, "default": 3},
    share={**_SHARE, "default": 1},
    **{"from": _FROM},
)
_CLOSE = _object(
    ["kind", "place"],
    kind={"const": "close"},
    place=_NAME,
    until=_UNTIL,
    to={
        "type": "object",
        "maxProperties": MOST_PLACES,
        "additionalProperties": _SHARE,
        "description": "Shares of its people by neighbouring crossing; the rest stays away.",
    },
    **{"from": _FROM},
)
_CHANGE = _object(
    ["kind", "place", "change"],
    kind={"const": "change"},
    place=_NAME,
    until=_UNTIL,
    change={
        "type": "object",
        "minProperties": 1,
        "description": "Fields of the capacity as `PUT /v1/capacities` takes them; `mean_nights` and "
        "`weights` change one kind of guest each.",
        "properties": {"mean_nights": _BY_KIND, "weights": _BY_KIND},
    },
    **{"from": _FROM},
)
BODY: Spec = {
    "required": True,
    "content": {
        "application/json": {
            "schema": _object(
                ["assumptions"],
                title={"type": "string", "maxLength": LONGEST_TITLE},
                issue={**_NAME, "default": "latest", "description": "An issue's id, or `latest`."},
                assumptions={
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_ASSUMPTIONS,
                    "items": {"anyOf": [_MULTIPLY, _SHIFT, _RELEASE, _CLOSE, _CHANGE]},
                },
            ),
            "example": {
                "title": "A surge like that of 2022",
                "assumptions": [{"kind": "multiply", "places": ["syrym"], "analogue": "kazakhstan-2022"}],
            },
        }
    },
}
