"""Everything after the outcome: views that are made from `results.jsonl` alone."""
