"""Who was asked, who answered, and how like the list the respondents are."""

from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.dataset.design import ListKind
from survey_service.findings.terms import Count, Figure, Missing, Part


class Dispositions(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Final dispositions of the people invited (AAPOR Standard Definitions, 10th ed., 2023).

    `unknown` are invited people of whom nothing came back (UH), `unknown_other` those whose
    letter was never sent (UO).
    """

    complete: Count
    partial: Count
    refusal: Count
    non_contact: Count
    other: Count
    unknown: Count
    unknown_other: Count
    not_eligible: Count


class Rates(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Response, cooperation, refusal and contact rates in percent; None where the base is 0.

    Where no dispositions were kept only `rr1` is known, with everybody else in its base.
    """

    rr1: Figure | None
    rr2: Figure | None
    rr3: Figure | None
    rr4: Figure | None
    rr5: Figure | None
    rr6: Figure | None
    coop1: Figure | None
    ref1: Figure | None
    con1: Figure | None
    coop2: Figure | None = None
    coop3: Figure | None = None
    coop4: Figure | None = None
    ref2: Figure | None = None
    ref3: Figure | None = None
    con2: Figure | None = None
    con3: Figure | None = None


class RespondingLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wave, a group or a stratum; `missing` says why there are no dispositions.

    `weighted` are the rates where each person invited stands for N_h over those invited of their
    stratum; None where there is no N_h, where all stand for as many, or where a stratum is hidden.
    """

    level: Literal["wave", "group", "stratum"]
    code: Code
    name: Text
    list_kind: ListKind | None
    population: Count | None
    invited: Count
    dispositions: Dispositions | None
    rates: Rates | None
    weighted: Rates | None
    missing: Missing | None = None


class FunnelStep(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step from the list to the valid answer, in people, and as percent of those invited."""

    step: Literal["invited", "sent", "not_returned", "answered", "valid"]
    people: Count
    percent: Figure


class ShareLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum's share of its group's people invited, and of those who answered, in percent."""

    group: Code
    code: Code
    name: Text
    invited: Figure
    answered: Figure | None
    missing: Missing | None = None


class Likeness(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How like the list those who answered are, over the `strata` shown of groups with several.

    `r_indicator` is 1 − 2·S(ρ) of the strata's response rates about their group's (Schouten,
    Cobben & Bethlehem 2009): 1 where the strata of every group answered alike. `moved` is the
    index of dissimilarity in percent: how many respondents would have to be of another stratum of
    their group. `largest` is the greatest difference between a stratum's shares of those shown of
    its group, in percentage points, and `stratum` has it.
    """

    strata: Count
    r_indicator: Figure | None
    moved: Figure | None
    largest: Figure | None
    stratum: Code | None
    words: Text
    missing: Missing | None = None


class Responding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Response rates, the funnel, and the frame against the respondents.

    `eligibility` is e, the share of the people of unknown eligibility taken to be eligible, in
    percent. Where a dataset keeps no dispositions, `lines` have no rates beyond what invited and
    answered give, and `remarks` say so.
    """

    eligibility: Figure | None
    lines: tuple[RespondingLine, ...]
    funnel: tuple[FunnelStep, ...]
    shares: tuple[ShareLine, ...]
    likeness: Likeness | None = None
    remarks: tuple[Text, ...] = ()
