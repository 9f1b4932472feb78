#!/bin/sh
# PrairieLearn runs this for each submission. --seconds is the time-out in info.json.
exec gradconform grade-one --platform prairielearn --seconds 60 --frozen /grader/hw.frozen
