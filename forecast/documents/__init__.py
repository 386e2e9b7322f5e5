"""Configurations as TOML documents; a refusal names the key, what was found and what is wanted."""

from forecast.documents.entries import ConfigurationError
from forecast.documents.reading import configuration_from_dict, configuration_from_toml
from forecast.documents.writing import toml_of

__all__ = ["ConfigurationError", "configuration_from_dict", "configuration_from_toml", "toml_of"]
