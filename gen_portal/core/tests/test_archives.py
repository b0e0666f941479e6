"""Archives: names that every system takes, the same bytes for the same content, proofs that `sha256sum` accepts."""

import io
import subprocess
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gen_portal.core.archives import MANIFEST, READ_ME, SUMS, Archive, safe_name
from gen_portal.core.tests.opening import read_csv

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
ODD = st.text(
    st.characters(exclude_categories=()) | st.sampled_from('./\\: *?<>|"é\u0301\u202e\0conNUL-'), max_size=200
)


def archive_of(*files):
    out = io.BytesIO()
    with Archive(out) as archive:
        for path, content in files:
            archive.add(path, content, AT)
    return out.getvalue()


@given(ODD)
@example("../../etc/passwd")
@example("C:\\Windows\\x")
@example("CON .txt")
@example("facture\u202efdp.exe")
@example("😀" * 200 + ".pdf")
@example("a." + "b" * 300)
@example("...")
@example("-rf.pdf")
def test_a_name_is_one_that_every_system_takes(text):
    name = safe_name(text, set())
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert not [c for c in name if unicodedata.category(c)[0] == "C"]
    assert len(name.encode()) <= 160
    assert name[-1] not in ". "
    assert name[0] not in ".- "
    assert PurePosixPath(name).parts == (name,)
    assert name.partition(".")[0].strip().lower() not in DEVICES


@given(
    st.lists(
        st.sampled_from(["A.pdf", "a.PDF", "é.pdf", "e\u0301.pdf", "A (2).pdf", "a?.pdf", "a*.pdf", "ß", "SS"]),
        max_size=12,
    )
)
def test_no_two_names_are_the_same_on_any_system(names):
    taken = set()
    chosen = [safe_name(name, taken) for name in names]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in chosen}) == len(names)


def test_an_honest_name_stays():
    assert safe_name("01 - Statuts signés (v2).pdf", set()) == "01 - Statuts signés (v2).pdf"


def test_an_archive_put_together_is_the_one_written_at_once():
    parts = [("A/dossier.pdf", b"%PDF" * 9), ("A/é.txt", b"")], [("B/x.bin", bytes(range(256)) * 5_000)]
    out = io.BytesIO()
    with Archive(out) as whole:
        for part in parts:
            whole.add_all(io.BytesIO(archive_of(*part)))
    assert out.getvalue() == archive_of(*parts[0], *parts[1])
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 10, 10, 30, 0)}


def test_anybody_can_check_an_archive(tmp_path):
    out = io.BytesIO()
    with Archive(out) as archive:
        archive.add("A/pièce n° 1.pdf", b"contenu", AT)
        archive.add_proofs("Bonjour\n", AT)
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path)
    check = ["sha256sum", "--check", "--strict", SUMS]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout.count(": OK")) == (0, 3)
    assert (tmp_path / READ_ME).read_bytes() == b"\xef\xbb\xbfBonjour\r\n"
    head, first, second = read_csv((tmp_path / MANIFEST).read_bytes())
    assert head == ["Chemin", "Octets", "SHA-256"]
    assert (first[:2], second[0]) == (["A/pièce n° 1.pdf", "7"], READ_ME)
    (tmp_path / "A" / "pièce n° 1.pdf").write_bytes(b"contenU")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1


def test_an_archive_that_fails_has_no_end():
    out = io.BytesIO()

    def fail():
        with Archive(out) as archive:
            archive.add("a", b"a", AT)
            raise OSError("à moitié")

    with pytest.raises(OSError, match="à moitié"):
        fail()
    assert not zipfile.is_zipfile(out)
