import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.answers import FormResult, read_form
from questionnaires.catalogue import folder
from questionnaires.loading import load_definitions
from questionnaires.packing import pack, unpack

DEFINITIONS = load_definitions(folder("two-units"))
BANK = DEFINITIONS.questionnaires
ASKED = BANK.asked(DEFINITIONS.framework, "ND", "XA")
ONCE = BANK.asked_once("ND")
CODES = [item.code for item in ASKED]


def sent(**fields: str | list[str]) -> FormResult:
    form = {
        name.replace("_", "-"): value if isinstance(value, list) else [value]
        for name, value in fields.items()
    }
    return read_form(ASKED, BANK, form)


def complaint(result: FormResult, code: str) -> str:
    return dict(result.problems)[code].en


def test_a_full_form_is_read_as_readable_codes() -> None:
    result = sent(
        S3="5", S4="dk", TRE="yes", XIN_LOI="thu", SO_LAN="03", UU_TIEN=["ho-so", "cho-cho"]
    )
    assert result.problems == ()
    assert result.blank == ()
    assert result.answers == {
        "S3": "5",
        "S4": "dk",
        "TRE": "yes",
        "XIN-LOI": "thu",
        "SO-LAN": "3",
        "UU-TIEN": "cho-cho;ho-so",
    }


def test_an_empty_form_leaves_every_item_blank_and_skips_the_hidden_one() -> None:
    result = sent()
    assert result.problems == ()
    assert result.blank == ("S3", "S4", "TRE", "SO-LAN", "UU-TIEN")
    assert "XIN-LOI" not in result.answers


def test_an_answer_to_a_hidden_item_is_dropped() -> None:
    result = sent(TRE="no", XIN_LOI="thu")
    assert result.problems == ()
    assert "XIN-LOI" not in result.answers


def test_fields_are_found_by_their_prefix_and_others_left_alone() -> None:
    form = {"u3-S3": ["4"], "S3": ["1"], "language": ["vi"], "u3-THUA": ["x"]}
    assert read_form(ASKED, BANK, form, prefix="u3-").answers["S3"] == "4"


def test_a_value_sent_twice_is_one_answer() -> None:
    assert sent(S3=["4", "4"], UU_TIEN=["ho-so", "ho-so"]).answers["UU-TIEN"] == "ho-so"


@pytest.mark.parametrize(
    ("code", "values", "wording"),
    [
        ("S3", ["6"], "not among the choices"),
        ("S3", ["5", "4"], "one answer only"),
        ("S3", ["~"], "not among the choices"),
        ("S3", ["５"], "not among the choices"),
        ("S3", ["dk;5"], "not among the choices"),
        ("TRE", ["dk"], "not among the choices"),
        ("TRE", ["true"], "not among the choices"),
        ("SO-LAN", ["51"], "from 0 to 50"),
        ("SO-LAN", ["-1"], "whole number"),
        ("SO-LAN", ["2.5"], "whole number"),
        ("SO-LAN", ["ba"], "whole number"),
        ("SO-LAN", ["٣"], "whole number"),
        ("SO-LAN", ["²"], "whole number"),
        ("SO-LAN", ["9" * 10_000], "from 0 to 50"),
        ("SO-LAN", ["1", "2"], "one answer only"),
        ("UU-TIEN", ["cho-cho", "thoi-gian", "ho-so"], "at most 2; 3 are chosen"),
        ("UU-TIEN", ["cho-cho", "khac"], "not among the choices"),
        ("UU-TIEN", ["cho-cho;ho-so"], "not among the choices"),
    ],
)
def test_what_cannot_be_an_answer_is_named_and_kept_out(
    code: str, values: list[str], wording: str
) -> None:
    result = read_form(ASKED, BANK, {code: values})
    assert wording in complaint(result, code)
    assert result.answers[code] == ""
    assert code not in result.blank


def test_dont_know_is_refused_where_the_scale_does_not_offer_it() -> None:
    (scale,) = BANK.scales
    strict = msgspec.structs.replace(
        BANK, scales=(msgspec.structs.replace(scale, dont_know=None, not_applicable=None),)
    )
    for value in ("dk", "na"):
        assert read_form(ASKED, BANK, {"S3": [value]}).problems == ()
        assert len(read_form(ASKED, strict, {"S3": [value]}).problems) == 1


def test_a_number_without_limits_must_still_fit_a_ballot() -> None:
    item = msgspec.structs.replace(BANK.item("SO-LAN"), minimum=None, maximum=None)
    assert read_form([item], BANK, {"SO-LAN": ["30000"]}).answers == {"SO-LAN": "30000"}
    assert len(read_form([item], BANK, {"SO-LAN": ["30001"]}).problems) == 1


def test_free_text_is_trimmed_composed_and_keeps_its_lines() -> None:
    typed = "  " + unicodedata.normalize("NFD", "Cần nhanh hơn") + "\r\nCảm ơn\t! "
    result = read_form(ONCE, BANK, {"GOP-Y": [typed]})
    assert result.answers == {"GOP-Y": "Cần nhanh hơn\nCảm ơn\t!"}


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("a" * 501, "at most 500 characters; there are 501"),
        ("a\0b", "control characters"),
        ("a\x1bb", "control characters"),
        ("a\x85b", "control characters"),
        ("a\ud800b", "control characters"),
    ],
)
def test_text_that_is_too_long_or_unreadable_is_refused(text: str, wording: str) -> None:
    assert wording in complaint(read_form(ONCE, BANK, {"GOP-Y": [text]}), "GOP-Y")


def test_every_problem_is_told_at_once_in_both_languages() -> None:
    result = sent(S3="9", SO_LAN="x", UU_TIEN=["cho-cho", "thoi-gian", "ho-so"])
    assert [code for code, _ in result.problems] == ["S3", "SO-LAN", "UU-TIEN"]
    assert dict(result.problems)["UU-TIEN"].vi == "Xin chọn tối đa 2 mục; đang chọn 3 mục."


@given(st.dictionaries(st.sampled_from(CODES), st.lists(st.text() | st.sampled_from(["5", "yes"]))))
def test_whatever_is_sent_packs_or_is_refused(form: dict[str, list[str]]) -> None:
    result = read_form(ASKED, BANK, form)
    unpacked = unpack(BANK, pack(BANK, result.answers))
    assert {code: unpacked[code] for code in result.answers} == result.answers
