"""papertriage: decide what to read today, from listings, by rules, with reasons."""

__version__ = "0.1.0"
