"""The service around the forecasts: feeds, store, jobs, API."""
