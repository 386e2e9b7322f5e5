"""`import forecast` is quick and offers what it says."""

import subprocess
import sys
from inspect import isfunction, ismodule

import pytest

import forecast

HEAVY = {"prophet", "statsmodels", "matplotlib"}
FEWEST, MOST = 10, 18  # names: about a dozen that an analyst needs


def _imported(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code."""
    asked = f"import sys; {code}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    return set(told.stdout.split())


def test_importing_the_library_imports_nothing_heavy():
    assert not _imported("import forecast") & {"numpy", "pandas", "scipy", *HEAVY}


def test_all_public_names_come_without_what_only_some_models_and_figures_need():
    loaded = _imported("from forecast import *; import forecast.testing")
    assert "pandas" in loaded
    assert not loaded & {"scipy.stats", "scipy.signal", *HEAVY}


def test_an_issue_of_quick_members_needs_no_slow_library():
    loaded = _imported(
        "from forecast import Configuration, issue; from forecast.simulate import World, simulate; "
        "panel = simulate(World(series=1, days=60), seed=1).panel; "
        "issue(panel, Configuration(members=('weekly_naive', 'root'), paths=20))"
    )
    assert "forecast" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("name", forecast.__all__)
def test_every_public_name_is_there(name):
    assert getattr(forecast, name) is not None


def test_the_public_names_are_about_a_dozen_and_are_what_completion_offers():
    assert FEWEST <= len(forecast.__all__) <= MOST
    assert dir(forecast) == forecast.__all__ == sorted(forecast.__all__)


def test_functions_are_functions_and_modules_modules_in_any_order_of_imports():
    import forecast.backtests
    import forecast.comparison
    import forecast.frames
    import forecast.plots.fans

    assert isfunction(forecast.backtest)
    assert isfunction(forecast.issue)
    assert isfunction(forecast.plots.fan)
    assert ismodule(forecast.frames)


def test_another_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'forcast'"):
        _ = forecast.forcast
