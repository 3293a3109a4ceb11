"""Search over all that is cached: a small language, its answer over texts, and the order of what is found.

| module | subject |
|---|---|
| `query` | what can be asked, as a tree |
| `language` | a query as it is written, with the place of every mistake |
| `texts` | texts to look in: a block of the index, or papers in memory |
| `find` | where words stand in texts |
| `answer` | which papers fit a query, and how well |
| `highlight` | the places in a paper for which it was found |

There is one definition, over a stream of tokens with their places; the index has such streams on disk, and a scan makes
them, so that both give the same papers in the same order.
"""
