"""Rules × papers → hits.

| module | subject |
|---|---|
| `hits` | the definition: for each term and field, `expand` the term against the paper's own tokens and `find` it |
| `alike`, `expand`, `find`, `vocabulary` | what the definition is built on |
| `matcher` | the same answer for many papers: what was compared once is kept |
| `postings`, `kept` | the same answer for the papers of an index: each term's hits are found once and kept there |
"""
