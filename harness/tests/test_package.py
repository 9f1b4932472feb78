"""What is installed works outside the checkout, cases and engines included."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_works_outside_the_checkout(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        names = archive.namelist()
    assert not [name for name in names if name.startswith(("reports/", "conftest"))]
    assert {name.partition("/")[0] for name in names if not name.startswith("gradconform-")} == {
        "harness",
        "engines",
        "cases",
    }
    # -P keeps the working directory out, so that only the unpacked wheel can be found first.
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import harness.cli; "
        f"assert harness.cli.__file__.startswith({str(site)!r}); "
        "harness.cli.main(['run', '--cases', 'lecture/*'])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (next((tmp_path / "reports").iterdir()) / "summary.csv").exists()
