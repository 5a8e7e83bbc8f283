"""What a command that reads one schema goes by: the sources named, and the config where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_bridge.config import Config


def config(sources: tuple[str, ...], path: str | None) -> Config:
    """The sources named, else the config's; the rest from the config where there is one."""
    import os

    import msgspec

    from schema_bridge.config import NAME, Config, load
    from schema_bridge.errors import OptionError

    if not path and not os.path.exists(NAME):
        if not sources:
            raise OptionError(f"name a SOURCE, or say in {NAME} what is to be read")
        return Config(sources, ())
    named = load(path or NAME)
    return msgspec.structs.replace(named, sources=sources, overlay=(), reader=None) if sources else named
