"""The mail's HTML: words stay words, nothing is fetched, tables and pictures say what they are."""

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from service.reports.html import data_addresses, html_of
from service.reports.page import Figure, Grid, Section
from tests.service.reports.sheets import ATTACKS, KAZAKH, example_figures, example_page

FORBIDDEN = {"script", "link", "iframe", "object", "form", "base", "audio", "video", "style"}


class Read(HTMLParser):
    """What a mail program makes of the HTML: its tags with their attributes, and its words."""

    def __init__(self, written: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, words: str) -> None:
        self.words += words

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read() -> Read:
    addresses = {one.name: f"cid:{one.name}" for one in example_figures()}
    return Read(html_of(example_page(), addresses))


def test_markup_in_words_comes_out_as_text() -> None:
    page = read()
    assert not FORBIDDEN & {tag for tag, _ in page.tags}
    for attack in ATTACKS:
        assert attack in page.words


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.sampled_from(ATTACKS))
@settings(max_examples=40, deadline=None)
def test_any_words_are_read_as_they_were_written(text: str, attack: str) -> None:
    told = f"{text}{attack}{text}"
    grid = Grid(told, ("Place", told), ((told, told),))
    figure = Figure("fan-0", told, told, b"", b"")
    section = Section(told, (told,), (told,), (figure,), (grid,), (told,))
    page = Read(html_of(replace(example_page(), sections=(section,)), {"fan-0": "cid:fan-0"}))
    assert not FORBIDDEN & {tag for tag, _ in page.tags}
    assert page.words.count(told) >= 9
    assert page.all("img")[0]["alt"] == told


def test_nothing_asks_another_host_and_nothing_runs() -> None:
    page = read()
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "background", "srcset"}:
                assert value.startswith(("cid:", "mailto:"))
            if name == "style":
                assert "url(" not in value


def test_every_picture_has_words_and_a_width() -> None:
    pictures = read().all("img")
    assert len(pictures) == len(example_figures()) == 3
    for picture, figure in zip(pictures, example_figures(), strict=True):
        assert picture["alt"] == figure.alt
        assert picture["width"] == "600"


def test_tables_say_what_heads_their_rows_and_columns() -> None:
    page = read()
    assert {head["scope"] for head in page.all("th")} == {"row", "rowgroup", "col"}
    assert len(page.all("caption")) == len(page.all("table")) == 2


def test_it_says_its_language_and_title() -> None:
    page = read()
    assert page.all("html") == [{"lang": "en"}]
    assert KAZAKH in page.words


def test_every_style_is_inline() -> None:
    page = read()
    for tag in ("body", "h1", "h2", "table", "img"):
        assert all(attributes.get("style") for attributes in page.all(tag)), tag


def test_words_of_a_row_stand_above_its_numbers() -> None:
    grid = Grid("Days", ("Day", "said", "came", "verdict"), (("Mon", "10", "20", "MISS"),), frozenset({3}))
    page = replace(example_page(), sections=(Section("Record", grids=(grid,)),))
    read = Read(html_of(page, {}))
    assert "Mon MISS" in read.words
    assert read.words.index("MISS") < read.words.index("10")
    assert "verdict" not in read.words


def test_a_page_of_its_own_holds_its_pictures() -> None:
    page = Read(html_of(example_page(), data_addresses(example_figures())))
    assert all(picture["src"].startswith("data:image/png;base64,") for picture in page.all("img"))
