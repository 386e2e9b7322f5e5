import importlib.util
import string
from pathlib import Path

import pytest

from service.languages import CATALOGUES, languages

ROOT = Path(__file__).parents[3]
FILES = sorted(CATALOGUES.glob("*.po"))


def _maker():
    spec = importlib.util.spec_from_file_location("make_messages", ROOT / "docs" / "make_messages.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


MAKER = _maker()


def fields(message: str) -> set[str]:
    """The named fields of a message, with how they are written."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_there_are_english_russian_kazakh_and_german():
    assert set(languages()) == {"en", "ru", "kk", "de"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_message_that_is_said_stands_in_the_catalogue(file):
    catalogue = MAKER.catalogue_of(file)
    missing = []
    for message in MAKER.messages():
        known = catalogue.get(message[0])
        told = [] if known is None else [known.string] if isinstance(known.string, str) else known.string
        plural = len(message) > 1
        if not told or not all(told) or (plural and len(told) != catalogue.num_plurals) or known.fuzzy:
            missing.append(message[0])
    assert missing == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_translation_names_the_fields_of_its_message_and_no_others(file):
    wrong = []
    for known in MAKER.catalogue_of(file):
        if not known.id:
            continue
        sources = known.id if isinstance(known.id, tuple) else (known.id,)
        told = known.string if isinstance(known.string, tuple) else (known.string,)
        wanted = set.union(*map(fields, sources))
        # a singular may leave the number out
        if any(not fields(one) <= wanted or wanted - fields(one) - {"number"} for one in told):
            wrong.append(known.id)
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_holds_nothing_that_is_no_longer_said(file):
    said = {message[0] for message in MAKER.messages()}
    held = {known.id[0] if isinstance(known.id, tuple) else known.id for known in MAKER.catalogue_of(file)}
    assert held - said - {""} == set()


def test_a_message_without_a_translation_is_noticed(tmp_path):
    file = tmp_path / "de.po"
    file.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "calm"\nmsgstr ""\n'
    )
    assert not MAKER.catalogue_of(file).get("calm").string
