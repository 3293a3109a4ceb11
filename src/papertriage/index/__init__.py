"""The index over the log, `index.sqlite3`: derived, brought up to date when the log has changed, rebuilt when in doubt.

| module | subject |
|---|---|
| `schema` | the file: its tables, its version, what to do when it is damaged |
| `segments` | which parts of the log are in it |
| `current` | whether it is finished, and made for what the user holds apart |
| `docs` | papers as columns, to be read at once |
| `keys` | the keys of the texts, read as far as they are asked for |
| `words` | tokenised texts: the vocabulary, and for each token the places where it stands |
| `inversion` | writing texts: from words in order to the places of each |
| `works` | which observations are one paper |
| `titles` | by what works are found that may be one by their titles |
| `update` | bringing it up to date |
| `index` | what is asked of it |
"""
