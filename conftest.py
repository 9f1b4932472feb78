"""The repository under its own plugin, installed or not."""

# Installed, the entry point of the same name has registered it already, and this changes nothing.
pytest_plugins = ["harness.plugin", "pytester"]
