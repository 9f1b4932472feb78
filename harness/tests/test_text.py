"""Text of untrusted origin: every place that shows it gets a form that does nothing there."""

import html
import re

import pytest
from gradconform.harness.text import (
    LONGEST,
    described,
    for_markdown,
    for_spreadsheet,
    of_engine,
    several_lines,
    words,
)
from hypothesis import given
from hypothesis import strategies as st

anything = st.text(st.characters(), max_size=50)


@given(anything)
def test_words_are_one_printable_line_and_printable_text_stays(text):
    shown = words(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert words("".join(c for c in text if c.isprintable())) == "".join(
        c for c in text if c.isprintable()
    )


def test_words_are_cut_and_cannot_move_the_cursor():
    assert words("\x1b[2Jnot\ta\r\nverdict\u202e\ud800") == " [2Jnot a  verdict  "
    assert words("x" * 10_000) == "x" * LONGEST


@given(anything)
def test_of_several_lines_the_lines_stay_and_every_removed_character_is_marked(text):
    shown = several_lines(text)
    assert len(shown) == len(text)
    assert shown.count("\n") == text.count("\n")
    assert shown.replace("\n", "").replace("\t", "").isprintable()
    shown.encode()


def test_several_lines_cannot_clear_the_screen_and_are_not_cut():
    assert several_lines("a\tb\n\x1b[2Jc\r\ud800") == "a\tb\n\ufffd[2Jc\ufffd\ufffd"
    assert several_lines("x\n" * 10_000) == "x\n" * 10_000


class Broken(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ValueError("not\na  number\x1b[2J"), "ValueError: not a number [2J"),
        (ValueError(), "ValueError"),
        (ValueError("x" * 10_000), f"ValueError: {'x' * 297}..."),
        (SystemExit(3), "SystemExit: 3"),
        (Broken(), "Broken: (its message cannot be shown)"),
        (type("\x1b[2J\n", (Exception,), {})("x"), " [2J : x"),
    ],
    ids=["lines", "empty", "long", "exit", "raises", "name"],
)
def test_an_exception_is_described_on_one_line_whatever_it_does(problem, said):
    assert described(problem) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("&lt;", "&amp;lt;"),
        ("![a](b)|c", r"!\[a\](b)\|c"),
        ("`code` *b* _i_ ~s~ $m$ # h", r"\`code\` \*b\* \_i\_ \~s\~ \$m\$ \# h"),
        ("\\[", "\\\\\\["),
        ("see https://x.y and www.x.y", r"see https:\//x.y and www\.x.y"),
        ("@someone, a@b, 3 @ 4", "@&#8203;someone, a@&#8203;b, 3 @ 4"),
        (1.5, "1.5"),
    ],
)
def test_markdown_shows_a_text_and_renders_none_of_it(text, shown):
    assert for_markdown(text) == shown


@given(anything)
def test_no_mark_of_markdown_and_no_tag_is_left_without_its_escape(text):
    shown = for_markdown(text)
    assert not re.search(r"[<>]", shown)
    assert not re.search(r"[`*\[\]|~$_#]", re.sub(r"\\.|&#8203;", "", shown, flags=re.DOTALL))
    back = html.unescape(re.sub(r"\\(.)", r"\1", shown, flags=re.DOTALL)).replace("\u200b", "")
    assert back == text.replace("\u200b", "")


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))
def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(sign):
    assert for_spreadsheet(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    assert for_spreadsheet(f"x{sign}1") == f"x{sign}1"
    assert for_spreadsheet("") == ""


def test_a_sentence_of_an_engine_has_neither_the_frame_nor_loose_marks():
    assert of_engine("│ sandbox: none\n│ left out") == " sandbox: none  left out"
    assert of_engine("e" + "\u0338\u20d2" * 150 + "nd") == "end"
    assert of_engine("re\u0301sume\u0301") == "résumé"
    assert len(of_engine("é" * 900)) == LONGEST
