#!/usr/bin/env bash
# Nothing has to be installed: run_autograder needs the Python that Gradescope's own programs need.
