"""Which lines of the response table may be shown, so that no thin one can be worked out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from questionnaires.index import Code
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance, Reason
from survey_service.analysing.response_lines import Line
from survey_service.analysing.turnout_equations import HiddenTurnouts, hidden_turnouts

TABLE = "responding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The lines that may be shown: the wave's, the groups' and the strata's, by their codes."""

    wave: bool
    groups: frozenset[Code]
    strata: frozenset[Code]


def shown_lines(analysed: Analysed, clearance: Clearance, lines: Sequence[Line]) -> Shown:
    """Decide which lines are shown, and note in the audit how many are not.

    A line is thin with fewer people invited than the threshold, or some, but fewer, who answered.
    Hidden too is whatever a thin line would follow from by subtraction (the hidden parts of a
    shown line are none, or wide together and at least two), and whatever would give away a
    turnout that the sheet hides: groups first, then strata.
    """
    behind = hidden_turnouts(analysed.scored, clearance.threshold)
    hiding = _Hiding(
        clearance, lines, behind, {one.code: n for n, one in enumerate(analysed.framework.groups)}
    )
    hiding.hide_thin()
    hiding.close()
    hiding.guard_groups()
    hiding.guard_strata()
    hiding.close()
    return Shown(
        wave=hiding.wave,
        groups=frozenset(hiding.groups),
        strata=frozenset(hiding.strata),
    )


class _Hiding:
    """What is still shown while lines are being hidden."""

    def __init__(
        self,
        clearance: Clearance,
        lines: Sequence[Line],
        behind: HiddenTurnouts,
        places: dict[Code, int],
    ) -> None:
        self._clearance = clearance
        self._lines = lines
        self._behind = behind
        self._places = places
        self.wave = True
        self.groups = dict.fromkeys(line.stratum.group for line in lines)
        self.strata = dict.fromkeys(line.stratum.code for line in lines)

    def hide_thin(self) -> None:
        if self._is_thin(self._lines):
            self._hide_wave("threshold")
        for group in [one for one in self.groups if self._is_thin(self._of(one))]:
            self._hide_group(group, "threshold")
        for line in self._lines:
            if self._is_thin([line]):
                self.hide_stratum(line.stratum.code, "threshold")

    def hide_stratum(self, code: Code, reason: Reason) -> None:
        if code in self.strata:
            del self.strata[code]
            self._clearance.hide(TABLE, reason)

    def close(self) -> None:
        """Hide the next smallest part until what a shown line leaves over is none or wide."""
        self._close_units()
        for group in list(self.groups):
            while self._leaves_thin([one] for one in self._of(group) if not self._shows(one)):
                left = [one for one in self._of(group) if self._shows(one)]
                if not left:
                    # One stratum is the group itself; several leave no more than the group tells.
                    break
                smallest = min(left, key=lambda one: (one.stratum.invited, one.stratum.code))
                self.hide_stratum(smallest.stratum.code, "complementary")
            if len(self._of(group)) == 1 and not self._shows(self._of(group)[0]):
                self._hide_group(group, "complementary")
        every = list(dict.fromkeys(line.stratum.group for line in self._lines))
        while self.wave and self._leaves_thin(
            self._of(group) for group in every if group not in self.groups
        ):
            if not self.groups:
                if len(every) == 1:
                    self._hide_wave("complementary")
                break
            smallest_group = min(self.groups, key=lambda one: (self._invited(one), one))
            self._hide_group(smallest_group, "complementary")

    def _close_units(self) -> None:
        """Do so within each unit of a group and each of its services, which have other figures."""
        parts: dict[tuple[Code, ...], list[Line]] = {}
        for line in self._lines:
            of = line.stratum
            if of.unit:
                parts.setdefault((of.group, of.unit), []).append(line)
                parts.setdefault((of.group, of.unit, of.service), []).append(line)
        for own in parts.values():
            while len(own) > 1 and self._leaves_thin([one] for one in own if not self._shows(one)):
                left = [one for one in own if self._shows(one)]
                if not left:
                    break
                smallest = min(left, key=lambda one: (one.stratum.invited, one.stratum.code))
                self.hide_stratum(smallest.stratum.code, "complementary")

    def guard_groups(self) -> None:
        """Hide groups, the smallest first, until they give no hidden turnout away."""
        while self._tells([]):
            if self.groups:
                smallest = min(self.groups, key=lambda one: (self._invited(one), one))
                self._hide_group(smallest, "complementary")
                self.close()
            else:
                self._hide_wave("complementary")

    def guard_strata(self) -> None:
        """Let strata stand, the largest first, as long as they give no hidden turnout away."""
        touching = [line for line in self._lines if line.units & self._behind.units]
        standing: list[Line] = []
        for line in sorted(touching, key=lambda one: (-one.stratum.invited, one.stratum.code)):
            if self._shows(line):
                if self._tells([*standing, line], about=line.units):
                    self.hide_stratum(line.stratum.code, "complementary")
                else:
                    standing.append(line)
        if self._tells(standing):
            for line in standing:
                self.hide_stratum(line.stratum.code, "complementary")

    def _tells(self, strata: Sequence[Line], about: frozenset[int] | None = None) -> bool:
        return self._behind.tells(
            (self._places[group] for group in self.groups),
            wave={self._places[line.stratum.group] for line in self._lines} if self.wave else None,
            parts=[
                frozenset((unit, self._places[line.stratum.group]) for unit in line.units)
                for line in strata
            ],
            about=about,
        )

    def _hide_group(self, group: Code, reason: Reason) -> None:
        if group in self.groups:
            del self.groups[group]
            self._clearance.hide(TABLE, reason)
        for line in self._of(group):
            self.hide_stratum(line.stratum.code, reason)

    def _hide_wave(self, reason: Reason) -> None:
        if self.wave:
            self.wave = False
            self._clearance.hide(TABLE, reason)

    def _shows(self, line: Line) -> bool:
        return line.stratum.code in self.strata

    def _of(self, group: Code) -> list[Line]:
        return [line for line in self._lines if line.stratum.group == group]

    def _invited(self, group: Code) -> int:
        return sum(line.stratum.invited for line in self._of(group))

    def _is_thin(self, lines: Sequence[Line]) -> bool:
        invited = sum(line.stratum.invited for line in lines)
        complete = sum(line.complete for line in lines)
        few = complete > 0 and not self._clearance.is_enough(complete)
        return few or not self._clearance.is_enough(invited)

    def _leaves_thin(self, hidden: Iterable[Sequence[Line]]) -> bool:
        parts = list(hidden)
        return len(parts) == 1 or (
            len(parts) > 1 and self._is_thin([line for part in parts for line in part])
        )
