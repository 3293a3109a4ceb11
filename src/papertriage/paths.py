"""Where configuration, data and state live; the only user of platformdirs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from papertriage.errors import UsageError

_APP = "papertriage"


class Folders(msgspec.Struct, frozen=True):
    """The three folders; none of them needs to exist.

    Attributes:
        config: holds `config.yaml` and `rules.yaml`.
        data: holds the log, the ledger and the decisions, all worth a backup.
        state: holds what may be lost at any time: the last list, the clock of the rate limit.
    """

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """Where the configuration is when nothing else is said."""
        return self.config / "config.yaml"

    @property
    def rules_file(self) -> Path:
        """Where the rules are when nothing else is said."""
        return self.config / "rules.yaml"


def find_folders(environ: Mapping[str, str]) -> Folders:
    """Say where the files of this user are.

    `PAPERTRIAGE_HOME` puts everything into one folder; else the absolute `XDG_CONFIG_HOME`,
    `XDG_DATA_HOME` and `XDG_STATE_HOME` hold, on every system; else the platform's own folders.
    See https://specifications.freedesktop.org/basedir-spec/latest/.

    Args:
        environ: the environment.

    Raises:
        UsageError: there is no home folder.
    """
    home = environ.get("PAPERTRIAGE_HOME")
    try:
        if home:
            folder = Path(home).expanduser().absolute()
            return Folders(config=folder, data=folder, state=folder)
        import platformdirs  # not where one folder holds all

        own = platformdirs.PlatformDirs(_APP, appauthor=False)
        return Folders(
            config=_xdg(environ, "XDG_CONFIG_HOME") or own.user_config_path,
            data=_xdg(environ, "XDG_DATA_HOME") or own.user_data_path,
            state=_xdg(environ, "XDG_STATE_HOME") or own.user_state_path,
        )
    except (RuntimeError, OSError) as error:
        raise UsageError(
            f"There is no home folder to keep files in: {error}.", "Set PAPERTRIAGE_HOME to a folder of yours."
        ) from error


def _xdg(environ: Mapping[str, str], name: str) -> Path | None:
    """Give our folder inside one of the XDG folders; a relative one is to be ignored."""
    path = Path(environ.get(name, ""))
    return path / _APP if path.is_absolute() else None
