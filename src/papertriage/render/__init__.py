"""How papers look: one file a format, each a function from records to text. Nothing here prints."""
