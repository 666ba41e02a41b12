"""Blocks placed by named points where no map has lines: axes through the points, traced as roads are."""

from ftz_geo.place.calibration import Calibration, calibration_of, leave_one_out
from ftz_geo.place.gazetteer import Gazetteer
from ftz_geo.place.placing import Alone, Placed, place_zone
from ftz_geo.place.spots import spots_on_map
from ftz_geo.place.witnesses import known_points, witnesses_of

__all__ = [
    "Alone",
    "Calibration",
    "Gazetteer",
    "Placed",
    "calibration_of",
    "known_points",
    "leave_one_out",
    "place_zone",
    "spots_on_map",
    "witnesses_of",
]
