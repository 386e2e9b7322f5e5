"""The command line: quick help, every command found, bad settings told in one line."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from service.cli import COMMANDS, Entry, LazyGroup, main
from service.settings import Settings


@click.command()
def horizon_command():
    """Tell one setting."""
    click.echo(Settings().horizon)


@click.command()
def broken_command():
    """Fail for a reason that is not the settings."""
    raise ValueError("a fault of the program")


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the commands above in an empty folder, without the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARRIVALS_CONFIG", raising=False)
    for name in ("horizon", "broken"):
        monkeypatch.setitem(COMMANDS, name, Entry(f"{__name__}:{name}_command", "For this test."))
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_help_lists_every_command_with_its_line_and_imports_nothing_heavy():
    code = (
        "import sys; from service.cli import main; main(['--help'], standalone_mode=False);"
        "heavy = {'numpy', 'pandas', 'sqlalchemy', 'pydantic', 'rich', 'flask'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name, entry in COMMANDS.items():
        assert name in told.stdout
        assert entry.help in told.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_is_there_and_has_help(name):
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, click.Command)
    assert command.help
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_an_unknown_command_is_refused():
    told = CliRunner().invoke(main, ["forcast"])
    assert told.exit_code == 2
    assert "No such command 'forcast'" in told.output


def test_the_version_is_told():
    assert CliRunner().invoke(main, ["--version"]).output.startswith("arrivals ")


def test_settings_come_from_the_file_and_the_environment_wins(run, tmp_path, monkeypatch):
    (tmp_path / "arrivals.toml").write_text("horizon = 14")
    assert run("horizon").output == "14\n"
    monkeypatch.setenv("ARRIVALS_HORIZON", "7")
    assert run("horizon").output == "7\n"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("horizn = 3", "there is no setting 'horizn'; remove it or correct its name"),
        ("horizon = ", "the settings file is not valid TOML"),
        ("horizon = 900", "horizon: input should be less than or equal to 90"),
        ('time_zone = "Mars"', "time_zone: 'Mars' is no IANA time zone, such as Asia/Almaty"),
        ('rate_limit = "lots"', "rate_limit: 'lots' is no limit of at least one request, such as 600 per"),
        ('rate_limit = "0 per minute"', "rate_limit: '0 per minute' is no limit of at least one request"),
        (2 * '[[feeds]]\nname = "a"\nurl = "http://user:secret@host"\n', "two feeds are called 'a'"),
        ('mail_contact = "desk"', "mail_contact: 'desk' is no address of mail; write name@domain"),
        ('mail_sender = "Desk <>"', "mail_sender: '' is no address of mail"),
        ('[smtp]\nhost = "m"\nuser = "secret"', "smtp: user and password belong together"),
        (
            '[smtp]\nhost = "m"\nuser = "u"\npassword = "secret"\nsecurity = "none"',
            "smtp: a password does not travel in the clear",
        ),
        ('mail_transport = "smtp"', "no server is named; set smtp.host"),
        (
            2 * '[[webhooks]]\nname = "a"\nurl = "https://secret"\nsecret = "sixteen-characters"\n',
            "two webhooks are called 'a'",
        ),
        ('[[feeds]]\nname = "a"\nurl = "ftp://user:secret@host"', "feeds.0.url: string should match"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it_and_not_its_value_if_secret(run, tmp_path, file, told):
    (tmp_path / "arrivals.toml").write_text(file)
    answer = run("horizon")
    assert answer.exit_code == 2
    assert answer.output.count("\n") == 1
    assert answer.output.startswith("Error: settings: ")
    assert told in answer.output
    assert "secret" not in answer.output


def test_a_wrong_variable_is_one_line_too(run, monkeypatch):
    monkeypatch.setenv("ARRIVALS_FEEDS", "[")
    assert 'field "feeds"' in run("horizon").output


def test_a_settings_file_that_is_named_must_be_there_and_be_text(run, tmp_path, monkeypatch):
    monkeypatch.setenv("ARRIVALS_CONFIG", str(tmp_path / "own.toml"))
    assert "own.toml is no file" in run("horizon").output
    (tmp_path / "own.toml").write_bytes(b"horizon = \xff")
    answer = run("horizon")
    assert answer.exit_code == 2
    assert "own.toml cannot be read" in answer.output


@pytest.mark.parametrize("command", [["cycle"], ["keys", "list"], ["places", "list"], ["serve"]])
def test_a_database_that_cannot_be_used_is_one_line_with_the_remedy(tmp_path, monkeypatch, command):
    monkeypatch.setenv("ARRIVALS_HOME", str(tmp_path))
    (tmp_path / "arrivals.db").write_bytes(b"no database at all" * 100)
    answer = CliRunner().invoke(main, command)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert "restore a backup: arrivals restore FILE" in answer.output


def test_a_fault_of_the_program_is_not_blamed_on_the_settings(run):
    assert isinstance(run("broken").exception, ValueError)


def test_the_group_knows_its_commands_in_the_tables_order():
    assert isinstance(main, LazyGroup)
    assert main.list_commands(click.Context(main)) == list(COMMANDS)
