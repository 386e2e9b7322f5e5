"""The weekly report: what an issue says to the readers of a Monday mail, in words, tables and pictures."""
