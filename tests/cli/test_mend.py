"""``flowkit check --fix`` edits texts; here the edits alone."""

import os
from pathlib import Path

from flowkit.cli.mend import mend_files, mended, write
from flowkit.diagnostics import Diagnostic, Fix, Span


def fix(line: int, column: int, end_column: int, text: str, path: str = "f") -> Fix:
    return Fix(Span(path, line, column, line, end_column), text)


def test_an_edit_replaces_its_stretch_and_nothing_else() -> None:
    text = "a: b # note\nc: dd\n"

    assert mended(text, [fix(2, 4, 6, "e")]) == (
        "a: b # note\nc: e\n",
        [fix(2, 4, 6, "e")],
    )


def test_of_overlapping_edits_the_first_is_taken() -> None:
    first, second = fix(1, 1, 4, "x"), fix(1, 3, 6, "y")

    assert mended("abcdef", [second, first]) == ("xdef", [first])


def test_an_edit_over_several_lines() -> None:
    edit = Fix(Span("f", 1, 2, 3, 2), "-")

    assert mended("abc\ndef\nghi", [edit]) == ("a-hi", [edit])


def test_edits_outside_the_text_and_edits_that_change_nothing_are_left_out() -> None:
    text = "abc\n"

    assert mended(text, [fix(7, 1, 2, "x"), fix(1, 1, 2, "a")]) == (text, [])


def test_windows_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes("\ufeffone\r\ntwo\r\n".encode())
    edit = fix(1, 1, 4, "uno", str(path))
    to_the_end = fix(2, 1, 99, "due", str(path))

    found = [Diagnostic("FK104", "x", one.span, fix=one) for one in (edit, to_the_end)]

    assert mend_files(found) == found
    assert path.read_bytes() == "\ufeffuno\r\ndue\r\n".encode()


def test_writing_keeps_permissions_and_follows_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("old")
    os.chmod(real, 0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(real)

    write(link, "new")

    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.yaml", "real.yaml"]
