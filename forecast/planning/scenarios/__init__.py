"""What would be if: assumptions read, laid over an issue's paths and registers, told, and judged later."""

from forecast.planning.scenarios.assumptions import (
    LARGEST_MULTIPLE,
    LONGEST_BURST,
    MOST_PEOPLE,
    Change,
    Close,
    Multiply,
    Release,
    Setting,
    Shift,
)
from forecast.planning.scenarios.documents import KINDS, LONGEST, MOST_ASSUMPTIONS, MOST_PLACES, scenario_of
from forecast.planning.scenarios.effects import demand_under, registers_under, touched
from forecast.planning.scenarios.premises import Premise, State, judged
from forecast.planning.scenarios.scenario import Scenario
from forecast.planning.scenarios.shapes import ANALOGUES, Step, Surge
from forecast.planning.scenarios.words import told

__all__ = [
    "ANALOGUES",
    "KINDS",
    "LARGEST_MULTIPLE",
    "LONGEST",
    "LONGEST_BURST",
    "MOST_ASSUMPTIONS",
    "MOST_PEOPLE",
    "MOST_PLACES",
    "Change",
    "Close",
    "Multiply",
    "Premise",
    "Release",
    "Scenario",
    "Setting",
    "Shift",
    "State",
    "Step",
    "Surge",
    "demand_under",
    "judged",
    "registers_under",
    "scenario_of",
    "told",
    "touched",
]
