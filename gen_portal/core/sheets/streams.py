"""Texts written as they are made, to a file or to a part of an office document."""

from zipfile import ZIP_DEFLATED, ZipInfo

_BUFFER_CHARACTERS = 64 * 1024


def entry(name):
    """A compressed part; its date is always the same."""
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    return part


def write_part(archive, name, texts):
    """Put a part made of these texts into an open archive."""
    with archive.open(entry(name), "w") as part:
        write_texts(part, texts)


def write_texts(out, texts):
    """Write them in a binary file, a good many at a time."""
    buffer, length = [], 0
    for text in texts:
        buffer.append(text)
        length += len(text)
        if length > _BUFFER_CHARACTERS:
            out.write("".join(buffer).encode())
            buffer, length = [], 0
    out.write("".join(buffer).encode())
