"""The catalogue: one file per family, one small function per case."""
