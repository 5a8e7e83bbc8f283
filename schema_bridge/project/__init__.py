"""What the commands do: read sources, make outputs, compare; `disk` writes what comes of it, all or nothing."""

from __future__ import annotations

from schema_bridge.project.reading import detect, load, read, read_by
from schema_bridge.project.rendering import MANY, Rendering, render, render_all

__all__ = ["MANY", "Rendering", "detect", "load", "read", "read_by", "render", "render_all"]
