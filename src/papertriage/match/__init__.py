"""Rules × papers → hits.

| module | subject |
|---|---|
| `hits` | the definition: for each term and field, `expand` the term against the paper's own tokens and `find` it |
| `alike`, `expand`, `find`, `vocabulary` | what the definition is built on |
| `collect` | hits made of the places where terms stand |
| `matcher` | the same answer for many papers: what was compared once is kept |
| `kept`, `shown` | the same answer for the papers of an index: what was found once is kept there |
| `searching`, `postings` | finding there what is not kept yet |
"""
