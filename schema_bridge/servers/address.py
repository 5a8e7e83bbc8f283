"""The URL of a database as it may be shown: without its password."""

from __future__ import annotations

SCHEMES = ("postgresql://", "postgres://")
_SECRETS = ("password=", "sslpassword=")


def is_url(text: str) -> bool:
    """Whether the text names a database (manual, 34.1.1.2 Connection URIs)."""
    return text.startswith(SCHEMES)


def shown(url: str) -> str:
    """The URL without what is secret in it, however badly it is formed."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    if "@" in query.partition("=")[0]:
        place, query = rest, ""  # the question mark stood in the password
    login, at, host = place.rpartition("@")
    kept = "&".join(part for part in query.split("&") if not part.lower().startswith(_SECRETS))
    return f"{scheme}://{login.partition(':')[0]}{at}{host}" + (f"?{kept}" if kept else "")
