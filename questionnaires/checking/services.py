"""Services: codes and names given once, and somebody who is asked about transactions."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from questionnaires.checking.codes import check_codes
from questionnaires.definition import Questionnaires
from questionnaires.index import Code
from questionnaires.problems import Problem, problem


def check_services(questionnaires: Questionnaires, file: str) -> Iterator[Problem]:
    """Check the services that the questionnaires know by name, where they state any."""
    at = f"{file}: services"
    services = questionnaires.offered()
    yield from check_codes([service.code for service in services], at)
    named: dict[str, list[Code]] = defaultdict(list)
    for service in services:
        name = unicodedata.normalize("NFC", " ".join(service.name.vi.split())).casefold()
        named[name].append(service.code)
    for codes in named.values():
        # A list of people names services in Vietnamese; two of one name could not be told apart.
        if len(set(codes)) > 1:
            yield problem(
                f"{at}[{codes[1]}]",
                f"các dịch vụ {', '.join(codes)} trùng tên; mỗi dịch vụ cần một tên riêng",
                f"the services {', '.join(codes)} share a name; each needs one of its own",
            )
    if services and all(one.rates.units != "transaction" for one in questionnaires.relations):
        yield problem(
            at,
            'không nhóm nào đánh giá theo giao dịch (units = "transaction") nên không dùng đến '
            "dịch vụ",
            'no group rates by transaction (units = "transaction"), so services are of no use',
            warning=True,
        )
