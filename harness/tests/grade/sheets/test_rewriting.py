"""Any cells of any sheet take any text, and `csv` then reads these cells, and the others as they were."""

import csv
import io

from gradconform.harness.errors import UsageError
from gradconform.harness.grade.sheets.rewriting import rewritten
from gradconform.harness.submission.download.rosters.cells import read_cells
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(alphabet='a ,;"=\r\nä', max_size=6)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


def rows_of(text, separator):
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [row for row in rows if any(cell.strip() for cell in row)]


@given(
    st.text(alphabet='a ,;"\r\nä', max_size=40),
    st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 4)), TEXT, max_size=4),
    ENCODINGS,
)
def test_what_is_written_is_what_is_read(tmp_path_factory, text, texts, encoding):
    path = tmp_path_factory.getbasetemp() / "sheet.csv"
    path.write_bytes(("ä,y\r\n" + text).encode(encoding))
    try:
        cells = read_cells(path)
    except UsageError:
        return  # a quote that is never closed
    expected = rows_of(cells.text, cells.separator)
    at_line = {}
    for (row, at), new in texts.items():
        if row < len(cells.records):
            at_line[cells.records[row].line, at] = new
            expected[row] += [""] * (at + 1 - len(expected[row]))
            expected[row][at] = new
    data = rewritten(cells, at_line)
    assert data.startswith(cells.mark)
    written = data.removeprefix(cells.mark).decode(cells.encoding)
    assert rows_of(written, cells.separator) == [
        row for row in expected if any(cell.strip() for cell in row)
    ]
    if not at_line:
        assert data == path.read_bytes()
