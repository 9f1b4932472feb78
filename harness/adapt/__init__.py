"""A stranger's class becomes an engine, without a line from the person who runs it.

- `adapted`: look at what a submission defines and make an engine of the one class that is one.

What is known of strangers is a list of customs (`customs`), each tried on the class itself: a way of use
is taken when it works on an example. Nothing here asks whether a result is right.
"""

from harness.adapt.find import adapted

__all__ = ["adapted"]
