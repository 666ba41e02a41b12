"""Plan and parcels -> findings: what does not add up, by how much, and on which words it rests.

Every check is a rule in one sentence and a pure function; :data:`~ftz_geo.check.catalogue.CHECKS`
lists them in the order in which findings are given.
"""

from __future__ import annotations

from ftz_geo.check.case import Check
from ftz_geo.check.catalogue import CHECKS
from ftz_geo.check.districts import district_names
from ftz_geo.check.run import run_checks

__all__ = ["CHECKS", "Check", "district_names", "run_checks"]
