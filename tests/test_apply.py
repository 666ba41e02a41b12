"""Applying patches: several at once or one after the other, all or none; and what is beside the blocks."""

import json
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import ftz_geo
from builders import run
from ftz_geo import apply_patch, files
from ftz_geo.errors import PatchError
from test_patch import (
    BOW,
    CORNERS,
    LEFT,
    MOVED,
    RIGHT,
    blocks_in,
    content,
    frame,
    geodesic_km2,
    patch_of,
    sha256,
    with_head,
    with_ring,
    written,
)

EASTWARDS = [RIGHT[0], (117.155, 39.0), RIGHT[2], RIGHT[3]]
"""The right block with its south-eastern corner drawn out: the left one's edge is left alone."""


def two_patches(folder: Path, blocks: Path, other: dict[str, list[tuple[float, float]]]) -> list[Path]:
    """Patches of two planners, made from one file."""
    paths = []
    for who, rings in (("甲", {"xiqing-1": MOVED}), ("乙", other)):
        (folder / who).mkdir()
        paths.append(written(patch_of(blocks, rings, who=who), folder / who))
    return paths


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
def test_patches_of_one_file_that_change_different_blocks_both_apply(tmp_path: Path, at_once: bool) -> None:
    blocks = blocks_in(tmp_path)
    patches = two_patches(tmp_path, blocks, {"xiqing-2": EASTWARDS})
    versions = [sha256(blocks)]
    if at_once:
        applied = apply_patch(patches, blocks)
        assert [change.parcel_id for change in applied.changes] == ["xiqing-1", "xiqing-2"]
    else:
        for patch in patches:
            apply_patch(patch, blocks)
    back = files.read_drawing(blocks)
    assert back.parcels.geometry["xiqing-1"].equals(shapely.Polygon(MOVED))
    assert back.parcels.geometry["xiqing-2"].equals(shapely.Polygon(EASTWARDS))
    assert [patch["who"] for patch in back.about["patches"]] == ["甲", "乙"]
    lines = [json.loads(line) for line in (tmp_path / "blocks.log.jsonl").read_text("utf-8").splitlines()]
    assert [line["who"] for line in lines] == ["甲", "乙"]
    versions += [line["after_sha256"] for line in lines]
    assert [line["before_sha256"] for line in lines] == versions[:2]
    assert versions[2] == sha256(blocks)


@settings(max_examples=20)
@given(order=st.permutations([0, 1, 2]))
def test_any_order_of_patches_that_do_not_meet_gives_the_same_blocks(order: list[int]) -> None:
    corners = {**CORNERS, "xiqing-3": [(x + 1, y) for x, y in LEFT]}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        blocks = blocks_in(folder, frame(corners))
        rings = [{"xiqing-1": MOVED}, {"xiqing-2": EASTWARDS}, {"xiqing-3": [(x + 1, y) for x, y in MOVED]}]
        patches = []
        for number, ring in enumerate(rings):
            (folder / str(number)).mkdir()
            patches.append(written(patch_of(blocks, ring), folder / str(number)))
        applied = apply_patch([patches[number] for number in order], blocks).drawing.parcels
    for ring in rings:
        ((key, corners_of),) = ring.items()
        assert applied.geometry[key].equals(shapely.Polygon(corners_of))


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
def test_a_second_patch_of_the_same_block_is_refused(tmp_path: Path, at_once: bool) -> None:
    blocks = blocks_in(tmp_path)
    patches = two_patches(tmp_path, blocks, {"xiqing-2": EASTWARDS, "xiqing-1": LEFT[:3]})
    if not at_once:
        apply_patch(patches[0], blocks)
    before = content(tmp_path)
    with pytest.raises(PatchError) as refused:
        apply_patch(patches if at_once else patches[1], blocks)
    assert str(refused.value).startswith(str(patches[1]))
    assert "it changes 'xiqing-1', which zone.patch.geojson changed after its map was made" in str(
        refused.value
    )
    assert content(tmp_path) == before


