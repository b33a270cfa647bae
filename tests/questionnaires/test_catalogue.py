from decimal import Decimal

import pytest

from questionnaires import catalogue
from questionnaires.checking import check
from questionnaires.loading import Definitions, load_definitions


@pytest.mark.parametrize("name", catalogue.names())
def test_every_entry_is_free_of_errors_and_warnings(name: str) -> None:
    definitions = load_definitions(catalogue.folder(name))
    assert check(definitions.framework, definitions.questionnaires) == ()


def test_the_catalogue_has_an_index_programmes_of_services_and_the_small_example() -> None:
    assert {
        *("par-index-2022", "two-units"),
        *("sipas", "thanh-hoa-services", "quan-ba"),
        *("thanh-hoa-cross", "lang-son", "two-level-2025"),
    } == set(catalogue.names())


def test_an_unknown_entry_is_refused() -> None:
    with pytest.raises(KeyError):
        catalogue.folder("par-index-1999")


def test_the_index_of_2022_has_two_classes_of_thirty_points(par_index: Definitions) -> None:
    framework = par_index.framework
    leaves = {each.code: each.survey_leaves() for each in framework.unit_classes}
    assert {code: len(each) for code, each in leaves.items()} == {"SBN": 27, "SBN-DT": 21}
    assert {sum(leaf.max for leaf in each) for each in leaves.values()} == {Decimal("30.00")}
    assert len(framework.groups) == 7
    assert len(framework.components) == 8


def test_the_index_of_2022_has_53_items_on_five_scales(par_index: Definitions) -> None:
    bank = par_index.questionnaires
    assert len(bank.items) == 53
    assert [scale.code for scale in bank.scales] == ["TOT5", "HL5", "DE5", "DY5", "TAN5"]
    assert [item.code for item in bank.items if not item.leaves] == [
        f"Q{number}" for number in range(48, 54)
    ]


def test_items_without_weight_are_not_put_to_a_group(par_index: Definitions) -> None:
    asked = par_index.questionnaires.asked
    cooperation = {
        (group, unit_class)
        for group in ("LDS", "LDH", "LDP")
        for unit_class in ("SBN", "SBN-DT")
        if "Q23" in {item.code for item in asked(par_index.framework, group, unit_class)}
    }
    assert cooperation == {
        ("LDP", "SBN"),
        ("LDS", "SBN-DT"),
        ("LDH", "SBN-DT"),
        ("LDP", "SBN-DT"),
    }


def test_items_are_asked_in_the_order_of_the_sections(par_index: Definitions) -> None:
    asked = par_index.questionnaires.asked(par_index.framework, "LDS", "SBN-DT")
    assert [item.code for item in asked][:4] == ["Q01", "Q03", "Q43", "Q04"]


def test_citizens_are_asked_about_their_file_and_everybody_for_suggestions(
    par_index: Definitions,
) -> None:
    bank = par_index.questionnaires
    asked = [item.code for item in bank.asked(par_index.framework, "ND", "SBN")]
    assert asked[-5:] == ["Q48", "Q49", "Q50", "Q51", "Q52"]
    for group in par_index.framework.groups:
        assert [item.code for item in bank.asked_once(group.code)] == ["Q53"]


def test_lookups_find_by_code_or_refuse(two_units: Definitions) -> None:
    bank = two_units.questionnaires
    assert bank.item("S1").scale == "HL5"
    assert bank.relation("ND").list_kind == "drawn"
    assert [option.code for option in bank.options(bank.item("TRE"))] == ["yes", "no"]
    assert [option.code for option in bank.options(bank.item("S1"))] == ["5", "4", "3", "2", "1"]
    for find in (bank.item, bank.scale, bank.relation):
        with pytest.raises(KeyError):
            find("KHONG-CO")


def test_the_cross_assessment_goes_both_ways_and_by_sector() -> None:
    bank = load_definitions(catalogue.folder("thanh-hoa-cross")).questionnaires
    ways = {
        group: [(way.from_classes, way.to_classes) for way in bank.relation(group).rates.across]
        for group in ("LDH", "LDS")
    }
    assert ways == {
        "LDH": [(("HUYEN",), ("SO", "DVSN"))],
        "LDS": [(("SO", "DVSN"), ("HUYEN",))],
    }
    assert bank.relation("DN").rates.units == "sector"


def test_the_yearly_rating_has_five_areas_a_hundred_points_and_four_classes() -> None:
    framework = load_definitions(catalogue.folder("lang-son")).framework
    assert len(framework.components) == 5
    assert len(framework.rules.bands) == 4
    for unit_class in framework.unit_classes:
        assert sum(leaf.max for leaf in unit_class.leaves) == Decimal(100)


def test_two_levels_have_communes_and_wards_but_no_districts() -> None:
    framework = load_definitions(catalogue.folder("two-level-2025")).framework
    assert [each.code for each in framework.unit_classes] == ["SBN", "XA", "PHUONG"]
