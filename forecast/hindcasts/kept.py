"""Where numbers are kept from one night to the next, by the hash of all that they were made from."""

from collections.abc import Iterator, MutableMapping
from importlib.metadata import version

from forecast.arrays import FloatArray

VERSIONS = tuple(version(package) for package in ("arrivals", "numpy", "prophet", "scipy", "statsmodels"))
"""The code that all that is kept was made by: what a store kept from other versions is made anew."""

Kept = MutableMapping[str, FloatArray]


class Forgetful(MutableMapping[str, FloatArray]):
    """What nothing is kept in."""

    def __getitem__(self, key: str) -> FloatArray:
        raise KeyError(key)

    def __setitem__(self, key: str, numbers: FloatArray) -> None:
        pass

    def __delitem__(self, key: str) -> None:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
