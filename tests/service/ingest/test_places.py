"""Registers of places, checked by row and as a tree."""

import json

import pytest

from forecast.places import Place
from service.ingest import Refusal, place_from, read_places
from tests.service.ingest.borders import PLACES

HEAD = "id,name,level,parent,time_zone,country,neighbour,capacity\n"


def refused(
    text: str, known: tuple[Place, ...] = (), name: str = "places.csv"
) -> list[tuple[int, str | None]]:
    refusal = read_places(text.encode(), name=name, known=known)
    assert isinstance(refusal, Refusal), refusal
    return [(reason.row, reason.column) for reason in refusal.reasons]


def test_a_row_becomes_a_place():
    text = f"{HEAD}kz,Kazakhstan,country,,Asia/Almaty,KZ,RU,\nsyrym,Сырым,crossing,kz,Asia/Oral,KZ,RU,6000\n"
    assert read_places(text.encode(), name="places.csv") == (
        Place("kz", "Kazakhstan", "country", None, "Asia/Almaty", "KZ", "RU", None),
        Place("syrym", "Сырым", "crossing", "kz", "Asia/Oral", "KZ", "RU", 6000.0),
    )


def test_only_the_id_is_needed():
    assert read_places(b"id\nsyrym\n", name="places.csv") == (Place("syrym", "syrym"),)


def test_toml_and_json_say_the_same_as_csv():
    wanted = (Place("syrym", "Syrym", parent="west", time_zone="Asia/Oral", capacity=6000.0),)
    toml = b'[[place]]\nid = "syrym"\nname = "Syrym"\nparent = "west"\ntime_zone = "Asia/Oral"\ncapacity=6000'
    rows = [{"id": "syrym", "name": "Syrym", "parent": "west", "time_zone": "Asia/Oral", "capacity": 6000}]
    assert read_places(toml, name="places.toml", known=PLACES) == wanted
    assert read_places(json.dumps(rows).encode(), name="places.json", known=PLACES) == wanted


def test_a_parent_may_stand_below_its_children_or_be_known_already():
    text = "id,level,parent\nsyrym,crossing,west\nwest,region,\nlars,crossing,kz\n"
    found = read_places(text.encode(), name="places.csv", known=PLACES)
    assert isinstance(found, tuple)
    assert [place.parent for place in found] == ["west", None, "kz"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("id", "Syrym"),
        ("id", ""),
        ("id", "a b"),
        ("id", "x" * 65),
        ("name", "x" * 101),
        ("name", "a\x1bb"),
        ("level", "town"),
        ("parent", "nowhere"),
        ("parent", "a"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("country", "Kazakhstan"),
        ("country", "kz"),
        ("neighbour", "R"),
        ("capacity", "-1"),
        ("capacity", "0"),
        ("capacity", "many"),
        ("capacity", "1e3"),
        ("capacity", "99999999"),
    ],
)
def test_a_wrong_cell_is_refused_by_row_and_column(column: str, cell: str):
    cells = {"id": "a", "name": "A", column: cell}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    assert refused(text) == [(1, column)]


def test_an_id_stands_once_and_a_known_place_keeps_its_level():
    assert refused("id\na\nb\na\n") == [(3, "id")]
    assert refused("id,level\nsyrym,region\n", PLACES) == [(1, "level")]


def test_a_place_lies_in_one_of_a_higher_level():
    assert refused("id,level,parent\na,region,b\nb,crossing,\n") == [(1, "parent")]


def test_a_column_about_persons_is_refused_by_name():
    assert refused("id,officer\na,x\n") == [(0, "officer")]


@pytest.mark.parametrize(
    "text", ["", "[[place]]", "place = 5", "[[place]]\nid = 5.5.5", "[[place]]\nid = 'a'\n[x]", "a"]
)
def test_broken_toml_is_refused(text: str):
    assert refused(text, name="places.toml")


def test_an_empty_file_is_refused():
    assert refused("id\n") == [(0, None)]


def test_named_fields_are_checked_like_a_row():
    assert place_from({"id": "a", "name": None, "capacity": "5"}) == (Place("a", "a", capacity=5.0),)
    assert isinstance(place_from({"id": "a", "time_zone": "Mars"}), Refusal)
