"""How accurate the forecasts are, beside the methods one would otherwise use."""
