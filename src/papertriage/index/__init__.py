"""The index over the log, `index.sqlite3`: derived, brought up to date when the log has changed, rebuilt when in doubt.

| module | subject |
|---|---|
| `schema` | the file: its tables, its version, what to do when it is damaged |
| `segments` | which parts of the log are in it |
| `docs` | papers as columns, to be read at once |
| `keys` | the keys of the texts, looked up one by one |
| `words` | tokenised texts: the vocabulary, and for each token the places where it stands |
| `works` | which observations are one paper |
| `update` | bringing it up to date |
| `index` | what is asked of it |
"""
