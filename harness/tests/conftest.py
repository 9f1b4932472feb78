"""What tests share: the command as a fixture, and how hypothesis chooses its examples."""

import pytest
from hypothesis import settings

from harness.cli import main

# The same examples on every run, and no deadline on a shared machine.
settings.register_profile("gradconform", derandomize=True, deadline=None)
settings.load_profile("gradconform")


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        streams = capsys.readouterr()
        return left.value.code, streams.out, streams.err

    return run