def test_several_patches_are_applied_all_or_none(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    good, bad = two_patches(tmp_path, blocks, {"xiqing-2": RIGHT})
    value = json.loads(bad.read_text("utf-8"))
    for spoiled, words in (
        (with_head("made_from", {"sha256": "0" * 64})(value), "another version"),
        (with_ring(BOW)(value), "Self-intersection"),
        (json.loads(good.read_text("utf-8")), "applied before"),
    ):
        bad.write_text(json.dumps(spoiled, ensure_ascii=False), encoding="utf-8")
        if words == "applied before":
            bad.write_bytes(good.read_bytes())
        before = content(tmp_path)
        with pytest.raises(PatchError, match=words):
            apply_patch([good, bad], blocks)
        assert content(tmp_path) == before


def test_a_log_that_somebody_spoiled_lets_no_patch_through(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    one, other = two_patches(tmp_path, blocks, {"xiqing-2": EASTWARDS})
    apply_patch(one, blocks)
    log = tmp_path / "blocks.log.jsonl"
    entry = json.loads(log.read_text("utf-8"))
    for spoiled in ("", "{", "[]", json.dumps({**entry, "before_sha256": "0" * 64})):
        log.write_text(spoiled, encoding="utf-8")
        with pytest.raises(PatchError, match="another version"):
            apply_patch(other, blocks)


NOTICE = "甲开发区总面积2平方公里。区块一：面积2平方公里，东至河、南至甲路、西至乙路、北至丙路。"


def built(folder: Path, **how: Any) -> tuple[Path, str]:
    """What build wrote for a notice of one block, in a folder below the notice's; and the block's id."""
    notice = folder / "notice.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    ftz_geo.build(ftz_geo.read_plan(notice), folder / "out", **how)
    blocks = folder / "out" / "blocks.geojson"
    (key,) = files.read_parcels(blocks).index
    return blocks, str(key)


def test_audit_and_maps_beside_the_blocks_are_written_anew(tmp_path: Path) -> None:
    blocks, key = built(tmp_path, editor=True)
    before = content(tmp_path / "out")
    applied = apply_patch(written(patch_of(blocks, {key: LEFT}), tmp_path), blocks)
    after = content(tmp_path / "out")
    assert set(after) - set(before) == {"blocks.log.jsonl"}
    assert {name for name in before if before[name] == after[name]} == set()
    # The notice was found by its name and hash: 3.8 km² against the 2 it states.
    audit = json.loads(after["audit.json"])
    assert audit["verdict"] == applied.audit.verdict == "fail"
    found = {finding["check"]: finding for finding in audit["findings"]}
    assert float(found["declared-measured"]["measured_km2"]) == pytest.approx(geodesic_km2(LEFT), rel=1e-3)
    assert "3.8" in after["audit.html"].decode()
    (page,) = (
        text.decode() for name, text in after.items() if name.startswith("maps/") and "index" not in name
    )
    assert sha256(blocks) in page  # the next patch is for these blocks
    assert "甲路" in page
    assert applied.notes == ()


def test_maps_without_an_editor_stay_without_and_nothing_is_made_that_was_not_there(tmp_path: Path) -> None:
    blocks, key = built(tmp_path)
    (tmp_path / "notice.txt").unlink()
    (tmp_path / "out" / "audit.html").unlink()
    (tmp_path / "out" / "maps" / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    names = set(content(tmp_path / "out"))
    applied = apply_patch(written(patch_of(blocks, {key: LEFT}), tmp_path), blocks)
    after = content(tmp_path / "out")
    assert set(after) == names | {"blocks.log.jsonl"}
    assert after["maps/mine.html"] == b"<p>mine</p>"
    assert not any(b'id="ftz-editor"' in text for text in after.values())
    # Without the notice only shapes are audited, and that is said.
    assert json.loads(after["audit.json"])["verdict"] == "incomplete"
    assert applied.notes == (
        "only shapes were audited: give the notice with --plan to hold areas against it",
    )


def test_another_notice_of_the_same_name_is_not_taken_for_it(tmp_path: Path) -> None:
    blocks, key = built(tmp_path)
    (tmp_path / "notice.txt").write_text(NOTICE.replace("2", "3"), encoding="utf-8")
    applied = apply_patch(written(patch_of(blocks, {key: LEFT}), tmp_path), blocks)
    assert applied.entry["verdict"] is None
    assert len(applied.notes) == 1


def test_another_file_leaves_maps_and_audit_as_they_are(tmp_path: Path) -> None:
    blocks, key = built(tmp_path, editor=True)
    before = content(tmp_path / "out")
    patch = written(patch_of(blocks, {key: LEFT}), tmp_path)
    apply_patch(patch, blocks, tmp_path / "out" / "corrected.geojson")
    after = content(tmp_path / "out")
    assert {name: after[name] for name in before} == before


@pytest.mark.slow
def test_the_command_takes_several_patches_behind_the_blocks(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    patches = two_patches(tmp_path, blocks, {"xiqing-2": EASTWARDS})
    done = run("apply", blocks, *patches, "--json")
    assert done.returncode == 1, done.stderr  # each is sound, and together they overlap
    assert "overlaps 1 polygon" in done.stderr
    assert [entry["who"] for entry in json.loads(done.stdout)] == ["甲", "乙"]
    nothing = run("apply", blocks)
    assert nothing.returncode == 2
    assert "no patch is named" in nothing.stderr


def test_maps_keep_their_base_map_where_it_is_given_and_say_so_where_it_is_not(tmp_path: Path) -> None:
    blocks, key = built(tmp_path)
    block = files.read_parcels(blocks).geometry[key]
    west, south, east, north = block.bounds
    roads = tmp_path / "roads.geojson"
    line = shapely.LineString([(west, south), (east, north)])
    gpd.GeoDataFrame({"name": ["环城路"], "highway": ["primary"]}, geometry=[line], crs=4326).to_file(roads)
    basemap = ftz_geo.read_reference(roads)
    built(tmp_path, basemap=basemap)

    def page() -> str:
        return next((tmp_path / "out" / "maps").glob("jia*.html")).read_text("utf-8")

    assert "环城路" in page()
    ring = [(x, y) for x, y in block.exterior.coords[:-1]]
    smaller = [ring[0], *ring[2:]]
    applied = apply_patch(written(patch_of(blocks, {key: smaller}), tmp_path), blocks, basemap=basemap)
    assert "环城路" in page()
    assert applied.notes == ()
    applied = apply_patch(written(patch_of(blocks, {key: ring}), tmp_path), blocks)
    assert "环城路" not in page()
    assert applied.notes == (
        "maps were written without their base map: give it with --basemap to have it again",
    )
