# Bound: nothing, it only answers.
