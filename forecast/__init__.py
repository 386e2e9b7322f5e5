"""Forecasts of border arrivals: a pure library, counts in, quantiles out."""
