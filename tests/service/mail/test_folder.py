"""Mail as files: whole, once, in order, and without an address in the name."""

from dataclasses import replace
from datetime import timedelta

from service.mail.console import Console
from service.mail.folder import Folder, file_name
from service.mail.outcomes import SENT
from tests.service.mail.builders import NOW, a_letter, a_message


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_letter_becomes_a_file_of_its_bytes(tmp_path):
    assert Folder(tmp_path / "mail").send(a_letter()) is SENT
    (file,) = (tmp_path / "mail").iterdir()
    assert file.read_bytes() == a_letter().content
    assert file.stat().st_mode & 0o077 == 0, "others on the machine read none of it"


def test_the_same_letter_twice_is_one_file(tmp_path):
    folder = Folder(tmp_path)
    assert [folder.send(a_letter()) for _ in range(2)] == [SENT, SENT]
    assert len(names(tmp_path)) == 1


def test_names_sort_by_the_instant_and_hold_no_address(tmp_path):
    folder = Folder(tmp_path)
    for hours in (30, 2, 10):
        folder.send(a_letter(f"2022-W{hours}", at=NOW + timedelta(hours=hours)))
    assert [name[:18] for name in names(tmp_path)] == [
        "2022-09-26T040000Z",
        "2022-09-26T120000Z",
        "2022-09-27T080000Z",
    ]
    assert not any("@" in name or "desk" in name for name in names(tmp_path))


def test_no_place_or_period_leads_out_of_the_folder():
    name = file_name(replace(a_letter(), place_id="../../etc", period="/root\n"))
    assert "/" not in name
    assert ".." not in name.removesuffix(".eml")
    assert name.isprintable()


def test_a_folder_that_cannot_be_written_defers_and_leaves_nothing_half(tmp_path):
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    outcome = Folder(tmp_path / "mail").send(a_letter())
    assert (outcome.state, outcome.closed) == ("deferred", True)


def test_a_disk_that_is_full_leaves_no_part_of_a_letter(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert Folder(tmp_path).send(a_letter()).state == "deferred"
    assert names(tmp_path) == []


def test_the_console_shows_head_and_text_and_names_what_is_attached(capsys):
    message = a_message("Plan for 420 people \x1b[31m\n")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="report.pdf")
    assert Console().send(a_letter(message=message)) is SENT
    shown = capsys.readouterr().out
    assert "Subject: West" in shown
    assert "Plan for 420 people" in shown
    assert "[attached: report.pdf]" in shown
    assert "\x1b" not in shown, "a name does not move the cursor"


def test_a_console_that_is_gone_defers():
    class Gone:
        def write(self, text):
            raise BrokenPipeError

    assert Console(Gone()).send(a_letter()).state == "deferred"
