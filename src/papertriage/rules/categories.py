"""Categories as arXiv writes them, to notice slips in the rules.

The list is from https://arxiv.org/category_taxonomy, as of November 2026. It will age and other
services have categories of their own, so what it does not know is a warning, not a mistake.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from papertriage.yamlfile import nearest, shown

_SUBJECTS = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC "
    "SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
_WHOLE = ("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph")

ARXIV = (
    *(f"{archive}.{subject}" for archive, subjects in _SUBJECTS.items() for subject in subjects.split()),
    *_WHOLE,
    *_SUBJECTS,
)
"""Every category of arXiv, and the names of its archives."""


def check_category(glob: str) -> tuple[str, str, str]:
    """Judge a category or a glob of categories.

    Returns:
        Why it can never be one, or ""; else why it is likely a slip, or ""; and a hint for either.
    """
    if not glob.strip():
        return "this category is empty.", "", ""
    if len(glob) > 100 or not glob.isprintable() or glob != glob.strip():
        return f"{shown(glob)} can never be a category.", "", ""
    if "," in glob or ";" in glob or (" " in glob and "." in glob):
        return f"{shown(glob)} can never be one category.", "", "Write a list, as in `[cs.CL, cs.LG]`."
    if glob in _SUBJECTS:
        return "", f"{shown(glob)} is an archive, not a category.", f"Did you mean `{glob}.*`?"
    if "." not in glob:
        return "", "", ""  # one of arXiv's, a category of some other service, or a bare glob
    if any(fnmatchcase(known.casefold(), glob.casefold()) for known in ARXIV):  # as ranking does
        return "", "", ""
    globs = [f"{one}.*" for one in _SUBJECTS]
    alike = nearest(glob, globs if glob.endswith("*") else ARXIV)
    return "", f"arXiv has no category {shown(glob)}.", alike
