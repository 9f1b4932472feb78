#!/bin/sh
# Coursera runs this for each submission, with arguments that do not matter here. --seconds is the time-out that you
# chose there.
exec gradconform grade-one --platform coursera --seconds 600 --frozen /grader/hw.frozen
