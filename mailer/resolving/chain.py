"""Several sources of evidence, asked together."""

from collections.abc import Collection, Mapping, Sequence

from mailer.resolving.resolver import Answer, Doubt, Resolver


class Chain:
    """Asks hints and records in turn, each only about what no earlier one has said *yes* to.

    `hints` can prove an acceptance and never its absence: a report that came back, an answer that
    somebody gave. `records` are what the server itself keeps: its log, its Sent folder. A single
    *yes* from any of them is proof. *No* takes every record: where one of them could not be read
    or is not sure, the letter stays in doubt.
    """

    def __init__(self, *, hints: Sequence[Resolver] = (), records: Sequence[Resolver] = ()) -> None:
        self._hints = tuple(hints)
        self._records = tuple(records)
        self.name = ", ".join(source.name for source in (*self._hints, *self._records))

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say for each doubt what the sources know together."""
        proven: set[str] = set()
        denials = dict.fromkeys((doubt.message_id for doubt in doubts), 0)
        for source in (*self._hints, *self._records):
            asked = [doubt for doubt in doubts if doubt.message_id not in proven]
            if not asked:
                break
            for message_id, answer in source.accepted(asked).items():
                if answer is Answer.YES:
                    proven.add(message_id)
                elif answer is Answer.NO and source in self._records:
                    denials[message_id] += 1
        return {
            message_id: self._judge(proven=message_id in proven, denials=count)
            for message_id, count in denials.items()
        }

    def _judge(self, *, proven: bool, denials: int) -> Answer:
        if proven:
            return Answer.YES
        denied = bool(self._records) and denials == len(self._records)
        return Answer.NO if denied else Answer.UNKNOWN
