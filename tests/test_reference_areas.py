"""Areas and boundaries of OpenStreetMap: rings of many members, from files and from Overpass answers.

libosmium assembles the areas of OSM files; what Overpass answers is assembled by us, of the same data.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Relation, Way

from ftz_geo.reference import read_reference
from ftz_geo.reference.overpass import answer_part

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

Members = list[tuple[list[tuple[float, float]], str]]
"""Vertices and role of each."""

TAGS = {
    "type": "boundary",
    "boundary": "administrative",
    "admin_level": "8",
    "name": "新华路街道",
    "alt_name": "新华街道",
}


def overpass(members: Members, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "elements": [
            {
                "type": "relation",
                "id": 9,
                "tags": tags,
                "members": [
                    {
                        "type": "way",
                        "ref": i,
                        "role": role,
                        "geometry": [{"lon": x, "lat": y} for x, y in lonlat],
                    }
                    for i, (lonlat, role) in enumerate(members, 1)
                ]
                + [{"type": "node", "ref": 1, "role": "admin_centre", "lon": 117.0, "lat": 39.0}],
            }
        ]
    }


def osm_file(path: Path, members: Members, tags: dict[str, str]) -> Path:
    numbers = {xy: i for i, xy in enumerate(dict.fromkeys(xy for lonlat, _ in members for xy in lonlat), 1)}
    with osmium.SimpleWriter(str(path)) as writer:
        for xy, number in numbers.items():
            writer.add_node(Node(id=number, version=1, location=xy))
        for number, (lonlat, _) in enumerate(members, 1):
            writer.add_way(Way(id=number, version=1, nodes=[numbers[xy] for xy in lonlat]))
        found = [("w", number, role) for number, (_, role) in enumerate(members, 1)]
        writer.add_relation(Relation(id=9, version=1, members=found, tags=tags))
    return path


SHELL = [(117.0, 39.0), (117.1, 39.0), (117.12, 39.05), (117.1, 39.1), (117.0, 39.1)]
HOLE = [(117.03, 39.03), (117.06, 39.03), (117.06, 39.06), (117.03, 39.06)]
AWAY = [(117.2, 39.0), (117.3, 39.0), (117.3, 39.1)]


def cut(ring: list[tuple[float, float]], at: set[int], turned: set[int], role: str) -> Members:
    """Cut a ring at some of its vertices into members, some of which run backwards."""
    places = sorted(at) or [0]
    ends = [*places[1:], places[0] + len(ring)]
    pieces = [[ring[i % len(ring)] for i in range(a, b + 1)] for a, b in zip(places, ends, strict=True)]
    return [(piece[::-1] if i in turned else piece, role) for i, piece in enumerate(pieces)]


WHOLE = shapely.MultiPolygon([(SHELL, [HOLE]), (AWAY, [])])


def same(found: BaseGeometry, wanted: BaseGeometry) -> bool:
    return found.is_valid and bool(found.normalize().equals_exact(wanted.normalize(), 1e-7))


@pytest.mark.parametrize("kind", ["boundary", "multipolygon"])
@pytest.mark.parametrize("ending", ["osm", "osm.pbf"])
def test_file_and_answer_agree(tmp_path: Path, kind: str, ending: str) -> None:
    members = (
        cut(SHELL, {0, 2, 3}, {1}, "outer") + cut(HOLE, {1}, set(), "inner") + cut(AWAY, {0, 1}, {0}, "outer")
    )
    tags = {**TAGS, "type": kind}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(overpass(members, tags)), encoding="utf-8")
    for reference in (
        read_reference(osm_file(tmp_path / f"map.{ending}", members, tags)),
        read_reference(path),
    ):
        (row,) = reference.features.to_dict("records")
        assert (row["source_id"], row["name"], row["kind"]) == ("r9", "新华路街道", "boundary")
        assert row["alt_names"] == ("新华街道",)
        assert same(row["geometry"], WHOLE)


@given(data=st.data())
def test_however_the_rings_are_cut(data: st.DataObject) -> None:
    """Where rings are cut, which way members run, in which order, and wrong roles make no difference."""
    members: Members = []
    for ring in (SHELL, HOLE, AWAY):
        corners = st.sets(st.integers(0, len(ring) - 1))
        role = data.draw(st.sampled_from(["outer", "inner", ""]))
        members += cut(ring, data.draw(corners), data.draw(corners), role)
    (found,) = answer_part(overpass(data.draw(st.permutations(members)), TAGS)).frame.geometry
    assert same(found, WHOLE)


@given(missing=st.integers(0, 3))
def test_open_boundary_stays_lines(missing: int) -> None:
    members = cut(SHELL, {0, 1, 2, 4}, {2}, "outer")
    del members[missing]
    (found,) = answer_part(overpass(members, TAGS)).frame.geometry
    assert found.geom_type == "MultiLineString"
    assert np.isclose(found.length, sum(shapely.LineString(xy).length for xy, _ in members))


def test_a_river_that_comes_back_to_itself_is_no_area() -> None:
    members = cut(SHELL, {0, 2}, set(), "main_stream")
    tags = {"type": "waterway", "waterway": "river", "name": "环城河"}
    (found,) = answer_part(overpass(members, tags)).frame.geometry
    assert found.geom_type == "MultiLineString"


def test_closed_way_with_a_boundary_comes_once(tmp_path: Path) -> None:
    ring = [*SHELL, SHELL[0]]
    numbers = {xy: i for i, xy in enumerate(SHELL, 1)}
    tags = {"boundary": "administrative", "name": "某村"}
    path = tmp_path / "map.osm"
    with osmium.SimpleWriter(str(path)) as writer:
        for xy, number in numbers.items():
            writer.add_node(Node(id=number, version=1, location=xy))
        writer.add_way(Way(id=3, version=1, nodes=[numbers[xy] for xy in ring], tags=tags))
        writer.add_way(
            Way(
                id=4,
                version=1,
                nodes=[numbers[xy] for xy in ring],
                tags={**tags, "area": "no", "name": "围墙"},
            )
        )
    rows = read_reference(path).features.set_index("name")
    assert rows["source_id"].to_dict() == {"某村": "w3", "围墙": "w4"}
    assert same(rows.geometry["某村"], shapely.MultiPolygon([(SHELL, [])]))
    assert rows.geometry["围墙"].geom_type == "LineString"
    geometry = [{"lon": x, "lat": y} for x, y in ring]
    elements = [
        {"type": "way", "id": 3, "tags": tags, "geometry": geometry},
        {"type": "way", "id": 4, "tags": {**tags, "area": "no", "name": "围墙"}, "geometry": geometry},
    ]
    answered = answer_part({"elements": elements}).frame.set_index("name").geometry
    assert answered["某村"].equals(rows.geometry["某村"])
    assert answered["围墙"].geom_type == "LineString"


def test_real_answer_keeps_its_date_and_every_named_way(shared: Path) -> None:
    path = shared / "reference" / "shanghai_xinhua_roads.overpass.json"
    answer = json.loads(path.read_text(encoding="utf-8"))
    named = {
        f"{e['type'][0]}{e['id']}": e["tags"]["name"]
        for e in answer["elements"]
        if "name" in e.get("tags", {})
    }
    reference = read_reference(path)
    features = reference.features.set_index("source_id")
    ways = features[features.index.str.startswith("w")]
    assert ways["name"].to_dict() == {i: name for i, name in named.items() if i.startswith("w")}
    assert reference.sources[0]["date"] == "2026-07-16T06:36:02Z"


def test_date_of_overpass_xml(shared: Path) -> None:
    (source,) = read_reference(shared / "reference" / "shenzhen_nanshan.osm").sources
    assert source["date"] == "2021-03-17T09:57:28Z"
