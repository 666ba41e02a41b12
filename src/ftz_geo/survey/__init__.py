"""Coordinates that a user gives -> surveyed polygons, as printed, and what was noticed in reading them.

Nothing is repaired: a ring that crosses itself stays so, a number that is masked or broken is not
guessed, and every choice that the list left open is told as a finding.
"""

from ftz_geo.survey.layers import COLUMNS, read_layers
from ftz_geo.survey.parcels import Survey, parse_survey

__all__ = ["COLUMNS", "Survey", "parse_survey", "read_layers"]
