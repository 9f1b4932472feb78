"""Behind a wall each engine is a user of its own, whose threads are counted."""

import os
import tempfile
from pathlib import Path

import pytest
from gradconform.harness.isolation.limits import Limits
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.isolation.parent import walls
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.tests.isolation.test_walls import wall_or_skip
from gradconform.harness.tests.small_engines import VALUE, works

THREADS = """
import threading, time
threading.stack_size(1 << 16)
count = 0
try:
    for count in range(200):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError:
    pass
print("THREADS", count)
"""


@pytest.mark.parametrize("wall", ["bubblewrap", "landlock"])
def test_threads_are_counted_for_each_engine_apart(wall, tmp_path):
    """No limit holds for the superuser, not even in a user namespace: so no engine may be one."""
    wall_or_skip(wall)
    (tmp_path / "many.py").write_text(VALUE + THREADS)
    how = Isolation(wall=wall, limits=Limits(processes=30))
    first, second = (load(EngineName.parse(str(tmp_path / "many.py")), how) for _ in range(2))
    for engine in (first, second):
        count = int(engine.printed().split()[1])
        assert 20 < count < 30
        assert works(engine)
        engine.close()


def test_a_superuser_who_can_make_a_namespace_of_users_only_has_that(monkeypatch, tmp_path):
    wall_or_skip("bubblewrap")
    monkeypatch.setattr(walls, "_OF_THE_SUPERUSER", ["--no-such-option"])
    walls._namespaces.cache_clear()
    try:
        assert walls._namespaces() == walls._OF_ANYBODY
        (tmp_path / "engine.py").write_text(VALUE)
        engine = load(EngineName.parse(str(tmp_path / "engine.py")), Isolation(wall="bubblewrap"))
        assert works(engine)
        engine.close()
    finally:
        walls._namespaces.cache_clear()


def test_the_right_to_read_private_files_is_kept_only_where_python_needs_it():
    # Not `tmp_path`, which lies in a private folder.
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "python"
        python.mkdir()
        Path(folder).chmod(0o755)
        assert walls._all_may_read([str(python), "/no/such/path"])
        Path(folder).chmod(0o700)
        assert not walls._all_may_read([str(python)])


REACHES_OUT = """
import os
said = []
for name, act in {
    "write": lambda: open(%r, "w"),
    "replace": lambda: os.remove(%r),
    "signal": lambda: os.kill(os.getppid(), 0),
    "root": lambda: os.setuid(0),
}.items():
    try:
        act()
        said.append(name)
    except OSError:
        pass
print("REACHED", os.geteuid(), *said)
"""


def test_behind_resource_limits_alone_the_superusers_child_changes_no_file_of_the_superuser(
    tmp_path,
):
    if os.geteuid() != 0:
        pytest.skip("only the superuser can become another user")
    result = tmp_path / "results.json"
    result.write_text("{}")
    engine = tmp_path / "engine.py"
    engine.write_text(VALUE + REACHES_OUT % (str(result), str(result)))
    opened = load(EngineName.parse(str(engine)), Isolation(wall="rlimits"))
    _, user, *reached = opened.printed().split()
    assert works(opened)
    opened.close()
    assert (int(user) > 0, reached) == (True, [])
    assert opened.info.wall == "NOT ISOLATED: resource limits, a user who owns nothing"
