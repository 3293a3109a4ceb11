"""The settings (`settings`, and `sources` for its entries), and which of them hold (`load`).

A flag goes before the environment (`PAPERTRIAGE_LIMIT`), that before `config.yaml`, that before the
default; every value remembers where it is from. A missing or empty file gives the defaults.
"""

from papertriage.config.load import load_config
from papertriage.config.settings import Config, Declared, Held, Origin, Settings, declared, held
from papertriage.config.sources import SOURCE_TYPES, SourceSettings

__all__ = [
    "SOURCE_TYPES",
    "Config",
    "Declared",
    "Held",
    "Origin",
    "Settings",
    "SourceSettings",
    "declared",
    "held",
    "load_config",
]
