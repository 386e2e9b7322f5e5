"""From joint paths of arrivals to waits, staff and beds: paths and registers in, plans out."""
