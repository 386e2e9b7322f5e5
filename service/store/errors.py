"""What can go wrong in the store, each with its remedy in the message."""


class StoreError(RuntimeError):
    """The store cannot do what was asked; the message says why and what to do."""


class StoreBusy(StoreError):  # noqa: N818 - says what is the case
    """Another process has been writing for longer than a writer waits."""


class StoreFull(StoreError):  # noqa: N818
    """The disk is full, and nothing of what was to be written is kept."""


class NewerDatabase(StoreError):  # noqa: N818
    """The database was written by a newer version of the code."""


class LeaseLost(StoreError):  # noqa: N818
    """Another process has taken over the slot; whoever held it before must not write for it."""
