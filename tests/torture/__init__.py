"""Programs that try to break reletan for as long as they are told to: ``python -m torture`` in ``tests/``."""
