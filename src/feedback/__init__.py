"""Which credentials employers value, and what should change."""

__version__ = "0.1.0"
