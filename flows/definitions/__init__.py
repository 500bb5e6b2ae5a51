"""The process as its definition files describe it: read, checked with place and cure, and frozen."""
