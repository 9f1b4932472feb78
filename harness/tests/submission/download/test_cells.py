"""The reader of sheets reads what the library `csv` reads, and knows where each cell is."""

import csv
import io

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.submission.download.rosters.cells import read_cells
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(alphabet='a ",\r\nä', max_size=40))
def test_rows_and_lines_are_those_of_csv(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "sheet.csv"
    data = ("x,y\n" + text).encode()
    path.write_bytes(data)
    reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=False)
    rows = [(row, reader.line_num) for row in reader if any(cell.strip() for cell in row)]
    said = ""
    try:
        found = read_cells(path)
    except UsageError as problem:
        said = str(problem)
    if said:
        assert "is never closed" in said
        return
    assert [([cell.says for cell in r.cells], r.line) for r in found.records] == rows
    assert found.mark + found.text.encode(found.encoding) == data
    for cell in (cell for record in found.records for cell in record.cells):
        alone = io.StringIO(found.text[cell.start : cell.end] + ",x", newline="")
        assert next(csv.reader(alone)) == [cell.says, "x"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'Student,ID\n"Ada,1\n', "the quote that begins on line 2 is never closed"),
        (b"\xff\xfea\x00\xd8", "cannot be read as CSV: byte 2 of the text is not utf-16-le"),
        (b"\xef\xbb\xbfStudent,ID\nZo\xeb,1\n", "byte 13 of the text is not utf-8; save it as CSV"),
        ("Student,ID".encode("utf-16-le"), "it holds zero bytes; save it as CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_exactly_is_refused(tmp_path, data, said):
    path = tmp_path / "sheet.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=said):
        read_cells(path)
