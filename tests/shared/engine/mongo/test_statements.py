from shared.engine.mongo.statements import DELETE, DELETE_IF_THERE, INSERT, UPDATE, Group, grouped
from shared.engine.store import Change, Delete, Insert, Keep, Put, Replace, Write


def test_writes_on_different_documents_share_a_command_for_each_collection_and_kind() -> None:
    groups = grouped(
        [
            Insert("b", {"_id": 1}),
            Replace("a", 1, {"v": 1}, {"_id": 1}),
            Insert("a", {"_id": 2}),
            Insert("b", {"_id": 2}),
            Keep("a", {"_id": 3}),
            Change("a", 4, {}, {"x": 1}),
            Put("a", {"_id": 5}),
            Insert("a", {"_id": 6}),
            Delete("a", 7),
            Delete("a", 8, {}),
        ]
    )
    assert {group: len(statements) for group, statements in groups.items()} == {
        Group("a", 0, DELETE_IF_THERE): 1,
        Group("a", 0, DELETE): 1,
        Group("a", 0, INSERT): 2,
        Group("a", 0, UPDATE): 4,
        Group("b", 0, INSERT): 2,
    }


def test_commands_are_in_the_same_order_however_the_writes_came() -> None:
    writes: list[Write] = [Insert("b", {"_id": 1}), Put("a", {"_id": 1}), Delete("c", 1), Insert("a", {"_id": 2})]
    assert list(grouped(writes)) == list(grouped(reversed(writes)))


def test_a_later_write_of_another_kind_on_the_same_document_waits_for_a_later_command() -> None:
    groups = grouped([Delete("a", 1), Put("a", {"_id": 1}), Put("a", {"_id": 1}), Delete("a", 1), Put("a", {"_id": 2})])
    assert list(groups) == [
        Group("a", 0, DELETE_IF_THERE),
        Group("a", 0, UPDATE),
        Group("a", 1, UPDATE),
        Group("a", 2, DELETE_IF_THERE),
    ]


def test_a_change_of_nothing_is_not_taken_for_an_empty_document() -> None:
    ((statement,),) = grouped([Change("a", 1, {"n": 2})]).values()
    assert statement == {"q": {"_id": 1, "n": 2}, "u": {"$set": {}}}
