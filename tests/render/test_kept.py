"""A reading list that is written again keeps what its user made of it."""

from __future__ import annotations

from papertriage.render.kept import carried_over, is_reading_list

OLD = """\
# Reading list, 2026-11-23

2 papers of 40 from 2026-11-21 to 2026-11-23.

## agents

- [x] **[One](https://arxiv.org/abs/2611.00001)** — A. Author, 2026-11-23 <!-- arxiv:2611.00001 -->
  - Score 8.42: agent (title)
  - read the appendix again
- [ ] **[Two](https://arxiv.org/abs/2611.00002)** — B. Author, 2026-11-22 <!-- arxiv:2611.00002 -->
  - Score 3.00: agent (title)

Ask about the second one on Friday.
"""

NEW = """\
# Reading list, 2026-11-24

2 papers of 41 from 2026-11-22 to 2026-11-24.

## agents

- [ ] **[Three](https://arxiv.org/abs/2611.00003)** — C. Author, 2026-11-24 <!-- arxiv:2611.00003 -->
  - Score 9.00: agent (title)

## evaluation

- [ ] **[One](https://arxiv.org/abs/2611.00001)** — A. Author, 2026-11-23 <!-- arxiv:2611.00001 -->
  - Score 8.40: agent (title)
"""


def test_ticks_and_lines_below_a_paper_are_kept_wherever_it_moves() -> None:
    text = carried_over(OLD, NEW)
    assert "- [x] **[One]" in text
    assert "  - Score 8.40: agent (title)\n  - read the appendix again\n" in text
    assert "Score 8.42" not in text
    assert "- [ ] **[Three]" in text


def test_what_else_the_user_wrote_is_kept_at_the_end() -> None:
    text = carried_over(OLD, NEW)
    assert text.endswith("## Kept from earlier lists\n\nAsk about the second one on Friday.\n")
    assert "Two" not in text, "a paper that was neither ticked nor noted on leaves with its window"


def test_a_ticked_paper_that_left_the_list_is_kept() -> None:
    text = carried_over(OLD.replace("- [ ] **[Two]", "- [X] **[Two]"), NEW)
    assert "## Kept from earlier lists\n\n- [X] **[Two]" in text


def test_notes_and_quotes_of_any_form_are_the_users() -> None:
    own = "  - Note: ask about the tools\n  > quoted from page 3\n\n    - Score 10 from me!\n"
    old = OLD.replace("  - read the appendix again\n", own)
    assert own in carried_over(old, NEW)


def test_headings_of_the_user_are_kept_and_those_of_the_list_are_not() -> None:
    old = OLD + "\n## My own section\n\nText under it.\n\n## Empty one\n"
    text = carried_over(old, NEW)
    assert "## My own section\n\nText under it.\n\n## Empty one\n" in text
    assert text.count("## agents") == 1
    assert carried_over(text, NEW) == text


def test_a_decision_s_note_is_written_anew_and_not_twice() -> None:
    noted = NEW.replace("Score 8.40: agent (title)", "Score 8.40: agent (title)\n  - Note: old <!-- decision -->")
    text = carried_over(noted, noted.replace("Note: old", "Note: new"))
    assert "Note: new" in text
    assert "Note: old" not in text


def test_writing_the_same_list_twice_changes_nothing() -> None:
    once = carried_over(OLD, NEW)
    assert carried_over(once, NEW) == once
    assert carried_over(NEW, NEW) == NEW


def test_a_file_of_another_kind_is_not_taken_for_a_reading_list() -> None:
    assert is_reading_list(OLD)
    assert is_reading_list("")
    assert not is_reading_list("# My notes\n\n- [ ] buy milk\n")


def test_a_paper_that_stands_in_a_list_twice_keeps_both_its_notes_and_its_tick() -> None:
    copied = "- [ ] One again, for Friday <!-- arxiv:2611.00001 -->\n  - the figures too\n"
    text = carried_over(f"{OLD}\n## Friday\n\n{copied}", NEW)
    assert text.count("<!-- arxiv:2611.00001 -->") == 1
    for kept in ("- [x] **[One]", "  - read the appendix again", "  - the figures too"):
        assert kept in text
    gone = carried_over(f"{OLD}\n{copied.replace('[ ]', '[x]')}", NEW.partition("\n## evaluation")[0] + "\n")
    assert "- [x] **[One]" in gone
    assert "  - the figures too" in gone


def test_a_paper_that_got_a_stronger_id_keeps_its_tick() -> None:
    old = OLD.replace("<!-- arxiv:2611.00001 -->", "<!-- doi:10.1000/one -->")
    text = carried_over(old, NEW, {"doi:10.1000/one": "arxiv:2611.00001"})
    assert "- [x] **[One]" in text
    assert text.count("**[One]") == 1
