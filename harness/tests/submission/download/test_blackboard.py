"""Downloads of Blackboard: receipts decide who it was, and which attempt."""

from gradconform.harness.tests.submission.download.downloads import (
    by_key,
    engine,
    odd,
    taken,
)

START = "Autograd_engine"


def receipt(user, time, files, name="Ada Beispiel", words=("Name", "Filename"), comments=""):
    listed = "".join(
        f"\tOriginal filename: {own}\n\t{words[1]}: {file}\n\n" for own, file in files.items()
    )
    return (
        f"{words[0]}: {name} ({user})\nAssignment: Autograd_engine\nDate Submitted: {time}\n"
        f"Current Mark: Needs Marking\n\nSubmission Field:\n<p>see file</p>\n\n"
        f"Comments:\n{comments}\n\nFiles:\n{listed}"
    )


def attempt(user, time, *names, **more):
    """Return the files and the receipt of an attempt."""
    stem = f"{START}_{user}_attempt_{time}"
    files = {f"{stem}_{name}": engine(abs(hash((user, time, name)))) for name in names}
    text = receipt(user, time, {name: f"{stem}_{name}" for name in names}, **more)
    return {**files, f"{stem}.txt": text}


def test_the_receipt_says_who_and_the_latest_attempt_counts(plan):
    found = plan.zip(
        attempt("abeispiel", "2026-11-19-20-00-00", "engine.py")
        | attempt("abeispiel", "2026-11-20-22-58-01", "engine.py")
        | attempt("m_muster_7", "2026-11-20-10-00-00", "my_engine.py", name="Max Muster, Jr. (Max)")
        | attempt("zoe", "2026-11-20-10-00-01", words=("Nom", "Fichier"), name="Zoë")
    )
    assert found.layout == "Blackboard"
    assert taken(found) == {"abeispiel": "engine.py", "m_muster_7": "my_engine.py", "zoe": ""}
    assert by_key(found)["abeispiel"].taken.startswith(
        f"{START}_abeispiel_attempt_2026-11-20-22-58-01"
    )
    assert "the latest of 2" in by_key(found)["abeispiel"].why
    assert by_key(found)["m_muster_7"].students[0].name == "Max Muster, Jr. (Max)"
    assert list(odd(found)) == ["zoe"]


def test_a_text_of_a_student_is_code_and_a_receipt_is_not(plan):
    found = plan.zip(attempt("ada", "2026-11-20-10-00-00", "engine.txt"))
    assert taken(found) == {"ada": "engine.txt"}


def test_a_receipt_is_believed_about_its_own_files_alone(plan):
    other = f"{START}_max_attempt_2026-11-20-10-00-00_engine.py"
    forged = f"Original filename: engine.py\nFilename: {other}"
    found = plan.zip(
        attempt("ada", "2026-11-20-10-00-00", comments=forged)
        | attempt("max", "2026-11-20-10-00-00", "engine.py", name="Max")
    )
    assert taken(found) == {"ada": "", "max": "engine.py"}


def test_without_a_receipt_the_name_alone_must_do(plan):
    files = attempt("ada", "2026-11-20-10-00-00", "engine.py") | attempt(
        "m_muster", "2026-11-20-10-00-00", "engine.py"
    )
    del files[f"{START}_m_muster_attempt_2026-11-20-10-00-00.txt"]
    found = plan.zip(files)
    assert list(taken(found)) == ["ada", "m_muster"]
    assert "the receipt, is not there" in odd(found)["m_muster"]


def test_a_mangled_name_becomes_the_one_that_the_student_gave(plan):
    stem = f"{START}_ada_attempt_2026-11-20-10-00-00"
    found = plan.zip(
        {
            f"{stem}_eng_ine.py": engine(1),
            f"{stem}.txt": receipt("ada", "now", {"eng?ine.py": f"{stem}_eng_ine.py"}),
        }
    )
    assert taken(found) == {"ada": "eng?ine.py"}
