"""The bytes of a file as SQL text."""

from __future__ import annotations

from schema_bridge.errors import SourceSyntax
from schema_bridge.readers.sql.excerpt import place
from schema_bridge.registry import SourceFile


def checked(file: SourceFile) -> bytes:
    """The bytes, when they can be SQL text: UTF-8 and no NUL; SourceSyntax with the place of what cannot."""
    data = file.data
    if data.startswith(b"\xef\xbb\xbf"):
        data = b"   " + data[3:]
    nul = data.find(b"\0")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        hint = "Save it as UTF-8." if nul < 0 else "It looks like UTF-16 or binary data: save it as UTF-8."
        raise SourceSyntax("this is not UTF-8 text", origin=place(file.path, data, error.start)[0], hint=hint) from None
    if nul >= 0:
        raise SourceSyntax("a NUL byte: this is not SQL text", origin=place(file.path, data, nul)[0])
    return data
