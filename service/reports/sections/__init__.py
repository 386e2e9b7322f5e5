"""The sections of a report: what each says in sentences and points around its tables."""
