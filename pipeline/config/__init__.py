"""config.yaml: `sections` say what may stand there, `loading` reads it and says what is wrong."""

from pipeline.config.loading import Loaded, load, parse
from pipeline.config.sections import Config, PublicPlace, StoragePlace, interval_s

__all__ = ["Config", "Loaded", "PublicPlace", "StoragePlace", "interval_s", "load", "parse"]
