"""Maps from an Overpass server: a local one that answers as real ones do on good days and bad."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.errors import ReferenceMapError
from ftz_geo.reference import Overpass, download_reference, read_points, read_reference
from ftz_geo.reference.download import overpass_query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOX = (121.40, 31.18, 121.45, 31.23)
ROAD = json.dumps(
    {
        "osm3s": {"timestamp_osm_base": "2026-07-16T06:36:02Z"},
        "elements": [
            {
                "type": "way",
                "id": 5,
                "tags": {"highway": "primary", "name": "新华路"},
                "geometry": [{"lon": 121.41, "lat": 31.2}, {"lon": 121.42, "lat": 31.2}],
            }
        ],
    }
).encode()


@dataclass
class Server:
    """What it answers next, and what it was asked."""

    address: str = ""
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    """Status, headers, body; the last one is given for ever."""
    asked: list[str] = field(default_factory=list)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.asked.append(parse_qs(body)["data"][0])
            status, headers, answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.address = f"http://127.0.0.1:{http.server_port}/api/interpreter"
        yield state
        http.shutdown()
        thread.join()


def test_stops_are_asked_for_and_kept_as_points(server: Server, tmp_path: Path) -> None:
    stop = {"highway": "bus_stop", "public_transport": "platform", "name": "甲路站"}
    road = [{"lon": 117.0, "lat": 39.0}, {"lon": 117.0, "lat": 39.02}]
    elements = [
        {"type": "node", "id": 1, "lon": 117.0, "lat": 39.0, "tags": stop},
        {"type": "way", "id": 2, "geometry": road, "tags": {"highway": "primary", "name": "甲路"}},
    ]
    server.answer(200, json.dumps({"elements": elements}).encode())
    reference = download_reference(tmp_path / "map.gpkg", box=BOX, overpass=Overpass(server=server.address))
    assert reference.features["name"].tolist() == ["甲路"]
    points = read_points(tmp_path / "map.gpkg")
    assert dict(zip(points.features["name"], points.features["kind"], strict=True)) == {
        "甲路": "road",
        "甲路站": "place",
    }
    assert 'node["name"]["public_transport"](' in server.asked[0]
    assert points.sources[0]["query"] == server.asked[0]


def test_real_answer_is_the_map(shared: Path, server: Server, tmp_path: Path) -> None:
    path = shared / "reference" / "shanghai_xinhua_roads.overpass.json"
    server.answer(200, path.read_bytes())
    reference = download_reference(tmp_path / "map.gpkg", box=BOX, overpass=Overpass(server=server.address))
    wanted = read_reference(path)
    assert reference.features.drop(columns="source").equals(wanted.features.drop(columns="source"))
    (source,) = reference.sources
    assert source["licence"].startswith("ODbL")
    assert source["date"] == "2026-07-16T06:36:02Z"
    assert source["file"] == server.address
    assert source["sha256"] == wanted.sources[0]["sha256"]
    assert source["query"] == server.asked[0]
    assert "(31.1800000,121.4000000,31.2300000,121.4500000)" in source["query"]  # south first


TROUBLE = {
    "429": (429, b"<html>rate limited</html>", {}),
    "504": (504, b"", {}),
    "cut off": (200, ROAD[:80], {"Content_Length": str(len(ROAD))}),
    "cut off, length unknown": (200, ROAD[:80], {}),
    "not JSON": (200, b"<?xml version='1.0'?><html>The server is probably too busy</html>", {}),
    "JSON of another kind": (200, b'["elements"]', {}),
    "remark": (
        200,
        b'{"elements": [], "remark": "runtime error: Query timed out in \\"query\\" at line 3"}',
        {},
    ),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_met_with_another_try(server: Server, tmp_path: Path, name: str) -> None:
    status, body, headers = TROUBLE[name]
    server.answer(status, body, **headers)
    server.answer(status, body, **headers)
    server.answer(200, ROAD)
    pauses: list[float] = []
    told: list[str] = []
    reference = download_reference(
        tmp_path / "map.gpkg",
        box=BOX,
        overpass=Overpass(server=server.address),
        say=told.append,
        pause=pauses.append,
    )
    assert reference.features["name"].tolist() == ["新华路"]
    assert len(server.asked) == 3
    assert 1 <= pauses[0] <= 3  # 2 s, half as much more or less
    assert 2 <= pauses[1] <= 6
    assert all("trying again" in words for words in told)


@pytest.mark.parametrize("name", TROUBLE)
def test_lasting_trouble_is_one_sentence_and_no_file(server: Server, tmp_path: Path, name: str) -> None:
    status, body, headers = TROUBLE[name]
    server.answer(status, body, **headers)
    out = tmp_path / "map.gpkg"
    out.write_bytes(b"what was there")
    overpass = Overpass(server=server.address, retries=2, cache=tmp_path / "cache")
    with pytest.raises(ReferenceMapError, match=r"\(3 tries\); try later") as caught:
        download_reference(out, box=BOX, overpass=overpass, pause=lambda _: None)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(server.address)
    assert len(server.asked) == 3
    assert out.read_bytes() == b"what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["map.gpkg"]


def test_server_says_when(server: Server, tmp_path: Path) -> None:
    server.answer(429, Retry_After="7")
    server.answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    server.answer(200, ROAD)
    pauses: list[float] = []
    overpass = Overpass(server=server.address)
    download_reference(tmp_path / "a.gpkg", box=BOX, overpass=overpass, pause=pauses.append)
    assert pauses == [7.0, 0.0]


def test_server_that_asks_for_too_long_a_wait_is_left_alone(server: Server, tmp_path: Path) -> None:
    server.answer(429, Retry_After="86400")
    with pytest.raises(ReferenceMapError, match="429"):
        download_reference(tmp_path / "a.gpkg", box=BOX, overpass=Overpass(server=server.address))
    assert len(server.asked) == 1


def test_a_wrong_query_is_not_asked_again(server: Server, tmp_path: Path) -> None:
    server.answer(400, b"<p>parse error</p>")
    with pytest.raises(ReferenceMapError, match=r"400 .*\(1 try\)"):
        download_reference(tmp_path / "a.gpkg", box=BOX, overpass=Overpass(server=server.address))
    assert len(server.asked) == 1


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    overpass = Overpass(server="http://127.0.0.1:9/", retries=0)
    with pytest.raises(ReferenceMapError, match="cannot be reached"):
        download_reference(tmp_path / "a.gpkg", box=BOX, overpass=overpass)


def test_nothing_named_there(server: Server, tmp_path: Path) -> None:
    server.answer(200, b'{"elements": []}')
    with pytest.raises(ReferenceMapError, match="nothing named in 无此区"):
        download_reference(tmp_path / "a.gpkg", place="无此区", overpass=Overpass(server=server.address))
    assert not (tmp_path / "a.gpkg").exists()


def test_the_same_question_is_asked_once(server: Server, tmp_path: Path) -> None:
    server.answer(200, ROAD)
    overpass = Overpass(server=server.address, cache=tmp_path / "cache")
    for name in ("a.gpkg", "b.gpkg"):
        download_reference(tmp_path / name, place="新华路街道", overpass=overpass)
    assert len(server.asked) == 1
    download_reference(tmp_path / "c.gpkg", place="江苏路街道", overpass=overpass)
    assert len(server.asked) == 2
    assert read_reference(tmp_path / "b.gpkg").features["name"].tolist() == ["新华路"]


@given(name=st.text(min_size=1))
@example(name="新华路街道")
@example(name='"];out;//\\')
def test_a_name_stays_inside_its_quotes(name: str) -> None:
    try:
        query = overpass_query(place=name)
    except ReferenceMapError:
        assert not name.strip() or not name.strip().isprintable()
        return
    lines = query.splitlines()
    assert len(lines) == 9
    # A JSON string has the same two escapes: its reader is the judge of where the name ends.
    head = 'area["boundary"="administrative"]["name"='
    assert lines[1].startswith(head)
    value, end = json.JSONDecoder().raw_decode(lines[1][len(head) :])
    assert value == name.strip()
    assert lines[1][len(head) + end :] == "]->.place;"


def test_box_or_place() -> None:
    for box, place in ((None, None), (BOX, "新华路街道")):
        with pytest.raises(ReferenceMapError, match="a box or a place"):
            overpass_query(box=box, place=place)


def test_server_address_keeps_no_secret() -> None:
    overpass = Overpass(server="https://user:word@maps.example:8443/api/interpreter?key=abc")
    assert overpass.host == "https://maps.example:8443/api/interpreter"
    with pytest.raises(ReferenceMapError, match="no web address"):
        Overpass(server="file:///etc/hosts")


def test_command_line(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftz_geo.cli import main

    server.answer(200, ROAD)
    out = tmp_path / "map.gpkg"
    monkeypatch.setenv("FTZ_GEO_OVERPASS", server.address)
    monkeypatch.setattr(
        "sys.argv", ["ftz-geo", "reference", "download", "--place", "新华路街道", "-o", str(out)]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = capfd.readouterr()
    assert said.out == f"{out}\n"
    assert "OpenStreetMap" in said.err
    server.answers = [(400, {}, b"")]
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capfd.readouterr().err.count("\n") == 2  # what is done, and one sentence
