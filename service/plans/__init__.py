"""What an issue plans, as its readers get it: in words and units, against the issue before, as tables."""
