from shared.engine.mongo.statements import DELETE, DELETE_IF_THERE, INSERT, UPDATE, Group, grouped
from shared.engine.ports.store import Change, Check, Delete, Insert, Keep, Put, Replace, Reserve, Write


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


def test_an_id_is_reserved_by_a_document_that_is_made_and_removed() -> None:
    assert grouped([Reserve("a", 1), Change("a", 2, {}), Reserve("a", 3)]) == {
        Group("a", 0, INSERT): [{"_id": 1}, {"_id": 3}],
        Group("a", 0, UPDATE): [{"q": {"_id": 2}, "u": {"$set": {}}}],
        Group("a", 1, DELETE_IF_THERE): [{"q": {"_id": 1}, "limit": 1}, {"q": {"_id": 3}, "limit": 1}],
    }


def test_what_is_checked_is_one_query_of_what_is_compared() -> None:
    ((group, statements),) = grouped([Check("a", 1, {"version": 1}), Check("a", 2, None)]).items()
    query = {"find": "a", "filter": {"_id": {"$in": [1, 2]}}, "projection": {"_id": 1, "version": 1}, "batchSize": 3}
    assert group.command(statements) == query
