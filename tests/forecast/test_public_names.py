"""`import forecast` is quick and offers what it says."""

import subprocess
import sys

import pytest

import forecast


def test_importing_the_library_imports_nothing_heavy():
    code = (
        "import sys, forecast;"
        "heavy = {'numpy', 'pandas', 'scipy', 'prophet', 'statsmodels'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", forecast.__all__)
def test_every_public_name_is_there(name):
    assert getattr(forecast, name) is not None


def test_modules_stay_modules():
    import forecast.backtest

    assert callable(forecast.backtest.backtest)
    assert callable(forecast.score)


def test_another_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'forcast'"):
        _ = forecast.forcast
